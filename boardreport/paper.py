"""The board paper: one audience's content as a PDF that is archival and accessible.

Valid as PDF/A-3a and PDF/UA-1, and the same bytes for the same arguments. The only module that knows
WeasyPrint, which sets the pages, and pikepdf, which adds what PDF/UA-1 wants beyond them.
"""

import base64
import gc
import io
import os
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from functools import cache
from itertools import batched, pairwise, takewhile
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any

import msgspec
from django.conf import settings
from django.template.loader import render_to_string
from django.utils.formats import date_format
from django.utils.html import strip_tags

from boardreport.charts import Drawing
from boardreport.tools import ToolFailed
from units.content import Block, Chart, Content, Paragraph, Part, Section, Table
from units.terms import Audience
from units.wording import day_words

if TYPE_CHECKING:
    import pikepdf
    import weasyprint

DRAFT_EDITION = "Draft, not published"
NOT_SET = "Not yet set"

MILLIMETRE = 96 / 25.4
POINTS_PER_PIXEL = 0.75
LINE = 15.75 / POINTS_PER_PIXEL
CHARACTERS_A_LINE = 85

LAYOUTS = 3
"""How often the pages are laid out at most; each time costs as much as the first."""

WIDE_GAP = 48 * MILLIMETRE
"""More room than this at a page's foot is worth laying the pages out once more."""

WIDEST_GAP = 84 * MILLIMETRE
"""More than this, a third of a page, is worth breaking a table that would fit on one."""

