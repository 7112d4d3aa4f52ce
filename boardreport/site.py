"""The admin as a place with one door: sign-in for strangers, 404 for whoever has no business there."""

from collections.abc import Callable
from functools import update_wrapper
from typing import Any

from django.apps import apps
from django.contrib.admin import AdminSite
from django.contrib.admin.apps import AdminConfig
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect

from units.quarters import Quarter

type View = Callable[..., HttpResponse]


class EntrySite(AdminSite):
    """Records and papers; signing in and out, and the password, are the accounts' pages."""

    site_header = "Board Report: entry"
    site_title = "Board Report"
    index_title = "Records and papers"

    def admin_view(self, view: View, cacheable: bool = False) -> View:
        """As Django’s, but for whoever has no business in the admin there is none."""
        guarded = super().admin_view(view, cacheable)

        def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if not request.user.is_authenticated:
                return to_sign_in(request.get_full_path())
            if not self.has_permission(request):
                raise Http404
            return guarded(request, *args, **kwargs)

        return update_wrapper(answer, guarded)

    def is_published(self, quarter: Quarter) -> bool:
        """Whether a quarter has been published: what changes in it from then on is a revision."""
        editions = apps.get_model("boardreport", "Edition").objects
        return bool(editions.filter(quarter=quarter).exists())

    def login(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """The same door as everywhere."""
        return to_sign_in(request.GET.get("next") or request.path.removesuffix("login/"))

    def logout(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """The same way out as everywhere."""
        from allauth.account.views import logout  # this module is imported before any app is ready

        return logout(request)

    def password_change(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """One’s own password is changed among the account’s pages."""
        return redirect("account_change_password")

    def password_change_done(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """As password_change."""
        return redirect("account_change_password")


def to_sign_in(wanted: str) -> HttpResponse:
    """The way to the sign-in page and back to what was wanted."""
    from django.contrib.auth.views import redirect_to_login

    return redirect_to_login(wanted)


class EntryConfig(AdminConfig):
    """django.contrib.admin with this site."""

    default_site = "boardreport.site.EntrySite"
