"""A trend: a line over quarters or months, its expected range, its signals and the words on them."""

import itertools
import math
from collections.abc import Iterator, Sequence
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Decimal
from typing import Any

import msgspec

from boardreport.figures.looks import Look, Palette
from boardreport.figures.plane import (
    EDGE,
    Period,
    Plane,
    Point,
    a_year,
    parted,
    parted_values,
    periods_of,
    plane_for,
    points_of,
)
from boardreport.figures.sheet import (
    Figure,
    Key,
    Sheet,
    coloured,
    draw_keys,
    emboldened,
    escaped,
    labels_of,
    written,
)
from units.content import Trend
from units.revisions import SIGN
from units.spc import EXACT, Limits

_FOOT = 56
_MARGIN = 14
_HALF_TEXT = 0.65
_FREE = 0.1
"""So much of a label's height is free above its letters, and below them."""
_ABOVE = 10
"""Pixels that are free above the plot."""


def figure(drawing: Trend, look: Look) -> Figure:
    """The figure of a trend; its limits are named beside it where there is room."""
    sheet, points, limits = Sheet(look), points_of(drawing), drawing.limits
    periods = periods_of(drawing)
    plane = plane_for(drawing, points, look)
    left = math.ceil(max(look.breadth_of(written(tick)) for tick in plane.ticks)) + 12
    aside = limits is not None and not look.names_above
    right = limits_width(limits, look) if limits and aside else _MARGIN
    plane = msgspec.structs.replace(plane, width=look.width - left - right)
    captions = [] if limits is None or aside else [limits_caption(limits)]
    if plane.low > 0:
        captions.append(f"The scale starts at {written(plane.low)}")
    captions += [f"Re-based from {periods[one.until].name}" for one in drawing.earlier]
    earlier = any(point.verdict != "within" for point in points[:-1])
    top = (len(captions) + earlier) * (look.line + 3) + _ABOVE
    _caption(sheet, captions, left=left, top=top, earlier=earlier)
    if limits:
        _draw_limits(sheet, limits, plane, points, aside=aside, base=drawing.base)
    for step in drawing.earlier:
        if step.limits:
            across = {"xref": "x", "x0": max(step.first - 0.5, plane.across[0])}
            _draw_band(sheet, step.limits, across | {"x1": step.until - 0.5})
    _draw_breaks(sheet, drawing.breaks)
    _draw_breaks(sheet, [one.until for one in drawing.earlier], dash="2px,3px")
    sheet.traces.append(_line(drawing, periods, points, look))
    _label_points(sheet, drawing, points, plane)
    _draw_groups(sheet, periods, plane)
    return sheet.figure(
        height=top + plane.height + _FOOT,
        margin=(left, right, top, _FOOT),
        x=_period_axis(periods, plane, look),
        y=_value_axis(plane, look),
    )


def _line(
    drawing: Trend, periods: Sequence[Period], points: Sequence[Point], look: Look
) -> dict[str, Any]:
    palette = look.palette
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
        "hoverinfo": "text",
        "hovertext": parted(_trend_hover(drawing, periods, points), drawing.breaks),
    }


def _trend_hover(drawing: Trend, periods: Sequence[Period], points: Sequence[Point]) -> list[str]:
    words = {point.index: f", {_verdict(point)}" for point in points if point.verdict != "within"}
    texts = zip(periods, labels_of(drawing.series), strict=True)
    return [
        escaped(f"{period.name}: {label}{words.get(index, '')}")
        for index, (period, label) in enumerate(texts)
    ]


def _verdict(point: Point) -> str:
    return f"{point.verdict} the expected range"


def _period_axis(periods: Sequence[Period], plane: Plane, look: Look) -> Figure:
    return {
        "range": plane.across,
        "tickmode": "array",
        "tickvals": list(range(len(periods))),
        "ticktext": _ticks(periods, plane, look),
        "tickfont": {"color": look.palette.second},
        "ticklabelstandoff": 7,
        "showline": plane.low == 0,
        "linecolor": look.palette.ink if look.outline else look.palette.second,
        "linewidth": 1,
    }


def _value_axis(plane: Plane, look: Look) -> Figure:
    return {
        "range": [plane.low, plane.high],
        "tickmode": "array",
        "tickvals": plane.ticks,
        "ticktext": [written(tick) for tick in plane.ticks],
        "tickfont": {"color": look.palette.second},
        "ticklabelstandoff": 7,
        "showgrid": True,
        "zeroline": plane.low < 0,
        "zerolinecolor": look.palette.second,
        "gridcolor": look.palette.grid,
        "gridwidth": 1,
    }


def _ticks(periods: Sequence[Period], plane: Plane, look: Look) -> list[str]:
    """The periods' ticks in full if all have room, else in brief, else none."""
    for ticks in ([one.tick for one in periods], [one.brief_tick for one in periods]):
        widest = max(map(look.breadth_of, ticks), default=0)
        if plane.count < 2 or plane.pitch >= widest + 3.5:
            return ticks
    return [""] * len(periods)


