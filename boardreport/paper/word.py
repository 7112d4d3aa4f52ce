"""The board paper as a Word document, for secretariats that merge papers: from the same content.

Headings, captions, repeated table heads and numbers as in the PDF, numbers being text. The same
bytes for the same arguments. The only module that knows python-docx.
"""

import io
import zipfile
from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from html.parser import HTMLParser
from itertools import batched
from typing import Any

from django.urls import reverse
from docx import Document
from docx.enum.section import WD_ORIENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_TAB_ALIGNMENT
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor

from boardreport.pages.tracing import code_of
from boardreport.paper.pdf import content_code, edition_words, facts
from units.content.model import (
    Cell,
    Chart,
    Column,
    Content,
    Note,
    Paragraph,
    Row,
    Section,
    Table,
    with_texts,
)
from units.domain.text import for_xml

INK, BLUE, LIGHT = RGBColor(0x16, 0x22, 0x2E), RGBColor(0x1C, 0x55, 0x73), "EEF2F5"
CONTENT_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
FONT = "Arial"
HANGING, MEASURE = Mm(12), Mm(166)
EDGE = Pt(8.5)
"""The size of what stands at head and foot of each page."""
EPOCH = (1980, 1, 1, 0, 0, 0)
"""The date of every file within the document: a zip archive knows none before it."""


def docx(
    content: Content,
    *,
    pictures: Mapping[str, bytes],
    number: int | None,
    content_hash: str,
    made_on: date,
) -> bytes:
    """The paper as .docx; `pictures` holds each chart's PNG under its key, KeyError for one missing.

    `number` is the edition's, None for a draft.
    """
    content = with_texts(content, for_xml)
    edition, draft = edition_words(content, number), number is None
    code = content_code(content_hash)
    document = Document()
    _prepare(document, content, made_on, edition)
    _running(document, content, f"{edition} · {code}", draft=draft)
    _front(document, content, edition, code, made_on=made_on, draft=draft)
    writer = _Writer(document, content, pictures, number)
    for section in content.sections:
        writer.section(section)
    document.add_heading(f"About this {'draft' if draft else 'edition'}", 1)
    document.add_paragraph(
        f"{edition} of the paper for {content.quarter.label}. SHA-256 of its content: "
        + " ".join("".join(part) for part in batched(content_hash, 8, strict=True))
    )
    return _settled(document)


def marked(data: bytes, *, copy: str = "", superseded: str = "", latest: str = "") -> bytes:
    """The document as one reader gets it: the same bytes for the same arguments.

    `copy` are the words that mark a copy, at the foot of each page, "" for none; `superseded` says
    "by" which edition, and why, and is followed by `latest`, the address of the latest edition; ""
    where by none.
    """
    document = Document(io.BytesIO(data))
    copy, superseded = for_xml(copy), for_xml(superseded)
    if copy:
        line = document.sections[0].footer.add_paragraph()
        line.alignment = WD_ALIGN_PARAGRAPH.CENTER
        line.add_run(copy).font.size = EDGE
    if superseded:
        line = _notice(document, "Superseded", f"{superseded} The latest edition: ")
        _link(line, line.add_run(latest), latest)
        document.tables[0]._tbl.addnext(line._p)  # below the header block
    return _settled(document)


# ---------- the document, its styles and its edges ----------


