"""A trend: limits, signals, labels, years and scale."""

import math
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from boardreport.charts.theme import Size
from tests.boardreport.charts.samples import NOW, SAMPLES, TREND, chart, explored, laid_out, words
from units.content.model import Series, Trend
from units.domain.control_charts import Limits


@pytest.mark.parametrize("size", [Size.WIDE, Size.PAPER])
def test_a_trend_names_its_limits_at_the_right(size: Size) -> None:
    notes = laid_out(chart(TREND), size)["layout"]["annotations"]

    beside = [note["text"] for note in notes if note["xref"] == "paper" and note["x"] == 1]
    assert [re.sub("<[^>]+>", "", text) for text in beside] == [
        "Upper limit 170",
        "Average 137",
        "Lower limit 104",
    ]


def test_a_narrow_trend_tells_its_limits_in_a_line() -> None:
    found = words(laid_out(chart(TREND), Size.NARROW))

    assert "Expected range 104 to 170, average 137" in found


@pytest.mark.parametrize("size", Size)
def test_a_signal_is_a_diamond_with_words(size: Size) -> None:
    drawn = laid_out(chart(TREND), size)

    assert drawn["data"][0]["marker"]["symbol"] == ["circle"] * 11 + ["diamond"]
    assert "176 above the expected range" in words(drawn)


def test_an_earlier_signal_is_explained() -> None:
    drawn = laid_out(chart(SAMPLES["falling"]), Size.WIDE)

    assert drawn["data"][0]["marker"]["symbol"].count("diamond") == 2
    assert "outside the expected range" in words(drawn)
    assert "190" in words(drawn)
    assert "80 below the expected range" in words(drawn)


def test_only_last_previous_and_last_years_values_are_labelled() -> None:
    notes = laid_out(chart(SAMPLES["rising"]), Size.WIDE)["layout"]["annotations"]

    labelled = {note["x"]: note["text"] for note in notes if note["yref"] == "y"}
    assert {at: re.sub("<[^>]+>", "", text) for at, text in labelled.items()} == {
        1: "142",
        4: "188",
        5: "205",
    }


def test_a_year_is_written_once_under_its_quarters() -> None:
    drawn = laid_out(chart(TREND), Size.WIDE)

    assert drawn["layout"]["xaxis"]["ticktext"][:3] == ["Q3", "Q4", "Q1"]
    assert [text for text in words(drawn) if "/" in text] == [
        "2018/19",
        "2017/18",
        "2016/17",
        "2015/16",
    ]


def test_months_are_named_and_stand_in_their_quarters() -> None:
    drawn = laid_out(chart(SAMPLES["months"]), Size.WIDE)

    assert drawn["layout"]["xaxis"]["ticktext"][:3] == ["Oct", "Nov", "Dec"]
    assert [text for text in words(drawn) if "/" in text] == [
        "2018/19 Q2",
        "2018/19 Q1",
        "2017/18 Q4",
        "2017/18 Q3",
    ]


def test_months_are_told_in_brief_where_room_is_short() -> None:
    drawn = laid_out(chart(SAMPLES["months"]), Size.NARROW)

    assert drawn["layout"]["xaxis"]["ticktext"] == list("ONDJFMAMJJAS")
    assert "18/19 Q2" in words(drawn)


def test_the_month_a_year_before_is_labelled() -> None:
    notes = laid_out(chart(SAMPLES["two years of months"]), Size.WIDE)["layout"]["annotations"]

    assert [note["x"] for note in notes if note["yref"] == "y"] == [11, 22, 23]


@pytest.mark.parametrize("name", ["trend", "falling", "rising", "many"])
@pytest.mark.parametrize("size", Size)
def test_a_scale_that_starts_above_zero_says_so(name: str, size: Size) -> None:
    drawn = laid_out(chart(SAMPLES[name]), size)

    low = drawn["layout"]["yaxis"]["range"][0]
    said = [text for text in words(drawn) if text.startswith("The scale starts at")]
    assert said == ([f"The scale starts at {low:,.0f}"] if low else [])
    assert low > 0


def test_small_counts_start_at_zero_with_whole_steps() -> None:
    axis = laid_out(chart(SAMPLES["few"]), Size.WIDE)["layout"]["yaxis"]

    assert axis["range"][0] == 0
    assert axis["tickvals"] == [0, 2, 4]


@given(
    st.lists(st.none() | st.integers(0, 10**7), max_size=30), st.booleans(), st.sampled_from(Size)
)
def test_any_trend_draws_within_its_scale(
    values: list[int | None], limited: bool, size: Size
) -> None:
    quarters = NOW.last(len(values))
    limits = Limits(12.5, 0, 31.2) if limited else None

    drawn = laid_out(chart(Trend(quarters, Series("d", "D", tuple(values)), limits)), size)

    low, high = drawn["layout"]["yaxis"]["range"]
    assert -high < low < high < math.inf
    assert all(low <= value <= high for value in values if value is not None)
    assert all(low <= tick <= high for tick in drawn["layout"]["yaxis"]["tickvals"])
    assert 1 <= len(drawn["layout"]["yaxis"]["tickvals"]) <= 8


def test_a_gap_in_the_records_is_a_gap_in_the_line() -> None:
    line = laid_out(chart(SAMPLES["few"]), Size.WIDE)["data"][0]

    assert line["y"][5] is None
    assert line["connectgaps"] is False


def test_a_break_is_an_upright_line_from_which_the_limits_hold() -> None:
    quarters, values = NOW.last(8), (90, 92, 91, 10, 11, 12, 11, 30)
    broken = Trend(quarters, Series("d", "D", values), Limits(11, 5, 17), breaks=(3,))

    drawn, explored_too = laid_out(chart(broken), Size.WIDE), explored(chart(broken), dark=False)

    uprights = [one for one in drawn["layout"]["shapes"] if one["x0"] == one["x1"] == 2.5]
    assert len(uprights) == 1
    band = next(one for one in drawn["layout"]["shapes"] if one["type"] == "rect")
    assert band["x0"] == 2.5
    line = drawn["data"][0]
    assert line["marker"]["symbol"] == ["circle"] * 8 + ["diamond"]
    for trace in (line, explored_too["data"][-1]):  # no line leads across the break
        assert trace["y"] == [*values[:3], None, *values[3:]]
        assert trace["x"][3] == trace["x"][4]
    assert len(explored_too["data"][-1]["hovertext"]) == 9
    assert [one["x0"] for one in explored_too["layout"]["shapes"]] == [2.5]
    assert explored_too["data"][0]["x"] == [one.label for one in quarters[3:]]


@pytest.mark.parametrize("name", ["trend", "collapsed", "close limits", "months"])
def test_no_limit_runs_through_a_label(name: str) -> None:
    drawing = SAMPLES[name]
    assert isinstance(drawing, Trend)
    assert drawing.limits

    layout = laid_out(chart(drawing), Size.WIDE)["layout"]

    low, high = layout["yaxis"]["range"]
    pixel = (high - low) / (layout["height"] - layout["margin"]["t"] - layout["margin"]["b"])
    labels = [note for note in layout["annotations"] if (note["xref"], note["yref"]) == ("x", "y")]
    assert labels
    for note in labels:
        tall = 14 * 1.3 * (note["text"].count("<br>") + 1) * pixel
        middle = note["y"] + (tall / 2 if note["yanchor"] == "bottom" else -tall / 2)
        for level in (drawing.limits.lower, drawing.limits.average, drawing.limits.upper):
            assert abs(middle - level) > 0.39 * tall, note["text"]
