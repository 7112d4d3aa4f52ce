"""Shares against a formula: a bar for each share, and a tick where the formula puts it."""

import re
from typing import Any

from boardreport.figures.bars import (
    Rows,
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
    Sheet,
    draw_keys,
    escaped,
    label_width,
    labels_of,
    set_label,
)
from units.content import Series, SharesAgainstFormula


def figure(drawing: SharesAgainstFormula, look: Look) -> Figure:
    """The figure of shares, each with its formula's tick and both in words."""
    sheet, palette = Sheet(look), look.palette
    actual, formula = drawing.actual, drawing.formula
    bar = look.bar + 2
    labels = _share_labels(drawing)
    keys = (
        Key("bar", palette.accent, palette.ink if look.outline else palette.accent, actual.name),
        Key("tick", palette.ink, palette.ink, formula.name),
    )
    names = named(drawing.categories, look)
    top = draw_keys(sheet, keys, y=look.line / 2 + 1, margin=names.margin) + 10
    rows = laid_out(names, look, top=top, bar=bar, apart=10)
    pairs = list(zip(actual.values, formula.values, strict=True))
    room = max((label_width(label, look) for label in labels), default=0) + 26
    largest = max((max(a or 0, b or 0) for a, b in pairs), default=0)
    scale = pixels_per_unit([(largest, 6 if look.names_above else room)], rows.inner)
    bar_trace(sheet, rows, actual, [palette.accent] * len(pairs), hovertext=_share_hover(drawing))
    sheet.traces.extend(_ticks(formula, rows, look))
    mark_nothing(sheet, rows, actual.values)
    for row, label in zip(rows.rows, labels, strict=True):
        place: dict[str, Any] = {"x": largest, "y": row.bar_at, "xshift": 22}
        if look.names_above:
            place = {"xref": "paper", "x": 1, "y": row.name_at, "xanchor": "right", "xshift": -2}
        sheet.write(set_label(label, look), **place)
    return rows_figure(sheet, rows, scale=scale, mode="overlay")


def _share_labels(drawing: SharesAgainstFormula) -> tuple[str, ...]:
    if drawing.actual.labels:
        return drawing.actual.labels
    formulas = labels_of(drawing.formula, unit="%")
    actuals = labels_of(drawing.actual, unit="%")
    return tuple(
        f"{actual}  against {formula}" for actual, formula in zip(actuals, formulas, strict=True)
    )


def _share_hover(drawing: SharesAgainstFormula) -> list[str]:
    texts = zip(drawing.categories, _share_labels(drawing), strict=True)
    return [escaped(f"{name}: {re.sub(r'\s+', ' ', label)}") for name, label in texts]


def _ticks(series: Series, rows: Rows, look: Look) -> list[dict[str, Any]]:
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
