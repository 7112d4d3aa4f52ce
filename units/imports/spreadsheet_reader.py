"""Spreadsheets to import: the rows of a CSV, XLSX or ODS file, read in a process of its own."""

import io
import logging
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

import msgspec
from django.conf import settings

from units.domain.english import plural
from units.imports.sheets import TOO_COSTLY, wire
from units.imports.sheets.wire import (
    Calculated,
    Cell,
    Unreadable,
    Verdict,
)

__all__ = ["Calculated", "Cell", "Spreadsheet", "Unreadable", "read", "too_big"]

log = logging.getLogger(__name__)

PATIENCE = 60.0
"""Seconds that the reading process may take by the clock; its own limits are stricter."""
_TOP = Path(__file__).resolve().parent.parent
_READER = (sys.executable, "-E", "-s", "-m", "units.imports.sheets")
_MOST_SAID = 100_000


class Spreadsheet(msgspec.Struct, frozen=True):
    """The rows of a file's first visible sheet, which can be gone through again and again.

    `header` holds the texts of the first row that is not blank, `count` is the number of later ones;
    `sheet` is "" in a CSV file, `others` the number of sheets that were not read.
    """

    frames: bytes
    header: tuple[Cell, ...]
    count: int
    sheet: str = ""
    others: int = 0
    hidden_rows: int = 0
    hidden_columns: int = 0

    def rows(self) -> Iterator[wire.Row]:
        """Each later row that is not blank with its number, as spreadsheets count: from 1."""
        numbered = wire.rows(self.frames)
        next(numbered)
        return numbered

    @property
    def subject(self) -> str:
        """What a message says is wrong: the sheet, or the file where it has none."""
        return f"The sheet “{self.sheet}”" if self.sheet else "The file"

    @property
    def remark(self) -> str:
        """Which sheet was read, and what of it a spreadsheet hides; "" for a CSV file."""
        if not self.sheet:
            return ""
        others = f"{self.others:,} other {plural(self.others, 'sheet')}"
        unread = f"; {others} {plural(self.others, 'is', 'are')} not read" if self.others else ""
        hidden = [
            f"{number:,} {plural(number, noun)}"
            for number, noun in ((self.hidden_rows, "row"), (self.hidden_columns, "column"))
            if number
        ]
        verb = "is" if self.hidden_rows + self.hidden_columns == 1 else "are"
        seen = (
            f" {' and '.join(hidden)} {verb} hidden or filtered in the spreadsheet, and read like the "
            "others."
        )
        return f"Read from the sheet “{self.sheet}”{unread}.{seen if hidden else ''}"


def read(file: BinaryIO, name: str) -> Spreadsheet:
    """What a file holds; its kind is known by its content, and its name must agree.

    Raises Unreadable for whatever is not a plain table within the limits.
    """
    size = file.seek(0, io.SEEK_END)
    file.seek(0)
    if not size:
        raise Unreadable("The file is empty: save the spreadsheet again, and choose that file.")
    if size > settings.IMPORT_MAX_BYTES:
        raise Unreadable(too_big(size))
    verdict, frames = _read_apart(file)
    suffix = name.rpartition(".")[2].lower() if "." in name else ""
    if verdict.kind and suffix != verdict.kind:
        raise Unreadable(
            f"The file holds {_SAYS[verdict.kind]}, but its name ends in “.{suffix}”: name it "
            f"“.{verdict.kind}”, or save it again as CSV, XLSX or ODS."
        )
    if verdict.refusal:
        raise Unreadable(verdict.refusal)
    _, header = next(wire.rows(frames))
    return Spreadsheet(
        frames=frames,
        header=tuple(header),
        count=verdict.count,
        sheet=verdict.sheet,
        others=verdict.others,
        hidden_rows=verdict.hidden_rows,
        hidden_columns=verdict.hidden_columns,
    )


def too_big(size: int) -> str:
    """What is said of a file over the limit."""
    return (
        f"The file has {size / 1e6:,.0f} MB, and at most {settings.IMPORT_MAX_BYTES / 1e6:,.0f} MB "
        "can be imported: divide it into several files."
    )


_SAYS = {"csv": "plain text (CSV)", "xlsx": "an XLSX workbook", "ods": "an ODS spreadsheet"}


def _read_apart(file: BinaryIO) -> tuple[Verdict, bytes]:
    """The verdict of the reading process, and its rows; Unreadable where it did not end in order."""
    try:
        return _verdict(file)
    except OSError as error:
        log.error("The process that reads spreadsheets was not started: %s.", error.strerror)
        raise Unreadable("The file can’t be read at present: try again later.") from error


def _verdict(file: BinaryIO) -> tuple[Verdict, bytes]:
    """As `_read_apart`. OSError where the disk is full, or no process can be started.

    The process is started anew, not forked from one with threads, and knows neither settings nor
    environment. Files take what it says, so that its limit on output is the system's.
    """
    with (
        tempfile.TemporaryFile() as given,
        tempfile.TemporaryFile() as frames,
        tempfile.TemporaryFile() as said,
    ):
        shutil.copyfileobj(file, given)
        given.seek(0)
        try:
            ended = subprocess.run(
                _READER,
                stdin=given, stdout=frames, stderr=said,
                cwd=_TOP, env={}, timeout=PATIENCE, check=False,
            )  # fmt: skip
        except subprocess.TimeoutExpired as error:
            log.warning("A spreadsheet was not read within %s seconds.", PATIENCE)
            raise Unreadable(TOO_COSTLY) from error
        said.seek(0)
        frames.seek(0)
        if ended.returncode < 0:
            log.warning(
                "The process that read a spreadsheet ended by signal %s.", -ended.returncode
            )
            raise Unreadable(TOO_COSTLY)
        try:
            verdict = msgspec.json.decode(said.read(_MOST_SAID), type=Verdict)
        except msgspec.DecodeError:
            verdict = Verdict(crash=f"exit code {ended.returncode}")
        if verdict.crash:
            log.error("The process that reads spreadsheets failed: %s.", verdict.crash)
            raise Unreadable("The file can’t be read: save the table alone as CSV.")
        return verdict, frames.read()
