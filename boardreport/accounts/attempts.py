"""How often passwords and codes are tried: a known device always gets in, strangers ever more slowly.

Nobody can keep somebody else out: what others get wrong counts against neither a device on which the
account has signed in before nor, at the address from which it did, what others get wrong elsewhere.
"""

import hashlib
import secrets
from datetime import timedelta

from allauth.core.internal import ratelimit
from django.conf import settings
from django.contrib.auth.models import User
from django.core import signing
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

RATES = {
    # what one device gets wrong, so that a stolen cookie is no way round all limits
    "device": "10/5m/key,30/h/key",
    # what is got wrong of one account from one address
    "here": "5/m/key,20/h/key",
    # from one address of accounts that have never signed in there
    "address": "30/m/ip,120/h/ip",
    # of one account from all addresses at which it has never signed in
    "password": "100/h/key",
    # six digits, tried by somebody who has the password
    "code": "20/h/key",
}
"""Attempts that fail, by allauth's grammar: each limit within a longer time is a lower rate."""

DEVICE = "known_device_"
DEVICE_SALT = "boardreport.known-device"
DEVICE_KEPT = timedelta(days=365)
ADDRESS_KEPT = timedelta(days=90)


class Attempt:
    """What an attempt used up of the limits; it is given back where the attempt succeeds."""

    def __init__(self, request: HttpRequest) -> None:
        self.request = request
        self.used: list[ratelimit.RateLimitUsage] = []

    def passes(self, action: str, key: str = "") -> bool:
        """Whether one more may fail; counted as one that does."""
        used = ratelimit.consume(
            self.request, app="boardreport", action=action, config=RATES, key=key
        )
        if used is None:
            return False
        self.used.append(used)
        return True

    def succeeded(self) -> None:
        """Takes what was counted off again."""
        for usage in self.used:
            usage.rollback()


def attempt(request: HttpRequest, name: str, *, of: str) -> Attempt | None:
    """One more attempt at the "password" or "code" of an account; None where it has to wait.

    A name without an account has the same limits, so that none of them says whether there is one.
    """
    tried = Attempt(request)
    user = User.objects.filter(username__iexact=name.strip()).first()
    device = _device(request, user) if user else ""
    if device and tried.passes("device", f"{of} {device}"):
        return tried
    here = _here(request, name)
    familiar = cache.get(f"signed-in:{here}") is not None
    if tried.passes("here", f"{of} {here}") and (
        familiar or (tried.passes("address") and tried.passes(of, _folded(name)))
    ):
        return tried
    tried.succeeded()  # nothing was tried
    return None


def remember(request: HttpRequest, response: HttpResponse, user: User) -> None:
    """After signing in: this device, and this address, are the account's from now on."""
    here = _here(request, user.get_username())
    cache.set(f"signed-in:{here}", True, ADDRESS_KEPT.total_seconds())
    told = {
        "device": secrets.token_hex(16),
        "password": _password_mark(user.get_session_auth_hash()),
    }
    response.set_cookie(
        f"{DEVICE}{user.pk}",
        signing.dumps(told, salt=f"{DEVICE_SALT}.{user.pk}"),
        max_age=DEVICE_KEPT,
        path=reverse("account_login").removesuffix("login/"),
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def _device(request: HttpRequest, user: User) -> str:
    """The device that asks, if the user has signed in on it with the present password; else ""."""
    try:
        told = signing.loads(
            request.COOKIES.get(f"{DEVICE}{user.pk}", ""),
            salt=f"{DEVICE_SALT}.{user.pk}",
            max_age=DEVICE_KEPT,
        )
    except signing.BadSignature:
        return ""
    hashes = (user.get_session_auth_hash(), *user.get_session_auth_fallback_hash())
    known = told["password"] in map(_password_mark, hashes)
    return str(told["device"]) if known else ""


def _password_mark(session_hash: str) -> str:
    """What changes with the password, and gives nothing of the session's own mark away."""
    return hashlib.sha256(f"{DEVICE_SALT} {session_hash}".encode()).hexdigest()[:32]


def _here(request: HttpRequest, name: str) -> str:
    """An account at the address that asks."""
    whose = f"{ratelimit.get_ip(request)} {_folded(name)}"
    return hashlib.sha256(whose.encode()).hexdigest()


def _folded(name: str) -> str:
    """A user name in the limits, however it is typed."""
    return name.strip().casefold()
