"""Downloads: plain sheets as CSV, ODS and XLSX. The one writer; the same sheets give the same bytes.

A sheet with a `table`, or without a header, is one to read: its title stands in the first cell, its
table is marked up as one, and nothing is coloured, merged, frozen or filtered, as the government's
guidance on accessible spreadsheets asks. Other sheets are to be typed in.
"""

import csv
import io
import re
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from xml.sax.saxutils import escape, quoteattr

import msgspec
import xlsxwriter
from xlsxwriter.utility import xl_col_to_name

from units.domain.text import for_xml
from units.domain.vocabulary import Term


class Link(msgspec.Struct, frozen=True):
    """A text that leads to another sheet of the workbook; CSV carries the text alone."""

    text: str
    sheet: str

    def __str__(self) -> str:
        return self.text


type Value = str | int | float | Decimal | date | Link | None

LONGEST_CELL = 32_767
"""The most characters that a cell of a workbook holds."""

_CALCULATED = re.compile(r"'*[=+\-@\t\r]")
_LINES = re.compile("\r\n|\r|\n")
_EPOCH = (1980, 1, 1, 0, 0, 0)


class Format(Term):
    """A kind of file that spreadsheets open; the value ends the file's name."""

    content_type: str

    def __new__(cls, value: str, label: str, content_type: str) -> "Format":
        term = str.__new__(cls, value)
        term._value_ = value
        term.label = label
        term.content_type = content_type
        return term

    CSV = "csv", "CSV", "text/csv; charset=utf-8"
    ODS = "ods", "ODS", "application/vnd.oasis.opendocument.spreadsheet"
    XLSX = "xlsx", "XLSX", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class Sheet(msgspec.Struct, frozen=True):
    """One table: its tab's name, the lines above it, one row of column names, rows of plain values.

    `choices` gives a column's allowed values, which XLSX offers as a list. `table` names the header
    and the rows as one table, uniquely in the workbook; its column names differ from one another.
    """

    name: str
    header: tuple[str, ...]
    rows: Iterable[Sequence[Value]]
    above: tuple[str, ...] = ()
    choices: Mapping[str, Sequence[str]] = {}
    table: str = ""

    @property
    def to_read(self) -> bool:
        """Whether it is set for reading, not for typing in."""
        return bool(self.table) or not self.header


class TooLong(ValueError):
    """A text that no cell of a workbook holds; CSV holds it."""

    def __init__(self, text: str) -> None:
        super().__init__(
            f"The text that begins “{text[:40]}” has {len(text):,} characters, and a workbook’s cell "
            f"holds {LONGEST_CELL:,}: download CSV instead."
        )


def written(file: Format, title: str, sheets: Sequence[Sheet]) -> bytes:
    """The sheets in a format; CSV has no tabs and takes the first alone. TooLong where one can’t."""
    if file == Format.CSV:
        return _csv(sheets[0])
    fitting = [_fitting(sheet) for sheet in sheets]
    write = _xlsx if file == Format.XLSX else _ods
    return write(for_xml(title), fitting)


def harmless(text: str) -> str:
    """A text as CSV carries it: an apostrophe before what a spreadsheet would calculate.

    Reversible: `units.spreadsheets` takes one apostrophe off what this put one before.
    """
    return f"'{text}" if _CALCULATED.match(text) else text


def _csv(sheet: Sheet) -> bytes:
    # the mark at the beginning tells spreadsheets that this is UTF-8
    file = io.StringIO("\ufeff", newline="")
    file.seek(0, io.SEEK_END)
    writer = csv.writer(file)
    writer.writerows([harmless(line)] for line in sheet.above)
    writer.writerow(sheet.header)
    for row in sheet.rows:
        writer.writerow(
            [harmless(str(value)) if isinstance(value, str | Link) else value for value in row]
        )
    return file.getvalue().encode()


def _fitting(sheet: Sheet) -> Sheet:
    """The sheet with its rows read, and its texts as XML carries them.

    TooLong before anything is begun that would have to be closed.
    """
    rows = [tuple([_carried(value) for value in row]) for row in sheet.rows]
    above = tuple([for_xml(line) for line in sheet.above])
    for row in (above, *rows):
        for value in row:
            if isinstance(value, str) and len(value) > LONGEST_CELL:
                raise TooLong(value)
    choices = {name: tuple(map(for_xml, chosen)) for name, chosen in sheet.choices.items()}
    header = tuple(map(for_xml, sheet.header))
    return msgspec.structs.replace(sheet, header=header, rows=rows, above=above, choices=choices)


