"""Content as sheets: a cover, contents, notes, and each table of a page as one sheet of its own.

What a page shows as a number is a number here; whatever else it shows, signs among it, is the text
that it shows. So a download holds nothing that its page does not. The sign of a number that was
revised would make a text of it: a last column names the revised figures of each row instead. Key
figures have columns for the expected range, which the overview tells in words.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from types import MappingProxyType

import msgspec
from django.utils import timezone
from msgspec.structs import replace

from boardreport.compare.side_by_side import Side, marking
from boardreport.copies import Copy, File
from boardreport.models import Edition
from boardreport.names import KEY_FIGURES
from boardreport.report.tables import key_figures, with_ranges
from boardreport.spreadsheets import (
    Format,
    Link,
    Sheet,
    Value,
    written,
)
from units.content.model import (
    Cell,
    Chart,
    Column,
    Content,
    Table,
)
from units.domain.english import day_brief, day_words, listed
from units.domain.measures import CONFIDENTIAL, NOT_AVAILABLE
from units.domain.revisions import SIGN

NOT_APPLICABLE = "[z]"
SIGNS = {
    CONFIDENTIAL.value: "Confidential: a small number, or one that would give a small number back.",
    NOT_AVAILABLE: "Not available: the records do not reach back so far, or do not hold the figure.",
    SIGN: "Revised: the figure differs from the one last reported. The last column of a table names "
    "the revised figures of each row.",
    NOT_APPLICABLE: "Not applicable: nothing belongs here, such as a percentage on a base below 20.",
    "0": "Zero: none was recorded, and nothing is withheld.",
}
SIGNS_BETWEEN = {
    NOT_AVAILABLE: SIGNS[NOT_AVAILABLE].removesuffix(".") + ", or a quarter has no such row.",
    "now": "What a figure is by the latest report, since it was revised.",
    "was": "What its own quarter’s edition told of a figure that was revised since.",
}
"""What else stands in tables of several quarters."""

DEMONSTRATION = "Demonstration data: invented figures that describe no real police work."
OF_A_UNIT = ".key-figures"
REVISED = "Revised since last reported"
_CHANGE = re.compile(
    r"(?P<number>[+−]?[\d,]+)(?: \((?P<share>[+−]?[\d,]+)%\))?(?: \[r\])?|(?P<part>[\d,]+)%"
    r"|(?P<points>[+−]?[\d.]+) points|now (?P<now>[\d,]+)|was (?P<was>[\d,]+)"
)
_UNITS = (
    (re.compile(r"[+−]?[\d.,]+%"), "%"),
    (re.compile(r"[+−]?£[\d.,]+"), "£"),
    (re.compile(r"[+−]?[\d.,]+ points"), "percentage points"),
)


class NoSuchTable(LookupError):
    """A key under which the content has no table."""


def table_of(content: Content, key: str) -> Table:
    """The table of a key, a chart's under the chart's own, "rocu.key-figures" a unit's on the
    overview; NoSuchTable where there is none.
    """
    for exhibit in content.exhibits():
        if exhibit.key == key:
            return _table(exhibit, content)
    section = content.section(key.removesuffix(OF_A_UNIT)) if key.endswith(OF_A_UNIT) else None
    if section is None or not section.measures:
        raise NoSuchTable(key)
    measures = section.measures
    return replace(with_ranges(key_figures(measures, content.quarter), measures), key=key)


def tables_of(content: Content) -> list[Table]:
    """Every table of the paper once, in its order: a chart's where no appendix has it."""
    exhibits = content.exhibits()
    tables = {exhibit.key for exhibit in exhibits if isinstance(exhibit, Table)}
    return [
        _table(exhibit, content)
        for exhibit in exhibits
        if isinstance(exhibit, Table) or exhibit.table.key not in tables
    ]


def table_across(exhibit: Table | Chart) -> Table:
    """The table of a row across all quarters, with what its page says of it."""
    if isinstance(exhibit, Table):
        return exhibit
    return replace(exhibit.table, headline=exhibit.headline, notes=exhibit.notes)


def _table(exhibit: Table | Chart, content: Content) -> Table:
    if exhibit.key == KEY_FIGURES:
        return with_ranges(exhibit, [one for unit in content.sections for one in unit.measures])
    if isinstance(exhibit, Table):
        return exhibit
    return replace(exhibit.table, number=exhibit.number)


