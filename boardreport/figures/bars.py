"""Bars: one series of them, and the rows that every chart of horizontal bars shares.

The vertical axis counts pixels from the top.
"""

import math
from collections.abc import Iterable, Sequence
from typing import Any

import msgspec

from boardreport.figures.looks import Look, Palette
from boardreport.figures.sheet import (
    Figure,
    Key,
    Number,
    Sheet,
    draw_keys,
    emboldened,
    escaped,
    label_width,
    labels_of,
    set_label,
    split,
    widest,
    wrapped,
)
from units.content import Bars, Series

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


class _Names(msgspec.Struct, frozen=True):
    """The names of all rows on their lines, and which of them are bold."""

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


def named(categories: Sequence[str], look: Look, *, strong: Iterable[str] = ()) -> _Names:
    """The names on their lines, and the margin they need where they stand beside the bars."""
    stressed = set() if look.outline else set(strong)
    width: float = look.name_width
    if not look.names_above:
        halves = (split(name.split(), 2, look, strong=name in stressed) for name in categories)
        needed = [widest(lines, look, strong=True) for lines in halves]
        width = min(max((look.name_width * 0.7, *needed)), look.name_width)
    lines = tuple(wrapped(name, look, width=width, strong=name in stressed) for name in categories)
    bold = tuple(name in stressed for name in categories)
    widths = [widest(each, look, strong=strong) for each, strong in zip(lines, bold, strict=True)]
    margin = math.ceil(max(widths, default=0) * 1.02) + 16
    return _Names(lines, bold, 1 if look.names_above else margin)


def laid_out(names: _Names, look: Look, *, top: float, bar: float, apart: float = 0) -> Rows:
    """Where each row's name and bar stand; a name of several lines gets the room it needs."""
    rows, y = [], top
    for lines, strong in zip(names.lines, names.strong, strict=True):
        words = len(lines) * look.line
        if look.names_above:
            name_at, bar_at = y + words / 2, y + words + 3 + bar / 2
            y = bar_at + bar / 2 + look.pitch - 21 + apart / 2
        else:
            room = max(look.pitch + bar - look.bar, words + 4 if len(lines) > 1 else 0) + apart
            name_at = bar_at = y + room / 2
            y += room
        rows.append(Row(lines, strong, name_at, bar_at))
    height = y + (0 if look.names_above else 4)
    inner = look.width - names.margin - 1
    return Rows(tuple(rows), names.margin, inner, max(height, 2 * look.line), bar)


def pixels_per_unit(ends: Iterable[tuple[Number, float]], inner: float) -> float:
    """Pixels for one unit, so that every end and the label behind it stay on the picture."""
    return min(((inner - room) / end for end, room in ends if end > 0), default=inner)


def bar_trace(
    sheet: Sheet, rows: Rows, series: Series, colours: Sequence[str], **more: Any
) -> None:
    """Adds a series as bars, one a row, each in its colour."""
    look = sheet.look
    names = [" ".join(row.lines) for row in rows.rows]
    sheet.traces.append(
        {
            "type": "bar",
            "orientation": "h",
            "name": series.name,
            "x": list(series.values),
            "y": [row.bar_at for row in rows.rows],
            "width": rows.bar,
            "marker": {
                "color": list(colours),
                "line": {"color": look.palette.ink, "width": look.outline},
            },
            "hoverinfo": "text",
            "hovertext": [
                escaped(f"{name}, {series.name}: {label}")
                for name, label in zip(names, labels_of(series), strict=True)
            ],
            "textposition": "none",
        }
        | more
    )


