"""The picture of a figure against what Plotly draws of it, by Kaleido, pixel by pixel."""

import io
from base64 import b64encode
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree

import pytest
from PIL import Image, ImageChops, ImageFilter
from playwright.sync_api import Page

from boardreport.charts.figures import figure
from boardreport.charts.svg import svg
from boardreport.charts.theme import Size
from tests.boardreport.charts.kaleido_drawings import drawings
from tests.boardreport.charts.samples import SAMPLES, chart

PAPER_FONTS = Path(__file__).parents[3] / "node_modules" / "source-sans" / "TTF"
KINDS = ("bars", "compared", "nothing", "impacts", "trend", "falling", "few", "months", "shares")
FIGURES = {(name, size): figure(chart(SAMPLES[name]), size) for name in KINDS for size in Size}

VISIBLE = 60
"""So far two pixels' shades differ, of 255, before a reader sees it."""

SHOW = """([pictures, words]) => {
    document.body.replaceChildren(...pictures.map((picture, place) => {
        const part = document.createElement("div");
        part.style = `position: absolute; top: 0; left: ${place * 760}px`;
        part.innerHTML = picture;
        if (!words) part.querySelectorAll("text").forEach(text => text.remove());
        return part;
    }));
    return document.fonts.ready;
}"""
BOXES = """() => [...document.querySelectorAll("div")].map(part => {
    const home = part.getBoundingClientRect();
    return [...part.querySelectorAll("text")]
        .filter(text => text.textContent.trim())
        .flatMap(text => {
            const lines = [...text.querySelectorAll("tspan.line")];
            return (lines.length ? lines : [text]).map(line => {
                const box = line.getBoundingClientRect();
                return [line.textContent,
                    box.left - home.left, box.top, box.right - home.left, box.bottom];
            });
        });
})"""

type Boxes = list[tuple[str, float, float, float, float]]
type Show = Callable[[str, str, bool], tuple[Image.Image, Image.Image]]


@pytest.fixture
def show(page: Page) -> Show:
    """Shows two pictures of one size side by side, with their words or their marks alone."""
    faces = "".join(
        f'@font-face {{ font-family: "Source Sans 3"; font-weight: {weight}; src: '
        f"url(data:font/ttf;base64,{b64encode((PAPER_FONTS / file).read_bytes()).decode()}) }}"
        for weight, file in ((400, "SourceSans3-Regular.ttf"), (700, "SourceSans3-Bold.ttf"))
    )
    page.set_content(f"<style>{faces}</style>")
    page.set_viewport_size({"width": 1520, "height": 1000})

    def shown(drawn: str, own: str, words: bool) -> tuple[Image.Image, Image.Image]:
        page.evaluate(SHOW, [[drawn, own], words])
        root = ElementTree.fromstring(own)
        width, height = int(root.get("width", "")), int(root.get("height", ""))
        whole = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
        return whole.crop((0, 0, width, height)), whole.crop((760, 0, 760 + width, height))

    return shown


def differing(pictures: tuple[Image.Image, Image.Image]) -> float:
    """The share of pixels in which a reader would see a difference, letters' edges apart."""
    blurred = [picture.filter(ImageFilter.BoxBlur(1)) for picture in pictures]
    shades = ImageChops.difference(*blurred).convert("L").histogram()
    return sum(shades[VISIBLE:]) / sum(shades)


def test_a_picture_is_what_plotly_draws_of_the_figure(page: Page, show: Show) -> None:
    for (case, each), drawn in zip(FIGURES.items(), drawings([*FIGURES.values()]), strict=True):
        own = svg(each)

        assert differing(show(drawn, own, True)) < 0.02, case
        there, here = (sorted(boxes) for boxes in page.evaluate(BOXES))
        assert [words for words, *_ in here] == [words for words, *_ in there], case
        for (words, *here_box), (_, *there_box) in zip(here, there, strict=True):
            assert here_box == pytest.approx(there_box, abs=5), (case, words)
        # bars, lines, points and swatches are where Plotly has them, to less than a pixel
        assert differing(show(drawn, own, False)) < 0.005, case
        same_size = ("width", "height")
        roots = [ElementTree.fromstring(picture) for picture in (drawn, own)]
        assert [roots[0].get(name) for name in same_size] == [
            roots[1].get(name) for name in same_size
        ], case
