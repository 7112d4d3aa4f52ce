"""Charts: a chart of the content becomes a Plotly figure, JSON for the screen, SVG for reading.

A figure is laid out to the pixel for each size, because a drawing scaled down cannot be read. This
is the only module that knows Plotly and Kaleido.
"""

import asyncio
import hashlib
import html
import itertools
import math
import os
import re
import shutil
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from importlib.metadata import version
from pathlib import Path
from queue import SimpleQueue
from typing import Any, Self

import msgspec

from units.content import Bars, Chart, Series, SharesAgainstFormula, StackedBars, Trend, to_json
from units.measures import NOT_AVAILABLE, rounded
from units.quarters import Quarter
from units.spc import Limits
from units.terms import Impact, Term

type Figure = dict[str, Any]
type Number = int | float

FONTS = Path(__file__).resolve().parent.parent / "static" / "fonts.conf"
STARTING_SECONDS, SECONDS_EACH = 60, 30


class ChromiumFailed(Exception):
    """Chromium drew no chart: it did not start, or did not answer."""

    def __init__(self, program: str, reason: str) -> None:
        super().__init__(
            f"Chromium ({program}) drew no charts: {reason} Try `{program} --version`; "
            "set BROWSER_PATH where another Chromium should draw."
        )


class ChromiumMissing(ChromiumFailed):
    """No Chromium is installed, so that no chart can be drawn."""

    def __init__(self, program: str) -> None:
        Exception.__init__(
            self,
            f"Charts are drawn by Chromium, and {program} is missing. Install it with "
            "`apt-get install chromium`, or set BROWSER_PATH to a Chromium or Chrome.",
        )


class Size(Term):
    """What a chart is drawn for, with its width in CSS pixels."""

    width: int

    def __new__(cls, value: str, label: str, width: int) -> Self:
        size = str.__new__(cls, value)
        size._value_ = value
        size.label = label
        size.width = width
        return size

    WIDE = "wide", "wide screen", 740
    NARROW = "narrow", "telephone", 345
    PAPER = "paper", "board paper", 575


class Drawing(msgspec.Struct, frozen=True):
    """The addresses of one chart's pictures, each a URL or a data: URI."""

    wide: str
    narrow: str
    wide_dark: str
    narrow_dark: str
    paper: str = ""


# ---------- looks: what differs between the screen, the dark screen and the paper ----------


class _Palette(msgspec.Struct, frozen=True):
    ground: str
    ink: str
    second: str
    accent: str
    quiet: str
    signal: str
    major: str
    moderate: str
    minor: str
    on_major: str
    on_moderate: str
    edge: str
    band: str
    grid: str


_LIGHT = _Palette(
    ground="#ffffff",
    ink="#0b0c0c",
    second="#484949",
    accent="#104f8c",
    quiet="#858e97",
    signal="#b4500b",
    major="#0f3a66",
    moderate="#3a77b3",
    minor="#c6dbf0",
    on_major="#ffffff",
    on_moderate="#ffffff",
    edge="#3a77b3",
    band="#e9edf1",
    grid="#e1e4e7",
)
_DARK = _Palette(
    ground="#12161b",
    ink="#f1f3f5",
    second="#b4bcc5",
    accent="#8fc4f7",
    quiet="#7d8894",
    signal="#ffa366",
    major="#d3e7fb",
    moderate="#5a9bd8",
    minor="#23496d",
    on_major="#12161b",
    on_moderate="#12161b",
    edge="#5a9bd8",
    band="#222a33",
    grid="#2a323b",
)
_PRINT = _Palette(
    ground="#ffffff",
    ink="#16222e",
    second="#3b4652",
    accent="#1c5573",
    quiet="#c9d5dd",
    signal="#16222e",
    major="#1c5573",
    moderate="#8fb0c2",
    minor="#e6edf1",
    on_major="#ffffff",
    on_moderate="#16222e",
    edge="#16222e",
    band="#e9eef2",
    grid="#dde3e8",
)


class _Look(msgspec.Struct, frozen=True):
    """The measures of one size; `breadth` is the font's average width against Arial's."""

    width: int
    palette: _Palette
    family: str
    text: float
    breadth: float
    bar: int
    pitch: int
    names_above: bool
    name_width: int
    outline: float
    plot_height: int

    @property
    def line(self) -> float:
        """The height of a line of text."""
        return self.text * 1.3

    def breadth_of(self, text: str, *, strong: bool = False) -> float:
        """The width of a text in pixels, near enough to keep labels apart."""
        plain = sum(_BREADTHS.get(letter, 0.556) for letter in text)
        return plain * self.text * self.breadth * (1.07 if strong else 1)


def _look(size: Size, *, dark: bool) -> _Look:
    if size is Size.PAPER:
        return _Look(
            width=size.width,
            palette=_PRINT,
            family='"Source Sans 3"',
            text=12.5,
            breadth=0.96,
            bar=16,
            pitch=27,
            names_above=False,
            name_width=245,
            outline=0.8,
            plot_height=190,
        )
    narrow = size is Size.NARROW
    return _Look(
        width=size.width,
        palette=_DARK if dark else _LIGHT,
        family="Arial, sans-serif",
        text=14,
        breadth=1,
        bar=20,
        pitch=34 if narrow else 32,
        names_above=narrow,
        name_width=335 if narrow else 275,
        outline=0,
        plot_height=226,
    )