HEADINGS = 30 * MILLIMETRE
"""An exhibit that begins higher on its page than this has only headings above it."""

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
    stylesheet and the fonts enters the bytes.
    """

    def text_of(arranged: Content) -> str:
        return html(
            arranged,
            drawings=drawings,
            number=number,
            content_hash=content_hash,
            made_on=made_on,
        )

    with setting(), _collector_paused():
        document = _laid_out(content, text_of=text_of)
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
            "drawings": {chart.key: _drawing(drawings[chart.key]) for chart in content.charts()},
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


def _drawing(svg: str) -> Drawing:
    data = base64.b64encode(svg.encode()).decode()
    return Drawing(
        wide="",
        narrow="",
        wide_dark="",
        narrow_dark="",
        paper=f"data:image/svg+xml;base64,{data}",
    )


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


def _laid_out(
    content: Content, *, text_of: Callable[[Content], str]
) -> "weasyprint.document.Document":
    """The pages, laid out anew where an exhibit that found no room left a page too empty.

    Paragraphs that follow such an exhibit go before it, or else an exhibit of the other kind, which is
    numbered apart; where they are too few, a table may break. What is let down moves the pages after
    it, so that another gap may open there: of a few layouts the one with the fewest pages and the
    least room lost is taken.
    """
    breakable: set[str] = set()
    tried: list[tuple[tuple[int, float], weasyprint.document.Document]] = []
    for _ in range(LAYOUTS):
        document = _layout(text_of(content), breakable=sorted(breakable))
        gaps = _gaps(document, exhibits=content.exhibits())
        lost = len(document.pages), sum(gaps.values())
        tried.append((lost, document))
        arranged = _sunk(content, gaps=gaps, depths=_depths(document))
        broken = breakable.union(_too_short_of_text(content, gaps=gaps))
        if arranged == content and broken == breakable:
            break
        content, breakable = arranged, broken
    return min(tried, key=lambda one: one[0])[1]


def _layout(text: str, *, breakable: Iterable[str] = ()) -> "weasyprint.document.Document":
    library = _weasyprint()
    rules = "".join(BREAKABLE.format(table) for table in breakable)
    return library.HTML(string=text, url_fetcher=_fetcher()).render(
        stylesheets=[_stylesheet(), library.CSS(string=rules, url_fetcher=_fetcher())]
    )


def _gaps(
    document: "weasyprint.document.Document", *, exhibits: Iterable[Table | Chart]
) -> dict[str, float]:
    """Exhibits that open a page and left too much of the page before it empty: how much, in pixels."""
    unseen = {exhibit.anchor for exhibit in exhibits}
    gaps = {}
    for before, page in pairwise(document.pages):
        unseen -= before.anchors.keys()
        box = before._page_box
        head, depth = box.content_box_y(), box.height
        gap = head + depth - _foot(box.children[0])
        if gap > WIDE_GAP:
            for name in unseen & page.anchors.keys():
                if page.anchors[name][1] < head + HEADINGS:
                    gaps[name] = gap
    return gaps


def _foot(box: Any) -> float:
    """The lower edge of what a box shows: below its last line or picture there may be nothing."""
    inner = getattr(box, "children", ())
    if inner:
        return max(_foot(child) for child in inner)
    return float(box.position_y + box.height)


def _depths(document: "weasyprint.document.Document") -> dict[str, float]:
    """How deep each box that has an identifier is, in pixels, in all its pages together."""
    found: dict[str, float] = {}

    def measure(box: Any) -> None:
        if box.element is not None and not box.element_tag.endswith("::before"):
            name = box.element.get("id")
            if name:
                found[name] = found.get(name, 0) + box.margin_height()
        for child in getattr(box, "children", ()):
            measure(child)

    for page in document.pages:
        measure(page._page_box)
    return found


def _sunk(content: Content, *, gaps: Mapping[str, float], depths: Mapping[str, float]) -> Content:
    """The content with exhibits let down below others of the same part, to fill the gaps."""
    replace = msgspec.structs.replace
    return replace(
        content,
        sections=tuple(
            replace(
                section,
                parts=tuple(_sunk_part(part, gaps=gaps, depths=depths) for part in section.parts),
            )
            for section in content.sections
        ),
    )


def _sunk_part(part: Part, *, gaps: Mapping[str, float], depths: Mapping[str, float]) -> Part:
    """The first exhibit that found no room, and those at its heels, below what can fill its gap."""
    for place, block in _exhibits(part):
        if block.anchor in gaps:
            room = gaps[block.anchor]
            run, filling = _run_and_filling(part.blocks[place:], room=room)
            rest = part.blocks[place + len(run) + len(filling) :]
            if not filling:
                run = _other_kind_first(run, room=room, depths=depths)
            return msgspec.structs.replace(part, blocks=part.blocks[:place] + filling + run + rest)
    return part


def _other_kind_first(
    run: tuple[Block, ...], *, room: float, depths: Mapping[str, float]
) -> tuple[Block, ...]:
    """A figure before which the table after it has room changes places with it; or the other way."""
    if len(run) > 1:
        first, second, *others = run
        if type(first) is not type(second) and depths.get(second.anchor, room) < room:
            return (second, first, *others)
    return run


def _too_short_of_text(content: Content, *, gaps: Mapping[str, float]) -> Iterator[str]:
    """The tables that must break, since the paragraphs after them do not fill their gaps."""
    for section in content.sections:
        for part in section.parts:
            for place, block in _exhibits(part):
                room = gaps.get(block.anchor, 0)
                _, filling = _run_and_filling(part.blocks[place:], room=room)
                if isinstance(block, Table) and room - sum(map(_depth, filling)) > WIDEST_GAP:
                    yield block.anchor


def _exhibits(part: Part) -> Iterator[tuple[int, Table | Chart]]:
    for place, block in enumerate(part.blocks):
        if isinstance(block, Table | Chart):
            yield place, block


def _run_and_filling(
    blocks: tuple[Block, ...], *, room: float
) -> tuple[tuple[Block, ...], tuple[Paragraph, ...]]:
    """The exhibits at the head of some blocks, and as many paragraphs after them as a gap takes."""
    run = tuple(takewhile(lambda block: isinstance(block, Table | Chart), blocks))
    filling = []
    for block in blocks[len(run) :]:
        if room <= 0 or not isinstance(block, Paragraph):
            break
        filling.append(block)
        room -= _depth(block)
    return run, tuple(filling)


def _depth(paragraph: Paragraph) -> float:
    """About how deep a paragraph is, in pixels."""
    return LINE * (1 + len(strip_tags(paragraph.html)) / CHARACTERS_A_LINE)


def _weasyprint() -> Any:
    try:
        import weasyprint
    except OSError as error:
        raise PangoMissing from error
    return weasyprint


@cache
def _fetcher() -> "weasyprint.urls.URLFetcher":
    """The one fetcher: it knows the charts inside the page, no file and no network."""
    from weasyprint.urls import URLFetcher

    return URLFetcher(allowed_protocols=["data"], allow_redirects=False)


@cache
def _stylesheet() -> "weasyprint.CSS":
    text = (settings.BASE_DIR / "static" / "paper.css").read_text()
    return _weasyprint().CSS(string=text, url_fetcher=_fetcher())


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
    for package in ("source-sans", "source-serif"):
        fonts = settings.BASE_DIR / "node_modules" / package / "TTF"
        if not fonts.is_dir():
            raise FontsMissing(fonts)
    before = os.environ.get("FONTCONFIG_FILE")
    os.environ["FONTCONFIG_FILE"] = str(settings.BASE_DIR / "static" / "fonts.conf")
    try:
        yield
    finally:
        if before is None:
            del os.environ["FONTCONFIG_FILE"]
        else:
            os.environ["FONTCONFIG_FILE"] = before


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
