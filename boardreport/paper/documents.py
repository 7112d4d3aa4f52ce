"""A content with its charts drawn, its PDF set and its Word document made."""

import hashlib
from collections.abc import Callable, Mapping
from datetime import date

import msgspec

from boardreport.charts.pictures import Picture, draw, draw_each
from boardreport.errors import limited
from boardreport.paper import pdf as board_paper
from boardreport.paper import raster, word
from units.content.model import Content, to_json


def sha256(data: bytes) -> str:
    """The SHA-256 of bytes in hexadecimal digits."""
    return hashlib.sha256(data).hexdigest()


type Progress = Callable[[str], None]


class Draft(msgspec.Struct, frozen=True):
    """A content with its charts drawn and its PDF set; what is published as a Word document too."""

    content: Content
    json: bytes
    pdf: bytes
    svgs: dict[tuple[str, Picture], str]
    word: bytes | None = None


def sha256_of(content: Content) -> str:
    """The SHA-256 of a content as an edition would keep it, in hexadecimal digits."""
    return sha256(to_json(content))


def drafted(
    content: Content,
    *,
    number: int | None,
    made_on: date,
    progress: Progress = lambda _: None,
) -> Draft:
    """A content with its charts drawn and its PDF set, as the edition of a number or as a draft.

    An edition has its charts drawn for the screen too, where a draft's page draws its own, and is made
    as a Word document as well, once for all readers.
    """
    json = to_json(content)
    wanted = (Picture.PAPER,) if number is None else tuple(Picture)
    svgs = {
        (chart.key, picture): svg
        for chart in content.charts()
        for picture, svg in draw_each(chart, wanted).items()
    }
    progress(f"{content.quarter}: setting the {content.audience} paper")
    pdf = board_paper.pdf(
        content,
        drawings=on_paper(svgs),
        number=number,
        content_hash=sha256(json),
        made_on=made_on,
    )
    document = None
    if number is not None:
        document = word_document(content, number=number, made_on=made_on)
    return Draft(content, json, pdf, svgs, document)


def on_paper(svgs: Mapping[tuple[str, Picture], str]) -> dict[str, str]:
    """Each chart's SVG for the paper, by its key."""
    return {key: svg for (key, picture), svg in svgs.items() if picture is Picture.PAPER}


def word_document(content: Content, *, number: int | None, made_on: date) -> bytes:
    """A content as a Word document, with its charts as pictures."""
    with limited("The Word document"):
        return word.docx(
            content,
            pictures=raster.pngs(
                {chart.key: draw(chart, Picture.PAPER) for chart in content.charts()}
            ),
            number=number,
            content_hash=sha256_of(content),
            made_on=made_on,
        )