def rows_figure(sheet: Sheet, rows: Rows, *, scale: float, mode: str) -> Figure:
    """The figure of rows whose bars and labels are on the sheet; `mode` is Plotly's barmode."""
    look, palette = sheet.look, sheet.look.palette
    if look.outline and rows.rows:
        reach = rows.bar / 2 + 4
        top, foot = rows.rows[0].bar_at - reach, rows.rows[-1].bar_at + reach
        sheet.line(palette.ink, 1, x0=0, x1=0, y0=top, y1=foot)
    ticks: Figure = {"showticklabels": False}
    if look.names_above:
        for row in rows.rows:
            sheet.write(row.name, xref="paper", x=0, y=row.name_at, align="left", xshift=-1)
    else:
        ticks = {
            "tickmode": "array",
            "tickvals": [row.name_at for row in rows.rows],
            "ticktext": [row.name for row in rows.rows],
            "ticklabelstandoff": 9,
        }
    return sheet.figure(
        height=rows.height,
        margin=(rows.left, 1, 0, 0),
        x={"range": [0, rows.inner / scale], "showticklabels": False},
        y={"range": [rows.height, 0], "showgrid": False} | ticks,
        barmode=mode,
    )


def mark_nothing(sheet: Sheet, rows: Rows, values: Iterable[Number | None]) -> None:
    """A hairline where a bar has no length, so that nought is seen as a value and not as a gap."""
    for row, value in zip(rows.rows, values, strict=True):
        if value == 0 and not sheet.look.outline:
            half = rows.bar / 2
            ends = {"y0": row.bar_at - half, "y1": row.bar_at + half}
            sheet.line(sheet.look.palette.quiet, 2, x0=0, x1=0, **ends)


# ---------- one series, and a comparator ----------


def figure(drawing: Bars, look: Look) -> Figure:
    """The figure of bars; with a comparator they have a legend."""
    sheet, palette, series = Sheet(look), look.palette, drawing.series
    labels, comparator = labels_of(series), drawing.comparator
    against = comparator.values if comparator else (None,) * len(series.values)
    names, top = named(drawing.categories, look, strong=drawing.emphasised), 0.0
    if comparator:
        keys = (
            Key(
                "bar", palette.accent, palette.ink if look.outline else palette.accent, series.name
            ),
            Key("diamond", palette.ground, palette.ink, comparator.name),
        )
        top = draw_keys(sheet, keys, y=look.line / 2 + 1, margin=names.margin) + 14
    rows = laid_out(names, look, top=top, bar=look.bar)
    ends = [
        (max(value or 0, other or 0), label_width(label, look) + (22 if comparator else 12))
        for value, other, label in zip(series.values, against, labels, strict=True)
    ]
    scale = pixels_per_unit(ends, rows.inner)
    colours = [_bar_colour(name, drawing.emphasised, palette) for name in drawing.categories]
    bar_trace(sheet, rows, series, colours)
    if comparator:
        sheet.traces.append(_diamonds(comparator, rows, look))
    mark_nothing(sheet, rows, series.values)
    for row, value, other, label in zip(rows.rows, series.values, against, labels, strict=True):
        at, shift = _label_place(value or 0, other, scale, label_width(label, look))
        sheet.write(set_label(label, look), x=at, y=row.bar_at, xshift=shift)
    return rows_figure(sheet, rows, scale=scale, mode="overlay")


def _bar_colour(name: str, emphasised: Sequence[str], palette: Palette) -> str:
    return palette.accent if not emphasised or name in emphasised else palette.quiet


def _label_place(
    value: Number, other: Number | None, scale: float, width: float
) -> tuple[Number, float]:
    """After the bar; after the comparator's diamond where that would stand in the label."""
    ahead = math.inf if other is None else (other - value) * scale
    if ahead < -9 or ahead > width + 24:
        return value, 7
    return max(value, other or 0), 16


def _diamonds(series: Series, rows: Rows, look: Look) -> dict[str, Any]:
    names = [" ".join(row.lines) for row in rows.rows]
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
            "color": look.palette.ground,
            "line": {"color": look.palette.ink, "width": 1.3},
        },
        "hoverinfo": "text",
        "hovertext": [
            escaped(f"{name}, {series.name}: {label}")
            for name, label in zip(names, labels_of(series), strict=True)
        ],
    }
