"""What the reader of spreadsheets makes of cells, sheets and parts: a value, or a refusal in words."""

import io
import random
import zipfile
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from tests.units import books
from tests.units.books import (
    STYLE,
    inline,
    ods,
    ods_parts,
    ods_row,
    ods_text,
    packed,
    read,
    refusal_of,
    rows_of,
    xlsx,
    xlsx_parts,
    xlsx_row,
)
from units.imports.sheets.wire import Calculated

MORNING = datetime.fromisoformat("2018-07-03T10:30")
HEAD = xlsx_row(1, "a", "b")
ODS_HEAD = ods_row("a", "b")


def styled(code: str, value: object) -> str:
    return f'<c r="{{}}" s="{STYLE[code]}"><v>{value}</v></c>'


def in_xlsx(cell: str, **more: str) -> bytes:
    """A workbook with the cell in B2."""
    return xlsx(HEAD + xlsx_row(2, "x", cell), **more)


def in_ods(cell: str, **more: str) -> bytes:
    return ods(ODS_HEAD + ods_row("x", cell), **more)


def typed(kind: str, shown: str = "", *, space: str = "office", **held: str) -> str:
    """An OpenDocument cell: its type, what it shows, what it holds."""
    values = "".join(f' {space}:{name.replace("_", "-")}="{value}"' for name, value in held.items())
    text = f"<text:p>{shown}</text:p>" if shown else ""
    return f'<table:table-cell office:value-type="{kind}"{values}>{text}</table:table-cell>'


# Values


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ('<c r="{}"><v>5</v></c>', 5),
        ('<c r="{}" t="n"><v>-2.5E-1</v></c>', -0.25),
        ('<c><v>5</v></c>', 5),
        ('<c r="{}" t="b"><v>1</v></c>', True),
        ('<c r="{}" t="b"><v>0</v></c>', False),
        ('<c r="{}" t="str"><v>=1+1</v></c>', "=1+1"),
        ('<c r="{}" t="s"><v>1</v></c>', "Operation Elm"),
        ('<c r="{}" t="s"><v>2</v></c>', "東京"),
        ('<c r="{}" t="inlineStr"><is><r><t>Oper</t></r><r><t>ation</t></r></is></c>', "Operation"),
        ('<c r="{}" t="inlineStr"><is><t>7</t></is><v>8</v></c>', "7"),
        ('<c r="{}" t="inlineStr"><is><t>a_x000D_b_x005F_x0041_</t></is></c>', "a\rb_x0041_"),
        ('<c r="{}" t="inlineStr"><is><t>_xD83D__xDCB0_</t></is></c>', "\U0001f4b0"),
        ('<c r="{}" t="d"><v>2018-07-03</v></c>', date(2018, 7, 3)),
        ('<c r="{}" t="d"><v>2018-07-03T10:30:00Z</v></c>', MORNING),
        ('<c r="{}" t="d"><v>10:30:00</v></c>', timedelta(hours=10.5)),
        (styled("yyyy-mm-dd", 43284), date(2018, 7, 3)),
        (styled("[$-809]d mmmm yyyy;@", 43284), date(2018, 7, 3)),
        (styled("dd/mm/yyyy\\ hh:mm", 43284.4375), MORNING),
        (styled("yyyy-mm-dd", 1), date(1900, 1, 1)),
        (styled("yyyy-mm-dd", 59), date(1900, 2, 28)),
        (styled("yyyy-mm-dd", 61), date(1900, 3, 1)),
        (styled("hh:mm:ss", 0.4375), timedelta(hours=10.5)),
        (styled("[h]:mm", 1.5), timedelta(hours=36)),
        (styled("#,##0.00", 107000), 107000),
        (styled("[Red]0.0E+00", 107000), 107000),
        (styled("0000", 12345), 12345),
        (styled("@", 12), 12),
        ('<c r="{}" t="s"><v/></c>', ""),
        ('<c r="{}" t="str"><v></v></c>', ""),
        ('<c r="{}" s="2"/>', ""),
        (inline("  "), ""),
    ],
)  # fmt: skip
def test_a_cell_of_xlsx_is_read_as_what_it_shows(cell, value) -> None:
    strings = (
        "<si><t>x</t></si><si><r><t>Operation </t></r><r><rPr/><t>Elm</t></r></si>"
        "<si><t>東京</t><rPh sb='0' eb='2'><t>トウキョウ</t></rPh></si>"
    )

    found = rows_of(in_xlsx(cell, strings=strings))[1][1]

    assert (found, type(found)) == (value, type(value))


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        (typed("float", "5", value="5"), 5),
        (typed("float", "107,000.50", value="107000.5"), 107000.5),
        (typed("float", "1.07E+05", value="107000"), 107000),
        (typed("currency", "£5.00", value="5"), 5),
        (typed("boolean", "TRUE", boolean_value="true"), True),
        (typed("date", "3 July", date_value="2018-07-03"), date(2018, 7, 3)),
        (typed("date", "3/7/18", date_value="2018-07-03T00:00:00"), date(2018, 7, 3)),
        (typed("date", "x", date_value="2018-07-03T10:30:00.000000000"), MORNING),
        (typed("date", "1899", date_value="1899-12-30"), date(1899, 12, 30)),
        (typed("time", "36:00", time_value="PT36H00M00S"), timedelta(hours=36)),
        (typed("string", "shown", string_value="held"), "held"),
        (typed("string", "shown", string_value=""), "shown"),
        ("<table:table-cell><text:p>untyped</text:p></table:table-cell>", "untyped"),
        (ods_text("one</text:p><text:p>two"), "one\ntwo"),
        (ods_text("one<text:line-break/>two<text:tab/>three<text:s text:c='3'/>four"),
         "one\ntwo\tthree   four"),
        (ods_text("  run \n together <text:span>here</text:span> "), "run together here"),
        (ods_text("Op<text:note>1<text:p>n</text:p></text:note><text:a>era</text:a>tion"), "Operation"),
        (ods_text("東京<text:ruby><text:ruby-base/><text:ruby-text>x</text:ruby-text></text:ruby>"),
         "東京"),
        ('<table:table-cell office:value-type="string"><office:annotation><text:p>a note</text:p>'
         "</office:annotation><text:p>words</text:p></table:table-cell>", "words"),
        ('<table:table-cell office:value-type="string"><text:p>words</text:p><draw:frame>'
         "<draw:text-box><text:p>in a box</text:p></draw:text-box></draw:frame></table:table-cell>",
         "words"),
        (typed("float"), ""),
        ("<table:table-cell/>", ""),
    ],
)  # fmt: skip
def test_a_cell_of_ods_is_read_as_what_it_shows(cell, value) -> None:
    found = [*rows_of(in_ods(cell))[1], ""][1]

    assert (found, type(found)) == (value, type(value))


