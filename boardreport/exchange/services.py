"""Exchange: the records that go in and out as spreadsheets, by the name that commands give them."""

import hashlib
import io
from collections.abc import Iterable, Iterator, Sequence
from datetime import timedelta
from itertools import islice
from typing import Any, BinaryIO
from uuid import UUID

import msgspec
from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from boardreport.models import (
    DownloadFormat,
    Export,
    Office,
    Upload,
)
from boardreport.spreadsheets import Format, Sheet, written
from units.domain.text import legible
from units.domain.vocabulary import Marking
from units.imports import spreadsheet_reader
from units.imports.importer import (
    Importer,
    Interfered,
    Problem,
    Report,
    Row,
    State,
    bring_in,
    examine,
    said_of,
)
from units.registry import registered_units

KEPT = timedelta(hours=1)
"""How long an uploaded file waits to be confirmed."""
PAGE_LENGTH = 50


def importers() -> dict[str, type[Importer]]:
    """What takes the records of the office's units from files, by the name that commands give it."""
    units = Office.current().units
    return {name: importer for unit in units for name, importer in unit.importers.items()}


def kinds() -> tuple[str, ...]:
    """The names that commands give to what any installed unit takes from files."""
    return tuple(name for unit in registered_units() for name in unit.importers)


def importer_of(app: str, model: str) -> tuple[str, type[Importer]] | None:
    """The import of a model's records with its name, by the names in the model's admin address."""
    for kind, importer in importers().items():
        options = importer.model._meta
        if (options.app_label, options.model_name) == (app, model):
            return kind, importer
    return None


class Exported(msgspec.Struct, frozen=True):
    """A file of records: its bytes, the highest marking among them, how many they are."""

    data: bytes
    marking: Marking
    number: int


def exported(importer: Importer, records: Any, file: Format) -> Exported:
    """The records in an import's columns.

    Raises downloads.TooLong where a text fits no workbook's cell.
    """
    marked = records.order_by().filter(marking=Marking.OFFICIAL_SENSITIVE).exists()
    marking = Marking.OFFICIAL_SENSITIVE if marked else Marking.OFFICIAL
    number = 0

    def rows() -> Iterator[Row]:
        nonlocal number
        for row in importer.rows(records):
            number += 1
            yield row

    data = _workbook(importer, rows(), file, marking)
    return Exported(data, marking, number)


def handed_out(importer: Importer, records: Any, file: Format, *, to: User) -> Exported:
    """As `exported`, for somebody who takes the file away: logged before it is handed out."""
    made = exported(importer, records, file)
    Export.objects.create(
        reader=to,
        at=timezone.now(),
        kind=importer.nouns[1],
        number=made.number,
        marking=made.marking,
        format=DownloadFormat(file),
        sha256=hashlib.sha256(made.data).hexdigest(),
    )
    return made


def template(importer: Importer, file: Format) -> bytes:
    """An empty sheet with the import's columns, beside it what each of them takes."""
    return _workbook(importer, (), file, "")


def _workbook(importer: Importer, rows: Iterable[Row], file: Format, marking: str) -> bytes:
    name = importer.nouns[1][:1].upper() + importer.nouns[1][1:]
    records = Sheet(
        name=name,
        header=tuple(column.name for column in importer.columns),
        rows=rows,
        choices={column.name: column.choices for column in importer.columns if column.choices},
    )
    columns = Sheet(
        name="Columns",
        header=("column", "needed", "what to write", "one of"),
        rows=[
            (
                column.name,
                "yes" if column.needed else "no",
                column.explained,
                "\n".join(column.choices),
            )
            for column in importer.columns
        ],
        above=(marking,) if marking else (),
    )
    return written(file, f"{name} {marking}".strip(), [records, columns])


# In the admin: a file is kept, looked at, confirmed