def _prepare(document: Any, content: Content, made_on: date, edition: str) -> None:
    header, moment = content.header, datetime.combine(made_on, time(), UTC).replace(tzinfo=None)
    told = document.core_properties
    told.title, told.subject = (
        f"{header.title} ({edition})",
        f"Board paper, {content.quarter.months}",
    )
    told.author = told.last_modified_by = header.report_of or header.office
    told.category, told.keywords, told.comments = header.marking.label, "", ""
    told.language, told.revision = "en-GB", 1
    told.created = told.modified = moment
    page = document.sections[0]
    page.orientation, page.page_width, page.page_height = WD_ORIENT.PORTRAIT, Mm(210), Mm(297)
    page.left_margin = page.right_margin = Mm(22)
    page.top_margin, page.bottom_margin = Mm(24), Mm(24)
    for name, size, before, after in (
        ("Normal", 11, 0, 6), ("Title", 24, 6, 4), ("Subtitle", 12, 0, 8), ("Heading 1", 16, 16, 6),
        ("Heading 2", 13, 12, 4), ("Caption", 10, 8, 3),
    ):  # fmt: skip
        style = document.styles[name]
        style.font.name, style.font.size, style.font.italic = FONT, Pt(size), False
        style.font.color.rgb = BLUE if name == "Heading 2" else INK
        style.font.bold = name not in ("Normal", "Subtitle")
        fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
        for attribute in list(fonts.attrib):
            del fonts.attrib[attribute]
        for script in ("ascii", "hAnsi", "cs", "eastAsia"):
            fonts.set(qn(f"w:{script}"), FONT)
        form = style.paragraph_format
        form.space_before, form.space_after = Pt(before), Pt(after)
        form.keep_with_next = name.startswith("Heading") or name == "Caption"
    for language in document.styles.element.iter(qn("w:lang")):
        language.set(qn("w:val"), "en-GB")


def _running(document: Any, content: Content, foot: str, *, draft: bool) -> None:
    """The marking at head and foot of each page, the edition, the page's number."""
    header, page = content.header, document.sections[0]
    item = f" · Item {header.agenda_item}" if header.agenda_item else ""
    marking = f"{header.marking.label}{' · DRAFT' if draft else ''}"
    top = page.header.paragraphs[0]
    _tabbed(top, "", marking, f"{content.quarter.label}{item}")
    bottom = page.footer.paragraphs[0]
    _tabbed(bottom, foot, marking, "Page ")
    _field(bottom, "PAGE")
    bottom.add_run(" of ")
    _field(bottom, "NUMPAGES")
    for paragraph in (*page.header.paragraphs, *page.footer.paragraphs):
        for run in paragraph.runs:
            run.font.size = EDGE


def _tabbed(paragraph: Any, left: str, middle: str, right: str) -> None:
    stops = paragraph.paragraph_format.tab_stops
    stops.add_tab_stop(Mm(83), WD_TAB_ALIGNMENT.CENTER)
    stops.add_tab_stop(MEASURE, WD_TAB_ALIGNMENT.RIGHT)
    # the template's own header style has stops of its own
    paragraph.style = "Normal"
    paragraph.add_run(f"{left}\t")
    paragraph.add_run(middle).bold = True
    paragraph.add_run(f"\t{right}")


def _field(paragraph: Any, code: str) -> None:
    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), code)
    run = paragraph.add_run("1")
    field.append(run._r)
    paragraph._p.append(field)


def _front(
    document: Any,
    content: Content,
    edition: str,
    code: str,
    *,
    made_on: date,
    draft: bool,
) -> None:
    header = content.header
    document.add_paragraph().add_run(header.office).bold = True
    document.add_paragraph(header.title, style="Title")
    document.add_paragraph(header.subtitle, style="Subtitle")
    known = list(facts(content, edition, code, made_on=made_on, draft=draft))
    table = document.add_table(len(known), 2, style="Table Grid")
    _describe(table, "Header block", f"{header.title}: meeting, marking and edition")
    for row, fact in zip(table.rows, known, strict=True):
        row.cells[0].text, row.cells[1].text = fact.label, fact.text
        row.cells[0].paragraphs[0].runs[0].bold = True
        _compact(row.cells)
    _widths(table, (25, 75))
    notices = [(f"{one.edition}.", one.words) for one in content.corrections]
    if header.private_ground:
        notices.append(("Private session.", header.private_ground))
    if content.demonstration:
        invented = "invented figures that describe no real police work."
        notices.append(("Demonstration data:", invented))
    for name, words in notices:
        _notice(document, name, words)


def _notice(document: Any, name: str, words: str) -> Any:
    """A paragraph of the front that begins with its name in bold."""
    line = document.add_paragraph()
    line.paragraph_format.space_before = Pt(8)
    line.add_run(f"{name} ").bold = True
    line.add_run(words)
    return line


# ---------- sections ----------


