"""Statistical process control: the XmR chart's limits, and what counts as a signal.

Source: D. J. Wheeler, Understanding Variation (1993): natural process limits stand at the average
plus and minus 2.66 times the average moving range. Three things are signals: a point outside them;
eight points in a row on one side of the average; three of four in a row closer to a limit than to it.
"""

from collections.abc import Mapping, Sequence
from itertools import groupby, pairwise
from math import ceil, floor

import msgspec

from units.domain.quarters import Quarter

EXACT = 1e-9
"""A binary fraction may miss a whole number by less than this."""

POINTS_NEEDED = 12
SCALE = 2.66
RUN_LENGTH, NEAR_NEEDED, NEAR_WINDOW = 8, 3, 4

USUAL, LONG = 12, 24
"""Quarters in a trend: the one reported and those before it; a re-based one shows both levels."""


class Limits(msgspec.Struct, frozen=True):
    """The expected range of a series: its average and natural process limits; none falls below zero."""

    average: float
    lower: float
    upper: float

    def verdict(self, value: float) -> str:
        """ "above", "below" or "within"."""
        if value > self.upper + EXACT:
            return "above"
        return "below" if value < self.lower - EXACT else "within"

    @property
    def told(self) -> tuple[float, float]:
        """The least and the largest whole number within, as readers are told the range.

        Rounded outwards, a count equal to the limit that is told could lie beyond it. Where no whole
        number lies within, the limits with one decimal.
        """
        least, most = ceil(self.lower - EXACT), floor(self.upper + EXACT)
        return (least, most) if least <= most else (round(self.lower, 1), round(self.upper, 1))

    def side(self, value: float) -> str:
        """ "above" or "below" the average; "" on it."""
        return "above" if value > self.average else "below" if value < self.average else ""

    def nearer(self, value: float) -> str:
        """ "above" or "below" where a value is closer to that limit than to the average; else "".

        The lower limit's distance is the upper's, even where nought cuts the range short.
        """
        half = (self.upper - self.average) / 2
        return self.side(value) if abs(value - self.average) > half else ""


class Stretch(msgspec.Struct, frozen=True):
    """Consecutive points of a series that are a signal together: the places of the first and last.

    `side` says on which side of the average they lie, "above" or "below".
    """

    first: int
    last: int
    side: str

    @property
    def length(self) -> int:
        return self.last - self.first + 1


class Rebase(msgspec.Struct, frozen=True):
    """A quarter from which an expected range is reckoned anew; `words` say why, and who agreed it."""

    quarter: Quarter
    words: str


type Rebases = Mapping[str, tuple[Rebase, ...]]
"""The re-bases that the board has agreed, by the measure's key, oldest first."""


def trend_length(rebases: Rebases, key: str) -> int:
    """How many quarters the trend of a measure shows: more once it was re-based."""
    return LONG if rebases.get(key) else USUAL


def rebases_shown(rebases: Sequence[Rebase], quarters: Sequence[Quarter]) -> tuple[Rebase, ...]:
    """The re-bases that fall among the quarters of a trend, after its first."""
    return tuple(one for one in rebases if quarters and quarters[0] < one.quarter <= quarters[-1])


class Step(msgspec.Struct, frozen=True):
    """Points that share an expected range, from the place `first` to before `until`.

    `limits` is None where they are too few for one.
    """

    first: int
    until: int
    limits: Limits | None = None


def steps(
    values: Sequence[float | None], bases: Sequence[int] = (), *, begin: int = 0
) -> tuple[Step, ...]:
    """The stretches of a series from each of its bases to the next, the last one open to its end.

    What stands before the place `begin` is of none of them.
    """
    bounds = [*sorted({begin, *bases}), len(values)]
    return tuple(
        Step(first, until, limits([one for one in values[first:until] if one is not None]))
        for first, until in pairwise(bounds)
    )


def runs(values: Sequence[float], expected: Limits) -> tuple[Stretch, ...]:
    """The runs of eight points or more on one side of the average, each at its full length."""
    found, first = [], 0
    for side, points in groupby(values, key=expected.side):
        length = sum(1 for _ in points)
        if side and length >= RUN_LENGTH:
            found.append(Stretch(first, first + length - 1, side))
        first += length
    return tuple(found)


def near_a_limit(values: Sequence[float], expected: Limits) -> tuple[Stretch, ...]:
    """The windows of four points, three of them closer to the same limit than to the average."""
    nearer = [expected.nearer(value) for value in values]
    return tuple(
        Stretch(first, first + NEAR_WINDOW - 1, side)
        for first in range(len(nearer) - NEAR_WINDOW + 1)
        for side in ("above", "below")
        if nearer[first : first + NEAR_WINDOW].count(side) >= NEAR_NEEDED
    )


def limits(values: Sequence[float]) -> Limits | None:
    """Limits of a series of counts, or None where it has fewer than twelve points."""
    if len(values) < POINTS_NEEDED:
        return None
    average = sum(values) / len(values)
    moving_range = sum(abs(later - earlier) for earlier, later in pairwise(values)) / (
        len(values) - 1
    )
    reach = SCALE * moving_range
    return Limits(average, max(0.0, average - reach), average + reach)
