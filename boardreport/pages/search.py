"""Search in what a reader may open: every word of editions, and of drafts for those who see them."""

import html
import re
import unicodedata
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from itertools import groupby

import msgspec
import nh3
from django.contrib.auth.models import AnonymousUser, User
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from boardreport.editions import access, repository
from boardreport.editions.kept import Kept
from boardreport.editions.repository import Shelf
from boardreport.editions.revised import RevisedSince
from boardreport.pages import tracing
from boardreport.report import numbering
from units.content.model import (
    Cell,
    Chart,
    Content,
    Note,
    Paragraph,
    Section,
    Table,
)
from units.domain.english import no_such_page, unknown_choice
from units.domain.quarters import Quarter
from units.domain.vocabulary import Audience

SHORTEST, LONGEST, A_PAGE = 2, 100, 20
DRAFTS = 4
"""A year of drafts is searched: each is made from the records when it is asked for."""

AROUND = 140
"""Characters of an excerpt on either side of the first word found."""

SHORT = 80
"""Characters of what is told in full, whether a word was found in it or not."""


_CHOSEN = {"q": "“q” (the words)", "page": "“page” (of what was found)"}
"""What an address may choose, in words."""

_SOUGHT = re.compile(r'"([^"]+)"|([^\s"]+)')
_ALIKE = str.maketrans("‘’ʼ‛′“”„‟″«»", "'''''" + '"""""""')
"""Marks that writers take for one another, as the one that a keyboard has."""


class Passage(msgspec.Struct, frozen=True):
    """A paragraph, an exhibit’s title, or a row of its table, as plain text.

    `unit` is the key of the unit's page that shows it, "" where only the paper does; `title` that of
    the exhibit whose row it is. `words` are sought: of a row its heading and its cells of words;
    `figures` are its other cells, each with its column's head, and `numbers` what they count, without
    separators. `plain` are the words for comparing, each on a line; `subject` is the first of them
    where it names what the others tell. `appendix` says that it stands in one.
    """

    label: str
    anchor: str
    unit: str
    words: tuple[str, ...]
    plain: str
    title: str = ""
    subject: str = ""
    figures: tuple[str, ...] = ()
    numbers: frozenset[str] = frozenset()
    appendix: bool = False


class Found(msgspec.Struct, frozen=True):
    """A passage that holds every word, with the words marked in its excerpt."""

    quarter: Quarter
    label: str
    anchor: str
    unit: str
    title: str
    excerpt: SafeString
    draft: bool = False


