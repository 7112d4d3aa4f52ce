"""The sentences that every unit's findings share, held against the numbers they tell."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from units.findings import moved, ordinary, span, too_few, with_range
from units.measures import Measure
from units.spc import Limits, limits

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


def test_a_range_is_told_without_decimals() -> None:
    assert span(Limits(107_000, 44_661.2, 169_338.8)) == "44,661 to 169,339"


def test_too_short_a_series_says_how_much_is_missing() -> None:
    assert too_few(9, "months").startswith("Nine of the twelve months that an expected range needs")


def test_what_lies_within_the_range_is_counted() -> None:
    series = [100] * 11 + [180]
    expected = limits(series)

    assert expected
    assert ordinary(series, expected, "months").startswith("Eleven of twelve months lie within ")


@pytest.mark.parametrize(
    ("series", "words"),
    [
        ((100,) * 11 + (180,), "Above 87 to 126"),
        ((100, 101) * 6, "Within 98 to 103"),
        ((100,) * 5, "Five of twelve quarters: too few for a range"),
    ],
)
def test_a_measure_says_where_it_stands_against_its_range(series, words) -> None:
    measure = Measure("k", "Measure", "d", series[-1], series=series)

    assert with_range(measure).range_words == words
