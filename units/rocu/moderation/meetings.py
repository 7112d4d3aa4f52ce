"""The moderation panel as plain values: its meetings, an agenda, the minutes.

One claim with all that bears on it is in `sheet`; what the chair does in `meeting`.
"""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

import msgspec
from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery

from units.domain.english import (
    capital,
    day_words,
    listed,
    plural,
    spelled,
)
from units.domain.quarters import Quarter
from units.domain.vocabulary import (
    DecisionKind,
    Impact,
    Lead,
    Presence,
)
from units.rocu.models import (
    AgendaItem,
    Attendance,
    Decision,
    Disruption,
    Interest,
    Panel,
    Quorum,
)
from units.rocu.moderation.agreement import Finding, finding

RECENT = 12
"""How many of the meetings that are over stand open on the panel's page."""


class NotHeld(Exception):
    """There is no such meeting, or no such claim on its agenda."""


class Decided(msgspec.Struct, frozen=True):
    """A decision in words: by which panel, why, who recorded it.

    `late` says that it came into the records after the panel was closed, such as by an import.
    """

    panel: date
    words: str
    reason: str
    by: str
    final: bool
    late: bool = False


class Member(msgspec.Struct, frozen=True):
    """Who sat on a panel or sent apologies, by post and organisation."""

    key: int
    words: str
    present: bool


class Declared(msgspec.Struct, frozen=True):
    """An interest that a member declared in a claim."""

    key: int
    member: int
    words: str
    reference: str
    nature: str


class Line(msgspec.Struct, frozen=True):
    """One claim on an agenda. `decided` is what this very panel decided, if it has."""

    place: int
    key: int
    reference: str
    operation: str
    ocg: str
    crime_type: str
    claimed: Impact
    lead: str
    forces: tuple[str, ...]
    impact_day: date
    decided: Decided | None
    put_back: str
    declared: tuple[Declared, ...]
    authors: frozenset[int]


class Meeting(msgspec.Struct, frozen=True):
    """One panel with its members and agenda. `before` is a panel to be closed before it opens."""

    day: date
    notes: str
    closed_at: datetime | None
    elsewhere: bool
    quorum: int
    members: tuple[Member, ...]
    declared: tuple[Declared, ...]
    agenda: tuple[Line, ...]
    before: date | None

    @property
    def words(self) -> str:
        return f"Panel of {day_words(self.day)}"

    @property
    def quarter(self) -> Quarter:
        return Quarter.of(self.day)

    @property
    def open(self) -> bool:
        return not self.closed_at and not self.elsewhere

    @property
    def present(self) -> tuple[Member, ...]:
        return tuple(one for one in self.members if one.present)

    @property
    def apologies(self) -> tuple[Member, ...]:
        return tuple(one for one in self.members if not one.present)

    @property
    def quorate(self) -> bool:
        return len(self.present) >= self.quorum

    @property
    def undecided(self) -> tuple[Line, ...]:
        return tuple(one for one in self.agenda if not one.decided)

    @property
    def decided(self) -> int:
        return len(self.agenda) - len(self.undecided)

    @property
    def quorum_words(self) -> str:
        """ "Three members are present; the quorum is three." """
        here = len(self.present)
        return (
            f"{capital(spelled(here))} {plural(here, 'member')} {'is' if here == 1 else 'are'} "
            f"present; the quorum is {spelled(self.quorum)}."
        )

    def line(self, key: int) -> Line:
        """The claim of a primary key; NotHeld where the agenda does not have it."""
        for line in self.agenda:
            if line.key == key:
                return line
        raise NotHeld

    def undecided_after(self, key: int) -> int | None:
        """The key of the next claim to decide, going round at the end; None where none is left."""
        place = self.line(key).place
        left = [line for line in self.undecided if line.key != key]
        return next((line for line in left if line.place > place), left[0]).key if left else None

    def refusal(self, line: Line, user: int, kind: str = "") -> str:
        """Why a user may not decide a claim now, with the remedy; "" where nothing is against it."""
        if self.elsewhere or self.closed_at:
            return f"The {self.words} is closed. Only a later panel can decide this claim."
        if line.decided:
            return (
                f"This panel has decided this claim: {line.decided.words}. Only a later panel "
                "corrects it: put the claim back on that one’s agenda."
            )
        if self.before:
            return (
                f"The Panel of {day_words(self.before)} is still open. Close it before this one "
                "decides anything, so that decisions keep their order."
            )
        if user in line.authors:
            return "You made or entered this claim, so somebody else must chair it."
        if not self.quorate:
            return (
                f"There is no quorum. {self.quorum_words} Record who is present, or close the "
                "meeting without a decision."
            )
        able = len(self.present) - len({one.member for one in line.declared} & self._present_keys)
        if able < self.quorum and kind != DecisionKind.DEFERRED:
            return (
                f"Without those who declared an interest in this claim, {spelled(able)} of "
                f"{spelled(self.quorum)} members are left: defer it to the next panel."
            )
        return ""

    @property
    def _present_keys(self) -> set[int]:
        return {one.key for one in self.present}


