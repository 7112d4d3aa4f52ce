"""Disruptions as they are claimed, their outcomes, and what panels decided about them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any, ClassVar

from django.conf import settings
from django.contrib.auth.models import AnonymousUser, User
from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.db import models, transaction
from django.db.models import F, OuterRef, ProtectedError, Q, Subquery
from django.db.models.functions import Coalesce, Length
from django.utils import timezone
from simple_history.models import HistoricalRecords

from units.domain.english import day_words
from units.domain.measures import plain
from units.domain.quarters import Quarter
from units.domain.rights import READ, Kind
from units.domain.text import fold
from units.domain.vocabulary import (
    COUNTED_IMPACTS,
    COUNTING_DECISIONS,
    DecisionKind,
    Impact,
    Lead,
    OutcomeKind,
    Strand,
)
from units.records.fields import FoldedField, one_of, term_field
from units.records.models import Record
from units.records.roles import may
from units.rocu.models.groups import OCG, CrimeType, Force
from units.rocu.models.panels import Panel

EARLIEST = date(1990, 4, 1)
"""No claim is older: the year is mistyped."""

WAITING = Q(decision=None, draft=False)
"""The condition that a claim waits for a panel."""

WITHDRAW = (
    "What a panel has decided is never deleted: a later panel withdraws it by rejecting the claim."
)


class DisruptionQuerySet(models.QuerySet["Disruption"]):
    """Named questions about disruptions."""

    def moderated(self) -> DisruptionQuerySet:
        """Those that a panel gave an impact, whichever it is."""
        return self.exclude(moderated_impact="")

    def counted(self) -> DisruptionQuerySet:
        """Those that a total counts: major, moderate or minor."""
        return self.filter(moderated_impact__in=COUNTED_IMPACTS)

    def drafts(self) -> DisruptionQuerySet:
        """Claims still being written: before no panel, in no figure."""
        return self.filter(draft=True)

    def read_by(self, user: User | AnonymousUser) -> DisruptionQuerySet:
        """Those that a user may read in the admin: who reads no drafts reads none of these."""
        reads = may(user, READ, Kind.DRAFTS) or user.is_superuser
        return self.all() if reads else self.exclude(draft=True)

    def pending(self) -> DisruptionQuerySet:
        """Claims that wait for a panel: submitted, and no decision yet or deferred."""
        return self.filter(WAITING)

    def within(self, quarters: tuple[Quarter, ...]) -> DisruptionQuerySet:
        """Those whose impact falls in consecutive quarters, oldest first."""
        return self.filter(date_of_impact__range=(quarters[0].start, quarters[-1].end))

    def settle(self) -> int:
        """Gives each its moderated impact from its latest final decision, in one statement."""
        final = (
            Decision.objects.filter(disruption=OuterRef("pk"))
            .exclude(kind=DecisionKind.DEFERRED)
            .order_by("-panel__date", "-pk")
        )
        return self.update(
            decision=Subquery(final.values("pk")[:1]),
            moderated_impact=Coalesce(Subquery(final.values("impact")[:1]), models.Value("")),
        )

    def delete(self) -> tuple[int, dict[str, int]]:
        """As Django's; ProtectedError, which names the remedy, where a panel has decided one."""
        _refuse_if_decided(Decision.objects.filter(disruption__in=self.order_by()))
        return super().delete()

    delete.queryset_only = True  # type: ignore[attr-defined]


def _refuse_if_decided(decisions: models.QuerySet[Decision]) -> None:
    if decided := set(decisions[:10]):
        raise ProtectedError(WITHDRAW, decided)


