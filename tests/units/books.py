"""Small workbooks, written part by part: what a spreadsheet program writes, and what none would."""

import io
import zipfile
from collections.abc import Mapping
from typing import Any

from units.imports.sheets import reading, wire

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
_STYLES = (
    "General", "@", "yyyy-mm-dd", "0%", "0000", '"D-"0', "#,##0.00", "[h]:mm", "hh:mm:ss",
    "[$-809]d mmmm yyyy;@", "[Red]0.0E+00", '0" days"', "dd/mm/yyyy\\ hh:mm",
)  # fmt: skip
STYLE = {code: place for place, code in enumerate(_STYLES)}
"""The cell style of each number format that the workbooks know."""

_ODS = "urn:oasis:names:tc:opendocument:xmlns:{}:1.0"
_NAMESPACES = " ".join(
    f'xmlns:{prefix}="{_ODS.format(name)}"'
    for prefix, name in (
        ("office", "office"), ("table", "table"), ("text", "text"), ("style", "style"),
        ("draw", "drawing"),
    )
) + ' xmlns:calcext="urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0"'  # fmt: skip
ODS_MEDIA = "application/vnd.oasis.opendocument.spreadsheet"


def packed(parts: Mapping[str, str | bytes], how: int = zipfile.ZIP_DEFLATED) -> bytes:
    """An archive of these parts."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", how) as book:
        for name, part in parts.items():
            # readers look for this one before they know how to unzip
            stored = zipfile.ZIP_STORED if name == "mimetype" else how
            book.writestr(zipfile.ZipInfo(name), part, stored)
    return file.getvalue()


def escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace('"', "&quot;").replace("<", "&lt;")


def xlsx_parts(rows: str, **more: str) -> dict[str, str | bytes]:
    """The parts of a workbook with one sheet; `more` holds `strings`, and mark-up by its place:
    `before` and `after` the rows, `sheets` instead of the one, `properties` of the workbook."""
    formats = "".join(
        f'<numFmt numFmtId="{200 + place}" formatCode="{escaped(code)}"/>'
        for code, place in STYLE.items()
    )
    styles = "".join(f'<xf numFmtId="{200 + place}"/>' for place in STYLE.values())
    sheets = more.get("sheets", '<sheet name="Claims" sheetId="1" r:id="sheet1"/>')
    return {
        "[Content_Types].xml": "<Types/>",
        "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}"><Relationship Id="a" '
        f'Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{_OFFICE}">'
        f"{more.get('properties', '')}<sheets>{sheets}</sheets></workbook>",
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_PACKAGE}">'
        + "".join(
            f'<Relationship Id="{key}" Type="{_OFFICE}/{kind}" Target="{target}"/>'
            for key, kind, target in (
                ("sheet1", "worksheet", "worksheets/sheet1.xml"),
                ("sheet2", "worksheet", "worksheets/sheet2.xml"),
                ("chart", "chartsheet", "chartsheets/sheet1.xml"),
                ("styles", "styles", "styles.xml"),
                ("strings", "sharedStrings", "/xl/sharedStrings.xml"),
            )
        )
        + "</Relationships>",
        "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{MAIN}">{more.get("before", "")}<sheetData>'
        f"{rows}</sheetData>{more.get('after', '')}</worksheet>",
        "xl/styles.xml": f'<styleSheet xmlns="{MAIN}"><numFmts>{formats}</numFmts><cellStyleXfs>'
        f'<xf numFmtId="14"/></cellStyleXfs><cellXfs>{styles}</cellXfs></styleSheet>',
        "xl/sharedStrings.xml": f'<sst xmlns="{MAIN}" count="9999999">{more.get("strings", "")}</sst>',
    }


def xlsx(rows: str, **more: str) -> bytes:
    """A workbook with these rows."""
    return packed(xlsx_parts(rows, **more))


def ods_parts(rows: str, *, styles: str = "", around: tuple[str, str] = ("", "")) -> dict[str, Any]:
    """The parts of an OpenDocument spreadsheet; `around` is what is before and after its table."""
    return {
        "mimetype": ODS_MEDIA,
        "META-INF/manifest.xml": '<manifest:manifest xmlns:manifest="m"/>',
        "content.xml": f'<?xml version="1.0" encoding="UTF-8"?><office:document-content {_NAMESPACES}>'
        f"<office:automatic-styles>{styles}</office:automatic-styles><office:body><office:spreadsheet>"
        f'{around[0]}<table:table table:name="Claims">{rows}</table:table>{around[1]}'
        "</office:spreadsheet></office:body></office:document-content>",
    }


def ods(rows: str, *, styles: str = "", around: tuple[str, str] = ("", "")) -> bytes:
    """An OpenDocument spreadsheet with these rows."""
    return packed(ods_parts(rows, styles=styles, around=around))


def ods_row(*cells: str, **attributes: str) -> str:
    """A row of texts, or of cells that are written out."""
    named = "".join(
        f' table:{name.replace("_", "-")}="{value}"' for name, value in attributes.items()
    )
    return (
        f"<table:table-row{named}>"
        + "".join(cell if cell.startswith("<") else ods_text(cell) for cell in cells)
        + "</table:table-row>"
    )


def ods_text(text: str) -> str:
    return (
        f'<table:table-cell office:value-type="string"><text:p>{text}</text:p></table:table-cell>'
    )


def xlsx_row(number: int, *cells: str, attributes: str = "") -> str:
    """A row of texts, or of cells that are written out, in which {} is the cell's name."""
    written = [
        (cell if cell.startswith("<") else inline(cell)).replace("{}", f"{chr(65 + place)}{number}")
        for place, cell in enumerate(cells)
    ]
    return f'<row r="{number}" {attributes}>{"".join(written)}</row>'


def inline(text: str) -> str:
    return f'<c r="{{}}" t="inlineStr"><is><t>{escaped(text)}</t></is></c>' if text else ""


def read(data: bytes) -> tuple[wire.Verdict, list[wire.Row]]:
    """What the reader makes of a file, in this process: the verdict, and rows where it has any."""
    frames: list[bytes] = []
    verdict = reading.read(io.BytesIO(data), frames.append)
    return verdict, [] if verdict.refusal else list(wire.rows(b"".join(frames)))


def rows_of(data: bytes) -> list[list[Any]]:
    """The rows of a file that can be read, header first."""
    verdict, rows = read(data)
    assert not verdict.refusal, verdict.refusal
    return [list(cells) for _, cells in rows]


def refusal_of(data: bytes) -> str:
    """Why a file can't be read."""
    return read(data)[0].refusal
