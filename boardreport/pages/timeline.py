"""All quarters, newest year first, each from Q1: edition, date, and what a reader has not seen yet."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import groupby
from operator import attrgetter

import msgspec
from django.contrib.auth.models import AnonymousUser, User
from django.db import OperationalError
from django.utils import timezone

from boardreport.editions import access, repository
from boardreport.editions.notes import corrections_of, replaces
from boardreport.editions.refs import Listed
from boardreport.models import LastVisit
from units.content.model import Correction
from units.domain.quarters import Quarter


class Shelved(msgspec.Struct, frozen=True):
    """One quarter on the timeline.

    `edition` is its last one for the reader, and None for a quarter that is not published; `corrected`
    the one before it, `earlier` what editions before say that they corrected, newest first; `new` where
    that edition came after the reader's last visit.
    """

    quarter: Quarter
    edition: Listed | None = None
    corrected: Listed | None = None
    earlier: tuple[Correction, ...] = ()
    new: bool = False

    @property
    def replaces(self) -> bool:
        """Whether that edition followed a withdrawal by itself and corrects nothing."""
        return self.edition is not None and replaces(self.edition.note)


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
    who = access.reader(user)
    shelf = repository.shelf(who).editions
    since = _visited(user)
    shelved = [_shelved(quarter, listed, since) for quarter, listed in shelf.items()]
    return Timeline(
        years=tuple(_years(shelved)),
        new=tuple(
            sorted(
                filter(attrgetter("new"), shelved),
                key=attrgetter("edition.published_at"),
                reverse=True,
            )
        ),
        since=since,
    )


def _shelved(quarter: Quarter, listed: Sequence[Listed], since: datetime | None) -> Shelved:
    corrected, edition = (None, None, *listed)[-2:]
    new = edition and since and not edition.gone and edition.published_at > since
    return Shelved(quarter, edition, corrected, corrections_of(listed[:-1]), new=bool(new))


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
    try:
        visit, first = LastVisit.objects.get_or_create(user=user, defaults={"latest": now})
        if not first and timezone.localdate(visit.latest) < timezone.localdate(now):
            visit.before, visit.latest = visit.latest, now
            visit.save()
    except OperationalError:  # a full disk: the page is read all the same
        return None
    return visit.before
