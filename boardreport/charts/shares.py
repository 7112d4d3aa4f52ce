"""Shares against a formula: a bar for each share, and a tick where the formula puts it."""

from boardreport.charts.bars import (
    Rows,
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
    Plain,
    draw_keys,
    label_width,
    labels_of,
    set_label,
)
from boardreport.charts.theme import Theme
from units.content.model import Series, SharesAgainstFormula


def figure(drawing: SharesAgainstFormula, theme: Theme) -> Plain:
    """Return the figure of shares, each with its formula's tick and both in words."""
    canvas, palette = Canvas(theme), theme.palette
    actual, formula = drawing.actual, drawing.formula
    bar = theme.bar + 2
    labels = _share_labels(drawing)
    keys = (
        Key("bar", palette.accent, palette.ink if theme.outline else palette.accent, actual.name),
        Key("tick", palette.ink, palette.ink, formula.name),
    )
    room = max((label_width(label, theme) for label in labels), default=0) + 26
    names = named(drawing.categories, theme, beside=room)
    top = draw_keys(canvas, keys, y=theme.line / 2 + 1, margin=names.margin) + 10
    rows = laid_out(names, theme, top=top, bar=bar, apart=10)
    pairs = list(zip(actual.values, formula.values, strict=True))
    largest = max((max(a or 0, b or 0) for a, b in pairs), default=0)
    scale = pixels_per_unit([(largest, 6 if theme.names_above else room)], rows.inner)
    bar_trace(canvas, rows, actual, [palette.accent] * len(pairs))
    canvas.traces.extend(_ticks(formula, rows, theme))
    mark_nothing(canvas, rows, actual.values)
    for row, label in zip(rows.rows, labels, strict=True):
        place: Plain = {"x": largest, "y": row.bar_at, "xshift": 22}
        if theme.names_above:
            place = {"xref": "paper", "x": 1, "y": row.name_at, "xanchor": "right", "xshift": -2}
        canvas.write(set_label(label, theme), **place)
    return rows_figure(canvas, rows, scale=scale, mode="overlay")


def _share_labels(drawing: SharesAgainstFormula) -> tuple[str, ...]:
    if drawing.actual.labels:
        return drawing.actual.labels
    formulas = labels_of(drawing.formula, unit="%")
    actuals = labels_of(drawing.actual, unit="%")
    return tuple(
        f"{actual}  against {formula}" for actual, formula in zip(actuals, formulas, strict=True)
    )


def _ticks(series: Series, rows: Rows, theme: Theme) -> list[Plain]:
    """Return the formula's ticks, cased in the ground's colour: they are seen on their bars."""
    trace = {
        "type": "scatter",
        "mode": "markers",
        "name": series.name,
        "x": list(series.values),
        "y": [row.bar_at for row in rows.rows],
        "cliponaxis": False,
    }
    return [
        trace | {"marker": {"symbol": "line-ns", "size": (rows.bar + more) / 1.4, "line": line}}
        for more, line in (
            (8, {"color": theme.palette.ground, "width": 7}),
            (10, {"color": theme.palette.ink, "width": 3}),
        )
    ]
