"""Lawful erasure: an edition's bytes go, and its place in the chain says that they did, and why."""

from django.contrib.auth.models import User
from django.db import connection, transaction
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from boardreport.jobs import OPEN
from boardreport.models import (
    DraftPaper,
    Edition,
    EditionChart,
    EditionFile,
    Erasure,
    Publication,
)
from boardreport.publishing import reasons
from units.domain.rights import ERASE, Kind
from units.records.roles import may


class ErasureRefused(Exception):
    """Why an edition cannot be erased, and what to do."""


def refuse(edition: Edition, *, by: User, reason: str) -> None:
    """ErasureRefused where an edition is erased already, or may not be by this user or for this."""
    if not may(by, ERASE, Kind.ERASURES):
        raise ErasureRefused(f"{by.get_username()} may not erase: an administrator does.")
    if words := reasons.too_little(reasons.ERASURE, reason):
        raise ErasureRefused(f"{words} It stays on record and is shown to readers.")
    if hasattr(edition, "erasure"):
        raise ErasureRefused(f"{edition} is erased already.")


def printing_note(edition: Edition) -> list[Edition]:
    """The later editions that print an edition’s note on their front, and keep it when it is erased."""
    if not edition.note:
        return []
    later = Edition.objects.filter(
        quarter=edition.quarter, audience=edition.audience, number__gt=edition.number, erasure=None
    )
    if hasattr(edition, "withdrawal"):  # later ones no longer tell it
        later = later.filter(published_at__lt=edition.withdrawal.withdrawn_at)
    return list(later.order_by("number").defer("content", "pdf"))


def erase(edition: Edition, *, by: User, reason: str) -> Erasure:
    """Empties an edition's content, PDF, charts and files, and keeps its hashes; this is on record.

    What was said of it goes with them, but for an edition from before its link held the hash of that
    alone; so do the words of the quarter's ended publications, and what is kept of draft
    papers. Copies elsewhere, such as backups, are not reached.
    """
    refuse(edition, by=by, reason=reason)
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            # SQLite else leaves the bytes in the pages that it frees
            cursor.execute("PRAGMA secure_delete = ON")
    with transaction.atomic():
        erasure = Erasure.objects.create(
            edition=edition, reason=reason.strip(), erased_at=timezone.now(), erased_by=by
        )
        said = dict.fromkeys(("note", "overruled", "overrule_reason"), "")
        Edition.objects.filter(pk=edition.pk).update(
            content=b"", pdf=b"", **(said if edition.said_sha256 else {})
        )
        EditionChart.objects.filter(edition=edition).update(svg="")
        EditionFile.objects.filter(edition=edition).update(data=b"")
        DraftPaper.objects.exclude(state__in=OPEN).delete()
        ended = Publication.objects.filter(quarter=edition.quarter).exclude(state__in=OPEN)
        DBTaskResult.objects.filter(pk__in=[one.task for one in ended if one.task]).delete()
        ended.update(note="", overrule_reason="", message="", step="")
    return erasure
