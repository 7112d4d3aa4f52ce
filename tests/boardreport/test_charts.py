"""Charts: what a figure promises, and what Chromium makes of it."""

import json
import math
import re
from base64 import b64encode
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import msgspec
import plotly.graph_objects
import pytest
from hypothesis import given
from hypothesis import strategies as st
from kaleido import PageGenerator
from playwright.sync_api import Page

from boardreport import charts
from boardreport.charts import ChromiumMissing, Drawing, Size, darkened, digest, draw, figure
from units.content import (
    Bars,
    Cell,
    Chart,
    Column,
    Row,
    Series,
    SharesAgainstFormula,
    StackedBars,
    Table,
    Trend,
)
from units.quarters import Quarter
from units.spc import Limits

PAPER_FONTS = Path(__file__).parents[2] / "node_modules" / "source-sans" / "TTF"
LONG = "Organised immigration crime and human trafficking (not for sexual exploitation)"
NOW = Quarter(2018, 2)
TABLE = Table("t", "Headline", "Subtitle", (Column("Name", 100),), (Row((Cell("x"),)),))


def chart(drawing: Bars | StackedBars | Trend | SharesAgainstFormula) -> Chart:
    return Chart("key", "Headline", "Subtitle", "Sentence.", drawing, TABLE)


GROUPS = (
    "Drug Activity",
    "Violent Criminal Activity (includes firearms)",
    LONG,
    "Commodity importation, counterfeiting or illegal supply",
    "Environmental Crime",
)
BARS = Bars(
    GROUPS,
    Series(
        "ocgs",
        "OCGs",
        (118, 27, 12, 6, 0),
        ("118  53.9%", "27  12.3%", "12  5.5%", "6  2.7%", "0  0.0%"),
    ),
    emphasised=("Drug Activity",),
)
COMPARED = Bars(
    ("Firearms", LONG, "Sexual Offences", "Money Laundering"),
    Series("now", "2018/19 Q2", (69, 21, 9, 8)),
    comparator=Series("then", "same quarter last year, 2017/18 Q2", (58, 17, 28, 9)),
)
IMPACTS = StackedBars(
    ("Drug Activity", LONG, "Economic Crime", "Other"),
    (
        Series("major", "Major", (14, 5, None, 0)),
        Series("moderate", "Moderate", (29, 9, 8, 0)),
        Series("minor", "Minor", (19, 6, None, 0)),
        Series("withheld", "Major or minor [c]", (0, 0, 11, 0)),
    ),
)
LIMITS = Limits(137.2, 103.6, 170.8)
DISRUPTIONS = (128, 134, 121, 137, 130, 142, 133, 126, 139, 145, 136, 176)
TREND = Trend(NOW.last(12), Series("d", "Disruptions", DISRUPTIONS), LIMITS)
SHARES = SharesAgainstFormula(
    ("West Midlands", "Alliance", "Staffordshire"),
    Series("actual", "Staff costs so far", (54.3, 27.1, 18.6)),
    Series("formula", "Formula share", (57, 26, 17)),
)
SAMPLES = {
    "bars": BARS,
    "compared": COMPARED,
    "nothing": Bars(("Pursue", "Prevent"), Series("n", "Disruptions", (0, 0))),
    "impacts": IMPACTS,
    "no impacts": StackedBars(("Pursue",), (Series("major", "Major", (0,)),)),
    "trend": TREND,
    "falling": Trend(
        NOW.last(12), Series("d", "D", (*DISRUPTIONS[:4], 190, *DISRUPTIONS[5:11], 80)), LIMITS
    ),
    "rising": Trend(NOW.last(6), Series("d", "D", (138, 142, 150, 161, 188, 205))),
    "collapsed": Trend(
        NOW.last(12),
        Series("d", "D", (1678, 1221, 1408, 1496, 1657, 1488, 1759, 1438, 1511, 1490, 2110, 164)),
        Limits(1500, 700, 2300),
    ),
    "few": Trend(
        NOW.last(12), Series("d", "D", (1, 0, 2, 1, 3, None, 1, 0, 2, 0, 2, 1)), Limits(1.2, 0, 5)
    ),
    "close limits": Trend(
        NOW.last(12), Series("d", "D", (20, 21) * 5 + (30, 30)), Limits(21, 19.5, 22.5)
    ),
    "many": Trend(NOW.last(24), Series("d", "D", tuple(1200 + i * 37 % 90 for i in range(24)))),
    "one quarter": Trend(NOW.last(1), Series("d", "D", (138,))),
    "all nought": Trend(NOW.last(4), Series("d", "D", (0, 0, 0, 0))),
    "shares": SHARES,
}


