"""The pages as readers meet them: in Chromium, by keyboard, on a telephone, in the dark, on paper."""

import io
from collections.abc import Callable, Iterator
from typing import Any

import pypdfium2
import pytest
from axe_playwright_python.base import AXE_SCRIPT
from django.template.loader import get_template
from playwright.sync_api import Browser, BrowserContext, Page, expect
from pytest_django.live_server_helper import LiveServer

from boardreport.accounts.passwords import DEMONSTRATION as PASSWORD
from tests.panel_addresses import placed

OVERVIEW = "/2018-19/q2/"
UNIT = "/2018-19/q2/rocu/"
CYBER = "/2018-19/q2/cyber/"
PAPER = "/2018-19/q2/board-paper/"
RECORDS = "/2018-19/q2/rocu/disruptions/"
COMPARE = "/compare/?quarter=2018-19-q2&with=2018-19-q1&unit=rocu"
ACROSS = "/trend/?of=rocu.disruptions:Firearms"
LOGIN = "/accounts/login/"
DRAFT = "/2018-19/q3/"
DRAFT_UNIT = "/2018-19/q3/rocu/"

READ_BY = {
    "": (
        OVERVIEW,
        UNIT,
        "/2018-19/q2/ctu/",
        CYBER,
        LOGIN,
        COMPARE,
        ACROSS,
        "/trend/",
        "/compare/?quarter=junk",
        "/quarters/",
        "/definitions/",
        "/search/?q=phishing",
        "/search/?q=xyzzy",
        "/trace/",
        f"{OVERVIEW}public-1/",
    ),
    "member": (
        OVERVIEW,
        UNIT,
        CYBER,
        PAPER,
        RECORDS,
        f"{RECORDS}?crime_type=Witchcraft",
        f"{RECORDS}?q=xyz",
        "/compare/",
        "/2018-19/q2/rocu/ocgs/?crime_type=Economic+Crime",
        "/2018-19/q2/changes/",
    ),
    "officer": (
        DRAFT,
        DRAFT_UNIT,
        "/2018-19/q3/cyber/",
        "/2018-19/q3/board-paper/",
        "/2018-19/q3/rocu/disruptions/",
        "/2018-19/q4/due/",
    ),
    "chair": (
        "/panel/",
        "/panel/2019-01-08/{D-2018-0600}/",
        "/panel/2018-12-11/minutes/",
        "/panel/agreement/",
        "/panel/2019-01-08/attendance/",
        "/panel/2019-01-08/put-back/",
    ),
}
"""The pages of each account, "" being the public."""

MATRIX = [(width, scheme) for width in (320, 768, 1024, 1280) for scheme in ("light", "dark")]
"""320 is also what is left of 1280 at 400 per cent."""

WCAG = {
    "runOnly": {
        "type": "tag",
        "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    }
}

OF_A_SIZE = {
    "runOnly": {"type": "rule", "values": ["color-contrast", "target-size", "link-in-text-block"]}
}
"""What may differ from one width and scheme to another."""

type Opened = Callable[..., Page]


def sign_in(page: Page, server: LiveServer, name: str) -> None:
    """Signs in as one of the demonstration's accounts."""
    page.goto(f"{server.url}{LOGIN}")
    page.get_by_label("User name").fill(name)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("button", name="Sign out")).to_be_visible()


@pytest.fixture
def opened(
    browser: Browser,
    browser_context_args: dict[str, Any],
    live_server: LiveServer,
    complaints: list[str],
) -> Iterator[Opened]:
    """Opens a page of another kind of browser, signed in where a name is given."""
    contexts: list[BrowserContext] = []

    def open_page(name: str = "", *, width: int = 1280, **options: Any) -> Page:
        arguments = browser_context_args | {"viewport": {"width": width, "height": 900}} | options
        contexts.append(browser.new_context(**arguments))
        page = contexts[-1].new_page()
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        if name:
            sign_in(page, live_server, name)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert not complaints, "The browser complained."


def fits(page: Page, path: str) -> None:
    """Nothing scrolls sideways, at any width, in either scheme; opened tables included."""
    page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
    for width, scheme in MATRIX:
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme=scheme)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, (path, width)


def shut_out(page: Page, options: dict[str, Any]) -> list[Any]:
    """What axe finds, with the first place of each."""
    found = page.evaluate(
        "options => axe.run(document, options).then(found => found.violations)",
        {"resultTypes": ["violations"], **options},
    )
    return [(rule["id"], rule["nodes"][0]["target"]) for rule in found]


