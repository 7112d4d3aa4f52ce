"""The board's side: the office, a quarter's paper with its paragraphs and actions."""

from typing import ClassVar, Self

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Case, F, OuterRef, Q, Subquery, TextField, Value, When
from django.db.models.functions import Coalesce
from simple_history.models import HistoricalRecords

from boardreport.markdown import promise_in, stray_brace, unknown_names
from boardreport.models.editions import (
    Edition,
)
from boardreport.models.outline import section_choices, section_heading
from boardreport.names import known_names, known_parts, rebasable_measures
from units.domain.english import day_words
from units.domain.vocabulary import (
    Marking,
    Purpose,
    Resolution,
    Status,
)
from units.records.fields import QuarterField, one_of, term_field
from units.records.models import CarriedForward, Record


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


class ParagraphQuerySet(models.QuerySet["Paragraph"]):
    """Paragraphs, with what the paper says of them."""

    def as_published(self) -> Self:
        """Annotate each paragraph with its `words`: what the last edition that is not erased says.

        "" where it does not have the paragraph; of a paper that is not published, its words as they are
        now. Words that were rewritten since are held by what held them then, and by what holds them now:
        `marking_held`, `restriction_held` and `restriction_expiry_held`.
        """
        editions = Edition.objects.filter(
            quarter=OuterRef("section__paper__quarter"), erasure=None
        ).order_by("-pk")
        then = self.model.history.filter(
            id=OuterRef("pk"), history_date__lte=OuterRef("published")
        ).order_by("-history_date", "-history_id")
        rewritten = Q(published__isnull=False) & ~Q(words=F("text"))
        restricted = ~Q(restriction="")
        return self.annotate(
            published=Subquery(editions.values("published_at")[:1]),
            words=Case(
                When(published=None, then=F("text")),
                default=Coalesce(Subquery(then.values("text")[:1]), Value("", TextField())),
            ),
            marking_held=Case(
                When(
                    rewritten & Q(marking=Marking.OFFICIAL),
                    then=Subquery(then.values("marking")[:1]),
                ),
                default=F("marking"),
            ),
            **{
                f"{name}_held": Case(
                    When(rewritten & ~restricted, then=Subquery(then.values(name)[:1])),
                    default=F(name),
                )
                for name in ("restriction", "restriction_expiry")
            },
        )


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

    objects = ParagraphQuerySet.as_manager()

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
        mine = Paragraph.objects.filter(pk=self.pk).as_published()
        return mine.values_list("words", flat=True).first() or ""

    def __str__(self) -> str:
        return self.text[:60]


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
