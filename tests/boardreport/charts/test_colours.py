"""The colours of figures, as people see them who tell fewer colours apart, and as printed in grey."""

from itertools import product

import pytest

from boardreport.charts.theme import (
    DARK,
    LIGHT,
    Palette,
    Size,
    theme_for,
)

type Colour = tuple[float, float, float]

# what remains of linear light: Machado, Oliveira and Fernandes (2009), at full severity
SIGHT: dict[str, tuple[Colour, Colour, Colour]] = {
    "full": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    "protanopia": (
        (0.152286, 1.052583, -0.204868),
        (0.114503, 0.786281, 0.099216),
        (-0.003882, -0.048116, 1.051998),
    ),
    "deuteranopia": (
        (0.367322, 0.860646, -0.227968),
        (0.280085, 0.672501, 0.047413),
        (-0.01182, 0.04294, 0.968881),
    ),
    "tritanopia": (
        (1.255528, -0.076749, -0.178779),
        (-0.078411, 0.930809, 0.147602),
        (0.004733, 0.691367, 0.3039),
    ),
    "grey": ((0.2126, 0.7152, 0.0722),) * 3,
}

PALETTES = {
    "light": LIGHT,
    "dark": DARK,
    "paper": theme_for(Size.PAPER).palette,
}
EVERY_SIGHT = [(name, sight) for name, sight in product(PALETTES, SIGHT)]


def linear(colour: str) -> Colour:
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return red, green, blue


def contrast(first: str, second: str, sight: str) -> float:
    """The contrast by WCAG of two colours as they are seen."""
    lights = []
    for colour in (first, second):
        seen = [
            min(1, max(0, sum(a * b for a, b in zip(row, linear(colour), strict=True))))
            for row in SIGHT[sight]
        ]
        lights.append(0.2126 * seen[0] + 0.7152 * seen[1] + 0.0722 * seen[2])
    return (max(lights) + 0.05) / (min(lights) + 0.05)


def neighbours(palette: Palette) -> dict[str, tuple[str, str]]:
    """Areas that touch, or are told from one another."""
    return {
        "major beside moderate": (palette.major, palette.moderate),
        "moderate beside minor": (palette.moderate, palette.minor),
        "leading bar beside others": (palette.accent, palette.quiet),
    }


@pytest.mark.parametrize(("name", "sight"), EVERY_SIGHT)
def test_neighbours_are_told_apart_by_lightness_alone(name: str, sight: str) -> None:
    for words, (first, second) in neighbours(PALETTES[name]).items():
        assert contrast(first, second, sight) >= 1.7, words


@pytest.mark.parametrize(("name", "sight"), EVERY_SIGHT)
def test_what_carries_meaning_stands_out_from_the_ground(name: str, sight: str) -> None:
    palette = PALETTES[name]
    # the lightest areas are edged
    meant = ("ink", "second", "accent", "signal", "major", "edge")
    for role in (*meant, *(() if name == "paper" else ("moderate", "quiet"))):
        assert contrast(getattr(palette, role), palette.ground, sight) >= 3, role


@pytest.mark.parametrize(("name", "sight"), EVERY_SIGHT)
def test_figures_on_their_bars_can_be_read(name: str, sight: str) -> None:
    palette = PALETTES[name]
    least = 4.5 if sight in ("full", "grey") else 4
    assert contrast(palette.on_major, palette.major, sight) >= least
    assert contrast(palette.on_moderate, palette.moderate, sight) >= least
    assert contrast(palette.ink, palette.minor, sight) >= least
