"""The board paper: valid, the same each time, fetching nothing, and fit to read on every page."""

import hashlib
import html
import io
import os
import sys
import threading
from collections.abc import Iterator, Mapping
from datetime import date
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import cycle, islice
from pathlib import Path
from time import monotonic, sleep
from typing import Any

import page as validation
import pikepdf
import pypdfium2
import pytest
from django.conf import settings
from msgspec.structs import replace

from boardreport import errors
from boardreport.errors import ToolFailed
from boardreport.paper import conformance, pdf, pdf_ua
from units.content.model import (
    Bars,
    Block,
    Cell,
    Chart,
    Column,
    Content,
    Header,
    Note,
    Paragraph,
    Part,
    Row,
    Section,
    Series,
    Table,
    to_json,
)
from units.domain.quarters import Quarter
from units.domain.text import odd
from units.domain.vocabulary import Audience, Marking, Status

pytestmark = pytest.mark.portable

WORDS = "Officers met each week to test what the region knows against what it needs to know. "
SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="575" height="200" viewBox="0 0 575 200">'
    '<rect x="20" y="40" width="300" height="60" fill="#1c5573"/>'
    '<text x="330" y="76" font-family="Source Sans 3" font-size="12.5">69</text></svg>'
)
POINTS = 72 / 25.4
HEAD, FOOT = (297 - 24) * POINTS, 21 * POINTS
KINDS = ("public", "restricted", "draft")


def table(number: int, *, rows: int, words: str = "Drug Activity") -> Table:
    columns = (
        Column("Crime type", 40),
        Column("Disruptions", 20, numeric=True, strong=True),
        Column("Previous quarter", 20, numeric=True),
        Column("Status", 20),
    )
    body = tuple(
        Row(
            (
                Cell(f"{words} {row}"),
                Cell("69"),
                Cell("62 [r]", change="+7 (+11%)"),
                Cell(status.heading, status=status),
            )
        )
        for row, status in enumerate(islice(cycle(Status), rows - 1), 1)
    )
    total = Row((Cell("All"), Cell("690"), Cell("620"), Cell("")), total=True)
    return Table(
        f"table-{number}",
        f"Headline of table {number}",
        f"Subtitle of table {number}",
        columns,
        (*body, total),
        source="demonstration data",
        number=f"Table {number}",
    )


def chart() -> Chart:
    series = Series("disruptions", "Disruptions", (69, 40))
    return Chart(
        "by-type",
        "Drugs lead",
        "Disruptions by crime type",
        "Drug Activity had 69 disruptions and Firearms 40.",
        Bars(("Drug Activity", "Firearms"), series),
        table(0, rows=3),
        number="Figure 1",
    )


def paragraph(number: str, text: str = WORDS, *, restricted: bool = False) -> Paragraph:
    marking = Marking.OFFICIAL_SENSITIVE if restricted else Marking.OFFICIAL
    return Paragraph(f"<p>{text}</p>", number, marking, restricted)


def section(key: str, heading: str, *blocks: Block, appendix: bool = False) -> Section:
    part = Part("part", f"Part of {heading}", blocks)
    return Section(key, heading, (part,), appendix=appendix)


def content(
    audience: Audience, *sections: Section, header: Mapping[str, Any] | None = None
) -> Content:
    restricted = audience == Audience.RESTRICTED
    facts: dict[str, Any] = {
        "office": "West Midlands Police and Crime Commissioner",
        "board": "Strategic Policing and Crime Board",
        "title": "National threats, 2018/19 Q2",
        "subtitle": "July to September 2018",
        "marking": Marking.OFFICIAL_SENSITIVE if restricted else Marking.OFFICIAL,
        "meeting_date": date(2018, 10, 16),
        "agenda_item": "7",
        "report_of": "Chief Constable",
        "author": "Policy officer",
        "contact": "threats@board.example",
        "presented_for": "discussion",
        "private_ground": "Local Government Act 1972, Schedule 12A." if restricted else "",
    }
    return Content(
        Quarter(2018, 2),
        audience,
        Header(**(facts | dict(header or {}))),
        sections,
        as_at=date(2018, 10, 9),
        demonstration=True,
    )


