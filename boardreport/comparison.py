"""Quarters beside one another, and one row across all of them, from plain contents alone."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import pairwise

import msgspec
from msgspec.structs import replace

from boardreport import board
from units.content import Cell, Chart, Column, Content, Row, Section, Series, Table, Trend
from units.exhibits import CONFIDENTIAL_NOTE, figure_cell, trend
from units.findings import NOT_ON_RECORD, ordinary, sentence, since, too_few
from units.measures import CONFIDENTIAL, NOT_AVAILABLE, Measure, change_text
from units.quarters import Quarter
from units.spc import limits
from units.terms import Period
from units.wording import listed

KEY_FIGURES, STATUSES = "board.key-figures", "board.statuses"
ABSENT = Cell("–")
"""Where one of two quarters has no such row."""

_PERIODS = ("Previous quarter", "Same quarter last year", "Year to date", "Rolling four quarters")
"""Columns that a table has for comparing: beside another quarter they would only repeat it."""


class Side(msgspec.Struct, frozen=True):
    """One of the quarters that are compared: its content, and what readers call its edition."""

    content: Content
    words: str
    published_at: datetime | None = None

    @property
    def quarter(self) -> Quarter:
        return self.content.quarter


class Compared(msgspec.Struct, frozen=True):
    """A table of two quarters side by side, with what each quarter found in it."""

    table: Table
    findings: tuple[tuple[Quarter, str, str], ...] = ()
    """Quarter, finding, and the anchor of the exhibit on its unit's page."""


class UnitCompared(msgspec.Struct, frozen=True):
    """A unit's tables side by side; `headlines` are what headed its page in each quarter."""

    key: str
    heading: str
    headlines: tuple[tuple[Quarter, str], ...]
    tables: tuple[Compared, ...]


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

    `said` is the sentence of its newest quarter, where it is a key figure.
    """

    subject: Subject
    unit: str
    exhibit: Chart | Table
    said: str = ""


# ---------- two quarters ----------


def compared(first: Side, second: Side, units: Sequence[str]) -> tuple[UnitCompared, ...]:
    """The units' key figures, statuses and tables of two quarters, matched by key and row head."""
    found = []
    for unit in units:
        sections = [side.content.section(unit) for side in (first, second)]
        there = [section for section in sections if section]
        if not there:
            continue
        quarters = (first.quarter, second.quarter)
        tables = [
            _side_by_side(key, quarters, tables)
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
                tuple(tables),
            )
        )
    return tuple(found)


def comparable_tables(section: Section | None) -> dict[str, tuple[Table, str]]:
    """A unit's tables with a number or a status in them, by key, each with its anchor ("figure-2")."""
    if section is None:
        return {}
    found: dict[str, tuple[Table, str]] = {}
    if section.measures:
        found[f"{section.key}.{KEY_FIGURES}"] = (_key_figures(section.measures), "")
    if section.lines:
        found[f"{section.key}.{STATUSES}"] = (_statuses(section), "")
    for part in section.parts:
        for block in part.blocks:
            if isinstance(block, Table | Chart):
                table = _table_of(block)
                if is_comparable(table) and not any(
                    _holds(one, table) for one, _ in found.values()
                ):
                    found[table.key] = (table, block.number.lower().replace(" ", "-"))
    return found


def _holds(table: Table, other: Table) -> bool:
    """Whether a table already tells all that another does, such as a chart of its columns."""
    labels, others = (
        [one.columns[place].label for place in (0, *_telling(one))] for one in (table, other)
    )
    return labels[0] == others[0] and set(others) <= set(labels)


def is_comparable(table: Table) -> bool:
    """Whether a table's rows can be met in another quarter's: not times, and more than words."""
    return table.columns[0].label not in ("Quarter", "Month") and bool(_telling(table))


def _table_of(block: Table | Chart) -> Table:
    """The table itself, or a chart's under the finding of its chart."""
    return block if isinstance(block, Table) else replace(block.table, headline=block.headline)


def _telling(table: Table) -> list[int]:
    """The places of the columns that hold numbers or statuses of the quarter itself."""
    return [
        place
        for place, column in enumerate(table.columns)
        if place
        and (column.label not in _PERIODS or table.key == KEY_FIGURES)
        and (column.numeric or any(row.cells[place].status for row in table.rows))
    ]


