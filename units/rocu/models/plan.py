"""The control strategy’s priorities, the department’s objectives and reviews, levels of activity."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from units.records.fields import financial_year_field
from units.records.models import Record, StatusUpdate


class ControlStrategyPriority(Record):
    """A strategic priority of the regional control strategy in one financial year."""

    named_by: ClassVar[tuple[str, ...]] = ("year", "title")

    year = financial_year_field()
    order = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=120)
    description = models.TextField(blank=True)

    class Meta(Record.Meta):
        verbose_name_plural = "control strategy priorities"
        constraints: ClassVar = [
            *Record.Meta.constraints,
            models.UniqueConstraint(fields=["year", "order"], name="rocu_priority_order"),
        ]

    def __str__(self) -> str:
        return self.title


class Objective(Record):
    """A departmental objective of the ROCU in one financial year."""

    named_by: ClassVar[tuple[str, ...]] = ("year", "title")

    year = financial_year_field()
    order = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=200)

    class Meta(Record.Meta):
        constraints: ClassVar = [
            *Record.Meta.constraints,
            models.UniqueConstraint(fields=["year", "order"], name="rocu_objective_order"),
        ]

    def __str__(self) -> str:
        return self.title


class ObjectiveUpdate(StatusUpdate):
    """Where an objective stands in one quarter."""

    objective = models.ForeignKey(Objective, models.PROTECT, related_name="updates")

    class Meta(StatusUpdate.Meta):
        constraints: ClassVar = [
            *StatusUpdate.Meta.constraints,
            models.UniqueConstraint(
                fields=["objective", "quarter"], name="rocu_objectiveupdate_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.objective}, {self.quarter}"


class Review(Record):
    """A review that the ROCU Executive Board commissioned."""

    named_by: ClassVar[tuple[str, ...]] = ("year", "title")

    year = financial_year_field()
    order = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=200)

    class Meta(Record.Meta):
        constraints: ClassVar = [
            *Record.Meta.constraints,
            models.UniqueConstraint(fields=["year", "order"], name="rocu_review_order"),
        ]

    def __str__(self) -> str:
        return self.title


class ReviewUpdate(StatusUpdate):
    """Where a commissioned review stands in one quarter."""

    review = models.ForeignKey(Review, models.PROTECT, related_name="updates")

    class Meta(StatusUpdate.Meta):
        constraints: ClassVar = [
            *StatusUpdate.Meta.constraints,
            models.UniqueConstraint(fields=["review", "quarter"], name="rocu_reviewupdate_once"),
        ]

    def __str__(self) -> str:
        return f"{self.review}, {self.quarter}"


class ActivityLevel(Record):
    """One of the levels at which serious and organised crime is tackled, local to national."""

    named_by: ClassVar[tuple[str, ...]] = ("title",)

    order = models.PositiveSmallIntegerField(unique=True)
    title = models.CharField(max_length=120)
    description = models.TextField(blank=True)

    def __str__(self) -> str:
        return self.title
