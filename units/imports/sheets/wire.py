"""What the reading process sends: rows as msgpack on its output, a verdict as JSON on its errors."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import Any

import msgspec


class Calculated(str):
    """A CSV cell that a spreadsheet would calculate instead of showing."""

    __slots__ = ()


type Cell = str | int | float | bool | date | datetime | timedelta
type Row = tuple[int, Sequence[Cell]]


class Unreadable(Exception):
    """A file from which no rows can be read: says why, and the remedy."""


class Verdict(msgspec.Struct, frozen=True):
    """What came of a file: a refusal in words, or what is known of the table that was read.

    `kind` is csv, xlsx or ods. `count` is the number of rows under the header, `others` the number
    of sheets that were not read. `crash` names an error of the reader itself, without any content.
    """

    refusal: str = ""
    crash: str = ""
    kind: str = ""
    sheet: str = ""
    others: int = 0
    count: int = 0
    hidden_rows: int = 0
    hidden_columns: int = 0


_CODES: dict[type, int] = {Calculated: 1, date: 2, datetime: 3, timedelta: 4}
_PREFIX = 4
_encode = msgspec.msgpack.Encoder().encode


def packed(cell: Cell) -> str | int | float | bool | msgspec.msgpack.Ext:
    """A cell as msgpack carries it without mistaking its kind."""
    code = _CODES.get(type(cell))
    if code is None:
        return cell  # type: ignore[return-value]  # the four kinds that msgpack has
    text = str(cell.total_seconds()) if isinstance(cell, timedelta) else str(cell)
    return msgspec.msgpack.Ext(code, text.encode())


def _unpacked(code: int, data: memoryview) -> Cell:
    text = bytes(data).decode()
    match code:
        case 1:
            return Calculated(text)
        case 2:
            return date.fromisoformat(text)
        case 3:
            return datetime.fromisoformat(text)
        case _:
            return timedelta(seconds=float(text))


def frame(rows: list[list[Any]]) -> bytes:
    """Some rows, each its number and its packed cells, behind the length of the whole."""
    data = _encode(rows)
    return len(data).to_bytes(_PREFIX) + data


def rows(data: bytes) -> Iterator[Row]:
    """The rows of all frames."""
    decode = msgspec.msgpack.Decoder(list[list[Any]], ext_hook=_unpacked).decode
    view = memoryview(data)
    while view:
        end = _PREFIX + int.from_bytes(view[:_PREFIX])
        for number, *cells in decode(view[_PREFIX:end]):
            yield number, cells
        view = view[end:]