def words(drawn: dict[str, Any]) -> list[str]:
    """The annotations as a reader sees them."""
    return [
        re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", note["text"])).strip()
        for note in drawn["layout"]["annotations"]
    ]


@pytest.mark.parametrize("name", SAMPLES)
@pytest.mark.parametrize("size", Size)
def test_a_figure_is_plain_json_that_plotly_accepts(name: str, size: Size) -> None:
    drawn = figure(chart(SAMPLES[name]), size)

    assert json.loads(json.dumps(drawn)) == drawn
    plotly.graph_objects.Figure(drawn)
    assert "template" not in drawn["layout"]
    assert drawn["layout"]["width"] == {"wide": 740, "narrow": 345, "paper": 575}[size]


@pytest.mark.parametrize("drawing", [BARS, COMPARED, IMPACTS, SHARES, SAMPLES["nothing"]])
@pytest.mark.parametrize("size", Size)
def test_a_bar_starts_at_zero(drawing: Bars, size: Size) -> None:
    drawn = figure(chart(drawing), size)

    low, high = drawn["layout"]["xaxis"]["range"]
    assert low == 0 < high
    assert all("base" not in trace for trace in drawn["data"])


@pytest.mark.parametrize("size", Size)
def test_the_first_category_stands_on_top(size: Size) -> None:
    drawn = figure(chart(BARS), size)

    foot, top = drawn["layout"]["yaxis"]["range"]
    assert foot > top == 0
    assert drawn["data"][0]["y"] == sorted(drawn["data"][0]["y"])
    assert drawn["data"][0]["x"] == [118, 27, 12, 6, 0]


@pytest.mark.parametrize("size", Size)
def test_a_bar_carries_its_label_in_words(size: Size) -> None:
    assert "118 53.9%" in words(figure(chart(BARS), size))


def test_a_bar_without_a_label_carries_its_value() -> None:
    thousands = Bars(("Reached", "Unknown"), Series("n", "People", (1877, None)))

    assert {"1,877", "[x]"} <= set(words(figure(chart(thousands), Size.WIDE)))


def test_only_the_emphasised_bar_is_in_the_accent() -> None:
    first, *others = figure(chart(BARS), Size.WIDE)["data"][0]["marker"]["color"]

    assert first == "#104f8c"
    assert set(others) == {"#858e97"}


def test_bars_are_all_alike_where_none_is_emphasised() -> None:
    colours = figure(chart(COMPARED), Size.WIDE)["data"][0]["marker"]["color"]

    assert set(colours) == {"#104f8c"}


def test_a_comparator_is_a_diamond_that_the_legend_names() -> None:
    drawn = figure(chart(COMPARED), Size.WIDE)

    assert drawn["data"][1]["marker"]["symbol"] == "diamond"
    assert drawn["data"][1]["x"] == [58, 17, 28, 9]
    assert "same quarter last year, 2017/18 Q2" in words(drawn)


def test_a_chart_of_one_series_has_no_legend() -> None:
    drawn = figure(chart(BARS), Size.NARROW)

    assert drawn["layout"]["showlegend"] is False
    assert "OCGs" not in words(drawn)


def test_a_long_name_takes_two_lines() -> None:
    beside = figure(chart(BARS), Size.WIDE)["layout"]["yaxis"]["ticktext"][2]
    above = [note["text"] for note in figure(chart(BARS), Size.NARROW)["layout"]["annotations"]]

    assert beside.count("<br>") == 1
    assert beside.replace("<br>", " ") == LONG
    assert LONG in [text.replace("<br>", " ") for text in above]


def test_a_name_cannot_smuggle_markup() -> None:
    drawn = figure(chart(Bars(("A <b>&</b> B",), Series("n", "N", (1,)))), Size.WIDE)

    assert drawn["layout"]["yaxis"]["ticktext"] == ["A &lt;b&gt;&amp;&lt;/b&gt; B"]


def test_impacts_are_stacked_with_their_total_at_the_end() -> None:
    drawn = figure(chart(IMPACTS), Size.WIDE)

    assert drawn["layout"]["barmode"] == "stack"
    totals = [note for note in drawn["layout"]["annotations"] if note["text"] == "<b>62</b>"]
    assert [note["x"] for note in totals] == [62]
    assert {"Major", "Moderate", "Minor"} <= set(words(drawn))


