"""What allauth asks the office: accounts, second factors, the identity provider."""

import time
from base64 import urlsafe_b64encode
from hashlib import sha256
from typing import Any, ClassVar

from allauth.account import app_settings as account_settings
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.authentication import (
    get_authentication_records,
)
from allauth.core import context
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialLogin
from allauth.socialaccount.providers.base import AuthProcess
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.contrib.auth.models import User
from django.core.exceptions import ImproperlyConfigured
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from boardreport.accounts import attempts
from boardreport.accounts.passwords import known_to_everybody
from boardreport.accounts.second_factor import ENCRYPTED, QUIET, TOO_MANY, _demonstration
from boardreport.models import Office


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
