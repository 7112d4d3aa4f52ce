"""The pictures as SVG: what every one of them promises, whatever a chart holds."""

import itertools
import re
from collections.abc import Callable
from datetime import date
from xml.etree import ElementTree

import plotly.graph_objects
import pytest
from hypothesis import given
from hypothesis import strategies as st

from boardreport.charts import fonts
from boardreport.charts.figures import figure
from boardreport.charts.pictures import (
    Picture,
    data_uri,
    draw,
    within_page,
)
from boardreport.charts.svg import NotDrawn, svg
from boardreport.charts.theme import (
    DARK,
    LIGHT,
    TO_DARK,
    Palette,
)
from tests.boardreport.charts.samples import BARS, LONG, SAMPLES, TREND, chart
from units.content.model import (
    Bars,
    Series,
    SharesAgainstFormula,
    StackedBars,
    Step,
    Trend,
)
from units.domain.control_charts import Limits
from units.domain.quarters import Quarter

WORDS = st.lists(
    st.sampled_from(LONG.split())
    | st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc", "Zs", "Mn", "Cf")),
              min_size=1, max_size=40),
    max_size=14,
).map(" ".join)  # fmt: skip
NUMBERS = st.none() | st.just(0) | st.integers(0, 300) | st.integers(0, 10**10)
SHARES = st.none() | st.floats(0, 100).map(lambda share: round(share, 1))


def series(values: st.SearchStrategy, rows: int, name: st.SearchStrategy = WORDS) -> Callable:
    """Series of so many values."""
    return st.builds(
        Series, st.just("key"), name, st.lists(values, min_size=rows, max_size=rows).map(tuple)
    )


@st.composite
def bars(draw: Callable) -> Bars:
    rows = draw(st.integers(1, 20))
    names = draw(st.lists(WORDS, min_size=rows, max_size=rows))
    return Bars(
        tuple(names),
        draw(series(NUMBERS, rows)),
        emphasised=tuple(names[:1]),
        comparator=draw(st.none() | series(NUMBERS, rows)),
    )


@st.composite
def stacked_bars(draw: Callable) -> StackedBars:
    rows = draw(st.integers(1, 20))
    parts = [
        Series(key, draw(WORDS), tuple(draw(st.lists(NUMBERS, min_size=rows, max_size=rows))))
        for key in ("major", "moderate", "minor", "withheld")
    ]
    return StackedBars(tuple(draw(st.lists(WORDS, min_size=rows, max_size=rows))), tuple(parts))


@st.composite
def shares(draw: Callable) -> SharesAgainstFormula:
    rows = draw(st.integers(1, 20))
    return SharesAgainstFormula(
        tuple(draw(st.lists(WORDS, min_size=rows, max_size=rows))),
        draw(series(SHARES, rows)),
        draw(series(SHARES, rows)),
    )


