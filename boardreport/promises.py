"""What papers promise and ask, and what became of it: actions, recommendations, verbal updates."""

from collections.abc import Sequence
from datetime import date
from functools import reduce
from operator import or_
from typing import Any

import msgspec
from django.db.models import (
    Case,
    CharField,
    DateField,
    F,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    TextField,
    Value,
    When,
)
from django.db.models.functions import Cast, Coalesce

from boardreport.exhibits import Promise, promised_table, resolved_table, said_table
from boardreport.models import Action, Edition, Paragraph, Rebase, Recommendation
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


_RELEASE = ("marking", "restriction", "restriction_expiry")
_HELD = tuple(f"{name}_held" for name in _RELEASE)


def promises(quarter: Quarter, *, audience: Audience, on: date) -> Promises:
    """A quarter's promises as an audience may read them on a day, in one query."""
    both = (quarter.previous, quarter)
    found = _read(
        _rows(Action.objects.filter(paper__quarter__in=both), ACTIONS, title="text",
              text="owner", state="status", told="outcome", day="due_date"),
        _rows(Recommendation.objects.filter(paper__quarter__in=both), RECOMMENDATIONS,
              title="title", text="text", state="resolution", told="resolution_words"),
        _rows(_verbal(quarter), VERBAL, paper="section__paper__", held=_HELD, title="words",
              told="said"),
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
    records: QuerySet[Any],
    kind: str,
    *,
    paper: str = "paper__",
    held: Sequence[str] = _RELEASE,
    **columns: str,
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
        *held, "pk",
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
    promise is listed in paper after paper until its outcome is on record. Their `words` hold it.
    """
    ordered = (
        _verbal(quarter)
        .select_related("section__paper")
        .order_by("section__paper__quarter", "section__order", "order")
    )
    return [one for one in ordered if promise_in(one.words)]


def _verbal(quarter: Quarter) -> QuerySet[Paragraph]:
    """Those of `verbal_updates`, and a few that hold such a word by chance."""
    some_word = reduce(or_, (Q(words__icontains=word) for word in VERBAL_WORDS))
    due = Q(said="") | Q(section__paper__quarter=quarter.previous)
    return as_published(Paragraph.objects.filter(due, section__paper__quarter__lt=quarter)).filter(
        some_word
    )


def as_published(paragraphs: QuerySet[Paragraph]) -> QuerySet[Paragraph]:
    """Paragraphs with their `words`: what the last edition of the paper says that is not erased.

    "" where it does not have the paragraph; of a paper that is not published, its words as they are
    now. Words that were rewritten since are held by what held them then, and by what holds them now:
    `marking_held`, `restriction_held` and `restriction_expiry_held`.
    """
    editions = Edition.objects.filter(
        quarter=OuterRef("section__paper__quarter"), erasure=None
    ).order_by("-pk")
    then = Paragraph.history.filter(
        id=OuterRef("pk"), history_date__lte=OuterRef("published")
    ).order_by("-history_date", "-history_id")
    rewritten = Q(published__isnull=False) & ~Q(words=F("text"))
    restricted = ~Q(restriction="")
    return paragraphs.annotate(
        published=Subquery(editions.values("published_at")[:1]),
        words=Case(
            When(published=None, then=F("text")),
            default=Coalesce(Subquery(then.values("text")[:1]), Value("", TextField())),
        ),
        marking_held=Case(
            When(
                rewritten & Q(marking=Marking.OFFICIAL), then=Subquery(then.values("marking")[:1])
            ),
            default=F("marking"),
        ),
        **{
            f"{name}_held": Case(
                When(rewritten & ~restricted, then=Subquery(then.values(name)[:1])),
                default=F(name),
            )
            for name in ("restriction", "restriction_expiry")
        },
    )
