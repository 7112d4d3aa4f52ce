"""The loader: records written in bulk, each with a dated entry in its history."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import models


def relation_model(model: Any, name: str) -> Any:
    """The model that keeps the history of a many-to-many field."""
    through = getattr(model, name).through
    field = model.history.model._meta.get_field(f"historical{through._meta.model_name}")
    return field.related_model


BATCH = 500
LONDON = ZoneInfo("Europe/London")


class Refused(Exception):
    """A record that its own model refuses: names the record, the field and the remedy."""


def check(record: models.Model) -> None:
    """The model's own rules, without a query a record; relations are left to the database."""
    relations = {field.name for field in record._meta.fields if field.is_relation}
    try:
        record.clean_fields(exclude=relations)
        record.clean()
    except ValidationError as error:
        told = "; ".join(
            f"{field}: {' '.join(messages)}" for field, messages in error.message_dict.items()
        )
        raise Refused(f"{record._meta.verbose_name} “{record}”: {told}") from error


def load[Model: models.Model](
    records: Sequence[Model], *, at: Iterable[datetime], by: User | None, reason: str
) -> list[Model]:
    """The records, checked and inserted, each with history saying who, when and why.

    Raises Refused where one breaks a rule of its model; nothing is written then.
    """
    for record in records:
        check(record)
    if not records:
        return []
    model = type(records[0])
    created = model._default_manager.bulk_create(records, batch_size=BATCH)
    write_history(created, at=at, by=by, reason=reason)
    return created


def write_history(
    records: Sequence[Any],
    *,
    at: Iterable[datetime],
    by: User | None,
    reason: str,
    changed: bool = False,
) -> None:
    """History entries of records just created, or just changed, at the given moments."""
    if not records:
        return
    for record, moment in zip(records, at, strict=True):
        record._history_date = moment
        record._history_user = by
    model = type(records[0])
    entries = model.history.bulk_history_create(
        records, batch_size=BATCH, update=changed, default_change_reason=reason
    )
    for field in getattr(model, "_history_m2m_fields", ()):
        _write_relation_history(model, field.name, records, entries)


def _write_relation_history(
    model: Any, name: str, records: Sequence[Any], entries: Sequence[Any]
) -> None:
    """What each record's many-to-many field held at its history entry."""
    through = getattr(model, name).through
    source = model._meta.get_field(name).m2m_field_name()
    entry_of = {record.pk: entry for record, entry in zip(records, entries, strict=True)}
    history = relation_model(model, name)
    rows = through.objects.filter(**{f"{source}__in": list(entry_of)})
    history.objects.bulk_create(
        (
            history(
                history=entry_of[getattr(row, f"{source}_id")],
                **{field.attname: getattr(row, field.attname) for field in through._meta.fields},
            )
            for row in rows
        ),
        batch_size=BATCH,
    )


def morning(day: date) -> datetime:
    """Ten o'clock on a day: when a fixture's record was entered."""
    return datetime.combine(day, time(10), tzinfo=LONDON)