def _key_figures(measures: Sequence[Measure]) -> Table:
    def row(measure: Measure) -> Row:
        to_date, four = (
            figure_cell(figure, records=measure.records_of(period))
            for figure, period in (
                (measure.year_to_date, Period.YEAR_TO_DATE),
                (measure.rolling_four, Period.ROLLING_FOUR),
            )
        )
        value = figure_cell(measure.value, records=measure.records)
        return Row((Cell(measure.name, measure.name), value, to_date, four))

    return Table(
        key=KEY_FIGURES,
        headline="Key figures",
        subtitle="Key figures",
        columns=(
            Column("Measure", 28),
            Column("This quarter", 12, numeric=True, strong=True),
            Column("Year to date", 12, numeric=True),
            Column("Rolling four quarters", 12, numeric=True),
        ),
        rows=tuple(map(row, measures)),
    )


def _statuses(section: Section) -> Table:
    return Table(
        key=STATUSES,
        headline="Statuses",
        subtitle="Statuses",
        columns=(Column("What it is about", 40), Column("Status", 30)),
        rows=tuple(
            Row(
                (
                    Cell(line.label, line.label),
                    Cell(line.status_words, line.status_words, status=line.status),
                )
            )
            for line in section.lines
        ),
    )


type Tables = dict[str, tuple[Table, str]]


def _paired(sides: Sequence[Tables]) -> Iterator[tuple[str, list[tuple[Table, str] | None]]]:
    for key in dict.fromkeys(key for side in sides for key in side):
        yield key, [side.get(key) for side in sides]


def _side_by_side(
    key: str, quarters: Sequence[Quarter], tables: Sequence[tuple[Table, str] | None]
) -> Compared:
    """Two tables as one: each column twice, the difference beneath the first."""
    there = [found[0] for found in tables if found]
    labels = list(
        dict.fromkeys(table.columns[place].label for table in there for place in _telling(table))
    )
    columns = {column.label: column for table in reversed(there) for column in table.columns}
    rows = [
        _by_head(found[0], at) if found else {} for found, at in zip(tables, quarters, strict=True)
    ]
    heads = sorted(dict.fromkeys((*rows[0], *rows[1])), key=lambda head: _is_total(head, rows))
    width = 100 // (len(labels) * 2 + 2)
    return Compared(
        Table(
            key=f"compare.{key}",
            headline=_kind_of(there[0]),
            subtitle=f"{quarters[0]} beside {quarters[1]}",
            columns=(
                there[0].columns[0],
                *(
                    replace(
                        columns[label], label=f"{label}, {quarter}", brief="", width=max(5, width)
                    )
                    for label in labels
                    for quarter in quarters
                ),
            ),
            rows=tuple(
                Row(
                    (
                        Cell(head, head),
                        *(
                            cell
                            for label in labels
                            for cell in _differing(
                                *(side.get(head, _NO_ROW)[1].get(label, ABSENT) for side in rows)
                            )
                        ),
                    ),
                    total=_is_total(head, rows),
                )
                for head in heads
            ),
        ),
        tuple(
            (quarter, found[0].headline, found[1])
            for quarter, found in zip(quarters, tables, strict=True)
            if found and found[1]
        ),
    )


type Cells = tuple[bool, dict[str, Cell]]
_NO_ROW: Cells = (False, {})


def _is_total(head: str, rows: Iterable[Mapping[str, Cells]]) -> bool:
    return any(side.get(head, _NO_ROW)[0] for side in rows)


def _by_head(table: Table, quarter: Quarter) -> dict[str, Cells]:
    """A table's rows by their head, whether each is a total, and its cells by column.

    Rows of one head are told apart by their place. The records of a cell are those of its quarter.
    """
    found: dict[str, Cells] = {}
    seen: dict[str, int] = {}
    for row in table.rows:
        head = row.cells[0].text
        seen[head] = seen.get(head, 0) + 1
        if seen[head] > 1:
            head = f"{head} ({seen[head]})"
        cells = zip(table.columns[1:], row.cells[1:], strict=True)
        found[head] = (
            row.total,
            {column.label: _at(quarter, replace(cell, change="")) for column, cell in cells},
        )
    return found


def _at(quarter: Quarter, cell: Cell) -> Cell:
    """A cell whose records are found from the root of the site."""
    return replace(cell, records=f"/{quarter.path}/{cell.records}") if cell.records else cell


def _differing(first: Cell, second: Cell) -> tuple[Cell, Cell]:
    """Two cells, the first with the difference from the second beneath it."""
    return replace(first, change=difference(first, second)), second


def difference(first: Cell, second: Cell) -> str:
    """ "+18 (+41%)", "−3.2 points", "was At risk"; "" where one is not known, or no status moved."""
    if first.status or second.status:
        moved = first.status != second.status or first.text != second.text
        return (
            f"was {second.text}" if moved and ABSENT.text not in (first.text, second.text) else ""
        )
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


# ---------- all quarters ----------