class Past(msgspec.Struct, frozen=True):
    """A meeting in a list: its date, how many claims it decided, how many members sat."""

    day: date
    decided: int
    present: int
    open: bool


class Meetings(msgspec.Struct, frozen=True):
    """All meetings: the next one in full, those planned after it, those that are over, latest first."""

    next: Meeting | None
    planned: tuple[Past, ...]
    recent: tuple[Past, ...]
    older: tuple[Past, ...]
    pending: int
    claims: bool


def meetings() -> Meetings:
    """The next meeting is the earliest that is not closed, whatever its date."""
    rows = [
        Past(row.date, row.decided or 0, row.present or 0, row.is_open)
        for row in Panel.objects.annotate(
            is_open=Exists(Panel.objects.open().filter(pk=OuterRef("pk"))),
            decided=_number(Decision.objects.all()),
            present=_number(Attendance.objects.filter(presence=Presence.PRESENT)),
        ).order_by("date")
    ]
    still_open = [one for one in rows if one.open]
    over = [one for one in reversed(rows) if not one.open]
    return Meetings(
        meeting(still_open[0].day) if still_open else None,
        tuple(still_open[1:]),
        tuple(over[:RECENT]),
        tuple(over[RECENT:]),
        waiting(),
        Disruption.objects.exists(),
    )


def _number(rows: QuerySet[Any]) -> Subquery:
    found = rows.filter(panel=OuterRef("pk")).order_by().values("panel")
    return Subquery(found.annotate(number=Count("pk")).values("number"))


def waiting() -> int:
    """How many claims wait for a panel."""
    return Disruption.objects.pending().count()


def meeting(day: date) -> Meeting:
    """A day's meeting, in as many queries whatever its agenda; NotHeld where there is none."""
    earlier = Panel.objects.open().filter(date__lt=day).order_by("date")
    quorums = Quorum.objects.filter(valid_from__lte=OuterRef("date")).order_by("-valid_from")
    panel = (
        Panel.objects.filter(date=day)
        .annotate(
            quorum=Subquery(quorums.values("members")[:1]),
            before=Subquery(earlier.values("date")[:1]),
            is_open=Exists(Panel.objects.open().filter(pk=OuterRef("pk"))),
        )
        .first()
    )
    if panel is None:
        raise NotHeld
    members = tuple(
        Member(one.pk, str(one), one.presence == Presence.PRESENT)
        for one in Attendance.objects.filter(panel=panel).order_by("pk")
    )
    declared = tuple(
        Declared(one.pk, one.member_id, str(one.member), one.disruption.reference, one.nature)
        for one in Interest.objects.filter(member__panel=panel)
        .select_related("member", "disruption")
        .order_by("disruption__reference", "pk")
    )
    return Meeting(
        day=panel.date,
        notes=panel.notes,
        closed_at=panel.closed_at,
        elsewhere=not panel.is_open and panel.closed_at is None,
        quorum=panel.quorum or Quorum.DEFAULT,
        members=members,
        declared=declared,
        agenda=_agenda(panel, declared),
        before=panel.before if panel.is_open else None,
    )


