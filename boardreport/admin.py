"""Entry of the board's papers in the admin; editions are there to be looked at."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from boardreport.models import (
    Action,
    Download,
    Edition,
    Office,
    Paper,
    PaperSection,
    Paragraph,
    Recommendation,
)
from units.entry import RecordAdmin
from units.roles import Role, roles_of

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
    fields = ("order", "text", "owner", "due_date", "status", "outcome", "marking")


class RecommendationInline(admin.StackedInline):
    """What a paper asks of the board; its resolution may be entered after publication."""

    model = Recommendation
    extra = 0
    fields = (
        ("order", "title"), "text", ("resolution", "resolved_on"), "resolution_words", "marking",
    )  # fmt: skip


@admin.register(Paper)
class PaperAdmin(RecordAdmin):
    """Papers with their sections and actions."""

    list_display = ("quarter", "title", "meeting_date", "presented_for", "author_title")
    list_filter = ("presented_for",)
    search_fields = ("title", "author_title", "report_of")
    ordering = ("-quarter",)
    autocomplete_fields = ("author",)
    inlines = (PaperSectionInline, RecommendationInline, ActionInline)


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


@admin.register(Recommendation)
class RecommendationAdmin(RecordAdmin):
    """Recommendations across papers, with what the board resolved."""

    list_display = ("title", "paper", "resolution", "resolved_on")
    list_filter = ("resolution", "paper__quarter")
    list_select_related = ("paper",)
    search_fields = ("title", "text", "resolution_words")
    ordering = ("-paper__quarter", "order")
    autocomplete_fields = ("paper",)


@admin.register(Edition)
class EditionAdmin(admin.ModelAdmin):
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
        "quarter", "audience", "number", "paper", "published_at", "published_by", "toolchain",
        "pdf_bytes", "content_sha256", "pdf_sha256", "previous_sha256", "sha256",
    )  # fmt: skip

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).defer("content", "pdf")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Download)
class DownloadAdmin(admin.ModelAdmin):
    """Copies of restricted papers that were handed out: for approvers and administrators to look at."""

    list_display = ("at", "reader", "quarter", "edition", "format", "copy")
    list_filter = ("format", "quarter")
    list_select_related = ("reader", "edition")
    date_hierarchy = "at"
    ordering = ("-at",)
    search_fields = (
        "copy",
        "reader__username",
        "reader__first_name",
        "reader__last_name",
        "sha256",
    )
    fields = ("at", "reader", "quarter", "edition", "format", "copy", "sha256")

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).defer("edition__content", "edition__pdf")

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(roles_of(request.user) & {Role.APPROVER, Role.ADMINISTRATOR})

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