@st.composite
def trends(draw: Callable) -> Trend:
    points = draw(st.integers(1, 32))
    values = draw(st.lists(NUMBERS, min_size=points, max_size=points))
    labels = tuple(
        f"{value:,}{draw(st.sampled_from(('', ' [r]')))}" if value is not None else "[x]"
        for value in values
    )
    lower, average, upper = sorted(draw(st.lists(st.floats(0, 10**9), min_size=3, max_size=3)))
    limits = draw(st.none() | st.just(Limits(average, lower, upper)))
    until = draw(st.integers(1, points))
    earlier = (Step(0, until, limits),) if until < points and draw(st.booleans()) else ()
    breaks = (until,) if until < points and draw(st.booleans()) else ()
    monthly = draw(st.booleans())
    months = tuple(date(2016 + month // 12, month % 12 + 1, 1) for month in range(points))
    return Trend(
        () if monthly else Quarter(2018, 2).last(points),
        Series("key", "Name", tuple(values), labels),
        limits,
        months=months if monthly else (),
        breaks=breaks,
        earlier=earlier,
    )


class Text:
    """A line of text in a picture: its words, and the box that its letters take."""

    def __init__(self, element: ElementTree.Element, family: str, size: float) -> None:
        spans = [(element.text or "", element), *((span.text or "", span) for span in element)]
        self.words = "".join(text for text, _ in spans)
        width = sum(
            fonts.text_width(text, family, size, strong=span.get("font-weight") == "700")
            for text, span in spans
        )
        anchor = {"start": 0, "middle": 0.5, "end": 1}[element.get("text-anchor", "start")]
        baseline = float(element.get("y", ""))
        self.left = float(element.get("x", "")) - anchor * width
        self.right = self.left + width
        self.top, self.foot = baseline - 0.74 * size, baseline + 0.2 * size

    def covers(self, other: "Text") -> bool:
        """Whether the boxes overlap by more than half a pixel."""
        across = min(self.right, other.right) - max(self.left, other.left)
        down = min(self.foot, other.foot) - max(self.top, other.top)
        return across > 0.5 and down > 0.5


def texts_of(picture: str) -> list[Text]:
    """The lines of text of a picture."""
    root = ElementTree.fromstring(picture)
    family, size = root.get("font-family", ""), float(root.get("font-size", ""))
    return [Text(element, family, size) for element in root.iter() if element.tag.endswith("}text")]


def assert_words_have_their_place(picture: str) -> None:
    root = ElementTree.fromstring(picture)
    width, height = float(root.get("width", "")), float(root.get("height", ""))
    texts = texts_of(picture)
    for text in texts:
        where = (text.words, text.left, text.top, text.right, text.foot, width, height)
        assert -0.5 <= text.left <= text.right <= width + 0.5, where
        assert -0.5 <= text.top <= text.foot <= height + 0.5, where
    for text, other in itertools.combinations(texts, 2):
        assert not text.covers(other), (text.words, other.words)


@pytest.mark.parametrize("picture", Picture)
@pytest.mark.parametrize("name", SAMPLES)
def test_no_text_leaves_a_picture_or_covers_another(name: str, picture: Picture) -> None:
    drawn = draw(chart(SAMPLES[name]), picture)

    assert texts_of(drawn)
    assert_words_have_their_place(drawn)


@given(st.one_of(bars(), stacked_bars(), shares(), trends()), st.sampled_from(Picture))
def test_no_text_leaves_any_picture_or_covers_another(drawing, picture) -> None:
    assert_words_have_their_place(draw(chart(drawing), picture))


@pytest.mark.parametrize("name", SAMPLES)
def test_a_chart_always_gives_the_same_bytes(name: str) -> None:
    for picture in Picture:
        assert draw(chart(SAMPLES[name]), picture) == draw(chart(SAMPLES[name]), picture)


@pytest.mark.parametrize("name", SAMPLES)
def test_a_picture_needs_no_style_no_script_and_nothing_from_elsewhere(name: str) -> None:
    for picture in Picture:
        drawn = draw(chart(SAMPLES[name]), picture)

        root = ElementTree.fromstring(drawn)
        assert {element.tag.partition("}")[2] for element in root.iter()} <= {
            "svg", "rect", "line", "path", "circle", "text", "tspan",
        }  # fmt: skip
        named = {name for element in root.iter() for name in element.attrib}
        assert not named & {"style", "class", "id", "href"}
        assert re.findall(r"https?://[^\"' ]+", drawn) == ["http://www.w3.org/2000/svg"]
        assert "nan" not in drawn


@pytest.mark.parametrize("name", SAMPLES)
def test_a_dark_picture_is_the_light_one_in_the_dark_palettes_colours(name: str) -> None:
    for light, dark in ((Picture.WIDE, Picture.WIDE_DARK), (Picture.NARROW, Picture.NARROW_DARK)):
        day, night = (draw(chart(SAMPLES[name]), picture) for picture in (light, dark))

        assert re.sub("#[0-9a-f]{6}", lambda found: TO_DARK[found[0]], day) == night
        assert set(re.findall("#[0-9a-f]{6}", night)) <= set(TO_DARK.values())


def test_roles_that_share_a_light_colour_share_a_dark_one() -> None:
    for role in Palette.__struct_fields__:
        assert TO_DARK[getattr(LIGHT, role)] == getattr(DARK, role)


@pytest.mark.parametrize("name", SAMPLES)
def test_a_page_keeps_as_much_room_as_the_picture_takes(name: str) -> None:
    for picture, shown in within_page(chart(SAMPLES[name])).items():
        root = ElementTree.fromstring(draw(chart(SAMPLES[name]), picture))

        assert (str(shown.width), str(shown.height)) == (root.get("width"), root.get("height"))


def test_a_name_is_shown_as_it_is_written() -> None:
    name = 'A <b>&</b> "B" ’\x0b'
    drawn = draw(chart(Bars((name,), Series("n", "N", (1,)))), Picture.NARROW)

    assert texts_of(drawn)[-1].words == 'A <b>&</b> "B" ’'


def test_a_picture_is_small_and_may_be_part_of_a_page() -> None:
    drawn = draw(chart(TREND), Picture.WIDE)
    address = within_page(chart(TREND))[Picture.WIDE].address

    assert len(drawn) < 8_000
    assert address == data_uri(drawn)
    assert not re.search(r"[\s\"<>#]", address)


def test_a_part_of_an_unknown_kind_is_refused_rather_than_left_out() -> None:
    plain = figure(chart(BARS), Picture.WIDE.size).to_plotly_json()
    plain["data"].append({"type": "pie", "values": [1], "y": [1]})

    class Unchecked(plotly.graph_objects.Figure):
        def to_plotly_json(self) -> dict:
            return plain

    with pytest.raises(NotDrawn, match="pie"):
        svg(Unchecked())


def test_plotly_refuses_a_figure_that_is_none() -> None:
    from boardreport.charts.figures import validated

    with pytest.raises(ValueError, match="barmode"):
        validated({"data": [], "layout": {"barmode": "heap"}})


def test_a_missing_font_is_named_with_its_remedy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fonts, "_FOLDERS", ())
    fonts._path.cache_clear()

    with pytest.raises(fonts.FontMissing, match=r"LiberationSans-Regular.ttf is missing.*apt-get"):
        fonts._path("LiberationSans-Regular.ttf")
    assert fonts.revision(fonts.ARIAL) == "missing"
    fonts._path.cache_clear()


@pytest.mark.parametrize("family", [fonts.ARIAL, fonts.SOURCE_SANS])
def test_text_is_as_wide_as_its_letters(family: str) -> None:
    narrow, wide = (fonts.text_width(text, family, 14) for text in ("ill", "WWW"))

    assert 0 < narrow < wide
    assert fonts.text_width("1,877", family, 28) == 2 * fonts.text_width("1,877", family, 14)
    assert fonts.text_width("176", family, 14) <= fonts.text_width("176", family, 14, strong=True)
    assert fonts.text_width("漢", family, 14) == 14
