"""A chart to explore: the plain figure that plotly.js draws, with hover and zoom.

Its series are named by the switches that static/explore.js puts beneath it. The numbers behind the
bars are a trace without a name, which stands only while every series is shown.
"""

import re
import textwrap
from collections.abc import Sequence
from typing import Any

import msgspec

from boardreport.figures.looks import DARK, LIGHT, Look, Palette, Size, look_for
from boardreport.figures.plane import (
    Plane,
    Point,
    parted,
    parted_values,
    periods_of,
    plane_for,
    points_of,
)
from boardreport.figures.sheet import (
    APART,
    Figure,
    Number,
    emboldened,
    escaped,
    labels_of,
    written,
)
from boardreport.figures.trend import label_of, limits_caption, limits_width, named_limits
from units.content import Bars, Chart, Series, SharesAgainstFormula, StackedBars, Table, Trend
from units.spc import Limits
from units.terms import Impact

_NAME, _ROW, _LINE, _FRAME, _PLOT = 42, 40, 19, 110, 340
_INNER, _LETTER, _SMALL = 430, 7.8, 8
_EDGE, _NEAR = 44, 5
"""Above and below a plot, and between a point and its label."""
_MARGIN = {"l": _EDGE, "r": 16, "t": _EDGE, "b": _EDGE}
_BAR, _NARROW = 22, 310
"""On a telephone: how thick a bar is, and how wide the plot."""

_CONFIG = {
    "responsive": True,
    "displaylogo": False,
    "showTips": False,  # a violet box, over whatever stands above the chart
    "showSendToCloud": False,  # plotly.js 7 offers by default to upload the figure
    "displayModeBar": True,
    "modeBarButtonsToRemove": ["toImage", "select2d", "lasso2d", "autoScale2d"],
}


def explored(chart: Chart, *, dark: bool = False) -> Figure:
    """Data, layout and configuration for plotly.js, as wide as its place.

    `narrow` is what differs in the layout on a telephone, where it differs.
    """
    palette, drawing = DARK if dark else LIGHT, chart.drawing
    match drawing:
        case Trend():
            return _trend(drawing, chart.table, palette)
        case Bars():
            series = _signed(drawing.series, drawing.categories, chart.table)
            colours = [
                palette.accent if name in drawing.emphasised else palette.quiet
                for name in drawing.categories
            ]
            traces = [_bars(series, drawing.categories, palette, colours)]
            ends: Sequence[Number | None] = series.values
            if drawing.comparator:
                other = _signed(drawing.comparator, drawing.categories, chart.table)
                traces.append(_marks(other, drawing.categories, palette, "diamond"))
                ends = _farther(ends, other.values)
            return _rows(drawing.categories, traces, palette, ends, _set(series.labels))
        case StackedBars():
            return _stacked(drawing, chart.table, palette)
        case SharesAgainstFormula():
            actual = _signed(drawing.actual, drawing.categories, chart.table, unit="%")
            formula = _signed(drawing.formula, drawing.categories, chart.table, unit="%")
            traces = [
                _bars(actual, drawing.categories, palette, palette.accent),
                _marks(formula, drawing.categories, palette, "line-ns-open"),
            ]
            ends = _farther(actual.values, formula.values)
            return _rows(drawing.categories, traces, palette, ends, _set(actual.labels))


def _stacked(drawing: StackedBars, table: Table, palette: Palette) -> Figure:
    """Bars split by impact; a series of no single impact is hatched, and its number is the total."""
    tones = {
        Impact.MAJOR.value: (palette.major, palette.on_major),
        Impact.MODERATE.value: (palette.moderate, palette.on_moderate),
        Impact.MINOR.value: (palette.minor, palette.ink),
    }
    traces = []
    for one in drawing.series:
        series = _signed(one, drawing.categories, table)
        colour, ink = tones.get(one.key, (palette.ground, ""))
        traces.append(_bars(series, drawing.categories, palette, colour, ink=ink))
    totals = ["" if total is None else written(total) for total in drawing.totals]
    return _rows(drawing.categories, traces, palette, drawing.lengths, _set(totals))


