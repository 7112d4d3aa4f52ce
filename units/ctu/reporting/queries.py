"""Named questions to the CTU's records, each a query or two, however many records there are."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from functools import partial

import msgspec
from django.db.models import FilteredRelation, Q
from msgspec.structs import replace

from units.ctu.models import (
    Activity,
    ContestVersion,
    Forum,
    NationalDemand,
    Outlook,
    PlanPriority,
    PriorityUpdate,
    Programme,
    ProgrammeUpdate,
    ThreatLevel,
)
from units.domain.quarters import Quarter
from units.domain.vocabulary import Scope, ThreatStep
from units.records.narrative import (
    Entry,
    as_recorded,
    entries,
    redacted,
    shown,
)
from units.records.quarterly_updates import Subjects, of_year, with_update
from units.records.release import ReleaseLog

FIGURES = ("investigations", "subjects", "closed")
"""What national demand counts."""

WITH_OTHERS = "Withheld with the other statuses of its group, one of which is withheld"


def _plan(scope: Scope, quarter: Quarter) -> Q:
    return of_year(quarter) & Q(scope=scope)


PRIORITIES = {
    scope: Subjects(
        PriorityUpdate, "priority", partial(_plan, scope), alike=("scope", "strand", "title")
    )
    for scope in Scope
}
PROGRAMMES = Subjects(
    ProgrammeUpdate,
    "programme",
    lambda quarter: Q(begin_date__lte=quarter.end, end_date__gte=quarter.start),
)
REPORTED = (*PRIORITIES.values(), PROGRAMMES)
"""The kinds of subject that have an update each quarter."""


class Level(msgspec.Struct, frozen=True):
    """A level of a threat from a day on; its `step` is None where it is withheld."""

    threat: str
    since: date
    step: ThreatStep | None


def threat_levels(quarter: Quarter, log: ReleaseLog) -> tuple[Level, ...]:
    """The threat levels that came into force up to quarter end, oldest first."""
    rows = ThreatLevel.objects.filter(since_date__lte=quarter.end).order_by("since_date", "pk")
    return tuple(
        Level(row.threat, row.since_date, ThreatStep(row.level) if log.readable(row) else None)
        for row in rows
    )


def plan(quarter: Quarter, log: ReleaseLog) -> dict[Scope, tuple[Entry, ...]]:
    """The priorities of the year's business plan; one withheld status withholds those of its group."""
    priorities = with_update(PlanPriority.objects.filter(year=quarter.year), quarter)
    records = list(priorities.order_by("order", "pk"))
    found = {}
    for scope in Scope:
        of_scope = [record for record in records if record.scope == scope]
        rows = withheld_alike(
            as_recorded(of_scope, log, description="description", strand="strand")
        )
        for record, row in zip(of_scope, rows, strict=True):
            if row.update_withheld and (update := getattr(record, "now", None)):
                log.withhold(update, WITH_OTHERS)
        found[scope] = redacted(rows, log)
    return found


def withheld_alike(rows: Sequence[Entry]) -> tuple[Entry, ...]:
    """Priorities as the public may know them: one withheld status withholds those of its group.

    A status is withheld mostly because it is weak: alone it would point at the weak priority. The
    group is the strand; the regional priorities, which have none, are one. Where a group shows but
    one priority, those of all groups are withheld with it.
    """
    guarded = {row.strand for row in rows if row.update_withheld}
    size = Counter(row.strand for row in rows if not row.withheld)
    if any(size[strand] == 1 for strand in guarded):
        guarded = {row.strand for row in rows}
    return tuple(
        replace(row, update_withheld=True) if row.strand in guarded else row for row in rows
    )


class Work(msgspec.Struct, frozen=True):
    """What went on in a quarter, highlights apart, and what lies ahead in its year."""

    highlights: tuple[Entry, ...] = ()
    activities: tuple[Entry, ...] = ()
    outlooks: tuple[Entry, ...] = ()


def work(quarter: Quarter, log: ReleaseLog) -> Work:
    """The activities of a quarter, and highlights of the year up to its end, with the outlooks."""
    records = list(Activity.objects.filter(_told_in(quarter)).order_by("pk"))

    def told(*, highlight: bool) -> tuple[Entry, ...]:
        return entries(
            [record for record in records if record.highlight == highlight],
            log,
            description="description",
            strand="strand",
            day="begin_date",
            until="end_date",
        )

    outlooks = Outlook.objects.filter(year=quarter.year).order_by("order", "pk")
    return Work(
        told(highlight=True), told(highlight=False), entries(outlooks, log, strand="strand")
    )


def programmes(quarter: Quarter, log: ReleaseLog) -> tuple[Entry, ...]:
    """The programmes that run in a quarter, the partners as owner, the evaluation as detail."""
    running = Programme.objects.filter(begin_date__lte=quarter.end, end_date__gte=quarter.start)
    return entries(
        with_update(running, quarter).order_by("order", "pk"),
        log,
        description="aim",
        owner="partners",
        detail="evaluation",
        day="begin_date",
        until="end_date",
    )


def forums(log: ReleaseLog) -> tuple[Entry, ...]:
    """The forums that examine the unit's performance, with their members."""
    return entries(Forum.objects.order_by("order", "pk"), log, description="members")


def contest(quarter: Quarter, log: ReleaseLog) -> tuple[Entry | None, tuple[Entry, ...]]:
    """The version of CONTEST in force at quarter end, if its words may be read, and its aims."""
    versions = ContestVersion.objects.filter(published_date__lte=quarter.end)
    rows = list(
        versions.annotate(aim=FilteredRelation("aims"))
        .select_related("aim")
        .order_by("-published_date", "aim__pk")
    )
    if not rows:
        return None, ()
    told = entries(rows[:1], log, description="description", day="published_date")
    aims = [row.aim for row in rows if row == rows[0] and getattr(row, "aim", None)]
    return (
        next(iter(shown(told)), None),
        entries(aims, log, description="description", strand="strand"),
    )


def _told_in(quarter: Quarter) -> Q:
    """The condition that an activity is told in a quarter: it falls in it, or is a late highlight."""
    recent = quarter.rolling_four[0].start
    return Q(begin_date__lte=quarter.end) & (
        Q(end_date__isnull=True)
        | Q(end_date__gte=quarter.start)
        | Q(highlight=True, end_date__gte=recent)
    )


class Demand(msgspec.Struct, frozen=True):
    """National demand as last published, by figure; blank where it is `withheld`."""

    as_of: date
    source: str = ""
    figures: Mapping[str, int] = {}
    withheld: bool = False


def demand(quarter: Quarter, log: ReleaseLog) -> Demand | None:
    """The latest national figures as of a day up to quarter end."""
    row = NationalDemand.objects.filter(as_of_date__lte=quarter.end).order_by("-as_of_date").first()
    if row is None:
        return None
    if not log.readable(row):
        return Demand(row.as_of_date, withheld=True)
    return Demand(row.as_of_date, row.source, {name: getattr(row, name) for name in FIGURES})


def recorded(quarter: Quarter) -> bool:
    """Whether the CTU has a record of the quarter: an update, an activity or a threat level."""
    within = (quarter.start, quarter.end)
    return (
        PriorityUpdate.objects.filter(quarter=quarter).exists()
        or ProgrammeUpdate.objects.filter(quarter=quarter).exists()
        or Activity.objects.filter(begin_date__range=within).exists()
        or ThreatLevel.objects.filter(since_date__range=within).exists()
    )
