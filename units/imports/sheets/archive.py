"""Archives: the ZIP file in which a workbook comes. Only the parts that are asked for are opened."""

import lzma
import struct
import zipfile
import zlib
from collections.abc import Callable
from typing import Any, BinaryIO
from xml.parsers import expat

from units.imports.sheets.wire import Unreadable

MOST_UNZIPPED = 60_000_000
"""Bytes of all parts that are read, together."""
_CHUNK = 1 << 16
_TOO_UNZIPPED = (
    f"Unzipped, the table has more than {MOST_UNZIPPED // 1_000_000} MB: save the sheet as CSV, or "
    "divide it into several files."
)
PASSWORD = "The file is protected by a password: save it without one."
_ENCODINGS = {"utf-8", "utf-16", "us-ascii", "iso-8859-1"}
"""Those that the parser knows by itself; it asks Python for any other."""
_FAULTS = (
    zipfile.BadZipFile, zlib.error, lzma.LZMAError, struct.error,
    NotImplementedError, EOFError, OSError, ValueError, IndexError, OverflowError,
)  # fmt: skip
"""What zipfile and the decompressors raise at broken bytes."""


class Damaged(Unreadable):
    """A part that is needed is missing or broken."""

    def __init__(self, part: str = "") -> None:
        told = f"The workbook is damaged (its part “{part}”)" if part else "The workbook is damaged"
        super().__init__(f"{told} and can’t be opened: save the spreadsheet again.")


class Archive:
    """A workbook's parts by name, whichever its capitals and slashes."""

    def __init__(self, file: BinaryIO) -> None:
        try:
            self._zip = zipfile.ZipFile(file)
        except _FAULTS as error:
            raise Damaged from error
        self._parts: dict[str, zipfile.ZipInfo] = {}
        self._twice: set[str] = set()
        self._left = MOST_UNZIPPED
        for member in self._zip.infolist():
            name = _folded(member.filename)
            if name in self._parts:
                self._twice.add(name)
            self._parts[name] = member

    def __contains__(self, name: str) -> bool:
        return _folded(name) in self._parts

    def has_folder(self, name: str) -> bool:
        """Whether any part is in a folder."""
        return any(part.startswith(f"{name}/") for part in self._parts)

    def read(self, name: str, most: int = _CHUNK) -> bytes:
        """The beginning of a part. Raises Damaged where it can't be opened."""
        data = b""
        with self._opened(name) as stream:
            while len(data) < most and (chunk := self._chunk(name, stream)):
                data += chunk
        return data

    def says(self, name: str, word: str) -> bool:
        """Whether a part that is there, and can be opened, begins with something that holds a word."""
        try:
            return name in self and word.encode() in self.read(name)
        except Unreadable:
            return False

    def parse(
        self,
        name: str,
        start: Callable[[str, dict[str, str]], None],
        end: Callable[[str], None] | None = None,
        text: Callable[[str], Any] | None = None,
        most: int = MOST_UNZIPPED,
    ) -> None:
        """Parses a part; each element is named by its namespace, a blank, and its own name.

        Raises Damaged where it is no XML or has more bytes than `most`, and Unreadable where it
        declares entities.
        """

        def doctype(*_: Any) -> None:
            raise Unreadable(
                f"The part “{name}” declares a document type or entities, which no spreadsheet program "
                "writes: save the spreadsheet again with one."
            )

        def declaration(_version: str, encoding: str | None, _standalone: int) -> None:
            if encoding and encoding.casefold() not in _ENCODINGS:
                raise Damaged(name)

        parser = expat.ParserCreate(namespace_separator=" ")
        parser.buffer_text = True
        parser.XmlDeclHandler = declaration
        parser.StartDoctypeDeclHandler = doctype
        parser.StartElementHandler = start
        parser.EndElementHandler = end
        parser.CharacterDataHandler = text
        with self._opened(name) as stream:
            try:
                while chunk := self._chunk(name, stream):
                    parser.Parse(chunk, False)
                    most -= len(chunk)
                    if most < 0:
                        raise Damaged(name)
                parser.Parse(b"", True)
            except expat.ExpatError as error:
                if error.code == _NO_MEMORY:
                    raise MemoryError from error
                raise Damaged(name) from error

    def _opened(self, name: str) -> Any:
        member = self._parts.get(_folded(name))
        if member is None or _folded(name) in self._twice:
            raise Damaged(name)
        if member.flag_bits & 1:
            raise Unreadable(PASSWORD)
        try:
            return self._zip.open(member)
        except (*_FAULTS, RuntimeError) as error:
            raise Damaged(name) from error

    def _chunk(self, name: str, stream: Any) -> bytes:
        try:
            chunk: bytes = stream.read(_CHUNK)
        except _FAULTS as error:
            raise Damaged(name) from error
        # what an archive says of a part’s size need not be true
        self._left -= len(chunk)
        if self._left < 0:
            raise Unreadable(_TOO_UNZIPPED)
        return chunk


_NO_MEMORY = expat.errors.codes[expat.errors.XML_ERROR_NO_MEMORY]


def _folded(name: str) -> str:
    return name.replace("\\", "/").lstrip("/").casefold()


def local(tag: str) -> str:
    """An element's own name, without its namespace."""
    return tag.rpartition(" ")[2]
