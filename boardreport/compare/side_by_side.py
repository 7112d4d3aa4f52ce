"""Two quarters beside one another, from plain contents alone."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime

import msgspec
from msgspec.structs import replace

from boardreport.compare.comparable import (
    KEY_FIGURES,
    REVISED,
    STATUSES,
    Entry,
    Tables,
    by_head,
    comparable_tables,
    followable_tables,
    kind_of,
    telling,
)
from boardreport.compare.counted import counted_alike
from boardreport.compare.rested import Rested, rested
from boardreport.compare.retold import elsewhere, entry_at
from boardreport.compare.untold import table_note, untold
from boardreport.editions.revised import RevisedSince
from units.content.model import (
    Cell,
    Column,
    Content,
    Row,
    Section,
    Table,
)
from units.content.tables_and_charts import figure_cell
from units.domain.english import (
    capital,
    listed,
    plural,
    spelled,
)
from units.domain.measures import CONFIDENTIAL, NOT_AVAILABLE, change_text
from units.domain.quarters import Quarter
from units.domain.revisions import SIGN, marked
from units.domain.vocabulary import Marking, Period

ABSENT = Cell(NOT_AVAILABLE)
"""Where one of two quarters has no such row."""

NO_BREAK = "\N{NO-BREAK SPACE}"

TO_DATE = Period.YEAR_TO_DATE.heading
UNLIKE_NOTE = (
    "The years to date are of different length and have no difference: only those of the same "
    "quarter of two years have one."
)

UNLIKE_COUNTED = (
    "{later} counts by another definition than {earlier}: those figures have no difference."
)

RECKONED_NOTE = (
    f"{SIGN} after a difference: it is between the figures as they now are, since one of them was "
    "revised after its report."
)

UNRECKONED_NOTE = (
    f"“{capital(REVISED)}” stands where what is told is not enough to reckon what a figure now is: it "
    "has no difference."
)

SHOWN_BY_ONE_NOTE = (
    "Only what both overviews show is compared here: the tables below have the other statuses."
)

_NO_ROW = Entry(total=False, cells={})


class Side(msgspec.Struct, frozen=True):
    """One of the quarters that are compared: its content, and what readers call its edition.

    `revised` are the quarters on which its figures rest, of those that were revised since; `key` is
    the edition's, None of a draft.
    """

    content: Content
    words: str
    published_at: datetime | None = None
    revised: tuple[RevisedSince, ...] = ()
    key: int | None = None

    @property
    def quarter(self) -> Quarter:
        return self.content.quarter

    @property
    def since(self) -> RevisedSince | None:
        """What was revised of the quarter itself."""
        return next((one for one in self.revised if one.quarter == self.quarter), None)


def marking(sides: Iterable[Side]) -> Marking:
    """The higher marking of what is shown together."""
    held = {side.content.header.marking for side in sides}
    return Marking.OFFICIAL_SENSITIVE if Marking.OFFICIAL_SENSITIVE in held else Marking.OFFICIAL


class Compared(msgspec.Struct, frozen=True):
    """A table of two quarters side by side, with what each quarter found in it.

    After the table's first column come two for each of the `figures`. `rows` is how many the two have
    between them, `differing` how many of those differ.
    """

    table: Table
    figures: tuple[Column, ...]
    rows: int
    differing: int
    findings: tuple[tuple[Quarter, str, str], ...] = ()
    """Quarter, finding, and the anchor of the exhibit on its unit's page."""


class UnitCompared(msgspec.Struct, frozen=True):
    """A unit's tables side by side; `headlines` are what headed its page in each quarter.

    `alike` are what the tables are of in which no row differs, where those are left out.
    """

    key: str
    heading: str
    headlines: tuple[tuple[Quarter, str], ...]
    tables: tuple[Compared, ...]
    alike: tuple[str, ...] = ()


def compared(
    first: Side, second: Side, units: Sequence[str], *, every: bool = True
) -> tuple[UnitCompared, ...]:
    """The units' key figures, statuses and tables of two quarters, matched by key and row head.

    `every` row, or those alone that differ, with the total of the table.
    """
    found = []
    for unit in units:
        sections = [side.content.section(unit) for side in (first, second)]
        there = [section for section in sections if section]
        if not there:
            continue
        quarters = (first.quarter, second.quarter)
        tables = [
            _side_by_side(key, (first, second), tables, sections, every=every)
            for key, tables in _paired([comparable_tables(section) for section in sections])
        ]
        found.append(
            UnitCompared(
                unit,
                there[0].heading,
                tuple(
                    (quarter, section.headline)
                    for quarter, section in zip(quarters, sections, strict=True)
                    if section and section.headline
                ),
                tuple(one for one in tables if every or one.differing),
                tuple(one.table.headline for one in tables if not every and not one.differing),
            )
        )
    return tuple(found)


