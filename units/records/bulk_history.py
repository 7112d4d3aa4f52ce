"""Insertion: many records written at once; their history is written by the database itself."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from functools import cache
from itertools import batched
from typing import Any

import msgspec
from django.contrib.auth.models import User
from django.db import connection, models

BATCH = 1_000


class Entry(msgspec.Struct, frozen=True):
    """What the history says of a change: when, by whom (None: nobody signed in), and why."""

    at: datetime
    by: User | None
    reason: str


def insert[Model: models.Model](
    records: Sequence[Model],
    entry: Entry,
    related: dict[str, Iterable[tuple[Model, models.Model]]] | None = None,
) -> list[Model]:
    """The records, checked by their caller, inserted with history.

    `related` gives, for a many-to-many field of theirs, pairs of a record and what it is related to.
    """
    if not records:
        return []
    model = type(records[0])
    created = model._default_manager.bulk_create(records)
    for name, pairs in (related or {}).items():
        field: Any = model._meta.get_field(name)
        source, target = field.m2m_field_name(), field.m2m_reverse_field_name()
        through = field.remote_field.through
        through._default_manager.bulk_create(
            through(**{f"{source}_id": one.pk, f"{target}_id": other.pk}) for one, other in pairs
        )
    record_history(model, [one.pk for one in created], entry)
    return created


@cache
def _history_of(model: Any) -> Any:
    """A model's history; asked for once, since its manager is made anew at each look."""
    return model.history.model


def record_history(model: Any, keys: Iterable[int], entry: Entry, *, changed: bool = False) -> None:
    """An entry in the history of each record, as it stands now, without reading it."""
    history = _history_of(model)
    copied = [field.column for field in history.tracked_fields]
    said = {
        "history_date": connection.ops.adapt_datetimefield_value(entry.at),
        "history_change_reason": entry.reason,
        "history_type": "~" if changed else "+",
        "history_user_id": entry.by and entry.by.pk,
    }
    for batch in _batches(keys):
        _run(
            f"INSERT INTO {_names(history._meta.db_table)} ({_names(*copied, *said)}) "
            # PostgreSQL must be told of which type a parameter is that may be NULL
            f"SELECT {_names(*copied)}, %s, %s, %s, CAST(%s AS integer) "
            f"FROM {_names(model._meta.db_table)} "
            f"WHERE {_names(model._meta.pk.column)} IN ({_marks(batch)})",
            [*said.values(), *batch],
        )
        for field in getattr(model, "_history_m2m_fields", ()):
            _record_relations(model, field.name, batch)


def _record_relations(model: Any, name: str, batch: Sequence[int]) -> None:
    """What each record's many-to-many field holds, beside the entry that was just written."""
    field = model._meta.get_field(name)
    through = field.remote_field.through
    history = _history_of(model)
    relation = history._meta.get_field(f"historical{through._meta.model_name}").related_model
    copied = [one.column for one in through._meta.fields]
    source = through._meta.get_field(field.m2m_field_name()).column
    entry = relation._meta.get_field("history").column
    number = _names(history._meta.pk.column)
    columns = ", ".join(f"held.{_names(column)}" for column in copied)
    _run(
        f"INSERT INTO {_names(relation._meta.db_table)} ({_names(entry, *copied)}) "
        f"SELECT entry.{number}, {columns} "
        f"FROM {_names(through._meta.db_table)} held JOIN {_names(history._meta.db_table)} entry "
        # found by the record: found by the moment, which all share, it would take a square of time
        f"ON entry.{number} = (SELECT MAX(latest.{number}) "
        f"FROM {_names(history._meta.db_table)} latest "
        f"WHERE latest.{_names(model._meta.pk.column)} = held.{_names(source)}) "
        f"WHERE held.{_names(source)} IN ({_marks(batch)})",
        batch,
    )


def _batches(keys: Iterable[int]) -> Iterator[tuple[int, ...]]:
    return batched(keys, BATCH, strict=False)


def _names(*names: str) -> str:
    return ", ".join(map(connection.ops.quote_name, names))


def _marks(values: Sequence[Any]) -> str:
    return ", ".join(["%s"] * len(values))


def _run(statement: str, parameters: Sequence[Any]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
