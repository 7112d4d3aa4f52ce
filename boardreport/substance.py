"""On how much a quarter's report is based: what is entered for it, counted, unit by unit."""

from collections.abc import Iterator, Sequence
from typing import Any

import msgspec
from django.db.models import Count, IntegerField, Q, QuerySet, Value

from boardreport.models import Action, Recommendation
from boardreport.outline import Outline
from units.ctu import queries as ctu
from units.ctu.models import Activity as CtuActivity
from units.cyber import queries as cyber
from units.cyber.models import Activity as CyberActivity
from units.cyber.models import Campaign, Channel
from units.quarters import Quarter
from units.records import in_use
from units.rocu import queries as rocu
from units.rocu.models import Disruption
from units.terms import Impact, Marking
from units.wording import listed, plural

REPORTED = {
    kind: queries.REPORTED
    for kind, queries in ((Outline.CTU, ctu), (Outline.ROCU, rocu), (Outline.CYBER, cyber))
}
"""The kinds of subject of each unit that have an update each quarter."""


class Kind(msgspec.Struct, frozen=True):
    """A kind of subject that is reported on: how many there are in the quarter."""

    unit: Outline
    model: Any
    yearly: bool
    number: int

    @property
    def words(self) -> str:
        """ "14 workstreams"."""
        meta = self.model._meta
        return f"{self.number:,} {plural(self.number, meta.verbose_name, meta.verbose_name_plural)}"


class Told(msgspec.Struct, frozen=True):
    """Records of a unit that tell in words what happened: how many there are, how many have words."""

    unit: Outline
    model: Any
    number: int
    worded: int


class Substance(msgspec.Struct, frozen=True):
    """What is entered for a quarter: subjects by kind, words by kind, and how many of the rest."""

    subjects: tuple[Kind, ...]
    told: tuple[Told, ...]
    claims: int
    moderated: int
    pending: int
    channels: int
    recommendations: int
    actions: int

    @property
    def number(self) -> int:
        """How many subjects there are in all."""
        return sum(kind.number for kind in self.subjects)

    @property
    def words(self) -> str:
        """ "15 plan priorities, 1 programme and 14 workstreams": those that there are."""
        return listed([kind.words for kind in self.subjects if kind.number])


def substance(quarter: Quarter) -> Substance:
    """What is entered for a quarter, in one query."""
    claims = Disruption.objects.within((quarter,)).filter(draft=False)
    subjects = [
        (unit, kind, kind.model.objects.filter(kind.of(quarter)))
        for unit, kinds in REPORTED.items()
        for kind in kinds
    ]
    told = list(_told(quarter))
    counts = _counted(
        [
            *((rows, Q()) for _, _, rows in subjects),
            *((rows, worded) for _, rows, worded in told),
            (claims, ~Q(moderated_impact="")),
            (claims.pending(), Q()),
            (Channel.objects.filter(in_use(quarter)), Q()),
            (Recommendation.objects.filter(paper__quarter=quarter), Q()),
            (Action.objects.filter(paper__quarter=quarter), Q()),
        ]
    )
    numbers: dict[Any, Kind] = {}
    for unit, kind, _ in subjects:
        number, _ = next(counts)
        so_far = numbers[kind.model].number if kind.model in numbers else 0
        numbers[kind.model] = Kind(unit, kind.model, bool(kind.alike), number + so_far)
    words = tuple(Told(unit, rows.model, *next(counts)) for unit, rows, _ in told)
    claimed, moderated = next(counts)
    pending, channels, recommendations, actions = (number for number, _ in counts)
    return Substance(
        tuple(numbers.values()),
        words,
        claimed,
        moderated,
        pending,
        channels,
        recommendations,
        actions,
    )


def _told(quarter: Quarter) -> Iterator[tuple[Outline, QuerySet[Any], Q]]:
    """The records of each unit that tell in words what happened, and when one of them has words."""
    within = (quarter.start, quarter.end)
    for unit, kinds in REPORTED.items():
        for model in dict.fromkeys(kind.update for kind in kinds):
            yield unit, model.objects.filter(quarter=quarter), ~Q(update="")
    yield Outline.CTU, CtuActivity.objects.filter(begin_date__range=within), Q()
    majors = Disruption.objects.within((quarter,)).filter(moderated_impact=Impact.MAJOR)
    yield Outline.ROCU, majors.filter(marking=Marking.OFFICIAL), ~Q(public_summary="")
    yield Outline.CYBER, Campaign.objects.filter(month__range=within), Q()
    yield Outline.CYBER, CyberActivity.objects.filter(date__range=within), Q()


def _counted(questions: Sequence[tuple[QuerySet[Any], Q]]) -> Iterator[tuple[int, int]]:
    """How many rows each question has, and how many of them meet its condition; one query."""
    first, *others = (
        rows.order_by()
        .annotate(question=Value(place, IntegerField()))
        .values("question")
        .annotate(counted=Count("pk"), worded=Count("pk", filter=worded or None))
        .values_list("question", "counted", "worded")
        for place, (rows, worded) in enumerate(questions)
    )
    found = {place: counts for place, *counts in first.union(*others, all=True)}
    return (tuple(found.get(place, (0, 0))) for place in range(len(questions)))
