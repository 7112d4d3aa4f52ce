"""What papers promise and ask, and what became of it: actions, recommendations, verbal updates."""

from collections.abc import Sequence
from datetime import date
from functools import reduce
from operator import or_

import msgspec
from django.db.models import Q

from boardreport.exhibits import promised_table, resolved_table, said_table
from boardreport.models import Action, Paragraph, Recommendation
from boardreport.prose import VERBAL_WORDS, promise_in
from units.content import Table
from units.exhibits import readable
from units.quarters import Quarter
from units.terms import Audience


class Promises(msgspec.Struct, frozen=True):
    """The actions and recommendations of a quarter's paper, and what became of earlier papers'.

    `kept` are the tables that open the paper; a recommendation that the public may not read is
    among `recommendations` still.
    """

    actions: tuple[Action, ...]
    recommendations: tuple[Recommendation, ...]
    kept: tuple[Table, ...]


def promises(quarter: Quarter, *, audience: Audience, on: date) -> Promises:
    """A quarter's promises as an audience may read them on a day; three queries."""
    both = (quarter.previous, quarter)
    actions = [
        one
        for one in Action.objects.filter(paper__quarter__in=both)
        .select_related("paper")
        .order_by("order")
        if readable(one.released(on), audience)
    ]
    recommendations = list(
        Recommendation.objects.filter(paper__quarter__in=both)
        .select_related("paper")
        .order_by("order")
    )
    before = [one for one in actions if one.paper.quarter != quarter]
    resolved = [
        one
        for one in recommendations
        if one.paper.quarter != quarter and readable(one.released(on), audience)
    ]
    verbal = [one for one in verbal_updates(quarter) if readable(one.released(on), audience)]
    tables = (
        *((promised_table(before, quarter.previous),) if before else ()),
        *((resolved_table(resolved, quarter.previous),) if resolved else ()),
        *((said_table(verbal),) if verbal else ()),
    )
    return Promises(
        tuple(one for one in actions if one.paper.quarter == quarter),
        tuple(one for one in recommendations if one.paper.quarter == quarter),
        tables,
    )


def verbal_updates(quarter: Quarter) -> Sequence[Paragraph]:
    """The paragraphs of earlier papers that promised a verbal update, oldest first.

    Those of the paper before, and of any other those for which nobody entered what was said: a
    promise is listed in paper after paper until its outcome is on record.
    """
    some_word = reduce(or_, (Q(text__icontains=word) for word in VERBAL_WORDS))
    rows = Paragraph.objects.filter(some_word, section__paper__quarter__lt=quarter)
    due = rows.filter(Q(said="") | Q(section__paper__quarter=quarter.previous))
    ordered = due.select_related("section__paper").order_by(
        "section__paper__quarter", "section__order", "order"
    )
    return [one for one in ordered if promise_in(one.text)]
