"""The words of a unit's records, whatever their kind, read in one query for one day's release."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import msgspec
from django.db.models import (
    BigIntegerField,
    BooleanField,
    CharField,
    DateField,
    F,
    FilteredRelation,
    Q,
    QuerySet,
    Value,
)
from django.db.models.functions import Cast

from units.quarters import Quarter
from units.records import RecordKey, withhold, words_released
from units.terms import Status, Strand

WITH_SUBJECT = "Withheld with what it is an update of"


class Entry(msgspec.Struct, frozen=True):
    """One record in words; what its kind lacks is empty.

    `released` says whether title and description may be public; `update_released` the same of the
    quarter's status, update and next step. Without an update the status is None. `until` closes
    what `day` begins; `detail` is a second text beside the description; `unreviewed` says that the
    update was carried forward and nobody has reviewed it yet; `update_key` names its record.
    """

    title: str
    description: str
    strand: Strand | None
    owner: str
    day: date | None
    status: Status | None
    update: str
    next_step: str
    released: bool
    update_released: bool
    until: date | None = None
    detail: str = ""
    unreviewed: bool = False
    update_key: RecordKey | None = None


_RELEASE = ("marking", "restriction", "restriction_expiry")
_COLUMNS = (
    "kind_in", "order_in", "title_in", "description_in", "strand_in", "owner_in", "day_in",
    "status_in", "update_in", "next_step_in", "until_in", "detail_in",
    *_RELEASE, "source", "pk",
    "update_marking", "update_restriction", "update_expiry", "update_source", "update_pk",
    "unreviewed_in",
)  # fmt: skip


def entries(
    rows: QuerySet[Any],
    kind: str,
    *,
    quarter: Quarter | None = None,
    title: str = "title",
    order: str = "order",
    **columns: str,
) -> QuerySet[Any]:
    """Records as rows that `read` can put together with those of other models.

    `columns` name the fields that give description, strand, owner, day, until or detail. With a
    quarter, the record's update of that quarter (related name "updates") comes along.
    """
    empty = Value("", CharField())

    def column(name: str) -> Any:
        return F(columns[name]) if name in columns else empty

    def day(name: str) -> Any:
        return F(columns[name]) if name in columns else Cast(Value(None), DateField())

    if quarter is not None:
        rows = rows.annotate(
            now=FilteredRelation("updates", condition=Q(updates__quarter=quarter)),
        )
    updated = quarter is not None
    return rows.annotate(
        kind_in=Value(kind, CharField()),
        order_in=F(order),
        title_in=F(title),
        description_in=column("description"),
        strand_in=column("strand"),
        owner_in=column("owner"),
        day_in=day("day"),
        status_in=F("now__status") if updated else empty,
        update_in=F("now__update") if updated else empty,
        next_step_in=F("now__next_step") if updated else empty,
        until_in=day("until"),
        detail_in=column("detail"),
        update_marking=F("now__marking") if updated else empty,
        update_restriction=F("now__restriction") if updated else empty,
        update_expiry=F("now__restriction_expiry") if updated else Cast(Value(None), DateField()),
        unreviewed_in=F("now__carried_forward") if updated else Value(False, BooleanField()),
        source=Value(rows.model._meta.label_lower, CharField()),
        update_source=Value(
            rows.model._meta.get_field("updates").related_model._meta.label_lower, CharField()
        )
        if updated
        else empty,
        update_pk=F("now__pk") if updated else Cast(Value(None), BigIntegerField()),
    ).values_list(*_COLUMNS)


def read(first: QuerySet[Any], *others: QuerySet[Any], on: date) -> Mapping[str, tuple[Entry, ...]]:
    """The entries of each kind, in their order, from one query; a kind without any has none."""
    found: dict[str, list[Entry]] = {}
    for row in sorted(first.union(*others, all=True), key=lambda row: row[:2]):
        kind, _, title, description, strand, owner, day, status, update, next_step, *rest = row
        until, detail, *own, unreviewed = rest
        (*release, source, key), (*update_release, update_source, update_key) = own[:5], own[5:]
        released = words_released(*release, on=on, of=(source, key))
        updated = (update_source, update_key) if status else None
        # without an update there are no words to withhold
        update_released = updated is None or words_released(*update_release, on=on, of=updated)
        if updated and not released:
            withhold(updated, WITH_SUBJECT)
        found.setdefault(kind, []).append(
            Entry(
                title=title,
                description=description,
                strand=Strand(strand) if strand else None,
                owner=owner or "",
                day=day,
                status=Status(status) if status else None,
                update=update or "",
                next_step=next_step or "",
                released=released,
                update_released=update_released,
                until=until,
                detail=detail or "",
                unreviewed=bool(unreviewed),
                update_key=updated,
            )
        )
    return {kind: tuple(rows) for kind, rows in found.items()}