def test_a_withheld_split_is_hatched_and_counted_in_the_total() -> None:
    drawn = figure(chart(IMPACTS), Size.WIDE)

    patterns = [trace["marker"].get("pattern", {}).get("shape") for trace in drawn["data"]]
    assert patterns == [None, None, None, "/"]
    assert "19" in words(drawn)
    assert "11" not in words(drawn)


def test_a_total_with_a_part_unknown_is_not_drawn() -> None:
    parts = (Series("major", "Major", (None,)), Series("minor", "Minor", (6,)))

    found = words(figure(chart(StackedBars(("Fraud",), parts)), Size.WIDE))

    assert found.count("6") == 1


def test_a_share_names_its_formula_and_shows_it_as_a_tick() -> None:
    drawn = figure(chart(SHARES), Size.WIDE)

    assert "54.3% against 57%" in words(drawn)
    assert {trace["marker"]["symbol"] for trace in drawn["data"][1:]} == {"line-ns"}
    assert drawn["data"][-1]["x"] == [57, 26, 17]


@pytest.mark.parametrize("size", [Size.WIDE, Size.PAPER])
def test_a_trend_names_its_limits_at_the_right(size: Size) -> None:
    notes = figure(chart(TREND), size)["layout"]["annotations"]

    beside = [note["text"] for note in notes if note["xref"] == "paper" and note["x"] == 1]
    assert [re.sub("<[^>]+>", "", text) for text in beside] == [
        "Upper limit 171",
        "Average 137",
        "Lower limit 104",
    ]


def test_a_narrow_trend_tells_its_limits_in_a_line() -> None:
    found = words(figure(chart(TREND), Size.NARROW))

    assert "Expected range 104 to 171, average 137" in found


@pytest.mark.parametrize("size", Size)
def test_a_signal_is_a_diamond_with_words(size: Size) -> None:
    drawn = figure(chart(TREND), size)

    assert drawn["data"][0]["marker"]["symbol"] == ["circle"] * 11 + ["diamond"]
    assert "176 above the expected range" in words(drawn)


def test_an_earlier_signal_is_explained() -> None:
    drawn = figure(chart(SAMPLES["falling"]), Size.WIDE)

    assert drawn["data"][0]["marker"]["symbol"].count("diamond") == 2
    assert "outside the expected range" in words(drawn)
    assert "80 below the expected range" in words(drawn)


def test_only_last_previous_and_last_years_values_are_labelled() -> None:
    notes = figure(chart(SAMPLES["rising"]), Size.WIDE)["layout"]["annotations"]

    labelled = {note["x"]: note["text"] for note in notes if note["yref"] == "y"}
    assert {at: re.sub("<[^>]+>", "", text) for at, text in labelled.items()} == {
        1: "142",
        4: "188",
        5: "205",
    }


def test_a_year_is_written_once_under_its_quarters() -> None:
    drawn = figure(chart(TREND), Size.WIDE)

    assert drawn["layout"]["xaxis"]["ticktext"][:3] == ["Q3", "Q4", "Q1"]
    assert [text for text in words(drawn) if "/" in text] == [
        "2018/19",
        "2017/18",
        "2016/17",
        "2015/16",
    ]


@pytest.mark.parametrize("name", ["trend", "falling", "rising", "many"])
@pytest.mark.parametrize("size", Size)
def test_a_scale_that_starts_above_zero_says_so(name: str, size: Size) -> None:
    drawn = figure(chart(SAMPLES[name]), size)

    low = drawn["layout"]["yaxis"]["range"][0]
    said = [text for text in words(drawn) if text.startswith("The scale starts at")]
    assert said == ([f"The scale starts at {low:,.0f}"] if low else [])
    assert low > 0


def test_small_counts_start_at_zero_with_whole_steps() -> None:
    axis = figure(chart(SAMPLES["few"]), Size.WIDE)["layout"]["yaxis"]

    assert axis["range"][0] == 0
    assert axis["tickvals"] == [0, 2, 4]


@given(
    st.lists(st.none() | st.integers(0, 10**7), max_size=30), st.booleans(), st.sampled_from(Size)
)
def test_any_trend_draws_within_its_scale(
    values: list[int | None], limited: bool, size: Size
) -> None:
    quarters = NOW.last(len(values))
    limits = Limits(12.5, 0, 31.2) if limited else None

    drawn = figure(chart(Trend(quarters, Series("d", "D", tuple(values)), limits)), size)

    low, high = drawn["layout"]["yaxis"]["range"]
    assert -high < low < high < math.inf
    assert all(low <= value <= high for value in values if value is not None)
    assert all(low <= tick <= high for tick in drawn["layout"]["yaxis"]["tickvals"])
    assert 1 <= len(drawn["layout"]["yaxis"]["tickvals"]) <= 8


