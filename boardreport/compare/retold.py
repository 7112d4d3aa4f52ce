"""A key figure's quarters, each as the newest edition that tells it has it; from plain contents.

An edition freezes the series on which a key figure's expected range rests. It reaches back behind the
first edition, and over quarters in which the measure was no key figure.
"""

from collections.abc import Iterable, Mapping, Sequence

import msgspec
from msgspec.structs import replace

from boardreport.compare.comparable import (
    KEY_FIGURES,
    Entry,
    by_head,
    followable_tables,
    telling,
)
from boardreport.compare.rested import Rested, rested
from boardreport.editions.revised import RevisedSince
from units.content.model import (
    Cell,
    Column,
    Content,
    Section,
    Table,
)
from units.domain.control_charts import USUAL
from units.domain.measures import Measure
from units.domain.quarters import Quarter
from units.domain.revisions import marked
from units.domain.vocabulary import Period

VALUE = "This quarter"
"""The column of key figures that holds their own value."""


class Place(msgspec.Struct, frozen=True):
    """Where a unit tells a row: the table's key, the row's head, and the columns.

    `columns` are the labels of the table by those under which a reader is shown them; empty where
    they are the same.
    """

    table: str
    head: str
    columns: Mapping[str, str] = {}


class Told(msgspec.Struct, frozen=True):
    """A quarter's number as a content tells it, and the address of the records behind it there."""

    number: int | float
    records: str = ""

    def cell(self, own: Cell | None) -> Cell:
        """The number; beneath it what its own quarter's content told, where that was another."""
        before = own.number if own else None
        if own and before == self.number:
            return replace(own, change="")
        revised = before is not None
        return Cell(
            marked(f"{self.number:,}", revised),
            self.number,
            f"was {before:,}" if revised else "",
            records=self.records,
        )


def drawn_column(columns: Iterable[Column]) -> Column | None:
    """The column of a row's own number, which a chart of the row draws."""
    numeric = [one for one in columns if one.numeric]
    return next((one for one in numeric if one.strong), None) or next(iter(numeric), None)


def key_figure(section: Section, table: Table, head: str) -> Measure | None:
    """The key figure that a row is: the one of its name, or the one whose records are its number's."""
    if table.key == KEY_FIGURES:
        return next((one for one in section.measures if one.name == head), None)
    drawn = drawn_column(table.columns[place] for place in telling(table))
    row = next((one for one in table.rows if one.cells[0].text == head), None)
    if drawn is None or row is None:
        return None
    records = row.cells[table.columns.index(drawn)].records
    return next((one for one in section.measures if records and one.records == records), None)


def elsewhere(section: Section, measure: Measure) -> Place | None:
    """Where else a unit tells a key figure, as it does in quarters that have others; or None."""
    wanted = {VALUE: measure.records} | {
        period.heading: measure.records_of(period)
        for period in (Period.YEAR_TO_DATE, Period.ROLLING_FOUR)
    }
    for key, (table, _) in followable_tables(section).items():
        for row in table.rows if table.key != KEY_FIGURES else ():
            labels = {
                cell.records: column.label
                for column, cell in zip(table.columns, row.cells, strict=True)
                if cell.records
            }
            if measure.records in labels:
                columns = {mine: labels[one] for mine, one in wanted.items() if one in labels}
                return Place(key, row.cells[0].text, columns)
    return None


def told(measure: Measure, content: Content, *, since: Quarter | None) -> dict[Quarter, Told]:
    """The numbers of a key figure's series by quarter: those from when its definition holds."""
    until = content.quarter.previous if measure.early else content.quarter
    return {
        quarter: Told(number, _records(measure, content.quarter, quarter))
        for quarter, number in zip(until.last(len(measure.series)), measure.series, strict=True)
        if since is None or quarter >= since
    }


def _records(measure: Measure, reported: Quarter, quarter: Quarter) -> str:
    """Where the records behind a quarter's number are listed, as far as the reported one's lists go."""
    if not measure.records or measure.stock or quarter not in reported.last(USUAL):
        return ""
    joined = "&" if "?" in measure.records else "?"
    return f"/{reported.path}/{measure.records}{joined}period={quarter.slug}"


def entry_at(
    place: Place,
    section: Section,
    table: Table,
    content: Content,
    moved: Sequence[RevisedSince],
    figure: Measure | None = None,
) -> tuple[Entry, Rested]:
    """A row of a content's table under the labels of its place, and what its sums rest on.

    `moved` are the quarters revised since on which the content's figures rest; `figure` is the key
    figure that the row is where that is not the section's own.
    """
    over = _over(place, section, table, figure)
    rests = rested(over, content, moved) if over else Rested()
    rest_now = {
        (place.head, place.columns.get(label, label)): now for (_, label), now in rests.now.items()
    }
    later = next((one for one in moved if one.quarter == content.quarter), None)
    entry = by_head(table, content.quarter, later, rest_now)[place.head]
    columns = place.columns or {label: label for label in entry.cells}
    return (
        Entry(
            entry.total,
            {mine: entry.cells[label] for mine, label in columns.items()},
            {mine: entry.now[label] for mine, label in columns.items() if label in entry.now},
        ),
        rests,
    )


def _over(place: Place, section: Section, table: Table, figure: Measure | None) -> Section | None:
    """The section with the key figure alone that a row is, as it tells it over several quarters."""
    if table.key == KEY_FIGURES:
        own = [one for one in section.measures if one.name == place.head]
        return replace(section, measures=tuple(own))
    if figure is None:
        return None
    row = next(one for one in table.rows if one.cells[0].text == place.head)
    numbers = {
        column.label: cell.number for column, cell in zip(table.columns, row.cells, strict=True)
    }
    to_date, four = (
        numbers.get(place.columns.get(one.heading, ""))
        for one in (Period.YEAR_TO_DATE, Period.ROLLING_FOUR)
    )
    # its series is that of the content in which it is a key figure
    here = replace(figure, year_to_date=to_date, rolling_four=four, series=())
    return replace(section, measures=(here,))
