"""The CTU's records: threat levels, plan, activities, programmes, scrutiny, CONTEST, national demand.

Performance data of the CTU is classified. No model but national demand has a number to enter, and
words that count the unit's activity are refused.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, ClassVar, Self

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q

from units.domain.vocabulary import (
    EXCEPTIONS,
    Marking,
    Scope,
    Strand,
    Threat,
    ThreatStep,
)
from units.records.fields import financial_year_field, one_of, term_field
from units.records.models import Record, StatusUpdate

_MONTH = (
    r"(?:January|February|March|April|May|June|July|August|September|October|November|December)"
)
_YEAR = r"(?:19|20)\d\d(?:[/-]\d\d)?"
_NUMBER_WORD = (
    r"(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|(?:thir|four|fif|six|seven"
    r"|eigh|nine)teen|(?:twen|thir|for|fif|six|seven|eigh|nine)ty(?:-\w+)?|dozens?|scores?"
    r"|hundreds?|thousands?)"
)
_COUNTED = (
    r"(?:arrests?|charges?|convictions?|sentences?|search(?:es)?|warrants?|raids?|operations?"
    r"|investigations?|inquiries|plots?|cases?|referrals?|interventions?|disruptions?|subjects?"
    r"|suspects?|offenders?|prisoners?|individuals?|people|persons?|men|women|children|families"
    r"|officers?|staff|posts?|vacancies|advisers?|visits?|reviews?|inspections?|exercises?"
    r"|briefings?|sessions?|sites?|locations?|devices?|weapons?|per ?cent)"
)
_MANY = rf"(?={_COUNTED}\b)(?:\w+s|people|men|women|children|staff|per ?cent)\b"
_NO_COUNT = re.compile(
    rf"\b(?:[12]?\d|3[01]) {_MONTH}\b(?: {_YEAR}\b)?"  # 4 June 2018
    rf"|(?i:\b(?:in|since|until|by|during|from|before|after|{_MONTH}) {_YEAR}\b)(?![,.]\d)"
    rf"|\b{_YEAR}\b(?![,.]\d| {_MANY})"  # Commonwealth Games 2022, 2018/19
    r"|(?i:\b\d{1,2}(?:-| )years?(?:-| )olds?\b|\baged \d{1,2}\b)"  # 16-year-old
    r"|\b[A-Za-z]+\d+\b"  # a name: HS2, Q2
)
_BARE = re.compile(r"\W*\d[\d\W]*")
_COUNT = re.compile(
    rf"[^\s,;:()]*\d\S*(?: [A-Za-z-]+)?|(?i:\b{_NUMBER_WORD}(?: of)?(?: [\w-]+)? {_COUNTED}\b)"
)


def count_in(text: str) -> str:
    """What in a text reads as a count of activity, such as "37 arrests"; "" where nothing does.

    Years, dates, ages and names that end in a digit are no counts: July 2018, 2018/19, 4 June,
    16-year-old, Commonwealth Games 2022, HS2. A text that is nothing but a number is one.
    """
    match = _BARE.fullmatch(text) or _COUNT.search(_NO_COUNT.sub(" ", text))
    return match[0].strip() if match else ""


def refuse_count(text: str) -> None:
    """ValidationError where a text counts the unit's activity."""
    if found := count_in(text):
        raise ValidationError(
            f"“{found}” reads as a count. Performance data of the Counter Terrorism Unit is "
            "classified: say what was done, not how often or to how many. Years, dates and ages "
            "may stand, such as July 2018, 4 June or 16-year-old.",
            code="count",
        )


class Uncounted(Record):
    """A record whose own words may not count the unit's activity."""

    uncounted: ClassVar[Sequence[str]] = ("title", "description")

    class Meta(Record.Meta):
        abstract = True

    def clean_fields(self, exclude: Any = None) -> None:
        """As the record's, and refuses a count at the field that bears it."""
        errors: dict[str, Any] = {}
        try:
            super().clean_fields(exclude=exclude)
        except ValidationError as error:
            errors = error.update_error_dict({})
        for name in self.uncounted:
            if name not in (exclude or ()):
                try:
                    refuse_count(getattr(self, name))
                except ValidationError as error:
                    errors.setdefault(name, []).extend(error.error_list)
        if errors:
            raise ValidationError(errors)


