"""One row of a table across all quarters, from plain contents alone."""

from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType

import msgspec
from msgspec.structs import replace

from boardreport import board
from boardreport.comparable import (
    KEY_FIGURES,
    STATUSES,
    by_head,
    followable_tables,
    followed_key,
    kind_of,
    revised_in,
    telling,
    unit_sections,
)
from boardreport.counted import counted_alike, measure_of, new_definition
from boardreport.rested import Rested, rested
from boardreport.revised import RevisedSince
from units.content import Cell, Chart, Column, Content, Row, Section, Series, Table, Trend
from units.exhibits import CONFIDENTIAL_NOTE, trend
from units.findings import NOT_ON_RECORD, ordinary, sentence, since, too_few
from units.measures import CONFIDENTIAL, NOT_AVAILABLE
from units.quarters import Quarter
from units.spc import limits, rebases_shown, steps
from units.wording import listed

MANY = 6
"""So many columns need the room of the first."""


class Subject(msgspec.Struct, frozen=True):
    """A row of a table that can be followed across quarters: "rocu.forces.data:Staffordshire"."""

    table: str
    row: str

    @property
    def address(self) -> str:
        """As an address has it."""
        return f"{self.table}:{self.row}"


class Followed(msgspec.Struct, frozen=True):
    """One row across all quarters: its chart, or a table alone where it has no number.

    `kind` is what its table is of; `said` the sentence of its newest quarter, where it is a key
    figure; `since` which of its figures were revised after their own quarter's newest edition.
    """

    subject: Subject
    unit: str
    kind: str
    exhibit: Chart | Table
    said: str = ""
    since: tuple[RevisedSince, ...] = ()


class Group(msgspec.Struct, frozen=True):
    """The rows of a unit's table that can be followed; `kind` is what the table is of."""

    unit: str
    kind: str
    subjects: tuple[Subject, ...]


def subjects(contents: Sequence[Content]) -> tuple[Group, ...]:
    """What can be followed, by unit in board order and by table, as the newest quarter has them."""
    found: dict[str, tuple[Section, str, dict[str, None]]] = {}
    for content in sorted(contents, key=lambda one: one.quarter, reverse=True):
        for section in unit_sections(content):
            for table, _ in followable_tables(section).values():
                if table.key == STATUSES:
                    continue
                key = followed_key(section, table)
                rows = found.setdefault(key, (section, kind_of(table), {}))[2]
                rows.update(dict.fromkeys(row.cells[0].text for row in table.rows))
    in_order = sorted(found.items(), key=lambda one: list(board.UNITS).index(one[1][0].key))
    return tuple(
        Group(section.heading, kind, tuple(Subject(key, row) for row in rows))
        for key, (section, kind, rows) in in_order
    )


def followed(
    subject: Subject,
    contents: Sequence[Content],
    since: Mapping[Quarter, Sequence[RevisedSince]] = MappingProxyType({}),
) -> Followed | None:
    """A row across all quarters, oldest first, each as its own quarter tells it; None if none has it.

    Quarters between the first and the last that a reader has none of stand as [x]. `since` gives, by
    quarter, the quarters on which its figures rest, of those that were revised since.
    """
    ordered = sorted(contents, key=lambda one: one.quarter)
    rows: dict[Quarter, dict[str, Cell]] = {}
    columns: dict[str, Column] = {}
    unit, measure, last = None, None, None
    breaks: dict[Quarter, str] = {}
    revised: list[RevisedSince] = []
    why: list[str] = []
    for content in ordered:
        for section in unit_sections(content):
            for table, _ in followable_tables(section).values():
                if followed_key(section, table) != subject.table:
                    continue
                moved = since.get(content.quarter, ())
                later = next((one for one in moved if one.quarter == content.quarter), None)
                over = rested(section, content, moved) if table.key == KEY_FIGURES else Rested()
                cells = by_head(table, content.quarter, later, over.words).get(subject.row)
                if cells is None:
                    continue
                if unit and not counted_alike(unit, section, table, subject.row):
                    breaks[content.quarter] = new_definition(unit, section, table, subject.row)
                unit, last = section, table
                row = next(one for one in table.rows if one.cells[0].text == subject.row)
                if later and (figures := revised_in(table, row, later)):
                    revised.append(replace(later, figures=tuple(figures.values())))
                for place in telling(table):
                    columns[table.columns[place].label] = table.columns[place]
                rows[content.quarter] = cells[1]
                why.append(over.note(content.quarter, subject.row))
                if table.key == KEY_FIGURES:
                    measure = measure_of(section, table, subject.row)
    if unit is None or last is None:
        return None
    quarters = _from_to(ordered[0].quarter, ordered[-1].quarter)
    notes = (
        *_gaps(quarters, rows, ordered),
        *(
            f"Break in the series, an upright line in the chart: from {quarter}, "
            + (f"the definition reads “{words}”" if words else "another definition holds.")
            for quarter, words in breaks.items()
        ),
    )
    rebased = rebases_shown(measure.rebased, quarters) if measure else ()
    notes += (*(one.words for one in rebased), *filter(None, why))
    exhibit = _exhibit(
        subject,
        kind_of(last),
        quarters,
        rows,
        list(columns.values()),
        notes,
        breaks=list(breaks),
        bases=[one.quarter for one in rebased],
    )
    return Followed(
        subject,
        unit.heading,
        kind_of(last),
        exhibit,
        sentence(measure) if measure else "",
        tuple(revised),
    )


