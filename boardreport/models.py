"""The board's side: the office, a quarter's paper with its paragraphs and actions."""

from typing import ClassVar

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from simple_history.models import HistoricalRecords

from boardreport.editions import (
    Edition,
    EditionChart,
    Erasure,
    KeptDrawing,
    Publication,
    PublicationState,
    Withdrawal,
)
from boardreport.outline import Outline
from boardreport.prose import stray_brace, unknown_names
from units.records import QuarterField, Record, Unmarked, one_of, term_field
from units.roles import Role
from units.terms import Purpose, Status
from units.wording import day_words

__all__ = [
    "Action",
    "Edition",
    "EditionChart",
    "Erasure",
    "KeptDrawing",
    "Office",
    "Paper",
    "PaperSection",
    "Paragraph",
    "Publication",
    "PublicationState",
    "Withdrawal",
]


class Office(Unmarked):
    """The police and crime commissioner's office that runs this installation: one row, its switches."""

    kept_by: ClassVar[Role] = Role.ADMINISTRATOR

    name = models.CharField(max_length=100, default="Police and Crime Commissioner")
    region = models.CharField(max_length=100, blank=True)
    board = models.CharField(max_length=100, default="Strategic Policing and Crime Board")
    demonstration = models.BooleanField(
        default=False,
        editable=False,
        help_text="All figures are invented; every page and paper says so.",
    )
    history = HistoricalRecords()

    class Meta:
        verbose_name_plural = "office"
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(pk=1),
                name="boardreport_office_one",
                violation_error_message="There is one office: change it instead of adding another.",
            )
        ]

    def __str__(self) -> str:
        return self.name

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

    kept_by: ClassVar[Role] = Role.OFFICER

    paper = models.ForeignKey(Paper, models.CASCADE, related_name="sections")
    kind = term_field(Outline)
    order = models.PositiveSmallIntegerField()
    history = HistoricalRecords()

    class Meta:
        constraints: ClassVar = [
            one_of("kind", Outline),
            models.UniqueConstraint(fields=["paper", "kind"], name="boardreport_papersection_once"),
        ]

    def __str__(self) -> str:
        return f"{Outline(self.kind).label}, {self.paper}"


class Paragraph(Record):
    """A paragraph of commentary: Markdown in which {names} stand for live figures."""

    section = models.ForeignKey(PaperSection, models.CASCADE, related_name="paragraphs")
    part = models.SlugField(
        max_length=40,
        blank=True,
        help_text="The part of a unit’s section in which it stands, such as disruptions or funding; "
        "empty: before the first.",
    )
    order = models.PositiveSmallIntegerField()
    text = models.TextField(
        help_text="Markdown. {rocu.disruptions.total} stands for that figure of this quarter; "
        "{see rocu.disruptions} for a reference to that table or figure."
    )

    class Meta(Record.Meta):
        indexes: ClassVar = [models.Index(fields=["section", "order"])]

    def clean(self) -> None:
        """Refuses a figure, an exhibit or a part that does not exist."""
        from boardreport.board import known_names, known_parts  # board reads these models

        super().clean()
        errors = {}
        if unknown := unknown_names(self.text, known_names()):
            errors["text"] = (
                f"There is no figure or exhibit named {', '.join(f'“{name}”' for name in unknown)}. "
                f"These can be named: {', '.join(sorted(known_names()))}."
            )
        elif stray_brace(self.text):
            errors["text"] = (
                "A brace is not closed, or opens no name. Write {rocu.disruptions.total}, or leave "
                "braces out."
            )
        if self.part and self.section_id:
            parts = known_parts(Outline(self.section.kind))
            if self.part not in parts:
                errors["part"] = (
                    f"“{self.part}” is no part of {Outline(self.section.kind).label}; "
                    + (f"choose one of {', '.join(parts)}." if parts else "leave it empty.")
                )
        if errors:
            raise ValidationError(errors)

    def __str__(self) -> str:
        return self.text[:60]


class Action(Record):
    """Something that a paper promises: what, by whom, by when, and how it went."""

    paper = models.ForeignKey(Paper, models.CASCADE, related_name="actions")
    order = models.PositiveSmallIntegerField()
    text = models.CharField("action", max_length=250)
    owner = models.CharField(max_length=100)
    due_date = models.DateField()
    status = term_field(Status, default=Status.NOT_STARTED)

    class Meta(Record.Meta):
        constraints: ClassVar = [
            *Record.Meta.constraints,
            one_of("status", Status),
            models.UniqueConstraint(fields=["paper", "order"], name="boardreport_action_order"),
        ]

    def __str__(self) -> str:
        return self.text
