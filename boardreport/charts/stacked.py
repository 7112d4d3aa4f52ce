"""Stacked bars: horizontal bars split by impact, with their totals."""

from collections.abc import Sequence

import msgspec

from boardreport.charts.bars import (
    Row,
    bar_trace,
    laid_out,
    mark_nothing,
    named,
    pixels_per_unit,
    rows_figure,
)
from boardreport.charts.canvas import (
    Canvas,
    Key,
    Number,
    Plain,
    draw_keys,
    written,
)
from boardreport.charts.markup import coloured, emboldened
from boardreport.charts.theme import Theme
from units.content.model import StackedBars
from units.domain.vocabulary import Impact


class _Tone(msgspec.Struct, frozen=True):
    """The colours of one part of the bars."""

    fill: str
    ink: str
    edge: str
    hatched: bool = False


def _tone(key: str, theme: Theme) -> _Tone:
    """Return an impact's colours; a series of no single impact, as a withheld split is, is hatched."""
    palette = theme.palette
    tones = {
        Impact.MAJOR.value: _Tone(palette.major, palette.on_major, palette.major),
        Impact.MODERATE.value: _Tone(palette.moderate, palette.on_moderate, palette.moderate),
        Impact.MINOR.value: _Tone(palette.minor, palette.ink, palette.edge),
    }
    tone = tones.get(key, _Tone(palette.ground, palette.ink, palette.edge, hatched=True))
    return _Tone(tone.fill, tone.ink, palette.ink, tone.hatched) if theme.outline else tone


def figure(drawing: StackedBars, theme: Theme) -> Plain:
    """Return the figure of stacked bars, with a legend of their parts."""
    canvas = Canvas(theme)
    bar = theme.bar + (0 if theme.outline else 2)
    tones = [_tone(series.key, theme) for series in drawing.series]
    keys = [
        Key("hatch" if tone.hatched else "bar", tone.fill, tone.edge, series.name)
        for tone, series in zip(tones, drawing.series, strict=True)
    ]
    names = named(drawing.categories, theme)
    legend = draw_keys(canvas, keys, y=theme.line / 2 + 1, margin=names.margin)
    rows = laid_out(names, theme, top=legend + 14, bar=bar)
    stacks = list(zip(*(series.values for series in drawing.series), strict=True))
    lengths = drawing.lengths
    ends = [(length, theme.text_width(written(length), strong=True) + 14) for length in lengths]
    scale = pixels_per_unit(ends, rows.inner)
    for series, tone in zip(drawing.series, tones, strict=True):
        bar_trace(canvas, rows, series, [tone.fill] * len(stacks), marker=_tone_marker(tone, theme))
    for row, stack, total in zip(rows.rows, stacks, drawing.totals, strict=True):
        _label_stack(canvas, row, list(zip(stack, tones, strict=True)), scale=scale, bar=bar)
        if total is not None:
            text = emboldened(written(total))
            canvas.write(text, x=total, y=row.bar_at, xshift=8)
    mark_nothing(canvas, rows, lengths)
    return rows_figure(canvas, rows, scale=scale, mode="stack")


def _tone_marker(tone: _Tone, theme: Theme) -> Plain:
    marker: Plain = {
        "color": tone.fill,
        "line": {"color": tone.edge, "width": theme.outline or 1},
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
    canvas: Canvas,
    row: Row,
    stack: Sequence[tuple[Number | None, _Tone]],
    *,
    scale: float,
    bar: float,
) -> None:
    """Write each segment's value inside it where it fits, and part it from the next segment."""
    theme, start = canvas.theme, 0.0
    for value, tone in stack:
        if not value:
            continue
        if start and not theme.outline:
            ends = {"y0": row.bar_at - bar / 2 - 1, "y1": row.bar_at + bar / 2 + 1}
            canvas.line(theme.palette.ground, 2, x0=start, x1=start, **ends)
        if not tone.hatched and value * scale >= theme.text_width(written(value)) + 5:
            text = coloured(written(value), tone.ink)
            middle = start + value / 2
            canvas.write(text, x=middle, y=row.bar_at, xanchor="center")
        start += value
