"""Reviewing what was carried forward: the admin's list says so, an action confirms several at once."""

from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse

from units.admin.bulk_actions import BACK
from units.domain.english import capital, plural, spelled

CONFIRMED = "confirmed as still true"


class CarriedForwardAdmin(admin.ModelAdmin):
    """A page of words that may have been carried forward; goes before RecordAdmin."""

    actions = ("confirm_still_true",)

    def get_list_display(self, request: HttpRequest) -> Any:
        first, *others = super().get_list_display(request)
        return (first, "review_state", *others)

    def get_list_filter(self, request: HttpRequest) -> Any:
        return (*super().get_list_filter(request), "carried_forward")

    def get_exclude(self, request: HttpRequest, obj: Any = None) -> Any:
        """The flag can be taken away and never set: it is shown only where it stands."""
        shown = obj is not None and obj.carried_forward
        return super().get_exclude(request, obj) if shown else ("carried_forward",)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """As Django's; words that were saved as they stood still wait for somebody to review them."""
        super().save_related(request, form, formsets, change)
        if form.instance.carried_forward:
            self.message_user(
                request,
                f"{form.instance} is still not reviewed: change its words, or take the tick from "
                "“carried forward” if they are still true.",
                messages.WARNING,
            )

    @admin.display(description="review", ordering="carried_forward")
    def review_state(self, record: Any) -> str:
        return "Not yet reviewed" if record.carried_forward else ""

    @admin.action(description="Confirm as still true", permissions=["change"])
    def confirm_still_true(
        self, request: HttpRequest, queryset: QuerySet[Any]
    ) -> HttpResponse | None:
        """Asks first, showing the words; then takes the flag away, with an entry in each history."""
        waiting = queryset.filter(carried_forward=True)
        names = self.opts.verbose_name, self.opts.verbose_name_plural
        if request.POST.get("post") and BACK not in request.POST:
            with transaction.atomic():
                number = 0
                for record in waiting.select_for_update(of=("self",)):
                    record.carried_forward = False
                    record._change_reason = CONFIRMED
                    record.save()
                    number += 1
            words = f"{capital(spelled(number))} {plural(number, *map(str, names))}"
            self.message_user(request, f"{words} {CONFIRMED}.", messages.SUCCESS)
            return None
        records = [
            (str(record), [(self._label(name), words) for name, words in _told(record) if words])
            for record in waiting
        ]
        if not records:
            self.message_user(
                request,
                "None of those was carried forward: there is nothing to confirm.",
                messages.WARNING,
            )
            return None
        context = {
            **self.admin_site.each_context(request),
            "title": f"Confirm {plural(len(records), *map(str, names))} as still true",
            "opts": self.opts,
            "records": records,
            "left_out": queryset.count() - len(records),
            "keys": queryset.values_list("pk", flat=True),
            "checkbox": ACTION_CHECKBOX_NAME,
        }
        return TemplateResponse(request, "admin/confirm_still_true.html", context)

    def _label(self, name: str) -> str:
        return capital(str(self.opts.get_field(name).verbose_name))


def _told(record: Any) -> list[tuple[str, str]]:
    """The words of a record by field, a status as people read it."""
    return [
        (name, getattr(record, f"get_{name}_display", lambda name=name: getattr(record, name))())
        for name in record.carried_words
    ]