def test_dates_count_from_1904_where_the_workbook_says_so() -> None:
    book = in_xlsx(styled("yyyy-mm-dd", 41822), properties='<workbookPr date1904="1"/>')

    assert rows_of(book)[1][1] == date(2018, 7, 3)


def test_a_time_alone_counts_from_midnight_in_either_calendar() -> None:
    for properties in ("", '<workbookPr date1904="true"/>'):
        book = in_xlsx(styled("hh:mm:ss", 0.5), properties=properties)
        assert rows_of(book)[1][1] == timedelta(hours=12)


def test_a_text_of_csv_that_would_be_calculated_is_told_from_one_that_is_meant_so() -> None:
    found = rows_of(b"a,b,c\n=1,'=1,'tis\n")[1]

    assert found == ["=1", "=1", "'tis"]
    assert [type(cell) for cell in found] == [Calculated, str, str]


# What can't be taken as it is shown


@pytest.mark.parametrize(
    ("cell", "says"),
    [
        ('<c r="{}" t="e"><v>#N/A</v></c>', "Cell B2 (#N/A) holds an error"),
        ('<c r="{}" t="str"><v>#REF!</v></c>', "Cell B2 (#REF!) holds an error"),
        (inline(" #DIV/0! "), "Cell B2 (#DIV/0!) holds an error"),
        (inline("########"), "Cell B2 (########) holds an error"),
        ('<c r="{}"><f>1+1</f><v>2</v></c>', "Cell B2 holds a formula"),
        ('<c r="{}"><f>1+1</f></c>', "Cell B2 holds a formula"),
        ('<c r="{}" t="str"><f t="shared" si="0"/><v></v></c>', "Cell B2 holds a formula"),
        ('<c r="{}" t="s"><v>7</v></c>', "Cell B2 (7) can’t be read"),
        ('<c r="{}" t="s"><v>-1</v></c>', "Cell B2 (-1) can’t be read"),
        ('<c r="{}"><v>five</v></c>', "Cell B2 (five) can’t be read"),
        ('<c r="{}"><v>1e999</v></c>', "Cell B2 (1e999) can’t be read"),
        ('<c r="{}"><v>1_000</v></c>', "Cell B2 (1_000) can’t be read"),
        ('<c r="{}" t="b"><v>2</v></c>', "Cell B2 (2) can’t be read"),
        ('<c r="{}" t="new"><v>5</v></c>', "Cell B2 (5) can’t be read"),
        ('<c r="{}" t="d"><v>soon</v></c>', "Cell B2 (soon) can’t be read"),
        ('<c r="{}"><v>5</v></c><c r="{}"><v>6</v></c>', "Cell B2 (given twice) can’t be read"),
        ('<c r="B7"><v>5</v></c>', "Cell B7 is in row 2"),
        ('<c r="7"><v>5</v></c>', "Cell 7 is in row 2"),
        (styled("0%", 1), "Cell B2 shows a percentage"),
        (styled("0000", 12), "Cell B2 (12) holds a number that its format shows as something else"),
        (styled('"D-"0', 12), "that its format shows as something else"),
        (styled('0" days"', 12), "that its format shows as something else"),
        (styled("yyyy-mm-dd", 60), "Cell B2 (60) can’t be read"),
        (styled("yyyy-mm-dd", -1), "Cell B2 (-1) can’t be read"),
        (styled("yyyy-mm-dd", 9e9), "can’t be read"),
    ],
)
def test_a_cell_of_xlsx_that_cannot_be_taken_as_shown_is_named(cell, says) -> None:
    refusal = refusal_of(in_xlsx(cell))

    assert "sheet “Claims”" in refusal
    assert says in refusal


