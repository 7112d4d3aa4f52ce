"""Withdrawal: an edition with words that were restricted afterwards is not read any more, at once."""

from collections.abc import Container, Iterable, Sequence
from functools import partial, reduce
from operator import or_
from typing import Any

import msgspec
from django.apps import apps
from django.contrib import messages
from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import CharField, Exists, OuterRef, Q, QuerySet, Value
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import Truncator
from simple_history.models import HistoricalRecords

from boardreport.editions import notes
from boardreport.models import Edition, Withdrawal
from boardreport.models.triggers import hold_chain
from boardreport.publishing import publications
from boardreport.report.withheld_register import names_of
from units.domain.english import (
    capital,
    listed,
    plural,
    with_article,
)
from units.domain.vocabulary import Audience, Marking, RestrictionKind
from units.records.models import Record, rows_together
from units.records.release import record_line, record_of

STANDS = "Words were withdrawn; the rest stands as it was approved."

AGREED = "_withdraw"
"""Under this name a form gives the keys of the editions that whoever saves agrees to withdraw."""


class Held(msgspec.Struct, frozen=True):
    """An edition that holds words which may no longer be public, and the records of these words.

    `latest` says whether the public has no later edition of the quarter.
    """

    edition: Edition
    records: tuple[Record, ...]
    latest: bool


class NotAgreed(Exception):
    """A save would withdraw editions, and whoever saves has not agreed to that yet."""

    def __init__(self, held: Sequence[Held]) -> None:
        self.held = tuple(held)
        super().__init__(", ".join(str(one.edition) for one in held))


def withdraw_what_is_saved(sender: type[Any], instance: Any, created: bool, **_: Any) -> None:
    """Whenever a record is saved whose words may not be public: `withdraw`, in its transaction."""
    if isinstance(instance, Record) and not created:
        withdraw([instance], agreed=_agreed())


def withdraw_what_is_changed(sender: type[Any], records: Sequence[Any], **_: Any) -> None:
    """As `withdraw_what_is_saved`, for records that were changed in one statement."""
    withdraw([one for one in records if isinstance(one, Record)], agreed=_agreed())


def _agreed() -> frozenset[int] | None:
    """The editions that whoever saves has agreed to withdraw; None outside a request."""
    request = getattr(HistoricalRecords.context, "request", None)
    return None if request is None else agreed_in(request)


def agreed_in(request: HttpRequest) -> frozenset[int]:
    """The keys of the editions that a form agrees to withdraw."""
    return frozenset(int(key) for key in request.POST.getlist(AGREED) if key.isdecimal())


def withdraw_overlooked() -> tuple[Edition, ...]:
    """Withdraws what nobody told of: words restricted past the program, such as by SQL.

    Two queries where nothing was overlooked, else one more for each kind of record.
    """
    named: dict[str, set[int]] = {}
    for lines in _standing().values_list("released", flat=True):
        for line in filter(None, lines.split("\n")):
            label, key = record_of(line)
            named.setdefault(label, set()).add(key)
    free = Q(restriction="") | Q(restriction_expiry__lt=timezone.localdate())
    rows = rows_together(
        apps.get_model(label)
        .objects.filter(pk__in=keys)
        .exclude(free, marking=Marking.OFFICIAL)
        .values_list(Value(label, CharField()), "pk")
        for label, keys in named.items()
    )
    if not rows:
        return ()
    with transaction.atomic():
        return withdraw(
            [
                record
                for label in {label for label, _ in rows}
                for record in apps.get_model(label).objects.filter(
                    pk__in=[key for one, key in rows if one == label]
                )
            ]
        )


def withdraw(
    records: Iterable[Record], *, agreed: Container[int] | None = None
) -> tuple[Edition, ...]:
    """Withdraws the public editions that hold words of records whose words may not be public.

    NotAgreed where one of them is not among those `agreed`; None agrees to all. A publication without
    the words is queued in the name of who approved the edition; it is refused where anything else
    would change with it. Wants a transaction.
    """
    held = _holding(records)
    if agreed is not None and any(one.edition.pk not in agreed for one in held):
        raise NotAgreed(held)
    for one in held:
        Withdrawal.objects.create(
            edition=one.edition,
            record=_line(one.records[0]),
            reason=why(one.records[0]),
            withdrawn_at=timezone.now(),
            withdrawn_by=_who_saves(one.records[0]),
        )
    withdrawn = tuple(one.edition for one in held)
    if withdrawn:
        transaction.on_commit(partial(_tell, withdrawn))
    for edition in (one.edition for one in held if one.latest):
        publications.queue(
            edition.quarter,
            by=edition.published_by,
            note=notes.WITHDRAWN,
            overrule=STANDS,
            withdrawn=edition,
        )
    return withdrawn


