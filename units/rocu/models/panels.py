"""The moderation panel: its quorum, its meetings, who attended, interests, what was put back."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Exists, OuterRef
from simple_history.models import HistoricalRecords

from units.domain.english import day_words
from units.domain.vocabulary import Presence
from units.records.fields import one_of, term_field
from units.records.models import Record, Unmarked


class Quorum(Unmarked):
    """How many members must be present for a panel to decide, from one day until the next such row."""

    DEFAULT: ClassVar[int] = 3
    """What holds before the first row."""

    members = models.PositiveSmallIntegerField(
        "members present",
        validators=[MinValueValidator(1)],
        help_text="The least number of members present with which a panel may decide.",
    )
    valid_from = models.DateField(unique=True, help_text="The first panel’s date it holds for.")
    history = HistoricalRecords()

    class Meta:
        verbose_name_plural = "quorums"

    def __str__(self) -> str:
        return f"{self.members} from {day_words(self.valid_from)}"


class PanelQuerySet(models.QuerySet["Panel"]):
    """Named questions about panels."""

    def open(self) -> PanelQuerySet:
        """Planned or under way: not closed. One that was only entered with its decisions, such as
        by an import, was held elsewhere and is over."""
        decided = Exists(self.model.objects.filter(pk=OuterRef("pk"), decisions__isnull=False))
        elsewhere = decided & ~Exists(Attendance.objects.filter(panel=OuterRef("pk")))
        return self.filter(~elsewhere, closed_at=None)


class Panel(Record):
    """A monthly meeting that moderates claims. Once closed, its minutes are final."""

    date = models.DateField(unique=True)
    notes = models.TextField(blank=True)
    closed_at = models.DateTimeField(null=True, editable=False)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, editable=False, related_name="+"
    )

    objects = PanelQuerySet.as_manager()

    def __str__(self) -> str:
        return f"Panel of {day_words(self.date)}"


def refuse_closed(panel: Panel) -> None:
    """ValidationError at the panel where its meeting is closed: only a later one goes on from there."""
    if panel.closed_at:
        raise ValidationError(
            {"panel": f"The {panel} is closed and its minutes are final: use a later panel."}
        )


class Attendance(Unmarked):
    """Who sat on a panel, by post and organisation, never by name; or who sent apologies."""

    panel = models.ForeignKey(Panel, models.CASCADE, related_name="attendances")
    post = models.CharField(max_length=100, help_text="The post, such as Detective Superintendent.")
    organisation = models.CharField(max_length=100, help_text="A force, the ROCU or a partner.")
    presence = term_field(Presence)
    history = HistoricalRecords()

    class Meta:
        constraints: ClassVar = [
            one_of("presence", Presence),
            models.UniqueConstraint(
                fields=["panel", "post", "organisation"],
                name="rocu_attendance_once",
                violation_error_message="This post of this organisation is listed already.",
            ),
        ]

    def clean(self) -> None:
        """Refuses an entry of a closed panel."""
        super().clean()
        if self.panel_id:
            refuse_closed(self.panel)

    def __str__(self) -> str:
        return f"{self.post}, {self.organisation}"


class Interest(Unmarked):
    """An interest that a member of a panel declared in one claim; the member then takes no part."""

    member = models.ForeignKey(Attendance, models.PROTECT, related_name="interests")
    disruption = models.ForeignKey("Disruption", models.PROTECT, related_name="interests")
    nature = models.CharField(
        max_length=200, help_text="What the interest is, such as: led the operation."
    )
    history = HistoricalRecords()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["member", "disruption"],
                name="rocu_interest_once",
                violation_error_message="This member has declared an interest in this claim.",
            )
        ]

    def clean(self) -> None:
        """Refuses an entry of a closed panel."""
        super().clean()
        if self.member_id:
            refuse_closed(self.member.panel)

    def __str__(self) -> str:
        return f"{self.member}: {self.disruption.reference}"


class AgendaItem(Unmarked):
    """A decided claim that the chair puts back on a panel's agenda, to be corrected or withdrawn."""

    panel = models.ForeignKey(Panel, models.CASCADE, related_name="put_back")
    disruption = models.ForeignKey("Disruption", models.PROTECT, related_name="put_back")
    why = models.CharField(max_length=200, help_text="Why it is looked at again.")
    history = HistoricalRecords()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["panel", "disruption"],
                name="rocu_agendaitem_once",
                violation_error_message="This claim is on the agenda already.",
            )
        ]

    def clean(self) -> None:
        """Refuses a closed panel, one before the impact, and a claim that is pending anyway."""
        super().clean()
        if self.panel_id:
            refuse_closed(self.panel)
        if self.panel_id and self.disruption_id:
            claim = self.disruption
            if claim.date_of_impact > self.panel.date:
                raise ValidationError(
                    {"disruption": f"{claim.reference} had its impact after this panel meets."}
                )
            if claim.decision_id is None:
                raise ValidationError(
                    {
                        "disruption": f"{claim.reference} waits for a panel: it needs no putting back."
                    }
                )

    def __str__(self) -> str:
        return f"{self.disruption.reference} before the {self.panel}"
