"""Two people on one record: the second to save sees both versions and takes theirs, mine or a mix.

A record's version is that of its history, which every save writes to; the form carries it.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec
from django import forms
from django.forms.models import BaseModelFormSet
from django.http import QueryDict
from django.utils import timezone
from simple_history.models import HistoricalChanges

from units.admin import history
from units.domain.english import capital, listed

VERSION, SEEN, TAKE, ALL = "_version", "_seen", "_take-", "_take_all"
THEIRS, MINE = "theirs", "mine"
REMOVED = "removed"

type Fill = Callable[..., forms.ModelForm]
"""The class of a record's form."""


class Choice(msgspec.Struct, frozen=True):
    """A field, or a row of parts, in which the two versions differ; `picked` is "" until decided.

    `by_them` says whether they changed it at all, since I opened the form.
    """

    name: str
    label: str
    theirs: str
    mine: str
    picked: str
    by_them: bool

    @property
    def take(self) -> str:
        return TAKE + self.name


class Conflict(msgspec.Struct, frozen=True):
    """What the second to save is shown: who saved, when, the choices, and all that was entered."""

    who: str
    when: datetime
    choices: tuple[Choice, ...]
    carried: tuple[tuple[str, str], ...]
    version: str
    seen: str
    undecided: bool


def version_of(record: Any, parts: Sequence[Any]) -> str:
    """The version of a stored record with its parts, as the form carries it."""
    latest = [_latest(type(record), record._meta.pk.attname, record.pk)]
    latest += [_latest(field.model, field.attname, record.pk) for field in parts]
    return "-".join(map(str, latest))


def _latest(model: Any, path: str, pk: Any) -> int:
    found = model.history.filter(**{path: pk}).order_by("-history_id")
    return found.values_list("history_id", flat=True).first() or 0


def _numbers(text: str, length: int) -> list[int] | None:
    """The numbers of a version; None where the text is not one."""
    parts = text.split("-")
    if len(parts) != length or not all(part.isdecimal() for part in parts):
        return None
    return [int(part) for part in parts]


def met(
    record: Any, data: QueryDict, fill: Fill, formsets: Sequence[BaseModelFormSet]
) -> Conflict | QueryDict:
    """The data to save, or the conflict in the way.

    `data` is what was posted; `formsets` are bound to it. Where the record has not changed since,
    or in nothing that the form holds, the data are given back; where the choices are made, with
    what was taken of theirs put in.
    """
    parts = [formset.fk for formset in formsets]
    version, present = data.get(VERSION, ""), version_of(record, parts)
    base = _numbers(version, len(parts) + 1)
    if version == present or base is None:
        return data
    taken = _picks(data)
    choices = (
        *_of_fields(record, data, fill, base[0], taken),
        *(
            choice
            for formset, number in zip(formsets, base[1:], strict=True)
            for choice in _of_rows(formset, number, taken)
        ),
    )
    made = data.get(SEEN) == present
    contested = any(choice.by_them for choice in choices)
    if not contested or (made and all(choice.picked for choice in choices)):
        return _merged(record, data, fill, formsets, choices)
    who, when = _saved_by(record, parts, base)
    return Conflict(
        who, when, choices, tuple(_carried(data)), version, present, undecided=made
    )  # fmt: skip


def _picks(data: QueryDict) -> Callable[[str, str], str]:
    """By a choice's name, what was picked, or what stands to reason where nothing was."""

    def pick(name: str, otherwise: str) -> str:
        picked = data.get(ALL) or data.get(TAKE + name) or otherwise
        return picked if picked in (THEIRS, MINE) else ""

    return pick


def _obvious(they: bool, i: bool) -> str:
    if they and not i:
        return THEIRS
    return MINE if i and not they else ""


def _differs(field: forms.Field, initial: Any, entered: Any) -> bool:
    """Whether what was entered is not what stood there; line ends are no difference."""
    if isinstance(initial, str) and isinstance(entered, str):
        initial, entered = (" ".join(one.split()) for one in (initial, entered))
    return field.has_changed(initial, entered)