def _holding(records: Iterable[Record]) -> tuple[Held, ...]:
    """The public editions that hold words of those records whose words may not be public.

    They stay the same until the transaction ends.
    """
    day = timezone.localdate()
    restricted = {_line(record): record for record in records if not record.is_public(day)}
    if not restricted:
        return ()
    hold_chain()
    holding = (Q(released__contains=f"\n{line}\n") for line in restricted)
    public = Edition.objects.filter(
        quarter=OuterRef("quarter"), audience=Audience.PUBLIC, number__gt=OuterRef("number")
    )
    rows = _standing().filter(reduce(or_, holding)).annotate(superseded=Exists(public))
    return tuple(
        Held(
            edition,
            tuple(restricted[line] for line in edition.released.split("\n") if line in restricted),
            not edition.superseded,
        )
        for edition in rows.select_related("published_by")
    )


def _line(record: Record) -> str:
    return record_line((record._meta.label_lower, record.pk))


def whose(found: Iterable[Withdrawal]) -> dict[int, SafeString]:
    """Whose words each of some withdrawals was for, by its key: the record, which leads to its page.

    A query for each kind of record.
    """
    rows = list(found)
    names = names_of(one.record for one in rows)
    return {one.pk: _subject(one.record, names.get(one.record)) for one in rows}


def _subject(line: str, name: str | None) -> SafeString:
    label, key = record_of(line)
    noun = capital(str(apps.get_model(label)._meta.verbose_name))
    if name is None:
        return format_html("{} {}, deleted since", noun, key)
    address = reverse(f"admin:{label.replace('.', '_')}_change", args=[key])
    return format_html(
        '{} <a href="{}">{}</a>', noun, address, Truncator(name or str(key)).chars(60)
    )


def cause(line: str, reason: str) -> str:
    """What happened to a record of which kind that an edition was withdrawn, in none of its words."""
    label, _ = record_of(line)
    noun = with_article(str(apps.get_model(label)._meta.verbose_name))
    if reason in [kind.heading for kind in RestrictionKind]:
        return f"a restriction was added to {noun}"
    return f"the marking of {noun} was raised"


def automatic(person: User, *, of: str, reason: str) -> str:
    """What follows a withdrawal by itself, by which rule and in whose name: of a record, as `cause`."""
    return f"Automatic: {cause(of, reason)}; in the name of {name_of(person)}"


def name_of(person: User) -> str:
    """A person's full name; the user name where there is none."""
    return person.get_full_name() or person.get_username()


def _tell(withdrawn: Sequence[Edition]) -> None:
    """Tells whoever is at it in the admin what followed from saving."""
    request = getattr(HistoricalRecords.context, "request", None)
    if request and getattr(request, "user", None) and request.user.is_authenticated:
        words = listed([f"{one.words.lower()} of {one.quarter}" for one in withdrawn])
        verb = plural(len(withdrawn), "holds", "hold")
        messages.warning(
            request,
            f"Withdrawn, since {plural(len(withdrawn), 'it', 'they')} {verb} words that may no longer "
            f"be public: {words}. The next edition is published without them as soon as a worker is "
            "free, unless other records of the quarter were changed since: then an approver publishes "
            "it. The quarter’s checklist tells how far it is.",
        )


def _standing() -> QuerySet[Edition]:
    """The public editions that are neither withdrawn nor erased, in order."""
    editions = Edition.objects.filter(audience=Audience.PUBLIC, withdrawal=None, erasure=None)
    return editions.order_by("quarter", "number").defer("content", "pdf")


def why(record: Record) -> str:
    """Why words of a record are withdrawn, as readers are told."""
    if record.restriction:
        return str(record.get_restriction_display())  # type: ignore[attr-defined]
    return f"Words in it are now marked {Marking(record.marking).label}."


def _who_saves(record: Record) -> User | None:
    """Who is at it, as the history of the record has it."""
    request = getattr(HistoricalRecords.context, "request", None)
    user = getattr(record, "_history_user", None) or getattr(request, "user", None)
    return user if user and user.is_authenticated else None