def keep(kind: str, importer: Importer, file: BinaryIO, name: str, *, by: User) -> Upload:
    """The uploaded file with what it would do; nothing else is written. Raises Unreadable."""
    report, _ = examine(importer, spreadsheet_reader.read(file, name))
    file.seek(0)
    Upload.objects.filter(uploaded_at__lt=timezone.now() - KEPT).delete()
    return Upload.objects.create(
        user=by,
        kind=kind,
        name=legible(name)[-100:],
        data=file.read(),
        report=msgspec.json.encode(report),
    )


def kept(kind: str, key: UUID, *, by: User) -> Upload | None:
    """A user's own upload that still waits; None where there is none, or no longer."""
    since = timezone.now() - KEPT
    return Upload.objects.filter(key=key, kind=kind, user=by, uploaded_at__gte=since).first()


class ShownRow(msgspec.Struct, frozen=True):
    """A row of a preview: its number in the file, what becomes of it, its cells, what is wrong."""

    number: int
    state: str
    cells: Sequence[str]
    problems: Sequence[Problem]


STATE_WORDS = {State.NEW: "New", State.EQUAL: "Stored already", State.REFUSED: "Refused"}


class Preview(msgspec.Struct, frozen=True):
    """A page of what a file would do; `states` are state, words and number of rows, for links.

    `remark` says which sheet was read, and what of it a spreadsheet hides.
    """

    report: Report
    remark: str
    header: Sequence[str]
    rows: Sequence[ShownRow]
    states: Sequence[tuple[str, str, int]]
    shown: str
    page: int
    pages: int


def preview(upload: Upload, *, shown: str = "", page: int = 1) -> Preview:
    """One page of an upload's rows: all, or those in one state."""
    report = msgspec.json.decode(bytes(upload.report), type=Report)
    shown = shown if shown in STATE_WORDS else ""
    total = report.states.count(shown) if shown else len(report.states)
    pages = max(1, -(-total // PAGE_LENGTH))
    page = min(max(page, 1), pages)
    sheet = spreadsheet_reader.read(io.BytesIO(bytes(upload.data)), upload.name)
    wanted = (
        (number, state, cells)
        for (number, cells), state in zip(sheet.rows(), report.states, strict=False)
        if not shown or state == shown
    )
    of_page = list(islice(wanted, (page - 1) * PAGE_LENGTH, page * PAGE_LENGTH))
    numbers = {number for number, _, _ in of_page}
    problems: dict[int, list[Problem]] = {}
    for problem in report.problems:
        if problem.row in numbers:
            problems.setdefault(problem.row, []).append(problem)
    return Preview(
        report=report,
        remark=sheet.remark,
        header=[str(cell).strip() for cell in sheet.header],
        rows=[
            ShownRow(
                number, STATE_WORDS[state], [str(cell) for cell in cells], problems.get(number, ())
            )
            for number, state, cells in of_page
        ],
        states=[
            (state, words, report.states.count(state))
            for state, words in STATE_WORDS.items()
            if state in report.states
        ],
        shown=shown,
        page=page,
        pages=pages,
    )


def confirm(upload: Upload, importer: Importer) -> Report:
    """Imports a kept file, once, and what it did; checked anew beforehand.

    Raises Interfered where it would now do something other than its preview says, which is then
    brought up to date, or where it was confirmed already. Nothing is written in either case.
    """
    sheet = spreadsheet_reader.read(io.BytesIO(bytes(upload.data)), upload.name)
    report, rows = examine(importer, sheet)
    if report != msgspec.json.decode(bytes(upload.report), type=Report):
        Upload.objects.filter(pk=upload.pk).update(report=msgspec.json.encode(report))
        raise Interfered(
            "The stored records have changed since this preview was made. Nothing was imported: look "
            "at the preview again, which is now up to date."
        )
    if report.problems:
        raise Interfered("Rows of this file are refused. Nothing was imported: correct the file.")
    with transaction.atomic():
        # whoever takes the upload away imports it: a second click finds none
        if not Upload.objects.filter(pk=upload.pk).delete()[0]:
            raise Interfered("This file has been imported already.")
        bring_in(importer, rows, reason=said_of(upload.name, by=importer.by))
    return report
