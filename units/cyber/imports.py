"""Import and export of the cybercrime records: workstream updates and reach."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import Any

from django.contrib.auth.models import User
from django.core.exceptions import ValidationError

from units.cyber.models import (
    Channel,
    Reach,
    Workstream,
    WorkstreamUpdate,
)
from units.domain.quarters import Quarter, UnknownQuarter
from units.domain.text import fold
from units.domain.vocabulary import Marking, Status
from units.imports.cells import (
    BadCell,
    count,
    labels,
    one_of,
    text,
    values_by_label,
    words,
)
from units.imports.importer import (
    BATCH,
    Column,
    Importer,
    Row,
    fault_columns,
)
from units.imports.spreadsheet_reader import Cell
from units.records import bulk_history
from units.records.fields import month_named

_STATUSES = values_by_label(Status)
_MARKINGS = labels(Marking)


def _quarter(cell: Cell) -> str:
    said = words(cell)
    try:
        return Quarter.parse(said).label if said else ""
    except UnknownQuarter as error:
        raise BadCell(str(error)) from error


def _month(cell: Cell) -> str:
    try:
        if isinstance(cell, date | datetime):
            month: date | None = cell
        else:
            said = words(cell)
            month = month_named(said) if said else None
    except ValidationError as error:
        raise BadCell(" ".join(error.messages)) from error
    if month and month.year < 1990:
        raise BadCell("lies before 1990: correct the month.")
    return f"{month:%Y-%m}" if month else ""


class WorkstreamUpdates(Importer):
    """Where each workstream stands in a quarter."""

    model = WorkstreamUpdate
    key = ("workstream", "quarter")

    def __init__(self, by: User | None = None) -> None:
        titles: dict[str, str] = {}
        self.workstreams: dict[tuple[str, int], list[Workstream]] = defaultdict(list)
        for one in Workstream.objects.order_by("-year", "order"):
            self.workstreams[fold(one.title), one.year].append(one)
            titles.setdefault(fold(one.title), one.title)
        self.titles = tuple(titles.values())
        super().__init__(by)

    def get_columns(self) -> tuple[Column, ...]:
        field = WorkstreamUpdate._meta.get_field
        known = one_of(
            self.titles, what="is no workstream: enter it first, or write one of {}.", shown=20
        )
        return (
            Column("workstream", known, "The workstream’s title.", True, self.titles),
            Column("quarter", _quarter, "Such as 2018/19 Q2; Q1 is April to June.", True),
            Column("status", one_of(labels(Status)), "Where it stands.", True, labels(Status)),
            Column("update", text(field("update")), "What happened; or empty."),
            Column("next_step", text(field("next_step")), "What comes next; or empty."),
            Column("marking", one_of(_MARKINGS), "As of the record.", True, _MARKINGS),
        )

    def _workstreams_of(self, row: Row) -> list[Workstream]:
        return self.workstreams.get((fold(str(row[0])), Quarter.parse(str(row[1])).year), [])

    def faults(self, row: Row) -> Iterator[tuple[str, str]]:
        found = self._workstreams_of(row)
        if not found:
            year = Quarter.parse(str(row[1])).year_label
            yield "workstream", f"there is none of this title in {year}: enter it first."
        elif len(found) > 1:
            yield (
                "workstream",
                "several of this year have this title: give each a title of its own.",
            )
        else:
            try:
                self._update(row).clean()
            except ValidationError as error:
                yield from fault_columns(error, {})

    def _update(self, row: Row) -> WorkstreamUpdate:
        _, quarter, status, update, next_step, marking = row
        return WorkstreamUpdate(
            workstream=self._workstreams_of(row)[0],
            quarter=Quarter.parse(str(quarter)),
            status=_STATUSES[str(status)],
            update=update,
            next_step=next_step,
            marking=marking,
        )

    def stored(self, rows: Sequence[Row]) -> Any:
        return WorkstreamUpdate.objects.filter(
            workstream__in=[one for row in rows for one in self._workstreams_of(row)],
            quarter__in={Quarter.parse(str(row[1])) for row in rows},
        )

    def rows(self, records: Any) -> Iterator[Row]:
        fields = ("workstream__title", "quarter", "status", "update", "next_step", "marking")
        for title, quarter, status, *rest in records.values_list(*fields).iterator(
            chunk_size=BATCH
        ):
            yield title, quarter.label, Status(status).label, *rest

    def write(self, rows: Sequence[Row], entry: bulk_history.Entry) -> None:
        bulk_history.insert([self._update(row) for row in rows], entry)


class ReachByMonth(Importer):
    """How many people each channel reached in a month."""

    model = Reach
    key = ("month", "channel")

    def __init__(self, by: User | None = None) -> None:
        self.channels = {one.name: one for one in Channel.objects.order_by("order")}
        super().__init__(by)

    def get_columns(self) -> tuple[Column, ...]:
        names = tuple(self.channels)
        most = 2_147_483_647  # what the database's integer holds
        return (
            Column("month", _month, "Such as 2018-07 or July 2018.", True),
            Column("channel", one_of(names), "One of the channels.", True, names),
            Column("people", count(most), "How many people were reached.", True),
            Column("marking", one_of(_MARKINGS), "As of the record.", True, _MARKINGS),
        )

    def _reach(self, row: Row) -> Reach:
        month, channel, people, marking = row
        return Reach(
            month=month_named(str(month)),
            channel=self.channels[str(channel)],
            people=people,
            marking=marking,
        )

    def faults(self, row: Row) -> Iterator[tuple[str, str]]:
        try:
            self._reach(row).clean()
        except ValidationError as error:
            yield from fault_columns(error, {})

    def stored(self, rows: Sequence[Row]) -> Any:
        return Reach.objects.filter(month__in={month_named(str(row[0])) for row in rows})

    def rows(self, records: Any) -> Iterator[Row]:
        fields = ("month", "channel__name", "people", "marking")
        for month, *rest in records.values_list(*fields).iterator(chunk_size=BATCH):
            yield f"{month:%Y-%m}", *rest

    def write(self, rows: Sequence[Row], entry: bulk_history.Entry) -> None:
        bulk_history.insert([self._reach(row) for row in rows], entry)