def _paired(sides: Sequence[Tables]) -> Iterator[tuple[str, list[tuple[Table, str] | None]]]:
    for key in dict.fromkeys(key for side in sides for key in side):
        pair = [side.get(key) for side in sides]
        if any(found and found[0].key == STATUSES for found in pair):
            pair = _shown_by_both(pair)
        if any(pair):
            yield key, pair


def _shown_by_both(pair: Sequence[tuple[Table, str] | None]) -> list[tuple[Table, str] | None]:
    """Two overviews' lines, those alone that both show: which are worth one differs by quarter."""
    heads = [{row.cells[0].text for row in found[0].rows} if found else set() for found in pair]
    both = heads[0] & heads[1]
    return [
        (
            replace(
                found[0], rows=tuple(row for row in found[0].rows if row.cells[0].text in both)
            ),
            "",
        )
        if found and both
        else None
        for found in pair
    ]


class _Elsewhere(msgspec.Struct, frozen=True):
    """A key figure of one quarter as another tells it, which has it in a `table` under a `head`."""

    table: Table
    head: str
    entry: Entry
    rests: Rested


def _elsewhere(
    name: str, of: Section | None, section: Section | None, side: Side
) -> _Elsewhere | None:
    """A key figure of a section where another section tells it that has others; or None."""
    figure = next((one for one in of.measures if one.name == name), None) if of else None
    place = elsewhere(of, figure) if of and figure else None
    if (
        section is None
        or place is None
        or place.table not in (tables := followable_tables(section))
    ):
        return None
    table, _ = tables[place.table]
    if all(row.cells[0].text != place.head for row in table.rows):
        return None
    return _Elsewhere(
        table, place.head, *entry_at(place, section, table, side.content, side.revised, figure)
    )


def _elsewhere_note(name: str, quarter: Quarter, found: _Elsewhere | None) -> str:
    told = f" and stands as “{kind_of(found.table)}” tells it there" if found else ""
    return f"{name} was no key figure of {quarter}{told}."


def _side_by_side(
    key: str,
    sides: Sequence[Side],
    tables: Sequence[tuple[Table, str] | None],
    sections: Sequence[Section | None],
    *,
    every: bool,
) -> Compared:
    """Two tables as one: each column twice, the difference beneath the first."""
    quarters = [side.quarter for side in sides]
    there = [found[0] for found in tables if found]
    labels = list(
        dict.fromkeys(table.columns[place].label for table in there for place in telling(table))
    )
    columns = {column.label: column for table in reversed(there) for column in table.columns}
    over = [
        rested(section, side.content, side.revised)
        if section and there[0].key == KEY_FIGURES
        else Rested()
        for side, section in zip(sides, sections, strict=True)
    ]
    rows = [
        by_head(found[0], side.quarter, side.since, told.now) if found else {}
        for found, side, told in zip(tables, sides, over, strict=True)
    ]
    heads = sorted(dict.fromkeys((*rows[0], *rows[1])), key=lambda head: _is_total(head, rows))
    notes = []
    others: dict[str, _Elsewhere] = {}
    for at, side in enumerate(sides) if there[0].key == KEY_FIGURES else ():
        for head in [one for one in heads if one not in rows[at]]:
            found = _elsewhere(head, sections[1 - at], sections[at], side)
            notes.append(_elsewhere_note(head, side.quarter, found))
            if found:
                others[head] = found
                rows[at][head] = replace(found.entry, total=False)
                over[at] = over[at].joined(found.rests)
    unlike = {TO_DATE} if quarters[0].number != quarters[1].number else set[str]()
    earlier, later = sorted(zip(quarters, sections, strict=True), key=lambda one: one[0])
    otherwise = {
        head
        for head in heads
        if earlier[1]
        and later[1]
        and not counted_alike(
            earlier[1],
            later[1],
            *((one.table, one.head) if (one := others.get(head)) else (there[0], head)),
        )
    }
    if there[0].key == STATUSES and any(
        line.label not in heads for section in sections if section for line in section.lines
    ):
        notes.append(SHOWN_BY_ONE_NOTE)
    if unlike.intersection(labels):
        notes.append(UNLIKE_NOTE)
    if otherwise:
        notes.append(UNLIKE_COUNTED.format(later=later[0], earlier=earlier[0]))
    notes += filter(
        None, (told.note(quarter) for quarter, told in zip(quarters, over, strict=True))
    )
    pairs = {
        head: [
            tuple(side.get(head, _NO_ROW).cells.get(one, ABSENT) for side in rows) for one in labels
        ]
        for head in heads
    }
    notes += filter(
        None,
        (
            table_note(side.quarter, untold(found[0], side.since))
            for side, found in zip(sides, tables, strict=True)
            if found
        ),
    )
    differing = [head for head in heads if any(_differ(*pair) for pair in pairs[head])]
    if not every and differing:
        shown = [one for one in heads if one in differing or _is_total(one, rows)]
        told = [
            label
            for place, label in enumerate(labels)
            if any(_differ(*pairs[head][place]) for head in shown)
        ]
        gone = [one for one in heads if one not in shown]
        secret = sum(1 for one in gone if any(map(_confidential, pairs[one])))
        notes += _left_out(
            len(gone) - secret, [one for one in labels if one not in told], secret=secret
        )
        heads, labels = shown, told
    shown_cells = {
        head: [
            cell
            for label in labels
            for cell in _paired_cells(
                label,
                *(side.get(head, _NO_ROW) for side in rows),
                alike=label not in unlike and head not in otherwise,
            )
        ]
        for head in heads
    }
    notes += _revised_notes(shown_cells.values())
    width = 100 // (len(labels) * 2 + 2)
    return Compared(
        Table(
            key=f"compare.{key}",
            headline=kind_of(there[0]),
            subtitle=f"{quarters[0]} beside {quarters[1]}",
            columns=(
                there[0].columns[0],
                *(
                    replace(
                        columns[label],
                        label=f"{label}, {quarter.label.replace(' ', NO_BREAK)}",
                        brief=columns[label].brief or label,
                        width=max(5, width),
                    )
                    for label in labels
                    for quarter in quarters
                ),
            ),
            rows=tuple(
                Row((Cell(head, head), *shown_cells[head]), total=_is_total(head, rows))
                for head in heads
            ),
            notes=tuple(notes),
        ),
        tuple(columns[label] for label in labels),
        len(pairs),
        len(differing),
        tuple(
            (quarter, found[0].headline, found[1])
            for quarter, found in zip(quarters, tables, strict=True)
            if found and found[1]
        ),
    )