@pytest.mark.parametrize("name", READ_BY)
def test_every_page_is_readable_without_javascript(
    name: str, opened: Opened, live_server: LiveServer
) -> None:
    page = opened(name, java_script_enabled=False)
    for path in READ_BY[name]:
        page.goto(live_server.url + placed(path))
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        figures = page.locator("figure.exhibit--chart")
        for place in range(figures.count()):
            figure = figures.nth(place)
            drawing, table = figure.locator("img:visible"), figure.locator("table")
            if drawing.count():
                assert drawing.get_attribute("alt")
            if not table.is_visible():
                figure.locator("summary").click()
            expect(table).to_be_visible()
            assert table.locator("tbody tr").count()
        fits(page, path)


@pytest.mark.slow
@pytest.mark.parametrize("name", READ_BY)
def test_no_page_shuts_anybody_out_at_any_width_in_any_light(
    name: str, opened: Opened, live_server: LiveServer
) -> None:
    page = opened(name, color_scheme="light")
    for path in READ_BY[name]:
        page.set_viewport_size({"width": 1280, "height": 900})
        page.emulate_media(color_scheme="light")
        page.goto(live_server.url + placed(path))
        page.evaluate(AXE_SCRIPT)
        assert not shut_out(page, WCAG), path
        fits(page, path)
        for width, scheme in ((320, "dark"), (768, "light"))[: 1 if "paper" in path else 2]:
            page.set_viewport_size({"width": width, "height": 900})
            page.emulate_media(color_scheme=scheme)
            assert not shut_out(page, OF_A_SIZE), (path, width, scheme)


BROKEN = """() => [...document.querySelectorAll("table .number")].flatMap(cell => {
    const found = [], walker = document.createTreeWalker(cell, NodeFilter.SHOW_TEXT);
    for (let node; (node = walker.nextNode());)
        for (const one of node.data.matchAll(/20\\d\\d\\/\\d\\d\\sQ\\d|[−+£]?\\d[\\d,.]*%?/g)) {
            const range = document.createRange();
            range.setStart(node, one.index);
            range.setEnd(node, one.index + one[0].length);
            const lines = new Set([...range.getClientRects()].map(box => Math.round(box.top)));
            if (lines.size > 1) found.push(one[0]);
        }
    return found;
})"""
"""The figures, and the quarters in heads, that stand on more than one line."""


LABELLED = """() => [...document.querySelectorAll("td[data-label]")].filter(cell =>
    getComputedStyle(cell).display === "table-cell" &&
    !["none", "normal"].includes(getComputedStyle(cell, "::before").content)
).map(cell => cell.textContent)"""
"""The cells that say beside their figure what the head above them says already."""


def test_no_figure_breaks_and_on_a_tablet_tables_stay_tables(
    opened: Opened, live_server: LiveServer
) -> None:
    page = opened("member")
    for path in (OVERVIEW, UNIT, CYBER, COMPARE, COMPARE.replace("rocu", "cyber"), "/compare/"):
        page.goto(live_server.url + placed(path))
        for width in (320, 390, 768, 820, 1024, 1280):
            page.set_viewport_size({"width": width, "height": 900})
            assert page.evaluate(BROKEN) == [], (path, width)
            assert page.evaluate(LABELLED) == [], (path, width)
            if width >= 768 and "compare" not in path:
                heads = page.locator(".exhibit--table thead, .keyfigures thead")
                for place in range(heads.count()):
                    expect(heads.nth(place)).to_have_css("position", "static")


def test_the_head_of_a_page_takes_few_lines(opened: Opened, live_server: LiveServer) -> None:
    page = opened("member", width=820)
    page.goto(live_server.url + UNIT)
    for part in (".masthead", ".units"):
        assert page.locator(f"{part} .wrap").bounding_box()["height"] < 48, part
    page = opened("officer")
    page.goto(live_server.url + DRAFT)
    assert page.locator(".strip ul").bounding_box()["height"] < 36


def test_the_first_stop_of_the_keyboard_skips_to_the_matter(
    page: Page, live_server: LiveServer
) -> None:
    page.goto(live_server.url + UNIT)
    page.keyboard.press("Tab")
    skip = page.get_by_role("link", name="Skip to main content")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()