@pytest.mark.parametrize(
    ("cell", "says"),
    [
        (typed("string", "#N/A", space="calcext", value_type="error"), "Cell B2 (#N/A) holds an error"),
        (typed("string", "anything", space="calcext", value_type="error"), "(anything) holds an error"),
        (typed("float", "#DIV/0!", value="0"), "Cell B2 (#DIV/0!) holds an error"),
        (typed("float", "Err:502", value="0"), "Cell B2 (Err:502) holds an error"),
        (typed("string", "#REF!", string_value=""), "Cell B2 (#REF!) holds an error"),
        (ods_text("#NAME?"), "Cell B2 (#NAME?) holds an error"),
        (typed("float", "2", value="2", space="office").replace(" ", ' table:formula="of:=1+1" ', 1),
         "Cell B2 holds a formula"),
        ('<table:table-cell table:formula="of:=1+1"/>', "Cell B2 holds a formula"),
        (typed("percentage", "50%", value="0.5"), "Cell B2 (50%) shows a percentage"),
        (typed("float", "0012", value="12"), "Cell B2 (0012) holds a number that its format"),
        (typed("float", "D-12", value="12"), "Cell B2 (D-12) holds a number that its format"),
        (typed("float", "five"), "Cell B2 (five) can’t be read"),
        (typed("float", "5", value="five"), "Cell B2 (5) can’t be read"),
        (typed("boolean", "yes", boolean_value="yes"), "can’t be read"),
        (typed("date", "long ago", date_value="-0043-03-15"), "Cell B2 (long ago) can’t be read"),
        (typed("date", "never", date_value="2018-02-30"), "can’t be read"),
        (typed("time", "noon", time_value="noon"), "can’t be read"),
        (typed("new", "5", value="5"), "can’t be read"),
        ("<table:covered-table-cell><text:p>under</text:p></table:covered-table-cell>",
         "Cell B2 holds a value under a merged cell"),
    ],
)  # fmt: skip
def test_a_cell_of_ods_that_cannot_be_taken_as_shown_is_named(cell, says) -> None:
    refusal = refusal_of(in_ods(cell))

    assert "sheet “Claims”" in refusal
    assert says in refusal


@pytest.mark.parametrize(
    ("line", "says"),
    [
        (b'x, "Cash, phones"', "Row 2 has a blank before a quotation mark"),
        (b'x,\t"Cash"', "Row 2 has a blank before a quotation mark"),
        (b'x,\xc2\xa0"Cash"', "Row 2 has a blank before a quotation mark"),
        (b"x,y,", "Row 2 (3 cells) has more cells than the header"),
        (b"x,Cash, phones", "Row 2 (3 cells) has more cells than the header"),
        (b"x,#N/A", "Cell B2 (#N/A) holds an error"),
        (b"x,#######", "Cell B2 (#######) holds an error"),
        (b"x,#NV", "Cell B2 (#NV) holds an error"),
        ("x,#Н/Д".encode(), "Cell B2 (#Н/Д) holds an error"),
        (b"x,#YOK", "Cell B2 (#YOK) holds an error"),
        (b"x,#N/A N/A", "Cell B2 (#N/A N/A) holds an error"),
        (b"x,Err :502", "Cell B2 (Err :502) holds an error"),
        ("x,#VALUE！".encode(), "Cell B2 (#VALUE！) holds an error"),
        ("x,#¡VALOR!".encode(), "Cell B2 (#¡VALOR!) holds an error"),
        (b"x,Loading...", "Cell B2 (Loading...) holds an error"),
    ],
)
def test_a_row_of_csv_that_cannot_be_taken_as_shown_is_named(line, says) -> None:
    assert says in refusal_of(b"a,b\n" + line + b"\n")


