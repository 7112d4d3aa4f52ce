"""A chart to explore: the figure that plotly.js draws, with hover and zoom.

Its series are named by the switches that static/explore.js puts beneath it. The numbers behind the
bars are a trace without a name, which is shown only while every series is.
"""

import math
import textwrap
from collections.abc import Sequence
from typing import Any

import msgspec

from boardreport.charts.axes import (
    Axes,
    Period,
    Point,
    axes_for,
    parted,
    parted_values,
    periods_of,
    points_of,
)
from boardreport.charts.canvas import (
    Number,
    Plain,
    labels_of,
    markup_width,
    written,
)
from boardreport.charts.figures import validated
from boardreport.charts.markup import APART, emboldened, escaped
from boardreport.charts.theme import (
    DARK,
    LIGHT,
    Palette,
    Size,
    Theme,
    theme_for,
)
from boardreport.charts.trend import (
    label_of,
    limits_caption,
    limits_width,
    named_limits,
    ticks_of,
)
from units.content.model import (
    Chart,
    Series,
    StackedBars,
    Table,
    Trend,
)
from units.domain.control_charts import Limits
from units.domain.vocabulary import Impact

_NAME, _ROW, _LINE, _FRAME, _PLOT = 42, 40, 19, 110, 340
_INNER, _SMALL = 430, 8
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


class NothingToExplore(Exception):
    """A chart says in its picture all that exploring would show."""


def is_explorable(chart: Chart) -> bool:
    """Tell whether hovering, zooming and switching series off show more than the picture."""
    return isinstance(chart.drawing, Trend | StackedBars)


def themes(chart: Chart) -> Plain:
    """Return what explores a chart on a light and on a dark screen, as plain values for JSON.

    Each has plotly.js's data, layout and configuration, and in `narrow` what differs in the layout
    on a telephone. NothingToExplore for a chart that is not explorable.
    """
    return {"light": _explored(chart, LIGHT), "dark": _explored(chart, DARK)}


def _explored(chart: Chart, palette: Palette) -> Plain:
    match chart.drawing:
        case Trend() as drawing:
            plain = _trend(drawing, chart.table, palette)
        case StackedBars() as drawing:
            plain = _stacked(drawing, chart.table, palette)
        case _:
            raise NothingToExplore(chart.key)
    figure = validated({name: plain[name] for name in ("data", "layout")})
    return {**plain, **figure.to_plotly_json()}


def _stacked(drawing: StackedBars, table: Table, palette: Palette) -> Plain:
    """Return bars split by impact; a series of no single impact is hatched, its number the total."""
    tones = {
        Impact.MAJOR.value: (palette.major, palette.on_major),
        Impact.MODERATE.value: (palette.moderate, palette.on_moderate),
        Impact.MINOR.value: (palette.minor, palette.ink),
    }
    traces = []
    for part in drawing.series:
        series = _signed(part, drawing.categories, table)
        colour, ink = tones.get(part.key, (palette.ground, ""))
        traces.append(_bars(series, drawing.categories, palette, colour, ink=ink))
    totals = ["" if total is None else emboldened(written(total)) for total in drawing.totals]
    return _rows(drawing.categories, traces, palette, drawing.lengths, totals)


def _signed(series: Series, names: Sequence[str], table: Table) -> Series:
    """Return a series with its labels; where it has no value, the sign in the table's cell, if any."""
    if series.labels:
        return series
    signs = {
        (row.cells[0].text, column.label): cell.text
        for row in table.rows
        for column, cell in zip(table.columns, row.cells, strict=True)
    }
    labels = tuple(
        signs.get((name, series.name), "") if value is None else label
        for name, value, label in zip(names, series.values, labels_of(series), strict=True)
    )
    return msgspec.structs.replace(series, labels=labels)


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
) -> Plain:
    """Return bars of a series, with numbers inside in an `ink`; hatched where the ink is ""."""
    marker: Plain = {"color": colours, "line": {"color": palette.edge, "width": 1}}
    numbers: Plain = {"textposition": "none"}
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