def _draw_groups(sheet: Sheet, periods: Sequence[Period], plane: Plane) -> None:
    """A bracket under each group's periods, and the group's name under it once."""
    look, free = sheet.look, math.inf
    reach = min(0.36, 24 / plane.pitch)
    groups = itertools.groupby(enumerate(periods), key=lambda pair: pair[1].group)
    spans = [list(group) for _, group in groups]
    for span in reversed(spans):
        (first, period), last = span[0], span[-1][0]
        room = (last - first + 1) * plane.pitch
        label = period.group if look.breadth_of(period.group) + 8 <= room else period.brief_group
        middle, half = (first + last) / 2, look.breadth_of(label) / 2
        sheet.line(
            look.palette.second,
            1,
            x0=first - reach,
            x1=last + reach,
            yref="paper",
            ysizemode="pixel",
            yanchor=0,
            y0=-29,
            y1=-29,
        )
        if plane.x(middle) + half <= free:
            place = {"x": middle, "yref": "paper", "y": 0, "xanchor": "center", "yshift": -42}
            sheet.write(coloured(label, look.palette.second), **place)
            free = plane.x(middle) - half - 4


def _caption(
    sheet: Sheet, captions: Sequence[str], *, left: float, top: float, earlier: bool
) -> None:
    """Lines above the plot; the last explains the diamonds that have no words beside them."""
    look = sheet.look
    pitch = look.line + 3
    for index, caption in enumerate(captions):
        text = coloured(caption, look.palette.second)
        place = {"xref": "paper", "x": 0, "yref": "paper", "y": 1, "xshift": -left}
        sheet.write(text, yshift=top - (index + 0.5) * pitch, **place)
    if earlier:
        colour = look.palette.signal
        key = Key("diamond", colour, colour, "outside the expected range")
        y = (len(captions) + 0.5) * pitch - top
        draw_keys(sheet, [key], x=-left, y=y, margin=left)


def _limit(value: float, rounding: str = ROUND_HALF_UP) -> str:
    places = Decimal(1) if value >= 10 or value <= 0 else Decimal("0.1")
    return f"{Decimal(max(value, 0)).quantize(places, rounding):,}"


def limits_caption(limits: Limits) -> str:
    """A range in words, where its lines have no room for their names."""
    # inwards, as in units.findings.span: a point on the limit that is told lies within
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


def limits_width(limits: Limits, look: Look) -> int:
    """Pixels that the names of a range's lines take beside the plot."""
    return math.ceil(max(look.breadth_of(text) for _, text in _limits_texts(limits))) + 14


def _draw_limits(
    sheet: Sheet, limits: Limits, plane: Plane, points: Sequence[Point], *, aside: bool, base: int
) -> None:
    across: dict[str, Any] = {"xref": "paper", "x0": 0, "x1": 1}
    if base:
        across = {"xref": "x", "x0": base - 0.5, "x1": plane.across[1]}
    _draw_band(sheet, limits, across)
    if aside:
        _label_limits(sheet, limits, plane)
        if not base:
            _name_band(sheet, limits, plane, points)


def _draw_band(sheet: Sheet, limits: Limits, across: dict[str, Any]) -> None:
    """An expected range between two places: its band, its limits dashed, its average."""
    second = sheet.look.palette.second
    sheet.shapes.append(
        {
            "type": "rect",
            "y0": limits.lower,
            "y1": limits.upper,
            "fillcolor": sheet.look.palette.band,
            "line": {"width": 0},
            "layer": "below",
            **across,
        }
    )
    for value in (limits.upper, limits.lower):
        dashed = {"color": second, "width": 1.2, "dash": "6px,4px"}
        bounds = {"y0": value, "y1": value, "layer": "below"}
        sheet.shapes.append({"type": "line", "line": dashed, **bounds, **across})
    average = {"y0": limits.average, "y1": limits.average, "layer": "below"}
    sheet.shapes.append(
        {"type": "line", "line": {"color": second, "width": 1.4}, **average, **across}
    )


def _draw_breaks(sheet: Sheet, breaks: Sequence[int], *, dash: str = "") -> None:
    """An upright line before each point at which the series, or its expected range, begins anew."""
    upright = {"yref": "paper", "y0": 0, "y1": 1}
    for place in breaks:
        at = {"x0": place - 0.5, "x1": place - 0.5}
        line = {"color": sheet.look.palette.ink, "width": 1.4} | ({"dash": dash} if dash else {})
        sheet.shapes.append({"type": "line", "line": line, "layer": "above", **at, **upright})


