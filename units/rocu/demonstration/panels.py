"""The claims entered and decided: panels with who sat on them, decisions, and what is next."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from django.contrib.auth.models import User

from units.domain.quarters import Quarter
from units.domain.vocabulary import DecisionKind, Impact, Presence
from units.records.loader import (
    check,
    load,
    morning,
    write_history,
)
from units.rocu.demonstration import REASON
from units.rocu.demonstration.claims import Claim, People
from units.rocu.models import (
    AgendaItem,
    Attendance,
    Decision,
    Disruption,
    Interest,
    Outcome,
    Panel,
    Quorum,
)


def load_claims(claims: Sequence[Claim], people: People) -> None:
    """Disruptions with forces, outcomes, panels and decisions, history dated as it would have been."""
    if not claims:
        return
    disruptions = [claim.disruption for claim in claims]
    for disruption in disruptions:
        check(disruption)
    Disruption.objects.bulk_create(disruptions)
    through = Disruption.forces.through
    through.objects.bulk_create(
        through(disruption=claim.disruption, force=force)
        for claim in claims
        for force in claim.forces
    )
    outcomes = [
        Outcome(disruption=claim.disruption, kind=kind, quantity=quantity)
        for claim in claims
        for kind, quantity in claim.outcomes
    ]
    load(
        outcomes,
        at=[morning(one.disruption.claim_date) for one in outcomes],
        by=people.officer,
        reason="claimed",
    )
    write_history(
        disruptions,
        at=[morning(one.claim_date) for one in disruptions],
        by=people.officer,
        reason="claimed",
    )
    _load_decisions(claims, people)


def _load_decisions(claims: Sequence[Claim], people: People) -> None:
    days = sorted({day for claim in claims for day, *_ in claim.looks})
    panels = {one.date: one for one in Panel.objects.filter(date__in=days)}
    new = [Panel(date=day) for day in days if day not in panels]
    load(new, at=[morning(one.date) for one in new], by=people.chair, reason=REASON)
    panels |= {one.date: one for one in new}
    looks = [(claim, look) for claim in claims for look in claim.looks]
    looks.sort(key=lambda pair: pair[1][0])
    decisions = load(
        [
            Decision(
                panel=panels[day],
                disruption=claim.disruption,
                kind=kind,
                impact=impact,
                reason=reason,
                decided_by=people.chair,
            )
            for claim, (day, kind, impact, reason) in looks
        ],
        at=[morning(day) for _, (day, *_) in looks],
        by=people.chair,
        reason="decided",
    )
    pks = [claim.disruption.pk for claim in claims]
    Disruption.objects.filter(pk__in=pks).settle()
    settled = list(Disruption.objects.exclude(decision=None).filter(pk__in=pks).order_by("pk"))
    panel_of = {one.pk: one.panel for one in decisions}
    write_history(
        settled,
        at=[morning(panel_of[one.decision_id].date) for one in settled],
        by=people.chair,
        reason="moderated",
        changed=True,
    )


def regrade_later(quarter: Quarter, panel_date: date, people: People) -> None:
    """A later panel regrades one accepted disruption of a quarter: the first moderate one."""
    disruption = (
        Disruption.objects.filter(moderated_impact=Impact.MODERATE, claimed_impact=Impact.MODERATE)
        .within((quarter,))
        .order_by("reference")[0]
    )
    panel = Panel.objects.get(date=panel_date)
    reason = "New evidence: the group has broken up."
    (decision,) = load(
        [
            Decision(
                panel=panel,
                disruption=disruption,
                kind=DecisionKind.REGRADED,
                impact=Impact.MAJOR,
                reason=reason,
                decided_by=people.chair,
            )
        ],
        at=[morning(panel_date)],
        by=people.chair,
        reason="decided",
    )
    Disruption.objects.filter(pk=decision.disruption_id).settle()
    disruption.refresh_from_db()
    write_history(
        [disruption], at=[morning(panel_date)], by=people.chair, reason="moderated", changed=True
    )


def hold_meetings(generated: Mapping[str, Any], people: People, *, but: date | None = None) -> None:
    """Who sat on each panel that has decided, and its closing; one of them is left for later."""
    panels = list(
        Panel.objects.filter(closed_at=None, attendances=None, decisions__isnull=False)
        .exclude(date=but)
        .distinct()
        .order_by("date")
    )
    words = generated["panels"]
    members = []
    for panel in panels:
        chance = random.Random(f"{generated['seed']} {panel.date}")
        away = set(chance.sample(range(len(words["members"])), chance.choice([0, 0, 1, 2])))
        members += [
            Attendance(
                panel=panel,
                post=post,
                organisation=organisation,
                presence=Presence.APOLOGIES if place in away else Presence.PRESENT,
            )
            for place, (post, organisation) in enumerate(words["members"])
        ]
    load(members, at=[morning(one.panel.date) for one in members], by=people.chair, reason=REASON)
    for panel in panels:
        panel.closed_at = morning(panel.date) + timedelta(hours=3)
        panel.closed_by = people.chair
    Panel.objects.bulk_update(panels, ["closed_at", "closed_by"])
    write_history(
        panels,
        at=[one.closed_at for one in panels],
        by=people.chair,
        reason="closed",
        changed=True,
    )


def plan_panel(generated: Mapping[str, Any], people: People) -> None:
    """The quorum; an interest declared at the last panel; the next panel, with a claim put back."""
    words = generated["panels"]
    since = Panel.objects.order_by("date").values_list("date", flat=True)[0]
    (administrator,) = User.objects.filter(username="administrator")
    load(
        [Quorum(members=words["quorum"], valid_from=since)],
        at=[morning(since)],
        by=administrator,
        reason="reference data",
    )
    last = Panel.objects.order_by("-date")[0]
    member = Attendance.objects.filter(panel=last, presence=Presence.PRESENT).order_by("pk")[1]
    heard = last.decisions.order_by("disruption__reference")
    interest = Interest(member=member, disruption=heard[0].disruption, nature=words["interest"])
    Interest.objects.bulk_create([interest])
    write_history([interest], at=[morning(last.date)], by=people.chair, reason=REASON)
    planned = Panel(date=words["next"])
    load([planned], at=[morning(last.date)], by=people.chair, reason=REASON)
    again = heard.filter(kind=DecisionKind.ACCEPTED, impact=Impact.MODERATE)[0].disruption
    load(
        [AgendaItem(panel=planned, disruption=again, why=words["put_back"])],
        at=[morning(last.date)],
        by=people.chair,
        reason=REASON,
    )
