"""What the template parts ask of content: a block's template, its anchor, a chart's picture."""

from collections.abc import Iterable, Mapping
from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from boardreport.charts import Drawing
from units.content import Block, Cell, Chart, Column, Note, Paragraph, Row, Table

register = template.Library()

TEMPLATES = {
    Paragraph: "parts/paragraph.html",
    Table: "parts/table.html",
    Chart: "parts/chart.html",
    Note: "parts/note.html",
}


@register.filter
def template_of(block: Block) -> str:
    """The template part that renders a block."""
    return TEMPLATES[type(block)]


@register.filter
def anchor(block: Paragraph | Table | Chart) -> str:
    """The fragment that page, paper and references share: "p7A", "table-2", "figure-3"."""
    if isinstance(block, Paragraph):
        return f"p{block.number}"
    return block.number.lower().replace(" ", "-")


@register.filter
def cells(row: Row, columns: tuple[Column, ...]) -> Iterable[tuple[Cell, Column]]:
    """Each cell with its column."""
    return zip(row.cells, columns, strict=True)


@register.filter
def drawn(drawings: Mapping[str, Drawing], chart: Chart) -> bool:
    """Whether a chart has its SVG; a draft's may not be drawn yet."""
    return chart.key in drawings


@register.simple_tag(takes_context=True)
def chart_image(context: Mapping[str, Any], chart: Chart) -> SafeString:
    """A chart's picture: on paper an image of its own size, on screen wide or narrow, light or dark."""
    drawing = context["drawings"].get(chart.key)
    if context["medium"] == "paper":
        return format_html('<img alt="{}" src="{}">', chart.sentence, drawing.paper)
    if drawing is None:
        return format_html("")
    return format_html(
        '<picture class="exhibit__chart">'
        '<source media="(max-width: 40em) and (prefers-color-scheme: dark)" srcset="{}">'
        '<source media="(max-width: 40em)" srcset="{}">'
        '<source media="(prefers-color-scheme: dark)" srcset="{}">'
        '<img alt="{}" src="{}" loading="lazy"></picture>',
        drawing.narrow_dark,
        drawing.narrow,
        drawing.wide_dark,
        chart.sentence,
        drawing.wide,
    )
