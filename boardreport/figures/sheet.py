"""The sheet: texts, traces and shapes of one figure in the making, and its legend."""

import html
import itertools
import re
from collections.abc import Iterable
from typing import Any

import msgspec

from boardreport.figures.looks import Look
from units.content import Series
from units.measures import NOT_AVAILABLE

type Figure = dict[str, Any]
type Number = int | float

# ---------- texts ----------


def written(value: Number | None) -> str:
    """A value as a reader sees it: 1,877, 54.3, −2, or [x] where there is none."""
    if value is None:
        return NOT_AVAILABLE
    text = f"{value:,.1f}" if value != int(value) else f"{int(value):,}"
    return text.replace("-", "−")


def labels_of(series: Series, *, unit: str = "") -> tuple[str, ...]:
    """A series' own labels, or else its values as written, each with the unit."""
    if series.labels:
        return series.labels
    return tuple(written(value) + (unit if value is not None else "") for value in series.values)


def escaped(text: str) -> str:
    """A text without markup of its own."""
    return html.escape(text, quote=False)


def coloured(text: str, colour: str) -> str:
    """A text, already escaped, in a colour."""
    return f'<span style="color:{colour}">{text}</span>'


def emboldened(text: str) -> str:
    """A text, already escaped, in bold."""
    return f"<b>{text}</b>"


APART = "\N{NO-BREAK SPACE}" * 3
"""Between a figure and what follows it: SVG makes one of other spaces."""


def set_label(label: str, look: Look) -> str:
    """A label such as "118  53.9%": the figure in ink, what follows it in the second ink."""
    figure, *rest = (escaped(part) for part in re.split(r"\s{2,}", label.strip()))
    head = figure if look.outline else emboldened(figure)
    return APART.join((head, *(coloured(part, look.palette.second) for part in rest)))


def label_width(label: str, look: Look) -> float:
    """The width in pixels of what set_label sets."""
    figure, *rest = re.split(r"\s{2,}", label.strip())
    return look.breadth_of(figure, strong=not look.outline) + sum(
        look.breadth_of("   " + part) for part in rest
    )


def wrapped(name: str, look: Look, *, width: float, strong: bool = False) -> tuple[str, ...]:
    """A name on as few lines as its width allows, three at most, of lengths as even as can be."""
    lines: tuple[str, ...] = ()
    for count in (1, 2, 3):
        lines = split(name.split(), count, look, strong=strong)
        if widest(lines, look, strong=strong) <= width:
            break
    return lines


def split(words: list[str], count: int, look: Look, *, strong: bool) -> tuple[str, ...]:
    """Words on `count` lines, or as many as there are words, so that the widest is narrowest."""
    lines = min(count, max(1, len(words)))
    splits = []
    for cuts in itertools.combinations(range(1, len(words)), lines - 1):
        edges = itertools.pairwise((0, *cuts, len(words)))
        splits.append(tuple(" ".join(words[start:end]) for start, end in edges))
    return min(splits, key=lambda each: widest(each, look, strong=strong))


def widest(lines: Iterable[str], look: Look, *, strong: bool) -> float:
    """The width in pixels of the widest line."""
    return max(look.breadth_of(line, strong=strong) for line in lines)


# ---------- the figure ----------


class Sheet:
    """A figure in the making."""

    def __init__(self, look: Look) -> None:
        self.look = look
        self.traces: list[dict[str, Any]] = []
        self.shapes: list[dict[str, Any]] = []
        self.texts: list[dict[str, Any]] = []

    def line(self, colour: str, width: float, **place: Any) -> None:
        """A line above the traces."""
        self.shapes.append(
            {"type": "line", "line": {"color": colour, "width": width}, "layer": "above", **place}
        )

    def write(self, text: str, **place: Any) -> None:
        """A text, already escaped, at a place in the axes' units unless `place` says "paper"."""
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
        self, *, height: float, margin: tuple[float, ...], x: Figure, y: Figure, **more: Any
    ) -> Figure:
        """The whole figure; `margin` is left, right, top and bottom, `x` and `y` are axes."""
        left, right, top, bottom = margin
        axis = {"zeroline": False, "fixedrange": True, "ticks": "", "ticklabeloverflow": "allow"}
        palette = self.look.palette
        layout = {
            "width": self.look.width,
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
                "family": self.look.family,
                "size": self.look.text,
                "color": palette.ink,
            },
            "paper_bgcolor": "rgba(0,0,0,0)" if self.look.outline else palette.ground,
            "plot_bgcolor": "rgba(0,0,0,0)",
            "showlegend": False,
            "hovermode": "closest",
            "dragmode": False,
            "xaxis": axis | {"showgrid": False} | x,
            "yaxis": axis | y,
            "shapes": self.shapes,
            "annotations": self.texts,
            **more,
        }
        # Plotly names traces at random unless they are named.
        traces = [{"uid": f"t{index}"} | trace for index, trace in enumerate(self.traces)]
        return {"data": traces, "layout": layout}


# ---------- its legend ----------


class Key(msgspec.Struct, frozen=True):
    """An entry of a legend: a swatch ("bar", "hatch", "diamond" or "tick") and its words."""

    swatch: str
    colour: str
    edge: str
    name: str


def draw_keys(sheet: Sheet, keys: Iterable[Key], *, y: float, margin: float, x: float = 0) -> float:
    """A legend from (x, y) off the plot's top left, on as many lines as it needs; its height."""
    look, start, first = sheet.look, x, y
    for key in keys:
        width = 20 + look.breadth_of(key.name)
        if x > start and margin + x + width > look.width - 2:
            x, y = start, y + look.line + 4
        sheet.shapes.extend(_swatch(key, x, y, look))
        place = {"xref": "paper", "yref": "paper", "x": 0, "y": 1}
        sheet.write(escaped(key.name), xshift=x + 20, yshift=-y, **place)
        x += width + 22
    return y - first + look.line


def _swatch(key: Key, x: float, y: float, look: Look) -> list[dict[str, Any]]:
    line = {"color": key.edge, "width": look.outline or 1}
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


def _pinned(path: str, **style: Any) -> dict[str, Any]:
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