_BREADTHS = {
    letter: breadth
    for letters, breadth in (
        ("ijl", 0.222),
        (" .,/!If:;t", 0.278),
        ("()-r[]", 0.333),
        ("ckJsvxyz", 0.5),
        ("FTZ", 0.611),
        ("ABEKPSVXY&+−", 0.667),
        ("CDHNRUw", 0.722),
        ("GOQ", 0.778),
        ("mM", 0.833),
        ("%", 0.889),
        ("W", 0.944),
    )
    for letter in letters
}
"""Widths of Arial's letters in ems; digits and most small letters are 0.556."""


# ---------- texts ----------


def _written(value: Number | None) -> str:
    if value is None:
        return NOT_AVAILABLE
    text = f"{value:,.1f}" if value != int(value) else f"{int(value):,}"
    return text.replace("-", "−")


def _labels(series: Series, *, unit: str = "") -> tuple[str, ...]:
    if series.labels:
        return series.labels
    return tuple(_written(value) + (unit if value is not None else "") for value in series.values)


def _escaped(text: str) -> str:
    return html.escape(text, quote=False)


def _coloured(text: str, colour: str) -> str:
    return f'<span style="color:{colour}">{text}</span>'


def _strong(text: str) -> str:
    return f"<b>{text}</b>"


def _set_label(label: str, look: _Look) -> str:
    """A label such as "118  53.9%": the figure in ink, what follows it in the second ink."""
    figure, *rest = (_escaped(part) for part in re.split(r"\s{2,}", label.strip()))
    head = figure if look.outline else _strong(figure)
    return "   ".join((head, *(_coloured(part, look.palette.second) for part in rest)))


def _label_width(label: str, look: _Look) -> float:
    figure, *rest = re.split(r"\s{2,}", label.strip())
    return look.breadth_of(figure, strong=not look.outline) + sum(
        look.breadth_of("   " + part) for part in rest
    )


def _wrapped(name: str, look: _Look, *, width: float, strong: bool = False) -> tuple[str, ...]:
    """A name on as few lines as its width allows, three at most, of lengths as even as can be."""
    lines: tuple[str, ...] = ()
    for count in (1, 2, 3):
        lines = _split(name.split(), count, look, strong=strong)
        if _widest(lines, look, strong=strong) <= width:
            break
    return lines


def _split(words: list[str], count: int, look: _Look, *, strong: bool) -> tuple[str, ...]:
    """Words on `count` lines, or as many as there are words, so that the widest is narrowest."""
    lines = min(count, max(1, len(words)))
    splits = []
    for cuts in itertools.combinations(range(1, len(words)), lines - 1):
        edges = itertools.pairwise((0, *cuts, len(words)))
        splits.append(tuple(" ".join(words[start:end]) for start, end in edges))
    return min(splits, key=lambda split: _widest(split, look, strong=strong))


def _widest(lines: Iterable[str], look: _Look, *, strong: bool) -> float:
    return max(look.breadth_of(line, strong=strong) for line in lines)


def _text(text: str, **place: Any) -> dict[str, Any]:
    return {
        "xref": "x",
        "yref": "y",
        "xanchor": "left",
        "yanchor": "middle",
        "showarrow": False,
        "borderpad": 0,
        "text": text,
        **place,
    }


# ---------- the sheet: traces, shapes and texts of one figure ----------


class _Sheet:
    """A figure in the making."""

    def __init__(self, look: _Look) -> None:
        self.look = look
        self.traces: list[dict[str, Any]] = []
        self.shapes: list[dict[str, Any]] = []
        self.texts: list[dict[str, Any]] = []

    def line(self, colour: str, width: float, **place: Any) -> None:
        self.shapes.append(
            {"type": "line", "line": {"color": colour, "width": width}, "layer": "above", **place}
        )

    def figure(
        self, *, height: float, margin: tuple[float, ...], x: Figure, y: Figure, **more: Any
    ) -> Figure:
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


class _Key(msgspec.Struct, frozen=True):
    """An entry of a legend: a swatch ("bar", "hatch", "diamond" or "tick") and its words."""

    swatch: str
    colour: str
    edge: str
    name: str


def _draw_keys(
    sheet: _Sheet, keys: Iterable[_Key], *, y: float, margin: float, x: float = 0
) -> float:
    """A legend from (x, y) off the plot's top left, on as many lines as it needs; its height."""
    look, start, first = sheet.look, x, y
    for key in keys:
        width = 20 + look.breadth_of(key.name)
        if x > start and margin + x + width > look.width - 2:
            x, y = start, y + look.line + 4
        sheet.shapes.extend(_swatch(key, x, y, look))
        place = {"xref": "paper", "yref": "paper", "x": 0, "y": 1}
        sheet.texts.append(_text(_escaped(key.name), xshift=x + 20, yshift=-y, **place))
        x += width + 22
    return y - first + look.line


def _swatch(key: _Key, x: float, y: float, look: _Look) -> list[dict[str, Any]]:
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


# ---------- horizontal bars: the vertical axis counts pixels from the top ----------


class _Row(msgspec.Struct, frozen=True):
    lines: tuple[str, ...]
    strong: bool
    name_at: float
    bar_at: float

    @property
    def name(self) -> str:
        text = "<br>".join(_escaped(line) for line in self.lines)
        return _strong(text) if self.strong else text


class _Names(msgspec.Struct, frozen=True):
    lines: tuple[tuple[str, ...], ...]
    strong: tuple[bool, ...]
    margin: float


