"""Entry: what the admin pages of every unit share — history, marking last, filters by quarter."""

from collections.abc import Sequence
from typing import Any, ClassVar

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from simple_history.admin import SimpleHistoryAdmin

from units.quarters import Quarter, UnknownQuarter

RELEASE_FIELDS = (
    "marking",
    "restriction",
    "restriction_court",
    "restriction_start",
    "restriction_review",
    "restriction_expiry",
)


class RecordAdmin(SimpleHistoryAdmin):
    """A record's page: its own fields first, then marking and reporting restriction."""

    list_per_page = 50
    save_on_top = True

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Sequence[Any]:
        if self.fieldsets:
            return self.fieldsets
        fields = self.get_fields(request, obj)
        own = [name for name in fields if name not in RELEASE_FIELDS]
        if len(own) == len(fields):
            return [(None, {"fields": own})]
        return [(None, {"fields": own}), ("Marking and release", {"fields": RELEASE_FIELDS})]

    def history_form_view(
        self, request: HttpRequest, object_id: str, version_id: str, extra_context: Any = None
    ) -> HttpResponse:
        """An entry of the history, to be looked at: what was decided is not put back by a click."""
        if request.method not in ("GET", "HEAD"):
            raise PermissionDenied
        return super().history_form_view(request, object_id, version_id, extra_context)


class DayQuarterFilter(admin.SimpleListFilter):
    """Records of one quarter, by the day on which they count."""

    title = "quarter"
    parameter_name = "quarter"
    field: ClassVar[str]

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        months = model_admin.model._default_manager.dates(self.field, "month", order="DESC")
        quarters = dict.fromkeys(Quarter.of(month) for month in months)
        return [(quarter.slug, quarter.label) for quarter in quarters]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if not self.value():
            return queryset
        try:
            quarter = Quarter.parse(str(self.value()))
        except UnknownQuarter:
            return queryset.none()
        return queryset.filter(**{f"{self.field}__range": (quarter.start, quarter.end)})


class SubjectAdmin(RecordAdmin):
    """What has a title and a place in the board order of one financial year."""

    list_display = ("title", "year", "order", "marking")
    list_filter = ("year", "marking")
    search_fields = ("title",)
    ordering = ("-year", "order")


class UpdateInline(admin.StackedInline):
    """The quarterly updates on a subject's own page; a subclass names the model."""

    extra = 0
    fields = ("quarter", "status", "update", "next_step", *RELEASE_FIELDS)


class UpdateAdmin(RecordAdmin):
    """Updates quarter by quarter; a subclass names the field that leads to their subject."""

    subject: ClassVar[str]
    list_filter = ("quarter", "status", "marking")

    def __init__(self, model: Any, admin_site: admin.AdminSite) -> None:
        subject = self.subject
        self.list_display = (subject, "quarter", "status", "update", "marking")
        self.list_select_related = (subject,)
        self.search_fields = (f"{subject}__title", "update", "next_step")
        self.ordering = ("-quarter", f"{subject}__order")
        self.autocomplete_fields = (subject,)
        super().__init__(model, admin_site)


class ReferenceDataAdmin(RecordAdmin):
    """Reference data, in board order."""

    list_display = ("name", "order", "valid_from", "valid_to")
    search_fields = ("name",)
    ordering = ("order", "name")