def _label_limits(sheet: Sheet, limits: Limits, plane: Plane) -> None:
    """The limits' names at the right."""
    for value, text, shift in named_limits(limits, plane, sheet.look):
        words = coloured(text, sheet.look.palette.second)
        sheet.write(words, xref="paper", x=1, y=value, xshift=8, yshift=shift)


def named_limits(limits: Limits, plane: Plane, look: Look) -> Iterator[tuple[float, str, float]]:
    """Each limit's value, its name, and the pixels up by which it keeps clear of the one above."""
    free = -math.inf
    for value, text in _limits_texts(limits):
        natural = plane.y(value)
        at = max(natural, free)
        free = at + look.line
        yield value, text, natural - at


def _name_band(sheet: Sheet, limits: Limits, plane: Plane, points: Sequence[Point]) -> None:
    """ "Expected range" in the corner of the band that the line leaves free, if one is free."""
    look, text = sheet.look, "Expected range"
    reach = 8 + look.breadth_of(text)
    crossed = [
        plane.y(point.value) for point in points if plane.x(point.index) <= reach + plane.pitch
    ]
    heights = (plane.y(limits.upper) + look.line * 0.8, plane.y(limits.lower) - look.line * 0.8)
    average, half = plane.y(limits.average), look.line * _HALF_TEXT
    clearances = [min(abs(at - y) for y in (*crossed, average)) for at in heights]
    clear = max(clearances)
    if clear > half + 5:
        at = heights[clearances.index(clear)]
        place = {"xref": "paper", "x": 0, "y": plane.value(at), "xshift": 8}
        sheet.write(coloured(text, look.palette.second), **place)


def label_of(drawing: Trend, point: Point, palette: Palette) -> str:
    """A point's label, marked up; "" where it has none.

    The last value, the one before and a year before, the revised and signals have one; words on the
    last.
    """
    last, text = len(drawing.series.values) - 1, escaped(point.label)
    signal = emboldened(coloured(text, palette.signal)) if point.verdict != "within" else ""
    if point.index == last:
        words = coloured(_verdict(point), palette.second)
        return f"{signal}<br>{words}" if signal else emboldened(text)
    if point.index in (last - 1, last - a_year(drawing)) or point.label.endswith(SIGN):
        return coloured(text, palette.second)
    return signal


def _label_points(sheet: Sheet, drawing: Trend, points: Sequence[Point], plane: Plane) -> None:
    last = len(drawing.series.values) - 1
    for point in points:
        text, obstacles = label_of(drawing, point, sheet.look.palette), [point]
        if point.index == last and point.verdict != "within":
            reach = plane.x(point.index) - sheet.look.breadth_of(_verdict(point)) - 4
            obstacles = [other for other in points if plane.x(other.index) >= reach]
        if text:
            _label_point(sheet, point, text, obstacles, plane, drawing.limits_at(point.index))


def _label_point(
    sheet: Sheet,
    point: Point,
    text: str,
    obstacles: Sequence[Point],
    plane: Plane,
    limits: Limits | None,
) -> None:
    """A label on its point's free side, clear of obstacles and limits; cased where one crosses it."""
    look, lines = sheet.look, text.count("<br>") + 1
    tall, gap = lines * look.line, 7 if point.verdict == "within" else 11
    heights = [plane.y(obstacle.value) for obstacle in obstacles]
    above = point.above or max(heights) + gap + tall > plane.height
    top = min(heights) - gap - tall if above else max(heights) + gap
    levels = [plane.y(one) for one in msgspec.structs.astuple(limits)] if limits else []
    top += _clear_of(levels, top, tall, plane, upwards=above)
    place: dict[str, Any] = {"xanchor": "center"}
    if point.slope:
        beside = point.slope < 0 if above else point.slope > 0
        place = {"xanchor": "left", "xshift": -5} if beside else {"xanchor": "right", "xshift": 5}
    if lines > 1 and plane.count > 1:
        place = {"xanchor": "right", "align": "right", "xshift": EDGE - 1}
    if any(abs(top + tall / 2 - level) < (0.5 - _FREE) * tall - EXACT for level in levels):
        within = min(levels) <= top + tall / 2 <= max(levels)
        place["bgcolor"] = look.palette.band if within else look.palette.ground
    anchor, start = ("bottom", top + tall) if above else ("top", top)
    sheet.write(text, x=point.index, y=plane.value(start), yanchor=anchor, **place)


def _clear_of(
    levels: Sequence[float], top: float, tall: float, plane: Plane, *, upwards: bool
) -> float:
    """How far a label moves on from its point so that no level crosses its letters; 0 if too far."""
    moved = 0.0
    for level in sorted(levels, reverse=upwards):
        head, foot = top + moved + _FREE * tall, top + moved + (1 - _FREE) * tall
        if head < level < foot:
            moved += level - foot if upwards else level - head
    inside = top + moved >= -_ABOVE and top + moved + tall <= plane.height
    return moved if inside and abs(moved) < tall else 0.0
