"""A trend: a line over quarters or months, its expected range, its signals and the words on them."""

import itertools
import math
from collections.abc import Iterator, Sequence
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Decimal

import msgspec

from boardreport.charts.axes import (
    EDGE,
    Axes,
    Period,
    Point,
    a_year,
    axes_for,
    parted,
    parted_values,
    periods_of,
    points_of,
)
from boardreport.charts.canvas import (
    Canvas,
    Key,
    Plain,
    draw_keys,
    markup_width,
    wrapped,
    written,
)
from boardreport.charts.markup import (
    BREAK,
    coloured,
    emboldened,
    escaped,
)
from boardreport.charts.theme import Palette, Theme
from units.content.model import Trend
from units.domain.control_charts import EXACT, Limits
from units.domain.revisions import SIGN

_FOOT = 56
_MARGIN = 14
_HALF_TEXT = 0.65
_FREE = 0.1
"""So much of a label's height is free above its letters, and below them."""
_ABOVE = 10
"""Pixels that are free above the plot."""


class Box(msgspec.Struct, frozen=True):
    """Where a text is, in pixels from the plot's top left corner."""

    left: float
    top: float
    right: float
    foot: float

    def is_clear_of(self, other: "Box") -> bool:
        """Tell whether neither text covers the other."""
        return (
            self.right <= other.left
            or other.right <= self.left
            or self.foot <= other.top
            or other.foot <= self.top
        )


def figure(drawing: Trend, theme: Theme) -> Plain:
    """Return the figure of a trend; its limits are named beside it where there is room."""
    canvas, points, limits = Canvas(theme), points_of(drawing), drawing.limits
    periods = periods_of(drawing)
    axes = axes_for(drawing, points, theme)
    left = math.ceil(max(theme.text_width(written(tick)) for tick in axes.ticks)) + 12
    aside = limits is not None and not theme.names_above
    right = limits_width(limits, theme) if limits and aside else _MARGIN
    axes = msgspec.structs.replace(axes, width=theme.width - left - right)
    captions = [] if limits is None or aside else [limits_caption(limits)]
    if axes.low > 0:
        captions.append(f"The scale starts at {written(axes.low)}")
    captions += [f"Re-based from {periods[step.until].name}" for step in drawing.earlier]
    lines = [line for text in captions for line in wrapped(text, theme, width=theme.width - 4)]
    earlier = any(point.verdict != "within" for point in points[:-1])
    top = (len(lines) + earlier) * (theme.line + 3) + _ABOVE
    _caption(canvas, lines, left=left, top=top, earlier=earlier)
    if limits:
        across: Plain = {"xref": "paper", "x0": 0, "x1": 1}
        if drawing.base:
            across = {"xref": "x", "x0": drawing.base - 0.5, "x1": axes.across[1]}
        _draw_band(canvas, limits, across)
    for step in drawing.earlier:
        if step.limits:
            across = {"xref": "x", "x0": max(step.first - 0.5, axes.across[0])}
            _draw_band(canvas, step.limits, across | {"x1": step.until - 0.5})
    _draw_breaks(canvas, drawing.breaks)
    _draw_breaks(canvas, [step.until for step in drawing.earlier], dash="2px,3px")
    canvas.traces.append(_line(drawing, periods, points, theme))
    ends = (-5.0, axes.width + (2 if aside else right - 2))
    taken = _label_points(canvas, drawing, points, axes, ends)
    if limits and aside:
        _label_limits(canvas, limits, axes)
        if not drawing.base:
            _name_band(canvas, limits, axes, points, taken)
    _draw_groups(canvas, periods, axes, ends=(2.0 - left, axes.width + right - 2))
    return canvas.figure(
        height=top + axes.height + _FOOT,
        margin=(left, right, top, _FOOT),
        x=_period_axis(periods, axes, theme),
        y=_value_axis(axes, theme),
    )


