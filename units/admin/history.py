"""History, to be read: who changed what of a record, when, from what to what."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import msgspec
from django.db import models
from django.utils import timezone

from units.domain.english import capital, day_words, listed
from units.domain.measures import plain
from units.records.loader import relation_model

ONE_SAVE = timedelta(seconds=2)
"""A save writes the record, then its relations: entries so close that differ in them alone are one."""

EMPTY = "–"
KINDS = {"+": "Entered", "~": "Changed", "-": "Deleted"}


class Change(msgspec.Struct, frozen=True):
    """One field as it stood before and as it stands after."""

    field: str
    before: str
    after: str


class Entry(msgspec.Struct, frozen=True):
    """One save: `subject` names the part that was saved, "" being the record itself.

    `version` is the number under which the record is kept as it then stood; None for a part.
    """

    when: datetime
    who: str
    kind: str
    subject: str
    reason: str
    changes: tuple[Change, ...]
    version: int | None


class Version(msgspec.Struct, frozen=True):
    """A record as it stood after one entry: values by field, relations as sets of keys."""

    row: Any
    values: Mapping[str, Any]

    @property
    def relations(self) -> Mapping[str, Any]:
        """The values of its many-to-many fields, as a form's initial data."""
        return {name: value for name, value in self.values.items() if isinstance(value, frozenset)}


def versions(model: Any, rows: Sequence[Any]) -> list[Version]:
    """The values of history entries, in their order; one query for each many-to-many field."""
    related: dict[str, dict[int, set[Any]]] = {}
    for field in getattr(model, "_history_m2m_fields", ()):
        held: dict[int, set[Any]] = {row.pk: set() for row in rows}
        pairs = relation_model(model, field.name).objects.filter(history__in=list(held))
        for pk, key in pairs.values_list("history_id", f"{field.m2m_reverse_field_name()}_id"):
            held[pk].add(key)
        related[field.name] = held
    return [
        Version(
            row,
            {
                one.name: getattr(row, one.attname)
                for one in fields_of(model)
                if not one.many_to_many
            }
            | {name: frozenset(held[row.pk]) for name, held in related.items()},
        )
        for row in rows
    ]


def fields_of(model: Any) -> list[Any]:
    """The fields whose changes are told, in the model's order, relations last."""
    kept = [one for one in model._meta.fields if not one.primary_key and getattr(one, "told", True)]
    return [*kept, *(model._meta.get_field(one.name) for one in related_fields(model))]


def related_fields(model: Any) -> Iterable[Any]:
    return getattr(model, "_history_m2m_fields", ())


class Names:
    """The names of records that others refer to, each kind read once."""

    def __init__(self, model: Any, told: Iterable[Version]) -> None:
        keys: dict[Any, set[Any]] = {}
        for version in told:
            for field in fields_of(model):
                if field.is_relation:
                    value = version.values[field.name]
                    found = value if field.many_to_many else {value} - {None}
                    keys.setdefault(field.related_model, set()).update(found)
        self._names = {
            kind: {pk: str(row) for pk, row in kind._base_manager.in_bulk(found).items()}
            for kind, found in keys.items()
        }

    def shown(self, field: Any, value: Any) -> str:
        """A value as people read it."""
        if field.is_relation:
            names = self._names[field.related_model]
            if field.many_to_many:
                return listed(sorted(names.get(one, "one since deleted") for one in value)) or EMPTY
            return EMPTY if value is None else names.get(value, "one since deleted")
        return shown(field, value)


def shown(field: Any, value: Any) -> str:
    """A plain value as people read it, by the field's own choices; a dash for an empty one."""
    if value is None or value == "":
        return EMPTY
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime):
        return moment_words(value)
    if isinstance(value, date):
        return day_words(value)
    if isinstance(value, Decimal):
        return plain(value)
    return str(dict(getattr(field, "choices", None) or ()).get(value, value))


def moment_words(moment: datetime) -> str:
    """ "30 September 2018 at 10:00"."""
    here = timezone.localtime(moment)
    return f"{day_words(here.date())} at {here:%H:%M}"


def heading(field: Any) -> str:
    """A field's name with a capital, as forms write it."""
    return capital(str(field.verbose_name))


def changes(model: Any, before: Version, after: Version, names: Names) -> tuple[Change, ...]:
    """What differs between two versions, settled fields included."""
    return tuple(
        Change(
            heading(field),
            names.shown(field, before.values[field.name]),
            names.shown(field, after.values[field.name]),
        )
        for field in fields_of(model)
        if before.values[field.name] != after.values[field.name]
    )


def entries(record: Any, parts: Sequence[Any] = ()) -> list[Entry]:
    """The history of a record and of its parts, newest first.

    `parts` are the foreign keys, of models with history, that lead to the record.
    """
    model = type(record)
    told = list(_told(model, {model._meta.pk.attname: record.pk}))
    for field in parts:
        told += _told(field.model, {field.attname: record.pk}, {field.name: record})
    return sorted(told, key=lambda entry: entry.when, reverse=True)


def _told(
    model: Any, of: Mapping[str, Any], known: Mapping[str, Any] | None = None
) -> Iterator[Entry]:
    rows = list(
        model.history.filter(**of)
        .select_related("history_user")
        .order_by(model._meta.pk.attname, "history_date", "history_id")
    )
    kept = versions(model, rows)
    names = Names(model, kept)
    previous: Version | None = None
    for here, version in enumerate(kept):
        row = version.row
        if previous is not None and getattr(previous.row, model._meta.pk.attname) != getattr(
            row, model._meta.pk.attname
        ):
            previous = None
        if here + 1 < len(kept) and _one_save(version, kept[here + 1]):
            continue
        found = changes(model, previous, version, names) if previous is not None else ()
        # the first row of a save says whether it was an entry
        kind = "+" if previous is None and row.history_type == "~" else row.history_type
        if found or kind != "~" or row.history_change_reason:
            yield Entry(
                when=row.history_date,
                who=row.history_user.get_username() if row.history_user else "",
                kind=KINDS[kind],
                subject="" if known is None else _named(row, known),
                reason=row.history_change_reason or "",
                changes=found,
                version=row.pk if known is None else None,
            )
        previous = version


def _named(row: Any, known: Mapping[str, Any]) -> str:
    part = row.instance
    for name, record in known.items():
        setattr(part, name, record)  # so that its name asks the database nothing
    return f"{capital(part._meta.verbose_name)}: {part}"


def _one_save(version: Version, following: Version) -> bool:
    row, after = version.row, following.row
    relations = version.relations
    return (
        bool(relations)
        and row.instance.pk == after.instance.pk
        and row.history_user_id == after.history_user_id
        and after.history_type == "~"
        and after.history_date - row.history_date < ONE_SAVE
        and {**version.values, **relations} == {**following.values, **relations}
    )


def version(model: Any, pk: Any, number: Any) -> Version | None:
    """A record as it stood after the entry of that number; None where it has none such."""
    rows = list(model.history.filter(**{model._meta.pk.attname: pk, "history_id": number}))
    return versions(model, rows)[0] if rows else None


def now(obj: models.Model) -> Version:
    """A stored record's present values."""
    values = {one.name: getattr(obj, one.attname) for one in obj._meta.fields}
    for field in related_fields(type(obj)):
        values[field.name] = frozenset(getattr(obj, field.name).values_list("pk", flat=True))
    return Version(obj, values)
