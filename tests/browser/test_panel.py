"""A panel as its chair holds it: by keyboard, without JavaScript, and what a quarter makes of it."""

from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from boardreport.accounts.passwords import DEMONSTRATION as PASSWORD
from tests.panel_addresses import placed
from units.rocu.models import (
    Attendance,
    Decision,
    Disruption,
    Panel,
)
from units.rocu.moderation import meetings

DAY = date(2019, 1, 8)
MEETING = "/panel/2019-01-08/"
WCAG = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"]}}

type Opened = Callable[..., Page]


@pytest.fixture
def opened(
    browser: Browser,
    browser_context_args: dict[str, Any],
    live_server: LiveServer,
    complaints: list[str],
) -> Iterator[Opened]:
    """Opens a page of a browser of its own, signed in."""
    contexts = []

    def open_page(name: str, **options: Any) -> Page:
        contexts.append(browser.new_context(**browser_context_args | options))
        page = contexts[-1].new_page()
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(f"{live_server.url}/accounts/login/")
        page.get_by_label("User name").fill(name)
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Sign in").click()
        expect(page.get_by_role("button", name="Sign out")).to_be_visible()
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert not complaints, "The browser complained."


def seat(number: int = 4) -> None:
    """As many members as the quorum wants."""
    held = Panel.objects.get(date=DAY)
    for place in range(number):
        Attendance.objects.create(
            panel=held, post=f"Inspector {place}", organisation="ROCU", presence="present"
        )


def leave(number: int) -> list[str]:
    """Defers all but some of the agenda; the references that are left."""
    agenda = meetings.meeting(DAY).agenda
    for line in agenda[number:]:
        Decision(
            panel=Panel.objects.get(date=DAY),
            disruption=Disruption.objects.get(pk=line.key),
            kind="deferred",
            reason="For another day.",
        ).save()
    return [line.reference for line in agenda[:number]]


def counted(page: Page, server: LiveServer) -> dict[str, list[str]]:
    """The draft's table of disruptions by crime type and impact, row by row."""
    page.goto(f"{server.url}/2018-19/q3/rocu/")
    rows = page.locator("table.grid").filter(has_text="Moderated disruptions by crime type").first
    return {
        cells[0].removesuffix(" across all quarters"): [
            cell.split()[0] if cell else "" for cell in cells[1:5]
        ]
        for cells in rows.evaluate(
            "table => [...table.querySelectorAll('tbody tr')].map(row => "
            "[...row.cells].map(cell => cell.textContent.trim()))"
        )
    }


def test_the_chair_regrades_a_claim_and_the_quarters_page_changes_by_exactly_that(
    opened: Opened, live_server: LiveServer
) -> None:
    officer, chair = opened("officer"), opened("chair", java_script_enabled=False)
    before = counted(officer, live_server)
    chair.goto(f"{live_server.url}/panel/")
    chair.get_by_role("link", name="Record attendance").click()
    for place in range(4):
        chair.get_by_role("radio", name="Present").nth(place).check()
    chair.get_by_role("button", name="Record attendance").click()
    chair.get_by_role("link", name="D-2018-0600").click()
    chair.get_by_role("radio", name="Regrade", exact=True).check()
    chair.get_by_role("radio", name="Minor").check()
    chair.get_by_role("button", name="Check decision").click()
    expect(chair.get_by_role("alert")).to_contain_text("Say why the claim was regraded.")
    chair.get_by_label("Reason").fill("The group made the loss good within weeks.")
    chair.get_by_role("button", name="Check decision").click()
    chair.get_by_role("button", name="Record decision").click()
    expect(chair.get_by_role("status")).to_contain_text("D-2018-0600: regraded to minor.")
    expect(chair).to_have_url(live_server.url + placed(f"{MEETING}{{D-2018-0601}}/"))

    after = counted(officer, live_server)
    changed = {name for name in before if before[name] != after[name]}
    crime_type = Disruption.objects.get(reference="D-2018-0600").crime_type.name
    total = next(name for name in before if name not in {crime_type} and name in changed)
    assert changed == {crime_type, total}
    for name in changed:
        difference = [
            int(new) - int(old) for old, new in zip(before[name], after[name], strict=True)
        ]
        assert difference == [0, 0, 1, 1]


