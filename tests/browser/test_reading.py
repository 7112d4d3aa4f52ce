"""Reading by keyboard alone, exploring a chart, coming back."""

import pytest
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from tests.browser.test_pages import ACROSS, COMPARE, OVERVIEW, RECORDS, UNIT, sign_in

UNSEEN = """() => {
    const looks = (element) => {
        const { outline, boxShadow, backgroundColor, borderColor } = getComputedStyle(element);
        return [outline, boxShadow, backgroundColor, borderColor].join();
    };
    const stops = [...document.querySelectorAll("a[href], button, input, select, summary")]
        .filter((one) => one.checkVisibility() && !one.disabled);
    return { stops: stops.length, unseen: stops.filter((one) => {
        document.activeElement.blur();
        const before = looks(one);
        one.focus({ focusVisible: true });
        return document.activeElement !== one || looks(one) === before;
    }).map((one) => one.outerHTML) };
}"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_whoever_uses_the_keyboard_sees_where_they_are(
    scheme: str, page: Page, live_server: LiveServer
) -> None:
    sign_in(page, live_server, "member")
    page.emulate_media(color_scheme=scheme)
    for path in (OVERVIEW, UNIT, RECORDS, ACROSS, "/search/"):
        page.goto(live_server.url + path)
        page.keyboard.press("Tab")
        found = page.evaluate(UNSEEN)
        assert found["stops"] > 10
        assert not found["unseen"], path
        assert not page.locator("[tabindex]:not([tabindex='-1'])").count(), path


DIM = """() => {
    const channels = (colour) => colour.match(/[\\d.]+/g).map(Number);
    const light = (colour) => channels(colour).slice(0, 3)
        .map((one) => one / 255)
        .map((one) => one <= 0.04045 ? one / 12.92 : ((one + 0.055) / 1.055) ** 2.4)
        .reduce((sum, one, place) => sum + one * [0.2126, 0.7152, 0.0722][place], 0.05);
    const ratio = (one, other) => Math.max(light(one) / light(other), light(other) / light(one));
    const behind = (element) => {
        const { backgroundColor } = getComputedStyle(element);
        return (channels(backgroundColor)[3] ?? 1) ? backgroundColor : behind(element.parentElement);
    };
    const contrast = (element) => {
        const ground = behind(element), { color, fill, stroke } = getComputedStyle(element);
        if (!element.closest("svg")) return ratio(color, ground);
        const drawn = [fill, stroke].filter((one) => one !== "none");
        return Math.max(...drawn.map((one) => ratio(one, ground)));
    };
    const drawn = ":is(path, circle, line, polyline, polygon, rect):not(.spark__band)";
    const tells = (element) => element.matches(drawn)
        || [...element.childNodes].some((one) => one.nodeType === Node.TEXT_NODE && one.data.trim());
    const stops = [...document.querySelectorAll("a[href], summary, button")]
        .filter((one) => one.checkVisibility());
    let told = 0;
    const dim = stops.flatMap((stop) => {
        stop.focus({ focusVisible: true });
        const parts = [stop, ...stop.querySelectorAll("*")].filter(tells);
        told += parts.length;
        return parts.map((part) => [contrast(part), part.outerHTML]).filter(([held]) => held < 4.5);
    });
    return { stops: stops.length, told, dim };
}"""
"""What stands in a focused stop, its letters and the shapes of its drawing, and of it what is dim."""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_what_has_the_keyboard_can_be_read(
    scheme: str, page: Page, live_server: LiveServer
) -> None:
    page.emulate_media(color_scheme=scheme)
    for path in (OVERVIEW, UNIT):
        page.goto(live_server.url + path)
        page.keyboard.press("Tab")
        found = page.evaluate(DIM)
        assert found["told"] >= found["stops"] > 50
        assert not found["dim"], path


CLIPPED = """() => [...document.querySelectorAll("a[href], button, input, select, summary")]
    .filter((one) => one.checkVisibility()).filter((one) => {
        one.focus({ focusVisible: true });
        for (let part = one; part; part = part.parentElement) {
            if (getComputedStyle(part).clipPath !== "none") return true;
        }
    }).map((one) => one.outerHTML)"""
"""The stops of the keyboard at which there is nothing to see."""


def test_a_head_out_of_sight_keeps_its_words_and_no_stop_of_the_keyboard(
    page: Page, live_server: LiveServer
) -> None:
    sign_in(page, live_server, "member")
    for width, path in (
        (820, RECORDS), (820, COMPARE), (390, RECORDS), (390, COMPARE), (390, UNIT), (390, OVERVIEW)
    ):  # fmt: skip
        page.set_viewport_size({"width": width, "height": 900})
        page.goto(live_server.url + path)
        assert not page.evaluate(CLIPPED), (width, path)

    page.goto(live_server.url + RECORDS)
    expect(page.get_by_role("columnheader", name="Reference")).to_have_count(1)
    expect(page.get_by_label("Order")).to_be_visible()
    page.set_viewport_size({"width": 1280, "height": 900})
    expect(page.get_by_role("columnheader").get_by_role("link", name="Reference")).to_be_visible()


def test_a_table_is_one_keystroke_away_from_its_chart(page: Page, live_server: LiveServer) -> None:
    page.goto(live_server.url + UNIT)
    figure = page.locator("figure.exhibit--chart").first
    figure.locator("a.trace").focus()
    page.keyboard.press("Tab")
    opener = figure.locator("summary")
    expect(opener).to_be_focused()
    page.keyboard.press("Enter")
    expect(figure.get_by_role("table")).to_be_visible()
    page.keyboard.press("Enter")
    expect(figure.get_by_role("table")).to_be_hidden()
    page.keyboard.press("Tab")
    expect(figure.get_by_role("button", name="Explore this chart")).to_be_focused()


def test_an_explored_chart_is_zoomed_shown_whole_again_and_left_by_escape(
    page: Page, live_server: LiveServer
) -> None:
    page.goto(live_server.url + UNIT)
    figure = page.locator("figure.exhibit--chart").nth(1)
    opener = figure.get_by_role("button", name="Explore this chart")
    opener.press("Enter")
    plot = figure.locator(".explore__plot")
    shown = "plot => JSON.stringify(plot.layout.xaxis.range)"
    expect(plot.locator(".scatterlayer").first).to_be_attached()
    whole = plot.evaluate(shown)

    plot.get_by_role("button", name="Zoom in").press("Enter")

    assert plot.evaluate(shown) != whole
    figure.get_by_role("button", name="Show the whole chart").press("Enter")
    assert plot.evaluate(shown) == whole

    # what hovering tells stands in the table as well
    told = plot.evaluate("plot => plot.data.at(-1).y")
    assert len(told) == 12
    for number in told:
        expect(figure.locator("table")).to_contain_text(f"{number:,}")
    page.keyboard.press("Escape")
    expect(figure.locator(".exhibit__chart")).to_be_visible()
    expect(opener).to_be_focused()


def test_a_chart_explored_on_a_telephone_is_in_sight_and_so_is_its_first_switch(
    page: Page, live_server: LiveServer
) -> None:
    page.set_viewport_size({"width": 390, "height": 800})
    page.goto(live_server.url + UNIT)
    figures = page.locator("figure.exhibit--chart")
    for place in range(2):  # bars, and a trend with its notes
        figure = figures.nth(place)
        opener = figure.get_by_role("button", name="Explore this chart")
        opener.scroll_into_view_if_needed()
        opener.press("Enter")
        first = figure.get_by_role("checkbox").first
        expect(first).to_be_focused()
        expect(first).to_be_in_viewport(ratio=1)
        expect(figure.locator(".explore__plot")).to_be_in_viewport(ratio=0.8)


NAMED = """rows => rows.map(row => [row.cells[0], [...row.cells].at(-1)]
    .map(cell => (cell.querySelector("a")?.firstChild ?? cell).textContent.trim()))"""
"""The name and the total of each row of a table."""


def test_an_explored_bar_chart_keeps_its_numbers_and_whole_names_on_a_telephone(
    page: Page, live_server: LiveServer
) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(live_server.url + UNIT)
    figure = page.locator("figure.exhibit--chart").first
    told = figure.locator("tbody tr").evaluate_all(NAMED)
    figure.get_by_role("button", name="Explore this chart").click()
    plot = figure.locator(".explore__plot")
    expect(plot.locator(".scatterlayer text").last).to_be_visible()
    numbers = plot.locator(".scatterlayer text").all()
    names = plot.locator(".annotation-text").all()
    assert len(numbers) == len(names) == len(told) > 2
    for text, words in (
        *zip(numbers, [number for _, number in told], strict=True),
        *zip(names, [name for name, _ in told], strict=True),
    ):
        shown = " ".join(text.text_content().split()).replace(" ", "")
        assert shown.startswith(words.replace(" ", ""))
        box = text.bounding_box()
        assert 0 <= box["x"] <= box["x"] + box["width"] <= 390
        assert box["height"] >= 12


def test_back_brings_the_choice_back_that_the_address_holds(
    page: Page, live_server: LiveServer
) -> None:
    for path, label, button in (
        (COMPARE, "Unit", "Compare"),
        (ACROSS, "Crime type, strand, force, lead or other row", "Show"),
        ("/search/?q=phishing", "Words to look for", "Search"),
    ):
        page.goto(live_server.url + path)
        heading, field = page.get_by_role("heading", level=1), page.get_by_label(label, exact=True)
        words, chosen = heading.inner_text(), field.input_value()
        if path.startswith("/search"):
            field.fill("kiosk")
        else:
            field.select_option(index=1)
        page.locator("main").get_by_role("button", name=button, exact=True).click()
        page.wait_for_url(lambda url, path=path: not url.endswith(path))
        page.go_back()
        expect(page).to_have_url(live_server.url + path)
        expect(heading).to_have_text(words)
        expect(field).to_have_value(chosen)


def test_nothing_moves_by_itself(page: Page, live_server: LiveServer) -> None:
    for motion in ("no-preference", "reduce"):
        page.emulate_media(reduced_motion=motion)
        page.goto(live_server.url + UNIT)
        assert page.evaluate("document.getAnimations().length") == 0
