"""The axes of a trend: its scale, its periods and its points, with room kept for their labels."""

import math
from collections.abc import Collection, Sequence
from datetime import date

import msgspec

from boardreport.charts.canvas import Number, labels_of
from boardreport.charts.theme import Theme
from units.content.model import Trend
from units.domain.quarters import Quarter

EDGE = 11
"""Pixels between the plot's sides and its first and last period."""


class Period(msgspec.Struct, frozen=True):
    """A quarter or month of a trend: its name, its tick, the group it is in; each also in brief."""

    name: str
    tick: str
    group: str
    brief_tick: str
    brief_group: str


def periods_of(drawing: Trend) -> tuple[Period, ...]:
    """Return what is below each point: quarters in their years, or months in their quarters."""
    if drawing.months:
        return tuple(_month(first) for first in drawing.months)
    return tuple(
        Period(quarter.label, f"Q{quarter.number}", quarter.year_label, "", quarter.year_label)
        for quarter in drawing.quarters
    )


def _month(first: date) -> Period:
    group = Quarter.of(first).label
    return Period(f"{first:%B %Y}", f"{first:%b}", group, f"{first:%b}"[0], group[2:])


def a_year(drawing: Trend) -> int:
    """Return how many points of a trend make a year."""
    return 12 if drawing.months else 4


class Axes(msgspec.Struct, frozen=True):
    """The plot of a trend: its bounds in units, its extent in pixels, its steps."""

    count: int
    height: float
    low: float
    high: float
    step: float
    width: float = 0

    @property
    def pitch(self) -> float:
        """Pixels from one period to the next."""
        return (self.width - 2 * EDGE) / max(1, self.count - 1)

    @property
    def across(self) -> list[float]:
        """The horizontal range, in periods."""
        if self.count < 2:
            return [-0.5, 0.5]
        return [-EDGE / self.pitch, self.count - 1 + EDGE / self.pitch]

    @property
    def ticks(self) -> list[float]:
        """The values at which the vertical axis has a step."""
        first = math.ceil(max(0.0, self.low) / self.step - 1e-9)
        last = math.floor(self.high / self.step + 1e-9)
        return [round(index * self.step, 6) for index in range(first, last + 1)]

    def x(self, index: float) -> float:
        """Return pixels to the right of the plot's left edge."""
        return self.width / 2 if self.count < 2 else EDGE + index * self.pitch

    def y(self, value: float) -> float:
        """Return pixels below the plot's top."""
        return (self.high - value) / (self.high - self.low) * self.height

    def value(self, y: float) -> float:
        """Return the value that is `y` pixels below the plot's top."""
        return self.high - y / self.height * (self.high - self.low)


class Point(msgspec.Struct, frozen=True):
    """A period that has a value: where it is, and which side of it is free for its label."""

    index: int
    value: Number
    verdict: str
    label: str
    above: bool
    slope: int


def points_of(drawing: Trend) -> list[Point]:
    """Return the periods of a trend that have a value."""
    values = drawing.series.values
    return [
        Point(
            index,
            value,
            drawing.verdict(index),
            label,
            _is_free_above(values, index),
            _slope(values[max(0, index - 1) : index + 2]),
        )
        for index, (value, label) in enumerate(zip(values, labels_of(drawing.series), strict=True))
        if value is not None
    ]


def parted[Item](items: Sequence[Item], breaks: Collection[int]) -> list[Item]:
    """Return items of the points, that at each break twice: the line has its gap at the first."""
    return [item for place, item in enumerate(items) for _ in range(2 if place in breaks else 1)]


def parted_values(drawing: Trend) -> list[Number | None]:
    """Return the values of the points likewise, with nothing in each gap."""
    found: list[Number | None] = []
    for place, value in enumerate(drawing.series.values):
        found += [None, value] if place in drawing.breaks else [value]
    return found


def _is_free_above(values: Sequence[Number | None], index: int) -> bool:
    """Tell whether a label reads better above its point; the last two keep out of each other's way."""
    around = [values[near] for near in (index - 1, index + 1) if 0 <= near < len(values)]
    known = [value for value in around if value is not None]
    value, last = values[index], len(values) - 1
    if value is None or not known:
        return True
    if index == last - 1 and values[last] is not None:
        return not _is_free_above(values, last)
    return value >= sum(known) / len(known)


def _slope(three: Sequence[Number | None]) -> int:
    """Return 1 where three values rise, -1 where they fall, else 0."""
    known = [value for value in three if value is not None]
    if len(known) < 3:
        return 0
    before, value, after = known
    return int(before <= value <= after) - int(before >= value >= after)


def axes_for(drawing: Trend, points: Sequence[Point], theme: Theme) -> Axes:
    """Return bounds that leave room for labels; from zero, unless that wastes two fifths of it."""
    known: list[float] = [point.value for point in points]
    for held in (drawing.limits, *(step.limits for step in drawing.earlier)):
        if held:
            known += [held.lower, held.upper]
    low, high = min(known, default=0), max(known, default=0)
    if low <= 0.4 * high or low == high:
        bottom, top = _from_zero(high, points, theme)
    else:
        above, below = (_label_room(points, theme, above=side) for side in (True, False))
        slope = (high - low) / (theme.plot_height - above - below)
        bottom, top = max(0.0, low - below * slope), high + above * slope
    whole = all(point.value == int(point.value) for point in points)
    step = _step((top - bottom) / 5, whole=whole)
    fine = step / 5 if step >= 5 or not whole else step
    if bottom > 0:
        bottom = math.floor(bottom / fine) * fine
    return Axes(len(drawing.months or drawing.quarters), theme.plot_height, bottom, top, step)


def _from_zero(high: float, points: Sequence[Point], theme: Theme) -> tuple[float, float]:
    """Return bounds from zero; from lower where the words under a last signal need room below it."""
    above, below = (_label_room(points, theme, above=side) for side in (True, False))
    if points and points[-1].verdict != "within" and not points[-1].above:
        slope = (high - points[-1].value) / (theme.plot_height - above - below)
        bottom = points[-1].value - below * slope
        if bottom < 0:
            return bottom, high + above * slope
    return 0.0, high + above * high / (theme.plot_height - above) if high else 1.0


def _label_room(points: Sequence[Point], theme: Theme, *, above: bool) -> float:
    """Return room for labels above or below the line: two lines where a signal has words."""
    worded = bool(points) and points[-1].verdict != "within" and points[-1].above == above
    return (2 if worded else 1) * theme.line + 18


def _step(least: float, *, whole: bool) -> float:
    """Return the next round number: 1, 2, 2.5 or 5 times a power of ten."""
    power = 10.0 ** math.floor(math.log10(least))
    factors = (1, 2, 5, 10) if whole and power < 10 else (1, 2, 2.5, 5, 10)
    step = next(factor * power for factor in factors if factor * power >= least - 1e-9)
    return max(1.0, step) if whole else step