def _plain(value: Any) -> Any:
    """A form's initial value, such that equal ones compare equal."""
    if isinstance(value, (list, tuple, set, frozenset)):
        return frozenset(getattr(one, "pk", one) for one in value)
    return "" if value is None else value


def _of_fields(
    record: Any, data: QueryDict, fill: Fill, number: int, pick: Callable[[str, str], str]
) -> Iterator[Choice]:
    stood = history.version(type(record), record.pk, number)
    theirs, mine = fill(instance=record), fill(data, instance=record)
    base = fill(instance=stood.row.instance, initial=dict(stood.relations)) if stood else None
    for name, field in mine.fields.items():
        if name not in theirs.initial:
            continue
        entered, now = mine[name].data, theirs.get_initial_for_field(field, name)
        if not _differs(field, now, entered):
            continue
        before = base.get_initial_for_field(field, name) if base else now
        they = base is None or _plain(before) != _plain(now)
        i = base is None or _differs(field, before, entered)
        yield Choice(
            mine.add_prefix(name),
            str(field.label),
            _shown(field, now),
            _shown(field, entered),
            pick(name, _obvious(they, i)),
            by_them=they,
        )


def _rows(formset: BaseModelFormSet) -> Iterator[tuple[str, str, forms.ModelForm, Any]]:
    """(prefix, key, form as posted, stored row or None) of the rows that were there already."""
    stored = {str(row.pk): row for row in formset.get_queryset()}
    for place in range(formset.initial_form_count()):
        prefix = formset.add_prefix(place)
        key = formset.data.get(f"{prefix}-{formset.model._meta.pk.name}", "")
        row = stored.get(key)
        yield prefix, key, formset.form(formset.data, prefix=prefix, instance=row), row


def _of_rows(
    formset: BaseModelFormSet, number: int, pick: Callable[[str, str], str]
) -> Iterator[Choice]:
    model = formset.model
    for prefix, key, mine, row in _rows(formset):
        stood = None
        if key.isdecimal():
            kept = model.history.filter(**{model._meta.pk.attname: key, "history_id__lte": number})
            stood = kept.order_by("-history_id").first()
        base = formset.form(instance=stood.instance) if stood else None
        theirs = formset.form(instance=row) if row else None
        removed = bool(formset.data.get(f"{prefix}-DELETE"))
        fields = [(name, one) for name, one in mine.fields.items() if name != formset.fk.name]
        entered = {name: mine[name].data for name, _ in fields}
        if theirs is None and removed:
            continue
        if theirs is not None and base is not None:
            they = any(
                _plain(base.get_initial_for_field(one, name))
                != _plain(theirs.get_initial_for_field(one, name))
                for name, one in fields
            )
        else:
            they = theirs is None
        if not they:
            continue
        i = removed or any(
            base is None or _differs(one, base.get_initial_for_field(one, name), entered[name])
            for name, one in fields
        )
        stands = {name: theirs.get_initial_for_field(one, name) for name, one in fields if theirs}
        yield Choice(
            prefix,
            capital(str(model._meta.verbose_name)),
            _row_words(fields, stands) if theirs else REMOVED,
            REMOVED if removed else _row_words(fields, entered),
            pick(prefix, _obvious(they, i)),
            by_them=they,
        )


def _row_words(fields: Sequence[tuple[str, forms.Field]], values: Mapping[str, Any]) -> str:
    return "; ".join(f"{one.label}: {_shown(one, values[name])}" for name, one in fields)


def _shown(field: forms.Field, value: Any) -> str:
    """A value, stored or entered, as people read it."""
    if isinstance(field, forms.ModelChoiceField):
        several = isinstance(field, forms.ModelMultipleChoiceField)
        keys = [getattr(one, "pk", one) for one in (value or ())] if several else [value]
        wanted = [str(key) for key in keys if str(key).isdecimal()]
        names = [str(row) for row in field.queryset.filter(pk__in=wanted)] if wanted else []
        return listed(names) or history.EMPTY
    try:
        value = field.to_python(value)
    except forms.ValidationError:
        pass  # what cannot be read is shown as it was entered
    return history.shown(field, value)


