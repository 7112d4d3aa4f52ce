"""Entry of the board's papers in the admin; editions are there to be looked at."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from boardreport.models import (
    Action,
    Edition,
    Erasure,
    Office,
    Paper,
    PaperSection,
    Paragraph,
    Publication,
    Withdrawal,
)
from units.entry import RecordAdmin

admin.site.site_header = "Board Report: entry"
admin.site.site_title = "Board Report"
admin.site.index_title = "Records and papers"


@admin.register(Office)
class OfficeAdmin(RecordAdmin):
    """The one office."""

    list_display = ("name", "board", "region")

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        return [(None, {"fields": ("name", "region", "board")})]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return super().has_add_permission(request) and not Office.objects.exists()

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        obj.pk = 1
        super().save_model(request, obj, form, change)


class PaperSectionInline(admin.TabularInline):
    """The sections of a paper, in order."""

    model = PaperSection
    extra = 0


class ActionInline(admin.TabularInline):
    """What a paper promises."""

    model = Action
    extra = 0
    fields = ("order", "text", "owner", "due_date", "status", "marking")


@admin.register(Paper)
class PaperAdmin(RecordAdmin):
    """Papers with their sections and actions."""

    list_display = ("quarter", "title", "meeting_date", "presented_for", "author_title")
    list_filter = ("presented_for",)
    search_fields = ("title", "author_title", "report_of")
    ordering = ("-quarter",)
    autocomplete_fields = ("author",)
    inlines = (PaperSectionInline, ActionInline)


@admin.register(PaperSection)
class PaperSectionAdmin(RecordAdmin):
    """Sections across papers, to find one by name."""

    list_display = ("kind", "paper", "order")
    list_filter = ("paper__quarter", "kind")
    list_select_related = ("paper",)
    search_fields = ("kind", "paper__title")
    ordering = ("-paper__quarter", "order")
    autocomplete_fields = ("paper",)

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        return [(None, {"fields": ("paper", "kind", "order")})]


@admin.register(Paragraph)
class ParagraphAdmin(RecordAdmin):
    """Commentary, paragraph by paragraph."""

    list_display = ("__str__", "section", "part", "order", "marking")
    list_filter = ("section__paper__quarter", "section__kind", "marking")
    list_select_related = ("section__paper",)
    search_fields = ("text",)
    ordering = ("-section__paper__quarter", "section__order", "order")
    autocomplete_fields = ("section",)


@admin.register(Action)
class ActionAdmin(RecordAdmin):
    """Actions across papers."""

    list_display = ("text", "owner", "due_date", "status", "paper")
    list_filter = ("status", "paper__quarter")
    list_select_related = ("paper",)
    search_fields = ("text", "owner")
    date_hierarchy = "due_date"
    ordering = ("-paper__quarter", "order")
    autocomplete_fields = ("paper",)


class LookedAtAdmin(admin.ModelAdmin):
    """What is there to be looked at, never entered, changed or deleted by hand."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Edition)
class EditionAdmin(LookedAtAdmin):
    """What was published: to be looked at, never changed."""

    list_display = (
        "quarter",
        "audience",
        "number",
        "published_at",
        "published_by",
        "content_sha256",
    )
    list_filter = ("audience", "quarter")
    list_select_related = ("published_by",)
    ordering = ("-quarter", "audience")
    search_fields = ("content_sha256", "pdf_sha256", "sha256")
    fields = (
        "quarter", "audience", "number", "paper", "published_at", "published_by", "note",
        "overruled", "overrule_reason", "toolchain", "pdf_bytes",
        "content_sha256", "pdf_sha256", "charts_sha256",
        "previous_sha256", "sha256",
    )  # fmt: skip

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).defer("content", "pdf")


@admin.register(Withdrawal)
class WithdrawalAdmin(LookedAtAdmin):
    """Editions that were withdrawn, and whose words were the reason."""

    list_display = ("edition", "record", "reason", "withdrawn_at", "withdrawn_by")
    list_select_related = ("edition", "withdrawn_by")


@admin.register(Erasure)
class ErasureAdmin(LookedAtAdmin):
    """Editions whose bytes were erased; `manage.py erase_edition` does it."""

    list_display = ("edition", "reason", "erased_at", "erased_by")
    list_select_related = ("edition", "erased_by")


@admin.register(Publication)
class PublicationAdmin(LookedAtAdmin):
    """Publishing in the background, attempt by attempt."""

    list_display = ("quarter", "state", "asked_by", "asked_at", "ended_at", "message")
    list_filter = ("state", "quarter")
    list_select_related = ("asked_by",)
    ordering = ("-pk",)