def _line(
    drawing: Trend, periods: Sequence[Period], points: Sequence[Point], theme: Theme
) -> Plain:
    palette = theme.palette
    signals = {point.index for point in points if point.verdict != "within"}
    marks = parted(range(len(periods)), drawing.breaks)
    return {
        "type": "scatter",
        "mode": "lines+markers",
        "name": drawing.series.name,
        "x": marks,
        "y": parted_values(drawing),
        "connectgaps": False,
        "cliponaxis": False,
        "line": {"color": palette.accent, "width": 2.2},
        "marker": {
            "symbol": ["diamond" if mark in signals else "circle" for mark in marks],
            "size": [14 if mark in signals else 7 for mark in marks],
            "color": [palette.signal if mark in signals else palette.accent for mark in marks],
            "line": {"width": 0},
            "opacity": 1,
        },
    }


def _verdict(point: Point) -> str:
    return f"{point.verdict} the expected range"


def _period_axis(periods: Sequence[Period], axes: Axes, theme: Theme) -> Plain:
    return {
        "range": axes.across,
        "tickmode": "array",
        "tickvals": list(range(len(periods))),
        "ticktext": ticks_of(periods, axes, theme),
        "tickfont": {"color": theme.palette.second},
        "ticklabelstandoff": 7,
        "showline": axes.low == 0,
        "linecolor": theme.palette.ink if theme.outline else theme.palette.second,
        "linewidth": 1,
    }


def _value_axis(axes: Axes, theme: Theme) -> Plain:
    return {
        "range": [axes.low, axes.high],
        "tickmode": "array",
        "tickvals": axes.ticks,
        "ticktext": [written(tick) for tick in axes.ticks],
        "tickfont": {"color": theme.palette.second},
        "ticklabelstandoff": 7,
        "showgrid": True,
        "zeroline": axes.low < 0,
        "zerolinecolor": theme.palette.second,
        "gridcolor": theme.palette.grid,
        "gridwidth": 1,
    }


def ticks_of(periods: Sequence[Period], axes: Axes, theme: Theme) -> list[str]:
    """Return the periods' ticks in full if all have room, else in brief, else none."""
    for ticks in (
        [period.tick for period in periods],
        [period.brief_tick for period in periods],
    ):
        widest = max(map(theme.text_width, ticks), default=0)
        if axes.count < 2 or axes.pitch >= widest + 3.5:
            return ticks
    return [""] * len(periods)


def _draw_groups(
    canvas: Canvas, periods: Sequence[Period], axes: Axes, *, ends: tuple[float, float]
) -> None:
    """Draw a bracket under each group's periods, and write the group's name under it once.

    `ends` are the picture's, in pixels from the plot's left.
    """
    theme, free = canvas.theme, ends[1]
    reach = min(0.36, 24 / axes.pitch)
    groups = itertools.groupby(enumerate(periods), key=lambda pair: pair[1].group)
    spans = [list(group) for _, group in groups]
    for span in reversed(spans):
        (first, period), last = span[0], span[-1][0]
        room = (last - first + 1) * axes.pitch
        label = period.group if theme.text_width(period.group) + 8 <= room else period.brief_group
        canvas.line(
            theme.palette.second,
            1,
            x0=first - reach,
            x1=last + reach,
            yref="paper",
            ysizemode="pixel",
            yanchor=0,
            y0=-29,
            y1=-29,
        )
        middle, half = (first + last) / 2, theme.text_width(label) / 2
        at = axes.x(middle)
        inside = min(max(at, ends[0] + half), ends[1] - half)
        if inside + half <= free and abs(inside - at) <= half:
            place = {"x": middle, "yref": "paper", "y": 0, "xanchor": "center", "yshift": -42}
            canvas.write(
                coloured(label, theme.palette.second), xshift=round(inside - at, 2), **place
            )
            free = inside - half - 4


