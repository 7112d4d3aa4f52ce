"""The board's side: the office, a quarter's paper with its paragraphs and actions."""

import uuid
from typing import ClassVar

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from simple_history.models import HistoricalRecords

from boardreport.editions import (
    Download,
    DownloadFormat,
    DraftKind,
    DraftPaper,
    Edition,
    EditionChart,
    EditionFile,
    Erasure,
    Export,
    Publication,
    Withdrawal,
)
from boardreport.names import known_names, known_parts, rebasable_measures
from boardreport.outline import section_choices, section_heading
from boardreport.prose import promise_in, stray_brace, unknown_names
from units.disclosure import LARGEST_THRESHOLD, SMALLEST_THRESHOLD, THRESHOLD, Policy
from units.records import CarriedForward, QuarterField, Record, Unmarked, one_of, term_field
from units.registry import Unit, registered_units
from units.terms import OcgCounts, Purpose, Resolution, Status
from units.wording import day_words

__all__ = [
    "Action",
    "Download",
    "DownloadFormat",
    "DraftKind",
    "DraftPaper",
    "Edition",
    "EditionChart",
    "EditionFile",
    "Erasure",
    "Export",
    "LastVisit",
    "LeadAddress",
    "Office",
    "Paper",
    "PaperSection",
    "Paragraph",
    "Publication",
    "Rebase",
    "Recommendation",
    "Upload",
    "Withdrawal",
]


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


class Paper(Record):
    """The board paper of one quarter: its header block over its sections and actions."""

    quarter = QuarterField(unique=True)
    title = models.CharField(max_length=120, default="National threats")
    meeting_date = models.DateField(null=True, blank=True)
    agenda_item = models.CharField(max_length=10, blank=True)
    report_of = models.CharField(
        max_length=100, blank=True, help_text="For example: Chief Constable."
    )
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="papers"
    )
    author_title = models.CharField(
        max_length=100, blank=True, help_text="The author’s post, as the paper prints it."
    )
    contact = models.CharField(max_length=100, blank=True)
    presented_for = term_field(Purpose, default=Purpose.DISCUSSION)
    private_ground = models.CharField(
        "ground for private session",
        max_length=250,
        blank=True,
        help_text="Printed in the restricted edition.",
    )

    class Meta(Record.Meta):
        constraints: ClassVar = [*Record.Meta.constraints, one_of("presented_for", Purpose)]

    def clean(self) -> None:
        """Refuses a meeting before the quarter is over."""
        super().clean()
        if self.meeting_date and self.quarter and self.meeting_date <= self.quarter.end:
            raise ValidationError(
                {
                    "meeting_date": f"{self.quarter} ends on {day_words(self.quarter.end)}: "
                    "the board meets later."
                }
            )

    def __str__(self) -> str:
        return f"{self.title}, {self.quarter}"


class PaperSection(models.Model):
    """One of the standard sections, at its place in a paper."""

    paper = models.ForeignKey(Paper, models.CASCADE, related_name="sections")
    kind = models.CharField(max_length=40, choices=section_choices)
    order = models.PositiveSmallIntegerField()
    history = HistoricalRecords()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["paper", "kind"], name="boardreport_papersection_once"),
        ]

    def __str__(self) -> str:
        return f"{section_heading(self.kind)}, {self.paper}"


def wrong_names(text: str) -> str:
    """What is wrong with the names in braces in a text of Markdown; "" where nothing is."""
    if unknown := unknown_names(text, known_names()):
        return (
            f"There is no figure or exhibit named {', '.join(f'“{name}”' for name in unknown)}. "
            f"These can be named: {', '.join(sorted(known_names()))}."
        )
    if stray_brace(text):
        return (
            "A brace is not closed, or opens no name. Write {rocu.disruptions.total}, or leave "
            "braces out."
        )
    return ""


class Paragraph(CarriedForward, Record):
    """A paragraph of commentary: Markdown in which {names} stand for live figures."""

    carried_words: ClassVar[tuple[str, ...]] = ("text",)

    section = models.ForeignKey(PaperSection, models.CASCADE, related_name="paragraphs")
    part = models.SlugField(
        max_length=40,
        blank=True,
        help_text="The part of a unit’s section in which it stands, such as disruptions or funding; "
        "empty: before the first.",
    )
    order = models.PositiveSmallIntegerField(
        help_text="Its place in the section, from 1; the others make room. Empty: at the end."
    )
    text = models.TextField(
        help_text="Markdown. {rocu.disruptions.total} stands for that figure of this quarter; "
        "{see rocu.disruptions} for a reference to that table or figure."
    )
    said = models.TextField(
        "what was said",
        blank=True,
        help_text="Where the paragraph promises a verbal update: what members were told. Until it "
        "is entered, each later paper says that it is not yet recorded.",
    )

    class Meta(Record.Meta):
        indexes: ClassVar = [models.Index(fields=["section", "order"])]

    def clean(self) -> None:
        """Refuses a figure, an exhibit or a part that does not exist."""
        super().clean()
        errors = {}
        if wrong := wrong_names(self.text):
            errors["text"] = wrong
        if self.said and not promise_in(self.text) and not promise_in(self._published_words()):
            errors["said"] = (
                "This paragraph promises no verbal update: leave the field empty, or correct the "
                "paragraph’s text."
            )
        if self.part and self.section_id:
            parts = known_parts(self.section.kind)
            if self.part not in parts:
                errors["part"] = (
                    f"“{self.part}” is no part of {section_heading(self.section.kind)}; "
                    + (f"choose one of {', '.join(parts)}." if parts else "leave it empty.")
                )
        if errors:
            raise ValidationError(errors)

    def _published_words(self) -> str:
        """What the paper says of it in its last edition; "" where it says nothing."""
        from boardreport.promises import as_published  # promises reads these models

        mine = as_published(Paragraph.objects.filter(pk=self.pk))
        return mine.values_list("words", flat=True).first() or ""

    def __str__(self) -> str:
        return self.text[:60]


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


