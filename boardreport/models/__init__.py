"""The board’s records: the office, papers, editions, work in the background, copies that were taken."""

from boardreport.models.access_log import Download, Export
from boardreport.models.editions import (
    DownloadFormat,
    Edition,
    EditionChart,
    EditionFile,
    Erasure,
    Withdrawal,
)
from boardreport.models.office import LeadAddress, Office
from boardreport.models.papers import (
    Action,
    Paper,
    PaperSection,
    Paragraph,
    Rebase,
    Recommendation,
)
from boardreport.models.publications import DraftKind, DraftPaper, Publication
from boardreport.models.uploads import LastVisit, Upload

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
