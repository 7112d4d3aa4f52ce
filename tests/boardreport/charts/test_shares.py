"""Shares against a formula: words and ticks."""

from boardreport.figures import Size, figure
from tests.boardreport.figures.samples import SHARES, chart, words


def test_a_share_names_its_formula_and_shows_it_as_a_tick() -> None:
    drawn = figure(chart(SHARES), Size.WIDE)

    assert "54.3% against 57%" in words(drawn)
    assert {trace["marker"]["symbol"] for trace in drawn["data"][1:]} == {"line-ns"}
    assert drawn["data"][-1]["x"] == [57, 26, 17]