def test_every_fault_of_a_sheet_is_named_by_kind_and_the_eleventh_counted() -> None:
    faulty = "".join(
        xlsx_row(number, '<c r="{}" t="e"><v>#N/A</v></c>', '<c r="{}"><f>1</f></c>')
        for number in range(2, 14)
    )

    refusal = refusal_of(xlsx(HEAD + faulty))

    assert "Cells A2 (#N/A), A3 (#N/A)" in refusal
    assert "A11 (#N/A) and 2 more hold errors: write the value" in refusal
    assert "Cells B2, B3, B4" in refusal
    assert "B11 and 2 more hold formulas" in refusal


def merged(reference: str) -> bytes:
    rows = HEAD + xlsx_row(2, "x", "y") + xlsx_row(3, "x", "")
    return xlsx(rows, after=f'<mergeCells><mergeCell ref="{reference}"/></mergeCells>')


@pytest.mark.parametrize("reference", ["B2:B3", "A2:B2", "A1:B1", "A1:XFD1048576", "$A$2:$A$3"])
def test_a_merged_range_of_xlsx_is_named_where_it_covers_cells_of_the_table(reference) -> None:
    assert f"The range {reference.replace('$', '')} is merged" in refusal_of(merged(reference))


@pytest.mark.parametrize("reference", ["B2:Z2", "B2", "B3:C99", "D2:D9", "A4:B9", "nonsense"])
def test_a_merged_range_beside_the_table_or_of_one_of_its_cells_is_left_aside(reference) -> None:
    assert not refusal_of(merged(reference))


@pytest.mark.parametrize(
    ("spanned", "says"),
    [
        ('table:number-rows-spanned="2"', "The range B2:B3 is merged"),
        ('table:number-columns-spanned="2" table:number-rows-spanned="1"', ""),
        ('table:number-columns-spanned="1" table:number-rows-spanned="1"', ""),
    ],
)
def test_a_merged_range_of_ods_is_named_where_it_covers_cells_of_the_table(spanned, says) -> None:
    cell = ods_text("y").replace("<table:table-cell", f"<table:table-cell {spanned}")
    rows = ods_row("a", "b") + ods_row("x", cell) + ods_row("x", "<table:covered-table-cell/>")

    assert says in (refusal := refusal_of(ods(rows)))
    assert bool(says) == bool(refusal)


# Rows, columns, sheets


def test_rows_keep_their_numbers_and_blank_ones_are_passed_over() -> None:
    rows = HEAD + xlsx_row(4, "x", "y") + "<row/><row><c><v>5</v></c></row>"

    assert read(xlsx(rows))[1] == [(1, ["a", "b"]), (4, ["x", "y"]), (6, [5, ""])]
    rows = (
        ods_row("a", "b")
        + '<table:table-row table:number-rows-repeated="3"><table:table-cell/></table:table-row>'
        + ods_row("x", "y", number_rows_repeated="2")
    )
    assert read(ods(rows))[1] == [(1, ["a", "b"]), (5, ["x", "y"]), (6, ["x", "y"])]


def test_cells_keep_their_columns() -> None:
    rows = '<row r="1"><c r="C1"><v>3</v></c><c r="A1"><v>1</v></c></row>' + xlsx_row(2, "x")
    assert rows_of(xlsx(rows)) == [[1, "", 3], ["x", "", ""]]

    gap = '<table:table-cell table:number-columns-repeated="2"/>'
    twice = ods_text("y").replace(
        "<table:table-cell", '<table:table-cell table:number-columns-repeated="2"'
    )
    assert rows_of(ods(ods_row("a", gap, "d") + ods_row(twice))) == [
        ["a", "", "", "d"],
        ["y", "y", "", ""],
    ]


def test_a_row_out_of_its_order_is_refused() -> None:
    assert "Row 2 is out of its order" in refusal_of(
        xlsx(HEAD + xlsx_row(3, "x") + xlsx_row(2, "y"))
    )


