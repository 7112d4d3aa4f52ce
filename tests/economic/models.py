"""What the Economic Crime Unit records: accounts frozen each quarter, and its projects in words."""

from typing import ClassVar

from django.db import models

from units.records.fields import QuarterField, financial_year_field
from units.records.models import Record, StatusUpdate


class Freezing(Record):
    """How many accounts were frozen in a quarter."""

    quarter = QuarterField(unique=True)
    accounts = models.PositiveIntegerField("accounts frozen")

    def __str__(self) -> str:
        return f"Accounts frozen, {self.quarter}"


class Project(Record):
    """A piece of work of one financial year."""

    year = financial_year_field()
    order = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=120)

    def __str__(self) -> str:
        return self.title


class ProjectUpdate(StatusUpdate):
    """Where a project stands in one quarter."""

    project = models.ForeignKey(Project, models.PROTECT, related_name="updates")

    class Meta(StatusUpdate.Meta):
        constraints: ClassVar = [
            *StatusUpdate.Meta.constraints,
            models.UniqueConstraint(fields=["project", "quarter"], name="economic_update_once"),
        ]

    def __str__(self) -> str:
        return f"{self.project}, {self.quarter}"
