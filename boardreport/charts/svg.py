"""The picture of a figure as SVG: for pages, papers and Word, the same bytes each time.

It sets what the figures of this package are made of, from the validated figure alone: bars, a line
with its points, marks, shapes, texts and axes. It styles by presentation attributes, which a strict
Content Security Policy allows wherever the picture is.
"""

import math
from collections.abc import Mapping, Sequence
from typing import Any
from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement

import plotly.graph_objects

from boardreport.charts import fonts
from boardreport.charts.canvas import Number, Plain
from boardreport.charts.markup import BREAK, Stretch, stretches
from units.domain.text import for_xml

_BASELINE, _LINE = 0.345, 1.3
"""From the middle of a line of text to its baseline, and from line to line, in font sizes."""

_DIAMOND, _TICK = 1.3, 1.4
"""How much farther than a circle of its size Plotly's diamond and its upright line reach."""

_ANCHORS = {"left": "start", "center": "middle", "right": "end"}
_SHARES = {"left": 0.0, "center": 0.5, "right": 1.0, "top": 0.0, "middle": 0.5, "bottom": 1.0}
"""How much of a text is before the place at which it is anchored."""


class NotDrawn(ValueError):
    """A figure has a part that the picture would lack."""


def svg(figure: plotly.graph_objects.Figure, colours: Mapping[str, str] | None = None) -> str:
    """Return the picture of a figure; NotDrawn where it has a part of an unknown kind.

    `colours` names another colour for each of the figure's, each #rrggbb.
    """
    return _Picture(figure.to_plotly_json(), colours or {}).drawn()


