"""The board paper: one audience's content as a PDF that is archival and accessible.

Valid as PDF/A-3a and PDF/UA-1, and the same bytes for the same arguments. The only module that knows
WeasyPrint, which sets the pages, and pikepdf, which adds what PDF/UA-1 wants beyond them.
"""

import gc
import io
import os
import zlib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from functools import cache
from itertools import batched
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any

import msgspec
from django.conf import settings
from django.template.loader import render_to_string
from django.utils.formats import date_format

from boardreport.charts.pictures import data_uri
from boardreport.pagination import paginated
from boardreport.tools import ToolFailed, limited
from units.content import Content, Paragraph, Section
from units.terms import Audience
from units.text import for_paper
from units.wording import day_words

if TYPE_CHECKING:
    import pikepdf
    import weasyprint

DRAFT_EDITION = "Draft, not published"
NOT_SET = "Not yet set"

POINTS_PER_PIXEL = 0.75

BREAKABLE = """
#{0} {{ break-inside: auto }}
#{0}::before {{ content: ""; display: block; height: 40mm; margin-bottom: -40mm }}
"""
"""As the stylesheet treats a long table: it may break, but not before it has begun."""

UA_IDENTIFICATION = b"""\
<rdf:Description rdf:about="" xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/">
<pdfuaid:part>1</pdfuaid:part>
</rdf:Description>
<rdf:Description rdf:about=""
 xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/"
 xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#"
 xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#">
<pdfaExtension:schemas><rdf:Bag><rdf:li rdf:parseType="Resource">
<pdfaSchema:schema>PDF/UA identification</pdfaSchema:schema>
<pdfaSchema:namespaceURI>http://www.aiim.org/pdfua/ns/id/</pdfaSchema:namespaceURI>
<pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix>
<pdfaSchema:property><rdf:Seq><rdf:li rdf:parseType="Resource">
<pdfaProperty:name>part</pdfaProperty:name>
<pdfaProperty:valueType>Integer</pdfaProperty:valueType>
<pdfaProperty:category>internal</pdfaProperty:category>
<pdfaProperty:description>The part of ISO 14289 to which the file conforms</pdfaProperty:description>
</rdf:li></rdf:Seq></pdfaSchema:property>
</rdf:li></rdf:Bag></pdfaExtension:schemas>
</rdf:Description>
"""
"""The PDF/UA-1 identifier, and the extension schema without which PDF/A-3a refuses it."""

UNPLAIN_END = b"\r\nendstream"
"""What no stream may end with: PDF/A would count the carriage return to the line end after it."""

PACKED_AT_MOST = 20

_one_at_a_time = Lock()


class PangoMissing(ToolFailed):
    """The library with which WeasyPrint sets text is not on this machine."""

    def __init__(self) -> None:
        super().__init__(
            "The paper can't be set: the Pango library is missing. Install it with "
            "apt-get install libpango-1.0-0 libpangoft2-1.0-0"
        )


class FontsMissing(ToolFailed):
    """The paper's own fonts are not on this machine; any others would change its pages."""

    def __init__(self, missing: Path) -> None:
        super().__init__(
            f"The paper can't be set: its fonts are missing from {missing}. Install them with npm ci"
        )


class Fact(msgspec.Struct, frozen=True):
    """A line of the header block."""

    label: str
    text: str
    strong: bool = False
    code: bool = False


class Entry(msgspec.Struct, frozen=True):
    """A line of the contents: a section and the paragraphs in it, such as "5 to 15"."""

    key: str
    heading: str
    paragraphs: str


def pdf(
    content: Content,
    *,
    drawings: Mapping[str, str],
    number: int | None,
    content_hash: str,
    made_on: date,
) -> bytes:
    """The paper as PDF; `drawings` holds each chart's SVG under its key.

    `number` is the edition's, None for a draft, `content_hash` the SHA-256 of the content in
    hexadecimal digits, `made_on` the date that the PDF bears. Nothing outside the arguments, the
    stylesheet and the fonts enters the bytes. A character that the paper's fonts lack is printed as a
    box, whatever fonts this machine has.
    """

    def lay_out(arranged: Content, breakable: Iterable[str]) -> "weasyprint.document.Document":
        text = html(
            arranged,
            drawings={key: for_paper(svg) for key, svg in drawings.items()},
            number=number,
            content_hash=content_hash,
            made_on=made_on,
        )
        return _layout(for_paper(text), breakable=breakable)

    with limited("The paper"), setting(), _collector_paused():
        document = paginated(content, lay_out=lay_out)
        pages = document.write_pdf(
            pdf_variant="pdf/a-3a", pdf_identifier=bytes.fromhex(content_hash)[:16]
        )
    return _made_accessible(pages, destinations=_destinations(content))


