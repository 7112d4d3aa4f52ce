"""The register of what was published, in the admin: editions, what became of them, copies; exports."""

from typing import Any

from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.db.models import Exists, OuterRef, Subquery
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html

from boardreport.editions.notes import replaces
from boardreport.editions.refs import Place
from boardreport.models import (
    Download,
    Edition,
    Erasure,
    Export,
    Publication,
    Withdrawal,
)
from boardreport.publishing.publications import STEPS
from boardreport.publishing.withdrawal import automatic, name_of, whose
from units.domain.vocabulary import Audience


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
        "named",
        "published_at",
        "approved",
        "stands",
    )
    list_filter = ("audience", "quarter")
    list_select_related = ("published_by", "withdrawal", "erasure")
    ordering = ("-quarter", "audience", "-number")
    search_fields = ("content_sha256", "pdf_sha256", "sha256", "note")
    fieldsets = (
        (
            None,
            {
                "fields": (
                    "quarter", "named", "stands", "paper", "published_at", "approved", "note",
                    "overruled", "overrule_reason",
                )
            },
        ),
        (
            "Chain",
            {
                "fields": (
                    "content_sha256", "pdf_sha256", "charts_sha256", "said_sha256",
                    "previous_sha256", "sha256", "pdf_bytes", "toolchain",
                )
            },
        ),
    )  # fmt: skip
    readonly_fields = ("named", "approved", "stands", "said_sha256")

    def get_queryset(self, request: HttpRequest) -> Any:
        later = Edition.objects.filter(
            quarter=OuterRef("quarter"),
            audience=OuterRef("audience"),
            number__gt=OuterRef("number"),
        )
        replaced = Withdrawal.objects.filter(
            edition__quarter=OuterRef("quarter"),
            edition__audience=Audience.PUBLIC,
            edition__number=OuterRef("number") - 1,
        )
        rows = (
            super()
            .get_queryset(request)
            .annotate(
                superseded=Exists(later),
                cause=Subquery(replaced.values("record")[:1]),
                why=Subquery(replaced.values("reason")[:1]),
            )
        )
        return rows.defer("content", "pdf")

    @admin.display(description="edition", ordering="audience")
    def named(self, edition: Edition) -> str:
        return edition.words

    @admin.display(description="published by", ordering="published_by")
    def approved(self, edition: Any) -> str:
        """Who published it; of one that followed a withdrawal by itself, which rule and whose name."""
        if not replaces(edition.note) or not edition.cause:
            return name_of(edition.published_by)
        return automatic(edition.published_by, of=edition.cause, reason=edition.why)

    @admin.display(description="how it stands")
    def stands(self, edition: Edition) -> str:
        if hasattr(edition, "erasure"):
            return "Erased"
        if hasattr(edition, "withdrawal"):
            return "Withdrawn"
        place = Place(edition.quarter, Audience(edition.audience), edition.number)
        words = "Superseded" if edition.superseded else "Latest"
        return format_html('{}, <a href="{}">read it</a>', words, reverse("overview", args=[place]))


class WithdrawalList(ChangeList):
    """A page of withdrawals, whose records are named in one query."""

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        named = whose(self.result_list)
        for one in self.result_list:
            one.whose = named[one.pk]


@admin.register(Withdrawal)
class WithdrawalAdmin(LookedAtAdmin):
    """Editions that were withdrawn, and whose words were the reason."""

    list_display = ("edition", "words_of", "reason", "withdrawn_at", "withdrawn_by")
    list_select_related = ("edition", "withdrawn_by")
    ordering = ("-withdrawn_at",)
    fields = ("edition", "words_of", "reason", "withdrawn_at", "withdrawn_by")
    readonly_fields = ("words_of",)

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return WithdrawalList

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).defer("edition__content", "edition__pdf")

    @admin.display(description="words of", ordering="record")
    def words_of(self, withdrawal: Any) -> str:
        if not hasattr(withdrawal, "whose"):
            withdrawal.whose = whose([withdrawal])[withdrawal.pk]
        return withdrawal.whose


@admin.register(Erasure)
class ErasureAdmin(LookedAtAdmin):
    """Editions whose bytes were erased; `manage.py erase_edition` does it."""

    list_display = ("edition", "reason", "erased_at", "erased_by")
    list_select_related = ("edition", "erased_by")
    ordering = ("-erased_at",)

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).defer("edition__content", "edition__pdf")


@admin.register(Publication)
class PublicationAdmin(LookedAtAdmin):
    """Publishing in the background, attempt by attempt."""

    list_display = ("quarter", "state", "asked", "asked_at", "ended_at")
    list_filter = ("state", "quarter")
    date_hierarchy = "asked_at"
    ordering = ("-pk",)
    fieldsets = (
        (None, {"fields": ("quarter", "state", "progress", "message", "ended_at")}),
        ("Asked for", {"fields": ("asked", "asked_at", "note", "overrule_reason", "withdrawn")}),
    )
    readonly_fields = ("asked", "progress")

    def get_queryset(self, request: HttpRequest) -> Any:
        rows = super().get_queryset(request).select_related("asked_by", "withdrawn__withdrawal")
        return rows.defer("withdrawn__content", "withdrawn__pdf")

    @admin.display(description="asked by", ordering="asked_by")
    def asked(self, publication: Publication) -> str:
        """Who asked for it; of what followed a withdrawal by itself as of its editions."""
        if not publication.withdrawn:
            return name_of(publication.asked_by)
        withdrawal = publication.withdrawn.withdrawal
        return automatic(publication.asked_by, of=withdrawal.record, reason=withdrawal.reason)

    @admin.display(description="how far it is")
    def progress(self, publication: Publication) -> str:
        done = f"{publication.steps_done} of {len(STEPS)} steps"
        return f"{done}: {publication.step}" if publication.step else done


class HandedOutAdmin(LookedAtAdmin):
    """A log of what readers took away, for approvers and administrators."""

    date_hierarchy = "at"
    ordering = ("-at",)
    readonly_fields = ("person",)

    @admin.display(description="reader", ordering="reader__username")
    def person(self, taken: Download | Export) -> str:
        name, username = taken.reader.get_full_name(), taken.reader.get_username()
        return f"{name} ({username})" if name else username


READERS = ("reader__username", "reader__first_name", "reader__last_name")


@admin.register(Download)
class DownloadAdmin(HandedOutAdmin):
    """Copies of what is restricted that were handed out."""

    list_display = ("at", "person", "file", "copy")
    list_filter = ("format", "quarter")
    list_select_related = ("reader", "edition")
    search_fields = ("copy", "file", *READERS, "sha256")
    fields = ("at", "person", "quarter", "edition", "format", "file", "copy", "sha256")

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).defer("edition__content", "edition__pdf")


@admin.register(Export)
class ExportAdmin(HandedOutAdmin):
    """Records that were exported, from the admin's lists or by the command."""

    list_display = ("at", "person", "number", "kind", "marking", "format")
    list_filter = ("kind", "marking", "format")
    list_select_related = ("reader",)
    search_fields = ("kind", *READERS, "sha256")
    fields = ("at", "person", "number", "kind", "marking", "format", "sha256")