def sample(audience: Audience, **options: Any) -> Content:
    """A paper with every kind of block, and a table over several pages."""
    links = "".join(f'<a href="#{to}">here</a> ' for to in ("table-1", "figure-1", "p1"))
    own = (paragraph("2A", restricted=True),) if audience == Audience.RESTRICTED else ()
    return content(
        audience,
        section("purpose", "Purpose", paragraph("1", links)),
        section("rocu", "Organised crime", paragraph("2", WORDS * 6), *own, chart()),
        section("ctu", "Counter terrorism", Note("No activity was recorded."), table(1, rows=9)),
        section("data", "Appendix A: Data tables", table(2, rows=60), appendix=True),
        **options,
    )


def made(value: Content, *, draft: bool = False, drawing: str = SVG) -> bytes:
    return pdf.pdf(
        value,
        drawings={"by-type": drawing},
        number=None if draft else 1,
        content_hash=hashlib.sha256(to_json(value)).hexdigest(),
        made_on=date(2018, 10, 10),
    )


def sheets(data: bytes) -> list[str]:
    """The text of each page, running heads and feet included."""
    return [leaf.get_textpage().get_text_range() for leaf in pypdfium2.PdfDocument(data)]


def last_lines(data: bytes) -> list[str]:
    """The lowest line of each page above its foot."""
    lines = []
    for leaf in pypdfium2.PdfDocument(data):
        text = leaf.get_textpage().get_text_bounded(bottom=FOOT, top=HEAD)
        lines.append([line for line in text.splitlines() if line.strip()][-1].strip())
    return lines


def header_cells(data: bytes) -> Iterator[pikepdf.Object]:
    with pikepdf.open(io.BytesIO(data)) as document:
        for value in document.objects:
            if isinstance(value, pikepdf.Dictionary) and value.get("/S") == "/TH":
                yield value


@pytest.fixture(scope="module")
def papers() -> dict[str, bytes]:
    return {
        "public": made(sample(Audience.PUBLIC)),
        "restricted": made(sample(Audience.RESTRICTED)),
        "draft": made(
            sample(Audience.RESTRICTED, header={"meeting_date": None, "author": ""}), draft=True
        ),
    }


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("profile", ["3a", "ua1"])
def test_every_paper_is_archival_and_accessible(
    papers: dict[str, bytes], kind: str, profile: str
) -> None:
    report = validation.validate_pdf_bytes(papers[kind], profile=profile)
    assert report.is_compliant, [failure.message for failure in report.failures]


def test_every_character_that_may_be_entered_is_printed() -> None:
    every = (chr(number) for number in range(0x21, 0x110000))
    said = " ".join(html.escape(one) for one in every if not odd(one))

    data = made(content(Audience.PUBLIC, section("all", "All", paragraph("1", said))))

    assert conformance.failures(data) == ()


def test_a_character_that_no_font_has_is_printed_as_a_box_and_one_unseen_is_left_out() -> None:
    said = "be\u200bfore \U0001f50d \u000b \ufffe \ue000 after"
    value = content(
        Audience.PUBLIC,
        section("one", f"One {said}", paragraph("1", said), table(1, rows=3, words=said)),
        chart_section(said),
        header={"title": said, "author": said},
    )

    data = made(value, drawing=SVG.replace(">69<", ">\U0001f50d<"))

    assert conformance.failures(data) == ()
    assert "before □ □ □ □ after" in " ".join(sheets(data)[0].split())
    assert made(value, drawing=SVG.replace(">69<", ">\U0001f50d<")) == data


def chart_section(said: str) -> Section:
    return section("two", "Two", replace(chart(), sentence=said, headline=said))


def test_150_letters_without_a_break_stay_on_the_page() -> None:
    long = "W" * 150
    data = made(
        content(
            Audience.RESTRICTED,
            section("one", long, paragraph("1", long), table(1, rows=3, words=long), Note(long)),
            chart_section(long),
            header={"title": long, "subtitle": long, "author": long, "private_ground": long},
        )
    )

    for leaf in pypdfium2.PdfDocument(data):
        page = leaf.get_textpage()
        for place in range(page.count_chars()):
            left, _, right, _ = page.get_charbox(place)
            assert left == right or 22 * POINTS - 1 <= left < right <= (210 - 22) * POINTS + 1
    assert sum(one.count("W") for one in sheets(data)) >= 150 * 12