def _signed(series: Series, names: Sequence[str], table: Table, *, unit: str = "") -> Series:
    """A series with its labels; where it has no value, the sign that the table's cell has, if any."""
    if series.labels:
        return series
    signs = {
        (row.cells[0].text, column.label): cell.text
        for row in table.rows
        for column, cell in zip(table.columns, row.cells, strict=True)
    }
    labels = tuple(
        signs.get((name, series.name), "") if value is None else label
        for name, value, label in zip(
            names, series.values, labels_of(series, unit=unit), strict=True
        )
    )
    return msgspec.structs.replace(series, labels=labels)


def _farther(values: Sequence[Number | None], others: Sequence[Number | None]) -> list[Number]:
    return [max(value or 0, other or 0) for value, other in zip(values, others, strict=True)]


def _set(labels: Sequence[str]) -> list[str]:
    """Labels such as "118  53.9%", marked up: the figure in bold."""
    parts = [[escaped(part) for part in re.split(r"\s{2,}", label.strip())] for label in labels]
    return [APART.join((emboldened(head), *rest)) if head else "" for head, *rest in parts]


def _brief(name: str) -> str:
    return "<br>".join(escaped(line) for line in textwrap.wrap(name, _NAME))


def _said(series: Series, names: Sequence[str]) -> list[str]:
    return [
        escaped(f"{name}, {series.name}: {' '.join(label.split())}") if label else ""
        for name, label in zip(names, series.labels, strict=True)
    ]


def _bars(
    series: Series,
    categories: Sequence[str],
    palette: Palette,
    colours: Any,
    *,
    ink: str | None = None,
) -> dict[str, Any]:
    """Bars of a series; with an `ink` numbers stand inside where they fit, with "" it is hatched."""
    marker: dict[str, Any] = {"color": colours, "line": {"color": palette.edge, "width": 1}}
    numbers: dict[str, Any] = {"textposition": "none"}
    if ink == "":
        marker["pattern"] = {"shape": "/", "size": 6, "solidity": 0.2, "fgcolor": palette.edge}
    elif ink:
        numbers = {
            "text": [written(value) if value else "" for value in series.values],
            "textposition": "inside",
            "insidetextanchor": "middle",
            "insidetextfont": {"color": ink},
            "textangle": 0,
        }
    return {
        "type": "bar",
        "orientation": "h",
        "name": series.name,
        "x": list(series.values),
        "y": [_brief(name) for name in categories],
        "marker": marker,
        "hoverinfo": "text",
        "hovertext": _said(series, categories),
        **numbers,
    }


def _marks(
    series: Series, categories: Sequence[str], palette: Palette, symbol: str
) -> dict[str, Any]:
    return {
        "type": "scatter",
        "mode": "markers",
        "name": series.name,
        "x": list(series.values),
        "y": [_brief(name) for name in categories],
        "marker": {
            "symbol": symbol,
            "size": 11 if symbol == "diamond" else 22,
            "color": palette.ink,
            "line": {"color": palette.ink, "width": 3 if symbol != "diamond" else 1},
        },
        "hoverinfo": "text",
        "hovertext": _said(series, categories),
    }