class _Rows(msgspec.Struct, frozen=True):
    rows: tuple[_Row, ...]
    left: float
    inner: float
    height: float
    bar: float


def _named(categories: Sequence[str], look: _Look, *, strong: Iterable[str] = ()) -> _Names:
    """The names on their lines, and the margin they need where they stand beside the bars."""
    stressed = set() if look.outline else set(strong)
    width: float = look.name_width
    if not look.names_above:
        halves = (_split(name.split(), 2, look, strong=name in stressed) for name in categories)
        needed = [_widest(lines, look, strong=True) for lines in halves]
        width = min(max((look.name_width * 0.7, *needed)), look.name_width)
    lines = tuple(_wrapped(name, look, width=width, strong=name in stressed) for name in categories)
    bold = tuple(name in stressed for name in categories)
    widths = [_widest(each, look, strong=strong) for each, strong in zip(lines, bold, strict=True)]
    margin = math.ceil(max(widths, default=0) * 1.02) + 16
    return _Names(lines, bold, 1 if look.names_above else margin)


def _laid_out(names: _Names, look: _Look, *, top: float, bar: float, apart: float = 0) -> _Rows:
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
        rows.append(_Row(lines, strong, name_at, bar_at))
    height = y + (0 if look.names_above else 4)
    inner = look.width - names.margin - 1
    return _Rows(tuple(rows), names.margin, inner, max(height, 2 * look.line), bar)


def _scale(ends: Iterable[tuple[Number, float]], inner: float) -> float:
    """Pixels for one unit, so that every end and the label behind it stay on the picture."""
    return min(((inner - room) / end for end, room in ends if end > 0), default=inner)


def _bar_trace(
    sheet: _Sheet, rows: _Rows, series: Series, colours: Sequence[str], **more: Any
) -> None:
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
                _escaped(f"{name}, {series.name}: {label}")
                for name, label in zip(names, _labels(series), strict=True)
            ],
            "textposition": "none",
        }
        | more
    )


def _bar_figure(sheet: _Sheet, rows: _Rows, *, scale: float, mode: str) -> Figure:
    look, palette = sheet.look, sheet.look.palette
    if look.outline and rows.rows:
        reach = rows.bar / 2 + 4
        top, foot = rows.rows[0].bar_at - reach, rows.rows[-1].bar_at + reach
        sheet.line(palette.ink, 1, x0=0, x1=0, y0=top, y1=foot)
    ticks: Figure = {"showticklabels": False}
    if look.names_above:
        sheet.texts.extend(
            _text(row.name, xref="paper", x=0, y=row.name_at, align="left", xshift=-1)
            for row in rows.rows
        )
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


def _mark_nothing(sheet: _Sheet, rows: _Rows, values: Iterable[Number | None]) -> None:
    """A hairline where a bar has no length, so that nought is seen as a value and not as a gap."""
    for row, value in zip(rows.rows, values, strict=True):
        if value == 0 and not sheet.look.outline:
            half = rows.bar / 2
            ends = {"y0": row.bar_at - half, "y1": row.bar_at + half}
            sheet.line(sheet.look.palette.quiet, 2, x0=0, x1=0, **ends)


def _bars(drawing: Bars, look: _Look) -> Figure:
    sheet, palette, series = _Sheet(look), look.palette, drawing.series
    labels, comparator = _labels(series), drawing.comparator
    against = comparator.values if comparator else (None,) * len(series.values)
    names, top = _named(drawing.categories, look, strong=drawing.emphasised), 0.0
    if comparator:
        keys = (
            _Key(
                "bar", palette.accent, palette.ink if look.outline else palette.accent, series.name
            ),
            _Key("diamond", palette.ground, palette.ink, comparator.name),
        )
        top = _draw_keys(sheet, keys, y=look.line / 2 + 1, margin=names.margin) + 14
    rows = _laid_out(names, look, top=top, bar=look.bar)
    ends = [
        (max(value or 0, other or 0), _label_width(label, look) + (22 if comparator else 12))
        for value, other, label in zip(series.values, against, labels, strict=True)
    ]
    scale = _scale(ends, rows.inner)
    colours = [_bar_colour(name, drawing.emphasised, palette) for name in drawing.categories]
    _bar_trace(sheet, rows, series, colours)
    if comparator:
        sheet.traces.append(_diamonds(comparator, rows, look))
    _mark_nothing(sheet, rows, series.values)
    for row, value, other, label in zip(rows.rows, series.values, against, labels, strict=True):
        at, shift = _label_place(value or 0, other, scale, _label_width(label, look))
        sheet.texts.append(_text(_set_label(label, look), x=at, y=row.bar_at, xshift=shift))
    return _bar_figure(sheet, rows, scale=scale, mode="overlay")


def _bar_colour(name: str, emphasised: Sequence[str], palette: _Palette) -> str:
    return palette.accent if not emphasised or name in emphasised else palette.quiet


def _label_place(
    value: Number, other: Number | None, scale: float, width: float
) -> tuple[Number, float]:
    """After the bar; after the comparator's diamond where that would stand in the label."""
    ahead = math.inf if other is None else (other - value) * scale
    if ahead < -9 or ahead > width + 24:
        return value, 7
    return max(value, other or 0), 16


def _diamonds(series: Series, rows: _Rows, look: _Look) -> dict[str, Any]:
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
            _escaped(f"{name}, {series.name}: {label}")
            for name, label in zip(names, _labels(series), strict=True)
        ],
    }


