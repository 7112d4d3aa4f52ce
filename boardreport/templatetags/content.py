"""What the template parts ask of content: a block's template, its anchor, a chart's picture."""

import re
from collections.abc import Iterable, Mapping, Sequence
from textwrap import shorten
from typing import Any
from urllib.parse import urlencode

from django import template
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from boardreport.charts.interactive import is_explorable
from boardreport.charts.pictures import Picture, Shown
from boardreport.charts.sparkline import sparkline
from boardreport.compare.comparable import KEY_FIGURES
from boardreport.compare.following import Subject
from boardreport.editions.refs import Place
from boardreport.editions.repository import Reading
from boardreport.pages.tracing import code_of
from boardreport.report import glossary
from boardreport.spreadsheets import Format
from units.content.model import (
    Block,
    Cell,
    Chart,
    Column,
    Correction,
    Note,
    Paragraph,
    Row,
    Section,
    Table,
)
from units.domain.measures import Measure
from units.domain.quarters import Quarter
from units.domain.vocabulary import Audience

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
def cells(row: Row, columns: tuple[Column, ...]) -> Iterable[tuple[Cell, Column]]:
    """Each cell with its column."""
    return zip(row.cells, columns, strict=True)


LONGEST_HEAD = 34
"""As many characters have room beside the marking at a page's head."""


@register.filter
def running(heading: str) -> str:
    """A section's heading as the head of each page bears it, on one line."""
    return shorten(heading, LONGEST_HEAD, placeholder=" …")


_REFERENCE = re.compile(r"\b([A-Z]-\d{4}-\d+)\b")


@register.filter
def whole(words: str) -> SafeString:
    """Words on the screen: a reference such as "D-2018-0293" does not break at its hyphens."""
    parts = enumerate(_REFERENCE.split(words))
    kept = '<span class="whole">{}</span>'
    return format_html_join(
        "", "{}", ((format_html(kept, one) if n % 2 else one,) for n, one in parts)
    )


_LONG_WORD = re.compile(r"\S{25,}")
_PIECES = re.compile(r"\S{1,12}|\s+")


@register.filter
def breakable(words: str) -> SafeString:
    """A column's head on the screen: a name of 25 letters without a blank may break in pieces.

    Other heads keep their words whole; a stylesheet cannot tell the two apart.
    """
    if not _LONG_WORD.search(words):
        return format_html("{}", words)
    return format_html_join(
        SafeString("<wbr>"), "{}", ((piece,) for piece in _PIECES.findall(words))
    )


@register.filter
def beside(rows: Sequence[Row], measures: Sequence[Measure]) -> Iterable[tuple[Row, Measure]]:
    """Each row of key figures with its measure."""
    return zip(rows, measures, strict=True)


@register.filter
def verdict(measure: Measure) -> str:
    """Where a measure stands against its expected range: above, below, within, or none."""
    return measure.verdict or "none"


@register.filter
def defined(words: str) -> str:
    """Where `/definitions/` explains a word of a page; "" where it needs no explanation."""
    anchor = glossary.defined(words)
    return f"{reverse('definitions')}#{anchor}" if anchor else ""


@register.filter
def defined_at(measure: Measure) -> str:
    """Where `/definitions/` explains a measure."""
    return f"{reverse('definitions')}#{glossary.measure_anchor(measure)}"


_SIGNS = re.compile(r"\[[cxr]\]|^Expected range|^Re-base|\bRe-based\b|^Break in the series")


@register.filter
def explained(note: str) -> SafeString:
    """A note with its signs and terms leading to what they mean."""
    parts: list[SafeString] = []
    place = 0
    for match in _SIGNS.finditer(note):
        term = match[0].removesuffix("d") if match[0] == "Re-based" else match[0]
        parts.append(format_html("{}", note[place : match.start()]))
        parts.append(format_html('<a class="term" href="{}">{}</a>', defined(term), match[0]))
        place = match.end()
    return format_html("{}{}", SafeString("".join(parts)), note[place:])


@register.filter
def paragraph_range(section: Section) -> str:
    """The first and last paragraph of a section, "5 to 15"; "" where it has none."""
    numbers = [
        block.number
        for part in section.parts
        for block in part.blocks
        if isinstance(block, Paragraph)
    ]
    return " to ".join(dict.fromkeys((*numbers[:1], *numbers[-1:])))


@register.filter
def leading_to(html: str, address: str) -> str:
    """A paragraph's HTML with its references to exhibits leading into the page at an address."""
    return html.replace('href="#', f'href="{address}#')


@register.simple_tag(takes_context=True)
def trace(context: Mapping[str, Any], exhibit: Table | Chart) -> str:
    """The trace code of a numbered exhibit in the edition that is read: "2018-19-q2-k7m2x-1"."""
    if not exhibit.number:
        return ""
    return code_of(context["content"].quarter, exhibit, context["edition_number"])


@register.simple_tag(takes_context=True)
def listed_at(context: Mapping[str, Any], records: str) -> str:
    """Where a cell's records are listed, as they stood at the publication of what is read."""
    if records.startswith("/"):
        return records
    return reverse("overview", args=[context["records_place"]]) + records


