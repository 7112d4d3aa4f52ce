"""Setting up and using a second factor, in Chromium, with a virtual security key."""

import base64
import hmac
import time
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from tests.at_work import OWN_PASSWORD, set_to_work
from tests.browser.test_pages import WCAG

ADMIN = "/admin/rocu/disruption/"


@pytest.fixture
def office(live_server: LiveServer) -> LiveServer:
    """An office at work, which is no demonstration."""
    set_to_work()
    return live_server


def enter(page: Page, name: str) -> None:
    page.get_by_label("User name").fill(name)
    page.get_by_label("Password").fill(OWN_PASSWORD)
    page.get_by_role("button", name="Sign in").click()


def look(page: Page) -> None:
    """Nobody is shut out, on a telephone either."""
    found = Axe().run(page, options=WCAG).response["violations"]
    assert not [(rule["id"], rule["nodes"][0]["target"]) for rule in found], page.url
    page.set_viewport_size({"width": 320, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") <= 320, page.url
    page.set_viewport_size({"width": 1280, "height": 900})


def test_an_officer_sets_up_an_app_and_arrives(page: Page, office: LiveServer) -> None:
    page.goto(office.url + ADMIN)
    enter(page, "officer")
    expect(page.get_by_role("heading", level=1)).to_have_text("Set up a second factor")
    look(page)
    page.get_by_role("link", name="Set up an app").click()
    page.get_by_label("Code").fill("000000")
    page.get_by_role("button", name="Finish").click()
    expect(page.get_by_role("alert")).to_contain_text("This code is wrong or no longer valid")
    expect(page.get_by_label("Code")).to_have_attribute("aria-invalid", "true")
    look(page)
    key = base64.b32decode(page.locator(".steps code").inner_text())
    digest = hmac.digest(key, (int(time.time()) // 30).to_bytes(8), "sha1")
    place = digest[-1] & 15
    code = (int.from_bytes(digest[place : place + 4]) & 0x7FFFFFFF) % 10**6
    page.get_by_label("Code").fill(f"{code:06}")
    page.get_by_role("button", name="Finish").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Keep your recovery codes")
    expect(page.locator(".codes li")).to_have_count(10)
    look(page)
    page.get_by_role("link", name="I have kept them").click()
    expect(page).to_have_url(office.url + ADMIN)


def test_an_officer_signs_in_with_a_security_key(page: Page, office: LiveServer) -> None:
    devices = page.context.new_cdp_session(page)
    devices.send("WebAuthn.enable")
    options: dict[str, Any] = {"protocol": "ctap2", "transport": "usb", "hasUserVerification": True}
    key = devices.send(
        "WebAuthn.addVirtualAuthenticator",
        {"options": {**options, "isUserVerified": True, "automaticPresenceSimulation": True}},
    )["authenticatorId"]
    page.goto(office.url + ADMIN)
    enter(page, "officer")
    page.get_by_role("link", name="Set up a key").click()
    page.get_by_label("Name of the key").fill("Ring")
    page.get_by_role("button", name="Set up the key").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Keep your recovery codes")
    page.get_by_role("button", name="Sign out").click()

    page.goto(office.url + ADMIN)
    enter(page, "officer")
    expect(page.get_by_role("heading", level=1)).to_have_text("Your second factor")
    look(page)
    devices.send("WebAuthn.setUserVerified", {"authenticatorId": key, "isUserVerified": True})
    page.get_by_role("button", name="Use a security key").click()
    expect(page).to_have_url(office.url + ADMIN)

    page.goto(f"{office.url}/accounts/2fa/webauthn/")
    expect(page.get_by_role("rowheader", name="Ring")).to_be_visible()
    look(page)
