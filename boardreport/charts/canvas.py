"""The canvas: texts, traces and shapes of one figure in the making, and its legend."""

import re
from collections.abc import Iterable, Sequence
from typing import Any

import msgspec

from boardreport.charts.markup import (
    APART,
    BREAK,
    coloured,
    emboldened,
    escaped,
    stretches,
)
from boardreport.charts.theme import Theme
from units.content.model import Series
from units.domain.measures import NOT_AVAILABLE

type Plain = dict[str, Any]
"""A figure, or a part of one, as the plain values that plotly.graph_objects takes."""
type Number = int | float

# ---------- texts ----------


def written(value: Number | None) -> str:
    """Return a value as a reader sees it: 1,877, 54.3, −2, or [x] where there is none."""
    if value is None:
        return NOT_AVAILABLE
    text = f"{value:,.1f}" if value != int(value) else f"{int(value):,}"
    return text.replace("-", "−")


def labels_of(series: Series, *, unit: str = "") -> tuple[str, ...]:
    """Return a series' own labels, or else its values as written, each with the unit."""
    if series.labels:
        return series.labels
    return tuple(written(value) + (unit if value is not None else "") for value in series.values)


def set_label(label: str, theme: Theme) -> str:
    """Return a label such as "118  53.9%" marked up: the figure in ink, the rest in the second ink."""
    figure, *rest = (escaped(part) for part in re.split(r"\s{2,}", label.strip()))
    head = figure if theme.outline else emboldened(figure)
    return APART.join((head, *(coloured(part, theme.palette.second) for part in rest)))


def label_width(label: str, theme: Theme) -> float:
    """Return the width in pixels of what set_label sets."""
    return markup_width(set_label(label, theme), theme)


def markup_width(text: str, theme: Theme) -> float:
    """Return the width in pixels of a marked-up text's widest line."""
    return max(
        sum(theme.text_width(part.text, strong=part.strong) for part in stretches(line))
        for line in text.split(BREAK)
    )


def wrapped(text: str, theme: Theme, *, width: float, strong: bool = False) -> tuple[str, ...]:
    """Return a text on as few lines as its width allows, of lengths as even as can be."""
    words = [
        part for word in text.split() for part in _broken(word, theme, width=width, strong=strong)
    ]
    if not words:
        return ("",)
    widths = [theme.text_width(word, strong=strong) for word in words]
    space = theme.text_width(" ", strong=strong)
    starts = _line_starts(widths, space, width)
    starts = _line_starts(widths, space, _narrowest(widths, space, len(starts)))
    return tuple(
        " ".join(words[start:end])
        for start, end in zip(starts, [*starts[1:], len(words)], strict=True)
    )


def narrowest(text: str, theme: Theme, *, lines: int, strong: bool = False) -> float:
    """Return the least width in pixels in which a text fits on so many lines."""
    widths = [theme.text_width(word, strong=strong) for word in text.split()]
    return _narrowest(widths, theme.text_width(" ", strong=strong), lines) if widths else 0.0


def widest(lines: Iterable[str], theme: Theme, *, strong: bool) -> float:
    """Return the width in pixels of the widest line."""
    return max(theme.text_width(line, strong=strong) for line in lines)


def _broken(word: str, theme: Theme, *, width: float, strong: bool) -> list[str]:
    """Return a word in parts, each as long as its width allows."""
    parts = [""]
    for letter in word:
        if parts[-1] and theme.text_width(parts[-1] + letter, strong=strong) > width:
            parts.append("")
        parts[-1] += letter
    return parts


def _line_starts(widths: Sequence[float], space: float, width: float) -> list[int]:
    """Return the place of each line's first word, where every line takes as many as fit."""
    starts, end = [0], widths[0]
    for place, more in enumerate(widths[1:], 1):
        end += space + more
        if end > width + _EXACT:
            starts.append(place)
            end = more
    return starts


def _narrowest(widths: Sequence[float], space: float, lines: int) -> float:
    """Return the least width in which words stand on so many lines, to a quarter of a pixel."""
    low, high = max(widths), sum(widths) + space * (len(widths) - 1)
    while high - low > 0.25:
        middle = (low + high) / 2
        if len(_line_starts(widths, space, middle)) <= lines:
            high = middle
        else:
            low = middle
    return low if len(_line_starts(widths, space, low)) <= lines else high


_EXACT = 1e-6


# ---------- the figure ----------


