"""Bulk actions: what will change is listed first; then all of it is written, or nothing."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import msgspec
from django import forms
from django.contrib import messages
from django.contrib.admin import action, helpers
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone

from units.admin import history
from units.domain.english import plural
from units.domain.measures import count
from units.domain.vocabulary import Marking, RestrictionKind
from units.records.fields import TextFormField
from units.records.loader import BATCH, write_history
from units.records.models import changed_together

BACK = "_back"
"""Under this name a form asks to be shown again as it was filled in, saving nothing."""

MOST = 500
"""Records that one bulk action changes: as many as a person can still look through."""


class Line(msgspec.Struct, frozen=True):
    """A record of a bulk action: how it stands, how it will stand, or why it can't."""

    pk: Any
    name: str
    before: str
    after: str
    refused: str

    @property
    def changes(self) -> bool:
        return self.before != self.after


class BulkAction(msgspec.Struct, frozen=True):
    """What a bulk action does: its question, the fields it sets, and what else a record must pass."""

    name: str
    title: str
    done: str
    warning: str
    fields: tuple[str, ...]
    form: type[forms.Form] | None = None
    fixed: Mapping[str, Any] = {}
    refusal: Callable[[Any], str] = lambda record: ""
    words: Callable[[Any], str] | None = None
    prefetched: tuple[str, ...] = ()
    reason: str = ""

    def values(self, form: forms.Form | None) -> Mapping[str, Any]:
        return self.fixed if form is None else {one: form.cleaned_data[one] for one in self.fields}


class MarkingForm(forms.Form):
    """The marking to give."""

    marking = forms.ChoiceField(choices=Marking.choices(), widget=forms.RadioSelect)


class RestrictionForm(forms.Form):
    """The reporting restriction to put records under."""

    restriction = forms.ChoiceField(
        label="Reporting restriction", choices=RestrictionKind.choices()
    )
    restriction_court = TextFormField(label="Court", max_length=100, required=False)
    restriction_start = forms.DateField(
        label="In force from", help_text="For example 2018-11-05 or 05/11/2018."
    )
    restriction_review = forms.DateField(
        label="To be reviewed on", required=False, help_text="A review or an expiry is required."
    )
    restriction_expiry = forms.DateField(
        label="Expires on", required=False, help_text="The last day on which it is in force."
    )

    def clean(self) -> dict[str, Any]:
        """Refuses a restriction without review or expiry, and one that ends before it begins."""
        values = super().clean() or {}
        start, expiry = values.get("restriction_start"), values.get("restriction_expiry")
        if not self.errors and not (values.get("restriction_review") or expiry):
            self.add_error("restriction_review", "Say when the restriction is reviewed or expires.")
        if start and expiry and expiry < start:
            self.add_error("restriction_expiry", "The restriction expires before it is in force.")
        return values


MARK = BulkAction(
    name="mark",
    title="Mark records",
    done="marked",
    warning="Words of a record marked OFFICIAL may be printed in the public edition, unless a "
    "reporting restriction is in force. Words marked OFFICIAL-SENSITIVE are read by those cleared "
    "for the restricted edition alone.",
    fields=("marking",),
    form=MarkingForm,
    reason="marked in bulk",
)
RESTRICT = BulkAction(
    name="restrict",
    title="Put records under a reporting restriction",
    done="put under the reporting restriction",
    warning="While the restriction is in force, no words of these records reach the public edition. "
    "A restriction that a record is under already is replaced.",
    fields=tuple(RestrictionForm.base_fields),
    form=RestrictionForm,
    reason="put under a reporting restriction in bulk",
)


def lines(bulk: BulkAction, records: Iterable[Any], values: Mapping[str, Any]) -> list[Line]:
    """What the values would make of each record. The records are changed, not saved."""
    found = []
    for record in records:
        before = _words(record, bulk)
        for name, value in values.items():
            setattr(record, name, value)
        after = _words(record, bulk)
        refused = "" if before == after else bulk.refusal(record) or _refusal(record)
        found.append(Line(record.pk, str(record), before, after, refused))
    return found


