"""The sentences that every unit's findings share, held against the numbers they tell."""

from datetime import date
from fractions import Fraction
from math import ceil, floor

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from units.content.sentences import (
    is_lasting,
    lasting,
    moved,
    ordinary,
    sentence,
    span,
    too_few,
    with_range,
)
from units.domain.control_charts import Limits, limits
from units.domain.measures import CONFIDENTIAL, Measure
from units.domain.quarters import Quarter

counts = st.integers(0, 400)


@given(counts, counts)
def test_a_change_is_told_with_its_direction(value, base) -> None:
    words = moved(value, base, "last quarter")

    if value == base:
        assert words == "as many as last quarter"
    else:
        assert (
            words
            == f"{abs(value - base):,} {'more' if value > base else 'fewer'} than last quarter"
        )


def test_a_range_is_told_by_the_whole_numbers_within_it() -> None:
    assert span(Limits(107_000, 44_661.2, 169_338.8)) == "44,662 to 169,338"


def test_a_range_that_holds_no_whole_number_is_told_with_a_decimal() -> None:
    narrow = Limits(1_010.5, 1_010.21, 1_010.79)

    assert span(narrow) == "1,010.2 to 1,010.8"
    assert narrow.told == (1_010.2, 1_010.8)


def test_too_short_a_series_says_how_much_is_missing() -> None:
    assert too_few(9, "months").startswith("Nine of the twelve months that an expected range needs")


def test_what_lies_within_the_range_is_counted() -> None:
    series = [100] * 11 + [180]
    months = [date(2018, month, 1) for month in range(1, 13)]
    expected = limits(series)

    assert expected
    assert ordinary(series, expected, months).startswith("Eleven of twelve months lie within ")


@pytest.mark.parametrize(
    ("series", "words"),
    [
        (
            [10, 11] * 4 + [20] * 8,
            "The last eight quarters lie above the average: more than chance, a change of level.",
        ),
        (
            [20, 20] * 5 + [10, 12] * 5 + [21],
            "Ten quarters in a row until 2018/19 Q1 lie below the average: "
            "more than chance, a change of level.",
        ),
        ([10, 12] * 8, ""),
    ],
)
def test_what_points_say_together_is_told_and_is_no_ordinary_variation(series, words) -> None:
    expected = limits(series)

    assert expected
    quarters = Quarter(2018, 2).last(len(series))
    assert lasting(series, expected, quarters) == words
    assert is_lasting(series, expected) == bool(words)
    told = ordinary(series, expected, quarters)
    assert told.endswith(words or "ordinary variation.")
    assert ("ordinary" in told) == (not words)


def test_months_that_say_something_together_are_named_by_their_last() -> None:
    months = [date(2018, month, 1) for month in range(1, 13)]
    series = [5] * 8 + [14, 13, 14, 13]
    expected = limits(series)

    assert expected
    assert lasting(series, expected, months) == (
        "Eight months in a row until August 2018 lie below the average: "
        "more than chance, a change of level."
    )


@pytest.mark.parametrize(
    ("series", "words"),
    [
        ((100,) * 11 + (180,), "Above 88 to 126"),
        ((100, 101) * 6, "Within 98 to 103"),
        ((100,) * 5, "Five of twelve quarters: too few for a range"),
    ],
)
def test_a_measure_says_where_it_stands_against_its_range(series, words) -> None:
    measure = Measure("k", "Measure", "d", series[-1], series=series)

    assert with_range(measure).range_words == words


figures = st.one_of(st.none(), st.just(CONFIDENTIAL), st.integers(0, 60), st.integers(0, 9_999_999))
measures = st.builds(
    lambda kind, **fields: Measure("k", "Measure", "d", **fields, **kind),
    st.sampled_from([{}, {"stock": True}, {"average": True}]),
    value=st.one_of(st.just(CONFIDENTIAL), st.integers(0, 60), st.integers(0, 9_999_999)),
    previous=figures,
    last_year=figures,
    year_to_date=figures,
    rolling_four=figures,
    series=st.one_of(
        st.just(()), st.lists(st.integers(0, 300), min_size=1, max_size=16).map(tuple)
    ),
)


def slow_sentence(measure: Measure) -> str:
    """The sentence built again, word by word, with fractions and the limits of a plain loop."""
    words = ["Measure:"]

    def figure(value) -> str:
        if value is None:
            return "not available"
        return "withheld" if value is CONFIDENTIAL else format(value, ",")

    usual = "on average " if measure.average else ""
    words.append(figure(measure.value))
    words.append("at the end of the quarter," if measure.stock else f"{usual}in the quarter,")
    for base, period, end in (
        (measure.previous, "the previous quarter", ","),
        (measure.last_year, "the same quarter last year", ";"),
    ):
        both = type(measure.value) is int and type(base) is int
        if both and measure.value != base:
            way, sign = ("up", "+") if measure.value > base else ("down", "\N{MINUS SIGN}")
            size = max(measure.value, base) - min(measure.value, base)
            words.append(f"{way} {size:,}")
            if base >= 20:
                per_cent = floor(Fraction(size * 100, base) + Fraction(1, 2))
                words.append(f"({sign if per_cent else ''}{per_cent:,}%)")
            words.append("from")
        elif both:
            words.append("unchanged from")
        words.append(f"{figure(base)} in {period}{end}")
    words.append(figure(measure.year_to_date))
    words.append("in March;" if measure.stock else f"{usual}in the year to date;")
    words.append(figure(measure.rolling_four))
    words.append(
        "on average at four quarter ends"
        if measure.stock
        else f"{usual}in the rolling four quarters"
    )
    if measure.value is CONFIDENTIAL:
        return " ".join(words) + "."
    run = measure.series
    if len(run) < 12:
        return " ".join(words) + "; too few quarters for an expected range."
    mean = Fraction(sum(run), len(run))
    steps = [abs(run[place + 1] - run[place]) for place in range(len(run) - 1)]
    reach = Fraction(266, 100) * Fraction(sum(steps), len(steps))
    low, high = max(Fraction(0), mean - reach), mean + reach
    place = "within"
    if measure.value > high + Fraction(1, 10**9):
        place = "above"
    elif measure.value < low - Fraction(1, 10**9):
        place = "below"
    within = [number for number in range(ceil(high) + 2) if low <= number <= high]
    told = f"{float(low):,.1f} to {float(high):,.1f}"
    if within:
        told = f"{within[0]:,} to {within[-1]:,}"
    return " ".join(words) + f"; {place} the expected range of {told}."


@settings(max_examples=1000)
@given(measures)
def test_a_sentence_is_the_one_that_a_slow_reading_writes(measure: Measure) -> None:
    assert sentence(with_range(measure)) == slow_sentence(measure)


def test_a_sentence_reads_as_agreed() -> None:
    measure = Measure(
        "k",
        "Disruptions",
        "d",
        62,
        previous=44,
        last_year=12,
        year_to_date=CONFIDENTIAL,
        rolling_four=None,
        series=(44, 62),
    )

    assert sentence(with_range(measure)) == (
        "Disruptions: 62 in the quarter, up 18 (+41%) from 44 in the previous quarter, "
        "up 50 from 12 in the same quarter last year; withheld in the year to date; "
        "not available in the rolling four quarters; too few quarters for an expected range."
    )
