"""Traces: from an exhibit of a page or a paper to the lists of records behind it.

A trace code names a quarter, an exhibit and an edition: "2018-19-q2-", five letters that follow from
the exhibit's key, and "-1" for edition 1. The letters are the same in every edition, whatever number
the exhibit has there; the code leads to the records as that edition's board saw them, as far as its
reader may go. A draft's codes, and those of editions from before codes named them, lack the edition;
older ones yet end in the exhibit's number, "-t3" for Table 3 and "-f3" for Figure 3. Where several
editions have what such a code names, its reader is asked which; where one of them is gone, told so.
"""

import hashlib
import re
from collections.abc import Iterable
from urllib.parse import parse_qsl, urlencode, urlsplit

import msgspec
from django.contrib.auth.models import AnonymousUser, User
from django.urls import reverse
from msgspec.structs import replace

from boardreport.copies import LETTERS
from boardreport.editions import access
from boardreport.editions import repository as reading
from boardreport.editions.access import Gone, NotReadable, Reader
from boardreport.editions.refs import Listed, Place
from boardreport.editions.repository import Reading
from units.content.model import Chart, Content, Table
from units.domain.quarters import Quarter, UnknownQuarter
from units.registry import registered_units

LENGTH = 5
"""Letters of a code; the number of an older one has up to four."""

_CODE = re.compile(
    rf"(\d{{4}}-\d{{2}}-q[1-4])-([{LETTERS.lower()}]{{{LENGTH}}})(?:-([1-9]\d{{0,3}}))?"
)
_OLD = re.compile(r"(\d{4}-\d{2}-q[1-4])-([tf]\d{1,3})()")
_BETWEEN = re.compile(r"[\W_]+")
_KINDS = {"t": "Table", "f": "Figure"}
_CONTENT = re.compile(r"(?:content-code-)?([\da-f]{4})-([\da-f]{4})-([\da-f]{4})")


class UnknownTrace(ValueError):
    """A code that is not of the form of a trace."""


class Trace(msgspec.Struct, frozen=True):
    """What a code names: a quarter, an exhibit of it, and the number of an edition or None."""

    quarter: Quarter
    named: str
    number: int | None

    def exhibit(self, content: Content) -> Table | Chart | None:
        """The exhibit of an edition that the code names, or None."""
        number = (
            f"{_KINDS[self.named[0]]} {int(self.named[1:])}" if len(self.named) < LENGTH else ""
        )
        for one in content.exhibits():
            if one.number and (one.number == number or _letters(one.key) == self.named):
                return one
        return None


def code_of(quarter: Quarter, exhibit: Table | Chart, number: int | None) -> str:
    """The exhibit's trace code in the edition of a number, or in a draft."""
    edition = f"-{number}" if number else ""
    return f"{quarter.slug}-{_letters(exhibit.key)}{edition}"


def _letters(key: str) -> str:
    rest, found = int.from_bytes(hashlib.sha256(key.encode()).digest()), ""
    for _ in range(LENGTH):
        rest, place = divmod(rest, len(LETTERS))
        found += LETTERS[place].lower()
    return found


def written(typed: str) -> str:
    """A code as it is written, from what was typed by hand or copied with what stands before it.

    Spaces, slashes and dashes of every kind separate its parts, whatever the case of its letters.
    """
    joined = _BETWEEN.sub("-", typed.lower()).strip("-")
    return joined.rpartition("trace-")[2]


def parsed(code: str) -> Trace:
    """What a code names; UnknownTrace where it is none."""
    match = _CODE.fullmatch(code.lower()) or _OLD.fullmatch(code.lower())
    try:
        if match:
            return Trace(Quarter.parse(match[1]), match[2], int(match[3]) if match[3] else None)
    except UnknownQuarter:
        pass
    raise UnknownTrace(code)


class Behind(msgspec.Struct, frozen=True):
    """A list of records, and the row of an exhibit behind which it stands; "" where behind all."""

    row: str
    address: str


class Traced(msgspec.Struct, frozen=True):
    """An exhibit as one edition, or a draft, has it, and the lists behind it with their addresses.

    `code` names that edition, `paper` is its paper's address; `table` has a chart's figures in it.
    """

    exhibit: Table | Chart
    code: str
    edition: Listed | None
    paper: str
    table: Table | Chart | None
    lists: tuple[Behind, ...]

    @property
    def address(self) -> str:
        """Where it stands in the paper."""
        return f"{self.paper}#{self.exhibit.anchor}"


class Tracing(msgspec.Struct, frozen=True):
    """What a code means to its reader: a quarter, edition or draft, and the exhibit where it is.

    `asks` where the code does not say which edition it is of, and there is more than one to think of,
    or says one that has no such exhibit, the number `mistaken`; else `code` says it, whether or not
    what was typed did.
    """

    code: str
    reading: Reading
    found: tuple[Traced, ...]
    asks: bool
    mistaken: int | None = None

    @property
    def gone(self) -> tuple[Listed, ...]:
        """The editions of the quarter that can no longer be read."""
        return tuple(one for one in self.reading.editions if one.gone)


