"""No address and no header leads past the second factor, of the test client or of gunicorn."""

from collections.abc import Iterator
from itertools import cycle
from pathlib import Path

import pytest
import requests
from django.contrib.auth.models import User
from django.test import Client
from django.urls import resolve

from boardreport.accounts import second_factor
from tests import gunicorn
from tests.at_work import OWN_PASSWORD, set_to_work, statements
from tests.boardreport.test_access import ADDRESSES, RIGHTS

pytestmark = [pytest.mark.django_db, pytest.mark.portable]

SET_UP = "/accounts/2fa/"
OUTSIDE = "/accounts/login/"
EVERY = [line.address for lines in ADDRESSES.values() for line in lines] + [
    f"/admin/{label.replace('.', '/')}/{page}" for label in RIGHTS for page in ("", "add/", "1/")
]
MOVING = (
    "X-Original-URL", "X-Rewrite-URL", "X-Forwarded-Prefix", "X-Forwarded-Path", "X-Forwarded-Uri",
    "X-Original-URI", "X-Request-URI", "X-Script-Name", "Script-Name", "X-HTTP-Method-Override",
    "X-Accel-Redirect", "X-Sendfile", "Forwarded", "X-Forwarded-Host", "X-Forwarded-Proto",
    "PATH_INFO", "REQUEST_URI", "REDIRECT_URL", "SCRIPT_URL", "REMOTE_USER",
)  # fmt: skip
PREFIXES = ("/accounts", "/accounts/login", "/healthz", "/static", "/nowhere")


def is_outside(address: str) -> bool:
    """Whether an address is one of the sign-in's own pages."""
    return address.startswith("/accounts/") or address == "/healthz"


INSIDE = [address for address in EVERY if not is_outside(address)]


@pytest.fixture
def with_password_alone() -> Client:
    """A policy officer of an office at work, who has shown no second factor."""
    set_to_work()
    browser = Client()
    browser.force_login(User.objects.get(username="officer"))
    return browser


def closed(status: int, location: str | None) -> bool:
    """Whether an answer gives nothing away: refused, not found, or on to the second factor."""
    return status in (400, 404) or (status == 302 and location == SET_UP)


def test_only_the_sign_ins_own_views_are_outside() -> None:
    named = {address for address in EVERY if is_outside(address)}

    assert {resolve(address.partition("?")[0]).func for address in named} == second_factor._OUTSIDE


def test_with_a_password_alone_every_address_leads_to_the_second_factor(
    with_password_alone,
) -> None:
    for address in INSIDE:
        for method in ("GET", "POST"):
            answer = with_password_alone.generic(method, address)
            assert closed(answer.status_code, answer.headers.get("Location")), address


def test_no_address_is_moved_by_the_name_of_the_script(with_password_alone) -> None:
    for address in EVERY:
        for prefix in PREFIXES:
            answer = with_password_alone.get(address, SCRIPT_NAME=prefix)
            assert answer.status_code == 400, (prefix, address)


def test_no_header_moves_an_address(with_password_alone) -> None:
    for address in INSIDE:
        headers = {
            f"HTTP_{name.upper().replace('-', '_')}": OUTSIDE
            for name in MOVING
            if name != "X-Forwarded-Host"
        }
        answer = with_password_alone.get(address, **headers)
        assert closed(answer.status_code, answer.headers.get("Location")), address
        moved = with_password_alone.get(
            "/accounts/reauthenticate/", **dict.fromkeys(headers, address)
        )
        assert "reauthenticate" in moved.request["PATH_INFO"]
        assert moved.templates[0].name == "account/reauthenticate.html"


@pytest.fixture
def at_work(tmp_path: Path) -> Path:
    """A copy of the database of an office at work."""
    return gunicorn.copy_of_the_database(tmp_path / "board.sqlite3", *statements())


@pytest.fixture
def trusting(at_work: Path) -> Iterator[str]:
    """A gunicorn as it comes: from a loopback peer it takes SCRIPT_NAME from a header."""
    with gunicorn.served(at_work) as address:
        yield address


@pytest.mark.slow
def test_behind_gunicorn_no_header_leads_past_the_second_factor(trusting) -> None:
    browser = gunicorn.signed_in(trusting, "officer", OWN_PASSWORD)

    def asked(address: str, **headers: str) -> requests.Response:
        return browser.get(trusting + address, headers=headers, allow_redirects=False, timeout=20)

    assert asked("/admin/").headers["Location"] == SET_UP
    for address, prefix in zip(INSIDE, cycle(PREFIXES), strict=False):
        answer = asked(prefix + address, SCRIPT_NAME=prefix)
        assert answer.status_code == 400, (prefix, address)
        answer = asked(address, **dict.fromkeys(MOVING, OUTSIDE))
        assert closed(answer.status_code, answer.headers.get("Location")), address
    for name in MOVING:
        for address in ("/admin/", "/2018-19/q3/", "/admin/rocu/disruption/export.csv"):
            answer = asked("/accounts/reauthenticate/", **{name: address})
            assert "<title>Confirm that it is you" in answer.text, (name, address)


def test_as_make_serves_gunicorn_takes_no_address_from_a_header(at_work) -> None:
    makefile = (Path(__file__).parents[2] / "Makefile").read_text()

    with gunicorn.served(at_work, *gunicorn.options_of_the_makefile(makefile)) as address:
        browser = gunicorn.signed_in(address, "officer", OWN_PASSWORD)
        moved = browser.get(f"{address}/accounts/admin/", headers={"SCRIPT_NAME": "/accounts"})
        plain = browser.get(f"{address}/admin/", headers={"SCRIPT_NAME": ""}, allow_redirects=False)

    assert moved.status_code == 404
    assert plain.headers["Location"] == SET_UP