class Origin(msgspec.Struct, frozen=True):
    """Whence a file's tables come.

    `name` begins the file's; `lines` stand on its cover, the words of the `edition` and the `marking`
    on every sheet; `signs` are explained in its notes.
    """

    name: str
    edition: str
    marking: str
    lines: tuple[str, ...]
    signs: Mapping[str, str] = MappingProxyType(SIGNS)


def of_quarter(content: Content, edition: Edition | None) -> Origin:
    """The origin of a quarter's tables: one edition, or the draft."""
    quarter = content.quarter
    lines = (
        f"Quarter: {quarter.label}, {quarter.months}",
        f"Edition: {edition.words if edition else 'Draft'}",
        f"Marking: {content.header.marking}",
        f"Published: {day_words(timezone.localdate(edition.published_at))}"
        if edition
        else "Not published: a draft whose figures may change",
        f"Figures as at: {day_words(content.as_at)}",
        *_office(content),
        f"Content code (SHA-256): {edition.content_sha256}" if edition else "",
        DEMONSTRATION if content.demonstration else "",
    )
    return Origin(
        f"{quarter.slug}-{edition.slug if edition else 'draft'}",
        edition.words if edition else "Draft, not published",
        content.header.marking,
        tuple(filter(None, lines)),
    )


def of_quarters(sides: Sequence[Side], name: str) -> Origin:
    """The origin of tables of several quarters, each in one edition or as a draft."""
    newest = max(sides, key=lambda side: side.quarter).content
    lines = (
        *(
            f"{side.quarter}: {side.words}"
            + (
                f", published {day_words(timezone.localdate(side.published_at))}"
                if side.published_at
                else "; figures may change"
            )
            for side in sides
        ),
        f"Marking: {marking(sides)}",
        *_office(newest),
        DEMONSTRATION if any(side.content.demonstration for side in sides) else "",
    )
    return Origin(
        name,
        listed([f"{side.quarter}: {side.words}" for side in sides]),
        marking(sides),
        tuple(filter(None, lines)),
        SIGNS | SIGNS_BETWEEN,
    )


def _office(content: Content) -> tuple[str, ...]:
    header = content.header
    return (
        f"Source: {header.office}" + (f", for the {header.board}" if header.board else ""),
        f"Contact: {header.contact}" if header.contact else "",
    )


def one_table(
    origin: Origin, table: Table, file: Format, *, key: str = "", copy: Copy | None = None
) -> File:
    """One table as a file; CSV is its header and rows alone, and a copy's number is in its name.

    `key` ends the file's name, if not the table's own. downloads.TooLong as the writer.
    """
    name = f"{origin.name}-{re.sub(r'[^a-z0-9]+', '-', (key or table.key).lower())}"
    if file == Format.CSV:
        name = f"{name}-{copy.number}" if copy else name
        return _file(name, file, table.headline, [replace(_sheet(table, ""), above=())])
    return _file(name, file, table.headline, _book(origin, table.headline, [table], copy))


def all_tables(
    origin: Origin, title: str, tables: Sequence[Table], file: Format, *, copy: Copy | None = None
) -> File:
    """Several tables in one workbook, each as one sheet of its number."""
    numbered = [
        table if table.number else replace(table, number=f"Table {place}")
        for place, table in enumerate(tables, start=1)
    ]
    return _file(f"{origin.name}-tables", file, title, _book(origin, title, numbered, copy))


def _file(name: str, file: Format, title: str, sheets: Sequence[Sheet]) -> File:
    return File(f"{name}.{file}", file.content_type, written(file, title, sheets))


def _book(origin: Origin, title: str, tables: Sequence[Table], copy: Copy | None) -> list[Sheet]:
    marked = f" {copy.words}." if copy else ""
    handling = f"Marking: {origin.marking}. {origin.edition}.{marked}"
    sheets = [_sheet(table, handling) for table in tables]
    contents = Sheet(
        "Contents",
        ("Worksheet", "What it holds", "Period and unit"),
        [
            (Link("Notes", "Notes"), "The signs that stand in place of figures", NOT_APPLICABLE),
            *(
                (Link(sheet.name, sheet.name), table.headline, table.subtitle or NOT_APPLICABLE)
                for sheet, table in zip(sheets, tables, strict=True)
            ),
        ],
        ("Contents", "This worksheet contains one table, which leads to the other worksheets."),
        table="contents",
    )
    notes = Sheet(
        "Notes",
        ("Sign", "Meaning"),
        list(origin.signs.items()),
        (
            "Notes",
            "This worksheet contains one table. Notes on single tables stand above them.",
            "Percentages are rounded; changes are given in per cent only on a base of 20 or more.",
        ),
        table="notes",
    )
    cover = (
        title,
        *origin.lines,
        copy.words if copy else "",
        "One worksheet holds one table; the worksheet Contents lists them, Notes explains the signs.",
    )
    return [Sheet("Cover", (), (), tuple(filter(None, cover))), contents, notes, *sheets]


