"""A content's tables that can be met in another quarter's: rows by head, cells by column."""

import re
from collections.abc import Mapping, Sequence
from types import MappingProxyType

import msgspec
from msgspec.structs import replace

from boardreport.editions.revised import Later, RevisedSince
from boardreport.names import KEY_FIGURES
from units.content.model import (
    Cell,
    Chart,
    Column,
    Content,
    Row,
    Section,
    SharesAgainstFormula,
    Table,
)
from units.content.tables_and_charts import figure_cell
from units.domain.measures import Measure
from units.domain.quarters import Quarter
from units.domain.vocabulary import COUNTED_IMPACTS, Period

STATUSES = "board.statuses"
STATUS = "Status"
"""The head of a column of statuses."""
LEADS = "leads"

_PERIODS = ("Previous quarter", "Same quarter last year", "Year to date", "Rolling four quarters")
"""Columns that a table has for comparing: beside another quarter they would only repeat it."""

_OF_ONE_QUARTER = re.compile(r"[,;]| (?:as they stood )?at \d")
"""Where the subtitle of a table begins to say of which day or quarter it is."""

_OF_ONE_YEAR = re.compile(r"(?: (?:for|of))? \d{4}/\d{2}$")
"""Of which financial year it is, where its rows go on from year to year."""

_COUNTED = ("Disruptions", "OCGs", "People reached a month")
_OWN = ("Number", "Total", "This quarter")
_WHOLES = {"OCGs": "OCGs mapped at the end"}
"""Wholes that a list of revisions names otherwise than what is counted."""
_KEY_FIGURES_REVISED = {
    "Drugs": "Disruptions, Drug Activity",
    "Firearms": "Disruptions, Firearms",
    "Major disruptions": "Disruptions of major impact",
    "OCGs mapped": "OCGs mapped at the end",
}
"""Key figures that a list of revisions names otherwise."""

type Tables = dict[str, tuple[Table, str]]
"""Tables by key, each with its anchor on its unit's page ("figure-2"), "" where it has none."""

REVISED = "revised since"
"""Beneath a figure of which it is known that it rests on a revised one, and not what it is now."""


class Entry(msgspec.Struct, frozen=True):
    """A row of a table: whether it is a total, and its cells by the label of their column.

    `now` tells what those of them that were revised since are now; None where no reader can reckon it.
    """

    total: bool
    cells: Mapping[str, Cell]
    now: Mapping[str, int | None] = {}


def comparable_tables(section: Section | None) -> Tables:
    """A unit's tables with a number or a status in them; its key figures and statuses among them."""
    if section is None:
        return {}
    found: Tables = {}
    if section.measures:
        found[f"{section.key}.{KEY_FIGURES}"] = (_key_figures(section.measures), "")
    if section.lines:
        found[f"{section.key}.{STATUSES}"] = (_statuses(section), "")
    for block in section.exhibits():
        table = _table_of(block)
        if is_comparable(table) and not any(_holds(one, table) for one, _ in found.values()):
            found[table.key] = (table, block.anchor)
    if led := _workstreams_led(found):
        found[f"{section.key}.{LEADS}"] = (_by_lead(section, led), "")
    return found


type Led = dict[str, list[tuple[str, Cell]]]
"""The workstreams that each post leads, by title, and the status of each."""


def _workstreams_led(tables: Tables) -> Led:
    """Those of tables that tell both, a status perhaps as withheld; one without a lead is left out."""
    found: Led = {}
    for table, _ in tables.values():
        labels = [column.label for column in table.columns]
        if "Lead" not in labels or STATUS not in labels:
            continue
        lead, status = labels.index("Lead"), labels.index(STATUS)
        for row in table.rows:
            if (post := row.cells[lead].text) and row.cells[status].text:
                found.setdefault(post, []).append((row.cells[0].text, row.cells[status]))
    return dict(sorted(found.items()))