def test_readers_go_from_quarter_to_quarter_on_the_same_page(
    page: Page, live_server: LiveServer
) -> None:
    page.goto(f"{live_server.url}/")
    expect(page).to_have_url(live_server.url + OVERVIEW)
    pages = page.get_by_role("navigation", name="Pages of this quarter")
    expect(pages.get_by_role("link", name="Overview")).to_have_attribute("aria-current", "page")
    pages.get_by_role("link", name="Regional Organised Crime Unit").click()
    expect(page).to_have_url(live_server.url + UNIT)
    quarters = page.get_by_role("navigation", name="Quarter", exact=True)
    expect(quarters).to_contain_text("Q3 not yet published")
    quarters.get_by_role("link", name="2018/19 Q1").click()
    expect(page).to_have_url(f"{live_server.url}/2018-19/q1/rocu/")
    quarters.get_by_role("link", name="2018/19 Q2").click()
    expect(page).to_have_url(live_server.url + UNIT)


def test_what_the_board_is_asked_leads_into_the_paper(page: Page, live_server: LiveServer) -> None:
    page.goto(live_server.url + OVERVIEW)
    page.get_by_role("link", name="Paragraph 3", exact=False).click()
    expect(page).to_have_url(f"{live_server.url}{PAPER}#p3")
    expect(page.locator("#p3")).to_be_in_viewport()
    page.go_back()
    reference = page.locator(".asked p a").first
    words = reference.inner_text().replace("\xa0", " ")
    reference.click()
    expect(page.locator(page.url[page.url.index("#") :])).to_contain_text(words)


def test_a_member_follows_a_figure_to_its_records(page: Page, live_server: LiveServer) -> None:
    sign_in(page, live_server, "member")
    page.goto(live_server.url + UNIT)
    total = page.locator("td[data-label='Total'] a").first
    number = total.inner_text()
    total.click()
    expect(page.get_by_role("heading", level=1)).to_have_text(
        f"{number} disruptions: Drug Activity"
    )


def test_a_member_filters_the_records_and_the_address_carries_it(
    page: Page, live_server: LiveServer
) -> None:
    sign_in(page, live_server, "member")
    page.goto(live_server.url + RECORDS)
    heading = page.get_by_role("heading", level=1)
    every = heading.inner_text()
    page.get_by_label("Crime type").select_option("Firearms")
    page.get_by_label("Moderated impact").select_option("minor")
    page.get_by_role("button", name="Filter").click()
    assert "crime_type=Firearms" in page.url
    assert "impact=minor" in page.url
    filtered = heading.inner_text()
    assert filtered.endswith("minor disruptions: Firearms")
    page.get_by_role("link", name="Reference").click()
    assert "crime_type=Firearms" in page.url
    expect(page.get_by_role("columnheader", name="Reference")).to_have_attribute(
        "aria-sort", "ascending"
    )
    page.go_back()
    page.go_back()
    expect(heading).to_have_text(every)
    page.go_forward()
    expect(heading).to_have_text(filtered)
    page.get_by_role("link", name="Remove Moderated impact: Minor").click()
    assert "impact=minor" not in page.url
    assert "crime_type=Firearms" in page.url
    page.get_by_role("link", name="Clear all").click()
    expect(heading).to_have_text(every)


def test_records_go_on_from_page_to_page_in_their_order(
    page: Page, live_server: LiveServer
) -> None:
    sign_in(page, live_server, "member")
    page.goto(f"{live_server.url}{RECORDS}?sort=reference")
    last = page.locator("tbody th").last.inner_text()
    page.get_by_role("navigation", name="Pages of records").get_by_role(
        "link", name="Page 2"
    ).click()
    expect(page.get_by_role("navigation", name="Pages of records")).to_contain_text("…")
    assert "sort=reference" in page.url
    assert page.locator("tbody th").first.inner_text() > last


def test_a_filter_that_is_not_valid_is_named_with_its_value(
    page: Page, live_server: LiveServer
) -> None:
    sign_in(page, live_server, "member")
    page.goto(f"{live_server.url}{RECORDS}?crime_type=Witchcraft")
    alert = page.get_by_role("alert")
    expect(alert).to_contain_text("Crime type")
    expect(alert).to_contain_text("Witchcraft")
    alert.get_by_role("link").click()
    expect(page.get_by_label("Crime type")).to_be_focused()


def test_signing_in_says_what_is_wrong_and_leads_back(page: Page, live_server: LiveServer) -> None:
    page.goto(live_server.url + RECORDS)
    page.get_by_label("User name").fill("member")
    page.get_by_label("Password").fill("wrong")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("alert")).to_contain_text("There is a problem")
    expect(page).to_have_title("Error: Sign in – Board Report")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page).to_have_url(live_server.url + RECORDS)
    page.get_by_role("button", name="Sign out").click()
    expect(page).to_have_url(live_server.url + OVERVIEW)
    expect(page.get_by_role("link", name="Sign in")).to_be_visible()