# ---------- bars split by impact ----------


class _Tone(msgspec.Struct, frozen=True):
    fill: str
    ink: str
    edge: str
    hatched: bool = False


def _tone(key: str, look: _Look) -> _Tone:
    """An impact's colours; a series of no single impact, as a withheld split is, is hatched."""
    palette = look.palette
    tones = {
        Impact.MAJOR.value: _Tone(palette.major, palette.on_major, palette.major),
        Impact.MODERATE.value: _Tone(palette.moderate, palette.on_moderate, palette.moderate),
        Impact.MINOR.value: _Tone(palette.minor, palette.ink, palette.edge),
    }
    tone = tones.get(key, _Tone(palette.ground, palette.ink, palette.edge, hatched=True))
    return _Tone(tone.fill, tone.ink, palette.ink, tone.hatched) if look.outline else tone


def _stacked(drawing: StackedBars, look: _Look) -> Figure:
    sheet = _Sheet(look)
    bar = look.bar + (0 if look.outline else 2)
    tones = [_tone(series.key, look) for series in drawing.series]
    keys = [
        _Key("hatch" if tone.hatched else "bar", tone.fill, tone.edge, series.name)
        for tone, series in zip(tones, drawing.series, strict=True)
    ]
    names = _named(drawing.categories, look)
    legend = _draw_keys(sheet, keys, y=look.line / 2 + 1, margin=names.margin)
    rows = _laid_out(names, look, top=legend + 14, bar=bar)
    stacks = list(zip(*(series.values for series in drawing.series), strict=True))
    totals = [sum(value or 0 for value in stack) for stack in stacks]
    ends = [(total, look.breadth_of(_written(total), strong=True) + 14) for total in totals]
    scale = _scale(ends, rows.inner)
    for series, tone in zip(drawing.series, tones, strict=True):
        _bar_trace(sheet, rows, series, [tone.fill] * len(stacks), marker=_tone_marker(tone, look))
    for row, stack, total in zip(rows.rows, stacks, totals, strict=True):
        _label_stack(sheet, row, list(zip(stack, tones, strict=True)), scale=scale, bar=bar)
        if _is_whole(stack, tones):
            text = _strong(_written(total))
            sheet.texts.append(_text(text, x=total, y=row.bar_at, xshift=8))
    _mark_nothing(sheet, rows, totals)
    return _bar_figure(sheet, rows, scale=scale, mode="stack")


def _is_whole(stack: Sequence[Number | None], tones: Sequence[_Tone]) -> bool:
    """Whether a bar shows its total: nothing is missing, or a hatched part holds what was."""
    held = any(value and tone.hatched for value, tone in zip(stack, tones, strict=True))
    return held or None not in stack


def _tone_marker(tone: _Tone, look: _Look) -> dict[str, Any]:
    marker: dict[str, Any] = {
        "color": tone.fill,
        "line": {"color": tone.edge, "width": look.outline or 1},
    }
    if tone.hatched:
        marker["pattern"] = {
            "shape": "/",
            "size": 6,
            "solidity": 0.2,
            "bgcolor": tone.fill,
            "fgcolor": tone.edge,
            "fillmode": "replace",
        }
    return marker


def _label_stack(
    sheet: _Sheet,
    row: _Row,
    stack: Sequence[tuple[Number | None, _Tone]],
    *,
    scale: float,
    bar: float,
) -> None:
    """Each segment's value inside it where it fits, and a gap before the next segment."""
    look, start = sheet.look, 0.0
    for value, tone in stack:
        if not value:
            continue
        if start and not look.outline:
            ends = {"y0": row.bar_at - bar / 2 - 1, "y1": row.bar_at + bar / 2 + 1}
            sheet.line(look.palette.ground, 2, x0=start, x1=start, **ends)
        if not tone.hatched and value * scale >= look.breadth_of(_written(value)) + 5:
            text = _coloured(_written(value), tone.ink)
            middle = start + value / 2
            sheet.texts.append(_text(text, x=middle, y=row.bar_at, xanchor="center"))
        start += value


# ---------- shares against a formula ----------


def _shares(drawing: SharesAgainstFormula, look: _Look) -> Figure:
    sheet, palette = _Sheet(look), look.palette
    actual, formula = drawing.actual, drawing.formula
    bar = look.bar + 2
    labels = _share_labels(drawing)
    keys = (
        _Key("bar", palette.accent, palette.ink if look.outline else palette.accent, actual.name),
        _Key("tick", palette.ink, palette.ink, formula.name),
    )
    names = _named(drawing.categories, look)
    top = _draw_keys(sheet, keys, y=look.line / 2 + 1, margin=names.margin) + 10
    rows = _laid_out(names, look, top=top, bar=bar, apart=10)
    pairs = list(zip(actual.values, formula.values, strict=True))
    room = max((_label_width(label, look) for label in labels), default=0) + 26
    largest = max((max(a or 0, b or 0) for a, b in pairs), default=0)
    scale = _scale([(largest, 6 if look.names_above else room)], rows.inner)
    _bar_trace(sheet, rows, actual, [palette.accent] * len(pairs), hovertext=_share_hover(drawing))
    sheet.traces.extend(_ticks(formula, rows, look))
    _mark_nothing(sheet, rows, actual.values)
    for row, label in zip(rows.rows, labels, strict=True):
        place: dict[str, Any] = {"x": largest, "y": row.bar_at, "xshift": 22}
        if look.names_above:
            place = {"xref": "paper", "x": 1, "y": row.name_at, "xanchor": "right", "xshift": -2}
        sheet.texts.append(_text(_set_label(label, look), **place))
    return _bar_figure(sheet, rows, scale=scale, mode="overlay")


