"""Quarterly updates of every unit: what a quarter still lacks, and the last words carried forward."""

from collections.abc import Callable, Sequence
from typing import Any

import msgspec
from django.contrib.auth.models import User
from django.db.models import CharField, F, FilteredRelation, IntegerField, Q, Value
from django.utils import timezone

from units.loader import load
from units.quarters import Quarter
from units.records import RELEASE_FIELDS
from units.terms import Marking, Strand


def of_year(quarter: Quarter) -> Q:
    """The condition that a subject belongs to the quarter's financial year."""
    return Q(year=quarter.year)


class Subjects(msgspec.Struct, frozen=True):
    """A kind of subject that has an update each quarter.

    `update` is the model of its updates, `relation` their field that leads to the subject, `of` the
    condition that a subject stands in a quarter. `alike` are the fields in which a subject of a new
    financial year equals the one it continues; empty where a subject lasts for more than a year.
    `lead` is the field that names the post to ask, "" where there is none.
    """

    update: Any
    relation: str
    of: Callable[[Quarter], Q]
    alike: tuple[str, ...] = ()
    lead: str = ""

    @property
    def model(self) -> Any:
        return self.update._meta.get_field(self.relation).related_model


class Owed(msgspec.Struct, frozen=True):
    """A subject without an update of the quarter, or with one carried forward and not reviewed.

    `kind` names the model of updates ("cyber.workstreamupdate"), `update` is the key of the one to
    review, None where it is missing. `lead` is "" where no post is named. `sensitive` says that the
    title may not leave the program in the clear.
    """

    kind: str
    relation: str
    subject: int
    title: str
    lead: str
    update: int | None
    sensitive: bool


def owed(kinds: Sequence[Subjects], quarter: Quarter) -> tuple[Owed, ...]:
    """What the kinds owe for a quarter, in board order, from one query."""
    parts = [_lacking(place, kind, quarter) for place, kind in enumerate(kinds)]
    rows = parts[0].union(*parts[1:], all=True) if len(parts) > 1 else parts[0]
    found = []
    for place, _, subject, title, strand, lead, update, marking, restriction in sorted(
        rows, key=lambda row: row[:3]
    ):
        kind = kinds[place]
        found.append(
            Owed(
                kind=kind.update._meta.label_lower,
                relation=kind.relation,
                subject=subject,
                title=f"{Strand(strand).heading}: {title}" if strand else title,
                lead=lead,
                update=update,
                sensitive=marking != Marking.OFFICIAL or bool(restriction),
            )
        )
    return tuple(found)


def _lacking(place: int, kind: Subjects, quarter: Quarter) -> Any:
    names = {field.name for field in kind.model._meta.fields}
    empty = Value("", CharField())
    return (
        kind.model.objects.filter(kind.of(quarter))
        .annotate(now=FilteredRelation("updates", condition=Q(updates__quarter=quarter)))
        .filter(Q(now__isnull=True) | Q(now__carried_forward=True))
        .annotate(
            place_in=Value(place, IntegerField()),
            strand_in=F("strand") if "strand" in names else empty,
            lead_in=F(kind.lead) if kind.lead else empty,
        )
        .values_list(
            "place_in", "order", "pk", "title", "strand_in", "lead_in", "now__pk",
            "marking", "restriction",
        )
    )  # fmt: skip


class CarriedOver(msgspec.Struct, frozen=True):
    """What carrying forward came to: updates made, and subjects that have no earlier words."""

    made: int = 0
    without: int = 0


def carry_forward(kinds: Sequence[Subjects], quarter: Quarter, *, by: User) -> CarriedOver:
    """Gives every subject without an update of a quarter its last one, flagged until reviewed.

    Words take their marking and reporting restriction along. A subject of a new year continues the
    one of last year that is alike. Doing it again changes nothing. Raises `loader.Refused` where an
    earlier update breaks a rule of today; run it in a transaction.
    """
    made = without = 0
    for kind in kinds:
        lacking = list(
            kind.model.objects.filter(kind.of(quarter))
            .annotate(now=FilteredRelation("updates", condition=Q(updates__quarter=quarter)))
            .filter(now__isnull=True)
        )
        if not lacking:
            continue
        last = _last_words(kind, quarter)
        fresh = []
        for subject in lacking:
            update = last.get(subject.pk) or last.get(_likeness(kind, subject))
            if update is not None:
                fresh.append(_again(kind, subject, update, quarter))
        load(fresh, at=[timezone.now()] * len(fresh), by=by, reason="carried forward")
        made += len(fresh)
        without += len(lacking) - len(fresh)
    return CarriedOver(made, without)


def _last_words(kind: Subjects, quarter: Quarter) -> dict[Any, Any]:
    """The last update before a quarter, by its subject's key and by the subject's likeness."""
    earlier = kind.update.objects.filter(quarter__lt=quarter)
    if kind.alike:
        earlier = earlier.filter(**{f"{kind.relation}__year__gte": quarter.year - 1})
    found = {}
    for update in earlier.select_related(kind.relation).order_by("quarter"):
        subject = getattr(update, kind.relation)
        found[subject.pk] = update
        if kind.alike:
            found[_likeness(kind, subject)] = update
    return found


def _likeness(kind: Subjects, subject: Any) -> tuple[Any, ...]:
    return tuple(getattr(subject, name) for name in kind.alike)


def _again(kind: Subjects, subject: Any, update: Any, quarter: Quarter) -> Any:
    words = {name: getattr(update, name) for name in (*kind.update.carried_words, *RELEASE_FIELDS)}
    record = kind.update(**{kind.relation: subject}, quarter=quarter, carried_forward=True, **words)
    record._change_reason = f"carried forward from {update.quarter}"
    return record