def _sheet(table: Table, handling: str) -> Sheet:
    """A table as a sheet: what stands above it, then one row of names, then its rows."""
    columns = zip(*(row.cells for row in table.rows), strict=True)
    parts = [
        part
        for column, cells in zip(
            table.columns, columns if table.rows else [()] * len(table.columns), strict=True
        )
        for part in _parts(column, cells)
    ]
    if any(revised := [_revised(table.columns, row.cells) for row in table.rows]):
        parts.append((REVISED, [one or NOT_APPLICABLE for one in revised]))
    number = f"{table.number}: " if table.number else ""
    lines = (
        f"{number}{table.headline}",
        f"This worksheet contains one table. {table.subtitle}.".replace("..", "."),
        handling,
        *table.notes,
        f"Source: {table.source}." if table.source else "",
    )
    return Sheet(
        table.number or "Table",
        _distinct([name for name, _ in parts]),
        list(zip(*(values for _, values in parts), strict=True)),
        tuple(filter(None, lines)),
        table=re.sub(r"\W", "_", f"table_{table.key}"),
    )


def _parts(column: Column, cells: Sequence[Cell]) -> Iterator[tuple[str, list[Value]]]:
    """A column with the unit in its name, then what stands on its cells' second lines."""
    texts = [cell.text.removesuffix(f" {SIGN}") for cell in cells if cell.number is not None]
    unit = next(
        (unit for form, unit in _UNITS if texts and all(map(form.fullmatch, texts))),
        "",
    )
    name = _name(column)
    yield f"{name} ({unit})" if unit else name, list(map(_value, cells))
    lines = [cell.change.split("; ") if cell.change else [] for cell in cells]
    found = [[match for one in parts if (match := _CHANGE.fullmatch(one))] for parts in lines]
    for form, group in (
        ("{}: change", "number"),
        ("{}: change (%)", "share"),
        ("{}: change (percentage points)", "points"),
        ("{}: share (%)", "part"),
        ("{}: now", "now"),
        ("{}: was", "was"),
    ):
        values = [next((one[group] for one in matches if one[group]), "") for matches in found]
        if any(values):
            yield form.format(name), [_signed(one) if one else NOT_APPLICABLE for one in values]
    words = ["; ".join(one for one in parts if not _CHANGE.fullmatch(one)) for parts in lines]
    if any(words):
        yield f"{name}: note", [one or NOT_APPLICABLE for one in words]


def _name(column: Column) -> str:
    return column.label.replace("\N{NO-BREAK SPACE}", " ") or "Item"


def _value(cell: Cell) -> Value:
    if cell.number is not None:
        return cell.number
    return _day(cell) or cell.text or NOT_APPLICABLE


def _revised(columns: Sequence[Column], cells: Sequence[Cell]) -> str:
    """What is revised in a row, by column: "[r] This quarter; Total: change"; or ""."""
    named = [
        name
        for column, cell in zip(columns, cells, strict=True)
        for name, text in (
            (_name(column), cell.text if cell.number is not None else ""),
            (f"{_name(column)}: change", cell.change),
        )
        if SIGN in text
    ]
    return f"{SIGN} {'; '.join(named)}" if named else ""


def _day(cell: Cell) -> date | None:
    """The day that a cell shows, where it shows one and not a month."""
    try:
        day = date.fromisoformat(str(cell.value))
    except ValueError:
        return None
    return day if cell.text in (day_words(day), day_brief(day)) else None


def _signed(text: str) -> int | float:
    plain = text.replace(",", "").replace("−", "-")
    return float(plain) if "." in plain else int(plain)


def _distinct(names: Iterable[str]) -> tuple[str, ...]:
    """The names, each later one of the same letters with its number behind it."""
    seen: dict[str, str] = {}
    for name in names:
        one, number = name, 1
        while one.lower() in seen:
            number += 1
            one = f"{name} ({number})"
        seen[one.lower()] = one
    return tuple(seen.values())