def _share_labels(drawing: SharesAgainstFormula) -> tuple[str, ...]:
    if drawing.actual.labels:
        return drawing.actual.labels
    formulas = _labels(drawing.formula, unit="%")
    actuals = _labels(drawing.actual, unit="%")
    return tuple(
        f"{actual}  against {formula}" for actual, formula in zip(actuals, formulas, strict=True)
    )


def _share_hover(drawing: SharesAgainstFormula) -> list[str]:
    texts = zip(drawing.categories, _share_labels(drawing), strict=True)
    return [_escaped(f"{name}: {re.sub(r'\s+', ' ', label)}") for name, label in texts]


def _ticks(series: Series, rows: _Rows, look: _Look) -> list[dict[str, Any]]:
    """The formula's ticks, cased in the ground's colour so that they stand out from their bars."""
    trace = {
        "type": "scatter",
        "mode": "markers",
        "name": series.name,
        "x": list(series.values),
        "y": [row.bar_at for row in rows.rows],
        "cliponaxis": False,
        "hoverinfo": "skip",
    }
    return [
        trace | {"marker": {"symbol": "line-ns", "size": (rows.bar + more) / 1.4, "line": line}}
        for more, line in (
            (8, {"color": look.palette.ground, "width": 7}),
            (10, {"color": look.palette.ink, "width": 3}),
        )
    ]


# ---------- a line over quarters ----------

_FOOT = 56
_MARGIN = 14
_EDGE = 11
_HALF_TEXT = 0.65


class _Plane(msgspec.Struct, frozen=True):
    """The plot of a trend: its bounds in units, its extent in pixels, its steps."""

    count: int
    height: float
    low: float
    high: float
    step: float
    width: float = 0

    @property
    def pitch(self) -> float:
        return (self.width - 2 * _EDGE) / max(1, self.count - 1)

    @property
    def across(self) -> list[float]:
        """The horizontal range, in quarters."""
        if self.count < 2:
            return [-0.5, 0.5]
        return [-_EDGE / self.pitch, self.count - 1 + _EDGE / self.pitch]

    @property
    def ticks(self) -> list[float]:
        first = math.ceil(max(0.0, self.low) / self.step - 1e-9)
        last = math.floor(self.high / self.step + 1e-9)
        return [round(index * self.step, 6) for index in range(first, last + 1)]

    def x(self, index: float) -> float:
        return self.width / 2 if self.count < 2 else _EDGE + index * self.pitch

    def y(self, value: float) -> float:
        """Pixels below the plot's top."""
        return (self.high - value) / (self.high - self.low) * self.height

    def value(self, y: float) -> float:
        return self.high - y / self.height * (self.high - self.low)


class _Point(msgspec.Struct, frozen=True):
    """A quarter that has a value: where it stands, and which side of it is free for its label."""

    index: int
    value: Number
    verdict: str
    label: str
    above: bool
    slope: int


def _trend(drawing: Trend, look: _Look) -> Figure:
    sheet, points, limits = _Sheet(look), _points(drawing), drawing.limits
    plane = _plane(drawing, points, look)
    left = math.ceil(max(look.breadth_of(_written(tick)) for tick in plane.ticks)) + 12
    aside = limits is not None and not look.names_above
    right = _limits_width(limits, look) if limits and aside else _MARGIN
    plane = msgspec.structs.replace(plane, width=look.width - left - right)
    captions = [] if limits is None or aside else [_limits_caption(limits)]
    if plane.low > 0:
        captions.append(f"The scale starts at {_written(plane.low)}")
    earlier = any(point.verdict != "within" for point in points[:-1])
    top = (len(captions) + earlier) * (look.line + 3) + 10
    _caption(sheet, captions, left=left, top=top, earlier=earlier)
    if limits:
        _draw_limits(sheet, limits, plane, points, aside=aside)
    sheet.traces.append(_line(drawing, points, look))
    _label_points(sheet, drawing, points, plane)
    _draw_years(sheet, drawing.quarters, plane)
    return sheet.figure(
        height=top + plane.height + _FOOT,
        margin=(left, right, top, _FOOT),
        x=_quarter_axis(drawing.quarters, plane, look),
        y=_value_axis(plane, look),
    )


def _points(drawing: Trend) -> list[_Point]:
    values, limits = drawing.series.values, drawing.limits
    return [
        _Point(
            index,
            value,
            limits.verdict(value) if limits else "within",
            label,
            _is_free_above(values, index),
            _slope(values[max(0, index - 1) : index + 2]),
        )
        for index, (value, label) in enumerate(zip(values, _labels(drawing.series), strict=True))
        if value is not None
    ]


def _is_free_above(values: Sequence[Number | None], index: int) -> bool:
    """Whether a label reads better above its point; the last two keep out of each other's way."""
    around = [values[near] for near in (index - 1, index + 1) if 0 <= near < len(values)]
    known = [value for value in around if value is not None]
    value, last = values[index], len(values) - 1
    if value is None or not known:
        return True
    if index == last - 1 and values[last] is not None:
        return not _is_free_above(values, last)
    return value >= sum(known) / len(known)


