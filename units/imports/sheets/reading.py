"""A file of any kind to its rows; the kind is known by the content."""

from collections.abc import Callable
from typing import Any, BinaryIO

from units.imports.sheets import csv_text, ods, xlsx
from units.imports.sheets.archive import PASSWORD, Archive
from units.imports.sheets.table import Misfit, Table
from units.imports.sheets.wire import Unreadable, Verdict

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


_ARCHIVES = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")
_OLD_WORKBOOK = b"\xd0\xcf\x11\xe0"
_OTHERS = (
    b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"{\\rtf", b"<?xml", b"\xef\xbb\xbf<?xml", b"<html",
    b"<!DOC",
)  # fmt: skip


def _is_archive(file: BinaryIO) -> bool:
    start = file.read(8)
    file.seek(0)
    if start.startswith(_OLD_WORKBOOK):
        # a password puts a workbook into the container of the old format
        if "EncryptedPackage".encode("utf-16-le") in file.read():
            raise Unreadable(PASSWORD)
        raise Unreadable("The file is an old Excel workbook (XLS): save it as XLSX or CSV.")
    if start.startswith(_OTHERS):
        raise Unreadable("The file is no spreadsheet: choose a CSV, XLSX or ODS file.")
    return start.startswith(_ARCHIVES)


def _kind(archive: Archive) -> str:
    if "xl/workbook.bin" in archive:
        raise Unreadable("The file is a binary workbook (XLSB): save it as XLSX or CSV.")
    if archive.has_folder("xl") or archive.says("[Content_Types].xml", "spreadsheetml"):
        return "xlsx"
    # some programs leave out what says that it is a spreadsheet
    media = _ODS_MEDIA if "mimetype" not in archive else archive.read("mimetype").decode("latin-1")
    if "content.xml" in archive and media.strip() in (_ODS_MEDIA, f"{_ODS_MEDIA}-template"):
        return "ods"
    if media.strip() == _ODS_MEDIA and archive.says("META-INF/manifest.xml", "encryption-data"):
        raise Unreadable(PASSWORD)
    raise Unreadable(
        "The file is a ZIP archive, but neither an XLSX nor an ODS spreadsheet: choose the "
        "spreadsheet itself."
    )
