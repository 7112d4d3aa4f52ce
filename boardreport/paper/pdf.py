"""The board paper: one audience's content as a PDF that is archival and accessible.

Valid as PDF/A-3a and PDF/UA-1, and the same bytes for the same arguments. The only module that knows
WeasyPrint, which sets the pages, and pikepdf, which adds what PDF/UA-1 wants beyond them.
"""

import gc
import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from functools import cache
from itertools import batched
from pathlib import Path
from threading import Lock
from typing import Any

import msgspec
from django.conf import settings
from django.template.loader import render_to_string
from django.utils.formats import date_format

from boardreport.charts.pictures import data_uri
from boardreport.errors import ToolFailed, limited
from boardreport.paper.pagination import paginated
from boardreport.paper.pdf_ua import made_accessible
from units.content.model import Content, Paragraph, Section
from units.domain.english import day_words
from units.domain.text import for_paper
from units.domain.vocabulary import Audience

try:
    import weasyprint
    from weasyprint.urls import URLFetcher
except OSError:  # Pango is not installed: told when a paper is wanted
    weasyprint = None

DRAFT_EDITION = "Draft, not published"

NOT_SET = "Not yet set"

BREAKABLE = """
#{0} {{ break-inside: auto }}
#{0}::before {{ content: ""; display: block; height: 40mm; margin-bottom: -40mm }}
"""
"""As the stylesheet treats a long table: it may break, but not before it has begun."""

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
    return made_accessible(pages, destinations=_destinations(content))


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
    if weasyprint is None:
        raise PangoMissing
    return weasyprint


@cache
def fetcher() -> "weasyprint.urls.URLFetcher":
    """The one fetcher: it knows the charts inside the page, no file and no network."""
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
