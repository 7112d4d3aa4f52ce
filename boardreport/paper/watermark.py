"""The stamp of a copy: one line at the foot of each page of a PDF that is otherwise as it was.

The line is an artifact with its own embedded font, so that the copy stays valid as PDF/A-3a and
PDF/UA-1.
"""

import io

import pikepdf
from django.utils.html import format_html

from boardreport.paper.pdf import setting
from boardreport.paper.pdf_ua import saved
from units.domain.text import for_paper

STYLES = """
@page { size: 210mm 297mm; margin: 0 }
body { margin: 0 }
p {
  margin: 278mm 22mm 0;
  color: #16222e;
  font: 600 8pt/10pt "Source Sans 3";
  overflow: hidden;
  text-align: center;
  text-overflow: ellipsis;
  white-space: nowrap;
}
"""


def stamped(pdf: bytes, words: str) -> bytes:
    """The PDF with the words at the foot of every page; the same bytes for the same arguments."""
    with (
        pikepdf.open(io.BytesIO(_line(words))) as line,
        pikepdf.open(io.BytesIO(pdf)) as document,
    ):
        form = document.copy_foreign(line.pages[0].as_form_xobject())
        for page in document.pages:
            name = page.add_resource(form, pikepdf.Name.XObject, pikepdf.Name("/CopyStamp"))
            page.contents_add(b"q\n", prepend=True)
            page.contents_add(
                b"\nQ /Artifact <</Type /Pagination /Subtype /Footer>> BDC q %s Do Q EMC\n"
                % str(name).encode()
            )
        return saved(document)


def _line(words: str) -> bytes:
    with setting() as library:
        page = library.HTML(string=str(format_html("<p>{}</p>", for_paper(words))))
        styles = library.CSS(string=STYLES)
        data: bytes = page.write_pdf(stylesheets=[styles], pdf_identifier=b"stamp")
    return data