def _trend(drawing: Trend, table: Table, palette: Palette) -> Plain:
    periods, points = periods_of(drawing), points_of(drawing)
    names = [period.name for period in periods]
    theme = theme_for(Size.WIDE)
    axes = msgspec.structs.replace(axes_for(drawing, points, theme), height=_PLOT - 2 * _EDGE)
    labels = {point.index: label_of(drawing, point, palette) for point in points}
    sides = {point.index: _side(drawing, point, axes) for point in points}
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
            "symbol": ["circle" if verdict == "within" else "diamond" for verdict in verdicts],
            "color": [
                palette.accent if verdict == "within" else palette.signal for verdict in verdicts
            ],
        },
        "hoverinfo": "text",
        "hovertext": parted(_said(series, names), drawing.breaks),
    }
    limits = _limits(drawing.limits, names[drawing.base :], palette) if drawing.limits else []
    for step in drawing.earlier:
        if step.limits:
            until = f", to {names[step.until - 1]}"
            limits += _limits(step.limits, names[step.first : step.until], palette, until)
    above = [f"The scale starts at {written(axes.low)}"] if axes.low > 0 else []
    margin, aside = _MARGIN, []
    if drawing.limits:
        margin = margin | {"r": limits_width(drawing.limits, theme)}
        aside = _named(drawing.limits, axes, theme, palette)
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
            "ticktext": _tick_texts(periods, axes, theme, width=theme.width - margin["r"]),
            "tickangle": 0,
        },
        yaxis={"range": [axes.low, axes.high], "gridcolor": palette.grid} | _whole(drawing),
        annotations=[*_caption(above, palette), *aside],
        shapes=[
            *(_break(place, palette) for place in drawing.breaks),
            *(_break(step.until, palette, dash="dot") for step in drawing.earlier),
        ],
    )
    narrow: Plain = {"xaxis": {"ticktext": _tick_texts(periods, axes, theme, width=_NARROW)}}
    if drawing.limits:
        # beneath the tools, which reach as far as a telephone is wide
        narrow |= {
            "annotations": _caption([*above, limits_caption(drawing.limits)], palette),
            "margin": _MARGIN | {"l": 8, "r": 8, "t": _EDGE + _LINE},
            "height": _PLOT + _LINE,
        }
    return figure | {"narrow": narrow}


def _tick_texts(periods: Sequence[Period], axes: Axes, theme: Theme, *, width: float) -> list[str]:
    """Return the periods' names for a plot so wide; a group's is beneath its first, if it has room."""
    axes = msgspec.structs.replace(axes, width=width - _EDGE)
    ticks, free = ticks_of(periods, axes, theme), math.inf
    texts = []
    for place in reversed(range(len(periods))):
        group = periods[place].group
        text = ticks[place]
        if place == 0 or periods[place - 1].group != group:
            at, half = place * axes.pitch, theme.text_width(group[2:]) / 2
            if at + half <= free:
                text += f"<br>{group[2:]}"
                free = at - half - 4
        texts.append(text)
    return texts[::-1]


def _side(drawing: Trend, point: Point, axes: Axes) -> str:
    """Return where a point's label is: as in the picture, or on the other side of a limit's line."""
    if point.index == len(drawing.series.values) - 1 and point.verdict != "within":
        return f"{'top' if point.above else 'bottom'} left"
    held = drawing.limits_at(point.index)
    pixel = (axes.high - axes.low) / axes.height
    away = (
        [(level - point.value) / pixel for level in msgspec.structs.astuple(held)] if held else []
    )
    above_free, below_free = (
        not any(_NEAR < side * distance < _NEAR + _LINE for distance in away) for side in (1, -1)
    )
    above = point.above if above_free == below_free else above_free
    beside = point.slope if above else -point.slope
    return f"{'top' if above else 'bottom'} {('center', 'left', 'right')[beside]}"


def _caption(lines: Sequence[str], palette: Palette) -> list[Plain]:
    """Return the words above the plot, if there are any."""
    place = {"xref": "paper", "yref": "paper", "x": 0, "y": 1, "xanchor": "left", "yshift": 8}
    note = {"font": {"color": palette.second}, "yanchor": "bottom", "align": "left", **place}
    return [note | {"text": "<br>".join(lines), "showarrow": False}] if lines else []


def _named(limits: Limits, axes: Axes, theme: Theme, palette: Palette) -> list[Plain]:
    """Return the limits' names and values at the right, each with the name of its line."""
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
        for value, text, shift in named_limits(limits, axes, theme)
    ]


def _whole(drawing: Trend) -> Plain:
    """Return steps of one for small counts, which have no fractions."""
    known = [value for value in drawing.series.values if value is not None]
    steps = (drawing.limits, *(step.limits for step in drawing.earlier))
    top = max([*known, *(limits.upper for limits in steps if limits)], default=0)
    if top >= _SMALL or not all(isinstance(value, int) for value in known):
        return {}
    return {"tickmode": "linear", "tick0": 0, "dtick": 1, "minallowed": 0}


def _break(place: int, palette: Palette, **line: Any) -> Plain:
    """Return an upright line before the point at which a series begins anew."""
    upright = {"yref": "paper", "y0": 0, "y1": 1, "x0": place - 0.5, "x1": place - 0.5}
    return {"type": "line", "line": {"color": palette.ink, "width": 1.5, **line}, **upright}


def _limits(limits: Limits, names: Sequence[str], palette: Palette, until: str = "") -> list[Plain]:
    def level(name: str, value: float, **more: Any) -> Plain:
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
    traces: list[Plain],
    palette: Palette,
    ends: Sequence[Number | None],
    labels: Sequence[str],
) -> Plain:
    """Return horizontal bars with a label behind each; on a telephone the names are above them."""
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
    theme = theme_for(Size.WIDE)
    longest = max((markup_width(label, theme) for label in labels), default=0)
    room = min(longest + 20, _INNER / 2)
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
    narrow_room = min(longest + 20, _NARROW / 2)
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
    traces: list[Plain],
    palette: Palette,
    *,
    height: int,
    xaxis: Plain,
    yaxis: Plain,
    **more: Any,
) -> Plain:
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
