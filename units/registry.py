"""The reporting units as objects: what each one hands to the board, and what it is asked with."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

import msgspec
from django.apps import apps
from django.db.models import Q, QuerySet

from units.content.model import Section, Table
from units.domain.control_charts import Rebases
from units.domain.disclosure import (
    DEFAULTS,
    Policy,
    Withheld,
    WithheldFigure,
)
from units.domain.quarters import Quarter
from units.domain.revisions import (
    NOTHING_TOLD,
    Memory,
    Restated,
    Told,
)
from units.imports.importer import Importer
from units.records.quarterly_updates import Subjects
from units.records.release import ReleaseLog


class ReportContext(msgspec.Struct, frozen=True, kw_only=True):
    """For which quarter, audience and day a unit reports, and what it needs to know of the board.

    `log` says for whom words are read on which day, and notes which records the public may read;
    `policy` holds the office's switches; `withheld_before` is what earlier public editions withheld;
    `memory` what the audience was told of the same figures: those that differ are marked; `rebased`
    what the board has agreed to reckon anew.
    """

    quarter: Quarter
    log: ReleaseLog
    policy: Policy = DEFAULTS
    withheld_before: Withheld = {}
    memory: Memory = NOTHING_TOLD
    rebased: Rebases = {}


class Report(msgspec.Struct, frozen=True):
    """What a unit gives the board for one quarter and audience.

    `section` has exhibits and no paragraphs yet; `figures` are the live figures that prose may name,
    as readers see them; `appendices` follow the standard sections of the paper; `pending` counts the
    claims that wait for a panel, which officers are told and no edition holds. `confidential` names
    the cells that a public edition withholds, quarter by quarter; `told` the counts on which its
    figures rest, so that a later one can say which were revised; `restated` which of them are, and
    why; `withheld` tells the restricted audience which figures the public lacks, and why.
    """

    section: Section
    figures: dict[str, str]
    appendices: tuple[Section, ...] = ()
    pending: int = 0
    confidential: Withheld = {}
    told: Told = {}
    restated: Restated = Restated()
    withheld: tuple[WithheldFigure, ...] = ()


class KeyFigure(msgspec.Struct, frozen=True):
    """A measure that heads a unit's page: its key, its name, and what it counts.

    `keys` are those of the measures that it stands for, where a quarter chooses them, such as the
    leading crime types. `rebased` says whether the board may agree to re-base its expected range.
    """

    key: str
    name: str
    definition: str
    keys: tuple[str, ...] = ()
    rebased: bool = True


class Missing(msgspec.Struct, frozen=True):
    """Something that is not entered yet, in words, with the model it goes into and what is known of it.

    `values` fill the form of a new record.
    """

    words: str
    model: Any
    values: Mapping[str, Any]


class Want(msgspec.Struct, frozen=True):
    """What can be wanting of a quarter: `label` says it of one thing, `nouns` name one and several."""

    key: str
    label: str
    nouns: tuple[str, str]


class RegularEntry(Want, frozen=True):
    """Something that a unit enters each quarter besides the updates of its subjects.

    `of` finds the records of a quarter for each of which it is entered; `missing` what a quarter lacks
    on a day. `heading` is that of its check before publishing, `complete` what the check says where
    nothing is missing, {of} how many; `open` what it says of one, whose {words} it takes; `none` what
    it says where the {quarter} has no record for which it could be entered.
    """

    heading: str
    complete: str
    open: str
    none: str
    of: Callable[[Quarter], QuerySet[Any]]
    missing: Callable[[Quarter, date], Iterable[Missing]]


class UnitCheck(msgspec.Struct, frozen=True):
    """What a unit checks of a quarter before it is published, besides what every unit owes.

    `complete` is what it says where nothing is open; `items` are what is open, each with the address
    at which that is dealt with, and whether it holds publishing up.
    """

    heading: str
    complete: str
    items: tuple[tuple[str, str, bool], ...]


class NoSuchRecords(LookupError):
    """A list of records does not know what is asked of it: there is no such page."""


class InvalidFilter(ValueError):
    """A filter that the page of a list refuses, and says why: no record is given for it."""


class RecordList:
    """A list of the records behind a unit's figures: a page, a table to take away, a line for each.

    `key` names it below the unit's address, `heading` says what is listed, `link` what leads to it
    beside the pages of a quarter, or None where only figures do. Records are listed as they stood
    `as_of` a moment, or as they now stand. `parameters` are those of the page's address;
    NoSuchRecords where one is unknown, so that a slip of the pen lists no more than was asked for.
    """

    key: str
    heading: str
    link: str | None = None
    template = "record_table.html"
    noun = "records"
    empty = "No record fits"
    show_all = "Show all of the quarter"
    note: str | None = None

    def page(
        self, quarter: Quarter, *, parameters: Any, as_of: datetime | None
    ) -> Mapping[str, Any]:
        """What the list's template shows."""
        return {"table": self.table(quarter, parameters=parameters, as_of=as_of)}

    def table(self, quarter: Quarter, *, parameters: Any, as_of: datetime | None) -> Table:
        """All that the page lists, as one table; InvalidFilter where the page shows no record."""
        raise NotImplementedError

    def lines(self, quarter: Quarter, *, as_of: datetime | None) -> Iterable[tuple[Any, ...]]:
        """What the list says of each record of the quarter, its reference first."""
        table = self.table(quarter, parameters={}, as_of=as_of)
        return [tuple(cell.text for cell in row.cells) for row in table.rows]


