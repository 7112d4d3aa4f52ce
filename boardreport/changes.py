"""What differs between two contents of a quarter: figures by exhibit, row and column; paragraphs."""

from collections.abc import Iterable, Iterator, Mapping

import msgspec

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
    """Everything that differs, in the order of the paper."""

    moved: tuple[Moved, ...]
    rewritten: tuple[Rewritten, ...]

    @property
    def number(self) -> int:
        """How many figures and texts moved."""
        return sum(len(table.moves) for table in self.moved)

    def __bool__(self) -> bool:
        return bool(self.moved or self.rewritten)


def between(before: Content, after: Content) -> Changes:
    """What differs from one content to another of the same quarter.

    Tables and charts are matched by their key, rows by their first cell, columns by their label, so
    that a new row or a new number of a table moves nothing else.
    """
    old, new = _tables(before), _tables(after)
    moved = []
    for key in dict.fromkeys((*new, *old)):
        shown = new.get(key) or old[key]
        if moves := tuple(_moves(old.get(key), new.get(key))):
            moved.append(Moved(key, shown.number, shown.headline, moves))
    return Changes(tuple(moved), tuple(_rewritten(before.sections, after.sections)))


def _tables(content: Content) -> dict[str, Table]:
    """Every table by its key; a chart's once, under the chart's number and headline."""
    found: dict[str, Table] = {}
    for section in content.sections:
        if section.appendix and section.key in REPEATS:
            continue
        for part in section.parts:
            for block in part.blocks:
                if isinstance(block, Chart):
                    found[block.key] = msgspec.structs.replace(
                        block.table, number=block.number, headline=block.headline
                    )
                elif isinstance(block, Table):
                    found[block.key] = block
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
