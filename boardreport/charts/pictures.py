"""The pictures of a chart: for the screen, wide and narrow, light and dark, and for the paper."""

import re
from collections.abc import Iterable
from functools import cache, partial
from typing import Self
from urllib.parse import quote

import msgspec

from boardreport.charts.figures import figure
from boardreport.charts.svg import svg
from boardreport.charts.theme import TO_DARK, Size
from units.content.model import Chart
from units.domain.vocabulary import Term


class Picture(Term):
    """One picture of a chart, as addresses and editions name it."""

    size: Size
    dark: bool

    def __new__(cls, value: str, label: str, size: Size, dark: bool) -> Self:
        picture = str.__new__(cls, value)
        picture._value_ = value
        picture.label = label
        picture.size, picture.dark = size, dark
        return picture

    WIDE = "wide", "wide screen", Size.WIDE, False
    WIDE_DARK = "wide-dark", "wide screen, dark", Size.WIDE, True
    NARROW = "narrow", "telephone", Size.NARROW, False
    NARROW_DARK = "narrow-dark", "telephone, dark", Size.NARROW, True
    PAPER = "paper", "board paper", Size.PAPER, False


ON_SCREEN = tuple(picture for picture in Picture if picture is not Picture.PAPER)


class Shown(msgspec.Struct, frozen=True):
    """A picture on a page: its address, a URL or a data: URI, and its extent in pixels."""

    address: str
    width: int
    height: int


def draw(chart: Chart, picture: Picture) -> str:
    """Return a picture as SVG, the same bytes for the same chart."""
    return draw_each(chart, (picture,))[picture]


def draw_each(chart: Chart, pictures: Iterable[Picture] = tuple(Picture)) -> dict[Picture, str]:
    """Return pictures of a chart as SVG, those of one size from the same figure."""
    figure_of = cache(partial(figure, chart))
    return {
        picture: svg(figure_of(picture.size), TO_DARK if picture.dark else None)
        for picture in pictures
    }


def within_page(chart: Chart) -> dict[Picture, Shown]:
    """Return the pictures of a chart as data: URIs, for a page that has no address for them."""
    svgs = draw_each(chart, ON_SCREEN)
    return {picture: Shown(data_uri(svg), *extent(svg)) for picture, svg in svgs.items()}


def extent(svg: str) -> tuple[int, int]:
    """Return the width and height in pixels that an SVG's first characters say; else ValueError."""
    found = re.search(r' width="(\d+)" height="(\d+)"', svg[:START])
    if found is None:
        raise ValueError("The SVG does not begin with its width and height.")
    return int(found[1]), int(found[2])


START = 200
"""Characters within which an SVG has said its extent."""


def data_uri(svg: str) -> str:
    """Return an SVG as a data: URI without spaces, as `srcset` needs it."""
    return f"data:image/svg+xml,{quote(svg, safe=_SAFE)}"


_SAFE = "='/:;,()!*@$-_.~?|+[]{}"
"""Characters that may be in an address of an attribute as they are; percent signs make it longer."""