def _trend(drawing: Trend, table: Table, palette: Palette) -> Figure:
    periods, points = periods_of(drawing), points_of(drawing)
    names = [one.name for one in periods]
    look = look_for(Size.WIDE, dark=False)
    plane = msgspec.structs.replace(plane_for(drawing, points, look), height=_PLOT - 2 * _EDGE)
    labels = {point.index: label_of(drawing, point, palette) for point in points}
    sides = {point.index: _side(drawing, point, plane) for point in points}
    series = _signed(drawing.series, names, table)
    verdicts = parted([drawing.verdict(place) for place in range(len(names))], drawing.breaks)
    line = {
        "type": "scatter",
        "mode": "lines+markers+text",
        "text": parted([labels.get(place, "") for place in range(len(names))], drawing.breaks),
        "textposition": parted(
            [sides.get(place, "top center") for place in range(len(names))], drawing.breaks
        ),
        "cliponaxis": False,
        "name": drawing.series.name,
        "x": parted(names, drawing.breaks),
        "y": parted_values(drawing),
        "line": {"color": palette.accent, "width": 3},
        "marker": {
            "size": 9,
            "symbol": ["circle" if one == "within" else "diamond" for one in verdicts],
            "color": [palette.accent if one == "within" else palette.signal for one in verdicts],
        },
        "hoverinfo": "text",
        "hovertext": parted(_said(series, names), drawing.breaks),
    }
    limits = _limits(drawing.limits, names[drawing.base :], palette) if drawing.limits else []
    for step in drawing.earlier:
        if step.limits:
            until = f", to {names[step.until - 1]}"
            limits += _limits(step.limits, names[step.first : step.until], palette, until)
    above = [f"The scale starts at {written(plane.low)}"] if plane.low > 0 else []
    margin, aside = _MARGIN, []
    if drawing.limits:
        margin = margin | {"r": limits_width(drawing.limits, look)}
        aside = _named(drawing.limits, plane, look, palette)
    figure = _figure(
        [*limits, line],
        palette,
        height=_PLOT,
        margin=margin,
        xaxis={
            "type": "category",
            "showgrid": False,
            "categoryorder": "array",
            "categoryarray": names,
            "tickvals": names,
            "ticktext": [
                f"{one.tick}<br>{one.group[2:]}" if one.group != before else one.tick
                for before, one in zip(["", *(one.group for one in periods)], periods, strict=False)
            ],
            "tickangle": 0,
        },
        yaxis={"range": [plane.low, plane.high], "gridcolor": palette.grid} | _whole(drawing),
        annotations=[*_caption(above, palette), *aside],
        shapes=[
            *(_break(place, palette) for place in drawing.breaks),
            *(_break(one.until, palette, dash="dot") for one in drawing.earlier),
        ],
    )
    if not drawing.limits:
        return figure
    # beneath the tools, which reach as far as a telephone is wide
    narrow = {"annotations": _caption([*above, limits_caption(drawing.limits)], palette)}
    margin = _MARGIN | {"l": 8, "r": 8, "t": _EDGE + _LINE}
    return figure | {"narrow": narrow | {"margin": margin, "height": _PLOT + _LINE}}


def _side(drawing: Trend, point: Point, plane: Plane) -> str:
    """Where a point's label stands: as in the picture, or on the other side of a limit's line."""
    if point.index == len(drawing.series.values) - 1 and point.verdict != "within":
        return f"{'top' if point.above else 'bottom'} left"
    held = drawing.limits_at(point.index)
    pixel = (plane.high - plane.low) / plane.height
    away = (
        [(level - point.value) / pixel for level in msgspec.structs.astuple(held)] if held else []
    )
    above_free, below_free = (
        not any(_NEAR < side * one < _NEAR + _LINE for one in away) for side in (1, -1)
    )
    above = point.above if above_free == below_free else above_free
    beside = point.slope if above else -point.slope
    return f"{'top' if above else 'bottom'} {('center', 'left', 'right')[beside]}"


def _caption(lines: Sequence[str], palette: Palette) -> list[dict[str, Any]]:
    """What is said above the plot, if anything is."""
    place = {"xref": "paper", "yref": "paper", "x": 0, "y": 1, "xanchor": "left", "yshift": 8}
    note = {"font": {"color": palette.second}, "yanchor": "bottom", "align": "left", **place}
    return [note | {"text": "<br>".join(lines), "showarrow": False}] if lines else []


def _named(limits: Limits, plane: Plane, look: Look, palette: Palette) -> list[dict[str, Any]]:
    """The limits' names and values at the right; each bears the name of its line, to go with it."""
    place = {"xref": "paper", "x": 1, "xanchor": "left", "xshift": 8, "yanchor": "middle"}
    return [
        {
            "name": text.rpartition(" ")[0],
            "text": text,
            "font": {"color": palette.second},
            "y": value,
            "yshift": shift,
            "showarrow": False,
            **place,
        }
        for value, text, shift in named_limits(limits, plane, look)
    ]


def _whole(drawing: Trend) -> dict[str, Any]:
    """Steps of one for small counts, which have no fractions."""
    known = [value for value in drawing.series.values if value is not None]
    steps = (drawing.limits, *(one.limits for one in drawing.earlier))
    top = max([*known, *(one.upper for one in steps if one)], default=0)
    if top >= _SMALL or not all(isinstance(value, int) for value in known):
        return {}
    return {"tickmode": "linear", "tick0": 0, "dtick": 1, "minallowed": 0}