def _caption(
    canvas: Canvas, captions: Sequence[str], *, left: float, top: float, earlier: bool
) -> None:
    """Write lines above the plot; the last explains the diamonds that have no words beside them."""
    theme = canvas.theme
    pitch = theme.line + 3
    for index, caption in enumerate(captions):
        text = coloured(caption, theme.palette.second)
        place = {"xref": "paper", "x": 0, "yref": "paper", "y": 1, "xshift": -left}
        canvas.write(text, yshift=top - (index + 0.5) * pitch, **place)
    if earlier:
        colour = theme.palette.signal
        key = Key("diamond", colour, colour, "outside the expected range")
        y = (len(captions) + 0.5) * pitch - top
        draw_keys(canvas, [key], x=-left, y=y, margin=left)


def _limit(value: float, rounding: str = ROUND_HALF_UP) -> str:
    places = Decimal(1) if value >= 10 or value <= 0 else Decimal("0.1")
    return f"{Decimal(max(value, 0)).quantize(places, rounding):,}"


def limits_caption(limits: Limits) -> str:
    """Return a range in words, where its lines have no room for their names."""
    # inwards, as in units.findings.span: a point on the limit as written is within
    return (
        f"Expected range {_limit(limits.lower - EXACT, ROUND_CEILING)} to "
        f"{_limit(limits.upper + EXACT, ROUND_FLOOR)}, average {_limit(limits.average)}"
    )


def _limits_texts(limits: Limits) -> tuple[tuple[float, str], ...]:
    return (
        (limits.upper, f"Upper limit {_limit(limits.upper + EXACT, ROUND_FLOOR)}"),
        (limits.average, f"Average {_limit(limits.average)}"),
        (limits.lower, f"Lower limit {_limit(limits.lower - EXACT, ROUND_CEILING)}"),
    )


def limits_width(limits: Limits, theme: Theme) -> int:
    """Return the pixels that the names of a range's lines take beside the plot."""
    return math.ceil(max(theme.text_width(text) for _, text in _limits_texts(limits))) + 14


def _draw_band(canvas: Canvas, limits: Limits, across: Plain) -> None:
    """Draw an expected range between two places: its band, its limits dashed, its average."""
    second = canvas.theme.palette.second
    canvas.shapes.append(
        {
            "type": "rect",
            "y0": limits.lower,
            "y1": limits.upper,
            "fillcolor": canvas.theme.palette.band,
            "line": {"width": 0},
            "layer": "below",
            **across,
        }
    )
    for value in (limits.upper, limits.lower):
        dashed = {"color": second, "width": 1.2, "dash": "6px,4px"}
        bounds = {"y0": value, "y1": value, "layer": "below"}
        canvas.shapes.append({"type": "line", "line": dashed, **bounds, **across})
    average = {"y0": limits.average, "y1": limits.average, "layer": "below"}
    canvas.shapes.append(
        {"type": "line", "line": {"color": second, "width": 1.4}, **average, **across}
    )


def _draw_breaks(canvas: Canvas, breaks: Sequence[int], *, dash: str = "") -> None:
    """Draw an upright line before each point at which the series, or its range, begins anew."""
    upright = {"yref": "paper", "y0": 0, "y1": 1}
    for place in breaks:
        at = {"x0": place - 0.5, "x1": place - 0.5}
        line = {"color": canvas.theme.palette.ink, "width": 1.4} | ({"dash": dash} if dash else {})
        canvas.shapes.append({"type": "line", "line": line, "layer": "above", **at, **upright})


def _label_limits(canvas: Canvas, limits: Limits, axes: Axes) -> None:
    """Write the limits' names at the right."""
    for value, text, shift in named_limits(limits, axes, canvas.theme):
        words = coloured(text, canvas.theme.palette.second)
        canvas.write(words, xref="paper", x=1, y=value, xshift=8, yshift=shift)


