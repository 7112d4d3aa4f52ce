"""Which records were saved since a moment, by whom and when: for who asks why something has changed."""

from collections.abc import Iterator
from datetime import datetime

import msgspec
from django.apps import apps
from django.contrib.admin.models import LogEntry
from django.utils import timezone
from simple_history.utils import get_history_manager_for_model

from units.domain.english import capital, listed

MOST = 5
"""So many records are named; the others are counted."""


class Saved(msgspec.Struct, frozen=True, order=True):
    """A record that was saved, in words, and the last time it was."""

    at: datetime
    words: str
    by: str

    def __str__(self) -> str:
        return f"{self.words} ({self.by}, {timezone.localtime(self.at):%H:%M})"


def saved_since(moment: datetime) -> tuple[Saved, ...]:
    """The records that were saved or deleted from a moment on, the latest first, each once."""
    last = {one.words: one for one in sorted(_saved(moment))}
    return tuple(sorted(last.values(), reverse=True))


def in_words(saved: tuple[Saved, ...]) -> str:
    """The records in a sentence, a few by name; "" where there are none."""
    if not saved:
        return ""
    more = [f"{len(saved) - MOST} more"] if len(saved) > MOST else []
    return f"Saved meanwhile: {listed([*map(str, saved[:MOST]), *more])}."


def _saved(moment: datetime) -> Iterator[Saved]:
    kept = [
        model
        for model in apps.get_models()
        if hasattr(model._meta, "simple_history_manager_attribute")
    ]
    for model in kept:
        rows = get_history_manager_for_model(model).filter(history_date__gte=moment)
        noun = capital(str(model._meta.verbose_name))
        for row in rows.select_related("history_user").order_by("history_date"):
            by = row.history_user.get_username() if row.history_user else "the command line"
            yield Saved(row.history_date, f"{noun} “{row.instance}”", by)
    # people and groups have no history of their own, but the admin's log names them
    known = {model._meta.label_lower for model in kept}
    for entry in LogEntry.objects.filter(action_time__gte=moment).select_related(
        "user", "content_type"
    ):
        kind = entry.content_type
        if kind and f"{kind.app_label}.{kind.model}" not in known:
            words = f"{capital(kind.name)} “{entry.object_repr}”"
            yield Saved(entry.action_time, words, entry.user.get_username())