def test_hidden_rows_and_columns_are_read_and_counted() -> None:
    before = '<cols><col min="2" max="2" hidden="1"/><col min="9" max="16384" width="0"/></cols>'
    rows = (
        HEAD
        + xlsx_row(2, "x", attributes='hidden="1"')
        + xlsx_row(3, "y", attributes='ht="0" customHeight="1"')
        + xlsx_row(4, "z", attributes='ht="15"')
    )

    verdict, read_rows = read(xlsx(rows, before=before))

    assert (verdict.count, verdict.hidden_rows, verdict.hidden_columns) == (3, 2, 1)
    assert [cells[0] for _, cells in read_rows] == ["a", "x", "y", "z"]


def test_filtered_and_folded_rows_of_ods_are_read_and_counted() -> None:
    rows = (
        '<table:table-column/><table:table-column table:visibility="collapse"/>'
        + f"<table:table-header-rows>{ODS_HEAD}</table:table-header-rows>"
        + ods_row("x", "y", visibility="filter")
        + ods_row("x", "y", visibility="visible")
        + f'<table:table-row-group table:display="false">{ods_row("x", "y")}'
        + f"<table:table-row-group>{ods_row('x', 'y')}</table:table-row-group></table:table-row-group>"
        + ods_row("x", "y")
    )

    verdict, read_rows = read(ods(rows))

    assert (verdict.count, verdict.hidden_rows, verdict.hidden_columns) == (5, 3, 1)
    assert len(read_rows) == 6


def test_the_first_visible_worksheet_is_read_and_named_and_the_others_counted() -> None:
    sheets = (
        '<sheet name="Figure" r:id="chart"/><sheet name="Lists" state="hidden" r:id="sheet2"/>'
        '<sheet name="Mine" r:id="sheet1"/><sheet name="More" state="veryHidden" r:id="sheet2"/>'
    )
    verdict, _ = read(xlsx(HEAD + xlsx_row(2, "x"), sheets=sheets))
    assert (verdict.sheet, verdict.others) == ("Mine", 3)

    styles = (
        '<style:style style:name="unseen" style:family="table">'
        '<style:table-properties table:display="false"/></style:style>'
    )
    before = f'<table:table table:name="Lists" table:style-name="unseen">{ODS_HEAD}</table:table>'
    after = '<table:table table:name="More"><table:table-row/></table:table>'
    verdict, _ = read(ods(ODS_HEAD + ods_row("x"), styles=styles, around=(before, after)))
    assert (verdict.sheet, verdict.others) == ("Claims", 2)


def test_a_workbook_without_a_visible_sheet_is_refused() -> None:
    hidden = '<sheet name="Lists" state="hidden" r:id="sheet1"/>'
    assert "no visible sheet" in refusal_of(xlsx(HEAD, sheets=hidden))
    document = "<office:document-content xmlns:office='office'/>"
    assert "no visible sheet" in refusal_of(packed(ods_parts("") | {"content.xml": document}))
    chart = '<sheet name="Figure" r:id="chart"/>'
    assert "no visible sheet" in refusal_of(xlsx(HEAD, sheets=chart))
    assert "is damaged" in refusal_of(xlsx(HEAD, sheets='<sheet name="Lost" r:id="lost"/>'))


def test_tables_that_are_no_sheet_are_no_rows() -> None:
    old = ods_row("old")
    changes = (
        f"<table:tracked-changes><table:previous>{old}</table:previous></table:tracked-changes>"
    )
    chart = f"<draw:frame><draw:object><table:table>{old}</table:table></draw:object></draw:frame>"
    shapes = f"<table:shapes>{chart}</table:shapes>"

    book = ods(shapes + ODS_HEAD + ods_row("x", "y"), around=(changes, ""))

    assert rows_of(book) == [["a", "b"], ["x", "y"]]


@pytest.mark.parametrize("space", ["http://purl.oclc.org/ooxml/spreadsheetml/main", ""])
def test_the_strict_form_of_xlsx_is_read_and_prefixes_do_not_matter(space) -> None:
    parts = xlsx_parts(HEAD + xlsx_row(2, "x", "y"))
    sheet = str(parts["xl/worksheets/sheet1.xml"])
    if space:
        sheet = sheet.replace(books.MAIN, space)
    else:
        sheet = sheet.replace("xmlns=", "xmlns:x=").replace("</", "</x:")
        sheet = sheet.replace("<", "<x:").replace("<x:/x:", "</x:")

    assert rows_of(packed(parts | {"xl/worksheets/sheet1.xml": sheet})) == [["a", "b"], ["x", "y"]]


# Parts that nobody reads


BROKEN = {
    "of no bytes": b"",
    "of no XML": b"\x00\xff<<<",
    "with a document type": b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>',
    "endless": b"<a>" + b" " * 70_000_000,
}