@register.simple_tag(takes_context=True)
def comparable_unit(context: Mapping[str, Any]) -> str:
    """The key of the unit whose page is read; "" on other pages."""
    current = context.get("current", "")
    return current if _is_unit(current, context) else ""


def _is_unit(key: str, context: Mapping[str, Any]) -> bool:
    """Whether a page, by its key, is that of a unit of what is read."""
    section = context["content"].section(key)
    return section is not None and section.is_page


@register.filter
def waiting_in(reading: Reading, unit: str) -> int:
    """How many claims of a unit wait for a panel."""
    return reading.pending.get(unit, 0)


@register.simple_tag(takes_context=True)
def across(context: Mapping[str, Any], table: Table, row: Row) -> str:
    """The address of a row across all quarters; "" where it cannot be followed there."""
    if table.key not in context.get("followed", ()):
        return ""
    return _trend_address(Subject(table.key, row.cells[0].text))


@register.simple_tag
def across_figure(unit: str, measure: Measure) -> str:
    """The address of a key figure across all quarters."""
    return _trend_address(Subject(f"{unit}.{KEY_FIGURES}", measure.name))


@register.simple_tag
def row_across(subject: Subject) -> str:
    """The address of a row across all quarters."""
    return _trend_address(subject)


def _trend_address(subject: Subject) -> str:
    return f"{reverse('trend')}?{urlencode({'of': subject.address})}"


@register.simple_tag(takes_context=True)
def address_in(context: Mapping[str, Any], place: Quarter | Place) -> str:
    """The page of another quarter, or of another edition, that answers to the one being read.

    A list of records answers to the same one of another edition; the public edition has none.
    """
    current = context.get("current", "")
    if current == "board-paper":
        return reverse(current, args=[place])
    if current == "records":
        records = (context["records_unit"], context["records"].key)
        if isinstance(place, Quarter):
            return reverse(current, args=[place, *records])
        if place.audience != Audience.PUBLIC:
            filters = context["request"].GET.copy()
            filters.pop("page", None)
            query = f"?{filters.urlencode()}" if filters else ""
            return reverse(current, args=[place, *records]) + query
    if _is_unit(current, context):
        return reverse("unit", args=[place, current])
    return reverse("overview", args=[place])


@register.simple_tag(takes_context=True)
def corrections_at_head(context: Mapping[str, Any]) -> tuple[Correction, ...]:
    """The corrections that the head of a page tells, newest first; none where the page itself does."""
    current, content = context.get("current", ""), context["content"]
    itself = current == "changes" or (current == "board-paper" and content.corrections)
    return () if itself else context["reading"].corrections


@register.simple_tag(takes_context=True)
def table_files(context: Mapping[str, Any], key: str) -> list[tuple[Format, str]]:
    """The files of a table of a page, each with its address; none where the page has none."""
    if place := context.get("place"):
        return [(file, reverse("table-file", args=[place, key, file])) for file in Format]
    if found := context.get("compared"):
        return [(file, reverse("compare-file", args=[key, file]) + found.query) for file in Format]
    if found := context.get("across"):
        return [(file, reverse("trend-file", args=[file]) + found.query) for file in Format]
    return []


@register.simple_tag(takes_context=True)
def chart_image(context: Mapping[str, Any], chart: Chart) -> SafeString:
    """A chart's picture: on paper an image of its own size, on screen wide or narrow, light or dark.

    The stylesheet shows the light or the dark one: for print a browser asks it anew, and no `source`.
    """
    pictures = context["pictures_of"](chart)
    if context["medium"] == "paper":
        return format_html('<img alt="{}" src="{}">', chart.sentence, pictures)
    schemes = (
        ("light", pictures[Picture.NARROW], pictures[Picture.WIDE]),
        ("dark", pictures[Picture.NARROW_DARK], pictures[Picture.WIDE_DARK]),
    )
    return format_html(
        '<div class="exhibit__chart">{}</div>',
        format_html_join(
            "",
            '<picture class="exhibit__{}"><source media="screen and (max-width: 40em)" srcset="{}"{}>'
            '<img alt="{}" src="{}"{} loading="lazy"></picture>',
            (
                (scheme, narrow.address, _room(narrow), chart.sentence, wide.address, _room(wide))
                for scheme, narrow, wide in schemes
            ),
        ),
    )


def _room(picture: Shown) -> SafeString:
    """How much room a picture takes before it is there, as attributes."""
    return format_html(' width="{}" height="{}"', picture.width, picture.height)


@register.simple_tag(takes_context=True)
def chart_to_explore(context: Mapping[str, Any], chart: Chart) -> SafeString:
    """The place in which static/explore.js draws a chart that a reader explores; "" for others."""
    if not is_explorable(chart):
        return SafeString("")
    if place := context.get("place"):
        address = reverse("chart-figure", args=[place, chart.key])
    else:
        address = reverse("trend-figure") + context["across"].query
    return format_html(
        '<div class="explore" data-figure="{}" data-of="{}" hidden>'
        '<div class="explore__plot" role="group" aria-label="{}"></div></div>',
        address,
        chart.number or chart.headline,
        chart.sentence,
    )


@register.simple_tag
def spark(measure: Measure) -> SafeString:
    """A measure's series as a small line; "" where there are not two points to join."""
    return SafeString(sparkline(measure))