class _Picture:
    """A picture in the making: the figure's parts at their places in pixels."""

    def __init__(self, plain: Plain, colours: Mapping[str, str]) -> None:
        self.colours = colours
        self.traces, self.layout = plain["data"], plain["layout"]
        margin = self.layout["margin"]
        # as in Plotly, the plot begins and ends on whole pixels
        self.left, self.top = _whole(margin["l"]), _whole(margin["t"])
        self.width: float = self.layout["width"] - self.left - _whole(margin["r"])
        self.height: float = self.layout["height"] - self.top - _whole(margin["b"])
        self.size: float = self.layout["font"]["size"]
        self.family: str = self.layout["font"]["family"]
        width, height = _number(self.layout["width"]), _number(self.layout["height"])
        self.root = Element(
            "svg",
            {
                "xmlns": "http://www.w3.org/2000/svg",
                "width": width,
                "height": height,
                "viewBox": f"0 0 {width} {height}",
                "font-family": self.family,
                "font-size": _number(self.size),
                "fill": self.colour(self.layout["font"]["color"]),
            },
        )

    def drawn(self) -> str:
        """Return the SVG: from the ground up to the words."""
        ground = self.layout["paper_bgcolor"]
        if ground.startswith("#"):
            self.add("rect", width="100%", height="100%", fill=ground)
        shapes = self.layout.get("shapes", ())
        for shape in shapes:
            if shape.get("layer") == "below":
                self.shape(shape)
        self.axes()
        self.draw_traces()
        for shape in shapes:
            if shape.get("layer") != "below":
                self.shape(shape)
        for note in self.layout.get("annotations", ()):
            self.annotation(note)
        return for_xml(ElementTree.tostring(self.root, encoding="unicode"))

    def add(self, tag: str, **attributes: Any) -> Element:
        """Add an element; attributes are in SVG's spelling but for stroke_width and its like."""
        named = {
            name.replace("_", "-"): self.colour(value) if isinstance(value, str) else _number(value)
            for name, value in attributes.items()
        }
        return SubElement(self.root, tag, named)

    def colour(self, value: str) -> str:
        """Return the colour in the place of the figure's; any other value as it is."""
        return self.colours.get(value, value)

    # ---------- places ----------

    def x(self, value: Number, ref: str = "x") -> float:
        """Return the pixels from the left to a value, or to a share of the plot's width ("paper")."""
        first, last = self.layout["xaxis"]["range"]
        share: float = value if ref == "paper" else (value - first) / (last - first)
        return self.left + share * self.width

    def y(self, value: Number, ref: str = "y") -> float:
        """Return the pixels from the top to a value, or to a share of the plot's height ("paper")."""
        low, high = self.layout["yaxis"]["range"]
        share: float = value if ref == "paper" else (value - low) / (high - low)
        return self.top + (1 - share) * self.height

    # ---------- axes ----------

    def axes(self) -> None:
        """Draw lines across at the steps of the value, and the names of steps and periods."""
        across, up = self.layout["xaxis"], self.layout["yaxis"]
        foot = self.top + self.height
        if up.get("showgrid"):
            for value in up["tickvals"]:
                self.level(self.y(value), up["gridcolor"], up["gridwidth"])
        if across.get("showline"):
            self.level(foot, across["linecolor"], across["linewidth"])
        if up.get("zeroline"):
            self.level(self.y(0), up["zerolinecolor"], 1)
        for value, text in _ticks(up):
            at = self.left - up["ticklabelstandoff"] - 1
            self.text(text, at, self.y(value), anchor="right", colour=_tick_colour(up))
        for value, text in _ticks(across):
            middle = foot + across["ticklabelstandoff"] + 1 + (1 - _BASELINE) * self.size
            self.text(text, self.x(value), middle, anchor="center", colour=_tick_colour(across))

    def level(self, y: float, colour: str, width: float) -> None:
        """Draw a line across the plot."""
        ends = {"x1": self.left, "x2": self.left + self.width, "y1": y, "y2": y}
        self.add("line", **ends, stroke=colour, stroke_width=width, shape_rendering="crispEdges")

    # ---------- traces ----------

    def draw_traces(self) -> None:
        """Draw bars, which may be stacked, and lines and marks over them."""
        ends = [0.0] * max((len(trace["y"]) for trace in self.traces), default=0)
        stacked = self.layout.get("barmode") == "stack"
        for trace in self.traces:
            match trace["type"]:
                case "bar":
                    self.bars(trace, ends if stacked else [0.0] * len(ends))
                case "scatter":
                    self.scatter(trace)
                case kind:
                    raise NotDrawn(f"A trace is of the kind “{kind}”, which no picture has.")

    def bars(self, trace: Plain, starts: list[float]) -> None:
        """Draw a bar for each value from where it starts, and move the start to its end."""
        marker, half = trace["marker"], trace["width"] / 2
        colours = marker["color"]
        if isinstance(colours, str):
            colours = [colours] * len(trace["x"])
        pattern = marker.get("pattern")
        for place, (value, middle) in enumerate(zip(trace["x"], trace["y"], strict=True)):
            if not value:
                continue
            x0, x1 = self.x(starts[place]), self.x(starts[place] + value)
            y0, y1 = sorted((self.y(middle - half), self.y(middle + half)))
            starts[place] += value
            box = {"x": x0, "y": y0, "width": x1 - x0, "height": y1 - y0}
            self.add("rect", **box, fill=colours[place], **_stroke(marker["line"]))
            if pattern:
                hatch = _hatch(x0, y0, x1, y1, step=pattern["size"])
                self.add("path", d=hatch, fill="none", stroke=pattern["fgcolor"])

    def scatter(self, trace: Plain) -> None:
        """Draw a line, parted where a value is missing, and its points; or marks alone."""
        points = [
            (None if x is None or y is None else (self.x(x), self.y(y)))
            for x, y in zip(trace["x"], trace["y"], strict=True)
        ]
        modes = trace["mode"].split("+")
        if "lines" in modes:
            line = trace["line"]
            self.add("path", d=_path(points), fill="none", **_stroke(line))
        marker = trace["marker"]
        symbols, sizes, colours = (
            value if isinstance(value, list | tuple) else [value] * len(points)
            for value in (marker["symbol"], marker["size"], marker.get("color", "none"))
        )
        for point, symbol, size, colour in zip(points, symbols, sizes, colours, strict=True):
            if point:
                self.mark(*point, symbol, size / 2, {"fill": colour, **_stroke(marker["line"])})

    def mark(self, x: float, y: float, symbol: str, radius: float, style: Plain) -> None:
        """Draw a point of a line, a comparator's diamond, or a formula's upright line."""
        match symbol:
            case "circle":
                self.add("circle", cx=x, cy=y, r=radius, **style)
            case "diamond":
                reach = _number(radius * _DIAMOND)
                start = f"M{_number(x)},{_number(y)}m0,-{reach}"
                sides = f"l{reach},{reach}l-{reach},{reach}l-{reach},-{reach}z"
                self.add("path", d=start + sides, **style)
            case "line-ns":
                half = radius * _TICK
                self.add("line", x1=x, x2=x, y1=y - half, y2=y + half, **style)
            case _:
                raise NotDrawn(f"A mark is of the kind “{symbol}”, which no picture has.")

    # ---------- shapes ----------

    def shape(self, shape: Plain) -> None:
        """Draw a band, a line, or a swatch that is pinned to the plot's top left corner."""
        stroke = _stroke(shape["line"])
        if shape["type"] == "path":
            self.add(
                "path", d=shape["path"], fill=shape.get("fillcolor", "none"), **stroke,
                transform=f"translate({_number(self.left)},{_number(self.top)}) scale(1,-1)",
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
        match shape["type"]:
            case "rect":
                self.add("rect", x=x0, y=y1, width=x1 - x0, height=y0 - y1,
                         fill=shape["fillcolor"])  # fmt: skip
            case "line":
                self.add("line", x1=x0, y1=y0, x2=x1, y2=y1, **stroke)
            case kind:
                raise NotDrawn(f"A shape is of the kind “{kind}”, which no picture has.")

    # ---------- texts ----------

    def annotation(self, note: Plain) -> None:
        """Write words at their place, over a ground of their own where they have one."""
        lines = note["text"].count(BREAK) + 1
        x = self.x(note["x"], note["xref"]) + note.get("xshift", 0)
        y = self.y(note["y"], note["yref"]) - note.get("yshift", 0)
        middle = y + (0.5 - _SHARES[note["yanchor"]]) * lines * self.size * _LINE
        self.text(
            note["text"],
            x,
            middle,
            anchor=note["xanchor"],
            align=note.get("align"),
            ground=note.get("bgcolor"),
        )

    def text(
        self,
        text: str,
        x: float,
        middle: float,
        *,
        anchor: str,
        align: str | None = None,
        colour: str | None = None,
        ground: str | None = None,
    ) -> None:
        """Write marked-up text on its lines; `anchor` is the part of it that is at x."""
        lines = [list(stretches(line)) for line in text.split(BREAK)]
        align = (align if len(lines) > 1 else None) or anchor
        if align != anchor or ground:
            width = max(map(self.width_of, lines))
            left = x - _SHARES[anchor] * width
            x = left + _SHARES[align] * width
        step = self.size * _LINE
        if ground:
            tall = len(lines) * step - (_LINE - 1) * self.size
            self.add("rect", x=left - 2, y=middle - tall / 2, width=width + 4, height=tall,
                     fill=ground)  # fmt: skip
        for place, parts in enumerate(lines):
            baseline = middle + (place - (len(lines) - 1) / 2) * step + _BASELINE * self.size
            if parts:
                self.line(parts, x, baseline, _ANCHORS[align], colour)

    def line(
        self, parts: Sequence[Stretch], x: float, baseline: float, anchor: str, colour: str | None
    ) -> None:
        """Write one line of text: an element, or a span for each stretch."""
        element = self.add("text", x=x, y=baseline)
        if anchor != "start":
            element.set("text-anchor", anchor)
        for part in parts:
            target = element if len(parts) == 1 else SubElement(element, "tspan")
            if part.strong:
                target.set("font-weight", "700")
            if fill := part.colour or colour:
                target.set("fill", self.colour(fill))
            target.text = part.text

    def width_of(self, parts: Sequence[Stretch]) -> float:
        """Return the width of a line in pixels."""
        return sum(
            fonts.text_width(part.text, self.family, self.size, strong=part.strong)
            for part in parts
        )


def _ticks(axis: Plain) -> list[tuple[Number, str]]:
    """Return the places and the names of an axis's steps; none where it shows none."""
    if axis.get("showticklabels") is False:
        return []
    return [
        (value, text)
        for value, text in zip(axis["tickvals"], axis["ticktext"], strict=True)
        if text
    ]


def _tick_colour(axis: Plain) -> str | None:
    colour: str | None = axis.get("tickfont", {}).get("color")
    return colour


def _stroke(line: Plain) -> Plain:
    """Return the attributes of a line; none where it has no width."""
    if not line["width"]:
        return {}
    dash = {"stroke_dasharray": line["dash"].replace("px", "")} if "dash" in line else {}
    return {"stroke": line["color"], "stroke_width": line["width"], **dash}


def _path(points: Sequence[tuple[float, float] | None]) -> str:
    """Return a line through points, parted at each None."""
    path, joined = [], False
    for point in points:
        if point:
            path.append(f"{'L' if joined else 'M'}{_number(point[0])},{_number(point[1])}")
        joined = point is not None
    return "".join(path)


def _hatch(x0: float, y0: float, x1: float, y1: float, *, step: float) -> str:
    """Return lines that rise to the right through a box, `step` pixels from one to the next."""
    step *= math.sqrt(2)  # along the edge of the box
    path, along = [], x0 + step / 2
    while along < x1 + (y1 - y0):
        # the line through (along, y0) and (along - height, y1), as far as it is in the box
        for letter, x in (("M", max(x0, along - (y1 - y0))), ("L", min(x1, along))):
            path.append(f"{letter}{_number(x)},{_number(y0 + along - x)}")
        along += step
    return "".join(path)


def _whole(value: float) -> int:
    """Return a number rounded as Plotly does: a half goes up."""
    return math.floor(value + 0.5)


def _number(value: float) -> str:
    """Return a number as SVG has it, to the hundredth of a pixel."""
    return f"{value:.2f}".rstrip("0").rstrip(".") if value % 1 else str(int(value))
