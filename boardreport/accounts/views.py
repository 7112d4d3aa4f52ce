"""Signing in and changing a password."""

from http import HTTPStatus
from typing import Any

from allauth.account import views as account
from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse

from boardreport.accounts import attempts


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
