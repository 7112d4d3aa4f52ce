"""A quarter is begun and its commentary written, in Chromium, as an officer does it."""

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from tests.browser.test_pages import WCAG, Opened, opened, sign_in

__all__ = ["opened"]

DUE = "/2018-19/q4/due/"


def barriers(page: Page, part: str) -> list[tuple[str, list[str]]]:
    """What axe finds in a part of the page."""
    found = Axe().run(page, context=part, options=WCAG).response["violations"]
    return [(rule["id"], rule["nodes"][0]["target"]) for rule in found]


def test_an_officer_begins_a_quarter_and_writes_its_commentary(
    page: Page, live_server: LiveServer
) -> None:
    sign_in(page, live_server, "officer")
    page.goto(f"{live_server.url}/2018-19/q3/")
    page.get_by_role("navigation", name="Pages of this quarter").get_by_role(
        "link", name="Due"
    ).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Nothing is due")
    page.get_by_role("link", name="2018/19 Q4").click()
    assert not barriers(page, "body")
    page.get_by_role("button", name="Carry the last updates forward").click()
    expect(page.get_by_role("status")).to_contain_text("46 updates were carried forward.")
    page.get_by_role("button", name="Begin the paper of 2018/19 Q4").click()
    expect(page.locator(".messagelist")).to_contain_text("32 paragraphs of the last one wait")
    page.goto(live_server.url + DUE)
    assert not barriers(page, "body")
    page.get_by_role("link", name="Disruptions: “Panels moderated").click()

    # the preview follows what is typed
    text, preview = page.get_by_label("Text:"), page.get_by_role("region", name="Preview")
    as_paper = page.locator(".as-paper")
    expect(as_paper).to_contain_text("Panels moderated 0 disruptions")
    text.fill("Of these we typed 4,321 and looked up ")
    expect(as_paper).to_contain_text("we typed 4,321")
    expect(page.locator(".as-page")).to_contain_text("we typed 4,321")
    expect(preview).to_contain_text("Typed by hand: 4,321.")

    # a figure is found and inserted by keyboard alone
    text.press("End")
    find = page.get_by_label("Find a figure")
    text.press("Tab")
    page.keyboard.press("Tab")
    expect(find).to_be_focused()
    page.keyboard.type("rolling disruptions")
    page.keyboard.press("ArrowDown")
    expect(page.locator(".commentary__list button").locator("visible=true").first).to_be_focused()
    page.keyboard.press("Enter")
    expect(text).to_be_focused()
    page.keyboard.type(" groups {no.such}")
    expect(preview).to_contain_text("There is no figure or exhibit named “no.such”")
    assert not barriers(page, ".commentary")
    page.get_by_label("Marking:").select_option("OFFICIAL-SENSITIVE")
    expect(as_paper).to_contain_text("(OFFICIAL-SENSITIVE)")

    # an unknown name is refused, nothing is lost; then it is saved and reviewed
    page.get_by_role("button", name="Save", exact=True).first.click()
    expect(page.locator(".errorlist").first).to_contain_text("There is no figure")
    written = text.input_value()
    assert written.startswith(
        "Of these we typed 4,321 and looked up {rocu.disruptions.rolling-four}"
    )
    text.fill(written.replace(" {no.such}", ""))
    page.get_by_role("button", name="Save", exact=True).first.click()
    expect(page.locator(".messagelist")).to_contain_text("was changed successfully")
    page.goto(f"{live_server.url}/2018-19/q4/board-paper/#rocu-disruptions")
    mine = page.locator(".paragraph", has_text="Of these we typed 4,321")
    expect(mine).to_be_visible()
    expect(mine).not_to_contain_text("not yet reviewed")
    expect(page.locator(".paragraph .unreviewed")).to_have_count(31)

    # a list of paragraphs, moved by a click
    page.goto(f"{live_server.url}/admin/boardreport/paragraph/?q=typed")
    page.get_by_role("button", name="Move down").click()
    expect(page.locator(".messagelist")).to_contain_text("was moved down")


def test_without_javascript_a_button_opens_the_preview_and_the_figures_can_be_read(
    opened: Opened, live_server: LiveServer
) -> None:
    page = opened("officer", width=390, java_script_enabled=False)
    page.goto(f"{live_server.url}/admin/boardreport/paragraph/?q=moderated")
    page.locator("#result_list tbody th a").first.click()
    expect(page.locator(".commentary__list li").first).to_be_visible()
    page.get_by_label("Text:").fill("Without a script: {rocu.disruptions.total}.")
    with page.expect_popup() as opening:
        page.get_by_role("button", name="Preview").click()
    shown = opening.value
    expect(shown.locator(".as-page")).to_contain_text("Without a script: 111.")
    expect(shown.locator(".as-paper")).to_contain_text("Without a script: 111.")
