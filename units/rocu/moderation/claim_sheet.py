"""One claim before a panel, as plain values: its facts and evidence beside the criteria, earlier
decisions on it and on its OCG, and how claims of its forces usually fare."""

from datetime import date, timedelta
from typing import Any, ClassVar

import msgspec
from django.contrib.auth.models import User
from django.db.models import OuterRef, Subquery

from units.domain.english import day_words, listed
from units.domain.measures import plain
from units.domain.quarters import Quarter
from units.domain.vocabulary import (
    DecisionKind,
    OutcomeKind,
    RestrictionKind,
    Strand,
)
from units.rocu.models import Disruption
from units.rocu.moderation.agreement import Agreement, agreements
from units.rocu.moderation.criteria import CRITERIA, Criterion
from units.rocu.moderation.meetings import (
    Decided,
    Line,
    Meeting,
    decided,
    meeting,
)

NEAR = timedelta(days=14)
"""How near two impacts on one OCG must be for one claim to be pointed out as perhaps the other."""
EARLIER = 10
"""How many earlier claims on the same OCG are shown, latest first."""


class Other(msgspec.Struct, frozen=True):
    """Another claim on the same OCG, and what became of it."""

    reference: str
    operation: str
    claimed: str
    impact_day: date
    words: str
    panel: date | None
    near: bool


class Sheet(msgspec.Struct, frozen=True):
    """One claim before a panel, with all that bears on the decision.

    `seen` names the state that was read: a decision on any other is refused. `refusal` says why this
    user may not decide at all, `only_deferral` why not more than defer; "" where nothing is against it.
    """

    CRITERIA: ClassVar[tuple[Criterion, ...]] = CRITERIA

    meeting: Meeting
    line: Line
    facts: tuple[tuple[str, str], ...]
    evidence: str
    rationale: str
    outcomes: tuple[tuple[str, str], ...]
    public_summary: str
    restricted_summary: str
    marking: str
    earlier: tuple[Decided, ...]
    others: tuple[Other, ...]
    usual: tuple[Agreement, ...]
    usual_period: str
    previous: int | None
    following: int | None
    seen: int
    refusal: str
    only_deferral: str

    @property
    def duplicates(self) -> tuple[Other, ...]:
        """Claims that this one may repeat: the same OCG, an impact within a fortnight."""
        return tuple(one for one in self.others if one.near)


def sheet(day: date, key: int, *, user: User) -> Sheet:
    """A claim, by its primary key, on the agenda of a day's panel; NotHeld where it is not on it."""
    held = meeting(day)
    line = held.line(key)
    claim = (
        Disruption.objects.select_related("ocg__predominant_crime_type", "crime_type", "claimed_by")
        .annotate(
            seen=Subquery(
                Disruption.history.filter(id=OuterRef("pk"))
                .order_by("-history_date", "-history_id")
                .values("history_id")[:1]
            )
        )
        .get(pk=line.key)
    )
    usual = agreements()
    ways = [line.key for line in held.agenda]
    return Sheet(
        meeting=held,
        line=line,
        facts=_facts(claim, line),
        evidence=claim.evidence,
        rationale=claim.rationale,
        outcomes=tuple(
            (OutcomeKind(one.kind).heading, _quantity(one)) for one in claim.outcomes.order_by("pk")
        ),
        public_summary=claim.public_summary,
        restricted_summary=claim.restricted_summary,
        marking=claim.marking,
        earlier=tuple(
            decided(one)
            for one in claim.decisions.exclude(panel__date=day)
            .select_related("panel", "duplicate_of", "decided_by")
            .order_by("-panel__date", "-pk")
        ),
        others=_others(claim),
        usual=usual.of(line.forces),
        usual_period=f"{usual.first} to {usual.last}" if usual.first else "",
        previous=ways[line.place - 2] if line.place > 1 else None,
        following=ways[line.place] if line.place < len(ways) else None,
        seen=claim.seen or 0,
        refusal=held.refusal(line, user.pk, DecisionKind.DEFERRED),
        only_deferral=held.refusal(line, user.pk),
    )


def _facts(claim: Any, line: Line) -> tuple[tuple[str, str], ...]:
    by = claim.claimed_by
    claimed_by = f" by {by.get_full_name() or by.get_username()}" if by else ""
    group = claim.ocg
    restriction = (
        f"{RestrictionKind(claim.restriction).heading}, {claim.restriction_court}".rstrip(", ")
        if claim.restriction
        else "no reporting restriction"
    )
    return (
        ("Claimed", f"{day_words(claim.claim_date)}{claimed_by}"),
        ("Crime type, strand", f"{claim.crime_type.name}; {Strand(claim.strand).label}"),
        (
            "OCG",
            f"{group}, predominant crime type {group.predominant_crime_type.name}"
            if group
            else "None: theme-led",
        ),
        ("Lead, forces", f"{line.lead}; {listed(line.forces) or 'no force named'}"),
        *((("Partners", claim.partners),) if claim.partners else ()),
        (
            "Date of impact",
            f"{day_words(claim.date_of_impact)}, counts in {Quarter.of(claim.date_of_impact)}",
        ),
        ("Marking", f"{claim.marking}; {restriction}"),
    )


def _quantity(outcome: Any) -> str:
    kind, quantity = OutcomeKind(outcome.kind), outcome.quantity
    if kind == OutcomeKind.CASH:
        return f"£{quantity:,.0f}" if quantity == int(quantity) else f"£{quantity:,.2f}"
    # a heading that says what is counted needs no unit after the number
    if kind.unit in ("people", "items", "rounds"):
        return plain(quantity)
    return f"{plain(quantity)} {kind.unit}"


def _others(claim: Disruption) -> tuple[Other, ...]:
    if claim.ocg_id is None:
        return ()
    rows = (
        Disruption.objects.filter(ocg=claim.ocg_id)
        .exclude(pk=claim.pk)
        .select_related("decision__panel", "decision__duplicate_of", "decision__decided_by")
        .order_by("-date_of_impact", "reference")
    )
    told = []
    for one in rows[:EARLIER]:
        last = decided(one.decision) if one.decision else None
        told.append(
            Other(
                one.reference,
                one.operation_name,
                one.claimed_impact,
                one.date_of_impact,
                last.words if last else "waits for a panel",
                last.panel if last else None,
                abs(one.date_of_impact - claim.date_of_impact) <= NEAR,
            )
        )
    return tuple(told)
