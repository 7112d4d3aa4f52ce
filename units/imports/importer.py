"""Imports: the rows of a spreadsheet become records, all or none; the same columns go out again."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import timedelta
from itertools import batched, islice
from typing import Any, ClassVar

import msgspec
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from units.domain.english import listed, plural
from units.domain.rights import EXPORT, IMPORT
from units.domain.text import fold, legible, normalise
from units.imports.cells import BadCell, Value
from units.imports.sheets.table import letters
from units.imports.spreadsheet_reader import Cell, Spreadsheet, Unreadable
from units.records import bulk_history
from units.records.roles import may_with

type Row = tuple[Value, ...]
type Progress = Callable[[str], None]

MOST_PROBLEMS = 20_000
"""After so many the rest of a file is not looked at: it is another file, not a faulty one."""
BATCH = 1_000


class Column(msgspec.Struct, frozen=True):
    """A column of an import: how a cell is read, and what the template says of it."""

    name: str
    read: Callable[[Cell], Value]
    explained: str
    needed: bool = False
    choices: tuple[str, ...] = ()


class Problem(msgspec.Struct, frozen=True):
    """What is wrong with one cell, and the remedy."""

    row: int
    column: str
    value: str
    remedy: str

    def __str__(self) -> str:
        return f"Row {self.row}, {self.column} “{self.value}”: {self.remedy}"


class State:
    """What becomes of a row."""

    NEW, EQUAL, REFUSED = "n", "e", "r"


class Report(msgspec.Struct):
    """What a file would do, or did: how many rows are new, equal to what is stored, or refused.

    `states` has one letter a row, in order; `problems` are those of the rows, first to last.
    """

    new: int = 0
    equal: int = 0
    refused: int = 0
    states: str = ""
    problems: list[Problem] = []
    complete: bool = True

    @property
    def acceptable(self) -> bool:
        return not self.problems

    def sentence(self, noun: str, nouns: str) -> str:
        """The counts in words."""
        return (
            f"{self.new:,} new {plural(self.new, noun, nouns)}, {self.equal:,} stored already, "
            f"{self.refused:,} refused"
        )

    @property
    def outcome(self) -> str:
        """What came of it, after it was confirmed."""
        return "Imported." if self.new else "Nothing was new, and nothing was changed."


class Importer(ABC):
    """One kind of records as rows: its columns, its rules, how it is read and written.

    A row is a tuple of plain values in the order of the columns, as an export shows them.
    """

    model: ClassVar[Any]
    key: ClassVar[tuple[str, ...]]
    """The columns that together name a record; where it is one alone, people choose what it says."""
    columns: tuple[Column, ...]

    def __init__(self, by: User | None = None) -> None:
        self.by = by
        self.columns = self.get_columns()
        self.places = {column.name: place for place, column in enumerate(self.columns)}
        self._named = [self.places[name] for name in self.key]

    def key_of(self, row: Row) -> tuple[str, ...]:
        """What a row's record is recognised by: the same for names that look alike."""
        return tuple([fold(str(row[place])) for place in self._named])

    @classmethod
    def permits(cls, user: User) -> bool:
        """Whether a user may import such records in the admin."""
        return may_with(user, IMPORT, cls.model)

    @classmethod
    def exported_to(cls, user: User) -> bool:
        """Whether a user may export such records."""
        return may_with(user, EXPORT, cls.model)

    @classmethod
    def records(cls, user: User) -> Any:
        """The records that a user may look at, and so export."""
        return cls.model.objects.all()

    @classmethod
    def allowed(cls, user: User) -> Importer | None:
        """The import with a user's rights in the admin; None for who may not import such records."""
        return cls(user) if cls.permits(user) else None

    @abstractmethod
    def get_columns(self) -> tuple[Column, ...]:
        """The columns, with the vocabularies as they now stand in the database."""

    @abstractmethod
    def faults(self, row: Row) -> Iterable[tuple[str, str]]:
        """The rules that a row of readable cells breaks: column, and message with remedy."""

    @abstractmethod
    def rows(self, records: Any) -> Iterator[Row]:
        """Records of a query as rows, in its order."""

    @abstractmethod
    def stored(self, rows: Sequence[Row]) -> Any:
        """The query of the records that these rows could name, look-alikes among them."""

    @abstractmethod
    def write(self, rows: Sequence[Row], entry: bulk_history.Entry) -> None:
        """Rows without a fault, inserted with history."""

    def finish(self, entry: bulk_history.Entry) -> None:  # noqa: B027  most have nothing left to do
        """What is written once, after all rows."""

    def spent(self, rows: Sequence[Row]) -> set[tuple[str, ...]]:
        """The keys of those rows whose names another record bore, and that are not given again."""
        return set()

    @property
    def nouns(self) -> tuple[str, str]:
        """What one record is called, and several."""
        return self.model._meta.verbose_name, self.model._meta.verbose_name_plural


