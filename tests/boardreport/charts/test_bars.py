"""Bars: order, labels, names, emphasis and comparator."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from boardreport.charts.theme import Size
from tests.boardreport.charts.samples import BARS, COMPARED, LONG, chart, laid_out, words
from units.content.model import Bars, Series


@pytest.mark.parametrize("size", Size)
def test_the_first_category_stands_on_top(size: Size) -> None:
    drawn = laid_out(chart(BARS), size)

    foot, top = drawn["layout"]["yaxis"]["range"]
    assert foot > top == 0
    assert drawn["data"][0]["y"] == sorted(drawn["data"][0]["y"])
    assert drawn["data"][0]["x"] == [118, 27, 12, 6, 0]


@pytest.mark.parametrize("size", Size)
def test_a_bar_carries_its_label_in_words(size: Size) -> None:
    assert "118 53.9%" in words(laid_out(chart(BARS), size))


def test_a_bar_without_a_label_carries_its_value() -> None:
    thousands = Bars(("Reached", "Unknown"), Series("n", "People", (1877, None)))

    assert {"1,877", "[x]"} <= set(words(laid_out(chart(thousands), Size.WIDE)))


def test_only_the_emphasised_bar_is_in_the_accent() -> None:
    first, *others = laid_out(chart(BARS), Size.WIDE)["data"][0]["marker"]["color"]

    assert first == "#104f8c"
    assert set(others) == {"#858e97"}


def test_bars_are_all_alike_where_none_is_emphasised() -> None:
    colours = laid_out(chart(COMPARED), Size.WIDE)["data"][0]["marker"]["color"]

    assert set(colours) == {"#104f8c"}


def test_a_comparator_is_a_diamond_that_the_legend_names() -> None:
    drawn = laid_out(chart(COMPARED), Size.WIDE)

    assert drawn["data"][1]["marker"]["symbol"] == "diamond"
    assert drawn["data"][1]["x"] == [58, 17, 28, 9]
    assert "same quarter last year, 2017/18 Q2" in words(drawn)


def test_a_chart_of_one_series_has_no_legend() -> None:
    drawn = laid_out(chart(BARS), Size.NARROW)

    assert drawn["layout"]["showlegend"] is False
    assert "OCGs" not in words(drawn)


def test_a_long_name_takes_two_lines() -> None:
    beside = laid_out(chart(BARS), Size.WIDE)["layout"]["yaxis"]["ticktext"][2]
    above = [note["text"] for note in laid_out(chart(BARS), Size.NARROW)["layout"]["annotations"]]

    assert beside.count("<br>") == 1
    assert beside.replace("<br>", " ") == LONG
    assert LONG in [text.replace("<br>", " ") for text in above]


def test_a_name_cannot_smuggle_markup() -> None:
    drawn = laid_out(chart(Bars(("A <b>&</b> B",), Series("n", "N", (1,)))), Size.WIDE)

    assert drawn["layout"]["yaxis"]["ticktext"] == ["A &lt;b&gt;&amp;&lt;/b&gt; B"]


@given(st.lists(st.none() | st.integers(0, 10**7), max_size=30), st.sampled_from(Size))
def test_any_bars_end_within_the_picture(values: list[int | None], size: Size) -> None:
    names = tuple(f"Category {index}" for index in range(len(values)))

    drawn = laid_out(chart(Bars(names, Series("n", "N", tuple(values)))), size)

    known = [value for value in values if value is not None]
    assert max(known, default=0) < drawn["layout"]["xaxis"]["range"][1]
    assert drawn["layout"]["height"] > 0
