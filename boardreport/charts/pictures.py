"""The pictures of a chart: for the screen, wide and narrow, light and dark, and for the paper."""

from collections.abc import Callable, Iterable
from functools import cache, partial
from typing import Self
from urllib.parse import quote

import msgspec

from boardreport.charts.figures import figure
from boardreport.charts.svg import svg
from boardreport.charts.theme import TO_DARK, Size
from units.content import Chart
from units.terms import Term


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


class Addresses(msgspec.Struct, frozen=True):
    """Where a page finds the pictures of one chart, each a URL or a data: URI."""

    wide: str
    wide_dark: str
    narrow: str
    narrow_dark: str


def addresses(address: Callable[[Picture], str]) -> Addresses:
    """Return where a page finds the pictures of one chart, each by its own address."""
    return Addresses(*map(address, ON_SCREEN))


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


def within_page(chart: Chart) -> Addresses:
    """Return the pictures of a chart as data: URIs, for a page that has no address for them."""
    svgs = draw_each(chart, ON_SCREEN)
    return addresses(lambda picture: data_uri(svgs[picture]))


def data_uri(svg: str) -> str:
    """Return an SVG as a data: URI without spaces, as `srcset` needs it."""
    return f"data:image/svg+xml,{quote(svg, safe=_SAFE)}"


_SAFE = "='/:;,()!*@$-_.~?|+[]{}"
"""Characters that may be in an address of an attribute as they are; percent signs make it longer."""