def html(
    content: Content,
    *,
    drawings: Mapping[str, str],
    number: int | None,
    content_hash: str,
    made_on: date,
) -> str:
    """The page that is set: self-contained, its charts inside it; KeyError for one not drawn."""
    code = content_code(content_hash)
    edition = edition_words(content, number)
    draft = number is None
    return render_to_string(
        "paper.html",
        {
            "content": content,
            "header": content.header,
            "medium": "paper",
            "pictures_of": lambda chart: data_uri(drawings[chart.key]),
            "edition": edition,
            "edition_number": number,
            "draft": draft,
            "restricted": content.audience == Audience.RESTRICTED,
            "facts": tuple(
                batched(
                    facts(content, edition, code, made_on=made_on, draft=draft),
                    2,
                    strict=False,
                )
            ),
            "contents": _contents(content),
            "code": code,
            "fingerprint": " ".join(
                "".join(part) for part in batched(content_hash, 8, strict=True)
            ),
            "made_on": made_on,
        },
    )


def edition_words(content: Content, number: int | None) -> str:
    """ "Public edition 1", as every page's foot names it; None is the number of a draft."""
    return DRAFT_EDITION if number is None else f"{content.audience.heading} edition {number}"


def content_code(content_hash: str) -> str:
    """The first twelve digits of a content's hash, as every page bears them: "30d1-6e17-066d"."""
    return "-".join("".join(part) for part in batched(content_hash[:12], 4, strict=True))


def facts(
    content: Content, edition: str, code: str, *, made_on: date, draft: bool
) -> Iterator[Fact]:
    """The header block, line by line; what is not known is left out, or said in a draft."""
    header = content.header
    meeting = date_format(header.meeting_date, "l j F Y") if header.meeting_date else ""
    purpose = header.presented_for[:1].upper() + header.presented_for[1:]
    absent = NOT_SET if draft else ""
    for fact in (
        Fact("Board", header.board or absent),
        Fact("Meeting", meeting or absent),
        Fact("Agenda item", header.agenda_item or absent),
        Fact("Presented for", purpose or absent, strong=True),
        Fact("Report of", header.report_of or absent),
        Fact("Author", header.author or absent),
        Fact("Marking", header.marking.label, strong=True),
        Fact("Contact", header.contact or absent),
        Fact("Edition", edition if draft else f"{edition}, {day_words(made_on)}", strong=draft),
        Fact("Content code", code, code=True),
    ):
        if fact.text:
            yield fact