class _Writer:
    """Writes sections block by block."""

    def __init__(
        self, document: Any, content: Content, pictures: Mapping[str, bytes], number: int | None
    ) -> None:
        self.document = document
        self.content = content
        self.pictures = pictures
        self.number = number
        self.marks = 0

    def section(self, section: Section) -> None:
        self.document.add_heading(section.heading, 1)
        for part in section.parts:
            if part.heading:
                self.document.add_heading(part.heading, 2)
            for block in part.blocks:
                match block:
                    case Paragraph():
                        self.paragraph(block)
                    case Note():
                        self.document.add_paragraph(block.text)
                    case Table():
                        self.table(block)
                    case Chart():
                        self.chart(block)

    def paragraph(self, block: Paragraph) -> None:
        first = self.document.add_paragraph()
        _hang(first)
        self.mark(first, block.anchor)
        first.add_run(f"{block.number}.\t").bold = True
        reader = _Reader(self.document, first)
        reader.feed(block.html)
        reader.close()
        if block.restricted:
            reader.current.add_run(f" ({block.marking.label})").bold = True

    def table(self, block: Table) -> None:
        self.caption(block)
        table = self.document.add_table(len(block.rows) + 1, len(block.columns))
        table.style = "Table Grid"
        _describe(table, f"{block.number}: {block.headline}", block.subtitle)
        _flag(table.rows[0], "w:tblHeader")
        for cell, column in zip(table.rows[0].cells, block.columns, strict=True):
            cell.text = column.label
            cell.paragraphs[0].runs[0].bold = True
            _shade(cell)
        for row, values in zip(table.rows[1:], block.rows, strict=True):
            _flag(row, "w:cantSplit")
            cells = row.cells
            for cell, value in zip(cells, values.cells, strict=True):
                _write(cell, value, values)
        for row in table.rows:
            cells = row.cells
            _compact(cells)
            _align(cells, block.columns)
        _widths(table, [column.width for column in block.columns])
        self.foot(block)

    def chart(self, block: Chart) -> None:
        self.caption(block)
        line = self.document.add_paragraph()
        line.paragraph_format.keep_with_next = True
        picture = line.add_run().add_picture(io.BytesIO(self.pictures[block.key]), width=Mm(152))
        described = picture._inline.docPr
        described.set("descr", block.sentence)
        described.set("title", f"{block.number}: {block.headline}")
        self.foot(block)

    def caption(self, block: Table | Chart) -> None:
        line = self.document.add_paragraph(style="Caption")
        self.mark(line, block.anchor)
        line.add_run(f"{block.number}: {block.headline}")
        about = self.document.add_paragraph()
        about.paragraph_format.keep_with_next = True
        about.add_run(block.subtitle).font.size = Pt(9)

    def foot(self, block: Table | Chart) -> None:
        code = code_of(self.content.quarter, block, self.number)
        told = [*block.notes, *([f"Source: {block.source}."] if block.source else []), ""]
        line = self.document.add_paragraph()
        line.paragraph_format.space_before = Pt(3)
        line.add_run(" ".join(told)).font.size = Pt(8.5)
        run = line.add_run(f"Trace {code}")
        run.font.size = Pt(8.5)
        _link(line, run, f"{self.content.site}{reverse('trace', args=[code])}")

    def mark(self, paragraph: Any, name: str) -> None:
        """A bookmark, to which references lead."""
        self.marks += 1
        for tag in ("w:bookmarkStart", "w:bookmarkEnd"):
            mark = OxmlElement(tag)
            mark.set(qn("w:id"), str(self.marks))
            if tag == "w:bookmarkStart":
                mark.set(qn("w:name"), name.replace("-", "_"))
            paragraph._p.append(mark)


