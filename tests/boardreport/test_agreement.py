"""Page, web paper and PDF of a published quarter tell the same figures: they are held together."""

import re
from html import unescape
from html.parser import HTMLParser

import pypdfium2
import pytest
from django.contrib.auth.models import User
from django.test import Client

from boardreport.demonstration import load
from boardreport.models import Edition
from tests.boardreport.tagged import tables as tagged_tables
from units.content.model import (
    Chart,
    Content,
    Table,
    from_json,
)
from units.domain.quarters import Quarter
from units.domain.vocabulary import Audience

pytestmark = [pytest.mark.django_db, pytest.mark.portable]

QUARTERS = (Quarter(2018, 1), Quarter(2018, 2))
UNITS = ("ctu", "rocu", "cyber")


class Cells(HTMLParser):
    """The rows of every table of a page, by the table's number: "Table 2" → [[cell, …], …]."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tables: dict[str, list[list[str]]] = {}
        self.rows: list[list[str]] = []
        self.reading = ""
        self.caption = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: object) -> None:
        if tag == "table":
            self.rows, self.caption = [], ""
        elif tag == "tr":
            self.rows.append([])
        elif tag in ("td", "th"):
            self.rows[-1].append("") if self.rows else None
        if tag in ("td", "th", "caption"):
            self.reading = tag

    def handle_endtag(self, tag: str) -> None:
        if tag in ("td", "th", "caption"):
            self.reading = ""
        elif tag == "table" and (number := re.search(r"(Table \d+)[.:]", self.caption)):
            self.tables[number[1]] = [
                [" ".join(cell.split()).removesuffix(" across all quarters") for cell in row]
                for row in self.rows
            ]

    def handle_data(self, data: str) -> None:
        if self.reading == "caption":
            self.caption += data
        elif self.reading and self.rows and self.rows[-1]:
            self.rows[-1][-1] += data


def content(quarter: Quarter, audience: str) -> Content:
    edition = Edition.objects.get(quarter=quarter, audience=audience)
    return from_json(bytes(edition.content), Content)


def browser(audience: str) -> Client:
    client = Client()
    if audience == Audience.RESTRICTED:
        client.force_login(User.objects.get(username="member"))
    return client


def expected(table: Table) -> list[list[str]]:
    head = [column.label for column in table.columns]
    return [head] + [
        [" ".join(f"{cell.text} {cell.change}".split()) for cell in row.cells] for row in table.rows
    ]


def unspaced(text: str) -> str:
    # a hyphen at the end of a line is read as a soft one
    return re.sub(r"\s+|\ufffe|\u00ad|\x02|-", "", text)


def web_paper_agrees(quarter: Quarter, audience: str) -> None:
    page = browser(audience).get(f"/{quarter.path}/board-paper/").content.decode()

    shown = Cells(page).tables

    for exhibit in content(quarter, audience).exhibits():
        table = exhibit.table if isinstance(exhibit, Chart) else exhibit
        assert shown[table.number] == expected(table), table.key


def units_page_agrees(quarter: Quarter, audience: str, unit: str) -> None:
    page = browser(audience).get(f"/{quarter.path}/{unit}/").content.decode()
    section = content(quarter, audience).section(unit)

    shown = Cells(page).tables

    for part in section.parts:
        for block in part.blocks:
            if isinstance(block, Chart | Table):
                table = block.table if isinstance(block, Chart) else block
                assert shown[table.number] == expected(table), table.key
                assert f"{block.number}. {block.subtitle}" in unescape(page)


def pdf_agrees(quarter: Quarter, audience: str) -> None:
    """Cell by cell, by the tags that a screen reader follows, and each table under its number."""
    pdf = bytes(Edition.objects.get(quarter=quarter, audience=audience).pdf)
    text = unspaced(
        "".join(page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(pdf))
    )
    tagged = [[[unspaced(cell) for cell in row] for row in table] for table in tagged_tables(pdf)]

    for exhibit in content(quarter, audience).exhibits():
        table = exhibit.table if isinstance(exhibit, Chart) else exhibit
        rows = [[unspaced(cell) for cell in row] for row in expected(table)]
        assert unspaced(f"{table.number}:") in text
        assert any(
            joined(tagged[place:], len(rows)) == rows
            for place, one in enumerate(tagged)
            if one[:1] == rows[:1]
        ), table.key


def joined(tables: list[list[list[str]]], length: int) -> list[list[str]]:
    """A table with its continuations on the pages that follow, each under the same heads."""
    rows = list(tables[0])
    for more in tables[1:]:
        if len(rows) >= length or more[:1] != rows[:1]:
            break
        rows += more[1:]
    return rows


@pytest.mark.parametrize("audience", Audience.values())
@pytest.mark.parametrize("quarter", QUARTERS, ids=str)
def test_every_table_of_the_web_paper_is_the_editions_cell_by_cell(quarter, audience) -> None:
    web_paper_agrees(quarter, audience)


@pytest.mark.parametrize("unit", UNITS)
@pytest.mark.parametrize("audience", Audience.values())
@pytest.mark.parametrize("quarter", QUARTERS, ids=str)
def test_every_table_of_a_units_page_is_the_editions_cell_by_cell(quarter, audience, unit) -> None:
    units_page_agrees(quarter, audience, unit)


@pytest.mark.parametrize("audience", Audience.values())
@pytest.mark.parametrize("quarter", QUARTERS, ids=str)
def test_every_table_of_the_pdf_is_the_editions_cell_by_cell(quarter, audience) -> None:
    pdf_agrees(quarter, audience)


def test_the_earlier_quarters_of_the_demonstration_agree_in_all_of_this_too(
    papers_set_once,
) -> None:
    before = {edition.quarter for edition in Edition.objects.all()}

    load.publish_quarters(lambda _: None)

    earlier = {edition.quarter for edition in Edition.objects.all()} - before
    assert len(earlier) == 3
    for quarter in sorted(earlier):
        for audience in Audience.values():
            web_paper_agrees(quarter, audience)
            pdf_agrees(quarter, audience)
            for unit in UNITS:
                units_page_agrees(quarter, audience, unit)


@pytest.mark.parametrize("audience", Audience.values())
def test_every_paragraph_of_the_pdf_has_the_web_papers_number_and_words(audience) -> None:
    quarter = Quarter(2018, 2)
    edition = Edition.objects.get(quarter=quarter, audience=audience)
    document = pypdfium2.PdfDocument(bytes(edition.pdf))
    pdf = unspaced("".join(page.get_textpage().get_text_range() for page in document))
    page = browser(audience).get(f"/{quarter.path}/board-paper/").content.decode()

    found = 0
    for section in content(quarter, audience).sections:
        for part in section.parts:
            for block in part.blocks:
                if hasattr(block, "html"):
                    words = unspaced(re.sub(r"<[^>]+>", "", block.html).replace("&nbsp;", " "))
                    assert f"{block.number}.{words[:25]}" in pdf
                    assert f'id="p{block.number}"' in page
                    assert block.html in page
                    found += 1
    assert found > 20


def test_the_pdf_is_the_editions_own_bytes_but_for_a_readers_mark() -> None:
    for audience in Audience.values():
        served = browser(audience).get("/2018-19/q2/board-paper.pdf")
        edition = Edition.objects.get(quarter=Quarter(2018, 2), audience=audience)
        pairs = zip(
            pypdfium2.PdfDocument(served.content),
            pypdfium2.PdfDocument(bytes(edition.pdf)),
            strict=True,
        )
        for got, own in pairs:
            text = got.get_textpage().get_text_range()
            marked = audience == Audience.RESTRICTED
            assert text.startswith(own.get_textpage().get_text_range().rstrip())
            assert ("Copy " in text) == marked
        assert (served.content == bytes(edition.pdf)) == (audience == Audience.PUBLIC)
        assert served["Content-Type"] == "application/pdf"