def data_of(form: forms.ModelForm) -> dict[str, list[str]]:
    """What a browser would post of an unbound form left as it is, by the names of its inputs."""
    data: dict[str, list[str]] = {}
    for bound in form:
        widget, value = bound.field.widget, bound.value()
        widget = getattr(widget, "widget", widget)  # the admin wraps those of relations
        if isinstance(widget, forms.CheckboxInput):
            data[bound.html_name] = ["on"] if value else []
            continue
        written = widget.format_value(value)
        several = written if isinstance(written, (list, tuple)) else [written]
        data[bound.html_name] = [str(one) for one in several if one not in (None, "")]
    return data


def _merged(
    record: Any,
    data: QueryDict,
    fill: Fill,
    formsets: Sequence[BaseModelFormSet],
    choices: Sequence[Choice],
) -> QueryDict:
    """The data with theirs where theirs was taken."""
    merged = data.copy()
    for key in [*merged]:
        if key in (VERSION, SEEN, ALL) or key.startswith(TAKE):
            del merged[key]
    theirs = {choice.name for choice in choices if choice.picked == THEIRS}
    for name, values in data_of(fill(instance=record)).items():
        if name in theirs:
            merged.setlist(name, values)
    for formset in formsets:
        _merge_rows(formset, merged, theirs)
    return merged


def _merge_rows(formset: BaseModelFormSet, merged: QueryDict, theirs: set[str]) -> None:
    """Numbers a formset's rows anew: what they removed goes, or comes back as a row of mine."""
    stored, added = [], []
    for prefix, _, _, row in _rows(formset):
        mine = _taken_out(merged, prefix)
        if row is None:
            if prefix not in theirs and not mine.get("DELETE"):
                added.append(mine | {formset.model._meta.pk.name: []})
        elif prefix in theirs:
            form = formset.form(instance=row, prefix=prefix)
            kept = {name.removeprefix(f"{prefix}-"): one for name, one in data_of(form).items()}
            mine.pop("DELETE", None)
            stored.append(mine | kept)
        else:
            stored.append(mine)
    for place in range(formset.initial_form_count(), formset.total_form_count()):
        added.append(_taken_out(merged, formset.add_prefix(place)))
    for place, row_data in enumerate([*stored, *added]):
        for name, values in row_data.items():
            merged.setlist(f"{formset.add_prefix(place)}-{name}", values)
    merged[f"{formset.prefix}-INITIAL_FORMS"] = str(len(stored))
    merged[f"{formset.prefix}-TOTAL_FORMS"] = str(len(stored) + len(added))


def _taken_out(data: QueryDict, prefix: str) -> dict[str, list[str]]:
    names = [name for name in data if name.startswith(f"{prefix}-")]
    return {name.removeprefix(f"{prefix}-"): data.pop(name) for name in names}


def _saved_by(record: Any, parts: Sequence[Any], base: Sequence[int]) -> tuple[str, datetime]:
    """Who has saved since, and when last."""
    since: list[HistoricalChanges] = []
    paths = [(type(record), record._meta.pk.attname)]
    paths += [(field.model, field.attname) for field in parts]
    for (model, path), number in zip(paths, base, strict=True):
        rows = model.history.filter(**{path: record.pk, "history_id__gt": number})
        since += rows.select_related("history_user")
    names = sorted({row.history_user.get_username() for row in since if row.history_user})
    last = max((row.history_date for row in since), default=timezone.now())
    return listed(names) or "the command line", last


def _carried(data: QueryDict) -> Iterator[tuple[str, str]]:
    """Everything that was entered, so that the page of the conflict holds it."""
    for name, values in data.lists():
        if name not in ("csrfmiddlewaretoken", VERSION, SEEN, ALL) and not name.startswith(TAKE):
            yield from ((name, value) for value in values)