def named_limits(limits: Limits, axes: Axes, theme: Theme) -> Iterator[tuple[float, str, float]]:
    """Yield each limit's value, its name, and the pixels up by which it keeps clear of the others."""
    texts = _limits_texts(limits)
    natural = [axes.y(value) for value, _ in texts]
    heights: list[float] = []
    for at in natural:
        heights.append(max(at, heights[-1] + theme.line) if heights else at)
    # none below the foot of the plot, where the periods are named
    for place in reversed(range(len(heights))):
        below = heights[place + 1] - theme.line if place + 1 < len(heights) else axes.height
        heights[place] = min(heights[place], below)
    for (value, text), at, height in zip(texts, natural, heights, strict=True):
        yield value, text, round(at - height, 2)


def _name_band(
    canvas: Canvas, limits: Limits, axes: Axes, points: Sequence[Point], taken: Sequence[Box]
) -> None:
    """Write "Expected range" in the corner of the band that line and labels leave free, if any."""
    theme, text = canvas.theme, "Expected range"
    width = theme.text_width(text)
    crossed = [
        axes.y(point.value) for point in points if axes.x(point.index) <= 8 + width + axes.pitch
    ]
    heights = (axes.y(limits.upper) + theme.line * 0.8, axes.y(limits.lower) - theme.line * 0.8)
    average, half = axes.y(limits.average), theme.line * _HALF_TEXT
    clearances = [min(abs(at - y) for y in (*crossed, average)) for at in heights]
    clear = max(clearances)
    at = heights[clearances.index(clear)]
    box = Box(8, at - half, 8 + width, at + half)
    if clear > half + 5 and box.right <= axes.width and all(map(box.is_clear_of, taken)):
        place = {"xref": "paper", "x": 0, "y": axes.value(at), "xshift": 8}
        canvas.write(coloured(text, theme.palette.second), **place)


def label_of(drawing: Trend, point: Point, palette: Palette, *, worded: bool = True) -> str:
    """Return a point's label, marked up; "" where it has none.

    The last value, the one before and a year before, the revised and signals have one; a signal that
    is last has its verdict in words on a second line, if `worded`.
    """
    last, text = len(drawing.series.values) - 1, escaped(point.label)
    signal = emboldened(coloured(text, palette.signal)) if point.verdict != "within" else ""
    if point.index == last:
        words = coloured(_verdict(point), palette.second)
        return f"{signal}{BREAK}{words}" if signal and worded else signal or emboldened(text)
    if point.index in (last - 1, last - a_year(drawing)) or point.label.endswith(SIGN):
        return coloured(text, palette.second)
    return signal


def _label_points(
    canvas: Canvas,
    drawing: Trend,
    points: Sequence[Point],
    axes: Axes,
    ends: tuple[float, float],
) -> list[Box]:
    """Write the labels of points where each has room, the weightier first; return where they are.

    `ends` are the least and the greatest place of a letter, in pixels from the plot's left. A label
    that has no room beside the others is left out: hovering and the table have its value.
    """
    last = len(drawing.series.values) - 1
    placed: dict[int, tuple[str, Plain, Box]] = {}
    for point in sorted(points, key=lambda point: _weight(point, last)):
        texts = [label_of(drawing, point, canvas.theme.palette)]
        if BREAK in texts[0]:
            texts.append(label_of(drawing, point, canvas.theme.palette, worded=False))
        for text in filter(None, texts):
            label = _Label(canvas.theme, drawing, point, text, points, axes, ends)
            taken = [box for _, _, box in placed.values()]
            if found := label.place_clear_of(taken):
                placed[point.index] = (text, *found)
                break
    for _, (text, place, _) in sorted(placed.items()):
        canvas.write(text, **place)
    return [box for _, _, box in placed.values()]


def _weight(point: Point, last: int) -> tuple[bool, bool, bool, int]:
    """Return a key that sorts points by how much their label matters."""
    return (
        point.index != last,
        point.verdict == "within",
        not point.label.endswith(SIGN),
        last - point.index,
    )


