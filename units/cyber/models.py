"""The cybercrime records: plan and leads, workstreams, campaigns and activities, reach, bids."""

from datetime import date
from decimal import Decimal
from typing import ClassVar

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from units.domain.english import day_words, month_words
from units.domain.measures import plain
from units.domain.quarters import Quarter
from units.domain.vocabulary import (
    ActivityKind,
    BidDecision,
    Fund,
    Strand,
    Term,
)
from units.records.definitions import Definition, measure_constraints
from units.records.fields import MonthField, financial_year_field, one_of, term_field
from units.records.models import Record, ReferenceData, StatusUpdate


class PlanPoint(Record):
    """A point of the force's plan against cybercrime in one financial year."""

    named_by: ClassVar[tuple[str, ...]] = ("year", "title")

    year = financial_year_field()
    order = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=120)
    description = models.TextField(blank=True)

    class Meta(Record.Meta):
        constraints: ClassVar = [
            *Record.Meta.constraints,
            models.UniqueConstraint(fields=["year", "order"], name="cyber_planpoint_order"),
        ]

    def __str__(self) -> str:
        return self.title


class StrandLead(Record):
    """The post that leads a strand in one financial year; never a person's name."""

    year = financial_year_field()
    order = models.PositiveSmallIntegerField()
    strand = term_field(Strand)
    title = models.CharField("post", max_length=120, help_text="The post, not who holds it.")

    class Meta(Record.Meta):
        constraints: ClassVar = [
            *Record.Meta.constraints,
            one_of("strand", Strand),
            models.UniqueConstraint(fields=["year", "order"], name="cyber_strandlead_order"),
            models.UniqueConstraint(
                fields=["year", "strand"],
                name="cyber_strandlead_once",
                violation_error_message="This strand has its lead for the year: change that one.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_strand_display()}: {self.title}"


class Workstream(Record):
    """A line of work of one strand in one financial year, with a post that leads it."""

    named_by: ClassVar[tuple[str, ...]] = ("year", "title")

    year = financial_year_field()
    order = models.PositiveSmallIntegerField()
    strand = term_field(Strand)
    title = models.CharField(max_length=120)
    in_words = models.CharField(
        max_length=120, help_text="As a sentence says it, such as the phishing test."
    )
    lead = models.CharField(max_length=120, help_text="The post or body, not who holds it.")

    class Meta(Record.Meta):
        constraints: ClassVar = [
            *Record.Meta.constraints,
            one_of("strand", Strand),
            models.UniqueConstraint(fields=["year", "order"], name="cyber_workstream_order"),
        ]

    def __str__(self) -> str:
        return self.title


class WorkstreamUpdate(StatusUpdate):
    """Where a workstream stands in one quarter."""

    workstream = models.ForeignKey(Workstream, models.PROTECT, related_name="updates")

    class Meta(StatusUpdate.Meta):
        constraints: ClassVar = [
            *StatusUpdate.Meta.constraints,
            models.UniqueConstraint(
                fields=["workstream", "quarter"],
                name="cyber_workstreamupdate_once",
                violation_error_message="This quarter has its update: change that one.",
            ),
        ]

    def clean(self) -> None:
        """Refuses a quarter in which there is no such workstream."""
        super().clean()
        known = self.workstream_id and isinstance(self.quarter, Quarter)
        if known and self.quarter.year != self.workstream.year:
            raise ValidationError(
                {
                    "quarter": f"{self.quarter} is not in the year of this workstream: choose the "
                    f"workstream of {self.quarter.year_label}, or enter it first."
                }
            )

    def __str__(self) -> str:
        return f"{self.workstream}, {self.quarter}"


class Campaign(Record):
    """A month's campaign for the public, on one theme."""

    named_by: ClassVar[tuple[str, ...]] = ("month", "title")

    month = MonthField()
    title = models.CharField("theme", max_length=120)
    place = models.CharField(max_length=120, blank=True)

    class Meta(Record.Meta):
        constraints: ClassVar = [
            *Record.Meta.constraints,
            models.UniqueConstraint(
                fields=["month", "title"],
                name="cyber_campaign_once",
                violation_error_message="This month has a campaign on this theme already.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title}, {month_words(self.month)}"


class Activity(Record):
    """An event, exercise or training: held on a day, or on one that is still to be confirmed."""

    named_by: ClassVar[tuple[str, ...]] = ("year", "kind", "date", "title")

    year = financial_year_field()
    kind = term_field(ActivityKind)
    title = models.CharField(max_length=120)
    date = models.DateField(null=True, blank=True, help_text="Empty: to be confirmed.")
    place = models.CharField(max_length=120, blank=True)
    participants = models.CharField(max_length=200, blank=True, help_text="Who takes part.")

    class Meta(Record.Meta):
        verbose_name_plural = "activities"
        indexes: ClassVar = [models.Index(fields=["year", "kind"])]
        constraints: ClassVar = [
            *Record.Meta.constraints,
            one_of("kind", ActivityKind),
            models.UniqueConstraint(
                fields=["kind", "title", "date"],
                name="cyber_activity_once_a_day",
                violation_error_message="This activity is already entered for that day.",
            ),
            models.UniqueConstraint(
                fields=["year", "kind", "title"],
                condition=Q(date__isnull=True),
                name="cyber_activity_once_undated",
                violation_error_message="This activity is already entered, its date to be confirmed.",
            ),
        ]

    def clean(self) -> None:
        """Refuses a date outside the financial year."""
        super().clean()
        if isinstance(self.date, date) and self.year and Quarter.of(self.date).year != self.year:
            raise ValidationError(
                {
                    "date": f"{day_words(self.date)} is in {Quarter.of(self.date).year_label}, "
                    "which is not the year given."
                }
            )

    def __str__(self) -> str:
        return self.title


class Channel(ReferenceData):
    """A channel of the Digital PCSO, such as one social network."""


class Reach(Record):
    """How many people a channel reached in one month, as the channel itself counts them."""

    month = MonthField()
    channel = models.ForeignKey(Channel, models.PROTECT, related_name="reach")
    people = models.IntegerField(
        validators=[MinValueValidator(0, "Reach cannot be below zero: enter the people reached.")]
    )

    class Meta(Record.Meta):
        verbose_name_plural = "reach"
        constraints: ClassVar = [
            *Record.Meta.constraints,
            models.UniqueConstraint(
                fields=["month", "channel"],
                name="cyber_reach_once_a_month",
                violation_error_message="This channel has its reach for that month: change that one.",
            ),
            models.CheckConstraint(
                condition=Q(people__gte=0),
                name="cyber_reach_not_negative",
                violation_error_message="people: reach cannot be below zero.",
            ),
        ]

    def clean(self) -> None:
        """Refuses a month that has not begun."""
        super().clean()
        if isinstance(self.month, date) and self.month > timezone.localdate():
            raise ValidationError(
                {"month": f"{month_words(self.month)} has not begun: reach is counted afterwards."}
            )

    def __str__(self) -> str:
        return f"{self.channel}, {month_words(self.month)}"


class FundingBid(Record):
    """A bid to a national fund for a first year's costs, and what came of it.

    The fund pays its share of the whole cost and the force matches its own; together they may
    leave something to others, and never exceed the whole. A bid stands where its last date puts
    it: submitted, considered, decided.
    """

    named_by: ClassVar[tuple[str, ...]] = ("year", "title")

    year = financial_year_field()
    order = models.PositiveSmallIntegerField()
    title = models.CharField("for", max_length=120, help_text="What it is to pay for.")
    fund = term_field(Fund)
    amount = models.DecimalField(
        max_digits=12,
        decimal_places=2,
        validators=[MinValueValidator(0, "An amount cannot be below zero.")],
        help_text="Pounds that the fund is asked for.",
    )
    fund_share = models.DecimalField(
        "fund’s share",
        max_digits=5,
        decimal_places=2,
        default=Decimal(100),
        validators=[
            MinValueValidator(Decimal("0.01"), "A fund that pays nothing is not bid to."),
            MaxValueValidator(100, "The fund cannot pay more than the whole."),
        ],
        help_text="Per cent of the whole cost that the amount covers.",
    )
    match_share = models.DecimalField(
        "match share",
        max_digits=5,
        decimal_places=2,
        default=Decimal(0),
        validators=[
            MinValueValidator(0, "A share cannot be below zero."),
            MaxValueValidator(100, "The force cannot match more than the whole."),
        ],
        help_text="Per cent of the whole cost that the force matches.",
    )
    submitted_date = models.DateField("submitted on")
    considered_date = models.DateField("considered on", null=True, blank=True)
    decision = term_field(BidDecision, blank=True, default="")
    decided_date = models.DateField("decided on", null=True, blank=True)

    class Meta(Record.Meta):
        constraints: ClassVar = [
            *Record.Meta.constraints,
            one_of("fund", Fund),
            one_of("decision", BidDecision, blank=True),
            models.UniqueConstraint(fields=["year", "order"], name="cyber_fundingbid_order"),
            models.CheckConstraint(
                condition=Q(amount__gte=0),
                name="cyber_fundingbid_not_negative",
                violation_error_message="amount: it cannot be below zero.",
            ),
            models.CheckConstraint(
                condition=Q(fund_share__gt=0, match_share__gte=0)
                & Q(fund_share__lte=Decimal(100) - F("match_share")),
                name="cyber_fundingbid_within_the_whole",
                violation_error_message="match share: with the fund’s share it exceeds the whole.",
            ),
            models.CheckConstraint(
                condition=Q(decision="", decided_date__isnull=True)
                | ~Q(decision="") & Q(decided_date__isnull=False),
                name="cyber_fundingbid_decision_dated",
                violation_error_message="decided on: a decision has its day, and no other has.",
            ),
        ]

    def clean(self) -> None:
        """Refuses shares that exceed the whole, and dates that do not follow one another."""
        super().clean()
        errors = {}
        if self.fund_share is not None and self.match_share is not None:
            whole = self.fund_share + self.match_share
            if whole > 100:
                errors["match_share"] = (
                    f"With the fund’s share this makes {plain(whole)}%, which exceeds the whole: the "
                    f"force can match {plain(100 - self.fund_share)}% at most."
                )
        days = (self.submitted_date, self.considered_date, self.decided_date)
        known = [day for day in days if day]
        if known != sorted(known):
            last = "decided_date" if self.decided_date else "considered_date"
            errors[last] = "A bid is submitted, then considered, then decided: correct the dates."
        if self.decision and not self.decided_date:
            errors["decided_date"] = "Say on which day the decision was made."
        if self.decided_date and not self.decision:
            errors["decision"] = "Say what was decided on that day."
        if errors:
            raise ValidationError(errors)

    def __str__(self) -> str:
        return f"{self.title}, {self.get_fund_display()}"


class DefinedMeasure(Term):
    """A measure whose definition can change from a day on."""

    REACH = "cyber.reach", "people reached a month"


class MeasureDefinition(Definition):
    """What a measure of cybercrime counts from a day on."""

    measures = DefinedMeasure
    measure = term_field(DefinedMeasure)

    class Meta(Definition.Meta):
        constraints: ClassVar = [
            *Definition.Meta.constraints,
            *measure_constraints("cyber", DefinedMeasure),
        ]
