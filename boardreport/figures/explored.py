"""A chart to explore: the plain figure that plotly.js draws, with hover and zoom.

Its series are named by the switches that static/explore.js puts beneath it.
"""

import textwrap
from collections.abc import Sequence
from typing import Any

from boardreport.figures.looks import DARK, LIGHT, Palette
from boardreport.figures.plane import parted, parted_values, periods_of
from boardreport.figures.sheet import Figure, escaped, labels_of
from units.content import Bars, Chart, Series, SharesAgainstFormula, StackedBars, Trend
from units.spc import Limits
from units.terms import Impact

_NAME, _ROW, _FRAME, _PLOT, _SMALL = 36, 40, 110, 340, 8
_CONFIG = {
    "responsive": True,
    "displaylogo": False,
    "showSendToCloud": False,  # plotly.js 7 offers by default to upload the figure
    "displayModeBar": True,
    "modeBarButtonsToRemove": ["toImage", "select2d", "lasso2d", "autoScale2d"],
}


def explored(chart: Chart, *, dark: bool = False) -> Figure:
    """Data, layout and configuration for plotly.js, as wide as its place."""
    palette, drawing = DARK if dark else LIGHT, chart.drawing
    match drawing:
        case Trend():
            return _trend(drawing, palette)
        case Bars():
            comparator = [_marks(drawing.comparator, drawing.categories, palette, "diamond")]
            colours = [
                palette.accent if name in drawing.emphasised else palette.quiet
                for name in drawing.categories
            ]
            traces = [_bars(drawing.series, drawing.categories, palette, colours)]
            return _rows(
                drawing.categories, traces + (comparator if drawing.comparator else []), palette
            )
        case StackedBars():
            tones = {
                Impact.MAJOR.value: palette.major,
                Impact.MODERATE.value: palette.moderate,
                Impact.MINOR.value: palette.minor,
            }
            traces = [
                _bars(
                    one,
                    drawing.categories,
                    palette,
                    tones.get(one.key, palette.ground),
                    hatched=one.key not in tones,
                )
                for one in drawing.series
            ]
            return _rows(drawing.categories, traces, palette)
        case SharesAgainstFormula():
            traces = [
                _bars(drawing.actual, drawing.categories, palette, palette.accent, unit="%"),
                _marks(drawing.formula, drawing.categories, palette, "line-ns-open", unit="%"),
            ]
            return _rows(drawing.categories, traces, palette)


def _brief(name: str) -> str:
    return "<br>".join(escaped(line) for line in textwrap.wrap(name, _NAME))


def _said(series: Series, names: Sequence[str], unit: str) -> list[str]:
    labels = labels_of(series, unit=unit)
    return [
        escaped(f"{name}, {series.name}: {' '.join(label.split())}")
        for name, label in zip(names, labels, strict=True)
    ]


def _bars(
    series: Series,
    categories: Sequence[str],
    palette: Palette,
    colours: Any,
    *,
    unit: str = "",
    hatched: bool = False,
) -> dict[str, Any]:
    marker: dict[str, Any] = {"color": colours, "line": {"color": palette.edge, "width": 1}}
    if hatched:
        marker["pattern"] = {"shape": "/", "size": 6, "solidity": 0.2, "fgcolor": palette.edge}
    return {
        "type": "bar",
        "orientation": "h",
        "name": series.name,
        "x": list(series.values),
        "y": [_brief(name) for name in categories],
        "marker": marker,
        "hoverinfo": "text",
        "hovertext": _said(series, categories, unit),
        "textposition": "none",
    }


def _marks(
    series: Series | None,
    categories: Sequence[str],
    palette: Palette,
    symbol: str,
    *,
    unit: str = "",
) -> dict[str, Any]:
    if series is None:
        return {}
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
        "hovertext": _said(series, categories, unit),
    }


def _trend(drawing: Trend, palette: Palette) -> Figure:
    periods = periods_of(drawing)
    names = [one.name for one in periods]
    verdicts = parted([drawing.verdict(place) for place in range(len(names))], drawing.breaks)
    line = {
        "type": "scatter",
        "mode": "lines+markers",
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
        "hovertext": parted(_said(drawing.series, names, ""), drawing.breaks),
    }
    limits = _limits(drawing.limits, names[drawing.base :], palette) if drawing.limits else []
    for step in drawing.earlier:
        if step.limits:
            until = f", to {names[step.until - 1]}"
            limits += _limits(step.limits, names[step.first : step.until], palette, until)
    return _figure(
        [*limits, line],
        palette,
        height=_PLOT,
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
        yaxis={"rangemode": "tozero", "gridcolor": palette.grid} | _whole(drawing),
        shapes=[
            *(_break(place, palette) for place in drawing.breaks),
            *(_break(one.until, palette, dash="dot") for one in drawing.earlier),
        ],
    )


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


def _rows(categories: Sequence[str], traces: list[dict[str, Any]], palette: Palette) -> Figure:
    return _figure(
        traces,
        palette,
        height=_FRAME + _ROW * len(categories),
        barmode="stack",
        bargap=0.3,
        xaxis={"rangemode": "tozero", "gridcolor": palette.grid},
        yaxis={
            "autorange": "reversed",
            "automargin": True,
            "fixedrange": True,
            "showgrid": False,
            "ticklabelstandoff": 8,
        },
    )


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
        "margin": {"l": 44, "r": 16, "t": 44, "b": 44},
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
