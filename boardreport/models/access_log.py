"""Who took which copy of what is restricted, and who exported which records."""

from typing import ClassVar

from django.conf import settings
from django.db import models

from boardreport.models.editions import DownloadFormat, Edition
from units.domain.vocabulary import Marking
from units.records.fields import QuarterField, one_of, term_field


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
