"""What differs between two contents of a quarter: figures by exhibit, row and column; words."""

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from difflib import SequenceMatcher
from html import escape
from itertools import groupby

import msgspec

from boardreport.compare import definitions as redefined
from boardreport.compare.definitions import Redefined
from boardreport.report import numbering
from units.content.model import (
    Cell,
    Chart,
    Content,
    Paragraph,
    Section,
    Table,
)
from units.content.tables_and_charts import WITHHELD
from units.domain.measures import CONFIDENTIAL
from units.domain.vocabulary import Audience

REPEATS = ("data-tables", "revisions")
"""Appendices that tell what is compared elsewhere: the figures of the charts, and what has moved."""
NOTHING = "–"
"""Where one of the two has no such figure."""


class Move(msgspec.Struct, frozen=True):
    """One figure or text of a table that differs; `row` and `column` say which."""

    row: str
    column: str
    before: str
    after: str


class Moved(msgspec.Struct, frozen=True):
    """A table with what differs in it, as the later content names and numbers it."""

    key: str
    number: str
    headline: str
    moves: tuple[Move, ...]


class Reworded(msgspec.Struct, frozen=True):
    """Words that read otherwise, as safe HTML: `what` they are, "Figure 3" or "Paragraph 12".

    In `was` what was taken out is marked, in `now` what was put in.
    """

    what: str
    was: str
    now: str


class Rewritten(msgspec.Struct, frozen=True):
    """A section whose words differ: what reads otherwise, and paragraphs that only one of two has."""

    heading: str
    reworded: tuple[Reworded, ...]
    added: tuple[str, ...]
    left_out: tuple[str, ...]

    def __bool__(self) -> bool:
        return bool(self.reworded or self.added or self.left_out)


class Changes(msgspec.Struct, frozen=True):
    """Everything that differs, in the order of the paper.

    `redefined` are the tables with what moved because a measure is counted by another definition,
    which `definitions` tell, a sentence each; none of that is in `moved`. `untold` says that the later
    content no longer offers something: the public is not told again what it was.
    """

    moved: tuple[Moved, ...]
    rewritten: tuple[Rewritten, ...]
    redefined: tuple[Moved, ...] = ()
    definitions: tuple[str, ...] = ()
    untold: bool = False

    @property
    def number(self) -> int:
        """How many figures and texts moved, but for those that a definition moved."""
        return sum(len(table.moves) for table in self.moved)

    @property
    def redefined_number(self) -> int:
        """How many figures a definition moved."""
        return sum(len(table.moves) for table in self.redefined)

    def __bool__(self) -> bool:
        return bool(self.moved or self.rewritten or self.redefined or self.untold)


def between(before: Content, after: Content) -> Changes:
    """What differs from one content to another of the same quarter.

    Tables and charts are matched by their key, rows by their first cell, columns by their label, so
    that a new row or a new number of a table moves nothing else; paragraphs by their likeness. What a
    new definition takes away, since nothing is compared across it, is gathered by itself. Of what the
    later content withholds, or no longer offers, the public is told that there is such, and not what.
    """
    public = after.audience == Audience.PUBLIC
    old, new = _tables(before), _tables(after)
    found = redefined.redefinitions(before, after)
    moved, because = [], []
    concerned: list[Redefined] = []
    withheld: set[str] = set()
    for key in dict.fromkeys((*new, *old)):
        content, (table, section) = (after, new[key]) if key in new else (before, old[key])
        sections = redefined.sections_of(content, table, section)
        rest, by_definition = [], []
        for move in _moves(*(side[key][0] if key in side else None for side in (old, new))):
            one = redefined.explained(table, move.row, sections, found) if found else None
            if one and one.explains(move.column, move.before, move.after, after.quarter):
                if one not in concerned:
                    concerned.append(one)
                by_definition.append(move)
            elif public and _no_longer_told(move):
                withheld |= {key, section.key, _lead_of(section)}
            else:
                rest.append(move)
        for moves, into in ((rest, moved), (by_definition, because)):
            if moves:
                into.append(Moved(key, table.number, table.headline, tuple(moves)))
    rewritten = tuple(filter(None, _rewritten(before, after, withheld)))
    gone = public and any(one.left_out for one in rewritten)
    told = (msgspec.structs.replace(one, left_out=()) if public else one for one in rewritten)
    return Changes(
        tuple(moved),
        tuple(filter(None, told)),
        tuple(because),
        tuple(redefined.sentences(concerned)),
        untold=bool(withheld) or gone,
    )


def _no_longer_told(move: Move) -> bool:
    """Whether the later content withholds a figure or text, or has no such row."""
    return move.before != NOTHING and move.after.startswith((NOTHING, CONFIDENTIAL.value, WITHHELD))


def _tables(content: Content) -> dict[str, tuple[Table, Section]]:
    """Every table by its key, with its section; a chart's under the chart's number and headline."""
    found: dict[str, tuple[Table, Section]] = {}
    for section in content.sections:
        if section.appendix and section.key in REPEATS:
            continue
        for part in section.parts:
            for block in part.blocks:
                if isinstance(block, Chart):
                    table = msgspec.structs.replace(
                        block.table, number=block.number, headline=block.headline
                    )
                    found[block.key] = table, section
                elif isinstance(block, Table):
                    found[block.key] = block, section
    return found


type Place = tuple[str, str]