def _carried(value: Value) -> Value:
    if isinstance(value, Link):
        return Link(for_xml(value.text), value.sheet)
    return for_xml(value) if isinstance(value, str) else value


def _xlsx(title: str, sheets: Sequence[Sheet]) -> bytes:
    file = io.BytesIO()
    # a table can be marked up only in a workbook that is held in memory
    reading = any(sheet.to_read for sheet in sheets)
    held = {"in_memory": True, "default_format_properties": _FONT}
    book = xlsxwriter.Workbook(file, held if reading else {"constant_memory": True})
    book.set_properties({"title": title, "created": datetime(*_EPOCH)})  # noqa: DTZ001
    head = book.add_format({"bold": True, "text_wrap": True, "valign": "top", "bottom": 1})
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    text = book.add_format({"num_format": "@"})
    lists: dict[str, tuple[str, ...]] = {}
    for sheet in sheets:
        tab = book.add_worksheet(sheet.name)
        if sheet.to_read:
            _to_read(book, tab, sheet)
            continue
        for column, name in enumerate(sheet.header):
            # whole columns are text, so that a spreadsheet makes no date or number of what is typed
            tab.set_column(column, column, max(14, len(name) + 2), text)
            if chosen := sheet.choices.get(name):
                lists[name] = tuple(chosen)
                letter = chr(ord("A") + len(lists) - 1)
                where = f"=Values!${letter}$2:${letter}${len(chosen) + 1}"
                first = len(sheet.above) + 1
                # a warning only: Board Report itself refuses what is not among them
                tab.data_validation(
                    first, column, 1_048_575, column,
                    {"validate": "list", "source": where, "error_type": "warning"},
                )  # fmt: skip
        for place, line in enumerate(sheet.above):
            tab.write_string(place, 0, line)
        tab.freeze_panes(len(sheet.above) + 1, 0)
        for column, name in enumerate(sheet.header):
            tab.write_string(len(sheet.above), column, name, head)
        for place, row in enumerate(sheet.rows, len(sheet.above) + 1):
            for column, value in enumerate(row):
                if isinstance(value, str):
                    if value:
                        tab.write_string(place, column, value)
                elif isinstance(value, date):
                    # before 1900 a workbook knows no dates
                    if value.year < 1900:
                        tab.write_string(place, column, value.isoformat())
                    else:
                        tab.write_datetime(place, column, value, day)
                elif value is not None:
                    tab.write_number(place, column, value)
    if lists:
        longest = max(map(len, lists.values()))
        tab = book.add_worksheet("Values")
        for column, name in enumerate(lists):
            tab.set_column(column, column, 24)
            tab.write_string(0, column, name, head)
        for place in range(longest):
            for column, chosen in enumerate(lists.values()):
                if place < len(chosen):
                    tab.write_string(place + 1, column, chosen[place])
    book.close()
    return file.getvalue()


_FONT = {"font_name": "Arial", "font_size": 12}


def _to_read(book: Any, tab: Any, sheet: Sheet) -> None:
    title = book.add_format({"bold": True, "font_size": 16})
    head = book.add_format({"bold": True, "text_wrap": True, "valign": "top", "bottom": 1})
    words = book.add_format({"text_wrap": True, "valign": "top"})
    link = book.add_format({"underline": True, "valign": "top"})
    day = book.add_format({"num_format": "d mmmm yyyy", "valign": "top", "align": "left"})
    number, whole = (
        book.add_format({"num_format": form, "valign": "top"}) for form in ("General", "#,##0")
    )
    rows, top = list(sheet.rows), len(sheet.above)
    for column, width in enumerate(_widths(sheet.header, rows)):
        tab.set_column(column, column, width)
    for place, line in enumerate(sheet.above):
        tab.write_string(place, 0, line, None if place else title)
    if rows:
        tab.add_table(
            top, 0, top + len(rows), len(sheet.header) - 1,
            {
                "name": sheet.table, "autofilter": False, "style": None,
                "columns": [{"header": name, "header_format": head} for name in sheet.header],
            },
        )  # fmt: skip
    for column, name in enumerate(sheet.header):
        tab.write_string(top, column, name, head)
    for place, row in enumerate(rows, top + 1):
        for column, value in enumerate(row):
            match value:
                case None:
                    pass
                case Link():
                    where = f"internal:'{value.sheet}'!A1"
                    tab.write_url(place, column, where, link, value.text)
                case str():
                    tab.write_string(place, column, value, words)
                case date() if value.year < 1900:
                    tab.write_string(place, column, value.isoformat(), words)
                case date():
                    tab.write_datetime(place, column, value, day)
                case int():
                    tab.write_number(place, column, value, whole)
                case _:
                    tab.write_number(place, column, value, number)


