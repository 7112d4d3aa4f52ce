"""Crime types, contributors, forces and the organised crime groups (OCGs) that are mapped."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q

from units.records.fields import FoldedField
from units.records.models import Record, ReferenceData


class CrimeType(ReferenceData):
    """A kind of organised crime. One that counts under another is a type of disruptions only."""

    in_words = models.CharField(max_length=80, help_text="As a sentence says it, such as drugs.")
    counts_under = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="includes",
        limit_choices_to={"counts_under": None},
        help_text="The type under which it counts when OCGs are counted; empty: itself.",
    )

    class Meta(ReferenceData.Meta):
        constraints: ClassVar = [
            *ReferenceData.Meta.constraints,
            models.CheckConstraint(
                condition=Q(counts_under__isnull=True) | ~Q(counts_under=F("id")),
                name="rocu_crimetype_not_under_itself",
                violation_error_message="counts under: leave it empty, or name another type.",
            ),
        ]


class Contributor(ReferenceData):
    """A party to the ROCU's funding formula: a force, or an alliance of forces that pays as one."""


class Force(ReferenceData):
    """A police force of the region."""

    contributor = models.ForeignKey(Contributor, models.PROTECT, related_name="forces")


class OCG(Record):
    """An organised crime group, mapped from one day until it is archived."""

    named_by: ClassVar[tuple[str, ...]] = ("urn",)

    urn = models.CharField("URN", max_length=20, unique=True, help_text="Its unique reference.")
    folded = FoldedField(of="urn", unique=True)
    name = models.CharField(max_length=100, blank=True)
    predominant_crime_type = models.ForeignKey(
        CrimeType,
        models.PROTECT,
        related_name="ocgs",
        limit_choices_to={"counts_under": None},
        help_text="One of the types under which OCGs are counted.",
    )
    secondary_crime_types = models.ManyToManyField(
        CrimeType, blank=True, related_name="secondary_ocgs"
    )
    force = models.ForeignKey(
        Force, models.PROTECT, related_name="ocgs", help_text="The force that owns the group."
    )
    mapped_date = models.DateField()
    archived_date = models.DateField(null=True, blank=True)

    _history_m2m_fields: ClassVar = [secondary_crime_types]

    class Meta(Record.Meta):
        verbose_name = "OCG"
        verbose_name_plural = "OCGs"
        indexes: ClassVar = [models.Index(fields=["mapped_date", "archived_date"])]
        constraints: ClassVar = [
            *Record.Meta.constraints,
            models.CheckConstraint(
                condition=Q(archived_date__isnull=True) | Q(archived_date__gte=F("mapped_date")),
                name="rocu_ocg_archived_after_mapped",
                violation_error_message="archived date: the group was archived before it was mapped.",
            ),
        ]

    def clean(self) -> None:
        """Refuses a predominant crime type that counts under another, and dates out of order."""
        super().clean()
        if self.archived_date and self.mapped_date and self.archived_date < self.mapped_date:
            raise ValidationError(
                {"archived_date": "The group was archived before it was mapped: correct a date."}
            )
        chosen = self.predominant_crime_type if self.predominant_crime_type_id else None
        if chosen and chosen.counts_under_id:
            raise ValidationError(
                {
                    "predominant_crime_type": f"{chosen.name} counts under "
                    f"{chosen.counts_under}: choose that."
                }
            )

    def __str__(self) -> str:
        return f"{self.urn} {self.name}".strip()


def mapped_on(day: date, path: str = "") -> Q:
    """The condition that an OCG is mapped at the end of a day; `path` leads to it, such as "ocgs__"."""
    return Q(**{f"{path}mapped_date__lte": day}) & (
        Q(**{f"{path}archived_date__isnull": True}) | Q(**{f"{path}archived_date__gt": day})
    )