class Disruption(Record):
    """A claim that work set an OCG or a criminal theme back, and what a panel made of the claim.

    It counts in the quarter of its impact, and only once moderated. `moderated_impact` and
    `decision` follow from the panel's latest final decision and are never entered.
    """

    named_by: ClassVar[tuple[str, ...]] = ("reference",)

    reference = models.CharField(
        max_length=20,
        unique=True,
        blank=True,
        help_text="Left empty, the next free one is given, such as D-2018-0871. Never reused.",
    )
    folded = FoldedField(of="reference", unique=True)
    operation_name = models.CharField("operation or theme", max_length=100)
    ocg = models.ForeignKey(
        OCG,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="disruptions",
        verbose_name="OCG",
        help_text="Empty where the work was theme-led.",
    )
    crime_type = models.ForeignKey(CrimeType, models.PROTECT, related_name="disruptions")
    strand = term_field(Strand)
    date_of_impact = models.DateField(help_text="Sets the quarter in which it counts.")
    claim_date = models.DateField(default=date.today)
    claimed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    lead = term_field(Lead)
    forces = models.ManyToManyField(Force, related_name="disruptions")
    partners = models.CharField(max_length=200, blank=True)
    claimed_impact = term_field(Impact)
    evidence = models.TextField(blank=True, help_text="Required of a major claim.")
    rationale = models.TextField(blank=True, help_text="Required of a major claim.")
    public_summary = models.TextField(
        blank=True, help_text="May be printed in the public edition once the record is OFFICIAL."
    )
    restricted_summary = models.TextField(
        blank=True, help_text="Printed in the restricted edition only."
    )
    moderated_impact = term_field(Impact, blank=True, editable=False, default="")
    decision = models.ForeignKey(
        "Decision", models.PROTECT, null=True, editable=False, related_name="+"
    )
    draft = models.BooleanField(
        default=False, editable=False, help_text="Not submitted: no panel sees it."
    )

    objects = DisruptionQuerySet.as_manager()
    _history_m2m_fields: ClassVar = [forces]

    class Meta(Record.Meta):
        indexes: ClassVar = [
            models.Index(fields=["date_of_impact", "moderated_impact"]),
            models.Index(fields=["ocg", "date_of_impact"]),
        ]
        constraints: ClassVar = [
            *Record.Meta.constraints,
            one_of("strand", Strand),
            one_of("lead", Lead),
            one_of("claimed_impact", Impact),
            one_of("moderated_impact", Impact, blank=True),
            models.CheckConstraint(
                condition=Q(moderated_impact="") | Q(decision__isnull=False),
                name="rocu_disruption_moderated_by_decision",
                violation_error_message="moderated impact: only a panel’s decision gives one.",
            ),
            models.CheckConstraint(
                condition=Q(claim_date__gte=F("date_of_impact")),
                name="rocu_disruption_claimed_after_impact",
                violation_error_message="claim date: the claim was made before the impact.",
            ),
            models.CheckConstraint(
                condition=Q(draft=False) | Q(decision__isnull=True),
                name="rocu_disruption_draft_undecided",
                violation_error_message="A panel has decided this claim: it is no draft.",
            ),
        ]

    def clean(self) -> None:
        """Refuses an undecided major claim without evidence and rationale, and dates out of order.

        A draft may lack evidence and rationale until it is submitted.
        """
        super().clean()
        errors = {}
        if self.claimed_impact == Impact.MAJOR and not (self.draft or self.decision_id):
            for field in ("evidence", "rationale"):
                if not getattr(self, field).strip():
                    errors[field] = f"A major claim needs its {field}."
        if self.date_of_impact and self.claim_date and self.claim_date < self.date_of_impact:
            errors["claim_date"] = "The claim was made before the impact: correct one of the dates."
        today = timezone.localdate()
        for field in ("date_of_impact", "claim_date"):
            if (day := getattr(self, field)) and day > today:
                errors[field] = f"{day_words(day)} is yet to come: correct the date."
            elif day and day < EARLIEST:
                errors[field] = (
                    f"{day_words(day)} lies before {day_words(EARLIEST)}: correct the date."
                )
        if errors:
            raise ValidationError(errors)

    def validate_unique(self, exclude: Any = None) -> None:
        """As the record's, and refuses a reference that another claim once had."""
        super().validate_unique(exclude=exclude)
        if "reference" in (exclude or ()) or not self.reference:
            return
        spent = Disruption.history.filter(spent_references([self.reference]))
        if spent.exclude(id=self.pk).exists():
            raise ValidationError(
                {
                    "reference": f"“{self.reference}” belonged to another claim, which was deleted or "
                    "given another reference: a reference is never used again. Choose another."
                }
            )

    def save(self, *args: Any, **kwargs: Any) -> None:
        """As Django's, and gives a new record its reference."""
        with transaction.atomic():
            if not self.reference:
                self.reference = next_reference(self.claim_date.year)
            super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        """As Django's; ProtectedError, which names the remedy, where a panel has decided."""
        _refuse_if_decided(self.decisions.all())
        return super().delete(*args, **kwargs)

    @property
    def quarter(self) -> Quarter:
        return Quarter.of(self.date_of_impact)

    def __str__(self) -> str:
        return f"{self.reference} {self.operation_name}"