class _Label:
    """A label that looks for its place beside its point."""

    def __init__(
        self,
        theme: Theme,
        drawing: Trend,
        point: Point,
        text: str,
        points: Sequence[Point],
        axes: Axes,
        ends: tuple[float, float],
    ) -> None:
        self.theme, self.point, self.axes, self.ends = theme, point, axes, ends
        self.lines = text.count(BREAK) + 1
        self.tall, self.width = self.lines * theme.line, markup_width(text, theme)
        obstacles = [point]
        if self.lines > 1:
            reach = axes.x(point.index) - theme.text_width(_verdict(point)) - 4
            obstacles = [other for other in points if axes.x(other.index) >= reach]
        self.heights = [axes.y(obstacle.value) for obstacle in obstacles]
        limits = drawing.limits_at(point.index)
        levels = msgspec.structs.astuple(limits) if limits else ()
        self.levels = [axes.y(level) for level in levels]

    def place_clear_of(self, taken: Sequence[Box]) -> tuple[Plain, Box] | None:
        """Return the annotation's place and its box, on the free side or else the other; or None."""
        gap = 7 if self.point.verdict == "within" else 11
        above = self.point.above or max(self.heights) + gap + self.tall > self.axes.height
        for side in (above, not above):
            found = self._place(above=side, gap=gap)
            if found and all(map(found[1].is_clear_of, taken)):
                return found
        return None

    def _place(self, *, above: bool, gap: float) -> tuple[Plain, Box] | None:
        """Return the place on one side, clear of the limits; cased where one still crosses it."""
        top = min(self.heights) - gap - self.tall if above else max(self.heights) + gap
        top += _clear_of(self.levels, top, self.tall, self.axes, upwards=above)
        if top < -_ABOVE or top + self.tall > self.axes.height + 4:
            return None
        anchor, shift = self._anchor(above=above)
        at = self.axes.x(self.point.index)
        left = at + shift - {"left": 0, "center": 0.5, "right": 1}[anchor] * self.width
        inside = max(min(left, self.ends[1] - self.width), self.ends[0])
        if inside + self.width > self.ends[1] + EXACT:
            return None
        place: Plain = {"x": self.point.index, "xanchor": anchor, "align": anchor}
        place["xshift"] = round(shift + inside - left, 2)
        middle = top + self.tall / 2
        within = (0.5 - _FREE) * self.tall - EXACT
        if any(abs(middle - level) < within for level in self.levels):
            banded = min(self.levels) <= middle <= max(self.levels)
            palette = self.theme.palette
            place["bgcolor"] = palette.band if banded else palette.ground
        place["yanchor"] = "bottom" if above else "top"
        place["y"] = self.axes.value(top + self.tall if above else top)
        free = _FREE * self.theme.line
        return place, Box(inside, top + free, inside + self.width, top + self.tall - free)

    def _anchor(self, *, above: bool) -> tuple[str, float]:
        """Return which part of the label is at its point, and the pixels by which it is moved."""
        if self.lines > 1 and self.axes.count > 1:
            return "right", EDGE - 1
        if self.point.slope:
            beside = self.point.slope < 0 if above else self.point.slope > 0
            return ("left", -5) if beside else ("right", 5)
        return "center", 0


def _clear_of(
    levels: Sequence[float], top: float, tall: float, axes: Axes, *, upwards: bool
) -> float:
    """Return how far a label moves from its point so that no level crosses it; 0 if too far."""
    moved = 0.0
    for level in sorted(levels, reverse=upwards):
        head, foot = top + moved + _FREE * tall, top + moved + (1 - _FREE) * tall
        if head < level < foot:
            moved += level - foot if upwards else level - head
    inside = top + moved >= -_ABOVE and top + moved + tall <= axes.height
    return moved if inside and abs(moved) < tall else 0.0
