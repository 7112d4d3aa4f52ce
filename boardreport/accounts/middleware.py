"""Who is asked for a second factor, and how long a session lasts: decided before any view."""

import time
from collections.abc import Callable, Iterable
from http import HTTPStatus
from typing import Any

from allauth.account.authentication import (
    get_authentication_records,
)
from django.conf import settings
from django.contrib.auth import logout
from django.contrib.auth.models import AnonymousUser, User
from django.contrib.sessions.backends.base import UpdateError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.template.response import TemplateResponse
from django.urls import URLPattern, URLResolver, reverse

from boardreport.accounts.second_factor import (
    _OUTSIDE,
    BEGAN,
    RENEWED,
    WAIVED,
    WANTED,
    Respond,
    _demonstration,
    logger,
)
from boardreport.models import Office


def outside[View: Callable[..., Any]](view: View) -> View:
    """Makes a view one that answers before the second factor is shown: the sign-in's own pages."""
    _OUTSIDE.add(view)
    return view


def outside_all(patterns: Iterable[URLPattern | URLResolver]) -> list[URLPattern | URLResolver]:
    """As `outside`, for all views of these patterns and of what they include."""
    marked = list(patterns)
    for pattern in marked:
        if isinstance(pattern, URLPattern):
            outside(pattern.callback)
        else:
            outside_all(pattern.url_patterns)
    return marked


def enters_records(user: User | AnonymousUser) -> bool:
    """Whether a user can enter or decide anything; is_staff follows the groups (units.roles)."""
    return user.is_authenticated and (user.is_staff or user.is_superuser)


def second_factor_shown(request: HttpRequest) -> bool:
    """Whether this session was begun with a second factor, ours or the identity provider's."""
    if request.session.get(WAIVED):
        return True
    enough = {"mfa", "socialaccount"} if settings.OIDC_SECOND_FACTOR else {"mfa"}
    return any(
        record["method"] in enough for record in get_authentication_records(request, request.user)
    )


def second_factor_owed(request: HttpRequest) -> bool:
    """Whether whoever asks has still to show a second factor."""
    return enters_records(request.user) and not second_factor_shown(request)


class SecondFactor:
    """Middleware: whoever can enter records sets up a second factor before opening anything else.

    It is the view that decides, and never the address, which a request could move.
    """

    def __init__(self, respond: Respond) -> None:
        self.respond = respond

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.respond(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], *_: Any
    ) -> HttpResponse | None:
        if view in _OUTSIDE or not second_factor_owed(request):
            return None
        request.session[WANTED] = request.get_full_path() if request.method == "GET" else "/"
        return HttpResponseRedirect(reverse("mfa_index"))

    def process_template_response(
        self, request: HttpRequest, response: TemplateResponse
    ) -> TemplateResponse:
        """What the account's pages show around their own matter, fetched before they render."""
        if request.resolver_match and request.resolver_match.func in _OUTSIDE:
            owed = second_factor_owed(request)
            response.context_data = {
                "office": Office.current(),
                "second_factor_owed": owed,
                "wanted": None if owed else request.session.pop(WANTED, None),
                **(response.context_data or {}),
            }
        return response


def session_begins(request: HttpRequest, **_: Any) -> None:
    """On signing in: the session's age is counted from here."""
    request.session[BEGAN] = request.session[RENEWED] = time.time()


class Sessions:
    """Middleware: signs out whose session has lasted a working day, and renews it else.

    The database ends a session that was not renewed for SESSION_COOKIE_AGE; it is renewed while its
    user asks for pages, but not at each. A form that comes too late is shown again, to be copied.
    """

    def __init__(self, respond: Respond) -> None:
        self.respond = respond

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated:
            now = time.time()
            if now - request.session.get(BEGAN, 0) >= settings.SESSION_MOST_AGE:
                logout(request)
            elif now - request.session.get(RENEWED, 0) >= settings.SESSION_RENEWED_EVERY:
                request.session[RENEWED] = now
                if WAIVED in request.session and not _demonstration():
                    del request.session[WAIVED]
                try:
                    request.session.save()
                except UpdateError:  # a full disk, or a session that was ended at this moment
                    logger.warning("A session could not be renewed: is the disk full?")
                request.session.modified = False
        return self.respond(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], *_: Any
    ) -> HttpResponse | None:
        ended = settings.SESSION_COOKIE_NAME in request.COOKIES and request.user.is_anonymous
        if not ended or request.method != "POST" or view in _OUTSIDE:
            return None
        entered = [
            (name.replace("_", " "), value)
            for name, values in request.POST.lists()
            if not name.startswith("_") and name != "csrfmiddlewaretoken" and "password" not in name
            for value in values
            if value
        ]
        return render(
            request,
            "signed_out.html",
            {"office": Office.current(), "address": request.get_full_path(), "entered": entered},
            status=HTTPStatus.FORBIDDEN,
        )