def _cells(table: Table | None) -> dict[Place, str]:
    """What a table says, by row and column; rows of one name are told apart by their place."""
    if table is None:
        return {}
    cells: dict[Place, str] = {}
    seen: dict[str, int] = {}
    for row in table.rows:
        name = row.cells[0].text
        seen[name] = seen.get(name, 0) + 1
        told = name if seen[name] == 1 else f"{name} ({seen[name]})"
        for cell, column in zip(row.cells[1:], table.columns[1:], strict=True):
            cells[told, column.label] = _words(cell)
    return cells


def _words(cell: Cell) -> str:
    status = cell.status.heading if cell.status and not cell.text else ""
    return " ".join(filter(None, (cell.text or status, cell.change)))


def _moves(before: Table | None, after: Table | None) -> Iterator[Move]:
    old, new = _cells(before), _cells(after)
    for place in dict.fromkeys((*new, *old)):
        was, now = old.get(place, NOTHING), new.get(place, NOTHING)
        if was != now:
            yield Move(*place, was, now)


def _rewritten(before: Content, after: Content, withheld: Collection[str]) -> Iterator[Rewritten]:
    """Every section's words that differ.

    `withheld` are the keys of what heads sections and exhibits in which the later content withholds
    something: the former words may have told it, and no change of theirs is told. Of the public's
    paragraphs, one with more [c] than before counts as no longer offered.
    """
    public = after.audience == Audience.PUBLIC
    for key in dict.fromkeys(one.key for content in (after, before) for one in content.sections):
        sections = before.section(key), after.section(key)
        old, new = ({} if one is None else _headed(one) for one in sections)
        reworded = [
            _reworded(what, escape(old[place][1]), escape(words))
            for place, (what, words) in new.items()
            if place in old and old[place][1] != words and place not in withheld
        ]
        was, now = ([] if one is None else _paragraphs(one) for one in sections)
        pairs, left_out, added = _pairs(
            [one for one in was if one.html not in {other.html for other in now}],
            [one for one in now if one.html not in {other.html for other in was}],
        )
        for one, other in pairs:
            if public and _signs(other.html) > _signs(one.html):
                left_out.append(one)
            else:
                reworded.append(_reworded(f"Paragraph {other.number}", one.html, other.html))
        heading = next(one.heading for one in reversed(sections) if one)
        yield Rewritten(
            heading,
            tuple(reworded),
            tuple(one.html for one in added),
            tuple(one.html for one in left_out),
        )


def _signs(html: str) -> int:
    return html.count(CONFIDENTIAL.value)


def _headed(section: Section) -> dict[str, tuple[str, str]]:
    """What heads a section and its exhibits: what each is, and its words, by the key."""
    if section.appendix and section.key in REPEATS:
        return {}
    return {
        section.key: ("Headline", section.headline),
        _lead_of(section): ("Beneath the headline", section.lead),
    } | {one.key: (one.number, one.headline) for one in section.exhibits()}


def _lead_of(section: Section) -> str:
    return f"{section.key} lead"


def _paragraphs(section: Section) -> list[Paragraph]:
    return [block for block in numbering.blocks_of(section) if isinstance(block, Paragraph)]


# ---------- words beside words ----------

ALIKE = 0.5
"""From what likeness on a paragraph is another's new wording."""

_TOKEN = re.compile(r"<[^>]+>|[^<\s]+\s*|\s+")


def _pairs(
    old: Sequence[Paragraph], new: Sequence[Paragraph]
) -> tuple[list[tuple[Paragraph, Paragraph]], list[Paragraph], list[Paragraph]]:
    """The paragraphs that are each other's wording, in the order of the new; then the rest of both."""
    likeness = sorted(
        (
            (
                SequenceMatcher(None, _words_of(one), _words_of(other), autojunk=False).ratio(),
                at,
                to,
            )
            for at, one in enumerate(old)
            for to, other in enumerate(new)
        ),
        key=lambda one: (-one[0], one[1:]),
    )
    found: dict[int, int] = {}
    for ratio, at, to in likeness:
        if ratio >= ALIKE and to not in found and at not in found.values():
            found[to] = at
    return (
        [(old[found[to]], new[to]) for to in sorted(found)],
        [one for at, one in enumerate(old) if at not in found.values()],
        [one for to, one in enumerate(new) if to not in found],
    )


def _words_of(paragraph: Paragraph) -> list[str]:
    return [one.strip() for one in _TOKEN.findall(paragraph.html) if not one.startswith("<")]


def _reworded(what: str, was: str, now: str) -> Reworded:
    """Two wordings of the same, the words marked in which they differ."""
    old, new = _TOKEN.findall(was), _TOKEN.findall(now)
    matcher = SequenceMatcher(
        None, [one.strip() for one in old], [one.strip() for one in new], autojunk=False
    )
    before, after = [], []
    for kind, at, until, to, end in matcher.get_opcodes():
        alike = kind == "equal"
        before.append(_marked("del", old[at:until]) if not alike else "".join(old[at:until]))
        after.append(_marked("ins", new[to:end]) if not alike else "".join(new[to:end]))
    return Reworded(what, "".join(before), "".join(after))


def _marked(tag: str, tokens: Iterable[str]) -> str:
    """Words with a tag around each run of them; told to those who only hear it as well."""
    told = {"del": "taken out", "ins": "put in"}[tag]
    parts = []
    for is_tag, run in groupby(tokens, lambda one: one.startswith("<")):
        text = "".join(run)
        words = text.strip()
        if is_tag or not words:
            parts.append(text)
            continue
        hidden = '<span class="govuk-visually-hidden">{}</span>'
        begins, ends = hidden.format(f" ({told}: "), hidden.format(") ")
        parts.append(f"<{tag}>{begins}{words}{ends}</{tag}>{text[len(text.rstrip()) :]}")
    return "".join(parts)
