"""The door: who signs in how, who owes a second factor, and where it is asked for."""

import logging
import time
from base64 import urlsafe_b64encode
from collections.abc import Callable, Iterable
from hashlib import sha256
from http import HTTPStatus
from typing import Any, ClassVar

from allauth.account import app_settings as account_settings
from allauth.account import views as account
from allauth.account.adapter import DefaultAccountAdapter, get_adapter
from allauth.account.authentication import (
    AUTHENTICATION_METHODS_SESSION_KEY,
    get_authentication_records,
)
from allauth.account.internal.flows.login import record_authentication
from allauth.core import context
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.forms import AddWebAuthnForm, EditWebAuthnForm
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialLogin
from allauth.socialaccount.providers.base import AuthProcess
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.contrib.auth import SESSION_KEY, logout
from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import AnonymousUser, User
from django.contrib.sessions.backends.base import UpdateError
from django.contrib.sessions.models import Session
from django.core.exceptions import ImproperlyConfigured
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.template.response import TemplateResponse
from django.urls import URLPattern, URLResolver, reverse
from django.utils import timezone

from boardreport import attempts
from boardreport.models import Office
from boardreport.passwords import known_to_everybody
from units.records import TextFormField

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


class SignIn(account.LoginView):
    """The sign-in page: user name and password, and single sign-on where the office has it."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return {
            **super().get_context_data(**kwargs),
            "single_sign_on": settings.SOCIALACCOUNT_PROVIDERS["openid_connect"]["APPS"],
        }


@login_required
def change_password(request: HttpRequest) -> HttpResponse:
    """One's own password; whoever comes by single sign-on alone has none here."""
    if not request.user.has_usable_password():
        raise Http404
    answer = account.password_change(request)
    if request.method == "POST" and answer.status_code == HTTPStatus.FOUND:
        attempts.remember(request, answer, request.user)  # no other device is known any more
    return answer


class Accounts(DefaultAccountAdapter):
    """Accounts as an office keeps them."""

    error_messages: ClassVar[dict[str, str]] = {
        **DefaultAccountAdapter.error_messages,
        "username_password_mismatch": "User name and password do not belong together. Check both.",
        "too_many_login_attempts": TOO_MANY,
        "incorrect_password": "This is not your password. Enter it again.",
        "enter_current_password": "This is not your present password. Enter it again.",
        "rate_limited": TOO_MANY,
    }

    def authenticate(self, request: HttpRequest, **credentials: Any) -> User | None:
        """As allauth's, within our own limits: those of allauth let anybody keep anybody out."""
        tried = attempts.attempt(request, credentials.get("username", ""), of="password")
        if tried is None:
            raise self.validation_error("too_many_login_attempts")
        user = super().authenticate(request, **credentials)
        if user and known_to_everybody(credentials["password"]) and not _demonstration():
            return None  # what everybody knows opens nothing of an office's
        if user:
            tried.succeeded()
        return user

    def post_login(self, request: HttpRequest, user: User, **options: Any) -> HttpResponse:
        """As allauth's; the device is known from now on."""
        answer = super().post_login(request, user, **options)
        attempts.remember(request, answer, user)
        return answer

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Nobody signs up: the administrator makes accounts."""
        return False

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """Whoever signed in a few minutes ago is not asked for the password again."""
        request = context.request
        return not any(
            time.time() - record["at"] < account_settings.REAUTHENTICATION_TIMEOUT
            for record in get_authentication_records(request, request.user)
        )

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        """Back to the account’s page, which says that it was changed."""
        return reverse("mfa_index")

    def add_message(
        self,
        request: HttpRequest,
        level: int,
        message_template: str | None = None,
        *args: Any,
        **kwargs: Any,
    ) -> None:
        """Says what was changed; that somebody is signed in or out, every page shows anyway."""
        if message_template not in QUIET:
            super().add_message(request, level, message_template, *args, **kwargs)


class _Limited:
    """A form for a code, within our limits."""

    def clean_code(self) -> str:
        tried = attempts.attempt(context.request, self.user.get_username(), of="code")
        if tried is None:
            raise get_adapter().validation_error("too_many_login_attempts")
        code: str = super().clean_code()
        tried.succeeded()
        return code


class CodeForm(_Limited, AuthenticateForm):
    """The code at sign-in."""


class CodeAgainForm(_Limited, ReauthenticateForm):
    """The code before something of the account is changed."""


class Factors(DefaultMFAAdapter):
    """Second factors, under the office's name."""

    error_messages: ClassVar[dict[str, str]] = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": "This code is wrong or no longer valid. Enter the one that is shown now.",
    }

    def get_totp_issuer(self) -> str:
        """What an authenticator app writes above the code."""
        return Office.current().name

    def generate_authenticator_name(self, user: User, type: Authenticator.Type) -> str:
        """The name offered for a new key."""
        number = Authenticator.objects.filter(user=user, type=type).count() + 1
        return f"Key {number}"

    def encrypt(self, text: str) -> str:
        """A factor's secret as the database keeps it: whoever copies that alone has no factor."""
        return _ciphers().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """The secret again, one from before secrets were encrypted as well.

        Raises ImproperlyConfigured where the key that encrypted it is gone.
        """
        if not encrypted_text.startswith(ENCRYPTED):
            return encrypted_text
        try:
            return _ciphers().decrypt(encrypted_text).decode()
        except InvalidToken:
            raise ImproperlyConfigured(
                "A second factor was encrypted with another SECRET_KEY: name that one in "
                "SECRET_KEY_FALLBACKS, or run manage.py reset_second_factor USERNAME."
            ) from None


class NewKeyForm(AddWebAuthnForm):
    """A new security key, under a name of its holder's."""

    name = TextFormField(required=False)


class KeyForm(EditWebAuthnForm):
    """Another name for a security key."""

    name = TextFormField()


def _ciphers() -> MultiFernet:
    """Encrypts with SECRET_KEY, decrypts with the former ones as well."""
    keys = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    derived = (sha256(b"second factors" + key.encode()).digest() for key in keys)
    return MultiFernet([Fernet(urlsafe_b64encode(one)) for one in derived])


class IdentityProvider(DefaultSocialAccountAdapter):
    """Single sign-on: the identity provider says who comes, the administrator who may."""

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """Finds a newcomer's account by the e-mail address that the identity provider has verified."""
        # an address may be claimed by signing in alone, never for somebody who is signed in already
        sociallogin.state["process"] = AuthProcess.LOGIN
        if sociallogin.is_existing:
            return
        verified = [one.email for one in sociallogin.email_addresses if one.verified]
        users = User.objects.filter(email__iexact=verified[0]) if verified else User.objects.none()
        if len(users) != 1:
            raise ImmediateHttpResponse(
                render(request, "account/unknown.html", {"verified": verified}, status=403)
            )
        sociallogin.connect(request, users[0])
