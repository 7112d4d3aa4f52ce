"""What differs between two contents of a quarter: figures by exhibit, row and column; paragraphs."""

from collections.abc import Iterable, Iterator, Mapping

import msgspec

from boardreport import redefined
from boardreport.redefined import Redefined
from units.content import Cell, Chart, Content, Paragraph, Section, Table

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


class Rewritten(msgspec.Struct, frozen=True):
    """A section with its paragraphs that only one of the two contents has, as safe HTML."""

    heading: str
    left_out: tuple[str, ...]
    added: tuple[str, ...]


class Changes(msgspec.Struct, frozen=True):
    """Everything that differs, in the order of the paper.

    `redefined` are the tables with what moved because a measure is counted by another definition,
    which `definitions` tell, a sentence each; none of that is in `moved`.
    """

    moved: tuple[Moved, ...]
    rewritten: tuple[Rewritten, ...]
    redefined: tuple[Moved, ...] = ()
    definitions: tuple[str, ...] = ()

    @property
    def number(self) -> int:
        """How many figures and texts moved, but for those that a definition moved."""
        return sum(len(table.moves) for table in self.moved)

    @property
    def redefined_number(self) -> int:
        """How many figures a definition moved."""
        return sum(len(table.moves) for table in self.redefined)

    def __bool__(self) -> bool:
        return bool(self.moved or self.rewritten or self.redefined)


def between(before: Content, after: Content) -> Changes:
    """What differs from one content to another of the same quarter.

    Tables and charts are matched by their key, rows by their first cell, columns by their label, so
    that a new row or a new number of a table moves nothing else. What a new definition takes away,
    since nothing is compared across it, is gathered by itself.
    """
    old, new = _tables(before), _tables(after)
    found = redefined.redefinitions(before, after)
    moved, because = [], []
    concerned: list[Redefined] = []
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
            else:
                rest.append(move)
        for moves, into in ((rest, moved), (by_definition, because)):
            if moves:
                into.append(Moved(key, table.number, table.headline, tuple(moves)))
    return Changes(
        tuple(moved),
        tuple(_rewritten(before.sections, after.sections)),
        tuple(because),
        tuple(redefined.sentences(concerned)),
    )


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


def _rewritten(before: Iterable[Section], after: Iterable[Section]) -> Iterator[Rewritten]:
    old, new = _paragraphs(before), _paragraphs(after)
    for key in dict.fromkeys((*new, *old)):
        _, was = old.get(key, ("", ()))
        _, now = new.get(key, ("", ()))
        left_out = tuple(html for html in was if html not in now)
        added = tuple(html for html in now if html not in was)
        if left_out or added:
            yield Rewritten((new.get(key) or old[key])[0], left_out, added)


def _paragraphs(sections: Iterable[Section]) -> Mapping[str, tuple[str, tuple[str, ...]]]:
    """Each section's heading and its paragraphs, by its key; they lead nowhere on another page."""
    return {
        section.key: (
            section.heading,
            tuple(
                block.html
                for part in section.parts
                for block in part.blocks
                if isinstance(block, Paragraph)
            ),
        )
        for section in sections
    }