@pytest.mark.parametrize("broken", BROKEN.values(), ids=BROKEN)
@pytest.mark.parametrize(
    "part",
    [
        "docProps/app.xml", "xl/vbaProject.bin", "xl/worksheets/sheet2.xml", "xl/theme/theme1.xml",
        "xl/comments1.xml", "xl/styles.xml", "xl/sharedStrings.xml", "_rels/.rels",
        "[Content_Types].xml", "xl/macrosheets/sheet1.xml",
    ],
)  # fmt: skip
def test_a_part_of_xlsx_that_the_table_does_not_need_never_decides(part, broken) -> None:
    book = packed(xlsx_parts(HEAD + xlsx_row(2, "x", "y")) | {part: broken})

    assert rows_of(book) == [["a", "b"], ["x", "y"]]


@pytest.mark.parametrize("broken", BROKEN.values(), ids=BROKEN)
@pytest.mark.parametrize(
    "part",
    [
        "Configurations2/accelerator/current.xml", "meta.xml", "settings.xml", "styles.xml",
        "META-INF/manifest.xml", "Basic/Standard/Module1.xml", "Object 1/content.xml",
    ],
)  # fmt: skip
def test_a_part_of_ods_that_the_table_does_not_need_never_decides(part, broken) -> None:
    book = packed(ods_parts(ODS_HEAD + ods_row("x", "y")) | {part: broken})

    assert rows_of(book) == [["a", "b"], ["x", "y"]]


def test_thousands_of_parts_are_left_aside() -> None:
    parts = {f"xl/media/{number}.png": b"x" for number in range(3_000)}

    assert rows_of(packed(xlsx_parts(HEAD + xlsx_row(2, "x", "y")) | parts))


def test_lists_for_validation_are_no_formulas() -> None:
    after = (
        "<dataValidations><dataValidation><formula1>Lists!$A$1</formula1></dataValidation>"
        '</dataValidations><extLst><ext xmlns:x14="x14"><x14:dataValidations><xm:f xmlns:xm="xm">'
        "Lists!$A$1:$A$4</xm:f></x14:dataValidations></ext></extLst>"
    )

    assert rows_of(xlsx(HEAD + xlsx_row(2, "x", "y"), after=after))[1] == ["x", "y"]


@pytest.mark.parametrize(
    ("part", "cell"),
    [
        ("xl/worksheets/sheet1.xml", inline("y")),
        ("xl/workbook.xml", inline("y")),
        ("xl/_rels/workbook.xml.rels", inline("y")),
        ("xl/sharedStrings.xml", '<c r="{}" t="s"><v>0</v></c>'),
        ("xl/styles.xml", styled("yyyy-mm-dd", 43284)),
    ],
)
def test_a_part_that_is_needed_is_named_where_it_is_broken(part, cell) -> None:
    parts = xlsx_parts(HEAD + xlsx_row(2, "x", cell), strings="<si><t>y</t></si>")

    for broken in (b"", b"<a>"):
        refusal = refusal_of(packed(parts | {part: broken}))
        assert "is damaged (its part “" in refusal
        assert part in refusal
    twice = io.BytesIO(packed(parts))
    with zipfile.ZipFile(twice, "a") as book, pytest.warns(UserWarning, match="Duplicate name"):
        book.writestr(part, "<a/>")
    assert "is damaged" in refusal_of(twice.getvalue())
    assert "declares a document type" in refusal_of(
        packed(parts | {part: BROKEN["with a document type"]})
    )


# Whole files


def flagged(book: bytes, name: bytes) -> bytes:
    """The archive with a part marked as encrypted, in both places."""
    data = bytearray(book)
    for signature, flags, named in ((b"PK\x03\x04", 6, 30), (b"PK\x01\x02", 8, 46)):
        place = -1
        while (place := data.find(signature, place + 1)) >= 0:
            if data[place + named : place + named + len(name)] == name:
                data[place + flags] |= 1
    return bytes(data)


MANIFEST = {"META-INF/manifest.xml": "<manifest><encryption-data/></manifest>"}


