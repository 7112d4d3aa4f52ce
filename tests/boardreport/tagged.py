"""The tables of a tagged PDF as a screen reader has them: rows of cells, from its structure alone."""

import ctypes
import io
from collections.abc import Iterator

import pikepdf
import pypdfium2
from pypdfium2 import raw

type Rows = list[list[str]]

_OBJECT_IS_TEXT, _OBJECT_IS_FORM = raw.FPDF_PAGEOBJ_TEXT, raw.FPDF_PAGEOBJ_FORM


def tables(pdf: bytes) -> list[Rows]:
    """Every table in the order of the structure, each cell's text without white space."""
    texts = _texts(pdf)
    with pikepdf.open(io.BytesIO(pdf)) as document:
        pages = {page.obj.objgen: place for place, page in enumerate(document.pages)}
        return [
            [
                [_text(cell, None, pages, texts) for cell in _of(row, "/TH", "/TD")]
                for row in _of(table, "/TR")
            ]
            for table in _of(document.Root.StructTreeRoot, "/Table")
        ]


def _kids(element: pikepdf.Object) -> list[pikepdf.Object | int]:
    kids = element.get("/K", [])
    return list(kids) if isinstance(kids, pikepdf.Array) else [kids]


def _of(element: pikepdf.Object, *kinds: str) -> Iterator[pikepdf.Object]:
    """The nearest elements of some kinds below one."""
    for kid in _kids(element):
        if isinstance(kid, pikepdf.Dictionary):
            if str(kid.get("/S", "")) in kinds:
                yield kid
            else:
                yield from _of(kid, *kinds)


def _text(
    element: pikepdf.Object, page: int | None, pages: dict, texts: dict[tuple[int, int], str]
) -> str:
    """What an element marks on the pages, in the order of the structure."""
    if "/Pg" in element:
        page = pages[element.Pg.objgen]
    found = ""
    for kid in _kids(element):
        if isinstance(kid, int):
            found += texts.get((page, kid), "")
        elif "/MCID" in kid:
            at = pages[kid.Pg.objgen] if "/Pg" in kid else page
            found += texts.get((at, int(kid.MCID)), "")
        elif isinstance(kid, pikepdf.Dictionary):
            found += _text(kid, page, pages, texts)
    return "".join(found.split())


def _texts(pdf: bytes) -> dict[tuple[int, int], str]:
    """The text of each piece of marked content, by page and number."""
    found: dict[tuple[int, int], str] = {}
    for place, page in enumerate(pypdfium2.PdfDocument(pdf)):
        text_page = page.get_textpage()
        for one in _objects(page.raw, raw.FPDFPage_CountObjects, raw.FPDFPage_GetObject):
            number = raw.FPDFPageObj_GetMarkedContentID(one)
            if number < 0 or raw.FPDFPageObj_GetType(one) != _OBJECT_IS_TEXT:
                continue
            length = raw.FPDFTextObj_GetText(one, text_page.raw, None, 0)
            buffer = ctypes.create_string_buffer(length)
            pointer = ctypes.cast(buffer, ctypes.POINTER(raw.FPDF_WCHAR))
            raw.FPDFTextObj_GetText(one, text_page.raw, pointer, length)
            words = buffer.raw.decode("utf-16-le").rstrip("\0")
            found[place, number] = found.get((place, number), "") + words
    return found


def _objects(holder: object, count: object, get: object) -> Iterator[object]:
    for place in range(count(holder)):
        one = get(holder, place)
        yield one
        if raw.FPDFPageObj_GetType(one) == _OBJECT_IS_FORM:
            yield from _objects(one, raw.FPDFFormObj_CountObjects, raw.FPDFFormObj_GetObject)