def _agenda(panel: Any, declared: tuple[Declared, ...]) -> tuple[Line, ...]:
    """What a panel looks at: claims put back, those it has decided, and while it is open all that
    wait and had their impact before it meets. A closed one's claims are told as they stood then."""
    decisions = {
        one.disruption_id: decided(
            one, late=bool(panel.closed_at and one.entered and one.entered > panel.closed_at)
        )
        for one in Decision.objects.filter(panel=panel)
        .annotate(entered=ENTERED)
        .select_related("panel", "duplicate_of", "decided_by")
    }
    put_back = dict(AgendaItem.objects.filter(panel=panel).values_list("disruption", "why"))
    wanted = Q(pk__in=AgendaItem.objects.filter(panel=panel).values("disruption")) | Q(
        pk__in=Decision.objects.filter(panel=panel).values("disruption")
    )
    if panel.is_open:
        pending = Disruption.objects.pending().filter(date_of_impact__lte=panel.date)
        wanted |= Q(pk__in=pending.values("pk"))
    claims = (
        Disruption.objects.filter(wanted)
        .annotate(entered_by=ENTERED_BY)
        .select_related("ocg", "crime_type")
        .prefetch_related("forces")
        .order_by("claim_date", "reference")
    )
    stood = _as_closed(panel, claims) if panel.closed_at else {}
    return tuple(
        Line(
            place=place,
            key=claim.pk,
            reference=claim.reference,
            operation=stood.get(claim.pk, claim).operation_name,
            ocg=claim.ocg.urn if claim.ocg else "",
            crime_type=claim.crime_type.name,
            claimed=Impact(stood.get(claim.pk, claim).claimed_impact),
            lead=Lead(claim.lead).heading,
            forces=_forces(claim),
            impact_day=claim.date_of_impact,
            decided=decisions.get(claim.pk),
            put_back=put_back.get(claim.pk, ""),
            declared=tuple(one for one in declared if one.reference == claim.reference),
            authors=frozenset({claim.claimed_by_id, claim.entered_by} - {None}),
        )
        for place, claim in enumerate(claims, 1)
    )


ENTERED = Subquery(
    Decision.history.filter(id=OuterRef("pk"))
    .order_by("history_date", "history_id")
    .values("history_date")[:1]
)
"""When a decision came into the records, by the first entry of its history."""
ENTERED_BY = Subquery(
    Disruption.history.filter(id=OuterRef("pk"))
    .order_by("history_date", "history_id")
    .values("history_user")[:1]
)
"""Who entered a claim, by the first entry of its history."""


def _as_closed(panel: Any, claims: Iterable[Disruption]) -> Mapping[int, Any]:
    stood = Disruption.history.as_of(panel.closed_at).filter(id__in=[one.pk for one in claims])
    return {one.pk: one for one in stood}


def _forces(claim: Disruption) -> tuple[str, ...]:
    return tuple(
        one.name for one in sorted(claim.forces.all(), key=lambda force: (force.order, force.name))
    )


def decided(decision: Decision, *, late: bool = False) -> Decided:
    """A decision in words; its panel, duplicate and decider must have been fetched with it."""
    kind = DecisionKind(decision.kind)
    words: str = kind.label
    if kind == DecisionKind.ACCEPTED:
        words = f"accepted as {decision.impact}"
    elif kind == DecisionKind.REGRADED:
        words = f"regraded to {decision.impact}"
    elif kind == DecisionKind.DUPLICATE and decision.duplicate_of:
        words = f"duplicate of {decision.duplicate_of.reference}"
    by = decision.decided_by
    return Decided(
        decision.panel.date,
        words,
        decision.reason,
        (by.get_full_name() or by.get_username()) if by else "",
        kind != DecisionKind.DEFERRED,
        late,
    )


class Minutes(msgspec.Struct, frozen=True):
    """What a panel leaves behind: who sat, what was decided and why, how far claims were borne out."""

    meeting: Meeting
    summary: str

    @property
    def final(self) -> bool:
        return not self.meeting.open


def minutes(day: date) -> Minutes:
    """The minutes of a day's panel, so far where it is still open; NotHeld if there is none."""
    held = meeting(day)
    found = dict.fromkeys(Finding, 0)
    deferred = 0
    for one in Decision.objects.filter(panel__date=day).values_list("disruption", "kind", "impact"):
        key, kind, impact = one
        if kind == DecisionKind.DEFERRED:
            deferred += 1
        else:
            claimed = next(line.claimed for line in held.agenda if line.key == key)
            found[finding(claimed, kind, impact)] += 1
    told = [f"{spelled(number)} {one.label}" for one, number in found.items() if number]
    if deferred:
        told.append(f"{spelled(deferred)} deferred")
    number = sum(found.values()) + deferred
    summary = (
        f"{capital(spelled(number))} {plural(number, 'claim')}: {listed(told)}."
        if number
        else "The panel decided nothing."
    )
    return Minutes(held, summary)