@pytest.mark.parametrize(
    "data",
    [
        flagged(in_xlsx("y"), b"xl/worksheets/sheet1.xml"),
        flagged(in_ods("y"), b"content.xml"),
        flagged(in_ods("y"), b"mimetype"),
        packed(ods_parts("") | {"content.xml": b"\x8a\x01 no XML"} | MANIFEST),
        packed({"mimetype": books.ODS_MEDIA, "encrypted-package": b"x"} | MANIFEST),
        b"\xd0\xcf\x11\xe0" + b"\0" * 600 + "EncryptedPackage".encode("utf-16-le"),
    ],
    ids=["XLSX", "ODS", "mimetype", "encrypted content", "encrypted package", "XLSX in a container"],
)  # fmt: skip
def test_a_password_is_said_to_be_one(data) -> None:
    assert "is protected by a password" in refusal_of(data)


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"\xd0\xcf\x11\xe0" + b"\0" * 600, "an old Excel workbook (XLS)"),
        (packed({"xl/workbook.bin": b"x"}), "a binary workbook (XLSB)"),
        (packed({"[Content_Types].xml": "<Types/>", "word/document.xml": ""}), "neither"),
        (packed({"mimetype": "application/vnd.oasis.opendocument.text", "content.xml": ""}), "neither"),
        (packed({}), "neither an XLSX nor an ODS"),
        (b"PK\x03\x04 and no more", "is damaged"),
        (b"<?xml version='1.0'?><a/>", "is no spreadsheet"),
        (b"<html><table><tr><td>a</td></tr></table></html>", "is no spreadsheet"),
        (b"a,b\n" + b"\n" * 1_100_000, "more than 1,048,576 lines"),
        (b" \n\t\n", "blank lines alone"),
        (xlsx(xlsx_row(1, "a", "b")), "“Claims” has a header and no rows under it"),
        (xlsx(""), "“Claims” is empty"),
        (ods(ods_row("a", "b")), "“Claims” has a header and no rows under it"),
    ],
)  # fmt: skip
def test_a_file_that_is_no_table_is_refused_in_words(data, says) -> None:
    assert says in refusal_of(data)


def test_what_looks_like_an_archive_by_two_letters_is_text() -> None:
    assert rows_of(b"PK,b\n1,2\n") == [["PK", "b"], ["1", "2"]]


@pytest.mark.parametrize("leave_out", ["mimetype", "[Content_Types].xml"])
def test_what_some_programs_leave_out_is_not_missed(leave_out) -> None:
    parts = ods_parts(ODS_HEAD + ods_row("x", "y"))
    if leave_out not in parts:
        parts = xlsx_parts(HEAD + xlsx_row(2, "x", "y"))
    del parts[leave_out]

    assert rows_of(packed(parts)) == [["a", "b"], ["x", "y"]]


def test_names_of_parts_are_found_whichever_their_capitals_and_slashes() -> None:
    parts = xlsx_parts(HEAD + xlsx_row(2, "x", "y"))

    found = rows_of(packed({name.replace("/", "\\").upper(): part for name, part in parts.items()}))

    assert found == [["a", "b"], ["x", "y"]]


def test_a_semicolon_divides_where_the_first_line_with_words_has_no_comma() -> None:
    assert rows_of("\n\na;b\n1,5;2\n".encode("utf-16")) == [["a", "b"], ["1,5", "2"]]


def test_the_line_that_names_the_separator_is_no_row() -> None:
    assert read(b"sep=;\r\na;b\r\n1,5;2\r\n")[1] == [(2, ["a", "b"]), (3, ["1,5", "2"])]


@pytest.mark.parametrize(
    "text", ["#1", "Operation #Elm", "no. #", "Error: #N/A", "Loading bay", "#metoo"]
)
def test_a_text_that_is_no_error_is_read(text) -> None:
    assert rows_of(f"a\n{text}\n".encode())[1] == [text]


# Any bytes, any workbook


def broken_ones(book: bytes, count: int) -> list[bytes]:
    """The file with some bits turned, or cut short: always the same ones."""
    chance = random.Random(13)
    found = []
    for _ in range(count):
        data = bytearray(book)
        for _ in range(chance.randint(1, 4)):
            data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
        found.append(bytes(data[: chance.choice([len(data), chance.randrange(len(data))])]))
    return found


SAMPLES = {
    "xlsx": xlsx(
        HEAD
        + xlsx_row(2, "x", styled("yyyy-mm-dd", 43284))
        + xlsx_row(3, '<c r="{}" t="s"><v>0</v></c>', '<c r="{}" t="b"><v>1</v></c>'),
        strings="<si><t>shared</t></si>",
        after='<mergeCells><mergeCell ref="D1:D9"/></mergeCells>',
    ),
    "ods": ods(
        '<table:table-column table:number-columns-repeated="2"/>'
        + ODS_HEAD
        + ods_row("x", typed("date", "3 July", date_value="2018-07-03"), number_rows_repeated="2")
        + ods_row(typed("float", "5", value="5"), ods_text("a<text:s text:c='2'/>b"))
    ),
    "csv": 'a,b\r\nx,"Cash, phones"\r\n\'=1,Café\r\n'.encode("utf-8-sig"),
}


