"""Definitions: the abstract record of what a measure counts from a day on."""

from datetime import date
from typing import ClassVar

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q

from units.domain.english import day_words
from units.domain.quarters import Quarter
from units.domain.redefinitions import Break
from units.domain.vocabulary import Term
from units.records.fields import one_of
from units.records.models import Record
from units.records.release import ReleaseLog


class Definition(Record):
    """What a measure counts from the first day of a quarter on, where that changed.

    The series breaks there: what stands before is not compared with what follows. A subclass names its
    `measures`.
    """

    measures: ClassVar[type[Term]]
    measure: str

    since_date = models.DateField("from", help_text="The first day of a quarter: 1 April 2018.")
    definition = models.TextField(
        help_text="What the measure counts from that day on, as readers are to be told."
    )

    class Meta(Record.Meta):
        abstract = True
        constraints: ClassVar = [
            *Record.Meta.constraints,
            models.CheckConstraint(
                condition=Q(since_date__month__in=(1, 4, 7, 10), since_date__day=1),
                name="%(app_label)s_%(class)s_from_a_quarter",
                violation_error_message="from: a definition changes with the first day of a quarter.",
            ),
        ]

    def clean(self) -> None:
        """Refuses a day that begins no quarter."""
        super().clean()
        day = self.since_date
        if isinstance(day, date) and day != Quarter.of(day).start:
            raise ValidationError(
                {
                    "since_date": f"A definition changes with a quarter: {day_words(day)} begins "
                    f"none. Enter {day_words(Quarter.of(day).start)}."
                }
            )

    def __str__(self) -> str:
        measure = type(self).measures(self.measure) if self.measure else "Definition"
        return f"{getattr(measure, 'heading', measure)}, from {day_words(self.since_date)}"


def measure_constraints(app: str, measures: type[Term]) -> list[models.BaseConstraint]:
    """A measure is one of the unit's, and is defined once from a day on."""
    return [
        one_of("measure", measures),
        models.UniqueConstraint(
            fields=["measure", "since_date"],
            name=f"{app}_definition_once",
            violation_error_message="This measure has its definition from that day: change that one.",
        ),
    ]


def breaks(model: type[Definition], quarter: Quarter, log: ReleaseLog) -> tuple[Break, ...]:
    """The breaks that the definitions up to a quarter's end make, with the words that may be read."""
    return tuple(
        Break(one.measure, one.since_date, one.definition if log.readable(one) else "")
        for one in model.objects.filter(since_date__lte=quarter.end).order_by("pk")
    )
