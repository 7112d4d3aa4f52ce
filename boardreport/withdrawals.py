"""Withdrawal: an edition with words that were restricted afterwards is not read any more, at once."""

from typing import Any

from django.contrib.auth.models import User
from django.utils import timezone
from simple_history.models import HistoricalRecords

from boardreport import publications
from boardreport.guards import hold_chain
from boardreport.models import Edition, Withdrawal
from units.records import Record
from units.terms import Audience, Marking

NOTE = "Words were withdrawn from the edition before. No figure was changed."
STANDS = "Words were withdrawn; the rest stands as it was approved."


def withdraw_what_is_restricted(sender: type[Any], instance: Any, created: bool, **_: Any) -> None:
    """Whenever a record is saved whose words may not be public: withdraws the editions with them.

    The withdrawal is part of the transaction in which the record was saved. A publication without
    the words is queued in the name of who approved the edition; it is refused where anything else
    would change with it.
    """
    if created or not isinstance(instance, Record) or instance.released(timezone.localdate()):
        return
    hold_chain()
    line = f"{instance._meta.label_lower} {instance.pk}"
    held = (
        Edition.objects.filter(
            audience=Audience.PUBLIC, released__contains=f"\n{line}\n", withdrawal=None
        )
        .order_by("quarter", "number")
        .select_related("published_by")
        .defer("content", "pdf")
    )
    last = {}
    for edition in held:
        Withdrawal.objects.create(
            edition=edition,
            record=line,
            reason=_reason(instance),
            withdrawn_at=timezone.now(),
            withdrawn_by=_who_saves(instance),
        )
        last[edition.quarter] = edition
    for edition in last.values():
        newer = Edition.objects.filter(
            quarter=edition.quarter, audience=edition.audience, number__gt=edition.number
        )
        if not newer.exists():
            publications.queue(
                edition.quarter,
                by=edition.published_by,
                note=NOTE,
                overrule=STANDS,
                withdrawn=edition,
            )


def _reason(record: Record) -> str:
    if record.restriction:
        return str(record.get_restriction_display())  # type: ignore[attr-defined]
    return f"Its marking is now {Marking(record.marking).label}."


def _who_saves(record: Record) -> User | None:
    """Who is at it, as the history of the record has it."""
    request = getattr(HistoricalRecords.context, "request", None)
    user = getattr(record, "_history_user", None) or getattr(request, "user", None)
    return user if user and user.is_authenticated else None