class GuardedUpdate(StatusUpdate, Uncounted):
    """A status update that is OFFICIAL-SENSITIVE where its status is a weakness, unless told otherwise.

    Left empty, the marking follows from the status. A status that turns weak while the marking is
    left alone takes the marking along; nothing is ever released of its own accord.
    """

    uncounted: ClassVar[Sequence[str]] = ("update", "next_step")

    marking = term_field(
        Marking,
        blank=True,
        default="",
        help_text="Left empty: OFFICIAL-SENSITIVE where the status is at risk or late, else "
        "OFFICIAL. Words marked OFFICIAL-SENSITIVE never reach the public edition.",
    )

    class Meta(StatusUpdate.Meta):
        abstract = True

    _stored: tuple[str, str] | None = None

    @classmethod
    def from_db(cls, *args: Any, **kwargs: Any) -> Self:
        """As Django's, and remembers status and marking as they were stored."""
        record = super().from_db(*args, **kwargs)
        loaded = record.__dict__
        if "status" in loaded and "marking" in loaded:
            record._stored = (record.status, record.marking)
        return record

    def settle_marking(self) -> None:
        """Gives the marking that follows from the status, where nobody has said another."""
        weak = self.status in EXCEPTIONS
        turned = self._stored and self._stored[0] != self.status
        if not self.marking or (
            weak and turned and self._stored == (self._stored[0], self.marking)
        ):
            self.marking = Marking.OFFICIAL_SENSITIVE if weak else Marking.OFFICIAL

    def clean_fields(self, exclude: Any = None) -> None:
        """As the record's, with the marking settled first."""
        self.settle_marking()
        super().clean_fields(exclude=exclude)

    def save(self, *args: Any, **kwargs: Any) -> None:
        """As Django's, with the marking settled first."""
        self.settle_marking()
        super().save(*args, **kwargs)
        self._stored = (self.status, self.marking)


class ThreatLevel(Record):
    """The national level of one threat, in force from a day until the next level of that threat."""

    threat = term_field(Threat)
    level = term_field(ThreatStep)
    since_date = models.DateField("in force since")

    class Meta(Record.Meta):
        constraints: ClassVar = [
            *Record.Meta.constraints,
            one_of("threat", Threat),
            one_of("level", ThreatStep),
            models.UniqueConstraint(
                fields=["threat", "since_date"],
                name="ctu_threatlevel_once_a_day",
                violation_error_message="This threat has a level from that day already.",
            ),
        ]

    def __str__(self) -> str:
        return f"{Threat(self.threat).heading}: {ThreatStep(self.level).label}"


class PlanPriority(Uncounted):
    """A strategic priority of the CTU's business plan in one financial year."""

    named_by: ClassVar[tuple[str, ...]] = ("year", "scope", "strand", "title")

    year = financial_year_field()
    scope = term_field(Scope)
    strand = term_field(
        Strand, blank=True, help_text="Of a national priority; a regional one has none."
    )
    order = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=120)
    description = models.TextField(blank=True)

    class Meta(Record.Meta):
        verbose_name_plural = "plan priorities"
        constraints: ClassVar = [
            *Record.Meta.constraints,
            one_of("scope", Scope),
            one_of("strand", Strand, blank=True),
            models.CheckConstraint(
                condition=Q(scope=Scope.REGIONAL, strand="")
                | Q(scope=Scope.NATIONAL) & ~Q(strand=""),
                name="ctu_planpriority_strand_fits",
                violation_error_message="strand: a national priority has one, a regional has none.",
            ),
            models.UniqueConstraint(
                fields=["year", "scope", "order"], name="ctu_planpriority_order"
            ),
        ]

    def clean(self) -> None:
        """Refuses a national priority without a strand, and a regional one with one."""
        super().clean()
        if self.scope == Scope.NATIONAL and not self.strand:
            raise ValidationError({"strand": "Say to which strand the national priority belongs."})
        if self.scope == Scope.REGIONAL and self.strand:
            raise ValidationError({"strand": "A regional priority has no strand: leave it empty."})

    def __str__(self) -> str:
        return f"{Strand(self.strand).heading}: {self.title}" if self.strand else self.title


