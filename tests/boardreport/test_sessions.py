"""How long a session lasts, what is kept of its pages, and what a refusal leaves in the log."""

import logging
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from allauth.mfa.totp.internal.auth import TOTP
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from boardreport.accounts.passwords import DEMONSTRATION as PASSWORD
from boardreport.middleware import without_traceback
from tests import gunicorn
from tests.at_work import OWN_PASSWORD, set_to_work
from tests.boardreport.test_access import ADDRESSES
from tests.panel_addresses import placed

pytestmark = [pytest.mark.django_db, pytest.mark.portable]

PAGE = "/admin/rocu/ocg/1/history/"
ADD = "/admin/rocu/ocg/add/"


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(datetime(2026, 3, 2, 9, tzinfo=UTC), tick=False) as traveller:
        yield traveller


@pytest.fixture
def officer(clock) -> Client:
    """An officer who has just signed in by the form."""
    browser = Client()
    browser.post("/accounts/login/", {"login": "officer", "password": PASSWORD})
    return browser


def test_a_session_ends_after_an_hour_without_a_request(officer, clock) -> None:
    clock.shift(timedelta(minutes=59))
    assert officer.get(PAGE).status_code == 200
    clock.shift(timedelta(minutes=61))
    assert officer.get(PAGE)["Location"].startswith("/accounts/login/")


def test_a_session_lasts_while_pages_are_asked_for_but_no_longer_than_a_working_day(
    officer, clock
) -> None:
    for _ in range(23):
        clock.shift(timedelta(minutes=30))
        assert officer.get(PAGE).status_code == 200
    clock.shift(timedelta(minutes=30))
    assert officer.get(PAGE)["Location"].startswith("/accounts/login/")
    assert not Session.objects.filter(expire_date__gt=datetime.now(UTC)).exists()


def test_a_page_does_not_write_the_session_each_time(officer, clock) -> None:
    def writes() -> int:
        with CaptureQueriesContext(connection) as queries:
            officer.get(PAGE)
        return sum("UPDATE" in query["sql"] for query in queries)

    assert [writes() for _ in range(3)] == [0, 0, 0]
    clock.shift(timedelta(minutes=6))
    assert [writes() for _ in range(3)] == [1, 0, 0]


def test_the_cookie_of_a_session_ends_with_the_browser(officer) -> None:
    assert not officer.cookies["sessionid"]["max-age"]
    assert officer.cookies["sessionid"]["httponly"]


@pytest.mark.parametrize(
    "address", [ADD, "/panel/2019-01-08/{D-2018-0600}/", "/2018-19/q3/checklist/"]
)
def test_a_form_that_comes_after_its_session_is_shown_again(address, officer, clock) -> None:
    address = placed(address)
    clock.shift(timedelta(minutes=61))

    answer = officer.post(
        address, {"name": "The <Linden> group", "_save": "1", "password": "hidden-away"}
    )

    words = answer.content.decode()
    assert answer.status_code == 403
    assert "The &lt;Linden&gt; group" in words
    assert "hidden-away" not in words
    assert f'href="/accounts/login/?next={address}"' in words


def test_whoever_signs_in_after_a_session_ended_is_not_told_of_it(officer, clock) -> None:
    clock.shift(timedelta(minutes=61))

    answer = officer.post("/accounts/login/", {"login": "officer", "password": PASSWORD})

    assert answer.status_code == 302


KEPT = "private, no-store"


@pytest.mark.parametrize("who", ["member", "officer"])
def test_nothing_that_somebody_signed_in_is_shown_is_kept(who) -> None:
    browser = Client()
    browser.force_login(User.objects.get(username=who))
    for lines in ADDRESSES.values():
        answer = browser.get(placed(lines[0].address))
        # whoever signed out is nobody any more
        assert answer.headers.get("Cache-Control") == KEPT or lines[0].address == "/healthz"


def test_the_page_with_a_second_factors_secret_is_not_kept() -> None:
    set_to_work()
    browser = Client()
    browser.post("/accounts/login/", {"login": "officer", "password": OWN_PASSWORD})

    page = browser.get("/accounts/2fa/totp/activate/")

    assert page.context["form"].secret
    assert page.headers["Cache-Control"] == KEPT


def test_the_pages_of_a_sign_in_under_way_are_not_kept() -> None:
    TOTP.activate(User.objects.get(username="officer"), "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP")
    browser = Client()
    sign_in = browser.get("/accounts/login/")
    browser.post("/accounts/login/", {"login": "officer", "password": PASSWORD})

    assert "no-store" in sign_in.headers["Cache-Control"]
    assert "no-store" in browser.get("/accounts/2fa/authenticate/").headers["Cache-Control"]


def test_public_pages_are_kept_for_a_minute_as_before() -> None:
    for address in ("/2018-19/q2/", "/2018-19/q2/board-paper.pdf", "/quarters/", "/definitions/"):
        assert "max-age=60" in Client().get(address).headers["Cache-Control"]


REFUSED = (
    "/admin/ctu/programme/1/change/",
    "/admin/nothing/",
    "/admin/rocu/ocg/?nothing=x",
    "/admin/rocu/ocg/?_to_field=name",
    "/admin/autocomplete/?app_label=x",
    "/admin/rocu/ocg/1/delete/",
    f"/admin/rocu/ocg/?id__in={'9' * 30}",
    "/2018-19/q3/",
)


def test_a_refusal_leaves_a_line_and_no_traceback_in_the_log(tmp_path) -> None:
    database = gunicorn.copy_of_the_database(tmp_path / "board.sqlite3")
    log = tmp_path / "log"

    with gunicorn.served(database, log=log) as address:
        browser = gunicorn.signed_in(address, "chair", PASSWORD)
        for path in REFUSED:
            assert 400 <= browser.get(address + path, timeout=20).status_code < 500, path
        other = {"Host": "elsewhere.example"}
        assert browser.get(address, headers=other, timeout=20).status_code == 400

    words = log.read_text()
    assert "Traceback" not in words
    for path in REFUSED:
        assert path.partition("?")[0] in words
    assert "elsewhere.example" in words


@pytest.mark.parametrize(
    ("status", "stays"), [(500, True), (None, True), (404, False), (400, False)]
)
def test_only_a_fault_of_our_own_keeps_its_traceback(status, stays) -> None:
    record = logging.makeLogRecord({"exc_info": (ValueError, ValueError(), None)})
    if status:
        record.status_code = status

    assert without_traceback(record)
    assert bool(record.exc_info) == stays