def test_pages_and_pictures_follow_the_readers_scheme_and_width(
    opened: Opened, live_server: LiveServer
) -> None:
    for scheme, width, ground, picture in (
        ("light", 1280, "rgb(255, 255, 255)", "/wide.svg"),
        ("dark", 1280, "rgb(18, 22, 27)", "/wide-dark.svg"),
        ("dark", 390, "rgb(18, 22, 27)", "/narrow-dark.svg"),
    ):
        page = opened(color_scheme=scheme, width=width)
        fetched: set[str] = set()
        page.on("request", lambda request, fetched=fetched: fetched.add(request.url))
        page.goto(live_server.url + UNIT)
        expect(page.locator("body")).to_have_css("background-color", ground)
        drawing = page.locator(".exhibit__chart img:visible").first
        room = drawing.bounding_box()
        drawing.scroll_into_view_if_needed()
        expect(drawing).to_have_js_property("complete", True)
        assert drawing.evaluate("image => image.currentSrc").endswith(picture)
        assert drawing.evaluate("image => image.naturalWidth") > 0
        found = drawing.bounding_box()
        assert room
        assert found
        # what comes late finds its place kept
        assert (room["width"], room["height"]) == (found["width"], found["height"])
        drawings = {one.rpartition("/")[2] for one in fetched if "/charts/" in one}
        assert drawings == {picture.strip("/")}


def test_charts_are_printed_on_white_from_a_dark_screen(
    opened: Opened, live_server: LiveServer
) -> None:
    page = opened(color_scheme="dark")
    page.goto(live_server.url + UNIT)

    printed = pypdfium2.PdfDocument(io.BytesIO(page.pdf(prefer_css_page_size=True)))

    for sheet in printed:
        shades = sheet.render(scale=0.5).to_pil().convert("L").histogram()
        assert sum(shades[240:]) > 0.8 * sum(shades)
    words = "".join(sheet.get_textpage().get_text_bounded() for sheet in printed)
    assert (
        "above the expected range" in words
    )  # in the picture, which was not fetched for the screen


@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 390)])
def test_a_drafts_charts_are_in_its_page(
    scheme: str, width: int, opened: Opened, live_server: LiveServer
) -> None:
    page = opened("officer", color_scheme=scheme, width=width)
    fetched: list[str] = []
    page.on("request", lambda request: fetched.append(request.url))

    page.goto(live_server.url + DRAFT_UNIT)

    charts = page.locator(".exhibit__chart img:visible")
    assert charts.count() == page.locator("figure.exhibit--chart").count() > 3
    for chart in charts.all():
        chart.scroll_into_view_if_needed()
        expect(chart).to_have_js_property("complete", True)
        assert chart.get_attribute("alt")
        assert chart.evaluate("image => image.currentSrc").startswith("data:image/svg+xml,")
        shown = chart.evaluate("image => image.naturalWidth")
        assert shown == (345 if width == 390 else 740)
    assert not [url for url in fetched if "/charts/" in url]


def test_only_a_chart_that_says_more_is_explored(page: Page, live_server: LiveServer) -> None:
    page.goto(live_server.url + UNIT)

    explorable = page.locator("figure.exhibit--chart").filter(
        has=page.get_by_role("button", name="Explore this chart")
    )
    assert 1 < explorable.count() < page.locator("figure.exhibit--chart").count()


def test_a_chart_whose_figure_cannot_be_fetched_says_so_and_keeps_its_picture(
    page: Page, live_server: LiveServer, complaints: list[str]
) -> None:
    page.route("**/charts/*.json", lambda route: route.abort())
    page.goto(live_server.url + UNIT)
    first = page.locator("figure.exhibit--chart").first
    first.get_by_role("button", name="Explore this chart").press("Enter")

    again = first.get_by_role("button", name="The chart could not be loaded: try again")
    expect(again).to_be_visible()
    expect(first.locator(".exhibit__chart")).to_be_visible()
    page.unroute("**/charts/*.json")
    again.press("Enter")
    expect(first.locator(".explore__plot .barlayer")).to_be_visible()
    complaints.clear()  # the browser logs what was aborted