def _from_to(first: Quarter, last: Quarter) -> tuple[Quarter, ...]:
    return last.last(last.ordinal - first.ordinal + 1)


def _gaps(
    quarters: Sequence[Quarter], rows: Mapping[Quarter, object], contents: Sequence[Content]
) -> Iterator[str]:
    """What [x] means in the quarters that have no value."""
    held = {content.quarter for content in contents}
    for words, missing in (
        ("has no published report", [one for one in quarters if one not in held]),
        ("has no such row", [one for one in quarters if one in held and one not in rows]),
    ):
        if missing:
            told = listed([one.label for one in missing])
            verb = words if len(missing) == 1 else words.replace("has", "have", 1)
            yield f"{NOT_AVAILABLE} {NOT_ON_RECORD}: {told} {verb}."


def _exhibit(
    subject: Subject,
    kind: str,
    quarters: Sequence[Quarter],
    rows: Mapping[Quarter, Mapping[str, Cell]],
    columns: Sequence[Column],
    notes: tuple[str, ...],
    *,
    breaks: Sequence[Quarter],
    bases: Sequence[Quarter],
) -> Chart | Table:
    missing = Cell(NOT_AVAILABLE)
    first = 30 if len(columns) < MANY else 20
    width = (100 - first) // len(columns)
    heads = (
        Column("Quarter", first),
        *(replace(column, width=width, brief="") for column in columns),
    )
    table_rows = tuple(
        Row(
            (
                Cell(quarter.label, quarter.label),
                *(rows.get(quarter, {}).get(column.label, missing) for column in columns),
            )
        )
        for quarter in quarters
    )
    if any(cell.text == CONFIDENTIAL.value for row in table_rows for cell in row.cells):
        notes = (*notes, CONFIDENTIAL_NOTE)
    notes = ("Each quarter stands as its own newest edition tells it.", *notes)
    span = f"{quarters[0]} to {quarters[-1]}"
    drawn = next((c for c in columns if c.numeric and c.strong), None) or next(
        (c for c in columns if c.numeric), None
    )
    values = [
        _number(rows.get(quarter, {}).get(drawn.label, missing)) if drawn else None
        for quarter in quarters
    ]
    if drawn is None or sum(value is not None for value in values) < 2:
        return Table(
            key="across",
            headline=f"{subject.row} across all quarters",
            subtitle=f"{kind}, {span}",
            columns=heads,
            rows=table_rows,
            notes=notes,
        )
    places = tuple(quarters.index(one) for one in breaks)
    rebased = [quarters.index(one) for one in bases]
    stretches = steps(values, [*places, *rebased])
    run = _run(values[stretches[-1].first :])
    expected = limits(run)
    named = "Number" if drawn.label in ("This quarter", "Number", "All") else drawn.label
    told = [
        f"{rows[quarter][drawn.label].text} in {quarter}"
        for quarter in quarters
        if quarter in rows and drawn.label in rows[quarter]
    ]
    return trend(
        "across",
        Trend(
            tuple(quarters),
            Series("across", subject.row, tuple(values)),
            expected,
            breaks=places,
            earlier=tuple(one for one in stretches if one.until in rebased),
        ),
        headline=_headline(
            subject.row,
            quarters,
            values,
            [rows.get(quarter, {}).get(drawn.label, missing).change for quarter in quarters],
        ),
        subtitle=f"{kind}: {named.lower()}, {span}, as published",
        sentence=f"{kind}, {subject.row}: {listed(told)}.",
        columns=heads,
        rows=table_rows,
        source="",
        reading=(
            ordinary(run, expected, quarters)
            if expected
            else too_few(len(run), rebased=bool(rebased), held="published"),
        ),
        notes=notes,
    )


def _headline(
    row: str,
    quarters: Sequence[Quarter],
    values: Sequence[int | float | None],
    changes: Sequence[str],
) -> str:
    """The last value beside the one before it, as each was told, and what that is now.

    "Cash: 28 in 2018/19 Q2, up 8 (+40%) from 20 in 2018/19 Q1 (now 22)".
    """
    known_ones = [one for one in zip(quarters, values, changes, strict=True) if one[1] is not None]
    (before, base, revised), (last, value, now) = known_ones[-2:]
    told = f"{row}: {value:,} in {last}{f' ({now})' if now else ''}"
    if not isinstance(value, int) or not isinstance(base, int):
        return told
    return f"{told}, {since(value, base, before.label)}{f' ({revised})' if revised else ''}"


def _number(cell: Cell) -> int | float | None:
    return None if isinstance(cell.value, str) else cell.value


def _run(values: Sequence[int | float | None]) -> tuple[int | float, ...]:
    """The run of values without a gap that ends the series."""
    run: list[int | float] = []
    for value in reversed(values):
        if value is None:
            break
        run.insert(0, value)
    return tuple(run)
