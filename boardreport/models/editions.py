"""What was published and became of it: editions, withdrawal, erasure; jobs; copies, exports."""

from typing import ClassVar

from django.conf import settings
from django.db import models

from units.domain.vocabulary import Audience, Term
from units.records.fields import QuarterField, one_of, term_field


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
