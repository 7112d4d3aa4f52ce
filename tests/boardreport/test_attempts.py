"""Limits of sign-in, from both sides: nobody is kept out by others, and nobody guesses for long."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from allauth.mfa.totp.internal.auth import TOTP
from django.contrib.auth.models import User
from django.core.cache import cache
from django.test import Client

from boardreport.accounts.passwords import DEMONSTRATION as PASSWORD
from tests.at_work import OWN_PASSWORD, set_to_work

pytestmark = pytest.mark.django_db

LOGIN, CODE = "/accounts/login/", "/accounts/2fa/authenticate/"
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
OFFICE, ELSEWHERE = "203.0.113.7", "198.51.100.9"
WAIT = "There were too many failed attempts"


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(datetime(2026, 3, 2, 9, tzinfo=UTC), tick=False) as traveller:
        yield traveller


@pytest.fixture(autouse=True)
def nobody_tried_yet() -> None:
    cache.clear()


def at(address: str) -> Client:
    return Client(REMOTE_ADDR=address)


def tried(browser: Client, name: str, password: str = PASSWORD) -> str:
    """How a password fares: "in", "wrong" or "wait"."""
    answer = browser.post(LOGIN, {"login": name, "password": password})
    if answer.status_code == 302:
        browser.post("/accounts/logout/")
        return "in"
    return "wait" if WAIT in answer.content.decode() else "wrong"


def guessed(address: str, name: str, number: int) -> list[str]:
    """How many guesses of a stranger fare."""
    browser = at(address)
    return [tried(browser, name, f"guess {place}") for place in range(number)]


def known(name: str, address: str = OFFICE) -> Client:
    """A browser in which somebody has signed in and out again."""
    browser = at(address)
    assert tried(browser, name) == "in"
    return browser


def test_a_stranger_has_to_wait_after_five_wrong_passwords_and_even_with_the_right_one(
    clock,
) -> None:
    assert guessed(ELSEWHERE, "approver", 6) == ["wrong"] * 5 + ["wait"]
    assert tried(at(ELSEWHERE), "approver") == "wait"
    clock.shift(timedelta(minutes=1, seconds=1))
    assert tried(at(ELSEWHERE), "approver") == "in"


def test_whoever_waits_does_not_wait_longer_for_having_tried_meanwhile(clock) -> None:
    guessed(ELSEWHERE, "approver", 50)

    clock.shift(timedelta(minutes=1, seconds=1))

    assert tried(at(ELSEWHERE), "approver") == "in"


def test_the_longer_somebody_guesses_the_more_slowly(clock) -> None:
    wrong = 0
    for _ in range(60):
        wrong += guessed(ELSEWHERE, "approver", 6).count("wrong")
        clock.shift(timedelta(minutes=1))

    assert wrong == 20


def test_a_known_device_gets_in_whatever_others_get_wrong(clock) -> None:
    approver = known("approver")
    for address in (OFFICE, ELSEWHERE, *(f"192.0.2.{place}" for place in range(30))):
        guessed(address, "approver", 6)

    assert tried(at("192.0.2.200"), "approver") == "wait"
    assert tried(approver, "approver") == "in"


def test_an_unknown_device_gets_in_where_the_account_has_signed_in_before(clock) -> None:
    known("approver")
    for place in range(30):
        guessed(f"192.0.2.{place}", "approver", 6)
    for place in range(10):
        guessed(OFFICE, f"nobody-{place}", 5)

    assert tried(at(OFFICE), "approver") == "in"
    assert tried(at(OFFICE), "officer") == "wait"


def test_twenty_failures_from_one_address_keep_nobody_else_of_it_out(clock) -> None:
    for place in range(5):
        guessed(OFFICE, f"nobody-{place}", 5)

    assert tried(at(OFFICE), "approver") == "in"


def test_guesses_at_many_accounts_from_one_address_are_limited(clock) -> None:
    found = [guessed(ELSEWHERE, f"name-{place}", 1)[0] for place in range(40)]

    assert found == ["wrong"] * 30 + ["wait"] * 10


def test_guesses_from_many_addresses_at_one_account_are_limited(clock) -> None:
    found = [guessed(f"192.0.2.{place}", "approver", 1)[0] for place in range(120)]

    assert found == ["wrong"] * 100 + ["wait"] * 20


def test_a_name_without_an_account_waits_as_one_with_an_account_does(clock) -> None:
    assert guessed(ELSEWHERE, "nobody", 7) == guessed(ELSEWHERE, "approver", 7)
    assert guessed(ELSEWHERE, " Approver ", 1) == ["wait"]


def test_signing_in_oneself_between_guesses_makes_no_limit_longer(clock) -> None:
    browser, wrong = at(ELSEWHERE), 0
    for _ in range(40):
        wrong += tried(browser, "approver", "guess") == "wrong"
        tried(browser, "member")

    assert wrong == 5


def test_a_stolen_device_has_a_limit_of_its_own_which_leaves_the_owner_a_way_in(clock) -> None:
    thief, owner = known("approver", ELSEWHERE), known("approver", OFFICE)

    found = [tried(thief, "approver", "guess") for _ in range(20)]

    assert found == ["wrong"] * 15 + ["wait"] * 5  # ten by the device, five by its address
    assert tried(owner, "approver") == "in"


def test_a_device_is_known_to_the_account_alone_that_signed_in_on_it(clock) -> None:
    member = known("member", ELSEWHERE)

    found = [tried(member, "approver", "guess") for _ in range(6)]

    assert found == ["wrong"] * 5 + ["wait"]


@pytest.mark.parametrize("change", ["password", "forged", "elsewhere", "old"])
def test_a_device_is_no_longer_known(change, clock) -> None:
    browser = known("approver", ELSEWHERE)
    user = User.objects.get(username="approver")
    name = f"known_device_{user.pk}"
    match change:
        case "password":
            user.set_password("lantern-quarry-9")
            user.save()
        case "forged":
            browser.cookies[name] = browser.cookies[name].value[:-1]
        case "elsewhere":
            other = known("officer", ELSEWHERE)
            officer = User.objects.get(username="officer")
            browser.cookies[name] = other.cookies[f"known_device_{officer.pk}"].value
        case "old":
            clock.shift(timedelta(days=366))

    found = [tried(browser, "approver", "guess") for _ in range(6)]

    assert found == ["wrong"] * 5 + ["wait"]


def test_the_device_on_which_a_password_is_changed_stays_known(clock) -> None:
    browser = at(ELSEWHERE)
    browser.post(LOGIN, {"login": "approver", "password": PASSWORD})
    new = "lantern-quarry-9"
    browser.post(
        "/accounts/password/", {"oldpassword": PASSWORD, "password1": new, "password2": new}
    )
    browser.post("/accounts/logout/")
    guessed(ELSEWHERE, "approver", 6)

    assert tried(browser, "approver", new) == "in"


def test_the_cookie_of_a_device_is_for_the_sign_in_alone() -> None:
    browser = known("approver")

    cookie = browser.cookies[f"known_device_{User.objects.get(username='approver').pk}"]

    assert cookie["httponly"]
    assert (cookie["path"], cookie["samesite"]) == ("/accounts/", "Lax")


@pytest.fixture
def approver(clock: Any) -> User:
    """An approver of an office at work, with an authenticator app."""
    set_to_work()
    user = User.objects.get(username="approver")
    TOTP.activate(user, SECRET)
    return user


def code_tried(address: str | Client, code: str) -> str:
    """How a code fares after the right password: "in", "wrong" or "wait"."""
    browser = at(address) if isinstance(address, str) else address
    browser.post(LOGIN, {"login": "approver", "password": OWN_PASSWORD})
    answer = browser.post(CODE, {"code": code})
    if answer.status_code == 302:
        browser.post("/accounts/logout/")
        return "in"
    return "wait" if WAIT in answer.content.decode() else "wrong"


def right_code(clock: time_machine.Traveller) -> str:
    """The code that the app shows in a minute, since each is taken once."""
    from allauth.mfa.totp.internal import auth

    clock.shift(timedelta(minutes=1, seconds=5))
    return auth.format_hotp_value(auth.hotp_value(SECRET, int(time.time()) // 30))


def test_codes_are_not_guessed_from_many_addresses(approver) -> None:
    found = [code_tried(f"192.0.2.{place}", "000000") for place in range(25)]

    assert found == ["wrong"] * 20 + ["wait"] * 5


def test_whoever_knows_the_password_keeps_the_owner_out_by_no_wrong_code(approver, clock) -> None:
    owner = at(OFFICE)
    assert code_tried(owner, right_code(clock)) == "in"
    for place in range(25):
        code_tried(f"192.0.2.{place}", "000000")

    assert code_tried(owner, right_code(clock)) == "in"
    assert code_tried(OFFICE, right_code(clock)) == "in"
    assert code_tried("192.0.2.200", right_code(clock)) == "wait"