@given(st.lists(st.none() | st.integers(0, 10**7), max_size=30), st.sampled_from(Size))
def test_any_bars_end_within_the_picture(values: list[int | None], size: Size) -> None:
    names = tuple(f"Category {index}" for index in range(len(values)))

    drawn = figure(chart(Bars(names, Series("n", "N", tuple(values)))), size)

    known = [value for value in values if value is not None]
    assert max(known, default=0) < drawn["layout"]["xaxis"]["range"][1]
    assert drawn["layout"]["height"] > 0


def test_a_gap_in_the_records_is_a_gap_in_the_line() -> None:
    line = figure(chart(SAMPLES["few"]), Size.WIDE)["data"][0]

    assert line["y"][5] is None
    assert line["connectgaps"] is False


def test_paper_is_outlined_in_ink_and_screen_is_not() -> None:
    paper = figure(chart(BARS), Size.PAPER)
    screen = figure(chart(BARS), Size.WIDE)

    assert paper["data"][0]["marker"]["line"] == {"color": "#16222e", "width": 0.8}
    assert paper["data"][0]["marker"]["color"][:2] == ["#1c5573", "#c9d5dd"]
    assert paper["layout"]["font"]["family"] == '"Source Sans 3"'
    assert screen["data"][0]["marker"]["line"]["width"] == 0
    assert screen["layout"]["font"]["family"] == "Arial, sans-serif"


def test_a_screen_figure_takes_the_width_of_its_place() -> None:
    drawn = charts.screen_json(chart(BARS))

    assert "width" not in drawn["layout"]
    assert drawn["layout"]["autosize"] is True
    assert drawn["config"]["responsive"] is True
    assert len(json.dumps(drawn)) < 6000


