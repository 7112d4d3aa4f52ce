"""What papers promise and ask, and what became of it; re-bases that the board agreed."""

from collections.abc import Iterable, Sequence
from functools import reduce
from operator import or_
from typing import Any

import msgspec
from django.db.models import (
    Q,
    QuerySet,
)

from boardreport.markdown import VERBAL_WORDS, promise_in
from boardreport.models import (
    Action,
    Paragraph,
    Rebase,
    Recommendation,
)
from boardreport.report.tables import Promise, promised_table, resolved_table, said_table
from units.content.model import Table
from units.domain.control_charts import Rebase as Step
from units.domain.control_charts import Rebases
from units.domain.english import day_words
from units.domain.quarters import Quarter
from units.domain.vocabulary import Marking, Resolution
from units.records.release import ReleaseLog


class Promises(msgspec.Struct, frozen=True):
    """The actions and recommendations of a quarter's paper, and what became of earlier papers'.

    `kept` are the tables that open the paper; `rebased` is what the board has agreed to reckon anew.
    """

    actions: tuple[Promise, ...]
    recommendations: tuple[Promise, ...]
    kept: tuple[Table, ...]
    rebased: Rebases


def promises(quarter: Quarter, verbal: Iterable[Paragraph], log: ReleaseLog) -> Promises:
    """A quarter's promises as they may be read; `verbal` are those of `verbal_updates`."""
    both = {"paper__quarter__in": (quarter.previous, quarter)}
    order = ("paper__quarter", "order")
    actions = _readable(Action.objects.filter(**both).select_related("paper").order_by(*order), log)
    asked = Recommendation.objects.filter(**both).select_related("paper").order_by(*order)
    recommendations = _readable(asked, log)
    said = [
        Promise(one.section.paper.quarter, one.words, told=one.said)
        for one in verbal
        if log.readable(one, (one.marking_held, one.restriction_held, one.restriction_expiry_held))
    ]
    before = [_action(one) for one in actions if one.paper.quarter < quarter]
    resolved = [_recommendation(one, log) for one in recommendations if one.paper.quarter < quarter]
    return Promises(
        tuple(_action(one) for one in actions if one.paper.quarter == quarter),
        tuple(_recommendation(one, log) for one in recommendations if one.paper.quarter == quarter),
        (
            *((promised_table(before, quarter.previous),) if before else ()),
            *((resolved_table(resolved, quarter.previous),) if resolved else ()),
            *((said_table(said),) if said else ()),
        ),
        _rebased(quarter, log),
    )


def _readable(records: Iterable[Any], log: ReleaseLog) -> list[Any]:
    return [record for record in records if log.readable(record)]


def _action(action: Action) -> Promise:
    return Promise(
        action.paper.quarter,
        action.text,
        text=action.owner,
        state=action.status,
        told=action.outcome,
        day=action.due_date,
    )


def _recommendation(asked: Recommendation, log: ReleaseLog) -> Promise:
    return Promise(
        asked.paper.quarter,
        asked.title,
        text=asked.text,
        state=asked.resolution,
        told=asked.resolution_words,
        marking=Marking(asked.marking),
        restricted=not asked.is_public(log.on),
    )


AGREED = (Resolution.AGREED, Resolution.AMENDED)


def _rebased(quarter: Quarter, log: ReleaseLog) -> Rebases:
    """What the board had agreed to reckon anew up to a quarter, by measure, oldest first.

    The footnote says why only where that may be read.
    """
    agreed = Rebase.objects.filter(
        quarter__lte=quarter,
        recommendation__resolution__in=AGREED,
        recommendation__resolved_on__lte=log.on,
    )
    found: dict[str, tuple[Step, ...]] = {}
    for rebase in agreed.select_related("recommendation__paper").order_by("quarter", "pk"):
        asked = rebase.recommendation
        words = f"Re-based from {rebase.quarter}, as the board resolved"
        if asked.resolved_on:
            words += f" on {day_words(asked.resolved_on)}"
        words += f" on the paper for {asked.paper.quarter}"
        if log.readable(rebase):
            words += f": {rebase.reason.rstrip('.')}"
        step = Step(rebase.quarter, f"{words}.")
        found[rebase.measure] = (*found.get(rebase.measure, ()), step)
    return found


def commentary_and_verbal(quarter: Quarter) -> tuple[list[Paragraph], list[Paragraph]]:
    """The paragraphs of a quarter's paper, and those of earlier papers as `verbal_updates`."""
    own = Q(section__paper__quarter=quarter)
    found = list(_in_order(Paragraph.objects.as_published().filter(own | _promising(quarter))))
    return (
        [one for one in found if one.section.paper.quarter == quarter],
        [one for one in found if one.section.paper.quarter < quarter and promise_in(one.words)],
    )


def verbal_updates(quarter: Quarter) -> Sequence[Paragraph]:
    """The paragraphs of earlier papers that promised a verbal update, oldest first.

    Those of the paper before, and of any other those for which nobody entered what was said: a
    promise is listed in paper after paper until its outcome is on record. Their `words` hold it.
    """
    found = _in_order(Paragraph.objects.as_published().filter(_promising(quarter)))
    return [one for one in found if promise_in(one.words)]


def _in_order(paragraphs: QuerySet[Paragraph]) -> QuerySet[Paragraph]:
    return paragraphs.select_related("section__paper").order_by(
        "section__paper__quarter", "section__order", "order", "pk"
    )


def _promising(quarter: Quarter) -> Q:
    """The condition of `verbal_updates`, and of a few that hold such a word by chance."""
    some_word = reduce(or_, (Q(words__icontains=word) for word in VERBAL_WORDS))
    due = Q(said="") | Q(section__paper__quarter=quarter.previous)
    return Q(section__paper__quarter__lt=quarter) & due & some_word