def _widths(header: Sequence[str], rows: Iterable[Sequence[Value]]) -> list[int]:
    """Each column's width in letters: as long as its longest cell, within reason."""
    columns = zip(header, *rows, strict=True)
    return [
        2 + min(58, max([9, *map(len, name.split()), *(len(str(cell)) for cell in cells)]))
        for name, *cells in columns
    ]


_NAMESPACES = " ".join(
    f'xmlns:{prefix}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
    for prefix, name in {
        "office": "office", "table": "table", "text": "text", "style": "style", "meta": "meta",
        "number": "datastyle", "fo": "xsl-fo-compatible", "manifest": "manifest",
    }.items()
) + ' xmlns:xlink="http://www.w3.org/1999/xlink"'  # fmt: skip
_DUBLIN = 'xmlns:dc="http://purl.org/dc/elements/1.1/"'
_HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
_STYLES = (
    '<office:automatic-styles><number:date-style style:name="N1"><number:year number:style="long"/>'
    "<number:text>-</number:text>"
    '<number:month number:style="long"/><number:text>-</number:text>'
    '<number:day number:style="long"/></number:date-style>'
    '<style:style style:name="day" style:family="table-cell" style:data-style-name="N1"/>'
    '<style:style style:name="head" style:family="table-cell">'
    '<style:text-properties fo:font-weight="bold"/></style:style>'
    '<style:style style:name="title" style:family="table-cell">'
    '<style:text-properties fo:font-family="Arial" fo:font-size="16pt" fo:font-weight="bold"/>'
    '</style:style><style:style style:name="line" style:family="table-cell">'
    '<style:text-properties fo:font-family="Arial" fo:font-size="12pt"/></style:style>'
    '<style:style style:name="words" style:family="table-cell">'
    '<style:table-cell-properties fo:wrap-option="wrap" style:vertical-align="top"/>'
    '<style:text-properties fo:font-family="Arial" fo:font-size="12pt"/></style:style>'
    '<style:style style:name="names" style:family="table-cell">'
    '<style:table-cell-properties fo:wrap-option="wrap" style:vertical-align="top"/>'
    '<style:text-properties fo:font-family="Arial" fo:font-size="12pt" fo:font-weight="bold"/>'
    "</style:style>"
    '<style:style style:name="wide" style:family="table-column">'
    '<style:table-column-properties style:column-width="4cm"/></style:style>'
    + "".join(
        f'<style:style style:name="wide{width}" style:family="table-column"><style:table-column-'
        f'properties style:column-width="{width * 0.24:.2f}cm"/></style:style>'
        for width in range(11, 61)
    )
    + "</office:automatic-styles>"
)


