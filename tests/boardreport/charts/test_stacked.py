"""Stacked bars: parts, totals, and what is withheld or unknown."""

from boardreport.charts.theme import Size
from tests.boardreport.charts.samples import IMPACTS, chart, laid_out, words
from units.content.model import Series, StackedBars


def test_impacts_are_stacked_with_their_total_at_the_end() -> None:
    drawn = laid_out(chart(IMPACTS), Size.WIDE)

    assert drawn["layout"]["barmode"] == "stack"
    totals = [note for note in drawn["layout"]["annotations"] if note["text"] == "<b>62</b>"]
    assert [note["x"] for note in totals] == [62]
    assert {"Major", "Moderate", "Minor"} <= set(words(drawn))


def test_a_withheld_split_is_hatched_and_counted_in_the_total() -> None:
    drawn = laid_out(chart(IMPACTS), Size.WIDE)

    patterns = [trace["marker"].get("pattern", {}).get("shape") for trace in drawn["data"]]
    assert patterns == [None, None, None, "/"]
    assert "19" in words(drawn)
    assert "11" not in words(drawn)


def test_a_total_with_a_part_unknown_is_not_drawn() -> None:
    parts = (Series("major", "Major", (None,)), Series("minor", "Minor", (6,)))

    found = words(laid_out(chart(StackedBars(("Fraud",), parts)), Size.WIDE))

    assert found.count("6") == 1


def test_a_bar_that_is_split_keeps_its_total_beside_one_whose_split_is_withheld() -> None:
    parts = (
        Series("major", "Major", (5, None)),
        Series("minor", "Minor", (14, None)),
        Series("withheld", "Split withheld", (None, 28)),
    )

    found = words(laid_out(chart(StackedBars(("Economic Crime", "Firearms"), parts)), Size.WIDE))

    assert {"19", "28"} <= set(found)