def spent_references(references: Iterable[str]) -> Q:
    """The condition that an entry of the history bears one of these references, or a look-alike."""
    references = list(references)
    # what was written before keys were kept is found by the reference itself
    return Q(folded__in=[fold(one) for one in references]) | Q(folded="", reference__in=references)


def next_reference(year: int) -> str:
    """The next reference of a year; the history is asked, so that a deleted one is not given again."""
    prefix = f"D-{year}-"
    latest = (
        Disruption.history.filter(reference__regex=rf"^{prefix}[0-9]+$")
        .order_by(Length("reference").desc(), "-reference")
        .values_list("reference", flat=True)
        .first()
    )
    return f"{prefix}{int(latest.removeprefix(prefix)) + 1 if latest else 1:04}"


class Outcome(models.Model):
    """A quantity that a disruption achieved: people arrested, kilograms seized.

    It bears its disruption's marking and restriction.
    """

    disruption = models.ForeignKey(Disruption, models.CASCADE, related_name="outcomes")
    kind = term_field(OutcomeKind)
    quantity = models.DecimalField(
        max_digits=12, decimal_places=2, validators=[MinValueValidator(0)],
        help_text="People, years, £, kg, items or rounds, as the kind says.",
    )  # fmt: skip
    history = HistoricalRecords()

    class Meta:
        constraints: ClassVar = [
            one_of("kind", OutcomeKind),
            models.UniqueConstraint(
                fields=["disruption", "kind"],
                name="rocu_outcome_once",
                violation_error_message="This disruption has an outcome of that kind: change it.",
            ),
            models.CheckConstraint(
                condition=Q(quantity__gte=0),
                name="rocu_outcome_not_negative",
                violation_error_message="quantity: it cannot be below zero.",
            ),
        ]

    def __str__(self) -> str:
        kind = OutcomeKind(self.kind)
        return f"{kind.heading}: {plain(self.quantity)} {kind.unit}"


STANDS = "A decision stands as it was made: only a later panel corrects it."


class DecisionQuerySet(models.QuerySet["Decision"]):
    """Decisions are added; in bulk, too, none is changed or deleted."""

    def update(self, **values: Any) -> int:
        raise ValidationError(STANDS)

    def delete(self) -> tuple[int, dict[str, int]]:
        raise ValidationError(STANDS)


