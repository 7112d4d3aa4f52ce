"""Papers of two sections in place of whole ones, which take seconds, where a test is not about them."""

from typing import Any

import pytest
from msgspec.structs import replace

from boardreport import paper, raster, word
from units.content import Content

SECTIONS = 2
"""The sections that begin a paper: what stands on its front, and no table or chart."""

_WHOLE_PDF, _WHOLE_WORD = paper.pdf, word.docx


def short_pdf(content: Content, **options: Any) -> bytes:
    """Sets the sections that begin a content, as paper.pdf sets all."""
    return _WHOLE_PDF(_shortened(content), **options)


def short_word(content: Content, **options: Any) -> bytes:
    """Writes the sections that begin a content, as word.docx writes all."""
    return _WHOLE_WORD(_shortened(content), **options)


def _shortened(content: Content) -> Content:
    return replace(content, sections=content.sections[:SECTIONS])


def shorten_papers(patch: pytest.MonkeyPatch) -> None:
    """Has every paper set short until the patch is undone."""
    patch.setattr(paper, "pdf", short_pdf)
    patch.setattr(word, "docx", short_word)
    patch.setattr(raster, "pngs", lambda drawings: {})