class Search(msgspec.Struct, frozen=True):
    """What a search found: `total` passages, of which `found` are shown; or why nothing was sought.

    `reports` are the quarters that were searched.

    `drafts` are the quarters that were searched though they are not published; `revised` those of
    which a row with figures is shown and a later report revised some; `astray` says that the
    page asked for is not there; `unknown` names what an address asks for that the page does not know.
    """

    words: str
    problem: str = ""
    total: int = 0
    quarters: int = 0
    reports: int = 0
    drafts: tuple[Quarter, ...] = ()
    revised: tuple[RevisedSince, ...] = ()
    found: tuple[Found, ...] = ()
    page: int = 1
    pages: int = 1
    astray: str = ""
    unknown: str = ""

    @property
    def coded(self) -> bool:
        """Whether they are of the form of a trace code, which is followed and not sought."""
        try:
            return bool(tracing.parsed(tracing.written(self.words)))
        except tracing.UnknownTrace:
            return False

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
    """The passages that hold every word and phrase: of editions, and of drafts.

    First those whose subject has all of them, then those that mention them or are in an appendix,
    then those that have them within other words; of each the newest quarter first, in the order of
    its paper. Words in quotation marks are a phrase.
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
    who = access.reader(user)
    open_to = repository.shelf(who)
    drafts = drafted(open_to) if who.reads_drafts else ()
    known = KEPT.of(open_to.latest.values())
    opened = {quarter: known[one.key] for quarter, one in open_to.latest.items()}
    opened |= {quarter: draft_passages(quarter) for quarter in drafts}
    hits = sorted(
        (
            (quarter, passage)
            for quarter in sorted(opened, reverse=True)
            for passage in opened[quarter]
            if all(_told(word, passage) for word in sought)
        ),
        key=_by_relevance(sought),
    )
    pages = max(1, -(-len(hits) // A_PAGE))
    here = int(page) if page.isdecimal() and len(page) < 6 else 0
    there = 1 <= here <= pages
    shown = hits[(here - 1) * A_PAGE : here * A_PAGE] if there else []
    counted = dict.fromkeys(quarter for quarter, one in shown if one.figures)
    return Search(
        words,
        total=len(hits),
        quarters=len({quarter for quarter, _ in hits}),
        reports=len(opened),
        drafts=drafts,
        revised=repository.revised(counted, open_to) if counted else (),
        found=tuple(
            Found(
                quarter,
                one.label,
                one.anchor,
                one.unit,
                one.title,
                excerpt(one, sought),
                quarter in drafts,
            )
            for quarter, one in shown
        ),
        page=here,
        pages=pages,
        astray="" if there else no_such_page(page, pages),
    )


def sought_in(words: str) -> list[str]:
    """Each word and each phrase in quotation marks, folded; a mark without its fellow is none."""
    found = _SOUGHT.findall(folded(words))
    return [one for phrase, word in found if (one := " ".join((phrase or word).split()))]


_NUMBER = re.compile(r"\d(?:[\d,.]*\d)?")


def _numbers_in(text: str) -> frozenset[str]:
    """Each number of a text as one writes it without thousands separators."""
    return frozenset(one.replace(",", "") for one in _NUMBER.findall(text))


def _told(word: str, passage: Passage) -> bool:
    """Whether a word stands in a passage, or a number is that of a figure, whole."""
    return word in passage.plain or _number(word) in passage.numbers


def _number(word: str) -> str:
    """A word that is a number, without what stands around it and between its thousands; else ""."""
    bare = word.strip("£%")
    return bare.replace(",", "") if _NUMBER.fullmatch(bare) else ""


def _by_relevance(sought: Iterable[str]) -> Callable[[tuple[Quarter, Passage]], int]:
    """Which passages come first: whose subject has all words, then those that have words so begun."""
    begins = [_begun(word) for word in sought]

    def rank(hit: tuple[Quarter, Passage]) -> int:
        _, passage = hit
        if not passage.appendix and all(word.search(passage.subject) for word in begins):
            return 0
        return 1 if all(word.search(passage.plain) for word in begins) else 2

    return rank


def _begun(word: str) -> re.Pattern[str]:
    """Where a word begins, or a phrase."""
    return re.compile(rf"(?<!\w){re.escape(word)}")


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
    return passages(repository.draft(quarter, audience=Audience.RESTRICTED).content)


def passages(content: Content) -> tuple[Passage, ...]:
    """Every passage of a content once.

    Definitions and glossary stand in every other content too, and an appendix repeats each chart's
    table.
    """
    repeated = {chart.table.key for chart in content.charts()}
    return tuple(
        one
        for section in content.sections
        if section.key not in numbering.EXPLAINING
        for one in _of_section(section, repeated)
    )


KEPT = Kept(passages)
"""The passages of the editions that were searched of late."""


def _of_section(section: Section, repeated: Collection[str]) -> Iterator[Passage]:
    page = section.key if section.is_page else ""
    for block in numbering.blocks_of(section):
        if isinstance(block, Note) or (isinstance(block, Table) and block.key in repeated):
            continue
        if isinstance(block, Paragraph):
            label = f"{section.heading}, paragraph {block.number}"
            text = block_text(block)
            yield Passage(label, block.anchor, "", (text,), folded(text))
        else:
            label = f"{section.heading}, {block.number.lower()}"
            for words, figures, numbers in _told_by(block):
                yield Passage(
                    label,
                    block.anchor,
                    page,
                    words,
                    "\n".join(map(folded, words)),
                    title=block.headline if words[0] != block.headline else "",
                    subject=folded(words[0]),
                    figures=figures,
                    numbers=numbers,
                    appendix=section.appendix,
                )


def _told_by(
    exhibit: Table | Chart,
) -> Iterator[tuple[tuple[str, ...], tuple[str, ...], frozenset[str]]]:
    """The words, the figures and their numbers of an exhibit's title, and of each of its rows."""
    table = exhibit.table if isinstance(exhibit, Chart) else exhibit
    names = (exhibit.headline, exhibit.subtitle, table.headline)
    yield tuple(dict.fromkeys(filter(None, names))), (), frozenset()
    for row in table.rows:
        heading, *cells = row.cells
        yield (
            (heading.text, *(cell.text for cell in cells if _in_words(cell))),
            tuple(
                f"{column.label} {cell.text}"
                for column, cell in zip(table.columns[1:], cells, strict=True)
                if cell.text and not _in_words(cell)
            ),
            _numbers_in(" ".join(cell.text for cell in cells if not _in_words(cell))),
        )


