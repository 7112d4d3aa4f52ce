"""A sparkline: a measure's series in the space of a word, inside the page and styled by it."""

from collections.abc import Callable
from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement

from units.content.sentences import sentence
from units.domain.control_charts import Limits, limits
from units.domain.measures import Measure, count

WIDTH, HEIGHT, EDGE, POINTS = 170, 38, 6, 12


def sparkline(measure: Measure) -> str:
    """Return a line over the measure's expected range, its last point marked, as SVG.

    "" where there are not two points to join.
    """
    series = measure.series
    if len(series) < 2:
        return ""
    expected = limits(series)
    bounds = [*series, *((expected.lower, expected.upper) if expected else ())]
    least, span = min(bounds), (max(bounds) - min(bounds)) or 1
    step = (WIDTH - 2 * EDGE) / (max(POINTS, len(series)) - 1)

    def y(value: float) -> float:
        share: float = (value - least) / span
        return round(HEIGHT - EDGE - share * (HEIGHT - 2 * EDGE), 1)

    def x(place: int) -> float:
        return round(WIDTH - EDGE - (len(series) - 1 - place) * step, 1)

    words = f"{sentence(measure)} The last {len(series)} quarters: {', '.join(map(count, series))}."
    root = Element(
        "svg",
        {"class": "spark", "viewBox": f"0 0 {WIDTH} {HEIGHT}", "role": "img", "aria-label": words},
    )
    if expected:
        _add_range(root, expected, y)
    points = " ".join(f"{x(place)},{y(value)}" for place, value in enumerate(series))
    SubElement(root, "polyline", {"class": "spark__line", "points": points})
    last_x, last_y = x(len(series) - 1), y(series[-1])
    if measure.verdict in ("above", "below"):
        diamond = f"M{last_x} {round(last_y - 6, 1)}l6 6-6 6-6-6z"
        SubElement(root, "path", {"class": "spark__signal", "d": diamond})
    else:
        place = {"cx": str(last_x), "cy": str(last_y), "r": "3.5"}
        SubElement(root, "circle", {"class": "spark__point"} | place)
    return ElementTree.tostring(root, encoding="unicode")


def _add_range(root: Element, expected: Limits, y: Callable[[float], float]) -> None:
    top, foot = y(expected.upper), y(expected.lower)
    box = {"x": "0", "y": str(top), "width": str(WIDTH), "height": str(round(foot - top, 1))}
    SubElement(root, "rect", {"class": "spark__band"} | box)
    SubElement(root, "path", {"class": "spark__mean", "d": f"M0 {y(expected.average)}H{WIDTH}"})