class Recommendation(Record):
    """Something that a paper asks of the board, and what the board resolved on it."""

    paper = models.ForeignKey(Paper, models.CASCADE, related_name="recommendations")
    order = models.PositiveSmallIntegerField()
    title = models.CharField(
        "in brief",
        max_length=120,
        help_text="As the next paper names it: Note the number of disruptions.",
    )
    text = models.TextField(
        "recommendation",
        help_text="Markdown, as in a paragraph: The board is asked to note {see rocu.disruptions}.",
    )
    resolution = term_field(Resolution, blank=True)
    resolution_words = models.TextField(
        "resolution in words",
        blank=True,
        help_text="As the minutes have it; of an amendment, what was agreed instead.",
    )
    resolved_on = models.DateField("resolved on", null=True, blank=True)

    class Meta(Record.Meta):
        constraints: ClassVar = [
            *Record.Meta.constraints,
            one_of("resolution", Resolution, blank=True),
            models.UniqueConstraint(
                fields=["paper", "order"], name="boardreport_recommendation_order"
            ),
            models.CheckConstraint(
                condition=models.Q(resolution="", resolved_on__isnull=True, resolution_words="")
                | (~models.Q(resolution="") & models.Q(resolved_on__isnull=False)),
                name="boardreport_recommendation_resolved_dated",
                violation_error_message="A resolution has a kind and a date.",
            ),
        ]

    def clean(self) -> None:
        """Refuses an unknown name, and a resolution without its kind, its date or its amendment."""
        super().clean()
        errors = {}
        if wrong := wrong_names(self.text):
            errors["text"] = wrong
        if self.resolution and not self.resolved_on:
            errors["resolved_on"] = "Say on which day the board resolved it."
        if not self.resolution and (self.resolved_on or self.resolution_words):
            errors["resolution"] = "Say what the board resolved."
        if self.resolution == Resolution.AMENDED and not self.resolution_words:
            errors["resolution_words"] = "Say what the board agreed instead."
        if errors:
            raise ValidationError(errors)

    def __str__(self) -> str:
        return self.title


class Rebase(Record):
    """A quarter from which a measure's expected range is reckoned anew, once the board has agreed."""

    measure = models.CharField(max_length=60, choices=rebasable_measures)
    quarter = QuarterField(
        "from", help_text="The first quarter of the new level, for example 2018/19 Q2."
    )
    reason = models.TextField(
        help_text="What changed, as the footnote says it: The county forces joined the ROCU’s panel."
    )
    recommendation = models.ForeignKey(
        Recommendation,
        models.PROTECT,
        related_name="rebases",
        help_text="What the board was asked. The re-base takes effect once its resolution is "
        "entered there, agreed or agreed as amended.",
    )

    class Meta(Record.Meta):
        verbose_name = "re-base"
        verbose_name_plural = "re-bases"
        constraints: ClassVar = [
            *Record.Meta.constraints,
            models.UniqueConstraint(
                fields=["measure", "quarter"],
                name="boardreport_rebase_once",
                violation_error_message="This measure is re-based from this quarter already.",
            ),
        ]

    def __str__(self) -> str:
        return f"{dict(rebasable_measures()).get(self.measure, self.measure)} from {self.quarter}"


class Action(Record):
    """Something that a paper promises: what, by whom, by when, and how it went."""

    paper = models.ForeignKey(Paper, models.CASCADE, related_name="actions")
    order = models.PositiveSmallIntegerField()
    text = models.CharField("action", max_length=250)
    owner = models.CharField(max_length=100)
    due_date = models.DateField()
    status = term_field(Status, default=Status.NOT_STARTED)
    outcome = models.TextField(
        blank=True, help_text="How it went, in words, as the next paper tells it."
    )

    class Meta(Record.Meta):
        constraints: ClassVar = [
            *Record.Meta.constraints,
            one_of("status", Status),
            models.UniqueConstraint(fields=["paper", "order"], name="boardreport_action_order"),
        ]

    def __str__(self) -> str:
        return self.text


class LastVisit(models.Model):
    """When a signed-in reader last looked at all quarters: today's visit, and the one before it."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    latest = models.DateTimeField()
    before = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.user}, {self.latest:%Y-%m-%d}"


class Upload(models.Model):
    """A file to import, kept with what it would do until whoever sent it confirms, for an hour."""

    key = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    kind = models.CharField(max_length=40)
    name = models.CharField(max_length=100)
    data = models.BinaryField()
    report = models.BinaryField()
    uploaded_at = models.DateTimeField(auto_now_add=True, db_index=True)

    def __str__(self) -> str:
        return self.name
