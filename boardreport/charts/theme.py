"""Sizes and palettes: what differs between the charts of screen, dark screen and paper."""

from typing import Self

import msgspec

from boardreport.charts import fonts
from units.domain.vocabulary import Term


class Size(Term):
    """What a chart is drawn for, with its width in CSS pixels."""

    width: int

    def __new__(cls, value: str, label: str, width: int) -> Self:
        size = str.__new__(cls, value)
        size._value_ = value
        size.label = label
        size.width = width
        return size

    WIDE = "wide", "wide screen", 740
    NARROW = "narrow", "telephone", 345
    PAPER = "paper", "board paper", 575


class Palette(msgspec.Struct, frozen=True):
    """The colours of a figure, each #rrggbb, by what they are for."""

    ground: str
    ink: str
    second: str
    accent: str
    quiet: str
    signal: str
    major: str
    moderate: str
    minor: str
    on_major: str
    on_moderate: str
    edge: str
    band: str
    grid: str


LIGHT = Palette(
    ground="#ffffff",
    ink="#0b0c0c",
    second="#484949",
    accent="#104f8c",
    quiet="#858e97",
    signal="#b4500b",
    major="#0f3a66",
    moderate="#3a77b3",
    minor="#c6dbf0",
    on_major="#ffffff",
    on_moderate="#ffffff",
    edge="#3a77b3",
    band="#e9edf1",
    grid="#e1e4e7",
)
DARK = Palette(
    ground="#12161b",
    ink="#f1f3f5",
    second="#b4bcc5",
    accent="#8fc4f7",
    quiet="#7d8894",
    signal="#ffa366",
    major="#d3e7fb",
    moderate="#5a9bd8",
    minor="#23496d",
    on_major="#12161b",
    on_moderate="#12161b",
    edge="#5a9bd8",
    band="#222a33",
    grid="#2a323b",
)
TO_DARK = {getattr(LIGHT, role): getattr(DARK, role) for role in Palette.__struct_fields__}
"""The dark colour for each light one: roles that share a light colour share a dark one too."""

_PRINT = Palette(
    ground="#ffffff",
    ink="#16222e",
    second="#3b4652",
    accent="#1c5573",
    quiet="#c9d5dd",
    signal="#16222e",
    major="#1c5573",
    moderate="#8fb0c2",
    minor="#e6edf1",
    on_major="#ffffff",
    on_moderate="#16222e",
    edge="#16222e",
    band="#e9eef2",
    grid="#dde3e8",
)


class Theme(msgspec.Struct, frozen=True):
    """The measures of one size, in CSS pixels, and its colours and font.

    `outline` is the width of the line around bars, 0 for none; `names_above` puts each bar's name
    above it instead of beside it.
    """

    width: int
    palette: Palette
    family: str
    text: float
    bar: int
    pitch: int
    names_above: bool
    name_width: int
    outline: float
    plot_height: int

    @property
    def line(self) -> float:
        """The height of a line of text."""
        return self.text * 1.3

    def text_width(self, text: str, *, strong: bool = False) -> float:
        """Return the width in pixels of a line of text."""
        return fonts.text_width(text, self.family, self.text, strong=strong)


def theme_for(size: Size) -> Theme:
    """Return the theme of a size; the screen's is light."""
    if size is Size.PAPER:
        return Theme(
            width=size.width,
            palette=_PRINT,
            family=fonts.SOURCE_SANS,
            text=12.5,
            bar=16,
            pitch=27,
            names_above=False,
            name_width=245,
            outline=0.8,
            plot_height=190,
        )
    narrow = size is Size.NARROW
    return Theme(
        width=size.width,
        palette=LIGHT,
        family=fonts.ARIAL,
        text=14,
        bar=20,
        pitch=34 if narrow else 32,
        names_above=narrow,
        name_width=335 if narrow else 275,
        outline=0,
        plot_height=226,
    )
