"""The office that reports, and the addresses of those who lead its units’ work."""

from typing import ClassVar

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from simple_history.models import HistoricalRecords

from units.domain.disclosure import (
    LARGEST_THRESHOLD,
    SMALLEST_THRESHOLD,
    THRESHOLD,
    Policy,
)
from units.domain.vocabulary import (
    OcgCounts,
)
from units.records.fields import one_of, term_field
from units.records.models import Unmarked
from units.registry import Unit, registered_units


class Office(Unmarked):
    """The police and crime commissioner's office that runs this installation: one row, its switches."""

    name = models.CharField(max_length=100, default="Police and Crime Commissioner")
    region = models.CharField(max_length=100, blank=True)
    board = models.CharField(max_length=100, default="Strategic Policing and Crime Board")
    demonstration = models.BooleanField(
        default=False,
        editable=False,
        help_text="All figures are invented; every page and paper says so.",
    )
    threshold = models.PositiveSmallIntegerField(
        default=THRESHOLD,
        validators=[
            MinValueValidator(
                SMALLEST_THRESHOLD,
                f"A threshold below {SMALLEST_THRESHOLD} protects too little: choose "
                f"{SMALLEST_THRESHOLD} or more.",
            ),
            MaxValueValidator(
                LARGEST_THRESHOLD,
                f"A threshold above {LARGEST_THRESHOLD} would leave nothing to publish: choose "
                f"{LARGEST_THRESHOLD} or less.",
            ),
        ],
        help_text="In public editions a number below it is shown as [c], with as many others as "
        "would give it back. Editions that are published stay as they are.",
    )
    ocg_counts = term_field(
        OcgCounts,
        "publish OCG counts",
        default=OcgCounts.COUNTS,
        help_text="What the public is told of mapped OCGs: counts, shares rounded to five per cent, "
        "or nothing. Restricted editions always have the counts.",
    )
    units_off = models.CharField(
        "units that are switched off",
        max_length=250,
        blank=True,
        help_text="A unit that is switched off is gone from drafts, new papers, the lists of what is "
        "due and the checklist. Its records and all published editions stay as they are.",
    )
    history = HistoricalRecords()

    class Meta:
        verbose_name_plural = "office"
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(pk=1),
                name="boardreport_office_one",
                violation_error_message="There is one office: change it instead of adding another.",
            ),
            one_of("ocg_counts", OcgCounts),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def policy(self) -> Policy:
        """The switches that decide what a public edition withholds."""
        return Policy(self.threshold, OcgCounts(self.ocg_counts))

    @property
    def units(self) -> tuple[Unit, ...]:
        """The units that report to its board, in board order: all that are not switched off."""
        return tuple(unit for unit in registered_units() if unit.key not in self.units_off.split())

    def clean(self) -> None:
        """Refuses to switch off the last unit, and units that are not installed."""
        super().clean()
        known = [unit.key for unit in registered_units()]
        if unknown := [key for key in self.units_off.split() if key not in known]:
            told = f"There is no unit “{unknown[0]}”: choose among {', '.join(known)}."
            raise ValidationError({"units_off": told})
        if not self.units:
            told = "At least one unit must report: leave one of them switched on."
            raise ValidationError({"units_off": told})

    @classmethod
    def current(cls) -> "Office":
        """The office's row; one with the defaults, unsaved, where none was entered yet."""
        return cls.objects.filter(pk=1).first() or cls(pk=1)


class LeadAddress(Unmarked):
    """Where reminders go for a lead, for a unit where there is no lead, or for the paper."""

    named_by: ClassVar[tuple[str, ...]] = ("lead",)

    lead = models.CharField(max_length=120, unique=True, help_text="The post, not who holds it.")
    email = models.EmailField("e-mail address")
    history = HistoricalRecords()

    class Meta:
        verbose_name = "lead’s address"
        verbose_name_plural = "leads’ addresses"

    def __str__(self) -> str:
        return self.lead
