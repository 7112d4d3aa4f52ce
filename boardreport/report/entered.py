"""On how much a quarter's report is based: what is entered for it, counted, unit by unit."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import msgspec
from django.db.models import Count, IntegerField, Q, QuerySet, Value

from boardreport.models import Action, Recommendation
from units.domain.english import listed, plural
from units.domain.quarters import Quarter
from units.registry import RegularEntry, Unit


def _words(number: int, model: Any) -> str:
    """ "14 workstreams"."""
    meta = model._meta
    return f"{number:,} {plural(number, str(meta.verbose_name), str(meta.verbose_name_plural))}"


class Kind(msgspec.Struct, frozen=True):
    """A kind of subject that is reported on: how many there are in the quarter."""

    unit: Unit
    model: Any
    yearly: bool
    number: int

    @property
    def words(self) -> str:
        """ "14 workstreams"."""
        return _words(self.number, self.model)


class Told(msgspec.Struct, frozen=True):
    """Records of a unit that tell in words what happened: how many there are, how many have words."""

    unit: Unit
    model: Any
    number: int
    worded: int


class Entered(msgspec.Struct, frozen=True):
    """Something that is entered each quarter besides updates, and of how many records of a model."""

    entry: RegularEntry
    model: Any
    number: int

    @property
    def words(self) -> str:
        """ "3 channels"."""
        return _words(self.number, self.model)


class Substance(msgspec.Struct, frozen=True):
    """What is entered for a quarter: subjects by kind, words by kind, and how many of the rest."""

    subjects: tuple[Kind, ...]
    told: tuple[Told, ...]
    entries: tuple[Entered, ...]
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


def substance(quarter: Quarter, units: Iterable[Unit]) -> Substance:
    """What is entered for a quarter of what some units report, in one query."""
    reporting = tuple(units)
    subjects = [
        (unit, kind, kind.model.objects.filter(kind.of(quarter)))
        for unit in reporting
        for kind in unit.subjects
    ]
    told = [(unit, rows, worded) for unit in reporting for rows, worded in unit.told(quarter)]
    entries = [(entry, entry.of(quarter)) for unit in reporting for entry in unit.regular_entries]
    counts = _counted(
        [
            *((rows, Q()) for _, _, rows in subjects),
            *((rows, worded) for _, rows, worded in told),
            *((rows, Q()) for _, rows in entries),
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
    entered = tuple(Entered(entry, rows.model, next(counts)[0]) for entry, rows in entries)
    recommendations, actions = (number for number, _ in counts)
    return Substance(tuple(numbers.values()), words, entered, recommendations, actions)


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
