"""Signing in: the second factor and who owes it, limits, single sign-on, accounts in the admin."""

import base64
import hashlib
import hmac
import json
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import jwt
import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP
from cryptography.hazmat.primitives.asymmetric import rsa
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group, User
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ImproperlyConfigured, ValidationError
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from boardreport.accounts.passwords import DEMONSTRATION as PASSWORD
from boardreport.models import Office
from tests.at_work import OWN_PASSWORD, set_to_work
from units.domain.rights import Role

pytestmark = pytest.mark.django_db

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
SET_UP = "/accounts/2fa/"
USERS = "/admin/auth/user/"


def totp(secret: str) -> str:
    """RFC 6238, written out: the code that an authenticator app shows now."""
    digest = hmac.digest(base64.b32decode(secret), (int(time.time()) // 30).to_bytes(8), "sha1")
    place = digest[-1] & 15
    return f"{(int.from_bytes(digest[place : place + 4]) & 0x7FFFFFFF) % 10**6:06}"


def sign_in(name: str, password: str = "", **data: str) -> tuple[Client, Any]:
    """A browser and its answer; without a password, with that which the account has."""
    password = password or (PASSWORD if Office.current().demonstration else OWN_PASSWORD)
    browser = Client()
    answer = browser.post("/accounts/login/", {"login": name, "password": password, **data})
    return browser, answer


@pytest.fixture
def in_service() -> None:
    """An office at work: what the demonstration waives is waived no longer."""
    set_to_work()


@pytest.fixture
def officer(in_service: None) -> User:
    """A policy officer with an authenticator app."""
    user = User.objects.get(username="officer")
    TOTP.activate(user, SECRET)
    return user


def test_a_second_factors_secret_is_encrypted_and_outlives_a_change_of_key(
    officer, settings
) -> None:
    kept = Authenticator.objects.get(user=officer)

    assert SECRET not in json.dumps(kept.data)
    former, settings.SECRET_KEY = settings.SECRET_KEY, "n" * 50
    with pytest.raises(ImproperlyConfigured, match="SECRET_KEY_FALLBACKS"):
        kept.wrap().validate_code(totp(SECRET))
    settings.SECRET_KEY_FALLBACKS = [former]
    assert kept.wrap().validate_code(totp(SECRET))


def test_a_secret_from_before_secrets_were_encrypted_still_holds(officer) -> None:
    Authenticator.objects.update(data={"secret": SECRET})

    assert Authenticator.objects.get(user=officer).wrap().validate_code(totp(SECRET))


@pytest.mark.parametrize("who", ["officer", "chair", "approver", "administrator"])
def test_whoever_enters_records_sets_up_a_second_factor_before_anything_else(
    who, in_service
) -> None:
    browser, _ = sign_in(who)

    for address in ("/admin/", "/2018-19/q3/", "/2018-19/q2/", "/admin/nothing/"):
        answer = browser.get(address)
        assert (answer.status_code, answer["Location"]) == (302, SET_UP)
    page = browser.get(SET_UP).content.decode()
    assert "Set up a second factor" in page
    assert "/panel/" not in page
    assert "/panel/" not in browser.get("/nothing/").content.decode()
    assert browser.get("/healthz").status_code == 200


def test_a_superuser_owes_a_second_factor_as_well(in_service) -> None:
    User.objects.create_superuser("root", password=OWN_PASSWORD)

    browser, _ = sign_in("root")

    assert browser.get("/admin/")["Location"] == SET_UP


def test_a_member_who_only_reads_owes_none(in_service) -> None:
    browser, _ = sign_in("member")

    assert browser.get("/2018-19/q2/rocu/disruptions/").status_code == 200


def test_a_member_who_becomes_an_officer_owes_one_from_the_next_page_on(in_service) -> None:
    browser, _ = sign_in("member")

    User.objects.get(username="member").groups.add(Group.objects.get(name=Role.OFFICER.value))

    assert browser.get("/2018-19/q3/")["Location"] == SET_UP


def test_in_the_demonstration_nobody_is_asked_for_one() -> None:
    browser, answer = sign_in("officer", next="/admin/")

    assert answer["Location"] == "/admin/"
    assert browser.get("/admin/").status_code == 200


@pytest.mark.django_db(transaction=True)
def test_setting_up_an_app_opens_the_page_that_was_wanted(in_service) -> None:
    browser, _ = sign_in("officer")
    browser.get("/admin/rocu/disruption/")
    secret = browser.get(f"{SET_UP}totp/activate/").context["form"].secret

    wrong = browser.post(f"{SET_UP}totp/activate/", {"code": "12345"})
    right = browser.post(f"{SET_UP}totp/activate/", {"code": totp(secret)})

    assert "This code is wrong or no longer valid" in wrong.content.decode()
    assert right["Location"] == f"{SET_UP}recovery-codes/"
    codes = browser.get(right["Location"])
    assert len(codes.context["unused_codes"]) == 10
    assert 'href="/admin/rocu/disruption/"' in codes.content.decode()
    assert browser.get("/admin/rocu/disruption/").status_code == 200


def test_whoever_has_one_is_always_asked_for_it(officer) -> None:
    browser, answer = sign_in("officer", next="/admin/")

    assert answer["Location"] == f"{SET_UP}authenticate/"
    assert browser.get("/admin/")["Location"] == "/accounts/login/?next=/admin/"
    wrong = browser.post(answer["Location"], {"code": "000000"})
    assert "This code is wrong or no longer valid" in wrong.content.decode()
    right = browser.post(answer["Location"], {"code": totp(SECRET)})
    assert right["Location"] == "/admin/"
    assert browser.get("/admin/").status_code == 200


def test_whoever_has_one_is_asked_in_the_demonstration_too(officer) -> None:
    Office.objects.update(demonstration=True)

    _, answer = sign_in("officer", OWN_PASSWORD)

    assert answer["Location"] == f"{SET_UP}authenticate/"


def test_a_recovery_code_signs_in_once(officer) -> None:
    code = RecoveryCodes.activate(officer).get_unused_codes()[0]

    for expected in (302, 200):
        browser, answer = sign_in("officer")
        assert browser.post(answer["Location"], {"code": code}).status_code == expected


def test_a_session_from_before_the_factor_does_not_pass_for_one_with_it(in_service) -> None:
    stolen, _ = sign_in("officer")

    TOTP.activate(User.objects.get(username="officer"), SECRET)

    assert stolen.get("/admin/")["Location"] == SET_UP
    assert "began without your second factor" in stolen.get(SET_UP).content.decode()


def test_removing_the_last_factor_leads_to_setting_up_another(officer) -> None:
    browser, answer = sign_in("officer")
    browser.post(answer["Location"], {"code": totp(SECRET)})

    browser.post(f"{SET_UP}totp/deactivate/")

    assert not Authenticator.objects.exists()
    assert browser.get("/admin/")["Location"] == SET_UP


def test_nobody_signs_up() -> None:
    assert Client().get("/accounts/signup/").status_code == 404


def test_signing_out_takes_a_form() -> None:
    browser, _ = sign_in("member")

    assert b"Sign out?" in browser.get("/accounts/logout/").content
    assert browser.get("/2018-19/q2/rocu/disruptions/").status_code == 200
    browser.post("/accounts/logout/")
    assert browser.get("/2018-19/q2/rocu/disruptions/").status_code == 302


def test_a_password_is_changed_and_said_to_be() -> None:
    browser, _ = sign_in("member")
    changed = {"oldpassword": PASSWORD, "password1": "lantern-quarry-9", "password2": "x"}

    refused = browser.post("/accounts/password/", changed)
    answer = browser.post("/accounts/password/", changed | {"password2": "lantern-quarry-9"})

    assert 'aria-describedby=" id_password2_error"' in refused.content.decode()
    assert "assword" in browser.get(answer["Location"]).content.decode().split("<h1>")[0]
    assert sign_in("member", "lantern-quarry-9")[1].status_code == 302


@pytest.mark.parametrize("who", ["member", "officer", "administrator"])
def test_the_demonstrations_password_opens_nothing_of_an_offices(who) -> None:
    Office.objects.update(demonstration=False)

    browser, answer = sign_in(who, PASSWORD)

    assert "do not belong together" in answer.content.decode()
    assert browser.get("/2018-19/q2/rocu/disruptions/").status_code == 302


def test_nor_does_it_confirm_a_change_there(officer) -> None:
    browser, answer = sign_in("officer")
    browser.post(answer["Location"], {"code": totp(SECRET)})
    officer.set_password(PASSWORD)
    officer.save()
    browser.force_login(officer)

    answer = browser.post("/accounts/reauthenticate/", {"password": PASSWORD})

    assert "This is not your password" in answer.content.decode()


@pytest.mark.parametrize(
    "password", [PASSWORD, "Demonstration", "DEMONSTRATION1", " demonstration! "]
)
def test_nobody_chooses_the_demonstrations_password(password) -> None:
    browser, _ = sign_in("member")
    own = {"oldpassword": PASSWORD, "password1": password, "password2": password}

    answer = browser.post("/accounts/password/", own)

    assert "which everybody knows" in answer.content.decode()
    with pytest.raises(ValidationError, match="which everybody knows"):
        validate_password(password)
    validate_password("a demonstration in the park")


def test_a_demonstration_that_becomes_an_office_no_longer_waives_second_factors(settings) -> None:
    settings.SESSION_RENEWED_EVERY = 0
    browser, _ = sign_in("officer")
    assert browser.get("/admin/").status_code == 200

    Office.objects.update(demonstration=False)
    browser.get("/healthz")

    assert browser.get("/admin/")["Location"] == SET_UP


def test_the_right_to_use_the_admin_follows_the_groups() -> None:
    user, group = User.objects.create_user("new"), Group.objects.get(name=Role.CHAIR.value)

    user.groups.add(group)
    assert User.objects.get(pk=user.pk).is_staff
    group.user_set.clear()
    assert not User.objects.get(pk=user.pk).is_staff
    group.user_set.add(user)
    user.groups.set([Group.objects.get(name=Role.MEMBER.value)])
    assert not user.is_staff


def signed_in_as(who: str) -> Client:
    browser = Client()
    browser.force_login(User.objects.get(username=who))
    return browser


def test_an_administrator_makes_an_account_in_a_group() -> None:
    group = Group.objects.get(name=Role.OFFICER.value)
    data = {"username": "new", "groups": [group.pk], "usable_password": "true"}

    answer = signed_in_as("administrator").post(
        f"{USERS}add/", data | {"password1": "lantern-quarry-9", "password2": "lantern-quarry-9"}
    )

    assert answer.status_code == 302
    user = User.objects.get(username="new")
    assert user.is_staff
    assert not user.is_superuser


def test_an_administrator_resets_a_lost_factor_after_confirming(officer) -> None:
    Office.objects.update(demonstration=True)
    elsewhere = signed_in_as("officer")
    administrator = signed_in_as("administrator")
    chosen = {"action": "reset_factors", "_selected_action": officer.pk}

    page = administrator.post(USERS, chosen)
    assert "signed out everywhere" in page.content.decode()
    assert Authenticator.objects.filter(user=officer).exists()
    administrator.post(USERS, chosen | {"confirmed": "yes"})

    assert not Authenticator.objects.filter(user=officer).exists()
    assert elsewhere.get("/admin/").status_code == 302
    assert administrator.get("/admin/").status_code == 200
    entry = LogEntry.objects.get(object_id=str(officer.pk))
    assert (entry.user.username, entry.change_message) == ("administrator", "Second factor reset.")


def test_an_administrator_takes_over_no_superuser() -> None:
    root = User.objects.create_superuser("root", password=OWN_PASSWORD)
    TOTP.activate(root, SECRET)
    administrator = signed_in_as("administrator")

    administrator.post(
        USERS, {"action": "reset_factors", "_selected_action": root.pk, "confirmed": "yes"}
    )

    assert Authenticator.objects.filter(user=root).exists()
    for page in ("change/", "delete/", "password/"):
        assert administrator.post(f"{USERS}{root.pk}/{page}", {"post": "yes"}).status_code == 404


def test_the_command_line_resets_the_last_administrator(officer, capsys) -> None:
    call_command("reset_second_factor", "officer")

    assert not Authenticator.objects.exists()
    with pytest.raises(CommandError, match="no user “nobody”"):
        call_command("reset_second_factor", "nobody")


class Provider(BaseHTTPRequestHandler):
    """A small OpenID Connect provider: configuration, consent at once, tokens signed by RSA."""

    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    person: dict[str, Any]
    challenges: dict[str, str]

    def do_GET(self) -> None:
        issuer = f"http://localhost:{self.server.server_port}"
        if self.path.startswith("/authorize"):
            asked = {name: one for name, (one,) in parse_qs(urlsplit(self.path).query).items()}
            self.challenges["code-1"] = asked["code_challenge"]
            query = urlencode({"code": "code-1", "state": asked["state"]})
            self.send_response(302)
            self.send_header("Location", f"{asked['redirect_uri']}?{query}")
            self.end_headers()
        elif self.path == "/userinfo":
            self.tell(self.person)
        else:
            self.tell(
                {
                    "issuer": issuer,
                    "authorization_endpoint": f"{issuer}/authorize",
                    "token_endpoint": f"{issuer}/token",
                    "userinfo_endpoint": f"{issuer}/userinfo",
                    "jwks_uri": f"{issuer}/jwks",
                    "token_endpoint_auth_methods_supported": ["client_secret_post"],
                }
            )

    def do_POST(self) -> None:
        sent = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
        digest = hashlib.sha256(sent["code_verifier"][0].encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        if challenge != self.challenges.pop(sent["code"][0], None):
            self.send_error(400)
            return
        claims = {
            **self.person,
            "iss": f"http://localhost:{self.server.server_port}",
            "aud": "board",
            "iat": int(time.time()),
            "exp": int(time.time()) + 60,
        }
        token = jwt.encode(claims, self.key, algorithm="RS256", headers={"kid": "1"})
        self.tell({"access_token": "t", "token_type": "Bearer", "id_token": token})

    def tell(self, value: dict[str, Any]) -> None:
        body = json.dumps(value).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        """Quiet."""


@pytest.fixture
def provider(settings: Any) -> Iterator[type[Provider]]:
    """The office's identity provider, on loopback while a test runs."""
    Provider.person = {"sub": "7", "email": "officer@office.test", "email_verified": True}
    Provider.challenges = {}
    server = HTTPServer(("localhost", 0), Provider)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    settings.SOCIALACCOUNT_PROVIDERS = {
        "openid_connect": {
            "APPS": [
                {
                    "provider_id": "office",
                    "name": "Office account",
                    "client_id": "board",
                    "secret": "s",
                    "settings": {
                        "server_url": f"http://localhost:{server.server_port}",
                        "oauth_pkce_enabled": True,
                    },
                }
            ]
        }
    }
    yield Provider
    server.shutdown()
    thread.join()
    server.server_close()


def by_single_sign_on() -> tuple[Client, Any]:
    """Goes to the provider and back, as a browser would."""
    import requests

    browser = Client(SERVER_NAME="localhost")
    page = browser.get("/accounts/login/?next=/admin/").content.decode()
    assert "Sign in with Office account" in page
    away = browser.get("/accounts/oidc/office/login/?next=/admin/")["Location"]
    back = urlsplit(requests.get(away, allow_redirects=False, timeout=5).headers["Location"])
    return browser, browser.get(f"{back.path}?{back.query}")


@pytest.mark.parametrize(("trusted", "opened"), [(True, 200), (False, 302)])
def test_single_sign_on_finds_the_account_and_trusts_its_factor_by_setting_alone(
    trusted, opened, provider, in_service, settings
) -> None:
    settings.OIDC_SECOND_FACTOR = trusted
    User.objects.filter(username="officer").update(email="Officer@office.test")

    for _ in range(2):
        browser, answer = by_single_sign_on()
        assert answer["Location"] == "/admin/"
        assert browser.get("/admin/").status_code == opened
    assert User.objects.get(username="officer").has_usable_password()


@pytest.mark.parametrize(
    "person", [{"email": "stranger@office.test"}, {"email_verified": False}, {"email": None}]
)
def test_single_sign_on_makes_no_account(person, provider) -> None:
    User.objects.filter(username="officer").update(email="officer@office.test")
    Provider.person |= person
    before = User.objects.count()

    browser, answer = by_single_sign_on()

    assert answer.status_code == 403
    assert "There is no account for you here" in answer.content.decode()
    assert browser.get("/admin/").status_code == 302
    assert User.objects.count() == before


def test_a_code_of_somebody_elses_is_worth_nothing(provider) -> None:
    answer = Client().get(reverse("openid_connect_callback", args=["office"]) + "?code=a&state=b")

    assert "Single sign-on failed" in answer.content.decode()
