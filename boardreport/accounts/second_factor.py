"""The door: who signs in how, who owes a second factor, and where it is asked for."""

import logging
from collections.abc import Callable
from typing import Any

from allauth.account.authentication import (
    AUTHENTICATION_METHODS_SESSION_KEY,
    get_authentication_records,
)
from allauth.account.internal.flows.login import record_authentication
from allauth.mfa.models import Authenticator
from django.contrib.auth import SESSION_KEY
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from boardreport.models import Office

WAIVED = "second_factor_waived"

WANTED = "second_factor_before"

BEGAN, RENEWED = "session_began", "session_renewed"

ENCRYPTED = "gAAAA"
"""How every Fernet token begins, and no secret: those are in Base32 or hexadecimal digits."""

TOO_MANY = (
    "There were too many failed attempts. Wait a few minutes and try again. A device on which you have "
    "signed in before does not have to wait."
)

QUIET = ("account/messages/logged_in.txt", "account/messages/logged_out.txt")

logger = logging.getLogger(__name__)

type Respond = Callable[[HttpRequest], HttpResponse]

_OUTSIDE: set[Callable[..., Any]] = set()


def _demonstration() -> bool:
    """Whether this installation shows invented records, to whoever knows the well-known password."""
    return Office.current().demonstration


def waive_in_demonstration(request: HttpRequest, user: User, **_: Any) -> None:
    """On signing in: in a demonstration nobody is asked for a second factor, in an office everybody."""
    if _demonstration():
        request.session[WAIVED] = True


def remember_new_factor(
    request: HttpRequest, user: User, authenticator: Authenticator, **_: Any
) -> None:
    """On setting one up: it was just shown, so that this session has it."""
    if authenticator.type != Authenticator.Type.RECOVERY_CODES:
        record_authentication(request, user, "mfa", id=authenticator.pk, type=authenticator.type)


def forget_removed_factor(request: HttpRequest, user: User, **_: Any) -> None:
    """On removing one: where it was the last, no session is held to have shown it any more."""
    left = Authenticator.objects.filter(user=user).exclude(type=Authenticator.Type.RECOVERY_CODES)
    if left.exists():
        return
    records = get_authentication_records(request, user)
    request.session[AUTHENTICATION_METHODS_SESSION_KEY] = [
        record for record in records if record["method"] != "mfa"
    ]
    end_sessions(user, but=request.session.session_key)


def reset_second_factor(user: User) -> None:
    """Takes away all of a user's factors and sessions; the next sign-in leads to a new one."""
    Authenticator.objects.filter(user=user).delete()
    end_sessions(user)


def end_sessions(user: User, *, but: str | None = None) -> None:
    """Signs a user out everywhere, or everywhere but in one session."""
    for session in Session.objects.filter(expire_date__gt=timezone.now()).exclude(pk=but):
        if session.get_decoded().get(SESSION_KEY) == str(user.pk):
            session.delete()