def _slope(three: Sequence[Number | None]) -> int:
    """1 where three values rise, -1 where they fall, else 0."""
    known = [value for value in three if value is not None]
    if len(known) < 3:
        return 0
    before, value, after = known
    return int(before <= value <= after) - int(before >= value >= after)


def _plane(drawing: Trend, points: Sequence[_Point], look: _Look) -> _Plane:
    """Bounds that leave room for labels; from zero, unless that wastes two fifths of it."""
    known: list[float] = [point.value for point in points]
    if drawing.limits:
        known += [drawing.limits.lower, drawing.limits.upper]
    low, high = min(known, default=0), max(known, default=0)
    if low <= 0.4 * high or low == high:
        bottom, top = _from_zero(high, points, look)
    else:
        above, below = (_label_room(points, look, above=side) for side in (True, False))
        slope = (high - low) / (look.plot_height - above - below)
        bottom, top = max(0.0, low - below * slope), high + above * slope
    whole = all(point.value == int(point.value) for point in points)
    step = _step((top - bottom) / 5, whole=whole)
    fine = step / 5 if step >= 5 or not whole else step
    if bottom > 0:
        bottom = math.floor(bottom / fine) * fine
    return _Plane(len(drawing.quarters), look.plot_height, bottom, top, step)


def _from_zero(high: float, points: Sequence[_Point], look: _Look) -> tuple[float, float]:
    """Bounds from zero; from lower where the words under a last signal need room below it."""
    above, below = (_label_room(points, look, above=side) for side in (True, False))
    if points and points[-1].verdict != "within" and not points[-1].above:
        slope = (high - points[-1].value) / (look.plot_height - above - below)
        bottom = points[-1].value - below * slope
        if bottom < 0:
            return bottom, high + above * slope
    return 0.0, high + above * high / (look.plot_height - above) if high else 1.0


def _label_room(points: Sequence[_Point], look: _Look, *, above: bool) -> float:
    """Room for labels above or below the line, for two lines of them where a signal has words."""
    worded = bool(points) and points[-1].verdict != "within" and points[-1].above == above
    return (2 if worded else 1) * look.line + 18


def _step(least: float, *, whole: bool) -> float:
    """The next round number: 1, 2, 2.5 or 5 times a power of ten."""
    power = 10.0 ** math.floor(math.log10(least))
    factors = (1, 2, 5, 10) if whole and power < 10 else (1, 2, 2.5, 5, 10)
    step = next(factor * power for factor in factors if factor * power >= least - 1e-9)
    return max(1.0, step) if whole else step


def _line(drawing: Trend, points: Sequence[_Point], look: _Look) -> dict[str, Any]:
    palette = look.palette
    signals = {point.index for point in points if point.verdict != "within"}
    marks = range(len(drawing.quarters))
    return {
        "type": "scatter",
        "mode": "lines+markers",
        "name": drawing.series.name,
        "x": list(marks),
        "y": list(drawing.series.values),
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
        "hovertext": _trend_hover(drawing, points),
    }


def _trend_hover(drawing: Trend, points: Sequence[_Point]) -> list[str]:
    words = {point.index: f", {_verdict(point)}" for point in points if point.verdict != "within"}
    texts = zip(drawing.quarters, _labels(drawing.series), strict=True)
    return [
        _escaped(f"{quarter.label}: {label}{words.get(index, '')}")
        for index, (quarter, label) in enumerate(texts)
    ]


def _verdict(point: _Point) -> str:
    return f"{point.verdict} the expected range"


def _quarter_axis(quarters: Sequence[Quarter], plane: _Plane, look: _Look) -> Figure:
    fits = plane.count < 2 or plane.pitch >= look.breadth_of("Q4") + 3.5
    return {
        "range": plane.across,
        "tickmode": "array",
        "tickvals": list(range(len(quarters))),
        "ticktext": [f"Q{quarter.number}" if fits else "" for quarter in quarters],
        "tickfont": {"color": look.palette.second},
        "ticklabelstandoff": 7,
        "showline": plane.low == 0,
        "linecolor": look.palette.ink if look.outline else look.palette.second,
        "linewidth": 1,
    }


def _value_axis(plane: _Plane, look: _Look) -> Figure:
    return {
        "range": [plane.low, plane.high],
        "tickmode": "array",
        "tickvals": plane.ticks,
        "ticktext": [_written(tick) for tick in plane.ticks],
        "tickfont": {"color": look.palette.second},
        "ticklabelstandoff": 7,
        "showgrid": True,
        "zeroline": plane.low < 0,
        "zerolinecolor": look.palette.second,
        "gridcolor": look.palette.grid,
        "gridwidth": 1,
    }


def _draw_years(sheet: _Sheet, quarters: Sequence[Quarter], plane: _Plane) -> None:
    """A bracket under each year's quarters, and the year under it once."""
    look, free = sheet.look, math.inf
    reach = min(0.36, 24 / plane.pitch)
    years = itertools.groupby(enumerate(quarters), key=lambda pair: pair[1].year_label)
    spans = [(label, [index for index, _ in group]) for label, group in years]
    for label, indices in reversed(spans):
        first, last = indices[0], indices[-1]
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
            sheet.texts.append(_text(_coloured(label, look.palette.second), **place))
            free = plane.x(middle) - half - 4


