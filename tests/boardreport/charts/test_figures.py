"""Figures: what every one of them promises."""

import json

import plotly.graph_objects
import pytest

from boardreport.charts.theme import Size
from tests.boardreport.charts.samples import (
    BARS,
    COMPARED,
    IMPACTS,
    SAMPLES,
    SHARES,
    chart,
    laid_out,
)
from units.content.model import Bars


@pytest.mark.parametrize("name", SAMPLES)
@pytest.mark.parametrize("size", Size)
def test_a_figure_is_plain_json_that_plotly_accepts(name: str, size: Size) -> None:
    drawn = laid_out(chart(SAMPLES[name]), size)

    assert json.loads(json.dumps(drawn)) == drawn
    plotly.graph_objects.Figure(drawn)
    assert "template" not in drawn["layout"]
    assert drawn["layout"]["width"] == {"wide": 740, "narrow": 345, "paper": 575}[size]


@pytest.mark.parametrize("drawing", [BARS, COMPARED, IMPACTS, SHARES, SAMPLES["nothing"]])
@pytest.mark.parametrize("size", Size)
def test_a_bar_starts_at_zero(drawing: Bars, size: Size) -> None:
    drawn = laid_out(chart(drawing), size)

    low, high = drawn["layout"]["xaxis"]["range"]
    assert low == 0 < high
    assert all("base" not in trace for trace in drawn["data"])


def test_paper_is_outlined_in_ink_and_screen_is_not() -> None:
    paper = laid_out(chart(BARS), Size.PAPER)
    screen = laid_out(chart(BARS), Size.WIDE)

    assert paper["data"][0]["marker"]["line"] == {"color": "#16222e", "width": 0.8}
    assert paper["data"][0]["marker"]["color"][:2] == ["#1c5573", "#c9d5dd"]
    assert paper["layout"]["font"]["family"] == '"Source Sans 3"'
    assert screen["data"][0]["marker"]["line"]["width"] == 0
    assert screen["layout"]["font"]["family"] == "Arial, sans-serif"