class Canvas:
    """A figure in the making."""

    def __init__(self, theme: Theme) -> None:
        self.theme = theme
        self.traces: list[Plain] = []
        self.shapes: list[Plain] = []
        self.texts: list[Plain] = []

    def line(self, colour: str, width: float, **place: Any) -> None:
        """Add a line above the traces."""
        self.shapes.append(
            {"type": "line", "line": {"color": colour, "width": width}, "layer": "above", **place}
        )

    def write(self, text: str, **place: Any) -> None:
        """Add a text, already escaped, at a place in the axes' units unless `place` says "paper"."""
        self.texts.append(
            {
                "xref": "x",
                "yref": "y",
                "xanchor": "left",
                "yanchor": "middle",
                "showarrow": False,
                "borderpad": 0,
                "text": text,
                **place,
            }
        )

    def figure(
        self, *, height: float, margin: tuple[float, ...], x: Plain, y: Plain, **more: Any
    ) -> Plain:
        """Return the whole figure; `margin` is left, right, top and bottom, `x` and `y` are axes."""
        left, right, top, bottom = margin
        axis = {"zeroline": False, "fixedrange": True, "ticks": "", "ticklabeloverflow": "allow"}
        palette = self.theme.palette
        layout = {
            "width": self.theme.width,
            "height": round(height),
            "autosize": False,
            "margin": {
                "l": left,
                "r": right,
                "t": top,
                "b": bottom,
                "pad": 0,
                "autoexpand": False,
            },
            "font": {
                "family": self.theme.family,
                "size": self.theme.text,
                "color": palette.ink,
            },
            "paper_bgcolor": "rgba(0,0,0,0)" if self.theme.outline else palette.ground,
            "plot_bgcolor": "rgba(0,0,0,0)",
            "showlegend": False,
            "xaxis": axis | {"showgrid": False} | x,
            "yaxis": axis | y,
            "shapes": self.shapes,
            "annotations": self.texts,
            **more,
        }
        return {"data": self.traces, "layout": layout}


# ---------- its legend ----------


class Key(msgspec.Struct, frozen=True):
    """An entry of a legend: a swatch ("bar", "hatch", "diamond" or "tick") and its words."""

    swatch: str
    colour: str
    edge: str
    name: str


def draw_keys(
    canvas: Canvas, keys: Iterable[Key], *, y: float, margin: float, x: float = 0
) -> float:
    """Draw a legend from (x, y) off the plot's top left, on as many lines as it needs.

    Returns its height in pixels; `margin` is what is left of the plot.
    """
    theme, start, first, tall = canvas.theme, x, y, 1
    right = theme.width - 2 - margin
    for key in keys:
        lines = wrapped(key.name, theme, width=right - start - _SWATCH)
        width = _SWATCH + widest(lines, theme, strong=False)
        if x > start and x + width > right:
            x, y, tall = start, y + tall * theme.line + 4, 1
        tall = max(tall, len(lines))
        canvas.shapes.extend(_swatch(key, x, y, theme))
        place = {"xref": "paper", "yref": "paper", "x": 0, "y": 1, "align": "left"}
        below = y + (len(lines) - 1) * theme.line / 2
        canvas.write(BREAK.join(map(escaped, lines)), xshift=x + _SWATCH, yshift=-below, **place)
        x += width + 22
    return y - first + tall * theme.line


_SWATCH = 20
"""Pixels from the left of a swatch to its words."""


def _swatch(key: Key, x: float, y: float, theme: Theme) -> list[Plain]:
    line = {"color": key.edge, "width": theme.outline or 1}
    if key.swatch == "tick":
        return [
            _pinned(f"M{x + 6},{-y - 8}L{x + 6},{-y + 8}", line={"color": key.edge, "width": 3})
        ]
    if key.swatch == "diamond":
        path = f"M{x + 6.5},{-y - 7}L{x + 13.5},{-y}L{x + 6.5},{-y + 7}L{x - 0.5},{-y}Z"
        return [_pinned(path, line=line | {"width": 1.3}, fillcolor=key.colour)]
    left, right, low, high = x + 0.5, x + 13.5, -y - 6.5, -y + 6.5
    box = _pinned(
        f"M{left},{low}L{right},{low}L{right},{high}L{left},{high}Z",
        line=line,
        fillcolor=key.colour,
    )
    if key.swatch == "bar":
        return [box]
    hatch = (
        f"M{left},{low + 6.5}L{left + 6.5},{high}M{left},{low}L{right},{high}"
        f"M{left + 6.5},{low}L{right},{low + 6.5}"
    )
    return [box, _pinned(hatch, line=line)]


def _pinned(path: str, **style: Any) -> Plain:
    """A shape drawn in pixels from the plot's top left corner, upwards positive."""
    return {
        "type": "path",
        "path": path,
        "xref": "paper",
        "yref": "paper",
        "xsizemode": "pixel",
        "ysizemode": "pixel",
        "xanchor": 0,
        "yanchor": 1,
        "layer": "above",
        **style,
    }