def _words(record: Any, bulk: BulkAction) -> str:
    """How a record stands in what the action changes."""
    if bulk.words:
        return bulk.words(record)
    told = [(record._meta.get_field(name), getattr(record, name)) for name in bulk.fields]
    if len(told) == 1:
        return history.shown(*told[0])
    filled = [
        f"{history.heading(field)}: {history.shown(field, value)}" for field, value in told if value
    ]
    return "; ".join(filled) or "none"


def _refusal(record: Any) -> str:
    """Why the record's own rules refuse it, in one line; "" where they don't."""
    relations = {field.name for field in record._meta.fields if field.is_relation}
    try:
        record.clean_fields(exclude=relations)
        record.clean()
    except ValidationError as error:
        return " ".join(message for told in error.message_dict.values() for message in told)
    return ""


@transaction.atomic
def apply(
    bulk: BulkAction, chosen: QuerySet[Any], values: Mapping[str, Any], *, by: Any
) -> list[Line]:
    """Writes the change to all records with a history entry each; to none where one is refused."""
    records = list(chosen.select_for_update(of=("self",)))
    found = lines(bulk, records, values)
    if not any(line.refused for line in found):
        changed = [one for one, line in zip(records, found, strict=True) if line.changes]
        if changed:
            chosen.model._base_manager.bulk_update(changed, list(values), batch_size=BATCH)
        moments = [timezone.now()] * len(changed)
        write_history(changed, at=moments, by=by, reason=bulk.reason, changed=True)
        changed_together.send(chosen.model, records=changed)
    return found


def run(
    admin: Any, request: HttpRequest, queryset: QuerySet[Any], bulk: BulkAction
) -> HttpResponse | None:
    """The page that asks, the page that lists, and at last the change; None goes back to the list."""
    # the list's own query may join and sort in ways that no row lock allows
    keys = list(queryset.order_by().values_list("pk", flat=True).distinct()[: MOST + 1])
    if len(keys) > MOST:
        admin.message_user(
            request,
            f"More than {MOST} records are chosen, which is the most that can be changed at once. "
            "Filter the list further. Nothing was changed.",
            messages.ERROR,
        )
        return None
    chosen = admin.model._default_manager.filter(pk__in=keys).order_by(*admin.ordering or ("pk",))
    chosen = chosen.prefetch_related(*bulk.prefetched)
    if admin.list_select_related:
        chosen = chosen.select_related(*admin.list_select_related)
    asked = "_ask" in request.POST
    form = bulk.form(request.POST if asked else None) if bulk.form else None
    values = bulk.values(form) if form is None or (asked and form.is_valid()) else None
    if values is None:
        found = [Line(row.pk, str(row), _words(row, bulk), "", "") for row in chosen]
    elif "_confirm" in request.POST and BACK not in request.POST:
        found = apply(bulk, chosen, values, by=request.user)
        if not any(line.refused for line in found):
            number = sum(line.changes for line in found)
            told = f"{count(number)} {plural(number, 'record')} {plural(number, 'was', 'were')}"
            admin.message_user(request, f"{told} {bulk.done}.", messages.SUCCESS)
            return None
    else:
        found = lines(bulk, chosen, values)
    context = {
        **admin.admin_site.each_context(request),
        "title": bulk.title,
        "opts": admin.opts,
        "bulk": bulk,
        "form": form,
        "lines": found,
        "decided": values is not None,
        "refused": [line for line in found if line.refused],
        "accepted": [line for line in found if not line.refused],
        "changing": sum(line.changes for line in found),
        "checkbox_name": helpers.ACTION_CHECKBOX_NAME,
        "media": admin.media,
    }
    return TemplateResponse(request, "admin/bulk_action.html", context)


def as_action(bulk: BulkAction, description: str) -> Any:
    """The bulk action as the admin's lists offer it, to those who may change the records."""

    @action(permissions=["change"], description=description)
    def act(admin: Any, request: HttpRequest, queryset: QuerySet[Any]) -> HttpResponse | None:
        return run(admin, request, queryset, bulk)

    act.__name__ = bulk.name
    return act


mark = as_action(MARK, "Mark the chosen records …")
restrict = as_action(RESTRICT, "Put the chosen records under a reporting restriction …")