def test_a_draft_says_that_it_is_one(page: Page, live_server: LiveServer) -> None:
    sign_in(page, live_server, "officer")
    page.goto(live_server.url + DRAFT)
    strip = page.get_by_role("region", name="Marking and edition")
    expect(strip).to_contain_text("OFFICIAL-SENSITIVE")
    expect(strip).to_contain_text("DRAFT, not published; counts may change")


def test_a_published_page_fetches_one_small_script(page: Page, live_server: LiveServer) -> None:
    for path in {PAPER, *READ_BY[""]}:
        page.goto(live_server.url + placed(path))
        fetched = page.locator("script[src]").evaluate_all("all => all.map(one => one.src)")
        assert all(address.endswith("/explore.js") for address in fetched), path


def test_the_admin_opens_without_a_complaint(page: Page, live_server: LiveServer) -> None:
    page.goto(f"{live_server.url}/admin/")
    page.get_by_label("User name").fill("officer")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page).to_have_url(f"{live_server.url}/admin/")
    page.get_by_role("link", name="Disruptions", exact=True).first.click()
    expect(page.get_by_role("heading", level=1)).to_be_visible()


def test_a_printed_page_carries_marking_edition_and_page_number(
    page: Page, live_server: LiveServer
) -> None:
    page.goto(live_server.url + UNIT)
    printed = pypdfium2.PdfDocument(io.BytesIO(page.pdf(prefer_css_page_size=True)))
    for place, sheet in enumerate(printed, start=1):
        text = sheet.get_textpage().get_text_bounded()
        assert text.count("OFFICIAL") >= 2
        assert "2018/19 Q2 · Public edition 1 · demonstration data" in text
        assert f"Page {place} of {len(printed)}" in text


def test_a_units_name_is_printed_on_the_page_of_its_finding(
    page: Page, live_server: LiveServer
) -> None:
    page.goto(live_server.url + OVERVIEW)
    headings = page.locator(".unit__heading").evaluate_all(
        "all => all.map(one => [one.firstChild.firstChild, one.lastChild].map(part => part.data))"
    )

    printed = pypdfium2.PdfDocument(io.BytesIO(page.pdf(prefer_css_page_size=True)))

    sheets = [one.get_textpage().get_text_bounded() for one in printed]
    assert headings
    for name, finding in headings:
        assert any(name in sheet and finding[:12] in sheet for sheet in sheets), name


def test_a_page_that_is_not_there_says_so_in_house_style(
    page: Page, live_server: LiveServer, complaints: list[str]
) -> None:
    answer = page.goto(live_server.url + DRAFT)
    assert answer
    assert answer.status == 404
    expect(page).to_have_title("Page not found – Board Report")
    expect(page.locator("main").get_by_role("link", name="sign in")).to_be_visible()
    complaints.clear()  # the browser logs the 404 itself


def test_the_page_for_a_fault_needs_nothing_to_render() -> None:
    page = get_template("500.html").render()
    assert "<h1>Something went wrong</h1>" in page
    assert "{" not in page


def test_a_reader_explores_a_chart_by_keyboard_and_comes_back_to_the_picture(
    page: Page, live_server: LiveServer
) -> None:
    fetched = []
    page.on("request", lambda request: fetched.append(request.url))
    page.goto(live_server.url + UNIT)
    first = page.locator(".exhibit--chart").first
    opener = first.get_by_role("button", name="Explore this chart")
    assert not any("plotly" in url or ".json" in url for url in fetched)
    opener.focus()
    page.keyboard.press("Enter")
    box = first.get_by_role("checkbox", name="Major")
    expect(box).to_be_focused()
    expect(first.locator(".exhibit__chart")).to_be_hidden()
    bars = first.locator(".barlayer .point path")
    every, series = bars.count(), first.get_by_role("checkbox").count()
    total = first.locator(".explore__plot .scatterlayer text").first
    expect(total).to_be_visible()
    page.keyboard.press("Space")
    expect(bars).to_have_count(every * (series - 1) // series)
    expect(total).to_be_hidden()  # of what is left it would not be the total
    page.keyboard.press("Space")
    expect(total).to_be_visible()
    hatched = first.get_by_text("Split withheld").locator(".explore__key")
    assert "gradient" in hatched.evaluate("key => getComputedStyle(key).backgroundImage")
    first.get_by_role("button", name="Back to the picture").press("Enter")
    expect(first.locator(".exhibit__chart")).to_be_visible()
    expect(opener).to_be_focused()
    assert all(url.startswith(live_server.url) for url in fetched)
