"""Exchange: the records that go in and out as spreadsheets, by the name that commands give them."""

from collections.abc import Iterable, Mapping
from typing import Any

from boardreport.downloads import Format, Sheet, written
from units.cyber.imports import ReachByMonth, WorkstreamUpdates
from units.imports import Importer, Row
from units.rocu.imports import Disruptions, OCGs
from units.terms import Marking

IMPORTERS: Mapping[str, type[Importer]] = {
    "disruptions": Disruptions,
    "ocgs": OCGs,
    "workstream_updates": WorkstreamUpdates,
    "reach": ReachByMonth,
}


def importer_of(model: Any) -> type[Importer] | None:
    """The import of a model's records; None where there is none."""
    return next((kind for kind in IMPORTERS.values() if kind.model is model), None)


def exported(importer: Importer, records: Any, file: Format) -> tuple[bytes, str]:
    """The records in an import's columns, and the highest marking among them.

    Raises downloads.TooLong where a text fits no workbook's cell.
    """
    marked = records.order_by().filter(marking=Marking.OFFICIAL_SENSITIVE).exists()
    marking = Marking.OFFICIAL_SENSITIVE if marked else Marking.OFFICIAL
    return _workbook(importer, importer.rows(records), file, marking), marking


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