def _by_lead(section: Section, led: Led) -> Table:
    """The unit's workstreams under the posts that lead them, each with its status.

    Numbers by status would not tell which of them moved.
    """
    return _led_table(
        section,
        (Column("Lead and workstream", 60), Column(STATUS, 20)),
        tuple(
            Row((Cell(head, head), status))
            for post, workstreams in led.items()
            for title, status in workstreams
            if (head := f"{post}: {title}")
        ),
    )


def _of_post(section: Section, post: str, workstreams: Sequence[tuple[str, Cell]]) -> Table:
    """A post as it is followed: one row, and its workstreams' statuses in it."""
    return _led_table(
        section,
        (Column("Lead", 40), *(Column(title, 20) for title, _ in workstreams)),
        (Row((Cell(post, post), *(status for _, status in workstreams))),),
    )


def _led_table(section: Section, columns: tuple[Column, ...], rows: tuple[Row, ...]) -> Table:
    return Table(
        key=f"{section.key}.{LEADS}",
        headline="Workstreams by lead",
        subtitle="Workstreams by lead and status",
        columns=columns,
        rows=rows,
    )


def _holds(table: Table, other: Table) -> bool:
    """Whether a table already tells all that another does, such as a chart of its columns."""
    labels, others = (
        [one.columns[place].label for place in (0, *telling(one))] for one in (table, other)
    )
    heads, other_heads = ({row.cells[0].text for row in one.rows} for one in (table, other))
    alike = labels[0] == others[0] and set(others) <= set(labels)
    return alike and not heads.isdisjoint(other_heads)


def is_comparable(table: Table) -> bool:
    """Whether a table's rows can be met in another quarter's: not times, and more than words."""
    return table.columns[0].label not in ("Quarter", "Month") and bool(telling(table))


def _table_of(block: Table | Chart) -> Table:
    """The table itself, or a chart's under the finding of its chart.

    Of shares against a formula the row's own number is the share, which the chart draws.
    """
    if isinstance(block, Table):
        return block
    table, columns = block.table, block.table.columns
    if isinstance(block.drawing, SharesAgainstFormula):
        drawn = block.drawing.actual.values
        columns = tuple(
            replace(column, strong=tuple(row.cells[place].value for row in table.rows) == drawn)
            for place, column in enumerate(columns)
        )
    return replace(table, headline=block.headline, columns=columns)


def telling(table: Table) -> list[int]:
    """The places of the columns that hold numbers or statuses of the quarter itself.

    A column of statuses is one too where each of them is withheld, as is each workstream of a post.
    """
    return [
        place
        for place, column in enumerate(table.columns)
        if place
        and (column.label not in _PERIODS or table.key == KEY_FIGURES)
        and (
            column.numeric
            or column.label == STATUS
            or table.key.endswith(f".{LEADS}")
            or any(row.cells[place].status for row in table.rows)
        )
    ]


def followable_tables(section: Section | None) -> Tables:
    """The comparable tables whose rows each have a number or a status: not one of words on its side.

    In place of the workstreams by lead stands each post with its own.
    """
    if section is None:
        return {}
    tables = comparable_tables(section)
    leads = f"{section.key}.{LEADS}"
    posts = {
        f"{leads}:{post}": (_of_post(section, post, workstreams), "")
        for post, workstreams in _workstreams_led(tables).items()
    }
    return {
        key: (table, anchor)
        for key, (table, anchor) in tables.items()
        if key != leads
        and any(
            table.columns[place].numeric or table.columns[place].label == STATUS
            for place in telling(table)
        )
    } | posts


def _key_figures(measures: Sequence[Measure]) -> Table:
    def row(measure: Measure) -> Row:
        to_date, four = (
            figure_cell(
                figure, records=measure.records_of(period), revised=period in measure.revised
            )
            for figure, period in (
                (measure.year_to_date, Period.YEAR_TO_DATE),
                (measure.rolling_four, Period.ROLLING_FOUR),
            )
        )
        value = figure_cell(
            measure.value, records=measure.records, revised="value" in measure.revised
        )
        return Row((Cell(measure.name, measure.name), value, to_date, four))

    return Table(
        key=KEY_FIGURES,
        headline="Key figures",
        subtitle="Key figures",
        columns=(
            Column("Measure", 28),
            Column("This quarter", 12, numeric=True, strong=True),
            Column("Year to date", 12, numeric=True),
            Column("Rolling four quarters", 12, "Rolling four", numeric=True),
        ),
        rows=tuple(map(row, measures)),
    )