def traced(typed: str, *, user: User | AnonymousUser) -> Tracing:
    """What a code means, as it was typed, to a user.

    UnknownTrace; NotReadable also where there is no such exhibit; Gone as `read`, but where another
    edition that can be read has what a code without an edition's number names. A code whose edition
    has no such exhibit means the editions that have it.
    """
    code = written(typed)
    trace = parsed(code)
    who = access.reader(user)
    if trace.number and (found := _in_its_edition(trace, trace.number, who, user)):
        return found
    listed = reading.shelf(who).editions.get(trace.quarter, ())
    having = [one for one in reading.contents(listed) if trace.exhibit(one[1])]
    if trace.number and not having:
        raise NotReadable
    place = having[-1][0].place if having and listed[-1].gone else trace.quarter
    read = reading.read(place, user=user)
    if read.edition is None:
        having = [(None, read.content)]
    exhibits = _found(trace, having)
    if not exhibits:
        raise NotReadable
    if trace.number or len(exhibits) > 1 or any(one.gone for one in read.editions):
        return Tracing(code, read, exhibits, asks=True, mistaken=trace.number)
    return Tracing(exhibits[0].code, read, exhibits, asks=False)


def _in_its_edition(
    trace: Trace, number: int, who: Reader, user: User | AnonymousUser
) -> Tracing | None:
    """What a code means in the edition that it names; None where that has no such exhibit."""
    try:
        read = reading.read(Place(trace.quarter, who.audience, number), user=user)
    except NotReadable:
        return None
    exhibits = _found(trace, [(read.listed, read.content)])
    return Tracing(exhibits[0].code, read, exhibits, asks=False) if exhibits else None


def _found(trace: Trace, having: Iterable[tuple[Listed | None, Content]]) -> tuple[Traced, ...]:
    return tuple(
        _traced(exhibit, content, edition)
        for edition, content in having
        if (exhibit := trace.exhibit(content))
    )


def leading(words: str, *, user: User | AnonymousUser) -> str:
    """The code that some words are, where it leads a user somewhere, be it to an edition now gone.

    Else "", as where they but look like one without an edition: "2018/19 Q2 drugs".
    """
    try:
        return traced(words, user=user).code
    except Gone:
        code = written(words)
        return code if parsed(code).number else ""
    except (UnknownTrace, NotReadable):
        return ""


def content_code(typed: str) -> str:
    """The digits of a content code, "30d16e17066d", that was typed for a trace code; else ""."""
    match = _CONTENT.fullmatch(written(typed))
    return "".join(match.groups()) if match else ""


def example(user: User | AnonymousUser) -> str:
    """The code of an exhibit that a user may read, of the latest edition; "" where there is none."""
    latest = reading.shelf(access.reader(user)).latest
    newest = latest[max(latest)] if latest else None
    for edition, content in reading.contents([newest] if newest else []):
        for exhibit in content.exhibits():
            if exhibit.number:
                return code_of(content.quarter, exhibit, edition.place.number)
    return ""


def _traced(exhibit: Table | Chart, content: Content, edition: Listed | None) -> Traced:
    place = edition.place if edition else content.quarter
    top = reverse("overview", args=[reading.records_place(place)])
    figures = exhibit.table.key if isinstance(exhibit, Chart) else ""
    return Traced(
        exhibit,
        code_of(content.quarter, exhibit, edition.place.number if edition else None),
        edition,
        reverse("board-paper", args=[place]),
        next((one for one in content.exhibits() if one.key == figures), None),
        tuple(replace(one, address=top + one.address) for one in lists_behind(exhibit)),
    )


def lists_behind(exhibit: Table | Chart) -> tuple[Behind, ...]:
    """The lists of records behind an exhibit, each by its address below the quarter's.

    There is one where one list holds all that it counts of its quarter, by the filters that its
    figures share; else, as where it counts several quarters, one for each row. Comparators do not
    matter where there are figures of the quarter itself.
    """
    for unit in registered_units():
        # a table that itself lists records has no figure that leads there
        if exhibit.key in unit.listed_exhibits:
            return (Behind("", unit.listed_exhibits[exhibit.key]),)
    table = exhibit.table if isinstance(exhibit, Chart) else exhibit
    rows = [
        (row.cells[0].text, [cell.records for cell in row.cells if cell.records])
        for row in table.rows
    ]
    parts = [urlsplit(address) for _, addresses in rows for address in addresses]
    lists = [(part.path, dict(parse_qsl(part.query))) for part in parts]
    own = [one for one in lists if "period" not in one[1]] or lists
    if len({(path, filters.get("period")) for path, filters in own}) == 1:
        path, _ = own[0]
        shared = set.intersection(*(set(filters.items()) for _, filters in own))
        return (Behind("", path + (f"?{urlencode(sorted(shared))}" if shared else "")),)
    return tuple(Behind(head, addresses[0]) for head, addresses in rows if addresses)
