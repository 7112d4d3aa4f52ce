"""A file of any kind to its rows; the kind is known by the content."""

from collections.abc import Callable
from typing import Any, BinaryIO

from units.sheets import csv_text, ods, xlsx
from units.sheets.archive import PASSWORD, Archive
from units.sheets.table import Misfit, Table
from units.sheets.wire import Unreadable, Verdict

_ODS_MEDIA = "application/vnd.oasis.opendocument.spreadsheet"
_READERS = {"xlsx": xlsx.read, "ods": ods.read}


def read(file: BinaryIO, send: Callable[[bytes], Any]) -> Verdict:
    """Sends the rows of a file's first table in frames; the verdict says whether they count.

    The file can be sought in. Refusals come as a verdict too.
    """
    kind = ""
    table = Table(send)
    try:
        if not _is_archive(file):
            kind = "csv"
            csv_text.read(file, table)
        else:
            archive = Archive(file)
            kind = _kind(archive)
            table.padded = True
            _READERS[kind](archive, table)
        return table.finish(kind)
    except Misfit as refusal:
        where = f"On the sheet “{table.sheet}”: " if table.sheet else ""
        return Verdict(kind=kind, refusal=f"{where}{refusal}")
    except Unreadable as refusal:
        return Verdict(kind=kind, refusal=str(refusal))


def _is_archive(file: BinaryIO) -> bool:
    start = file.read(8)
    file.seek(0)
    if start.startswith(b"\xd0\xcf\x11\xe0"):
        # a password puts a workbook into the container of the old format
        if "EncryptedPackage".encode("utf-16-le") in file.read():
            raise Unreadable(PASSWORD)
        raise Unreadable("The file is an old Excel workbook (XLS): save it as XLSX or CSV.")
    if start.startswith((b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"{\\rtf")):
        raise Unreadable("The file is no spreadsheet: choose a CSV, XLSX or ODS file.")
    return start.startswith(b"PK")


def _kind(archive: Archive) -> str:
    if "[Content_Types].xml" in archive and archive.has_folder("xl"):
        return "xlsx"
    if "mimetype" in archive:
        media = archive.read("mimetype").decode("ascii", "replace").strip()
        if media in (_ODS_MEDIA, f"{_ODS_MEDIA}-template"):
            return "ods"
    raise Unreadable(
        "The file is a ZIP archive, but neither an XLSX nor an ODS spreadsheet: choose the "
        "spreadsheet itself."
    )