def _caption(
    sheet: _Sheet, captions: Sequence[str], *, left: float, top: float, earlier: bool
) -> None:
    """Lines above the plot; the last explains the diamonds that have no words beside them."""
    look = sheet.look
    pitch = look.line + 3
    for index, caption in enumerate(captions):
        text = _coloured(caption, look.palette.second)
        place = {"xref": "paper", "x": 0, "yref": "paper", "y": 1, "xshift": -left}
        sheet.texts.append(_text(text, yshift=top - (index + 0.5) * pitch, **place))
    if earlier:
        colour = look.palette.signal
        key = _Key("diamond", colour, colour, "outside the expected range")
        y = (len(captions) + 0.5) * pitch - top
        _draw_keys(sheet, [key], x=-left, y=y, margin=left)


def _limit(value: float) -> str:
    return f"{rounded(Decimal(value), 0 if value >= 10 or value == 0 else 1):,}"


def _limits_caption(limits: Limits) -> str:
    return (
        f"Expected range {_limit(limits.lower)} to {_limit(limits.upper)}, "
        f"average {_limit(limits.average)}"
    )


def _limits_texts(limits: Limits) -> tuple[tuple[float, str], ...]:
    return (
        (limits.upper, f"Upper limit {_limit(limits.upper)}"),
        (limits.average, f"Average {_limit(limits.average)}"),
        (limits.lower, f"Lower limit {_limit(limits.lower)}"),
    )


def _limits_width(limits: Limits, look: _Look) -> int:
    return math.ceil(max(look.breadth_of(text) for _, text in _limits_texts(limits))) + 14


def _draw_limits(
    sheet: _Sheet, limits: Limits, plane: _Plane, points: Sequence[_Point], *, aside: bool
) -> None:
    second, across = sheet.look.palette.second, {"xref": "paper", "x0": 0, "x1": 1}
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
    if aside:
        _label_limits(sheet, limits, plane)
        _name_band(sheet, limits, plane, points)


def _label_limits(sheet: _Sheet, limits: Limits, plane: _Plane) -> None:
    """The limits' names at the right, pushed apart where the lines stand close together."""
    look, free = sheet.look, -math.inf
    for value, text in _limits_texts(limits):
        natural = plane.y(value)
        at = max(natural, free)
        free = at + look.line
        sheet.texts.append(
            _text(
                _coloured(text, look.palette.second),
                xref="paper",
                x=1,
                y=value,
                xshift=8,
                yshift=natural - at,
            )
        )


def _name_band(sheet: _Sheet, limits: Limits, plane: _Plane, points: Sequence[_Point]) -> None:
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
        sheet.texts.append(_text(_coloured(text, look.palette.second), **place))


def _label_points(sheet: _Sheet, drawing: Trend, points: Sequence[_Point], plane: _Plane) -> None:
    """The last value, the one before and the one a year before; words on a signal."""
    last = len(drawing.quarters) - 1
    for point in points:
        if point.index in (last - 1, last - 4):
            text = _coloured(_escaped(point.label), sheet.look.palette.second)
            _label_point(sheet, point, text, [point], plane, drawing.limits)
        elif point.index == last and point.verdict == "within":
            text = _strong(_escaped(point.label))
            _label_point(sheet, point, text, [point], plane, drawing.limits)
        elif point.index == last:
            _label_signal(sheet, point, points, plane, drawing.limits)


def _label_signal(
    sheet: _Sheet,
    point: _Point,
    points: Sequence[_Point],
    plane: _Plane,
    limits: Limits | None,
) -> None:
    look = sheet.look
    words = _verdict(point)
    reach = plane.x(point.index) - look.breadth_of(words) - 4
    beneath = [other for other in points if plane.x(other.index) >= reach]
    value = _strong(_coloured(_escaped(point.label), look.palette.signal))
    text = f"{value}<br>{_coloured(words, look.palette.second)}"
    _label_point(sheet, point, text, beneath, plane, limits)


def _label_point(
    sheet: _Sheet,
    point: _Point,
    text: str,
    obstacles: Sequence[_Point],
    plane: _Plane,
    limits: Limits | None,
) -> None:
    """A label on its point's free side, clear of obstacles, cased where a limit crosses it."""
    look, lines = sheet.look, text.count("<br>") + 1
    tall, gap = lines * look.line, 7 if point.verdict == "within" else 11
    heights = [plane.y(obstacle.value) for obstacle in obstacles]
    above = point.above or max(heights) + gap + tall > plane.height
    start = min(heights) - gap if above else max(heights) + gap
    box = (start - tall, start) if above else (start, start + tall)
    place: dict[str, Any] = {"xanchor": "center"}
    if point.slope:
        beside = point.slope < 0 if above else point.slope > 0
        place = {"xanchor": "left", "xshift": -5} if beside else {"xanchor": "right", "xshift": 5}
    if lines > 1 and plane.count > 1:
        place = {"xanchor": "right", "align": "right", "xshift": _EDGE - 1}
    if limits and (case := _casing(box, limits, plane, look)):
        place["bgcolor"] = case
    anchor = "bottom" if above else "top"
    sheet.texts.append(_text(text, x=point.index, y=plane.value(start), yanchor=anchor, **place))


def _casing(box: tuple[float, float], limits: Limits, plane: _Plane, look: _Look) -> str:
    top, foot = box
    lines = [plane.y(value) for value in (limits.upper, limits.average, limits.lower)]
    if not any(top < line < foot for line in lines):
        return ""
    within = lines[0] <= (top + foot) / 2 <= lines[2]
    return look.palette.band if within else look.palette.ground


