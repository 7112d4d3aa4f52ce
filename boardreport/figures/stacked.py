"""Stacked bars: horizontal bars split by impact, with their totals."""

from collections.abc import Sequence
from typing import Any

import msgspec

from boardreport.figures.bars import (
    Row,
    bar_trace,
    laid_out,
    mark_nothing,
    named,
    pixels_per_unit,
    rows_figure,
)
from boardreport.figures.looks import Look
from boardreport.figures.sheet import (
    Figure,
    Key,
    Number,
    Sheet,
    coloured,
    draw_keys,
    emboldened,
    written,
)
from units.content import StackedBars
from units.terms import Impact


class _Tone(msgspec.Struct, frozen=True):
    """The colours of one part of the bars."""

    fill: str
    ink: str
    edge: str
    hatched: bool = False


def _tone(key: str, look: Look) -> _Tone:
    """An impact's colours; a series of no single impact, as a withheld split is, is hatched."""
    palette = look.palette
    tones = {
        Impact.MAJOR.value: _Tone(palette.major, palette.on_major, palette.major),
        Impact.MODERATE.value: _Tone(palette.moderate, palette.on_moderate, palette.moderate),
        Impact.MINOR.value: _Tone(palette.minor, palette.ink, palette.edge),
    }
    tone = tones.get(key, _Tone(palette.ground, palette.ink, palette.edge, hatched=True))
    return _Tone(tone.fill, tone.ink, palette.ink, tone.hatched) if look.outline else tone


def figure(drawing: StackedBars, look: Look) -> Figure:
    """The figure of stacked bars, with a legend of their parts."""
    sheet = Sheet(look)
    bar = look.bar + (0 if look.outline else 2)
    tones = [_tone(series.key, look) for series in drawing.series]
    keys = [
        Key("hatch" if tone.hatched else "bar", tone.fill, tone.edge, series.name)
        for tone, series in zip(tones, drawing.series, strict=True)
    ]
    names = named(drawing.categories, look)
    legend = draw_keys(sheet, keys, y=look.line / 2 + 1, margin=names.margin)
    rows = laid_out(names, look, top=legend + 14, bar=bar)
    stacks = list(zip(*(series.values for series in drawing.series), strict=True))
    lengths = drawing.lengths
    ends = [(length, look.breadth_of(written(length), strong=True) + 14) for length in lengths]
    scale = pixels_per_unit(ends, rows.inner)
    for series, tone in zip(drawing.series, tones, strict=True):
        bar_trace(sheet, rows, series, [tone.fill] * len(stacks), marker=_tone_marker(tone, look))
    for row, stack, total in zip(rows.rows, stacks, drawing.totals, strict=True):
        _label_stack(sheet, row, list(zip(stack, tones, strict=True)), scale=scale, bar=bar)
        if total is not None:
            text = emboldened(written(total))
            sheet.write(text, x=total, y=row.bar_at, xshift=8)
    mark_nothing(sheet, rows, lengths)
    return rows_figure(sheet, rows, scale=scale, mode="stack")


def _tone_marker(tone: _Tone, look: Look) -> dict[str, Any]:
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
    sheet: Sheet,
    row: Row,
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
        if not tone.hatched and value * scale >= look.breadth_of(written(value)) + 5:
            text = coloured(written(value), tone.ink)
            middle = start + value / 2
            sheet.write(text, x=middle, y=row.bar_at, xanchor="center")
        start += value
