"""Figures: what every one of them promises."""

import json
import re

import msgspec
import plotly.graph_objects
import pytest
from boardreport.figures import Size, explored, figure
from tests.boardreport.figures.samples import BARS, COMPARED, IMPACTS, SAMPLES, SHARES, chart

from units.content import Bars, Cell, Column, Row, Series, StackedBars, Table, Trend


@pytest.mark.parametrize("name", SAMPLES)
@pytest.mark.parametrize("size", Size)
def test_a_figure_is_plain_json_that_plotly_accepts(name: str, size: Size) -> None:
    drawn = figure(chart(SAMPLES[name]), size)

    assert json.loads(json.dumps(drawn)) == drawn
    plotly.graph_objects.Figure(drawn)
    assert "template" not in drawn["layout"]
    assert drawn["layout"]["width"] == {"wide": 740, "narrow": 345, "paper": 575}[size]


@pytest.mark.parametrize("drawing", [BARS, COMPARED, IMPACTS, SHARES, SAMPLES["nothing"]])
@pytest.mark.parametrize("size", Size)
def test_a_bar_starts_at_zero(drawing: Bars, size: Size) -> None:
    drawn = figure(chart(drawing), size)

    low, high = drawn["layout"]["xaxis"]["range"]
    assert low == 0 < high
    assert all("base" not in trace for trace in drawn["data"])


def test_paper_is_outlined_in_ink_and_screen_is_not() -> None:
    paper = figure(chart(BARS), Size.PAPER)
    screen = figure(chart(BARS), Size.WIDE)

    assert paper["data"][0]["marker"]["line"] == {"color": "#16222e", "width": 0.8}
    assert paper["data"][0]["marker"]["color"][:2] == ["#1c5573", "#c9d5dd"]
    assert paper["layout"]["font"]["family"] == '"Source Sans 3"'
    assert screen["data"][0]["marker"]["line"]["width"] == 0
    assert screen["layout"]["font"]["family"] == "Arial, sans-serif"


@pytest.mark.parametrize("name", SAMPLES)
@pytest.mark.parametrize("dark", [False, True])
def test_an_explored_figure_holds_every_series_and_takes_the_width_of_its_place(name, dark) -> None:
    drawing = SAMPLES[name]

    explored_figure = explored(chart(drawing), dark=dark)

    assert "width" not in explored_figure["layout"]
    assert explored_figure["config"]["responsive"] is True
    assert explored_figure["config"]["showSendToCloud"] is False
    shown = {trace["name"]: trace for trace in explored_figure["data"]}
    for series in every_series(drawing):
        trace = shown[series.name]
        values = trace["y"] if isinstance(drawing, Trend) else trace["x"]
        assert values == list(series.values)
        assert len(trace["hovertext"]) == len(series.values)
    assert json.loads(json.dumps(explored_figure)) == explored_figure
    plotly.graph_objects.Figure(data=explored_figure["data"], layout=explored_figure["layout"])


def every_series(drawing) -> list[Series]:
    found = [getattr(drawing, name) for name in drawing.__struct_fields__]
    flat = [one for each in found for one in (each if isinstance(each, tuple) else (each,))]
    return [one for one in flat if isinstance(one, Series)]


def test_what_has_no_value_is_told_by_the_sign_of_its_cell() -> None:
    one = chart(StackedBars(("Firearms",), (Series("major", "Major", (None,)),)))
    table = Table(
        key="t",
        headline="H",
        subtitle="S",
        source="Records",
        columns=(Column("Crime type", 50), Column("Major", 50, numeric=True)),
        rows=(Row((Cell("Firearms"), Cell("[c]"))),),
    )

    explored_figure = explored(msgspec.structs.replace(one, table=table))

    assert explored_figure["data"][0]["hovertext"] == ["Firearms, Major: [c]"]


def test_explored_bars_have_the_numbers_that_the_picture_has() -> None:
    *parts, numbers = explored(chart(IMPACTS))["data"]

    assert parts[0]["text"] == ["14", "5", "", ""]
    assert "text" not in parts[-1]  # hatched
    assert [re.sub(r"<.+?>|\N{NO-BREAK SPACE}", "", text) for text in numbers["text"]] == [
        "62",
        "20",
        "19",
        "0",
    ]
    assert not numbers["name"]  # and so no switch of its own
    compared = explored(chart(COMPARED))["data"][-1]
    assert compared["x"] == [69, 21, 28, 9]  # behind whichever reaches farther


@pytest.mark.parametrize("name", ["bars", "compared", "nothing", "impacts", "shares"])
def test_on_a_telephone_a_bars_name_stands_above_it_and_its_number_on_the_picture(name) -> None:
    *parts, numbers = explored(chart(SAMPLES[name]))["data"]

    narrow = explored(chart(SAMPLES[name]))["narrow"]

    assert narrow["yaxis"] == {"showticklabels": False}
    assert [one["text"] for one in narrow["annotations"]] == parts[0]["y"]
    assert all(one["y"] == one["text"] for one in narrow["annotations"])
    pixels = 310 / narrow["xaxis"]["range"][1]
    for at, text in zip(numbers["x"], numbers["text"], strict=True):
        plain = re.sub(r"<.+?>", "", text)
        assert at * pixels + 7.8 * len(plain) <= 310 + 8, plain


def test_on_a_telephone_a_trend_has_its_range_told_above_it_and_no_room_beside() -> None:
    found = explored(chart(SAMPLES["trend"]))
    assert found["narrow"].keys() == {"annotations", "margin", "height"}
    assert found["narrow"]["margin"]["r"] < 10 < 80 < found["layout"]["margin"]["r"]