class _Reader(HTMLParser):
    """A paragraph's safe HTML as runs; a list's items are paragraphs of their own."""

    def __init__(self, document: Any, first: Any) -> None:
        super().__init__()
        self.document = document
        self.current = first
        self.fresh = True
        self.bold = self.italic = 0
        self.link = ""
        self.lists: list[int] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        match tag:
            case "strong":
                self.bold += 1
            case "em":
                self.italic += 1
            case "a":
                self.link = dict(attrs).get("href") or ""
            case "br":
                self.current.add_run().add_break()
            case "ul" | "ol":
                self.lists.append(0 if tag == "ol" else -1)
            case "p" if not self.fresh and not self.lists:
                self._next(HANGING)
            case "li":
                self._next(HANGING + Mm(6) * len(self.lists))
                if self.lists[-1] >= 0:
                    self.lists[-1] += 1
                sign = f"{self.lists[-1]}." if self.lists[-1] >= 0 else "–"
                self.current.paragraph_format.first_line_indent = -Mm(6)
                self.current.add_run(f"{sign}\t")

    def handle_endtag(self, tag: str) -> None:
        match tag:
            case "strong":
                self.bold -= 1
            case "em":
                self.italic -= 1
            case "a":
                self.link = ""
            case "ul" | "ol":
                self.lists.pop()

    def handle_data(self, data: str) -> None:
        if not data.strip() and "\n" in data:
            return
        self.fresh = False
        run = self.current.add_run(data)
        run.bold, run.italic = bool(self.bold) or None, bool(self.italic) or None
        if self.link:
            _link(self.current, run, self.link)

    def _next(self, indent: int) -> None:
        self.current = self.document.add_paragraph()
        self.current.paragraph_format.left_indent = indent


def _link(paragraph: Any, run: Any, target: str) -> None:
    link = OxmlElement("w:hyperlink")
    if target.startswith("#"):
        link.set(qn("w:anchor"), target[1:].replace("-", "_"))
    else:
        place = paragraph.part.relate_to(target, RELATIONSHIP_TYPE.HYPERLINK, is_external=True)
        link.set(qn("r:id"), place)
    run.underline = True
    paragraph._p.append(link)
    link.append(run._r)


def _hang(paragraph: Any) -> None:
    form = paragraph.paragraph_format
    form.left_indent, form.first_line_indent = HANGING, -HANGING


# ---------- tables ----------


def _write(cell: Any, value: Cell, row: Row) -> None:
    line = cell.paragraphs[0]
    line.add_run(value.text).bold = row.total or None
    if value.change:
        line.add_run().add_break()
        line.add_run(value.change).font.size = Pt(7.5)


def _compact(cells: Any) -> None:
    for cell in cells:
        for paragraph in cell.paragraphs:
            paragraph.paragraph_format.space_after = Pt(1)
            for run in paragraph.runs:
                run.font.size = run.font.size or Pt(9)


def _align(cells: Any, columns: tuple[Column, ...]) -> None:
    for cell, column in zip(cells, columns, strict=True):
        if column.numeric:
            cell.paragraphs[0].alignment = WD_ALIGN_PARAGRAPH.RIGHT


def _widths(table: Any, shares: Any) -> None:
    table.autofit = False
    whole = sum(shares)
    for column, share in zip(table.columns, shares, strict=True):
        width = int(MEASURE * share / whole)
        column.width = width
        for cell in column.cells:
            cell.width = width


def _describe(table: Any, title: str, description: str) -> None:
    """A table's alternative text."""
    for tag, text in (("w:tblCaption", title), ("w:tblDescription", description)):
        told = OxmlElement(tag)
        told.set(qn("w:val"), text)
        table._tbl.tblPr.append(told)


def _flag(row: Any, tag: str) -> None:
    row._tr.get_or_add_trPr().append(OxmlElement(tag))


def _shade(cell: Any) -> None:
    shade = OxmlElement("w:shd")
    for name, value in (("val", "clear"), ("color", "auto"), ("fill", LIGHT)):
        shade.set(qn(f"w:{name}"), value)
    cell._tc.get_or_add_tcPr().append(shade)


def _settled(document: Any) -> bytes:
    """The document's bytes, each file in it dated alike, without the template's own leftovers."""
    for part in (document.part, document.part.package):
        for key, relation in list(part.rels.items()):
            if relation.reltype.endswith(("/stylesWithEffects", "/thumbnail")):
                del part.rels[key]
    written, settled = io.BytesIO(), io.BytesIO()
    document.save(written)
    with zipfile.ZipFile(written) as old, zipfile.ZipFile(settled, "w") as new:
        for name in old.namelist():
            info = zipfile.ZipInfo(name, EPOCH)
            info.compress_type, info.external_attr = zipfile.ZIP_DEFLATED, 0o600 << 16
            new.writestr(info, old.read(name))
    return settled.getvalue()