def _in_words(cell: Cell) -> bool:
    """Whether a cell holds words: not a figure, nor the sign in place of one."""
    wordy = cell.number is None and not cell.text.startswith("[")
    return wordy and any(map(str.isalpha, cell.text))


def block_text(paragraph: Paragraph) -> str:
    """A paragraph without its tags."""
    return " ".join(html.unescape(nh3.clean(paragraph.html, tags=set())).split())


def folded(text: str) -> str:
    """A text for comparing: without case and accents, letter for letter as long as the text.

    Straight and curly marks are one.
    """
    alike = text.translate(_ALIKE)
    return "".join(unicodedata.normalize("NFKD", letter)[0].lower()[0] for letter in alike)


def excerpt(passage: Passage, sought: Iterable[str]) -> SafeString:
    """What a passage tells: its subject and short texts in full, long ones around what was found.

    Every word found is marked, within another word only where it begins none; a long text without one
    is left out.
    """
    marks = [
        begun if (begun := _begun(word)).search(passage.plain) else re.compile(re.escape(word))
        for word in sought
    ]
    told: list[SafeString] = []
    for text in passage.words:
        found = _places(text, marks)
        whole = len(text) <= SHORT or (bool(passage.subject) and not told)
        if whole or found:
            told.append(_marked(text, found, whole=whole))
    if passage.title:
        told[0] = format_html("<b>{}</b>", told[0])
    numbers = {_number(word) for word in sought}
    counted = (_marked(one, _counted(one, numbers), whole=True) for one in passage.figures)
    return format_html_join(" · ", "{}", ((one,) for one in (*told, *counted)))


def _counted(figure: str, numbers: Collection[str]) -> set[int]:
    """The places of a figure's number, which stands behind its column's head, if it is one of these."""
    last = list(_NUMBER.finditer(figure))[-1:]
    return {
        place
        for match in last
        if match[0].replace(",", "") in numbers
        for place in range(*match.span())
    }


def _places(text: str, marks: Iterable[re.Pattern[str]]) -> set[int]:
    """The places of all letters of a text that are to be marked."""
    found = (match for mark in marks for match in mark.finditer(folded(text)))
    return {place for match in found for place in range(*match.span())}


def _marked(text: str, found: Collection[int], *, whole: bool) -> SafeString:
    """A text, the whole of it or what stands around the first letter found, with those marked."""
    first, last = 0, len(text)
    if not whole:
        middle = min(found)
        first, last = max(0, middle - AROUND), min(last, middle + AROUND)
        if first:
            first = text.find(" ", first, middle) + 1 or first
        if last < len(text):
            last = max(text.rfind(" ", middle, last), min(middle + 1, last))
    runs = groupby(range(first, last), key=found.__contains__)
    parts = ((mark, "".join(text[place] for place in run)) for mark, run in runs)
    return format_html(
        "{}{}{}",
        "… " if first else "",
        format_html_join(
            "",
            "{}",
            ((format_html("<mark>{}</mark>", part) if mark else part,) for mark, part in parts),
        ),
        " …" if last < len(text) else "",
    )