def _ods(title: str, sheets: Sequence[Sheet]) -> bytes:
    # written by hand: odfdo takes 300 µs a cell, which is minutes for a few thousand records
    content = io.StringIO()
    content.write(f'{_HEAD}<office:document-content {_NAMESPACES} office:version="1.3">')
    content.write(f"{_STYLES}<office:body><office:spreadsheet>")
    if ranges := "".join([_ods_sheet(content, sheet) for sheet in sheets]):
        content.write(f"<table:database-ranges>{ranges}</table:database-ranges>")
    content.write("</office:spreadsheet></office:body></office:document-content>")
    media = Format.ODS.content_type
    entries = "".join(
        f'<manifest:file-entry manifest:full-path="{path}" manifest:media-type="{kind}"/>'
        for path, kind in (("/", media), ("content.xml", "text/xml"), ("meta.xml", "text/xml"))
    )
    parts: dict[str, Any] = {
        "mimetype": media,
        "content.xml": content.getvalue(),
        "meta.xml": f'{_HEAD}<office:document-meta {_NAMESPACES} {_DUBLIN} office:version="1.3">'
        f"<office:meta><dc:title>{escape(title)}</dc:title><dc:language>en-GB</dc:language>"
        "</office:meta></office:document-meta>",
        "META-INF/manifest.xml": f'{_HEAD}<manifest:manifest {_NAMESPACES} manifest:version="1.3">'
        f"{entries}</manifest:manifest>",
    }
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as book:
        for path, part in parts.items():
            # the first part tells what the file is, and must be readable as it stands
            how = zipfile.ZIP_STORED if path == "mimetype" else zipfile.ZIP_DEFLATED
            book.writestr(zipfile.ZipInfo(path, _EPOCH), part, how)
    return file.getvalue()


def _ods_sheet(content: io.StringIO, sheet: Sheet) -> str:
    """Writes a sheet, and gives the mark-up of its table, which stands after all sheets."""
    columns = (
        f'<table:table-column table:style-name="wide" '
        f'table:number-columns-repeated="{len(sheet.header)}"/>'
    )
    title = line = words = ""
    head = "head"
    rows = sheet.rows
    if sheet.to_read:
        title, line, words, head = "title", "line", "words", "names"
        rows = list(rows)
        columns = "".join(
            f'<table:table-column table:style-name="wide{width}"/>'
            for width in _widths(sheet.header or ("",), rows)
        )
    content.write(f"<table:table table:name={quoteattr(sheet.name)}>{columns}")
    for place, text in enumerate(sheet.above):
        cell = _ods_cell(text, line if place else title)
        content.write(f"<table:table-row>{cell}</table:table-row>")
    if sheet.header:
        names = "".join(_ods_cell(name, head) for name in sheet.header)
        content.write(
            "<table:table-header-rows><table:table-row>"
            f"{names}</table:table-row></table:table-header-rows>"
        )
    for row in rows:
        cells = "".join(_ods_cell(value, words) for value in row)
        content.write(f"<table:table-row>{cells}</table:table-row>")
    content.write("</table:table>")
    if not sheet.table:
        return ""
    first, end = len(sheet.above) + 1, xl_col_to_name(len(sheet.header) - 1)
    where = f"'{sheet.name}'.A{first}:'{sheet.name}'.{end}{first + len(list(rows))}"
    return (
        f"<table:database-range table:name={quoteattr(sheet.table)} table:contains-header="
        f'"true" table:display-filter-buttons="false" table:target-range-address={quoteattr(where)}/>'
    )


def _ods_cell(value: Value, style: str = "") -> str:
    styled = f' table:style-name="{style}"' if style else ""
    if value is None or value == "":
        return "<table:table-cell/>"
    if isinstance(value, Link):
        return (
            f'<table:table-cell{styled} office:value-type="string"><text:p><text:a '
            f'xlink:type="simple" xlink:href={quoteattr(f"#'{value.sheet}'.A1")}>'
            f"{_ods_text(value.text)}</text:a></text:p></table:table-cell>"
        )
    if isinstance(value, date):
        return (
            f'<table:table-cell table:style-name="day" office:value-type="date" '
            f'office:date-value="{value.isoformat()}"><text:p>{value.isoformat()}</text:p>'
            "</table:table-cell>"
        )
    if isinstance(value, str):
        paragraphs = "".join(f"<text:p>{_ods_text(line)}</text:p>" for line in _LINES.split(value))
        return (
            f'<table:table-cell{styled} office:value-type="string">{paragraphs}</table:table-cell>'
        )
    return (
        f'<table:table-cell{styled} office:value-type="float" office:value="{value}">'
        f"<text:p>{value}</text:p></table:table-cell>"
    )


def _ods_text(line: str) -> str:
    text = escape(line).replace("\t", "<text:tab/>")
    # of several spaces, or one at an end, OpenDocument keeps only those it is told of
    return re.sub(r"^ +| +$|(?<= ) +", lambda found: f'<text:s text:c="{len(found[0])}"/>', text)
