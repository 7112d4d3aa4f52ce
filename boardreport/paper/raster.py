"""Charts as PNG for Word, which knows no SVG. The only module that knows pypdfium2."""

import io
from collections.abc import Iterable, Mapping
from xml.etree import ElementTree

import pypdfium2

from boardreport.charts.pictures import data_uri
from boardreport.paper import pdf

DOTS_TO_THE_INCH, _POINTS_TO_THE_INCH = 200, 72


def pngs(svgs: Mapping[str, str]) -> dict[str, bytes]:
    """Return each SVG as PNG by its key, in the paper's fonts; the same bytes each time."""
    if not svgs:
        return {}
    with pdf.setting() as weasyprint:
        document = weasyprint.HTML(string=_pages(svgs.values()), url_fetcher=pdf.fetcher())
        # PDFium serves one thread at a time, and so does the setting of papers
        with pypdfium2.PdfDocument(document.write_pdf()) as pages:
            return {key: _png(page) for key, page in zip(svgs, pages, strict=True)}


def _pages(svgs: Iterable[str]) -> str:
    """Return a document of a page for each SVG, as large as it is."""
    rules, pages = [], []
    for place, svg in enumerate(svgs):
        root = ElementTree.fromstring(svg)
        size = f"{root.get('width')}px {root.get('height')}px"
        rules.append(f"@page p{place} {{ size: {size}; margin: 0 }} #p{place} {{ page: p{place} }}")
        pages.append(f'<div id="p{place}"><img src="{data_uri(svg)}"></div>')
    rules.append("body { margin: 0 } img { display: block }")
    return f"<style>{''.join(rules)}</style>{''.join(pages)}"


def _png(page: pypdfium2.PdfPage) -> bytes:
    file = io.BytesIO()
    image = page.render(scale=DOTS_TO_THE_INCH / _POINTS_TO_THE_INCH).to_pil()
    image.save(file, "PNG", dpi=(DOTS_TO_THE_INCH, DOTS_TO_THE_INCH))
    return file.getvalue()
