"""Where the ROCU’s money comes from, and what the forces contribute in staff."""

from __future__ import annotations

from typing import ClassVar

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q

from units.records.fields import QuarterField, financial_year_field
from units.records.models import Record
from units.rocu.models.groups import Contributor


class FundingSource(Record):
    """A source from which the ROCU is funded in one financial year."""

    named_by: ClassVar[tuple[str, ...]] = ("year", "title")

    year = financial_year_field()
    order = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=120)
    description = models.TextField(blank=True)

    class Meta(Record.Meta):
        constraints: ClassVar = [
            *Record.Meta.constraints,
            models.UniqueConstraint(fields=["year", "order"], name="rocu_fundingsource_order"),
        ]

    def __str__(self) -> str:
        return self.title


class ForceContribution(Record):
    """A contributor's share of the ROCU's funding by the agreed formula in one financial year."""

    year = financial_year_field()
    contributor = models.ForeignKey(Contributor, models.PROTECT, related_name="contributions")
    formula_share = models.DecimalField(
        max_digits=5,
        decimal_places=2,
        validators=[MinValueValidator(0), MaxValueValidator(100)],
        help_text="Per cent of all contributions.",
    )

    class Meta(Record.Meta):
        constraints: ClassVar = [
            *Record.Meta.constraints,
            models.UniqueConstraint(
                fields=["year", "contributor"], name="rocu_forcecontribution_once"
            ),
            models.CheckConstraint(
                condition=Q(formula_share__gte=0, formula_share__lte=100),
                name="rocu_forcecontribution_share",
                violation_error_message="formula share: between 0 and 100 per cent.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.contributor}, {self.year}/{(self.year + 1) % 100:02}"


class StaffCost(Record):
    """What a contributor's staff in the ROCU actually cost in one quarter."""

    contribution = models.ForeignKey(ForceContribution, models.PROTECT, related_name="staff_costs")
    quarter = QuarterField()
    amount = models.DecimalField(max_digits=12, decimal_places=2, help_text="Pounds.")

    class Meta(Record.Meta):
        constraints: ClassVar = [
            *Record.Meta.constraints,
            models.UniqueConstraint(fields=["contribution", "quarter"], name="rocu_staffcost_once"),
            models.CheckConstraint(
                condition=Q(amount__gte=0),
                name="rocu_staffcost_not_negative",
                violation_error_message="amount: it cannot be below zero.",
            ),
        ]

    def clean(self) -> None:
        """Refuses a quarter outside the contribution's financial year."""
        super().clean()
        if self.contribution_id and self.quarter and self.quarter.year != self.contribution.year:
            raise ValidationError(
                {"quarter": f"{self.quarter} is not in the year of {self.contribution}."}
            )

    def __str__(self) -> str:
        return f"{self.contribution}: {self.quarter}"