def _statuses(section: Section) -> Table:
    return Table(
        key=STATUSES,
        headline="Statuses",
        subtitle="Statuses",
        columns=(Column("What it is about", 40), Column(STATUS, 30)),
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


def unit_sections(content: Content) -> list[Section]:
    return [section for section in content.sections if section.is_page]


def followed_key(section: Section, table: Table) -> str:
    return f"{section.key}.{KEY_FIGURES}" if table.key == KEY_FIGURES else table.key


def kind_of(table: Table) -> str:
    """What a table is of, quarter by quarter: "Moderated disruptions by lead"."""
    return _OF_ONE_YEAR.sub("", _OF_ONE_QUARTER.split(table.subtitle)[0])


def by_head(
    table: Table,
    quarter: Quarter,
    since: RevisedSince | None = None,
    over: Mapping[tuple[str, str], int | None] = MappingProxyType({}),
) -> dict[str, Entry]:
    """A table's rows by their head.

    Rows of one head are told apart by their place. The records of a cell are those of its quarter.
    A figure that was revised since says beneath it what it is now: "now 136"; `over` tells what figures
    over several quarters are now, by the head of their row and column.
    """
    found: dict[str, Entry] = {}
    seen: dict[str, int] = {}
    for row in table.rows:
        head = row.cells[0].text
        seen[head] = seen.get(head, 0) + 1
        now = {label: one for (of, label), one in over.items() if of == head}
        now |= {label: one.now for label, one in revised_in(table, row, since).items()}
        if seen[head] > 1:
            head = f"{head} ({seen[head]})"
        cells = {
            column.label: _at(
                quarter,
                replace(cell, change=_now(now[column.label]) if column.label in now else ""),
            )
            for column, cell in zip(table.columns[1:], row.cells[1:], strict=True)
        }
        found[head] = Entry(row.total, cells, now)
    return found


def _now(number: int | None) -> str:
    return REVISED if number is None else f"now {number:,}"


def revised_in(table: Table, row: Row, since: RevisedSince | None) -> dict[str, Later]:
    """The figures of a row that were revised since, by the label of their column."""
    named = {one.name: one for one in since.figures} if since else {}
    return {
        column.label: later
        for column, cell in zip(table.columns[1:], row.cells[1:], strict=True)
        if (later := named.get(_revised_name(table, row, column.label)))
        and later.told == cell.number
    }


def _revised_name(table: Table, row: Row, label: str) -> str:
    """How a list of revisions names a figure of a table: "Disruptions, Drug Activity"; or ""."""
    head = row.cells[0].text
    if table.key == KEY_FIGURES:
        return listed_as(head) if label == "This quarter" else ""
    if row.total:
        return whole_name(table, label)
    counted = counted_in(table)
    if counted and (impact := label.lower()) in COUNTED_IMPACTS:
        return f"{counted}, {head}, {impact}"
    return f"{counted}, {head}" if counted and label in _OWN else ""


def whole_name(table: Table, label: str) -> str:
    """How a list of revisions names the whole of a column: "Disruptions of major impact"; or ""."""
    counted = counted_in(table)
    if counted and (impact := label.lower()) in COUNTED_IMPACTS:
        return f"{counted} of {impact} impact"
    return _WHOLES.get(counted, counted) if label in _OWN else ""


def listed_as(name: str) -> str:
    """How a list of revisions names a key figure."""
    return _KEY_FIGURES_REVISED.get(name, name)


def counted_in(table: Table) -> str:
    """What a table counts: "Disruptions", "OCGs", "People reached a month"; "" where it is another."""
    kind = kind_of(table).lower()
    return next((one for one in _COUNTED if one.lower() in kind), "")


def _at(quarter: Quarter, cell: Cell) -> Cell:
    """A cell whose records are found from the root of the site."""
    return replace(cell, records=f"/{quarter.path}/{cell.records}") if cell.records else cell
