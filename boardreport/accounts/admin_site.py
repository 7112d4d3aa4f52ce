"""The admin as a place with one door: sign-in for strangers, 404 for whoever has no business there."""

from collections.abc import Callable
from functools import update_wrapper
from typing import Any

from allauth.account.views import logout
from django.apps import apps
from django.contrib.admin import AdminSite, ModelAdmin
from django.contrib.admin.exceptions import DisallowedModelAdminLookup
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.widgets import AutocompleteSelect
from django.contrib.auth.views import redirect_to_login
from django.db import DataError
from django.db.models import Exists, Field, OuterRef, QuerySet, Transform
from django.db.models.constants import LOOKUP_SEP
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse

from units.domain.quarters import Quarter

type View = Callable[..., HttpResponse]

LONGEST_KEY = 19
"""Digits of the largest number that a database keeps as a key."""


class UnknownFilter(Http404):
    """A list was asked for by a filter, a value or a page that it does not have."""


class SearchTooLong(UnknownFilter):
    """A list was searched for more words than the database can look for at once."""


MOST_WORDS = 20
"""So many words a search of a list may have: SQLite fails at some hundreds."""
_LOOKUPS = frozenset({"exact", "in", "isnull", "gt", "gte", "lt", "lte"})
_REFUSED = {
    name for name, kind in Field.get_lookups().items() if not issubclass(kind, Transform)
} - _LOOKUPS
"""What no link of a list asks: a regular expression can hold a process for ever."""


class RecordSelect(AutocompleteSelect):
    """Django's choice of another record, which is shown again without what is no key."""

    def optgroups(self, name: str, value: list[Any], attrs: Any = None) -> list[Any]:
        """As Django's, which fails where a form is shown again with such a value."""
        keys = [one for one in value if one in ("", None) or _is_key(str(one))]
        return super().optgroups(name, keys, attrs)


def _is_key(text: str) -> bool:
    return text.isdecimal() and len(text) < LONGEST_KEY


class AsAsked:
    """What the pages of every model have in common, put before its own admin when that registers.

    A list shows what was asked for, or nothing: a filter that cannot be read never shows more.
    """

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **options: Any) -> Any:
        if db_field.name in self.get_autocomplete_fields(request):  # type: ignore[attr-defined]
            options.setdefault("widget", RecordSelect(db_field, self.admin_site))  # type: ignore[attr-defined]
        return super().formfield_for_foreignkey(db_field, request, **options)  # type: ignore[misc]

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        """As Django's, and of its comparisons only those that links of a list make."""
        if lookup.rpartition(LOOKUP_SEP)[2] in _REFUSED:
            return False
        return super().lookup_allowed(lookup, value, request)  # type: ignore[misc]

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """As Django's; a search of too many words finds nothing."""
        if len(search_term.split()) > MOST_WORDS:
            return queryset.none(), False
        return super().get_search_results(request, queryset, search_term)  # type: ignore[misc]

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        """As Django's; UnknownFilter where it would go on to the whole list, or fail."""
        if any(len(words.split()) > MOST_WORDS for words in request.GET.getlist("q")):
            raise SearchTooLong
        try:
            return super().get_changelist_instance(request)  # type: ignore[misc]
        except (
            IncorrectLookupParameters,
            DisallowedModelAdminLookup,
            OverflowError,
            DataError,
        ) as error:
            raise UnknownFilter from error

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """As Django's; 404 that says so where the list has no such filter, or record chosen in it."""
        try:
            if not all(map(_is_key, request.POST.getlist(ACTION_CHECKBOX_NAME))):
                raise UnknownFilter
            return super().changelist_view(request, extra_context)  # type: ignore[misc]
        except UnknownFilter as error:
            too_long = isinstance(error, SearchTooLong)
            context = {
                **self.admin_site.each_context(request),  # type: ignore[attr-defined]
                "title": "The search is too long" if too_long else "There is no such filter",
                "most_words": MOST_WORDS if too_long else None,
                "list_address": request.path,
            }
            return TemplateResponse(request, "admin/unknown_filter.html", context, status=404)


class EntrySite(AdminSite):
    """Records and papers; signing in and out, and the password, are the accounts' pages."""

    site_header = "Board Report: entry"
    site_title = "Board Report"
    index_title = "Records and papers"

    def register(self, models: Any, admin_class: Any = None, **options: Any) -> None:
        """As Django’s, with what all have in common put first."""
        own = admin_class or ModelAdmin
        with_ours = type(own)(own.__name__, (AsAsked, own), {"__module__": own.__module__})
        super().register(models, with_ours, **options)

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

    def reported(self) -> dict[Quarter, bool]:
        """The quarters with a paper, in order, and of each whether it has been published."""
        editions = apps.get_model("boardreport", "Edition").objects
        papers = apps.get_model("boardreport", "Paper").objects
        rows = papers.annotate(published=Exists(editions.filter(quarter=OuterRef("quarter"))))
        return dict(rows.order_by("quarter").values_list("quarter", "published"))

    def login(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """The same door as everywhere."""
        return to_sign_in(request.GET.get("next") or request.path.removesuffix("login/"))

    def logout(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """The same way out as everywhere."""
        return logout(request)

    def password_change(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """One’s own password is changed among the account’s pages."""
        return redirect("account_change_password")

    def password_change_done(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """As password_change."""
        return redirect("account_change_password")


def to_sign_in(wanted: str) -> HttpResponse:
    """The way to the sign-in page and back to what was wanted."""
    return redirect_to_login(wanted)