@pytest.mark.slow
def test_the_keyboard_alone_runs_a_panel_of_twenty_claims(
    opened: Opened, live_server: LiveServer
) -> None:
    seat()
    left = leave(20)
    other = Disruption.objects.counted().order_by("reference")[0].reference
    page = opened("chair")
    page.goto(f"{live_server.url}{placed(f'{MEETING}{{{left[0]}}}/')}")
    press, write = page.keyboard.press, page.keyboard.type
    wanted = {}
    for place, reference in enumerate(left):
        expect(page).to_have_url(f"{live_server.url}{placed(f'{MEETING}{{{reference}}}/')}")
        page.wait_for_load_state()  # the shortcuts come with the page's script
        assert not page.locator("form.decide input[type=radio]:checked").count()
        claimed = Disruption.objects.get(reference=reference).claimed_impact
        way = ("accept", "regrade", "arrows", "defer", "reject", "duplicate", "accept")[place % 7]
        if way == "accept":
            press("a")
            press("Enter")
            wanted[reference] = ("accepted", claimed)
        elif way == "regrade":
            impact = {"major": "2", "moderate": "1", "minor": "5"}[claimed]
            press(impact)
            write("a reason with d, r and 1 in it")
            press("Control+Enter")
            wanted[reference] = (
                "regraded",
                ["major", "moderate", "", "", "negative"][int(impact) - 1],
            )
        elif way == "arrows":
            press("g")
            press("Tab")
            press("Space")
            press("ArrowDown")
            impact = page.locator("input[name=impact]:checked").get_attribute("value")
            page.locator("body").press("Tab")
            while page.evaluate("document.activeElement.id") != "id_reason":
                press("Tab")
            write("Otherwise.")
            press("Tab")
            press("Enter")
            wanted[reference] = ("regraded", impact)
        elif way == "duplicate":
            press("u")
            write(other)
            press("Tab")
            write("The same work.")
            press("Control+Enter")
            wanted[reference] = ("duplicate", "")
        else:
            press(way[0])
            write("To be shown.")
            press("Control+Enter")
            wanted[reference] = ({"defer": "deferred", "reject": "rejected"}[way], "")
        expect(page.get_by_role("button", name="Record decision")).to_be_focused()
        press("Enter")
    expect(page).to_have_url(f"{live_server.url}{MEETING}")
    expect(page.get_by_role("status")).to_contain_text("Every claim is decided.")
    decided = Decision.objects.filter(panel__date=DAY, disruption__reference__in=left)
    assert {
        one.disruption.reference: (one.kind, one.impact)
        for one in decided.select_related("disruption")
    } == wanted


def test_the_shortcuts_are_switched_off_and_stay_off(
    opened: Opened, live_server: LiveServer
) -> None:
    seat()
    page = opened("chair")
    page.goto(live_server.url + placed(f"{MEETING}{{D-2018-0600}}/"))
    page.keyboard.press("n")
    expect(page).to_have_url(live_server.url + placed(f"{MEETING}{{D-2018-0601}}/"))
    for width, scheme in ((1280, "light"), (390, "dark")):
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme=scheme)
        page.keyboard.press("g")
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        found = Axe().run(page, options=WCAG).response["violations"]
        assert not [(rule["id"], rule["nodes"][0]["target"]) for rule in found]
    page.get_by_label("Single-key shortcuts").uncheck()
    page.reload()
    page.keyboard.press("r")
    expect(page.get_by_role("radio", name="Reject")).not_to_be_checked()
    expect(page.get_by_label("Single-key shortcuts")).not_to_be_checked()
