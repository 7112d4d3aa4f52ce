"""An import as officers meet it: chosen, refused, corrected, confirmed, in Chromium."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from boardreport.accounts.passwords import DEMONSTRATION as PASSWORD
from tests.units.hostile import csv_of, row

WCAG = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}
WAITING = row(decision="", panel_date="", moderated_impact="")


def choose(page: Page, data: bytes) -> None:
    file = {"name": "claims.csv", "mimeType": "text/csv", "buffer": data}
    page.get_by_label("Spreadsheet").set_input_files([file])  # type: ignore[list-item]
    page.get_by_role("button", name="Check the file").click()


def look(page: Page) -> None:
    found = Axe().run(page, options=WCAG)
    assert found.violations_count == 0, found.generate_report()
    for width in (1280, 390):
        page.set_viewport_size({"width": width, "height": 900})
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.django_db(transaction=True)
def test_an_officer_corrects_a_refused_file_and_imports_it(
    page: Page, live_server: LiveServer
) -> None:
    page.goto(f"{live_server.url}/accounts/login/?next=/admin/rocu/disruption/")
    page.get_by_label("User name").fill("officer")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("link", name="Import", exact=True).click()
    look(page)

    choose(page, csv_of(WAITING, row(**WAITING | {"reference": "D-2018-9002", "lead": "Kent"})))
    expect(page.get_by_role("alert")).to_contain_text("1 refused")
    expect(page.get_by_text("lead “Kent”: choose one of ROCU-led")).to_be_visible()
    look(page)
    page.get_by_role("button", name="Choose another file").click()
    choose(page, csv_of(WAITING))
    look(page)
    page.get_by_role("button", name="Import 1 row").click()

    expect(page.get_by_text("“claims.csv”: 1 new disruption")).to_be_visible()