def test_a_digest_changes_with_figure_size_and_plotly(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn, other = figure(chart(BARS), Size.WIDE), figure(chart(COMPARED), Size.WIDE)
    first = digest(drawn, Size.WIDE)

    assert re.fullmatch("[0-9a-f]{64}", first)
    assert digest(json.loads(json.dumps(drawn)), Size.WIDE) == first
    assert digest(other, Size.WIDE) != first
    assert digest(drawn, Size.NARROW) != first
    monkeypatch.setattr(charts, "version", lambda package: "0.0")
    assert digest(drawn, Size.WIDE) != first


def test_darkening_replaces_each_colour_once_in_either_form() -> None:
    svg = (
        '<a style="fill: rgb(11, 12, 12)"/><b fill="#FFFFFF"/><c fill="#104f8c"/><d id="#104f8c9"/>'
    )

    assert darkened(svg) == (
        '<a style="fill: #f1f3f5"/><b fill="#12161b"/><c fill="#8fc4f7"/><d id="#104f8c9"/>'
    )


def test_a_drawing_is_frozen_and_may_lack_paper() -> None:
    drawing = Drawing("w.svg", "n.svg", "wd.svg", "nd.svg")

    assert drawing.paper == ""
    with pytest.raises(AttributeError):
        drawing.wide = "other.svg"  # type: ignore[misc]
    assert msgspec.json.decode(msgspec.json.encode(drawing), type=Drawing) == drawing


def test_a_missing_chromium_is_named_with_its_remedy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BROWSER_PATH", "/nowhere/chromium")

    with pytest.raises(ChromiumMissing, match="/nowhere/chromium is missing") as caught:
        draw([figure(chart(BARS), Size.WIDE)])

    assert "apt-get install chromium" in str(caught.value)
    assert "BROWSER_PATH" in str(caught.value)


def test_no_figures_need_no_chromium(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BROWSER_PATH", "/nowhere/chromium")

    assert draw([]) == []


def test_kaleidos_page_loads_nothing_from_a_network() -> None:
    page = PageGenerator(mathjax=False).generate_index()

    sources = re.findall(r'src="([^"]*)"', page)
    assert any(source.endswith("plotly/package_data/plotly.min.js") for source in sources)
    assert all(source.startswith("file:///") for source in sources)


@pytest.mark.browser
def test_a_chromium_that_dies_at_once_is_reported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = tmp_path / "chromium"
    broken.write_text("#!/bin/sh\nexit 1\n")
    broken.chmod(0o755)
    monkeypatch.setenv("BROWSER_PATH", str(broken))

    with pytest.raises(charts.ChromiumFailed, match=re.escape(str(broken))):
        draw([figure(chart(BARS), Size.WIDE)])


@pytest.mark.browser
def test_a_batch_is_drawn_in_order() -> None:
    figures = [figure(chart(drawing), Size.NARROW) for drawing in (BARS, TREND)]
    told: list[tuple[int, int]] = []

    first, second = draw(figures, progress=lambda done, of: told.append((done, of)))

    assert told == [(1, 2), (2, 2)]
    assert "Environmental Crime" in first
    assert "2017/18" in second
    assert ElementTree.fromstring(first).get("width") == "345"


@pytest.mark.browser
def test_a_figure_drawn_again_gives_the_same_bytes() -> None:
    figures = [figure(chart(drawing), Size.WIDE) for drawing in (COMPARED, IMPACTS, TREND, SHARES)]

    assert draw(figures) == draw(figures)


@pytest.mark.browser
def test_a_darkened_drawing_is_what_the_dark_palette_draws() -> None:
    samples = [chart(drawing) for drawing in (BARS, COMPARED, IMPACTS, TREND, SHARES)]
    light = [figure(sample, Size.WIDE) for sample in samples]
    dark = [figure(sample, Size.WIDE, dark=True) for sample in samples]

    drawn = draw(light + dark)

    for day, night in zip(drawn[: len(light)], drawn[len(light) :], strict=True):
        assert in_hex(darkened(day)) == in_hex(night)


def in_hex(svg: str) -> str:
    """The SVG with every colour as #rrggbb."""
    return re.sub(
        r"rgb\((\d+), (\d+), (\d+)\)",
        lambda found: "#" + "".join(f"{int(part):02x}" for part in found.groups()),
        svg,
    )


def font_faces() -> str:
    """The paper's font for a page that does not know the project's fonts."""
    return "".join(
        f'@font-face {{ font-family: "Source Sans 3"; font-weight: {weight}; '
        f"src: url(data:font/ttf;base64,{b64encode(file.read_bytes()).decode()}) }}"
        for weight, file in (
            (400, PAPER_FONTS / "SourceSans3-Regular.ttf"),
            (700, PAPER_FONTS / "SourceSans3-Bold.ttf"),
        )
    )


BOXES = """() => [...document.querySelectorAll("svg text")]
    .filter(text => text.textContent.trim())
    .flatMap(text => {
        const lines = [...text.querySelectorAll("tspan.line")];
        return (lines.length ? lines : [text]).map(line => {
            const box = line.getBoundingClientRect();
            return [line.textContent, box.left, box.top, box.right, box.bottom];
        });
    })"""


@pytest.mark.browser
def test_no_text_leaves_the_picture_or_covers_another(page: Page) -> None:
    cases = [(name, size) for name in SAMPLES for size in Size]
    drawn = draw([figure(chart(SAMPLES[name]), size) for name, size in cases])

    page.set_content(f'<style>{font_faces()}</style><body style="margin:0">')

    for (name, size), svg in zip(cases, drawn, strict=True):
        page.evaluate("svg => { document.body.innerHTML = svg; return document.fonts.ready }", svg)
        height = float(ElementTree.fromstring(svg).get("height", "0"))
        boxes = page.evaluate(BOXES)
        assert boxes, (name, size)
        for index, (text, left, top, right, foot) in enumerate(boxes):
            where = (name, size.value, text, left, top, right, foot)
            assert left >= -0.5, where
            assert top >= -0.5, where
            assert right <= size.width + 0.5, where
            assert foot <= height + 0.5, where
            for other, begins, starts, ends, closes in boxes[index + 1 :]:
                apart = right <= begins + 1 or ends <= left + 1
                assert apart or foot <= starts + 4 or closes <= top + 4, (name, size, text, other)


@pytest.mark.browser
def test_a_drawing_stands_alone() -> None:
    (svg,) = draw([figure(chart(TREND), Size.WIDE)])

    assert set(re.findall(r"https?://[^\"' ]+", svg)) <= {
        "http://www.w3.org/2000/svg",
        "http://www.w3.org/1999/xlink",
    }
    assert "<script" not in svg
    assert "<image" not in svg
    assert "font-family: Arial, sans-serif" in svg
