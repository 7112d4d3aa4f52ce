"""Search in what a reader may open: every word of editions, and of drafts for those who see them."""

import html
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping

import msgspec
import nh3
from django.contrib.auth.models import AnonymousUser, User
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from boardreport import board, numbering, reading
from boardreport.kept import Kept
from boardreport.reading import Shelf
from units.content import Content, Note, Paragraph, Section, Table
from units.quarters import Quarter
from units.terms import Audience
from units.wording import no_such_page, unknown_choice

SHORTEST, LONGEST, A_PAGE = 2, 100, 20
DRAFTS = 4
"""A year of drafts is searched: each is made from the records when it is asked for."""

AROUND = 140
"""Characters of an excerpt on either side of the first word found."""


_CHOSEN = {"q": "“q” (the words)", "page": "“page” (of what was found)"}
"""What an address may choose, in words."""

_SOUGHT = re.compile(r'"([^"]+)"|([^\s"]+)')
_ALIKE = str.maketrans("‘’ʼ‛′“”„‟″«»", "'''''" + '"""""""')
"""Marks that writers take for one another, as the one that a keyboard has."""


class Passage(msgspec.Struct, frozen=True):
    """A paragraph, or a row of a table, as plain text; `plain` is the same for comparing.

    `unit` is the key of the unit's page that shows it, "" where only the paper does.
    """

    label: str
    anchor: str
    unit: str
    text: str
    plain: str


class Found(msgspec.Struct, frozen=True):
    """A passage that holds every word, with the words marked in its excerpt."""

    quarter: Quarter
    label: str
    anchor: str
    unit: str
    excerpt: SafeString
    draft: bool = False


class Search(msgspec.Struct, frozen=True):
    """What a search found: `total` passages, of which `found` are shown; or why nothing was sought.

    `drafts` are the quarters that were searched though they are not published; `astray` says that the
    page asked for is not there; `unknown` names what an address asks for that the page does not know.
    """

    words: str
    problem: str = ""
    total: int = 0
    quarters: int = 0
    drafts: tuple[Quarter, ...] = ()
    found: tuple[Found, ...] = ()
    page: int = 1
    pages: int = 1
    astray: str = ""
    unknown: str = ""

    @property
    def phrase(self) -> bool:
        """Whether words of it are sought as a phrase."""
        return any(" " in one for one in sought_in(self.words))


def asked(parameters: Mapping[str, str], *, user: User | AnonymousUser) -> Search:
    """The search that an address asks for; none where it asks for what the page does not know."""
    words = parameters.get("q", "")
    if unknown := unknown_choice(parameters, _CHOSEN):
        return Search(" ".join(words.split())[:LONGEST], unknown=unknown)
    return search(words, user=user, page=parameters.get("page", "1"))