def test_the_same_content_gives_the_same_bytes(papers: dict[str, bytes]) -> None:
    environment = dict(os.environ)
    assert made(sample(Audience.PUBLIC)) == papers["public"]
    assert dict(os.environ) == environment


def test_other_content_gives_another_identifier(papers: dict[str, bytes]) -> None:
    identifiers = set()
    for data in papers.values():
        with pikepdf.open(io.BytesIO(data)) as document:
            identifiers.add(bytes(document.trailer.ID[0]))
    assert len(identifiers) == len(papers)


@pytest.mark.parametrize("kind", KINDS)
def test_every_page_bears_its_marking_twice_its_edition_and_its_number(
    papers: dict[str, bytes], kind: str
) -> None:
    pages = sheets(papers[kind])
    marking = "OFFICIAL" if kind == "public" else "OFFICIAL-SENSITIVE"
    edition = "Draft, not published" if kind == "draft" else f"{kind.capitalize()} edition 1"
    for number, text in enumerate(pages, 1):
        assert text.count(marking) >= 2
        assert f"{edition} · " in text
        assert "2018/19 Q2 · Item 7" in text
        assert f"Page {number} of {len(pages)}" in text


def test_a_draft_says_so_on_every_page_and_an_edition_nowhere(papers: dict[str, bytes]) -> None:
    assert all("OFFICIAL-SENSITIVE · DRAFT" in text for text in sheets(papers["draft"]))
    assert not any("DRAFT" in text for text in sheets(papers["restricted"]))


def test_a_draft_says_what_is_not_yet_set_and_an_edition_leaves_it_out(
    papers: dict[str, bytes],
) -> None:
    assert sheets(papers["draft"])[0].count("Not yet set") == 2
    bare = sample(Audience.PUBLIC, header={"meeting_date": None, "author": "", "agenda_item": ""})
    first = sheets(made(bare))[0]
    assert "Not yet set" not in first
    assert "Author" not in first
    assert "Item" not in first


def test_every_foot_bears_twelve_digits_of_the_hash_and_the_last_page_all(
    papers: dict[str, bytes],
) -> None:
    digest = hashlib.sha256(to_json(sample(Audience.PUBLIC))).hexdigest()
    pages = sheets(papers["public"])
    assert all(pdf.content_code(digest) in text for text in pages)
    assert digest in pages[-1].replace(" ", "")


def test_only_a_restricted_paper_states_the_ground_for_private_session(
    papers: dict[str, bytes],
) -> None:
    assert "Schedule 12A" in sheets(papers["restricted"])[0]
    assert "Private session" not in "".join(sheets(papers["public"]))


def test_demonstration_data_is_called_so(papers: dict[str, bytes]) -> None:
    assert "invented figures that describe no real police work" in sheets(papers["public"])[0]


def test_the_contents_give_each_section_its_paragraphs_and_page(papers: dict[str, bytes]) -> None:
    first = " ".join(sheets(papers["restricted"])[0].split())
    assert "Organised crime 2–2A" in first
    last = next(
        number
        for number, text in enumerate(sheets(papers["restricted"]), 1)
        if "Headline of table 2" in text
    )
    assert f"Appendix A: Data tables {last}" in first


def test_a_paragraph_is_read_after_its_number(papers: dict[str, bytes]) -> None:
    text = " ".join("".join(sheets(papers["restricted"])).split())
    assert f"2. {WORDS.strip()}" in text
    assert f"2A. {WORDS}(OFFICIAL-SENSITIVE)" in text


def test_the_head_of_a_long_table_stands_on_each_of_its_pages(papers: dict[str, bytes]) -> None:
    pages = sheets(papers["public"])
    (begins,) = (place for place, text in enumerate(pages) if "Headline of table 2" in text)
    over = [text for text in pages[begins + 1 :] if "Drug Activity" in text]
    assert over
    assert all("Previous quarter" in " ".join(text.split()) for text in over)


def test_every_header_cell_says_what_it_heads(papers: dict[str, bytes]) -> None:
    scopes = [str(cell.A.Scope) for cell in header_cells(papers["restricted"])]
    assert set(scopes) == {"/Column", "/Row"}


