"""Bars: one series of them, and the rows that every chart of horizontal bars shares.

The vertical axis counts pixels from the top.
"""

import math
from collections.abc import Iterable, Sequence
from typing import Any

import msgspec

from boardreport.charts.canvas import (
    Canvas,
    Key,
    Number,
    Plain,
    draw_keys,
    label_width,
    labels_of,
    narrowest,
    set_label,
    widest,
    wrapped,
)
from boardreport.charts.markup import emboldened, escaped
from boardreport.charts.theme import Palette, Theme
from units.content.model import Bars, Series

# ---------- rows ----------


class Row(msgspec.Struct, frozen=True):
    """A row: its name on lines, and how far down its name and its bar have their middles."""

    lines: tuple[str, ...]
    strong: bool
    name_at: float
    bar_at: float

    @property
    def name(self) -> str:
        """The name, marked up."""
        text = "<br>".join(escaped(line) for line in self.lines)
        return emboldened(text) if self.strong else text


class Names(msgspec.Struct, frozen=True):
    """The names of all rows on their lines, which of them are bold, and the plot's left margin."""

    lines: tuple[tuple[str, ...], ...]
    strong: tuple[bool, ...]
    margin: float


class Rows(msgspec.Struct, frozen=True):
    """All rows, the plot's left margin, inner width and height, and how thick a bar is."""

    rows: tuple[Row, ...]
    left: float
    inner: float
    height: float
    bar: float


def named(
    categories: Sequence[str], theme: Theme, *, strong: Iterable[str] = (), beside: float = 0
) -> Names:
    """Set the names on their lines, beside the bars or above them.

    Above the bars, names leave `beside` pixels free for what is on the same line.
    """
    stressed = set() if theme.outline else set(strong)
    bold = tuple(name in stressed for name in categories)
    width = max(theme.name_width - beside, theme.name_width / 3)
    if not theme.names_above:
        halves = [narrowest(name, theme, lines=2, strong=True) for name in categories]
        width = min(max((theme.name_width * 0.7, *halves)), theme.name_width)
    lines = tuple(
        wrapped(name, theme, width=width, strong=strong)
        for name, strong in zip(categories, bold, strict=True)
    )
    widths = [widest(each, theme, strong=strong) for each, strong in zip(lines, bold, strict=True)]
    margin = math.ceil(max(widths, default=0)) + 14
    return Names(lines, bold, 1 if theme.names_above else margin)


def laid_out(names: Names, theme: Theme, *, top: float, bar: float, apart: float = 0) -> Rows:
    """Place each row's name and bar; a name of several lines gets the room it needs."""
    rows, y = [], top
    for lines, strong in zip(names.lines, names.strong, strict=True):
        words = len(lines) * theme.line
        if theme.names_above:
            name_at, bar_at = y + words / 2, round(y + words + 3 + bar / 2)
            y = bar_at + bar / 2 + theme.pitch - 21 + apart / 2
        else:
            room = max(theme.pitch + bar - theme.bar, words + 4 if len(lines) > 1 else 0) + apart
            name_at = bar_at = round(y + room / 2)
            y += room
        rows.append(Row(lines, strong, name_at, bar_at))
    height = y + (0 if theme.names_above else 4)
    inner = theme.width - names.margin - 1
    return Rows(tuple(rows), names.margin, inner, max(height, 2 * theme.line), bar)


def pixels_per_unit(ends: Iterable[tuple[Number, float]], inner: float) -> float:
    """Return pixels for one unit, so that every end and the label after it stay on the picture.

    `ends` are the greatest values and the pixels that their labels take. Bars keep a fifth of the
    width, whatever the labels take.
    """
    fits = (max(inner - room, inner / 5) / end for end, room in ends if end > 0)
    return min(fits, default=inner)


def bar_trace(
    canvas: Canvas, rows: Rows, series: Series, colours: Sequence[str], **more: Any
) -> None:
    """Add a series as bars, one a row, each in its colour."""
    theme = canvas.theme
    canvas.traces.append(
        {
            "type": "bar",
            "orientation": "h",
            "name": series.name,
            "x": list(series.values),
            "y": [row.bar_at for row in rows.rows],
            "width": rows.bar,
            "marker": {
                "color": list(colours),
                "line": {"color": theme.palette.ink, "width": theme.outline},
            },
            "textposition": "none",
        }
        | more
    )