def search(words: str, *, user: User | AnonymousUser, page: str = "1") -> Search:
    """The passages that hold every word and phrase, newest quarter first: of editions, and of drafts.

    Words in quotation marks are a phrase.
    A page that is not there shows none of them, and is named. A reader who sees no drafts is answered
    from editions alone, whatever the records hold.
    """
    words = " ".join(words.split())
    if not words:
        return Search(words)
    sought = sought_in(words)
    if len("".join(sought)) < SHORTEST:
        return Search(words, problem=f"“{words}” is too short: write {SHORTEST} letters or more.")
    if len(words) > LONGEST:
        return Search(
            words[:LONGEST],
            problem=f"Write {LONGEST} letters or fewer: name the words that matter.",
        )
    who = reading.reader(user)
    open_to = reading.shelf(who)
    drafts = drafted(open_to) if who.reads_drafts else ()
    known = KEPT.of(open_to.latest.values())
    opened = {quarter: known[one.key] for quarter, one in open_to.latest.items()}
    opened |= {quarter: draft_passages(quarter) for quarter in drafts}
    hits = [
        (quarter, passage)
        for quarter in sorted(opened, reverse=True)
        for passage in opened[quarter]
        if all(word in passage.plain for word in sought)
    ]
    pages = max(1, -(-len(hits) // A_PAGE))
    here = int(page) if page.isdecimal() and len(page) < 6 else 0
    there = 1 <= here <= pages
    return Search(
        words,
        total=len(hits),
        quarters=len({quarter for quarter, _ in hits}),
        drafts=drafts,
        found=tuple(
            Found(quarter, one.label, one.anchor, one.unit, excerpt(one, sought), quarter in drafts)
            for quarter, one in (hits[(here - 1) * A_PAGE : here * A_PAGE] if there else ())
        ),
        page=here,
        pages=pages,
        astray="" if there else no_such_page(page, pages),
    )


def sought_in(words: str) -> list[str]:
    """Each word and each phrase in quotation marks, folded; a mark without its fellow is none."""
    found = _SOUGHT.findall(folded(words))
    return [one for phrase, word in found if (one := " ".join((phrase or word).split()))]


def drafted(open_to: Shelf) -> tuple[Quarter, ...]:
    """The quarters that are being written, newest first: those after the last that was published."""
    published = [quarter for quarter, listed in open_to.editions.items() if listed]
    return tuple(
        quarter
        for quarter in reversed(open_to.editions)
        if not published or quarter > max(published)
    )[:DRAFTS]


def draft_passages(quarter: Quarter) -> tuple[Passage, ...]:
    """Every passage of a draft as the records now stand, restricted words among them."""
    return passages(reading.draft(quarter, audience=Audience.RESTRICTED).content)


def passages(content: Content) -> tuple[Passage, ...]:
    """Every passage of a content; its definitions and its glossary stand in every other one too."""
    return tuple(
        one
        for section in content.sections
        if section.key not in numbering.EXPLAINING
        for one in _of_section(section)
    )


KEPT = Kept(passages)
"""The passages of the editions that were searched of late."""


def _of_section(section: Section) -> Iterator[Passage]:
    page = section.key if section.key in {kind.value for kind in board.UNITS} else ""
    for block in numbering.blocks_of(section):
        if isinstance(block, Paragraph):
            label = f"{section.heading}, paragraph {block.number}"
            yield _passage(label, block.anchor, "", block_text(block))
        elif isinstance(block, Note):
            continue
        else:
            table = block if isinstance(block, Table) else block.table
            label = f"{section.heading}, {block.number.lower()}"
            yield _passage(label, block.anchor, page, f"{block.headline}. {block.subtitle}")
            for row in table.rows:
                cells = [cell.text for cell in row.cells if any(map(str.isalpha, cell.text))]
                yield _passage(label, block.anchor, page, " · ".join(cells))


def block_text(paragraph: Paragraph) -> str:
    """A paragraph without its tags."""
    return " ".join(html.unescape(nh3.clean(paragraph.html, tags=set())).split())


def _passage(label: str, anchor: str, unit: str, text: str) -> Passage:
    return Passage(label, anchor, unit, text, folded(text))


def folded(text: str) -> str:
    """A text for comparing: without case and accents, letter for letter as long as the text.

    Straight and curly marks are one.
    """
    alike = text.translate(_ALIKE)
    return "".join(unicodedata.normalize("NFKD", letter)[0].lower()[0] for letter in alike)


def excerpt(passage: Passage, sought: Iterable[str]) -> SafeString:
    """The text around the first word found, every word found marked."""
    places = sorted(
        {
            place
            for word in sought
            for start in _starts(passage.plain, word)
            for place in range(start, start + len(word))
        }
    )
    first = max(0, places[0] - AROUND)
    if first:
        first = passage.text.find(" ", first, places[0]) + 1 or first
    last = min(len(passage.text), places[0] + AROUND)
    if last < len(passage.text):
        last = max(passage.text.rfind(" ", places[0], last), min(places[0] + 1, last))
    marked = set(places)
    runs: list[tuple[bool, str]] = []
    for place in range(first, last):
        mark = place in marked
        if runs and runs[-1][0] == mark:
            runs[-1] = (mark, runs[-1][1] + passage.text[place])
        else:
            runs.append((mark, passage.text[place]))
    return format_html(
        "{}{}{}",
        "… " if first else "",
        format_html_join(
            "",
            "{}",
            ((format_html("<mark>{}</mark>", text) if mark else text,) for mark, text in runs),
        ),
        " …" if last < len(passage.text) else "",
    )


def _starts(text: str, word: str) -> Iterator[int]:
    place = text.find(word)
    while place >= 0:
        yield place
        place = text.find(word, place + 1)