def test_a_link_tells_in_words_where_it_leads(papers: dict[str, bytes]) -> None:
    with pikepdf.open(io.BytesIO(papers["public"])) as document:
        said = {str(link.Contents) for leaf in document.pages for link in leaf.get("/Annots", [])}
    assert {"Go to Table 1", "Go to Figure 1", "Go to Paragraph 1", "Go to Purpose"} <= said


def test_a_figure_is_placed_where_it_is_drawn(papers: dict[str, bytes]) -> None:
    with pikepdf.open(io.BytesIO(papers["public"])) as document:
        (figure,) = (
            value
            for value in document.objects
            if isinstance(value, pikepdf.Dictionary) and value.get("/S") == "/Figure"
        )
        left, bottom, right, top = (float(side) for side in figure.A.BBox.as_list())
        assert str(figure.Alt) == chart().sentence
    assert left == pytest.approx(36 * POINTS, abs=1)
    assert right - left == pytest.approx(152 * POINTS, abs=1)
    assert FOOT < bottom < top < HEAD


def test_only_the_papers_own_fonts_are_embedded(papers: dict[str, bytes]) -> None:
    with pikepdf.open(io.BytesIO(papers["draft"])) as document:
        names = {
            str(value.FontName)
            for value in document.objects
            if isinstance(value, pikepdf.Dictionary) and value.get("/Type") == "/FontDescriptor"
        }
    assert names
    assert all("+Source-S" in name for name in names)


def test_nothing_is_fetched(tmp_path: Path) -> None:
    asked: list[str] = []

    class Listener(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_error(404)

        def log_message(self, *arguments: object) -> None:
            """Keeps quiet."""

    leak = tmp_path / "leak.svg"
    leak.write_text(SVG.replace("69", "leaked"))
    server = ThreadingHTTPServer(("127.0.0.1", 0), Listener)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    address = f"http://127.0.0.1:{server.server_port}"
    hostile = (
        f'<img alt="a" src="{address}/image"><img alt="b" src="{leak.as_uri()}">'
        f'<link rel="stylesheet" href="{address}/style"><link rel="attachment" href="{leak.as_uri()}">'
        f'<style>@import url("{address}/import"); p {{ background: url("{address}/ground") }}</style>'
        f'<object data="{address}/object"></object><a href="{address}/link">Link</a>'
    )
    try:
        data = made(content(Audience.PUBLIC, section("a", "A", paragraph("1", hostile))))
    finally:
        server.shutdown()
        server.server_close()
    assert asked == []
    assert "leaked" not in "".join(sheets(data))
    with pikepdf.open(io.BytesIO(data)) as document:
        assert not document.attachments


def test_no_heading_caption_head_or_number_is_stranded_at_the_foot_of_a_page() -> None:
    sections = []
    for number in range(1, 17):
        blocks: list[Block] = [
            paragraph(str(2 * number), WORDS * (number * 7 % 11 + 1)),
            table(number, rows=(4, 20, 9)[number % 3]),
        ]
        if number % 2:
            blocks.reverse()
        sections.append(section(f"s{number}", f"Section {number}", *blocks))
    ends = last_lines(made(content(Audience.PUBLIC, *sections)))
    assert len(ends) > 8
    for end in ends:
        assert not end.startswith(("Section", "Part of", "Table", "Subtitle", "Crime type")), ends
        assert not end.removesuffix(".").isdigit(), ends


def test_an_exhibit_sinks_below_paragraphs_rather_than_leave_half_a_page_empty() -> None:
    tall = SVG.replace("200", "700")
    figure = chart()
    value = content(
        Audience.PUBLIC,
        section("a", "A", paragraph("1", WORDS * 3), figure, paragraph("2", WORDS * 20)),
    )
    data = made(value, drawing=tall)
    text = " ".join(sheets(data))
    assert text.index("2. Officers") < text.index("Figure 1:")


def test_the_one_paragraph_under_a_heading_ends_no_page_without_its_exhibit() -> None:
    led = set()
    for lines in range(2, 30, 3):
        value = content(
            Audience.PUBLIC,
            section("a", "A", paragraph("1", WORDS * lines)),
            section("b", "B", paragraph("2", WORDS * 2), table(1, rows=20)),
        )
        pages = [" ".join(text.split()) for text in sheets(made(value))]
        (page,) = (text for text in pages if "2. Officers" in text)
        assert "Headline of table 1" in page
        led.add("1. Officers" in page)
    assert led == {True, False}


def test_a_figure_without_room_changes_places_with_the_table_after_it() -> None:
    tall = SVG.replace("200", "600")
    figure = chart()
    before = paragraph("1", WORDS * 6), paragraph("2")
    value = content(Audience.PUBLIC, section("a", "A", *before, figure, table(1, rows=5)))

    data = made(value, drawing=tall)

    first, second = sheets(data)
    assert "Headline of table 1" in first
    assert "Figure 1:" in second


def test_a_long_heading_stands_on_one_line_at_the_head_of_each_page() -> None:
    heading = "Appendix F: Withheld from the public edition"
    value = content(Audience.PUBLIC, section("f", heading, table(1, rows=90), appendix=True))

    for leaf in pypdfium2.PdfDocument(made(value)):
        head = leaf.get_textpage().get_text_bounded(bottom=HEAD).splitlines()
        assert len([line for line in head if line.strip()]) <= 3, head
    assert "Appendix F: Withheld from the …" in sheets(made(value))[-1]


def test_a_short_table_stays_whole_where_it_fits() -> None:
    for lines in range(2, 40, 6):
        value = content(
            Audience.PUBLIC,
            section(
                "a",
                "A",
                paragraph("1", WORDS * lines),
                paragraph("2"),
                table(1, rows=6),
                table(2, rows=6),
            ),
        )
        pages = [" ".join(text.split()) for text in sheets(made(value))]
        for number in (1, 2):
            (whole,) = (text for text in pages if f"Headline of table {number}" in text)
            assert "Drug Activity 5" in whole[whole.index(f"Headline of table {number}") :]


def test_a_chart_that_is_not_drawn_is_named() -> None:
    with pytest.raises(KeyError, match="by-type"):
        pdf.html(
            sample(Audience.PUBLIC),
            drawings={},
            number=1,
            content_hash="0" * 64,
            made_on=date(2018, 10, 10),
        )


class NoPango:
    """An importer that fails as WeasyPrint does where its library is missing."""

    @staticmethod
    def find_spec(name: str, *arguments: object) -> None:
        if name == "weasyprint":
            raise OSError("cannot load library 'libpango-1.0-0'")


def test_a_machine_without_pango_is_told_the_remedy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "weasyprint", raising=False)
    monkeypatch.setattr(sys, "meta_path", [NoPango, *sys.meta_path])
    with pytest.raises(pdf.PangoMissing, match="apt-get install libpango"):
        made(sample(Audience.PUBLIC))