def _break(place: int, palette: Palette, **line: Any) -> dict[str, Any]:
    """An upright line before the point at which a series begins anew."""
    upright = {"yref": "paper", "y0": 0, "y1": 1, "x0": place - 0.5, "x1": place - 0.5}
    return {"type": "line", "line": {"color": palette.ink, "width": 1.5, **line}, **upright}


def _limits(
    limits: Limits, names: Sequence[str], palette: Palette, until: str = ""
) -> list[dict[str, Any]]:
    def level(name: str, value: float, **more: Any) -> dict[str, Any]:
        return {
            "type": "scatter",
            "mode": "lines",
            "name": f"{name}{until}",
            "x": list(names),
            "y": [round(value, 1)] * len(names),
            "line": {"color": palette.second, "width": 1, "dash": "dot"},
            "hoverinfo": "text",
            "hovertext": [f"{name}: {value:,.1f}"] * len(names),
            **more,
        }

    return [
        level("Lower limit", limits.lower),
        level("Upper limit", limits.upper, fill="tonexty", fillcolor=palette.band),
        level("Average", limits.average, line={"color": palette.second, "width": 1}),
    ]


def _rows(
    categories: Sequence[str],
    traces: list[dict[str, Any]],
    palette: Palette,
    ends: Sequence[Number | None],
    labels: Sequence[str],
) -> Figure:
    """Horizontal bars, each with its label behind its end; on a telephone its name stands above it."""
    names = [_brief(name) for name in categories]
    numbers = {
        "type": "scatter",
        "mode": "text",
        "name": "",
        "x": [end or 0 for end in ends],
        "y": names,
        "text": [f"{APART[:2]}{label}" for label in labels],
        "textposition": "middle right",
        "cliponaxis": False,
        "hoverinfo": "skip",
    }
    longest = max((len(re.sub(r"<.+?>", "", label)) for label in labels), default=0)
    room = min(_LETTER * longest + 12, _INNER / 2)
    reach = max((end or 0 for end in ends), default=0) or 1
    lines = max((name.count("<br>") + 1 for name in names), default=1)
    pitch = _BAR + _LINE * lines + 10
    figure = _figure(
        [*traces, numbers],
        palette,
        height=_FRAME + max(_ROW, _LINE * lines + 4) * len(categories),
        barmode="stack",
        bargap=0.3,
        uniformtext={"mode": "hide", "minsize": 14},
        xaxis={"range": [0, reach * _INNER / (_INNER - room)], "gridcolor": palette.grid},
        yaxis={
            "autorange": "reversed",
            "automargin": True,
            "fixedrange": True,
            "showgrid": False,
            "ticklabelstandoff": 8,
        },
    )
    narrow_room = min(_LETTER * longest + 12, _NARROW / 2)
    return figure | {
        "narrow": {
            "height": _FRAME + pitch * len(names),
            "bargap": 1 - _BAR / pitch,
            "xaxis": {"range": [0, reach * _NARROW / (_NARROW - narrow_room)]},
            "yaxis": {"showticklabels": False},
            "annotations": [
                {
                    "text": name,
                    "xref": "paper",
                    "x": 0,
                    "xanchor": "left",
                    "align": "left",
                    "y": name,
                    "yanchor": "bottom",
                    "yshift": _BAR / 2 + 3,
                    "showarrow": False,
                }
                for name in names
            ],
        }
    }


def _figure(
    traces: list[dict[str, Any]],
    palette: Palette,
    *,
    height: int,
    xaxis: dict[str, Any],
    yaxis: dict[str, Any],
    **more: Any,
) -> Figure:
    layout = {
        "autosize": True,
        "height": height,
        "margin": _MARGIN,
        "font": {"family": "Arial, sans-serif", "size": 14, "color": palette.ink},
        "paper_bgcolor": palette.ground,
        "plot_bgcolor": palette.ground,
        "showlegend": False,
        "hovermode": "closest",
        "dragmode": "zoom",
        "xaxis": {"zeroline": False, "automargin": True} | xaxis,
        "yaxis": {"zeroline": False, "automargin": True} | yaxis,
        **more,
    }
    # Plotly names traces at random unless they are named
    named = [{"uid": f"t{index}"} | trace for index, trace in enumerate(traces)]
    return {"data": named, "layout": layout, "config": _CONFIG}