def fault_columns(error: ValidationError, columns: dict[str, str]) -> Iterator[tuple[str, str]]:
    """A model's own refusals, each at the column that stands for its field."""
    for field, messages in ValidationError(error.update_error_dict({})).message_dict.items():
        for message in messages:
            yield columns.get(field, field), message


# Going through a file


def examine(
    importer: Importer, sheet: Spreadsheet, progress: Progress | None = None
) -> tuple[Report, list[Row]]:
    """What the file would do, and the rows that are new; nothing is written.

    Every faulty row is named. Unreadable where the columns are not those of the import.
    """
    read = _readers(importer, sheet)
    report = Report(problems=[])
    fresh: list[Row] = []
    states: list[str] = []
    first_seen: dict[tuple[str, ...], tuple[int, Row]] = {}
    numbered = sheet.rows()
    while batch := list(islice(numbered, BATCH)):
        rows = [
            (number, *_row(importer, read, number, cells, workbook=bool(sheet.sheet)))
            for number, cells in batch
        ]
        known = _stored(importer, [row for _, row, _ in rows if row])
        for number, row, faults in rows:
            others = _against_others(importer, row, number, first_seen, known) if row else []
            if row is not None and not others and importer.key_of(row) in known[0]:
                # it changes nothing, so that what a new row would lack does not matter
                states.append(State.EQUAL)
            elif found := faults + others:
                states.append(State.REFUSED)
                report.problems += found
            elif row is not None:
                states.append(State.NEW)
                fresh.append(row)
        if progress:
            progress(f"{len(states):,} of {sheet.count:,} rows checked")
        if len(report.problems) > MOST_PROBLEMS:
            report.complete = False
            break
    report.states = "".join(states)
    report.new, report.equal, report.refused = (
        states.count(state) for state in (State.NEW, State.EQUAL, State.REFUSED)
    )
    return report, fresh


def _readers(importer: Importer, sheet: Spreadsheet) -> list[tuple[Column, int | None]]:
    """Each column of the import with its place in the file, None where the file lacks it."""
    headings = {_heading(column.name): column.name for column in importer.columns}
    names = [headings.get(_heading(said), said) for said in map(_said, sheet.header)]
    while names and not names[-1]:
        names.pop()
    known = [column.name for column in importer.columns]
    told = f"The columns are: {', '.join(known)}."
    if "" in names:
        nameless = names.index("") + 1
        raise Unreadable(f"{sheet.subject} has no name for column {nameless} in its header. {told}")
    unknown = [name for name in names if name not in known]
    if unknown:
        many = plural(len(unknown), "column")
        names_told = listed([f"“{name[:60]}”" for name in unknown[:10]])
        raise Unreadable(
            f"{sheet.subject} has the unknown {many} {names_told}: remove or rename it. {told}"
        )
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise Unreadable(
            f"{sheet.subject} has the column “{twice[0]}” more than once: remove one of them."
        )
    missing = [
        column.name for column in importer.columns if column.needed and column.name not in names
    ]
    if missing:
        many = plural(len(missing), "column")
        raise Unreadable(f"{sheet.subject} lacks the {many} {listed(missing)}: add it. {told}")
    return [
        (column, names.index(column.name) if column.name in names else None)
        for column in importer.columns
    ]


def _said(cell: Cell) -> str:
    return legible(str(cell))


def _heading(name: str) -> str:
    """A column's name as people recognise it: "Date of impact" is date_of_impact."""
    return fold(name).replace("_", "").replace("-", "")


def _row(
    importer: Importer,
    readers: list[tuple[Column, int | None]],
    number: int,
    cells: Sequence[Cell],
    *,
    workbook: bool,
) -> tuple[Row | None, list[Problem]]:
    """A row's values, None where a cell can’t be read; and what is wrong with it."""
    width = sum(place is not None for _, place in readers)
    surplus = next((place for place, cell in enumerate(cells) if place >= width and cell), None)
    if surplus is not None and workbook:
        told = "is under no heading: remove it, or give its column a heading that the import knows."
        return None, [
            Problem(number, f"cell {letters(surplus + 1)}{number}", _shown(cells[surplus]), told)
        ]
    if len(cells) < width or surplus is not None:
        told = (
            f"the row has {len(cells)} cells, and the header has {width}: a separator is missing "
            "or too many, or a text that holds one is not in quotation marks."
        )
        return None, [Problem(number, "row", _shown(cells[0] if cells else ""), told)]
    values: list[Value] = []
    problems = []
    for column, place in readers:
        cell = "" if place is None else cells[place]
        value: Value = None
        try:
            value = column.read(cell)
            if column.needed and (value is None or value == ""):
                problems.append(
                    Problem(number, column.name, "", f"is empty, and needed: {column.explained}")
                )
        except BadCell as error:
            problems.append(Problem(number, column.name, _shown(cell), str(error)))
        values.append(value)
    if problems:
        return None, problems
    row = tuple(values)
    return row, [
        Problem(number, name, _value_in(importer, row, name), remedy)
        for name, remedy in importer.faults(row)
    ]