class Unit:
    """A reporting unit: its page of the quarter and all that the board asks of it.

    `theme` is what it reports on, as a title names it; `parts` are those of its section, in order, by
    key: the paper's paragraphs stand before a part's exhibits. `live_figures` are what prose may name,
    each with what it stands for, `exhibits` what prose may refer to. `subjects` have an update each
    quarter. `importers` take records from files, by the name that commands give them.
    `listed_exhibits` gives the address of the list behind an exhibit that itself lists records;
    `glossary` explains the unit's own words.
    """

    key: str
    heading: str
    short_heading: str
    theme: str
    parts: Mapping[str, str] = {}
    live_figures: Mapping[str, str] = {}
    exhibits: Sequence[str] = ()
    key_figures: Sequence[KeyFigure] = ()
    subjects: Sequence[Subjects] = ()
    regular_entries: Sequence[RegularEntry] = ()
    importers: Mapping[str, type[Importer]] = {}
    record_lists: Sequence[RecordList] = ()
    listed_exhibits: Mapping[str, str] = {}
    glossary: Mapping[str, str] = {}

    def report(self, context: ReportContext) -> Report:
        """The unit's exhibits, headline and figures, without what the audience may not read."""
        raise NotImplementedError

    def recorded(self, quarter: Quarter) -> bool:
        """Whether the unit has a record of the quarter."""
        raise NotImplementedError

    def told(self, quarter: Quarter) -> list[tuple[QuerySet[Any], Q]]:
        """The quarter's records that tell in words what was done, by kind, and when one has words."""
        updates = dict.fromkeys(kind.update for kind in self.subjects)
        return [(model.objects.filter(quarter=quarter), ~Q(update="")) for model in updates]

    def first_record(self) -> QuerySet[Any] | None:
        """A queryset of the one day on which the unit's records begin; None where none is dated."""
        return None

    def checks(self, quarter: Quarter) -> tuple[UnitCheck, ...]:
        """What is to be thought of before the quarter is published."""
        return ()

    def record_list(self, key: str) -> RecordList | None:
        """The list of records of that key."""
        return next((found for found in self.record_lists if found.key == key), None)


def registered_units() -> tuple[Unit, ...]:
    """Every unit whose application is installed, in that order, which is the board's."""
    return tuple(config.unit for config in apps.get_app_configs() if hasattr(config, "unit"))


def unit_of(key: str) -> Unit | None:
    """The installed unit of that key."""
    return next((unit for unit in registered_units() if unit.key == key), None)
