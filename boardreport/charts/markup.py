"""The markup of chart texts: bold, colours and line breaks, as Plotly reads them."""

import html
import re
from collections.abc import Iterator

import msgspec

BREAK = "<br>"
APART = "\N{NO-BREAK SPACE}" * 3
"""Between a figure and what follows it: SVG makes one of other spaces."""

_NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_PART = re.compile(r'<(b|/b|/span|span style="color:(#[0-9a-f]{6})")>|([^<]+)')


class Stretch(msgspec.Struct, frozen=True):
    """A run of letters of one weight and colour; None is the colour of all text."""

    text: str
    strong: bool = False
    colour: str | None = None


def escaped(text: str) -> str:
    """Return a text without markup of its own, and without what no XML may hold."""
    return html.escape(_NO_XML.sub(" ", text), quote=False)


def coloured(text: str, colour: str) -> str:
    """Return a text, already escaped, in a colour."""
    return f'<span style="color:{colour}">{text}</span>'


def emboldened(text: str) -> str:
    """Return a text, already escaped, in bold."""
    return f"<b>{text}</b>"


def stretches(line: str) -> Iterator[Stretch]:
    """Yield what a line of marked-up text is made of."""
    strong = False
    colours: list[str] = []
    for tag, colour, text in _PART.findall(line):
        if text:
            yield Stretch(html.unescape(text), strong, colours[-1] if colours else None)
        elif colour:
            colours.append(colour)
        elif tag == "/span":
            colours.pop()
        else:
            strong = tag == "b"