def subjects(contents: Sequence[Content]) -> dict[str, tuple[str, tuple[Subject, ...]]]:
    """What can be followed, by table: what it is of, and its rows, as the newest quarter has them."""
    found: dict[str, tuple[str, dict[str, None]]] = {}
    for content in sorted(contents, key=lambda one: one.quarter, reverse=True):
        for section in _unit_sections(content):
            for table, _ in comparable_tables(section).values():
                if table.key == STATUSES:
                    continue
                key = _followed_key(section, table)
                words = f"{section.heading}: {_kind_of(table)}"
                rows = found.setdefault(key, (words, {}))[1]
                rows.update(dict.fromkeys(row.cells[0].text for row in table.rows))
    return {
        key: (words, tuple(Subject(key, row) for row in rows))
        for key, (words, rows) in found.items()
    }


def _unit_sections(content: Content) -> list[Section]:
    return [section for kind in board.UNITS if (section := content.section(kind.value))]


def _followed_key(section: Section, table: Table) -> str:
    return f"{section.key}.{KEY_FIGURES}" if table.key == KEY_FIGURES else table.key


def _kind_of(table: Table) -> str:
    """What a table is of, quarter by quarter: "Moderated disruptions by lead"."""
    return table.subtitle.partition(",")[0]


def followed(subject: Subject, contents: Sequence[Content]) -> Followed | None:
    """A row across all quarters, oldest first, each as its own quarter tells it; None if none has it.

    Quarters between the first and the last that a reader has none of stand as [x].
    """
    ordered = sorted(contents, key=lambda one: one.quarter)
    rows: dict[Quarter, dict[str, Cell]] = {}
    columns: dict[str, Column] = {}
    unit, measure, last = None, None, None
    definitions: dict[Quarter, str] = {}
    for content in ordered:
        for section in _unit_sections(content):
            for table, _ in comparable_tables(section).values():
                if _followed_key(section, table) != subject.table:
                    continue
                cells = _by_head(table, content.quarter).get(subject.row)
                if cells is None:
                    continue
                unit, last = section, table
                telling = [table.columns[place] for place in _telling(table)]
                columns.update((column.label, column) for column in telling)
                rows[content.quarter] = cells[1]
                for one in section.measures:
                    if one.name == subject.row and table.key == KEY_FIGURES:
                        measure, definitions[content.quarter] = one, one.definition
    if unit is None or last is None:
        return None
    quarters = _from_to(ordered[0].quarter, ordered[-1].quarter)
    notes = (*_gaps(quarters, rows, ordered), *_breaks(definitions))
    exhibit = _exhibit(subject, quarters, rows, list(columns.values()), notes)
    return Followed(subject, unit.heading, exhibit, sentence(measure) if measure else "")


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


def _breaks(definitions: Mapping[Quarter, str]) -> Iterator[str]:
    """Where the definition of a measure changed, so that figures before and after differ in kind."""
    ordered = sorted(definitions.items())
    for (_, before), (quarter, after) in pairwise(ordered):
        if before != after:
            yield f"Break in the series: from {quarter}, the definition reads “{after}”"


def _exhibit(
    subject: Subject,
    quarters: Sequence[Quarter],
    rows: Mapping[Quarter, Mapping[str, Cell]],
    columns: Sequence[Column],
    notes: tuple[str, ...],
) -> Chart | Table:
    missing = Cell(NOT_AVAILABLE)
    width = 70 // len(columns)
    heads = (
        Column("Quarter", 30),
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
            subtitle=span,
            columns=heads,
            rows=table_rows,
            notes=notes,
        )
    run = _run(values)
    expected = limits(run)
    named = drawn.label if drawn.label not in ("This quarter", "Number") else "Number"
    told = [
        f"{rows[quarter][drawn.label].text} in {quarter}"
        for quarter in quarters
        if quarter in rows and drawn.label in rows[quarter]
    ]
    return trend(
        "across",
        Trend(tuple(quarters), Series("across", subject.row, tuple(values)), expected),
        headline=_headline(subject.row, quarters, values),
        subtitle=f"{named}, {span}, as published",
        sentence=f"{subject.row}: {listed(told)}.",
        columns=heads,
        rows=table_rows,
        source="",
        reading=(ordinary(run, expected) if expected else too_few(len(run)),),
        notes=notes,
    )


def _headline(row: str, quarters: Sequence[Quarter], values: Sequence[int | float | None]) -> str:
    """The last value beside the one before it: "Cash: 28 in 2018/19 Q2, up 8 from 20 in 2018/19 Q1"."""
    known_ones = [
        (quarter, value)
        for quarter, value in zip(quarters, values, strict=True)
        if value is not None
    ]
    (before, base), (last, value) = known_ones[-2:]
    told = f"{row}: {value:,} in {last}"
    if not isinstance(value, int) or not isinstance(base, int):
        return told
    return f"{told}, {since(value, base, before.label)}"


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
