"""Quarterly updates of every unit: what a quarter still lacks, and the last words carried forward."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

import msgspec
from django.contrib.auth.models import User
from django.db.models import FilteredRelation, Q, QuerySet
from django.utils import timezone

from units.domain.quarters import Quarter
from units.domain.vocabulary import Marking, Strand
from units.records.loader import load, morning
from units.records.models import RELEASE_FIELDS


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


def with_update(subjects: QuerySet[Any], quarter: Quarter) -> QuerySet[Any]:
    """Subjects, each with its update of a quarter as `now`; without one it has no such attribute."""
    of_quarter = FilteredRelation("updates", condition=Q(updates__quarter=quarter))
    return subjects.annotate(now=of_quarter).select_related("now")


def owed(kinds: Sequence[Subjects], quarter: Quarter) -> tuple[Owed, ...]:
    """What the kinds owe for a quarter, in board order, from a query each."""
    return tuple(_owed(kind, subject) for kind in kinds for subject in _lacking(kind, quarter))


def _lacking(kind: Subjects, quarter: Quarter) -> QuerySet[Any]:
    return (
        with_update(kind.model.objects.filter(kind.of(quarter)), quarter)
        .filter(Q(now__isnull=True) | Q(now__carried_forward=True))
        .order_by("order", "pk")
    )


def _owed(kind: Subjects, subject: Any) -> Owed:
    update = getattr(subject, "now", None)
    strand = getattr(subject, "strand", None)
    return Owed(
        kind=kind.update._meta.label_lower,
        relation=kind.relation,
        subject=subject.pk,
        title=f"{Strand(strand).heading}: {subject.title}" if strand else subject.title,
        lead=getattr(subject, kind.lead) if kind.lead else "",
        update=update and update.pk,
        sensitive=subject.marking != Marking.OFFICIAL or bool(subject.restriction),
    )


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
        subjects = with_update(kind.model.objects.filter(kind.of(quarter)), quarter)
        lacking = list(subjects.filter(now__isnull=True))
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


def load_with_updates(
    kind: Subjects,
    rows: Sequence[Mapping[str, Any]],
    *,
    entered: date,
    by: User | None,
    reason: str,
    year: int | None = None,
) -> None:
    """Subjects in board order, each with its updates, which are entered at the end of their quarter.

    A row gives the subject's fields, and under "updates" [status, where it stands, next step] by
    quarter, or these with a marking: "q2" of the year where there is one, else "2018-19-q2".
    """
    of_year = {} if year is None else {"year": year}
    subjects = load(
        [
            kind.model(
                **of_year,
                order=place,
                **{name: value for name, value in row.items() if name != "updates"},
            )
            for place, row in enumerate(rows)
        ],
        at=[morning(entered)] * len(rows),
        by=by,
        reason=reason,
    )
    updates = []
    for subject, row in zip(subjects, rows, strict=True):
        for key, (status, update, next_step, *marking) in row.get("updates", {}).items():
            record = kind.update(
                **{kind.relation: subject},
                quarter=Quarter.parse(key) if year is None else Quarter(year, int(key[1])),
                status=status,
                update=update,
                next_step=next_step,
            )
            if marking:
                record.marking = marking[0]
            updates.append(record)
    load(updates, at=[morning(one.quarter.end) for one in updates], by=by, reason=reason)