@pytest.mark.parametrize("kind", SAMPLES)
def test_a_broken_file_gives_rows_or_a_refusal_in_words(kind) -> None:
    for data in broken_ones(SAMPLES[kind], 300):
        verdict, rows = read(data)
        assert verdict.refusal.endswith(".") or len(rows) == verdict.count + 1


@pytest.mark.parametrize("kind", ["xlsx", "ods"])
def test_a_broken_part_in_a_sound_archive_gives_rows_or_a_refusal_in_words(kind) -> None:
    with zipfile.ZipFile(io.BytesIO(SAMPLES[kind])) as book:
        parts = {name: book.read(name) for name in book.namelist()}
    for name, part in parts.items():
        for broken in broken_ones(part, 60):
            verdict, rows = read(packed(parts | {name: broken}, zipfile.ZIP_STORED))
            assert verdict.refusal.endswith(".") or len(rows) == verdict.count + 1


WORDS = st.text(st.characters(exclude_categories=["Cs", "Cc", "Cn"]), max_size=12).map(
    lambda text: " ".join(text.replace("_x", "").replace("#", "").split())
)
NUMBERS = st.integers(-(10**9), 10**9) | st.floats(-1e12, 1e12).map(lambda number: round(number, 6))
DAYS = st.dates(date(1900, 3, 1), date(2199, 12, 31))
CELLS = st.none() | WORDS | NUMBERS | DAYS | st.booleans()
TABLES = st.lists(st.lists(CELLS, min_size=1, max_size=4), min_size=2, max_size=5)


def in_calamine(data: bytes) -> list[list[object]]:
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_index(0)
    return sheet.to_python(skip_empty_area=False)


def trimmed(rows: list[list[object]]) -> list[list[object]]:
    """Rows as both readers mean them: without blanks at their ends, blank rows left out."""
    found = []
    for row in rows:
        cells = [
            cell.strip().replace("\r\n", "\n") if isinstance(cell, str) else cell for cell in row
        ]
        while cells and cells[-1] in ("", None):
            cells.pop()
        if cells:
            found.append([None if cell == "" and cell is not False else cell for cell in cells])
    return found


def same_as_in_calamine(data: bytes) -> None:
    verdict, found = read(data)
    theirs = trimmed(in_calamine(data))
    if verdict.refusal:
        assert "a header and no rows under it" in verdict.refusal
        assert len(theirs) == 1
    else:
        assert trimmed([list(cells) for _, cells in found]) == theirs


def xlsx_cell(cell: object, *, shared: list[str] | None) -> str:
    match cell:
        case None | "":
            return ""
        case bool():
            return f'<c r="{{}}" t="b"><v>{int(cell)}</v></c>'
        case int() | float():
            return f'<c r="{{}}"><v>{cell!r}</v></c>'
        case date():
            return styled("yyyy-mm-dd", (cell - date(1899, 12, 30)).days)
        case str() if shared is not None:
            shared.append(cell)
            return f'<c r="{{}}" t="s"><v>{len(shared) - 1}</v></c>'
        case _:
            return inline(str(cell))


def ods_cell(cell: object) -> str:
    match cell:
        case None | "":
            return "<table:table-cell/>"
        case bool():
            return typed("boolean", "x", boolean_value=str(cell).lower())
        case int() | float():
            return typed("float", value=repr(cell))
        case date():
            return typed("date", "x", date_value=cell.isoformat())
        case _:
            return ods_text(books.escaped(str(cell)))


@settings(max_examples=40)
@given(TABLES, st.booleans())
def test_another_reader_finds_the_same_in_xlsx(table, is_shared) -> None:
    shared: list[str] | None = [] if is_shared else None
    rows = "".join(
        f'<row r="{number}">'
        + "".join(
            xlsx_cell(cell, shared=shared).replace("{}", f"{chr(65 + place)}{number}", 1)
            for place, cell in enumerate(cells)
        )
        + "</row>"
        for number, cells in enumerate([["head"], *table], 1)
    )
    strings = "".join(f"<si><t>{books.escaped(text)}</t></si>" for text in shared or [])

    data = xlsx(rows, strings=strings)

    same_as_in_calamine(data)


@settings(max_examples=40)
@given(TABLES)
def test_another_reader_finds_the_same_in_ods(table) -> None:
    data = ods("".join(ods_row(*map(ods_cell, cells)) for cells in [["head"], *table]))

    same_as_in_calamine(data)
