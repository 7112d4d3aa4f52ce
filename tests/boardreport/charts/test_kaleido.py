"""Charts: what Chromium makes of figures, and the keys under which that is kept."""

import json
import os
import re
import signal
import threading
from base64 import b64encode
from pathlib import Path
from xml.etree import ElementTree

import msgspec
import pytest
from boardreport.figures import Size, figure, svg
from kaleido import PageGenerator
from playwright.sync_api import Page
from tests.boardreport.figures.samples import BARS, COMPARED, IMPACTS, SAMPLES, SHARES, TREND, chart

from boardreport import charts
from boardreport.charts import ChromiumMissing, Drawing, darkened, digest, draw
from units.content import Trend

PAPER_FONTS = Path(__file__).parents[2] / "node_modules" / "source-sans" / "TTF"


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


def children_named(part: str) -> list[int]:
    """This process's own children of which the command holds some words."""
    mine = (path.read_text().split() for path in Path("/proc/self/task").glob("*/children"))
    return [
        int(child)
        for children in mine
        for child in children
        if part in Path("/proc", child, "cmdline").read_text()
    ]


@pytest.mark.browser
def test_a_chromium_that_dies_at_once_is_reported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = tmp_path / "chromium"
    broken.write_text("#!/bin/sh\nexit 1\n")
    broken.chmod(0o755)
    monkeypatch.setenv("BROWSER_PATH", str(broken))

    for _ in range(5):
        with pytest.raises(charts.ChromiumFailed, match=re.escape(str(broken))):
            draw([figure(chart(BARS), Size.WIDE)])

    for thread in threading.enumerate():
        if not thread.daemon and thread is not threading.main_thread():
            thread.join(timeout=10)
            assert not thread.is_alive(), f"{thread.name} would keep the program from ending"


@pytest.mark.browser
def test_a_chromium_that_is_killed_between_two_charts_is_reported() -> None:
    figures = [figure(chart(drawing), Size.NARROW) for drawing in (BARS, TREND, SHARES)]

    def kill(done: int, of: int) -> None:
        if done == 1:
            for chromium in children_named("chrom"):
                os.kill(chromium, signal.SIGKILL)

    with pytest.raises(charts.ChromiumFailed, match="ended too early"):
        draw(figures, progress=kill)


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


def in_hex(picture: str) -> str:
    """The SVG with every colour as #rrggbb."""
    return re.sub(
        r"rgb\((\d+), (\d+), (\d+)\)",
        lambda found: "#" + "".join(f"{int(part):02x}" for part in found.groups()),
        picture,
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

    for (name, size), picture in zip(cases, drawn, strict=True):
        page.evaluate(
            "svg => { document.body.innerHTML = svg; return document.fonts.ready }", picture
        )
        height = float(ElementTree.fromstring(picture).get("height", "0"))
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


def points_of(picture: str) -> list[tuple[float, ...]]:
    """Where the points of a trend's line stand, in pixels from the first."""
    found = [
        tuple(map(float, re.findall(r"[\d.]+", place)[:2]))
        for one in ElementTree.fromstring(picture).iter()
        if (
            place := one.get("transform", "")
            if one.get("class") == "point"
            else f"{one.get('cx')} {one.get('cy')}"
            if one.tag.endswith("circle")
            else one.get("d", "")
            if "m0,-" in one.get("d", "")
            else ""
        )
    ]
    return [(x - found[0][0], y - found[0][1]) for x, y in found]


@pytest.mark.browser
def test_a_trend_that_is_written_is_what_chromium_draws(page: Page) -> None:
    figures = [
        figure(chart(drawing), size)
        for name, drawing in SAMPLES.items()
        if isinstance(drawing, Trend) and name != "one quarter"
        for size in (Size.WIDE, Size.NARROW)
    ]

    for drawn, written in zip(draw(figures), map(svg.svg, figures), strict=True):
        boxes = []
        for picture in (drawn, written):
            page.set_content(f'<body style="margin:0">{picture}')
            boxes.append(sorted(page.evaluate(BOXES)))
        assert [words for words, *_ in boxes[0]] == [words for words, *_ in boxes[1]]
        for (words, *there), (_, *here) in zip(*boxes, strict=True):
            assert here == pytest.approx(there, abs=6), words
        for there, here in zip(points_of(drawn), points_of(written), strict=True):
            assert here == pytest.approx(there, abs=0.02)


@pytest.mark.browser
def test_a_drawing_stands_alone() -> None:
    (picture,) = draw([figure(chart(TREND), Size.WIDE)])

    assert set(re.findall(r"https?://[^\"' ]+", picture)) <= {
        "http://www.w3.org/2000/svg",
        "http://www.w3.org/1999/xlink",
    }
    assert "<script" not in picture
    assert "<image" not in picture
    assert "font-family: Arial, sans-serif" in picture
