"""All quarters, newest year first: edition, date, and what a reader has not seen yet."""

from collections.abc import Iterable
from datetime import datetime
from itertools import groupby
from operator import attrgetter

import msgspec
from django.contrib.auth.models import AnonymousUser, User
from django.utils import timezone

from boardreport import reading
from boardreport.models import Edition, LastVisit
from units.quarters import Quarter


class Shelved(msgspec.Struct, frozen=True):
    """One quarter on the timeline.

    `words`, `published_at` and `pdf_bytes` are of its last edition for the reader and empty for a
    quarter that is not published; `new` where that edition came after the reader's last visit.
    """

    quarter: Quarter
    words: str = ""
    published_at: datetime | None = None
    pdf_bytes: int = 0
    new: bool = False


class Year(msgspec.Struct, frozen=True):
    """A financial year with its four places, Q1 to Q4; None where there is nothing to open."""

    label: str
    places: tuple[tuple[int, Shelved | None], ...]


class Timeline(msgspec.Struct, frozen=True):
    """Years, newest first; `new` are the editions since the reader's last visit, newest first."""

    years: tuple[Year, ...]
    new: tuple[Shelved, ...] = ()
    since: datetime | None = None


def timeline(user: User | AnonymousUser) -> Timeline:
    """What a user may open, in a fixed number of queries; a member's visit is remembered."""
    who = reading.reader(user)
    shelf = reading.shelf(who).editions
    since = _visited(user)
    editions = {
        row.quarter: row
        for row in Edition.objects.filter(pk__in=[key for key in shelf.values() if key])
        .only("quarter", "audience", "number", "published_at", "pdf_bytes")
        .order_by("quarter")
    }
    shelved = [_shelved(quarter, editions.get(quarter), since) for quarter in shelf]
    return Timeline(
        years=tuple(_years(shelved)),
        new=tuple(
            sorted(filter(attrgetter("new"), shelved), key=attrgetter("published_at"), reverse=True)
        ),
        since=since,
    )


def _shelved(quarter: Quarter, edition: Edition | None, since: datetime | None) -> Shelved:
    if edition is None:
        return Shelved(quarter)
    return Shelved(
        quarter,
        words=edition.words,
        published_at=edition.published_at,
        pdf_bytes=edition.pdf_bytes,
        new=since is not None and edition.published_at > since,
    )


def _years(shelved: Iterable[Shelved]) -> Iterable[Year]:
    by_year = groupby(
        sorted(shelved, key=lambda one: (-one.quarter.year, one.quarter.number)),
        key=lambda one: one.quarter.year_label,
    )
    for label, quarters in by_year:
        there = {one.quarter.number: one for one in quarters}
        yield Year(label, tuple((number, there.get(number)) for number in (1, 2, 3, 4)))


def _visited(user: User | AnonymousUser) -> datetime | None:
    """When the user was here before, on an earlier day; today's visit is remembered."""
    if not user.is_authenticated:
        return None
    now = timezone.now()
    visit, first = LastVisit.objects.get_or_create(user=user, defaults={"latest": now})
    if not first and timezone.localdate(visit.latest) < timezone.localdate(now):
        visit.before, visit.latest = visit.latest, now
        visit.save()
    return visit.before