def test_a_checkout_without_fonts_is_told_the_remedy(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(settings, "BASE_DIR", tmp_path)
    with pytest.raises(pdf.FontsMissing, match="npm ci"):
        made(sample(Audience.PUBLIC))


def test_a_paper_that_takes_too_long_is_given_up_and_the_next_is_set_as_before(
    papers: dict[str, bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    endless = content(Audience.PUBLIC, section("data", "Data", table(1, rows=2000)))
    monkeypatch.setattr(errors, "LIMIT", 0.5)

    with pytest.raises(ToolFailed, match="The paper was not finished within"):
        made(endless)

    monkeypatch.undo()
    assert made(sample(Audience.PUBLIC)) == papers["public"]


def test_a_tool_that_only_waits_is_given_up_as_well(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(errors, "LIMIT", 0.1)
    begun = monotonic()

    with pytest.raises(ToolFailed, match="was given up"), errors.limited("The paper"):
        sleep(60)

    assert monotonic() - begun < 10


def test_no_stream_ends_so_that_its_length_is_in_doubt() -> None:
    """Of 2,000 streams, eight or so would end with a carriage return."""
    for number in range(40):
        document, packed = pikepdf.new(), io.BytesIO()
        document.Root.Words = document.make_indirect(pikepdf.String(f"some words {number}"))
        document.save(packed, object_stream_mode=pikepdf.ObjectStreamMode.generate)
        document = pikepdf.open(packed)
        document.Root.Streams = pikepdf.Array(
            [pikepdf.Stream(document, f"{number} {place}".encode()) for place in range(50)]
        )

        data = pdf_ua.saved(document)

        assert pdf.UNPLAIN_END not in data
        assert len(pikepdf.open(io.BytesIO(data)).Root.Streams) == 50
