"""Statistical process control: the XmR chart's limits, and what counts as a signal.

Source: D. J. Wheeler, Understanding Variation (1993): natural process limits stand at the average
plus and minus 2.66 times the average moving range.
"""

from collections.abc import Sequence
from itertools import pairwise

import msgspec

POINTS_NEEDED = 12
SCALE = 2.66


class Limits(msgspec.Struct, frozen=True):
    """The expected range of a series: its average and natural process limits; none falls below zero."""

    average: float
    lower: float
    upper: float

    def verdict(self, value: float) -> str:
        """ "above", "below" or "within"."""
        if value > self.upper:
            return "above"
        return "below" if value < self.lower else "within"


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
