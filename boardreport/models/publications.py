"""Work in the background: publications, and draft papers."""

import uuid
from typing import ClassVar, Self

from django.db import models
from django.db.models import Q
from django.utils import timezone

from boardreport.jobs import OPEN, Job, JobState
from boardreport.models.editions import Edition
from units.domain.vocabulary import Term
from units.records.fields import QuarterField, one_of, term_field


class PublicationQuerySet(models.QuerySet["Publication"]):
    """Publications in the background, by how far they have come."""

    def under_way(self) -> Self:
        """Return those that are being done or wait to be; what was killed is not under way."""
        alive = Q(lease_until=None) | Q(lease_until__gte=timezone.now())
        return self.filter(alive, state__in=OPEN)


class Publication(Job):
    """One publishing of a quarter in the background. At most one is open for a quarter."""

    killed = (
        "The process that published was ended in the middle. Nothing was published, and the quarter "
        "is as it was: publish again."
    )
    broken = (
        "Publishing failed for a reason that the log of the worker tells. Nothing was published."
    )

    quarter = QuarterField()
    note = models.TextField(blank=True)
    overrule_reason = models.TextField(blank=True)
    withdrawn = models.ForeignKey(
        Edition, models.PROTECT, null=True, related_name="+",
        help_text="The edition that this one replaces without words that were restricted.",
    )  # fmt: skip
    steps_done = models.PositiveSmallIntegerField(default=0)

    objects = PublicationQuerySet.as_manager()

    class Meta(Job.Meta):
        constraints: ClassVar = [
            *Job.Meta.constraints,
            models.UniqueConstraint(
                fields=["quarter"],
                condition=Q(state__in=OPEN),
                name="boardreport_publication_one_open",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.quarter}, {JobState(self.state).label}"


class DraftKind(Term):
    """What a worker makes of a quarter's draft."""

    PDF = "pdf", "PDF"
    WORD = "docx", "Word document"
    CHECK = "check", "check of both papers"


class DraftPaper(Job):
    """A draft paper that a worker makes for a reader, and that is kept for a while.

    `digest` names what it was made from, so that an unchanged draft is not made again; `data` is the
    file, of a check what it found as JSON. At most one is open for a reader.
    """

    killed = "The process that made it was ended in the middle. Nothing is lost: ask for it again."
    broken = "It could not be made, for a reason that the log of the worker tells."

    key = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    quarter = QuarterField()
    kind = term_field(DraftKind)
    digest = models.CharField(max_length=64, blank=True, db_index=True)
    data = models.BinaryField(default=b"")

    class Meta(Job.Meta):
        constraints: ClassVar = [
            *Job.Meta.constraints,
            one_of("kind", DraftKind),
            models.UniqueConstraint(
                fields=["asked_by"],
                condition=Q(state__in=OPEN),
                name="boardreport_draftpaper_one_open",
            ),
        ]

    def __str__(self) -> str:
        return f"{DraftKind(self.kind).label} of {self.quarter}, {JobState(self.state).label}"