class Decision(Record):
    """What a panel decided about a claim. It is never changed; only a later one corrects it."""

    panel = models.ForeignKey(Panel, models.PROTECT, related_name="decisions")
    disruption = models.ForeignKey(Disruption, models.PROTECT, related_name="decisions")
    kind = term_field(DecisionKind, "decision")
    impact = term_field(
        Impact, blank=True, help_text="Of an accepted or regraded claim; else empty."
    )
    reason = models.TextField(blank=True)
    duplicate_of = models.ForeignKey(
        Disruption, models.PROTECT, null=True, blank=True, related_name="duplicates"
    )
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects = DecisionQuerySet.as_manager()

    class Meta(Record.Meta):
        constraints: ClassVar = [
            *Record.Meta.constraints,
            one_of("kind", DecisionKind),
            models.CheckConstraint(
                condition=Q(duplicate_of=None)
                | Q(kind=DecisionKind.DUPLICATE) & ~Q(duplicate_of=F("disruption")),
                name="rocu_decision_duplicate_of_another",
                violation_error_message="duplicate of: only a duplicate has one, and never itself.",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=COUNTING_DECISIONS, impact__in=Impact.values())
                | Q(impact="") & ~Q(kind__in=COUNTING_DECISIONS),
                name="rocu_decision_impact_fits",
                violation_error_message="impact: an accepted or regraded claim has one, "
                "any other has none.",
            ),
            models.UniqueConstraint(
                fields=["panel", "disruption"],
                name="rocu_decision_once_a_panel",
                violation_error_message="This panel has already decided this claim.",
            ),
        ]

    def clean(self) -> None:
        """Refuses an impact that does not fit, a panel before the impact, a claim moderated by its
        author, and a duplicate of itself or of what is no claim of its own."""
        super().clean()
        errors = {}
        counting = self.kind in COUNTING_DECISIONS
        if counting and not self.impact:
            errors["impact"] = "Say which impact the panel found."
        if self.kind and not counting and self.impact:
            errors["impact"] = f"A claim that is {self.kind} has no impact: leave it empty."
        if self.disruption_id and self.disruption.draft:
            errors["disruption"] = "This claim is a draft: it comes before a panel once submitted."
        if self.disruption_id and counting and self.impact:
            claimed = self.disruption.claimed_impact
            if self.kind == DecisionKind.ACCEPTED and self.impact != claimed:
                errors["impact"] = f"The claim was {claimed}: accept it so, or regrade it."
            if self.kind == DecisionKind.REGRADED and self.impact == claimed:
                errors["impact"] = f"The claim was {claimed} already: accept it instead."
        if self.kind and self.kind != DecisionKind.ACCEPTED and not self.reason.strip():
            errors["reason"] = f"Say why the claim was {self.kind}."
        if (
            self.disruption_id
            and self.panel_id
            and self.panel.date < self.disruption.date_of_impact
        ):
            errors["panel"] = "This panel met before the impact."
        if (
            self.disruption_id
            and self.decided_by_id
            and self.decided_by_id == self.disruption.claimed_by_id
        ):
            errors["decided_by"] = "Whoever made a claim does not moderate it."
        if self.duplicate_of_id:
            if self.kind != DecisionKind.DUPLICATE:
                errors["duplicate_of"] = "Only a duplicate names another claim: leave it empty."
            elif self.duplicate_of_id == self.disruption_id:
                errors["duplicate_of"] = "This is the claim itself: name the other one."
            elif (of := self.duplicate_of).decision and of.decision.kind == DecisionKind.DUPLICATE:
                errors["duplicate_of"] = (
                    f"{of.reference} was itself found a duplicate: name the claim that stands."
                )
        if errors:
            raise ValidationError(errors)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        raise ValidationError(STANDS)

    def save(self, *args: Any, **kwargs: Any) -> None:
        """As Django's, and settles the disruption's moderated impact in the same transaction."""
        if not self._state.adding:
            raise ValidationError(STANDS)
        with transaction.atomic():
            super().save(*args, **kwargs)
            disruption = Disruption.objects.select_for_update().get(pk=self.disruption_id)
            Disruption.objects.filter(pk=disruption.pk).settle()
            disruption.refresh_from_db()
            disruption._change_reason = f"{self.panel}: {self.kind}"
            # the statement wrote the values; saving them again is what writes the history
            disruption.save()

    def __str__(self) -> str:
        return f"{self.disruption.reference}: {self.kind} by {self.panel}"