def _contents(content: Content) -> tuple[tuple[Entry, ...], ...]:
    """Two columns, the longer one first."""
    entries = [_entry(section) for section in content.sections]
    return tuple(batched(entries, (len(entries) + 1) // 2, strict=False)) if entries else ()


def _entry(section: Section) -> Entry:
    numbers = [block.number for block in _paragraphs(section)]
    span = "–".join(dict.fromkeys((*numbers[:1], *numbers[-1:])))
    return Entry(section.key, section.heading, span)


def _paragraphs(section: Section) -> Iterator[Paragraph]:
    for part in section.parts:
        yield from (block for block in part.blocks if isinstance(block, Paragraph))


def _destinations(content: Content) -> dict[str, str]:
    """Every place that a link of the paper may lead to, with its name in words."""
    places = {section.key: section.heading for section in content.sections}
    for section in content.sections:
        places |= {block.anchor: f"Paragraph {block.number}" for block in _paragraphs(section)}
    return places | {exhibit.anchor: exhibit.number for exhibit in content.exhibits()}


def _layout(text: str, *, breakable: Iterable[str]) -> "weasyprint.document.Document":
    library = _weasyprint()
    rules = "".join(BREAKABLE.format(table) for table in breakable)
    return library.HTML(string=text, url_fetcher=fetcher()).render(
        stylesheets=[_stylesheet(), library.CSS(string=rules, url_fetcher=fetcher())]
    )


def _weasyprint() -> Any:
    try:
        import weasyprint
    except OSError as error:
        raise PangoMissing from error
    return weasyprint


@cache
def fetcher() -> "weasyprint.urls.URLFetcher":
    """The one fetcher: it knows the charts inside the page, no file and no network."""
    from weasyprint.urls import URLFetcher

    return URLFetcher(allowed_protocols=["data"], allow_redirects=False)


@cache
def _stylesheet() -> "weasyprint.CSS":
    text = (settings.BASE_DIR / "static" / "paper.css").read_text()
    return _weasyprint().CSS(string=text, url_fetcher=fetcher())


def check_tools() -> None:
    """PangoMissing or FontsMissing where no paper can be set on this machine."""
    _check_fonts()
    _weasyprint()


@contextmanager
def setting() -> Iterator[Any]:
    """WeasyPrint, for one at a time, with the paper's own fonts and no others."""
    with _one_at_a_time, _own_fonts():
        yield _weasyprint()


@contextmanager
def _own_fonts() -> Iterator[None]:
    """Fontconfig reads its file's name from the environment alone, each time a paper begins.

    With the machine's own file the pages would depend on the fonts that happen to be installed.
    """
    _check_fonts()
    before = os.environ.get("FONTCONFIG_FILE")
    os.environ["FONTCONFIG_FILE"] = str(settings.BASE_DIR / "static" / "fonts.conf")
    try:
        yield
    finally:
        if before is None:
            del os.environ["FONTCONFIG_FILE"]
        else:
            os.environ["FONTCONFIG_FILE"] = before


def _check_fonts() -> None:
    for package in ("source-sans", "source-serif"):
        fonts = settings.BASE_DIR / "node_modules" / package / "TTF"
        if not fonts.is_dir():
            raise FontsMissing(fonts)


@contextmanager
def _collector_paused() -> Iterator[None]:
    """A layout is one great web of objects that all live to its end: looking for garbage is waste."""
    paused = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if paused:
            gc.enable()


def _made_accessible(data: bytes, *, destinations: Mapping[str, str]) -> bytes:
    """What PDF/UA-1 asks for and WeasyPrint does not write."""
    import pikepdf

    with pikepdf.open(io.BytesIO(data)) as document:
        _identify(document)
        elements = tuple(_structure(document))
        _scope_headers(elements)
        _place_figures(elements)
        _name_links(document, destinations)
        return saved(document)


def saved(document: "pikepdf.Pdf") -> bytes:
    """The document's bytes, in which no stream ends with a carriage return: one in 256 does by chance.

    A page, picture or font that does gets one byte more, which means nothing there. The streams into
    which qpdf packs objects and their places come out otherwise where the catalogue does.
    """
    import pikepdf

    for stream in document.objects:
        if isinstance(stream, pikepdf.Stream) and _ends_unplainly(stream):
            stream.write(stream.read_bytes() + b"\n")
            if "/Length1" in stream:
                stream.Length1 += 1
    for packed in range(PACKED_AT_MOST):
        document.Root.Packed = pikepdf.Array([packed])
        finished = io.BytesIO()
        document.save(finished, deterministic_id=True, fix_metadata_version=False)
        data = finished.getvalue()
        if UNPLAIN_END not in data:
            break
    return data


def _ends_unplainly(stream: "pikepdf.Stream") -> bool:
    """Whether a stream ends with a carriage return, or will when qpdf has compressed it.

    The last byte of what is compressed is the checksum's, whatever the compression.
    """
    raw = stream.read_raw_bytes()
    compressed_later = "/Filter" not in stream and zlib.adler32(raw) & 0xFF == ord("\r")
    return raw.endswith(b"\r") or compressed_later


def _identify(document: "pikepdf.Pdf") -> None:
    metadata = document.Root.Metadata
    metadata.write(
        metadata.read_bytes().replace(b"</rdf:RDF>", UA_IDENTIFICATION + b"</rdf:RDF>", 1)
    )


def _structure(document: "pikepdf.Pdf") -> Iterator["pikepdf.Object"]:
    import pikepdf

    for value in document.objects:
        if isinstance(value, pikepdf.Dictionary) and value.get("/Type") == "/StructElem":
            yield value


def _scope_headers(elements: Iterable["pikepdf.Object"]) -> None:
    """Each header cell says what it heads.

    WeasyPrint ties cells to headers by identifiers, but repeats these where a table runs over a
    page; a scope says the same of a regular table, and the identifiers go.
    """
    import pikepdf

    for element in elements:
        if element.S == "/TH":
            column = element.P.P.S == "/THead"
            element.A.Scope = pikepdf.Name.Column if column else pikepdf.Name.Row
            if "/ID" in element:
                del element["/ID"]
        elif element.S == "/TD" and "/Headers" in element.A:
            del element.A["/Headers"]


def _place_figures(elements: Iterable["pikepdf.Object"]) -> None:
    """A figure's box in points from the foot of the page, not in pixels from its head."""
    import pikepdf

    for element in elements:
        if element.S == "/Figure":
            height = element.Pg.MediaBox[3]
            left, top, right, bottom = (
                float(side) * POINTS_PER_PIXEL for side in element.A.BBox.as_list()
            )
            element.A.BBox = pikepdf.Array(
                [
                    round(side, 2)
                    for side in (left, float(height) - bottom, right, float(height) - top)
                ]
            )


def _name_links(document: "pikepdf.Pdf", destinations: Mapping[str, str]) -> None:
    """A link tells in words where it leads."""
    for page in document.pages:
        for annotation in page.get("/Annots", []):
            if "/Dest" in annotation:
                place = str(annotation.Dest)
                annotation.Contents = f"Go to {destinations.get(place, place)}"
            else:
                address = str(annotation.A.URI)
                code = address.rstrip("/").rpartition("/trace/")[2] if "/trace/" in address else ""
                annotation.Contents = (
                    f"Open the records, trace {code}" if code else f"Open {address}"
                )
