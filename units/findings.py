"""Findings that every unit tells alike: change, ordinary variation and signal, in words."""

from collections.abc import Sequence

import msgspec

from units.measures import Measure
from units.spc import POINTS_NEEDED, Limits, limits
from units.wording import capital, spelled


def moved(value: int, base: int, since: str) -> str:
    """ "40 more than last quarter", "as many as last quarter"."""
    if value == base:
        return f"as many as {since}"
    return f"{abs(value - base):,} {'more' if value > base else 'fewer'} than {since}"


def span(expected: Limits) -> str:
    """An expected range as sentences say it: "104 to 171"."""
    return f"{expected.lower:,.0f} to {expected.upper:,.0f}"


def too_few(points: int, periods: str = "quarters") -> str:
    """That a series is too short for an expected range."""
    return (
        f"{capital(spelled(points))} of the {spelled(POINTS_NEEDED)} {periods} that an expected "
        "range needs are on record: too few to tell a signal from ordinary variation."
    )


def ordinary(series: Sequence[float], expected: Limits, periods: str = "quarters") -> str:
    """How much of a series is ordinary variation."""
    inside = sum(1 for value in series if expected.verdict(value) == "within")
    return (
        f"{capital(spelled(inside))} of {spelled(len(series))} {periods} lie within "
        f"{span(expected)}: ordinary variation."
    )


def with_range(measure: Measure) -> Measure:
    """The measure with the words for its expected range; none where its value is confidential."""
    expected = limits(measure.series)
    if not isinstance(measure.value, int):
        words = ""
    elif expected is None:
        words = f"{capital(spelled(len(measure.series)))} of twelve quarters: too few for a range"
    else:
        words = f"{capital(expected.verdict(measure.value))} {span(expected)}"
    return msgspec.structs.replace(measure, range_words=words)
