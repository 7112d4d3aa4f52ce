"""What was published and became of it: editions, withdrawal, erasure; jobs; copies, exports."""

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from boardreport.jobs import OPEN, Job, JobState
from units.records import QuarterField, one_of, term_field
from units.terms import Audience, Marking, Term


class Edition(models.Model):
    """What one audience reads of one quarter, frozen: the database refuses to change or delete it.

    Editions form a chain: `sha256` is taken over all that an edition is and holds, and over the link
    of the edition before it, whichever quarter and audience that was. `released` names the records
    whose words it holds, a line each, so that it can be withdrawn when one of them is restricted;
    `confidential` the cells that it and the public editions before it withhold, in JSON, so that no
    later one tells them; `told` the counts that its audience was told, up to then, so that a later one
    says which were revised. None of these is erased with the rest; what was said of the edition is: its
    `note`, `overruled` and `overrule_reason`, of which the link holds the hash `said_sha256` alone.
    """

    quarter = QuarterField()
    audience = term_field(Audience)
    number = models.PositiveSmallIntegerField(default=1)
    paper = models.ForeignKey("boardreport.Paper", models.PROTECT, related_name="editions")
    note = models.TextField(
        blank=True, help_text="Of a second edition and later ones: what changed, and why."
    )
    overruled = models.TextField(
        blank=True, help_text="What the checklist held against publishing, a line each."
    )
    overrule_reason = models.TextField(blank=True, help_text="Why it was published all the same.")
    released = models.TextField(blank=True, editable=False)
    confidential = models.TextField(blank=True, editable=False)
    told = models.TextField(blank=True, editable=False)
    content_sha256 = models.CharField("SHA-256 of the content", max_length=64)
    pdf_sha256 = models.CharField("SHA-256 of the PDF", max_length=64)
    charts_sha256 = models.CharField("SHA-256 of the charts", max_length=64)
    said_sha256 = models.CharField(
        "SHA-256 of what was said of it", max_length=64, blank=True, editable=False
    )
    files_sha256 = models.CharField(
        "SHA-256 of its other files", max_length=64, blank=True, editable=False
    )
    pdf_bytes = models.PositiveIntegerField("bytes of the PDF")
    previous_sha256 = models.CharField(
        "link of the edition before", max_length=64, blank=True, unique=True
    )
    sha256 = models.CharField("link in the chain", max_length=64, unique=True)
    published_at = models.DateTimeField()
    published_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    toolchain = models.TextField()
    content = models.BinaryField()
    pdf = models.BinaryField()

    class Meta:
        constraints: ClassVar = [
            one_of("audience", Audience),
            models.UniqueConstraint(
                fields=["quarter", "audience", "number"], name="boardreport_edition_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.quarter}, {self.words}"

    @property
    def words(self) -> str:
        """As the foot of a page names it: "Public edition 1"."""
        return f"{Audience(self.audience).heading} edition {self.number}"

    @property
    def slug(self) -> str:
        """As an address names it: "public-1"."""
        return f"{self.audience}-{self.number}"


class EditionChart(models.Model):
    """One drawing of a chart of an edition, frozen with it: for the screen, or "paper"."""

    edition = models.ForeignKey(Edition, models.PROTECT, related_name="charts")
    key = models.CharField(max_length=60)
    size = models.CharField(max_length=20)
    svg = models.TextField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["edition", "key", "size"], name="boardreport_editionchart_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.key}, {self.size}"


class Withdrawal(models.Model):
    """That an edition may no longer be read, since words in it were restricted afterwards."""

    edition = models.OneToOneField(Edition, models.PROTECT, related_name="withdrawal")
    record = models.CharField(max_length=80, help_text="Whose words: model and primary key.")
    reason = models.CharField(max_length=250)
    withdrawn_at = models.DateTimeField()
    withdrawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )

    def __str__(self) -> str:
        return f"{self.edition}, withdrawn"


class Erasure(models.Model):
    """That an edition's bytes were erased, as the law asked; its place in the chain remains."""

    edition = models.OneToOneField(Edition, models.PROTECT, related_name="erasure")
    reason = models.CharField(max_length=250)
    erased_at = models.DateTimeField()
    erased_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    def __str__(self) -> str:
        return f"{self.edition}, erased"


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


class DownloadFormat(Term):
    """As what a copy was handed out."""

    PDF = "pdf", "PDF"
    WORD = "docx", "Word"
    CSV = "csv", "CSV"
    ODS = "ods", "ODS"
    XLSX = "xlsx", "XLSX"
    JSON = "json", "JSON"


class EditionFile(models.Model):
    """A file of an edition beside its PDF, made once and frozen with it: its Word document."""

    edition = models.ForeignKey(Edition, models.PROTECT, related_name="files")
    format = term_field(DownloadFormat)
    sha256 = models.CharField("SHA-256 of the bytes", max_length=64)
    data = models.BinaryField()

    class Meta:
        constraints: ClassVar = [
            one_of("format", DownloadFormat),
            models.UniqueConstraint(
                fields=["edition", "format"], name="boardreport_editionfile_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.edition}, {DownloadFormat(self.format).label}"


class Download(models.Model):
    """One copy of something restricted, handed out to one reader: the database keeps it as it is.

    It is of a paper, a table, a quarter’s tables, a list of records or an edition as JSON: `file` is
    its name. `copy` stands at the foot of each page of a paper, on a workbook’s cover, in a CSV’s
    name; `sha256` is of the bytes that the reader got. A copy of a draft has no edition.
    """

    copy = models.CharField("copy number", max_length=9, unique=True)
    reader = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField("handed out")
    quarter = QuarterField()
    edition = models.ForeignKey(
        Edition, models.PROTECT, null=True, blank=True, related_name="downloads"
    )
    format = term_field(DownloadFormat)
    file = models.CharField(max_length=200, blank=True)
    sha256 = models.CharField("SHA-256 of the bytes", max_length=64)

    class Meta:
        constraints: ClassVar = [one_of("format", DownloadFormat)]

    def __str__(self) -> str:
        return f"Copy {self.copy}"


class Export(models.Model):
    """One file of records that somebody took, from the admin or by the command; kept as it is.

    `kind` names the records as their import does, `number` counts them; `marking` is the highest among
    them, and `sha256` of the bytes.
    """

    reader = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField("exported")
    kind = models.CharField("records", max_length=40)
    number = models.PositiveIntegerField("how many")
    marking = term_field(Marking)
    format = term_field(DownloadFormat)
    sha256 = models.CharField("SHA-256 of the bytes", max_length=64)

    class Meta:
        constraints: ClassVar = [one_of("marking", Marking), one_of("format", DownloadFormat)]

    def __str__(self) -> str:
        return f"{self.number:,} {self.kind}"
