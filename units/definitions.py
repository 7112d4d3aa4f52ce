"""Definitions: the abstract record of what a measure counts from a day on."""

from datetime import date
from typing import ClassVar

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q, QuerySet

from units.breaks import Break
from units.exhibits import readable
from units.quarters import Quarter
from units.records import Record, one_of
from units.terms import Audience, Term
from units.wording import day_words
from units.words import Entry, entries

KIND = "definitions"


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


def definitions(model: type[Definition], quarter: Quarter) -> QuerySet[Definition]:
    """The definitions that hold by a quarter's end, as rows for `words.read`."""
    return entries(
        model.objects.filter(since_date__lte=quarter.end),
        KIND,
        title="measure",
        order="pk",
        description="definition",
        day="since_date",
    )


def breaks(rows: tuple[Entry, ...], audience: Audience) -> tuple[Break, ...]:
    """The breaks that they are, with the words that an audience may read."""
    return tuple(
        Break(row.title, row.day, row.description if readable(row.released, audience) else "")
        for row in rows
        if row.day
    )
