"""What papers promise and ask, and what became of it: actions, recommendations, verbal updates."""

from collections.abc import Sequence
from datetime import date
from functools import reduce
from operator import or_
from typing import Any

import msgspec
from django.db.models import CharField, DateField, F, Q, QuerySet, Value
from django.db.models.functions import Cast

from boardreport.exhibits import Promise, promised_table, resolved_table, said_table
from boardreport.models import Action, Paragraph, Rebase, Recommendation
from boardreport.prose import VERBAL_WORDS, promise_in
from boardreport.rebasing import agreed, in_words
from units.content import Table
from units.exhibits import readable
from units.quarters import Quarter
from units.records import words_released
from units.spc import Rebases
from units.terms import Audience, Marking


class Promises(msgspec.Struct, frozen=True):
    """The actions and recommendations of a quarter's paper, and what became of earlier papers'.

    `kept` are the tables that open the paper; a recommendation that the public may not read is
    among `recommendations` still. `rebased` is what the board has agreed to reckon anew.
    """

    actions: tuple[Promise, ...]
    recommendations: tuple[Promise, ...]
    kept: tuple[Table, ...]
    rebased: Rebases


ACTIONS, RECOMMENDATIONS, VERBAL, REBASES = "actions", "recommendations", "verbal", "rebases"
_LABELS = {
    ACTIONS: Action._meta.label_lower,
    RECOMMENDATIONS: Recommendation._meta.label_lower,
    VERBAL: Paragraph._meta.label_lower,
    REBASES: Rebase._meta.label_lower,
}


def promises(quarter: Quarter, *, audience: Audience, on: date) -> Promises:
    """A quarter's promises as an audience may read them on a day, in one query."""
    both = (quarter.previous, quarter)
    found = _read(
        _rows(Action.objects.filter(paper__quarter__in=both), ACTIONS, title="text",
              text="owner", state="status", told="outcome", day="due_date"),
        _rows(Recommendation.objects.filter(paper__quarter__in=both), RECOMMENDATIONS,
              title="title", text="text", state="resolution", told="resolution_words"),
        _rows(_verbal(quarter), VERBAL, paper="section__paper__", title="text", told="said"),
        _rows(agreed(quarter, on=on), REBASES, paper="recommendation__paper__", title="measure",
              text="reason", state="since", day="recommendation__resolved_on"),
        on=on,
    )  # fmt: skip

    def of(kind: str, *, past: bool, all_: bool = False) -> tuple[Promise, ...]:
        return tuple(
            one
            for one in found.get(kind, ())
            if (one.quarter < quarter) == past and (all_ or readable(one.released, audience))
        )

    before, resolved = of(ACTIONS, past=True), of(RECOMMENDATIONS, past=True)
    verbal = of(VERBAL, past=True)
    tables = (
        *((promised_table(before, quarter.previous),) if before else ()),
        *((resolved_table(resolved, quarter.previous),) if resolved else ()),
        *((said_table(verbal),) if verbal else ()),
    )
    return Promises(
        of(ACTIONS, past=False),
        of(RECOMMENDATIONS, past=False, all_=True),
        tables,
        in_words(found.get(REBASES, ()), audience),
    )


def _rows(
    records: QuerySet[Any], kind: str, *, paper: str = "paper__", **columns: str
) -> QuerySet[Any]:
    """Records as rows of one shape, so that one union reads every kind."""
    empty = Value("", CharField())
    texts = [F(columns[name]) if name in columns else empty for name in _TEXTS]
    day = F(columns["day"]) if "day" in columns else Cast(Value(None), DateField())
    return records.annotate(
        kind_in=Value(kind, CharField()),
        **{f"{name}_in": text for name, text in zip(_TEXTS, texts, strict=True)},
        day_in=day,
    ).values_list(
        "kind_in", f"{paper}quarter", "order", *(f"{name}_in" for name in _TEXTS), "day_in",
        "marking", "restriction", "restriction_expiry", "pk",
    )  # fmt: skip


_TEXTS = ("title", "text", "state", "told")


def _read(first: QuerySet[Any], *others: QuerySet[Any], on: date) -> dict[str, list[Promise]]:
    """The promises of each kind by quarter and order."""
    found: dict[str, list[Promise]] = {}
    for row in sorted(first.union(*others, all=True), key=lambda row: row[:3]):
        kind, quarter, _, title, text, state, told, day, *held, key = row
        if kind == VERBAL and not promise_in(title):
            continue
        released = words_released(*held, on=on, of=(_LABELS[kind], key))
        found.setdefault(kind, []).append(
            Promise(quarter, title, text, state, told, day, Marking(held[0]), released)
        )
    return found


def verbal_updates(quarter: Quarter) -> Sequence[Paragraph]:
    """The paragraphs of earlier papers that promised a verbal update, oldest first.

    Those of the paper before, and of any other those for which nobody entered what was said: a
    promise is listed in paper after paper until its outcome is on record.
    """
    ordered = (
        _verbal(quarter)
        .select_related("section__paper")
        .order_by("section__paper__quarter", "section__order", "order")
    )
    return [one for one in ordered if promise_in(one.text)]


def _verbal(quarter: Quarter) -> QuerySet[Paragraph]:
    """Those of `verbal_updates`, and a few that hold such a word by chance."""
    some_word = reduce(or_, (Q(text__icontains=word) for word in VERBAL_WORDS))
    due = Q(said="") | Q(section__paper__quarter=quarter.previous)
    return Paragraph.objects.filter(some_word & due, section__paper__quarter__lt=quarter)