def _revised_notes(rows: Iterable[Sequence[Cell]]) -> Iterator[str]:
    """What is said beneath cells of differences that rest on figures revised since."""
    beneath = [cell.change for cells in rows for cell in cells]
    if any(SIGN in one for one in beneath):
        yield RECKONED_NOTE
    if any(REVISED in one for one in beneath):
        yield UNRECKONED_NOTE


def _confidential(pair: tuple[Cell, Cell]) -> bool:
    """Whether a number may not be told in either quarter, nor so whether it is the same."""
    return all(cell.text.startswith(CONFIDENTIAL.value) for cell in pair)


def _left_out(rows: int, columns: Sequence[str], *, secret: int) -> Iterator[str]:
    """What is not shown since it is the same in both quarters, or told in neither."""
    number = f"{capital(spelled(rows))} {plural(rows, 'row')}" if rows else ""
    named = f"{plural(len(columns), 'column')} {listed(columns)}" if columns else ""
    what = " and the ".join(filter(None, (number, named)))
    if what:
        are = plural(rows + len(columns), "is", "are")
        yield f"{capital(what)} {are} the same in both quarters and left out."
    if secret:
        named = f"{capital(spelled(secret))} {plural(secret, 'row')} with [c] in both quarters"
        yield f"{named} {plural(secret, 'is', 'are')} left out as well."


def _differ(first: Cell, second: Cell) -> bool:
    """Whether two cells are not the same, or one of them was revised since."""
    if first.change or second.change:
        return True
    if first.number is not None and second.number is not None:
        return first.number != second.number
    return (first.text, first.status) != (second.text, second.status)


def _paired_cells(label: str, first: Entry, second: Entry, *, alike: bool) -> tuple[Cell, Cell]:
    """Two cells, the first with its difference from the second beneath it, where they are `alike`.

    The difference is between what the two figures are now.
    """
    cell, other = (one.cells.get(label, ABSENT) for one in (first, second))
    told = difference(_newest(first, label), _newest(second, label)) if alike else ""
    revised = bool(told) and (label in first.now or label in second.now)
    return replace(
        cell, change="; ".join(filter(None, (marked(told, revised), cell.change)))
    ), other


def _newest(entry: Entry, label: str) -> Cell:
    """A cell with the number that is now told of it; without one where that cannot be reckoned."""
    if label not in entry.now:
        return entry.cells.get(label, ABSENT)
    now = entry.now[label]
    return Cell(REVISED) if now is None else figure_cell(now)


def difference(first: Cell, second: Cell) -> str:
    """ "+18 (+41%)", "−3.2 points"; "" where one is not known, and of words, which need none."""
    if isinstance(first.value, str) or isinstance(second.value, str):
        return ""
    if first.value is None or second.value is None:
        return ""
    if first.text.endswith("%") and second.text.endswith("%"):
        points = round(first.value - second.value, 1)
        sign = "+" if points > 0 else "\N{MINUS SIGN}" if points < 0 else ""
        return f"{sign}{abs(points):g} points"
    if isinstance(first.value, int) and isinstance(second.value, int):
        return change_text(first.value, second.value)
    return ""


def _is_total(head: str, rows: Iterable[Mapping[str, Entry]]) -> bool:
    return any(side.get(head, _NO_ROW).total for side in rows)