class PriorityUpdate(GuardedUpdate):
    """Where a priority of the plan stands in one quarter of its year."""

    priority = models.ForeignKey(PlanPriority, models.PROTECT, related_name="updates")

    class Meta(GuardedUpdate.Meta):
        constraints: ClassVar = [
            *GuardedUpdate.Meta.constraints,
            models.UniqueConstraint(fields=["priority", "quarter"], name="ctu_priorityupdate_once"),
        ]

    def clean(self) -> None:
        """Refuses a quarter outside the year of the priority's plan."""
        super().clean()
        if self.priority_id and self.quarter and self.quarter.year != self.priority.year:
            raise ValidationError(
                {
                    "quarter": f"{self.quarter} is not in the year of the plan that has this "
                    f"priority, {self.priority.year}/{(self.priority.year + 1) % 100:02}."
                }
            )

    def __str__(self) -> str:
        return f"{self.priority}, {self.quarter}"


class Activity(Uncounted):
    """A piece of work of one strand, told in words; a highlight is told for a year."""

    named_by: ClassVar[tuple[str, ...]] = ("strand", "begin_date", "title")

    strand = term_field(Strand)
    title = models.CharField(max_length=120, help_text="In words, without a count.")
    description = models.TextField(blank=True, help_text="In words, without a count.")
    begin_date = models.DateField("began on")
    end_date = models.DateField(
        "ended on", null=True, blank=True, help_text="The same day for one day; empty: it goes on."
    )
    highlight = models.BooleanField(
        default=False, help_text="Told first, and in the three quarters after its last one as well."
    )

    class Meta(Record.Meta):
        verbose_name_plural = "activities"
        indexes: ClassVar = [models.Index(fields=["begin_date", "end_date"])]
        constraints: ClassVar = [
            *Record.Meta.constraints,
            one_of("strand", Strand),
            models.CheckConstraint(
                condition=Q(end_date__isnull=True) | Q(end_date__gte=F("begin_date")),
                name="ctu_activity_forwards",
                violation_error_message="ended on: the activity ends before it begins.",
            ),
        ]

    def clean(self) -> None:
        """Refuses an activity that ends before it begins, at the field."""
        super().clean()
        refuse_backwards(self, "begin_date", "end_date", "The activity ends before it begins.")

    def __str__(self) -> str:
        return self.title


def refuse_backwards(record: Any, first: str, last: str, message: str) -> None:
    """ValidationError at the later date's field where it lies before the earlier one."""
    begins, ends = getattr(record, first), getattr(record, last)
    if begins and ends and ends < begins:
        raise ValidationError({last: message})


class Outlook(Uncounted):
    """What lies ahead of one strand, as seen in one financial year."""

    named_by: ClassVar[tuple[str, ...]] = ("year", "strand", "title")

    year = financial_year_field()
    strand = term_field(Strand)
    order = models.PositiveSmallIntegerField()
    title = models.CharField("what lies ahead", max_length=200)

    uncounted: ClassVar[Sequence[str]] = ("title",)

    class Meta(Record.Meta):
        constraints: ClassVar = [
            *Record.Meta.constraints,
            one_of("strand", Strand),
            models.UniqueConstraint(fields=["year", "strand", "order"], name="ctu_outlook_order"),
        ]

    def __str__(self) -> str:
        return self.title


