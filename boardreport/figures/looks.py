"""Looks: the sizes a chart is drawn for, and what differs between screen, dark and paper."""

from typing import Self

import msgspec

from units.terms import Term


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


class Look(msgspec.Struct, frozen=True):
    """The measures of one size; `breadth` is the font's average width against Arial's."""

    width: int
    palette: Palette
    family: str
    text: float
    breadth: float
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

    def breadth_of(self, text: str, *, strong: bool = False) -> float:
        """The width of a text in pixels, near enough to keep labels apart."""
        plain = sum(_BREADTHS.get(letter, 0.556) for letter in text)
        return plain * self.text * self.breadth * (1.07 if strong else 1)


def look_for(size: Size, *, dark: bool) -> Look:
    """The look of a size; only a screen has a dark one."""
    if size is Size.PAPER:
        return Look(
            width=size.width,
            palette=_PRINT,
            family='"Source Sans 3"',
            text=12.5,
            breadth=0.96,
            bar=16,
            pitch=27,
            names_above=False,
            name_width=245,
            outline=0.8,
            plot_height=190,
        )
    narrow = size is Size.NARROW
    return Look(
        width=size.width,
        palette=DARK if dark else LIGHT,
        family="Arial, sans-serif",
        text=14,
        breadth=1,
        bar=20,
        pitch=34 if narrow else 32,
        names_above=narrow,
        name_width=335 if narrow else 275,
        outline=0,
        plot_height=226,
    )


_BREADTHS = {
    letter: breadth
    for letters, breadth in (
        ("ijl", 0.222),
        (" .,/!If:;t", 0.278),
        ("()-r[]", 0.333),
        ("ckJsvxyz", 0.5),
        ("FTZ", 0.611),
        ("ABEKPSVXY&+−", 0.667),
        ("CDHNRUw", 0.722),
        ("GOQ", 0.778),
        ("mM", 0.833),
        ("%", 0.889),
        ("W", 0.944),
    )
    for letter in letters
}
"""Widths of Arial's letters in ems; digits and most small letters are 0.556."""