# ---------- what others call ----------


def figure(chart: Chart, size: Size, *, dark: bool = False) -> Figure:
    """The Plotly figure of a chart at one size, as plain JSON-able values; paper has no dark."""
    look = _look(size, dark=dark)
    match chart.drawing:
        case Bars() as bars:
            return _bars(bars, look)
        case StackedBars() as stacked:
            return _stacked(stacked, look)
        case Trend() as trend:
            return _trend(trend, look)
        case SharesAgainstFormula() as shares:
            return _shares(shares, look)


def screen_json(chart: Chart, *, dark: bool = False) -> Figure:
    """The figure for plotly.js, as wide as its place: the narrow layout, which holds anywhere."""
    drawn = figure(chart, Size.NARROW, dark=dark)
    layout = {key: value for key, value in drawn["layout"].items() if key != "width"}
    return {
        "data": drawn["data"],
        "layout": layout | {"autosize": True},
        "config": {"responsive": True, "displayModeBar": False},
    }


def digest(figure_dict: Figure, size: Size) -> str:
    """The key under which a drawing is kept: it changes with figure, Plotly's version and size."""
    named = {"figure": figure_dict, "plotly": version("plotly"), "size": size.value}
    return hashlib.sha256(to_json(named)).hexdigest()


def darkened(svg: str) -> str:
    """The dark drawing: the light one with each colour of its palette replaced."""
    return _ANY_LIGHT.sub(lambda found: _DARK_FOR[_hex(found[0])], svg)


def _hex(colour: str) -> str:
    if colour.startswith("#"):
        return colour.lower()
    return "#" + "".join(f"{int(part):02x}" for part in re.findall(r"\d+", colour))


def _rgb_pattern(colour: str) -> str:
    parts = (str(int(colour[start : start + 2], 16)) for start in (1, 3, 5))
    return r"rgb\(\s*" + r"\s*,\s*".join(parts) + r"\s*\)"


_DARK_FOR = {getattr(_LIGHT, field): getattr(_DARK, field) for field in _Palette.__struct_fields__}
_ANY_LIGHT = re.compile(
    "|".join(rf"{colour}(?![0-9a-f])|{_rgb_pattern(colour)}" for colour in _DARK_FOR),
    re.IGNORECASE,
)


def draw(
    figures: Sequence[Figure], *, progress: Callable[[int, int], None] | None = None
) -> list[str]:
    """SVG texts of the figures, in their order, by one Chromium that is closed afterwards.

    Chromium is driven by an event loop in a thread of its own, since the caller's may have one
    already; `progress(drawn, of)` is called in the caller's thread.
    """
    if not figures:
        return []
    program, drawn = _chromium(), []
    arriving: SimpleQueue[str | None] = SimpleQueue()
    with ThreadPoolExecutor(1, "charts") as pool:
        work = pool.submit(_run, program, figures, arriving)
        while (svg := arriving.get()) is not None:
            drawn.append(svg)
            if progress:
                progress(len(drawn), len(figures))
        work.result()
    return drawn


def _chromium() -> str:
    chosen = os.environ.get("BROWSER_PATH")
    for name in [chosen] if chosen else ["/usr/bin/chromium", "chromium", "google-chrome"]:
        if found := shutil.which(name):
            return found
    raise ChromiumMissing(chosen or "/usr/bin/chromium")


def _run(program: str, figures: Sequence[Figure], arriving: SimpleQueue[str | None]) -> None:
    try:
        asyncio.run(_draw_all(program, figures, arriving))
    except TimeoutError as error:
        raise ChromiumFailed(program, "it did not answer in time.") from error
    finally:
        arriving.put(None)


async def _draw_all(
    program: str, figures: Sequence[Figure], arriving: SimpleQueue[str | None]
) -> None:
    # Kaleido takes half a second to import, which a process that only serves pages never needs.
    import kaleido
    from choreographer.browsers import BrowserFailedError

    try:
        async with (
            asyncio.timeout(STARTING_SECONDS + SECONDS_EACH * len(figures)),
            kaleido.Kaleido(
                mathjax=False,
                path=program,
                browser_cls=_browser_class(),
                enable_sandbox=os.geteuid() != 0,
                enable_extensions=False,
            ) as browser,
        ):
            for each in figures:
                svg = await browser.calc_fig(each, opts={"format": "svg"})
                arriving.put(_settled(svg.decode()))
    except BrowserFailedError as error:
        raise ChromiumFailed(program, "it ended at once.") from error


def _browser_class() -> type[Any]:
    from choreographer.browsers import Chromium

    class OfflineChromium(Chromium):
        """A Chromium that reaches no network and measures with the project's fonts."""

        def get_cli(self) -> Sequence[str]:
            return [
                *super().get_cli(),
                "--disable-quic",
                "--disable-background-networking",
                "--host-resolver-rules=MAP * ~NOTFOUND",
            ]

        def get_env(self) -> dict[str, str]:
            fonts = {"FONTCONFIG_FILE": str(FONTS)} if FONTS.exists() else {}
            return fonts | dict(super().get_env())

    return OfflineChromium


def _settled(svg: str) -> str:
    """The SVG without Plotly's random identifier: a figure always gives the same bytes."""
    found = re.search(r'id="defs-([0-9a-f]{6})"', svg)
    return re.sub(f"(?<!#){found[1]}", "chart", svg) if found else svg