def _value_in(importer: Importer, row: Row, name: str) -> str:
    return _shown(row[importer.places[name]]) if name in importer.places else ""


def _shown(value: Any) -> str:
    """A cell as a message repeats it: not longer than a line, and harmless to a terminal."""
    said = "" if value is None else legible(str(value))
    return said if len(said) <= 60 else f"{said[:59]}…"


type Key = tuple[str, ...]


def _stored(importer: Importer, rows: list[Row]) -> tuple[dict[Key, list[Row]], set[Key]]:
    """The stored rows under these rows' keys; and those keys that were spent on other records."""
    if not rows:
        return {}, set()
    stored: dict[Key, list[Row]] = {}
    for row in importer.rows(importer.stored(rows)):
        stored.setdefault(importer.key_of(row), []).append(row)
    return stored, importer.spent([row for row in rows if importer.key_of(row) not in stored])


def _against_others(
    importer: Importer,
    row: Row,
    number: int,
    first_seen: dict[Key, tuple[int, Row]],
    known: tuple[dict[Key, list[Row]], set[Key]],
) -> list[Problem]:
    """What is wrong with a row beside the file’s other rows and the stored records."""
    key = importer.key_of(row)
    name = importer.key[0]
    shown = _value_in(importer, row, name)
    before, first = first_seen.setdefault(key, (number, row))
    noun = importer.nouns[0]
    named = listed(importer.key)
    if before != number:
        same = f"row {before} has the same {named}: a file names each {noun} once."
        if (other := _value_in(importer, first, name)) != shown:
            same = (
                f"row {before} has “{other}”, which looks the same: a file names each {noun} once."
            )
        return [Problem(number, name, shown, same)]
    stored, spent = known
    if key in spent:
        return [
            Problem(
                number,
                name,
                shown,
                f"belonged to another {noun}, and is never given again: choose another.",
            )
        ]
    if key not in stored:
        return []
    held = _same_name(importer, row, stored[key])
    if held is None:
        other = _value_in(importer, stored[key][0], name)
        return [
            Problem(
                number,
                name,
                shown,
                f"looks like the stored {noun} “{other}”: write it so if that is meant, or choose "
                f"a {name} that no one takes for it.",
            )
        ]
    return [
        Problem(
            number,
            column.name,
            _shown(value),
            f"the stored {noun} says “{_shown(said)}”: an import never changes a record. Correct the "
            "file, or change the record itself.",
        )
        for column, value, said in zip(importer.columns, row, held, strict=True)
        if column.name not in importer.key and _plain(value) != _plain(said)
    ]


def _same_name(importer: Importer, row: Row, alike: list[Row]) -> Row | None:
    """The stored row that a row names, of those that look like it; None where it is none of them.

    Names of several columns come from vocabularies: there is nothing to mistake.
    """
    if len(importer.key) > 1:
        return alike[0]
    place = importer.places[importer.key[0]]
    return next((one for one in alike if _plain(one[place]) == _plain(row[place])), None)


def _plain(value: Value) -> Value:
    """A value as it compares: a text normalised, since what is stored may be older than the rule."""
    if isinstance(value, str):
        return normalise(value, lines=True).replace("\u00a0", " ")
    return value


class Interfered(Exception):
    """Somebody else entered a record that a file brings, between its check and its writing."""


def bring_in(
    importer: Importer, rows: Sequence[Row], *, reason: str, progress: Progress | None = None
) -> None:
    """Writes rows that `examine` found new, with history, all of them or none (Interfered)."""
    now = timezone.now()
    entry = bulk_history.Entry(at=now, by=importer.by, reason=reason)
    done = 0
    try:
        with transaction.atomic():
            for batch in batched(rows, BATCH, strict=False):
                importer.write(batch, entry)
                done += len(batch)
                if progress:
                    progress(f"{done:,} of {len(rows):,} rows written")
            importer.finish(entry)
    except IntegrityError as error:
        raise Interfered(
            "Meanwhile somebody entered or removed a record that this file names. Nothing was "
            "imported: do it again."
        ) from error


def said_of(name: str, *, by: User | None) -> str:
    """Why a record is there, for its history; "command line" where nobody is named."""
    file = f"import of {legible(name)}"[:44]
    return file if by else f"command line, {file}"[:60]


LATER = timedelta(milliseconds=1)
"""What a record’s second entry of the history comes after its first, when both are made at once."""
