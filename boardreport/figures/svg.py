"""The figure of a trend as SVG, written without a browser: what Chromium draws of it, for a request.

It knows what `trend` makes and nothing else: one line with its points, shapes, texts and two axes.
"""

import html
import re
from collections.abc import Iterator
from typing import Any
from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement

from boardreport.figures.sheet import Figure
from units.text import for_xml

_BASELINE, _LINE = 0.35, 1.3
"""From the middle of a line of text to its baseline, and from line to line, in font sizes."""

_DIAMOND = 1.3
"""Plotly’s diamond of a size reaches farther than its circle."""

_SIDES = {"left": "start", "center": "middle", "right": "end"}


def svg(figure: Figure) -> str:
    """The picture of a trend's figure."""
    return _Picture(figure).drawn()


class _Picture:
    """A picture in the making: the figure's parts at their places in pixels."""

    def __init__(self, figure: Figure) -> None:
        self.figure, self.layout = figure, figure["layout"]
        margin = self.layout["margin"]
        # as Plotly does it: the plot stands on whole pixels
        self.left: int = round(margin["l"])
        self.top: int = round(margin["t"])
        self.width: float = self.layout["width"] - self.left - round(margin["r"])
        self.height: float = self.layout["height"] - self.top - round(margin["b"])
        self.size: float = self.layout["font"]["size"]
        self.root = Element(
            "svg",
            xmlns="http://www.w3.org/2000/svg",
            width=_plain(self.layout["width"]),
            height=_plain(self.layout["height"]),
            viewBox=f"0 0 {_plain(self.layout['width'])} {_plain(self.layout['height'])}",
        )
        self.root.set("font-family", self.layout["font"]["family"])
        self.root.set("font-size", _plain(self.size))

    def drawn(self) -> str:
        """The SVG: from the ground up to the words."""
        self.add("rect", width="100%", height="100%", fill=self.layout["paper_bgcolor"])
        shapes = self.layout["shapes"]
        for shape in shapes:
            if shape.get("layer") == "below":
                self.shape(shape)
        self.axes()
        for trace in self.figure["data"]:
            self.trace(trace)
        for shape in shapes:
            if shape.get("layer") != "below":
                self.shape(shape)
        for text in self.layout["annotations"]:
            self.text(text)
        return for_xml(ElementTree.tostring(self.root, encoding="unicode"))

    def add(self, tag: str, **attributes: Any) -> Element:
        """An element, its attributes in SVG’s spelling: stroke_width is stroke-width."""
        named = {
            name.replace("_", "-"): one if isinstance(one, str) else _plain(one)
            for name, one in attributes.items()
        }
        return SubElement(self.root, tag, named)

    def x(self, value: float, ref: str = "x") -> float:
        """Where a value stands from the left; a "paper" one is a share of the plot's width."""
        first, last = self.layout["xaxis"]["range"]
        share: float = value if ref == "paper" else (value - first) / (last - first)
        return self.left + share * self.width

    def y(self, value: float, ref: str = "y") -> float:
        """Where a value stands from the top; a "paper" one is a share of the plot's height."""
        low, high = self.layout["yaxis"]["range"]
        share: float = value if ref == "paper" else (value - low) / (high - low)
        return self.top + (1 - share) * self.height

    def axes(self) -> None:
        """Lines across at the steps of the value, and the names of steps and periods."""
        across, up = self.layout["xaxis"], self.layout["yaxis"]
        for value in up["tickvals"]:
            self.level(self.y(value), up["gridcolor"], up["gridwidth"])
        foot = self.top + self.height
        if across["showline"]:
            self.level(foot, across["linecolor"], across["linewidth"])
        if up["zeroline"]:
            self.level(self.y(0), up["zerolinecolor"], 1)
        for value, words in zip(up["tickvals"], up["ticktext"], strict=True):
            at = self.left - up["ticklabelstandoff"] - 1
            place = {"x": at, "y": self.y(value) + _BASELINE * self.size}
            self.add("text", **place, text_anchor="end", fill=up["tickfont"]["color"]).text = words
        for value, words in zip(across["tickvals"], across["ticktext"], strict=True):
            place = {"x": self.x(value), "y": foot + across["ticklabelstandoff"] + self.size + 1}
            fill = across["tickfont"]["color"]
            self.add("text", **place, text_anchor="middle", fill=fill).text = words

    def level(self, y: float, colour: str, width: float) -> None:
        """A line across the plot."""
        ends = {"x1": self.left, "x2": self.left + self.width, "y1": y, "y2": y}
        self.add("line", **ends, stroke=colour, stroke_width=width, shape_rendering="crispEdges")

    def trace(self, trace: dict[str, Any]) -> None:
        """The line, parted where a value is missing, and its points."""
        points = [
            (self.x(x), None if y is None else self.y(y))
            for x, y in zip(trace["x"], trace["y"], strict=True)
        ]
        path, joined = [], False
        for x, y in points:
            if y is not None:
                path.append(f"{'L' if joined else 'M'}{_plain(x)},{_plain(y)}")
            joined = y is not None
        line, marker = trace["line"], trace["marker"]
        self.add(
            "path", d="".join(path), fill="none", stroke=line["color"], stroke_width=line["width"]
        )
        marks = zip(points, marker["symbol"], marker["size"], marker["color"], strict=True)
        for (x, y), symbol, size, colour in marks:
            if y is None:
                continue
            if symbol == "circle":
                self.add("circle", cx=x, cy=y, r=size / 2, fill=colour)
            else:
                reach = _plain(size / 2 * _DIAMOND)
                place = f"M{_plain(x)},{_plain(y)}m0,-{reach}"
                self.add("path", d=f"{place}l{reach},{reach}l-{reach},{reach}l-{reach},-{reach}z",
                         fill=colour)  # fmt: skip

    def shape(self, shape: dict[str, Any]) -> None:
        """A band, a line, or a swatch that is pinned to the plot’s top left corner."""
        line = shape["line"]
        stroke = {"stroke": line["color"], "stroke_width": line["width"]} if line["width"] else {}
        if shape["type"] == "path":
            self.add(
                "path", d=shape["path"], fill=shape.get("fillcolor", "none"), **stroke,
                transform=f"translate({_plain(self.left)},{_plain(self.top)}) scale(1,-1)",
            )  # fmt: skip
            return
        right = self.left + self.width
        x0, x1 = (
            min(max(self.x(shape[end], shape.get("xref", "x")), self.left), right)
            for end in ("x0", "x1")
        )
        if shape.get("ysizemode") == "pixel":
            pinned = self.y(shape["yanchor"], shape["yref"])
            y0, y1 = pinned - shape["y0"], pinned - shape["y1"]
        else:
            y0, y1 = (self.y(shape[end], shape.get("yref", "y")) for end in ("y0", "y1"))
        if shape["type"] == "rect":
            self.add("rect", x=x0, y=y1, width=x1 - x0, height=y0 - y1, fill=shape["fillcolor"])
            return
        dash = {"stroke_dasharray": line["dash"].replace("px", "")} if "dash" in line else {}
        self.add("line", x1=x0, y1=y0, x2=x1, y2=y1, **stroke, **dash)

    def text(self, note: dict[str, Any]) -> None:
        """Words at their place, on one line or more, cased where they have a ground."""
        lines = note["text"].split("<br>")
        x = self.x(note["x"], note["xref"]) + note.get("xshift", 0)
        y = self.y(note["y"], note["yref"]) - note.get("yshift", 0)
        step = self.size * _LINE
        above = {"top": 0.0, "middle": 0.5, "bottom": 1.0}[note["yanchor"]] * len(lines) * step
        for place, words in enumerate(lines):
            baseline = y - above + (place + 0.5) * step + _BASELINE * self.size
            element = self.add("text", x=x, y=baseline, text_anchor=_SIDES[note["xanchor"]])
            element.set("fill", self.layout["font"]["color"])
            if casing := note.get("bgcolor"):
                element.set("stroke", casing)
                element.set("stroke-width", "5")
                element.set("paint-order", "stroke")
            for part in _parts(words):
                element.append(part)


def _parts(words: str) -> Iterator[Element]:
    """A line of marked-up words as stretches of one colour and weight."""
    open_: list[dict[str, str]] = []
    for markup, text in re.findall(r"(<[^>]+>)|([^<]+)", words):
        if markup == "<b>":
            open_.append({"font-weight": "700"})
        elif colour := re.fullmatch(r'<span style="color:(#[0-9a-f]{6})">', markup):
            open_.append({"fill": colour[1]})
        elif markup:
            open_.pop()
        else:
            part = Element("tspan", {name: one for style in open_ for name, one in style.items()})
            part.text = html.unescape(text)
            yield part


def _plain(value: float) -> str:
    """A number as SVG has it, to the hundredth of a pixel."""
    return f"{value:.2f}".rstrip("0").rstrip(".")
