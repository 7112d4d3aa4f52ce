"""The fonts in which charts are set, measured, so that no text leaves its place."""

from functools import cache
from pathlib import Path

from fontTools.ttLib import TTFont

from boardreport.errors import ToolFailed

ARIAL, SOURCE_SANS = "Arial, sans-serif", '"Source Sans 3"'
"""Families as CSS names them: of the screen, and of the paper."""

_FILES = {
    ARIAL: ("LiberationSans-Regular.ttf", "LiberationSans-Bold.ttf"),
    SOURCE_SANS: ("SourceSans3-Regular.ttf", "SourceSans3-Bold.ttf"),
}
"""Regular and bold. Liberation Sans has the advance widths of Arial, letter by letter."""

_FOLDERS = (
    Path(__file__).resolve().parents[2] / "node_modules" / "source-sans" / "TTF",
    Path("/usr/share/fonts"),
)
"""As static/fonts.conf has them."""

_LACKING = 1.0
"""The width, in font sizes, of a letter that a font lacks: few fonts that stand in have a wider one."""


class FontMissing(ToolFailed):
    """A font is missing by which charts are measured."""

    def __init__(self, name: str) -> None:
        super().__init__(
            f"Charts cannot be set: the font {name} is missing. Install fonts-liberation with "
            "`apt-get install fonts-liberation`, and Source Sans with `npm ci`."
        )


def check() -> None:
    """Raise FontMissing where a chart cannot be set on this machine."""
    for names in _FILES.values():
        for name in names:
            _path(name)


def text_width(text: str, family: str, size: float, *, strong: bool = False) -> float:
    """Return the width of a line of text in pixels, kerning left aside; `size` is in pixels."""
    widths = _widths(family, strong)
    return sum(widths.get(letter, _LACKING) for letter in text) * size


def revision(family: str) -> str:
    """Return the version of a family's regular font, or "missing"."""
    try:
        with TTFont(_path(_FILES[family][0]), lazy=True) as font:
            return f"{font['head'].fontRevision:.3f}"
    except FontMissing:
        return "missing"


@cache
def _widths(family: str, strong: bool) -> dict[str, float]:
    """Return the advance width of each letter, in font sizes."""
    with TTFont(_path(_FILES[family][strong]), lazy=True) as font:
        advances, units = font["hmtx"].metrics, font["head"].unitsPerEm
        return {chr(code): advances[glyph][0] / units for code, glyph in font.getBestCmap().items()}


@cache
def _path(name: str) -> Path:
    for folder in _FOLDERS:
        if found := next(folder.rglob(name), None):
            return found
    raise FontMissing(name)