class Programme(Uncounted):
    """A piece of work with partners, a beginning, an end and an evaluation, such as a pilot."""

    named_by: ClassVar[tuple[str, ...]] = ("title",)

    order = models.PositiveSmallIntegerField(unique=True)
    title = models.CharField(max_length=120)
    aim = models.TextField()
    partners = models.TextField()
    begin_date = models.DateField("begins on")
    end_date = models.DateField("ends on")
    evaluation = models.CharField(max_length=200, help_text="By whom, and how far it is.")

    uncounted: ClassVar[Sequence[str]] = ("title", "aim", "partners", "evaluation")

    class Meta(Record.Meta):
        constraints: ClassVar = [
            *Record.Meta.constraints,
            models.CheckConstraint(
                condition=Q(end_date__gte=F("begin_date")),
                name="ctu_programme_forwards",
                violation_error_message="ends on: the programme ends before it begins.",
            ),
        ]

    def clean(self) -> None:
        """Refuses a programme that ends before it begins, at the field."""
        super().clean()
        refuse_backwards(self, "begin_date", "end_date", "The programme ends before it begins.")

    def __str__(self) -> str:
        return self.title


class ProgrammeUpdate(GuardedUpdate):
    """Where a programme stands in one quarter."""

    programme = models.ForeignKey(Programme, models.PROTECT, related_name="updates")

    class Meta(GuardedUpdate.Meta):
        constraints: ClassVar = [
            *GuardedUpdate.Meta.constraints,
            models.UniqueConstraint(
                fields=["programme", "quarter"], name="ctu_programmeupdate_once"
            ),
        ]

    def clean(self) -> None:
        """Refuses a quarter in which the programme does not run."""
        super().clean()
        if not (self.programme_id and self.quarter):
            return
        programme = self.programme
        if self.quarter.end < programme.begin_date or self.quarter.start > programme.end_date:
            raise ValidationError({"quarter": f"{programme} does not run in {self.quarter}."})

    def __str__(self) -> str:
        return f"{self.programme}, {self.quarter}"


class Forum(Record):
    """A body that examines the CTU's performance each quarter, in private."""

    named_by: ClassVar[tuple[str, ...]] = ("title",)

    order = models.PositiveSmallIntegerField(unique=True)
    title = models.CharField(max_length=120)
    members = models.CharField("chair or members", max_length=200)

    def __str__(self) -> str:
        return self.title


class ContestVersion(Record):
    """A version of CONTEST, the government's counter-terrorism strategy, from its publication on."""

    named_by: ClassVar[tuple[str, ...]] = ("title",)

    title = models.CharField(max_length=80, unique=True, help_text="Such as CONTEST, version 4.")
    published_date = models.DateField(unique=True)
    description = models.TextField(blank=True)

    class Meta(Record.Meta):
        verbose_name = "CONTEST version"

    def __str__(self) -> str:
        return self.title


class ContestAim(Record):
    """What a version of CONTEST wants of one strand."""

    version = models.ForeignKey(ContestVersion, models.PROTECT, related_name="aims")
    strand = term_field(Strand)
    title = models.CharField("aim", max_length=120)
    description = models.TextField("what the version asks", blank=True)

    class Meta(Record.Meta):
        verbose_name = "CONTEST aim"
        constraints: ClassVar = [
            *Record.Meta.constraints,
            one_of("strand", Strand),
            models.UniqueConstraint(fields=["version", "strand"], name="ctu_contestaim_once"),
        ]

    def __str__(self) -> str:
        return f"{self.version}: {Strand(self.strand).heading}"


class NationalDemand(Record):
    """Public figures of the whole country's counter-terrorism work; none of them is the unit's."""

    as_of_date = models.DateField(unique=True)
    source = models.CharField(max_length=120)
    investigations = models.PositiveIntegerField(help_text="About how many are under way.")
    subjects = models.PositiveIntegerField(
        "subjects of interest", help_text="More than how many the investigations concern."
    )
    closed = models.PositiveIntegerField(
        "people in closed investigations", help_text="More than how many featured in them."
    )

    class Meta(Record.Meta):
        verbose_name_plural = "national demand"

    def __str__(self) -> str:
        return f"National demand, {self.source}"
