"""Shares against a formula: words and ticks."""

from boardreport.charts.theme import Size
from tests.boardreport.charts.samples import SHARES, chart, laid_out, words


def test_a_share_names_its_formula_and_shows_it_as_a_tick() -> None:
    drawn = laid_out(chart(SHARES), Size.WIDE)

    assert "54.3% against 57%" in words(drawn)
    assert {trace["marker"]["symbol"] for trace in drawn["data"][1:]} == {"line-ns"}
    assert drawn["data"][-1]["x"] == [57, 26, 17]