def rows_figure(canvas: Canvas, rows: Rows, *, scale: float, mode: str) -> Plain:
    """Return the figure of rows whose bars and labels are drawn; `mode` is Plotly's barmode."""
    theme, palette = canvas.theme, canvas.theme.palette
    if theme.outline and rows.rows:
        reach = rows.bar / 2 + 4
        top, foot = rows.rows[0].bar_at - reach, rows.rows[-1].bar_at + reach
        canvas.line(palette.ink, 1, x0=0, x1=0, y0=top, y1=foot)
    ticks: Plain = {"showticklabels": False}
    if theme.names_above:
        for row in rows.rows:
            canvas.write(row.name, xref="paper", x=0, y=row.name_at, align="left", xshift=-1)
    else:
        ticks = {
            "tickmode": "array",
            "tickvals": [row.name_at for row in rows.rows],
            "ticktext": [row.name for row in rows.rows],
            "ticklabelstandoff": 9,
        }
    return canvas.figure(
        height=rows.height,
        margin=(rows.left, 1, 0, 0),
        x={"range": [0, rows.inner / scale], "showticklabels": False},
        y={"range": [rows.height, 0], "showgrid": False} | ticks,
        barmode=mode,
    )


def mark_nothing(canvas: Canvas, rows: Rows, values: Iterable[Number | None]) -> None:
    """Draw a hairline where a bar has no length: nought is a value and not a gap."""
    for row, value in zip(rows.rows, values, strict=True):
        if value == 0 and not canvas.theme.outline:
            half = rows.bar / 2
            ends = {"y0": row.bar_at - half, "y1": row.bar_at + half}
            canvas.line(canvas.theme.palette.quiet, 2, x0=0, x1=0, **ends)


# ---------- one series, and a comparator ----------


def figure(drawing: Bars, theme: Theme) -> Plain:
    """Return the figure of bars; with a comparator they have a legend."""
    canvas, palette, series = Canvas(theme), theme.palette, drawing.series
    labels, comparator = labels_of(series), drawing.comparator
    against = comparator.values if comparator else (None,) * len(series.values)
    names, top = named(drawing.categories, theme, strong=drawing.emphasised), 0.0
    if comparator:
        edge = palette.ink if theme.outline else palette.accent
        keys = (
            Key("bar", palette.accent, edge, series.name),
            Key("diamond", palette.ground, palette.ink, comparator.name),
        )
        top = draw_keys(canvas, keys, y=theme.line / 2 + 1, margin=names.margin) + 14
    rows = laid_out(names, theme, top=top, bar=theme.bar)
    ends = [
        (max(value or 0, other or 0), label_width(label, theme) + (22 if comparator else 12))
        for value, other, label in zip(series.values, against, labels, strict=True)
    ]
    scale = pixels_per_unit(ends, rows.inner)
    colours = [_bar_colour(name, drawing.emphasised, palette) for name in drawing.categories]
    bar_trace(canvas, rows, series, colours)
    if comparator:
        canvas.traces.append(_diamonds(comparator, rows, theme))
    mark_nothing(canvas, rows, series.values)
    for row, value, other, label in zip(rows.rows, series.values, against, labels, strict=True):
        at, shift = _label_place(value or 0, other, scale, label_width(label, theme))
        canvas.write(set_label(label, theme), x=at, y=row.bar_at, xshift=shift)
    return rows_figure(canvas, rows, scale=scale, mode="overlay")


def _bar_colour(name: str, emphasised: Sequence[str], palette: Palette) -> str:
    return palette.accent if not emphasised or name in emphasised else palette.quiet


def _label_place(
    value: Number, other: Number | None, scale: float, width: float
) -> tuple[Number, float]:
    """Return the value behind which a label begins, and the pixels between.

    That is the bar's end; or the comparator's diamond, where that would be in the label.
    """
    ahead = math.inf if other is None else (other - value) * scale
    if ahead < -9 or ahead > width + 24:
        return value, 7
    return max(value, other or 0), 16


def _diamonds(series: Series, rows: Rows, theme: Theme) -> Plain:
    return {
        "type": "scatter",
        "mode": "markers",
        "name": series.name,
        "x": list(series.values),
        "y": [row.bar_at for row in rows.rows],
        "cliponaxis": False,
        "marker": {
            "symbol": "diamond",
            "size": 11,
            "color": theme.palette.ground,
            "line": {"color": theme.palette.ink, "width": 1.3},
        },
    }
