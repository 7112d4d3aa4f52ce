"""Invented, deterministic records of the ROCU, from fixtures: the same on every machine."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import msgspec
from django.contrib.auth.models import User

from units.loader import check, load, load_with_updates, morning, write_history
from units.quarters import Quarter
from units.rocu.models import (
    OCG,
    ActivityLevel,
    AgendaItem,
    Attendance,
    Contributor,
    ControlStrategyPriority,
    CrimeType,
    Decision,
    Disruption,
    Force,
    ForceContribution,
    FundingSource,
    Interest,
    Objective,
    ObjectiveUpdate,
    Outcome,
    Panel,
    Quorum,
    Review,
    ReviewUpdate,
    StaffCost,
)
from units.terms import (
    COUNTED_IMPACTS,
    DecisionKind,
    Impact,
    Lead,
    Marking,
    OutcomeKind,
    Presence,
    RestrictionKind,
    Strand,
)

REASON = "demonstration"
PATIENCE = timedelta(days=2)
"""How long before a panel a claim must have been made to be on its agenda."""


class People(msgspec.Struct, frozen=True):
    """Who entered the records and who moderated them."""

    officer: User
    chair: User


def load_reference(reference: Mapping[str, Any], by: User) -> None:
    """Crime types, contributors and forces of the region, open-ended."""
    since = morning(date(2015, 4, 1))

    def enter(records: list[Any]) -> list[Any]:
        return load(records, at=[since] * len(records), by=by, reason="reference data")

    contributors = {
        one.name: one
        for one in enter(
            [
                Contributor(name=name, order=place)
                for place, name in enumerate(reference["contributors"])
            ]
        )
    }
    enter(
        [
            Force(name=name, contributor=contributors[pays_as], order=place)
            for place, (name, pays_as) in enumerate(reference["forces"].items())
        ]
    )
    types: dict[str, CrimeType] = {}
    for place, row in enumerate(reference["crime_types"]):
        (types[row["name"]],) = enter(
            [
                CrimeType(
                    name=row["name"],
                    in_words=row["in_words"],
                    order=place,
                    counts_under=types.get(row.get("counts_under", "")),
                )
            ]
        )


def load_plans(fixture: Mapping[str, Any], by: User) -> None:
    """Levels, priorities, sources, shares and costs, objectives and reviews with their updates."""

    def enter(records: list[Any], day: date) -> list[Any]:
        return load(records, at=[morning(day)] * len(records), by=by, reason=REASON)

    enter(
        [ActivityLevel(order=place, **row) for place, row in enumerate(fixture["levels"])],
        date(2015, 4, 1),
    )
    contributors = {one.name: one for one in Contributor.objects.all()}
    for year, plan in ((int(year), plan) for year, plan in fixture["years"].items()):
        start = date(year, 4, 3)
        for model, key in ((ControlStrategyPriority, "priorities"), (FundingSource, "sources")):
            rows = plan[key]
            enter([model(year=year, order=place, **row) for place, row in enumerate(rows)], start)
        for name, formula_share in plan["shares"].items():
            (contribution,) = enter(
                [
                    ForceContribution(
                        year=year, contributor=contributors[name], formula_share=formula_share
                    )
                ],
                start,
            )
            for number, amount in enumerate(plan["staff_costs"][name], 1):
                quarter = Quarter(year, number)
                cost = StaffCost(contribution=contribution, quarter=quarter, amount=Decimal(amount))
                enter([cost], quarter.end)
        for subject, update, relation in (
            (Objective, ObjectiveUpdate, "objective"),
            (Review, ReviewUpdate, "review"),
        ):
            rows = plan.get(f"{relation}s", [])
            load_with_updates(
                subject, update, relation, rows, year=year, entered=start, by=by, reason=REASON
            )


def apportioned(total: int, shares: Mapping[str, int]) -> dict[str, int]:
    """A total divided in proportion to shares, by largest remainder: the parts add up to it."""
    whole = sum(shares.values())
    exact = {name: total * part / whole for name, part in shares.items()}
    parts = {name: int(value) for name, value in exact.items()}
    by_remainder = sorted(exact, key=lambda name: parts[name] - exact[name])
    for name in by_remainder[: total - sum(parts.values())]:
        parts[name] += 1
    return parts


def load_ocgs(generated: Mapping[str, Any], by: User) -> None:
    """Groups mapped and archived so that each quarter ends with its level, type by type."""
    chance = random.Random(f"{generated['seed']} OCGs")
    types = {one.name: one for one in CrimeType.objects.all()}
    forces = list(Force.objects.order_by("order"))
    open_groups: dict[str, list[OCG]] = defaultdict(list)
    groups: list[OCG] = []
    for slug, level in generated["ocgs"]["levels"].items():
        quarter = Quarter.parse(slug)
        wanted = apportioned(level, generated["ocgs"]["crime_types"])
        groups_before = len(groups)
        # the groups of the first quarter were there before it
        mapped_from = quarter.start if groups_before else quarter.start - timedelta(days=365)
        for name, number in wanted.items():
            present = open_groups[name]
            leaving = max(len(present) - number, min(len(present), chance.choice([0, 0, 1])))
            for _ in range(leaving):
                group = present.pop(chance.randrange(len(present)))
                group.archived_date = _day(
                    chance, max(quarter.start, group.mapped_date), quarter.end
                )
            for _ in range(number - len(present)):
                group = OCG(
                    urn=f"OCG-WM-{len(groups) + 1:04}",
                    predominant_crime_type=types[name],
                    force=chance.choices(forces, (60, 18, 13, 9))[0],
                    mapped_date=_day(
                        chance, mapped_from, quarter.end if groups_before else quarter.start
                    ),
                    marking=Marking.OFFICIAL_SENSITIVE,
                )
                present.append(group)
                groups.append(group)
    for group in groups:
        check(group)
    OCG.objects.bulk_create(groups)
    secondary = OCG.secondary_crime_types.through
    secondary.objects.bulk_create(
        secondary(
            ocg=group, crimetype=types["Firearms" if chance.random() < 0.6 else "Money Laundering"]
        )
        for group in groups
        if group.predominant_crime_type.name == "Drug Activity" and chance.random() < 0.5
    )
    write_history(groups, at=[morning(one.mapped_date) for one in groups], by=by, reason=REASON)


def _day(chance: random.Random, first: date, last: date) -> date:
    return first + timedelta(days=chance.randint(0, (last - first).days))


def panel_dates(first: date, last: date) -> list[date]:
    """The second Tuesday of every month in a span."""
    days = []
    month = first.replace(day=1)
    while month <= last:
        day = month + timedelta(days=(1 - month.weekday()) % 7 + 7)
        if first <= day <= last:
            days.append(day)
        month = (month + timedelta(days=32)).replace(day=1)
    return days


class Claim(msgspec.Struct):
    """A disruption about to be entered, and what the panels will make of it."""

    disruption: Disruption
    forces: list[Force]
    outcomes: list[tuple[OutcomeKind, Decimal]]
    looks: list[tuple[date, DecisionKind, str, str]]
    """(panel's date, decision, impact, reason), oldest first."""


class Generator:
    """Makes a quarter's claims: everything follows from the seed and the quarter."""

    def __init__(self, generated: Mapping[str, Any], people: People) -> None:
        self.generated = generated
        self.people = people
        self.types = {one.name: one for one in CrimeType.objects.all()}
        self.forces = list(Force.objects.order_by("order"))
        self.groups = list(OCG.objects.select_related("predominant_crime_type").order_by("urn"))
        self.given: dict[int, int] = {}
        for reference in Disruption.objects.values_list("reference", flat=True):
            year, number = map(int, reference.removeprefix("D-").split("-"))
            self.given[year] = max(number, self.given.get(year, 0))
        words = generated["words"]
        names = [f"Operation {one}{two}" for one in words["first"] for two in words["second"]]
        # a name that is withheld is borne by no disruption that is open
        self.names, self.withheld_names = names[::2], names[1::2]

    def claims(self, quarter: Quarter) -> list[Claim]:
        """The claims of a quarter, in the order in which they were made."""
        chance = random.Random(f"{self.generated['seed']} {quarter.slug}")
        exactly = self.generated["exactly"].get(quarter.slug)
        total = self.generated["totals"][quarter.slug]
        wanted = exactly or apportioned(total, self.generated["crime_types"])
        draft = quarter.slug == self.generated["draft"]
        last = self.generated["draft_ends"] if draft else quarter.end
        claims = [
            self._claim(chance, name, _day(chance, quarter.start, last), counted=True)
            for name, number in wanted.items()
            for _ in range(number)
        ]
        claims += [
            self._claim(chance, name, _day(chance, quarter.start, last), counted=False)
            for name in chance.choices(list(wanted), list(wanted.values()), k=max(4, total // 14))
        ]
        return self._referenced(claims)

    def late_claims(self, quarter: Quarter, names: Sequence[str], panel: date) -> list[Claim]:
        """Claims of a quarter that only a later panel accepted."""
        chance = random.Random(f"{self.generated['seed']} {quarter.slug} late")
        claims = []
        for name in names:
            claim = self._claim(
                chance, name, _day(chance, quarter.start, quarter.end), counted=True
            )
            claim.disruption.claim_date = _day(chance, panel - timedelta(days=30), panel - PATIENCE)
            claim.looks = [(panel, DecisionKind.ACCEPTED, claim.disruption.claimed_impact, "")]
            claims.append(claim)
        return self._referenced(claims)

    def _referenced(self, claims: list[Claim]) -> list[Claim]:
        claims.sort(
            key=lambda claim: (claim.disruption.claim_date, claim.disruption.date_of_impact)
        )
        for claim in claims:
            year = claim.disruption.claim_date.year
            self.given[year] = self.given.get(year, 0) + 1
            claim.disruption.reference = f"D-{year}-{self.given[year]:04}"
            self._argue(claim.disruption)
        return claims

    def _argue(self, disruption: Disruption) -> None:
        """Evidence and rationale, by chance of their own, so that the figures stay what they are."""
        chance = random.Random(f"{self.generated['seed']} {disruption.reference}")
        words = self.generated["argued"]
        disruption.evidence = " ".join(chance.sample(words["evidence"], 2))
        disruption.rationale = chance.choice(words[disruption.claimed_impact])

    def _claim(self, chance: random.Random, name: str, day: date, *, counted: bool) -> Claim:
        close = Quarter.of(day).end + timedelta(days=4)
        claimed_on = min(day + timedelta(days=chance.randint(1, 12)), close)
        impact = chance.choices(COUNTED_IMPACTS, (21, 47, 32))[0]
        lead_odds = (
            (66, 14, 10, 6, 4) if name in ("Drug Activity", "Firearms") else (42, 17, 7, 30, 4)
        )
        themes = self.generated["words"]["themes"]
        group = self._group(chance, name, day, theme_led=name in themes)
        summaries = self.generated["summaries"]
        sensitive = chance.random() < 0.16
        restricted = chance.random() < 0.07
        names = self.withheld_names if sensitive or restricted else self.names
        disruption = Disruption(
            operation_name=chance.choice(names) if group else themes[name],
            ocg=group,
            crime_type=self.types[name],
            strand=chance.choices(list(Strand), (69, 12, 10, 9))[0],
            date_of_impact=day,
            claim_date=claimed_on,
            claimed_by=self.people.officer,
            lead=chance.choices(list(Lead), lead_odds)[0],
            partners=chance.choice(
                ["", "", "Border Force", "HM Revenue and Customs", "Local councils"]
            ),
            claimed_impact=impact,
            public_summary=chance.choice(summaries[name]),
            restricted_summary=chance.choice(summaries["restricted"]),
            marking=Marking.OFFICIAL_SENSITIVE if sensitive else Marking.OFFICIAL,
        )
        if restricted:
            disruption.restriction = RestrictionKind.POSTPONEMENT
            disruption.restriction_court = "Birmingham Crown Court"
            disruption.restriction_start = claimed_on
            disruption.restriction_review = claimed_on + timedelta(days=180)
        forces = [chance.choices(self.forces, (62, 18, 12, 8))[0]]
        if chance.random() < 0.12:
            forces = list({*forces, chance.choice(self.forces)})
        forces.sort(key=lambda force: force.order)
        return Claim(
            disruption, forces, self._outcomes(chance, name, impact),
            self._looks(chance, disruption, counted=counted),
        )  # fmt: skip

    def _group(self, chance: random.Random, name: str, day: date, *, theme_led: bool) -> OCG | None:
        """A mapped group of the type, if the work is not led by a theme."""
        if theme_led and chance.random() < 0.15:
            return None
        counts_under = self.types[name].counts_under
        wanted = counts_under.name if counts_under else name
        mapped = [
            one
            for one in self.groups
            if one.predominant_crime_type.name == wanted
            and one.mapped_date <= day
            and (one.archived_date is None or one.archived_date > day)
        ]
        return chance.choice(mapped)

    def _outcomes(
        self, chance: random.Random, name: str, impact: str
    ) -> list[tuple[OutcomeKind, Decimal]]:
        size = {"major": 6, "moderate": 3, "minor": 1}[impact]
        found = [(OutcomeKind.ARRESTS, Decimal(chance.randint(0, size)))]
        if name == "Drug Activity":
            kind = chance.choice([OutcomeKind.CLASS_A, OutcomeKind.CLASS_B])
            found.append((kind, Decimal(chance.randint(10, 900 * size)) / 100))
        elif name == "Firearms":
            found.append((OutcomeKind.FIREARMS, Decimal(chance.randint(1, size))))
            found.append((OutcomeKind.ROUNDS, Decimal(chance.randint(0, 40 * size))))
        elif name in ("Money Laundering", "Economic Crime"):
            found.append((OutcomeKind.CASH, Decimal(chance.randint(1, 60 * size) * 1000)))
        elif name != "Organised Theft":
            found.append((OutcomeKind.SAFEGUARDED, Decimal(chance.randint(0, 2 * size))))
        return [(kind, quantity) for kind, quantity in found if quantity]

    def _looks(
        self, chance: random.Random, disruption: Disruption, *, counted: bool
    ) -> list[tuple[date, DecisionKind, str, str]]:
        """What each panel in time made of the claim; a claim is settled soon after its quarter."""
        quarter = Quarter.of(disruption.date_of_impact)
        last = self.generated["last_panel"]
        settled_by = min(quarter.end + timedelta(days=16), last)
        days = panel_dates(disruption.claim_date + PATIENCE, settled_by)
        if not days:
            return []
        looks = []
        if len(days) > 1 and chance.random() < 0.06:
            looks.append((days.pop(0), DecisionKind.DEFERRED, "", "The evidence was incomplete."))
        day, claimed = days[0], disruption.claimed_impact
        if not counted:
            kind, impact, reason = chance.choice(
                [
                    (DecisionKind.REJECTED, "", "The effect on the group was not shown."),
                    (DecisionKind.DUPLICATE, "", "The force had claimed the same work."),
                    (DecisionKind.REGRADED, "none", "The group carried on as before."),
                    (
                        DecisionKind.REGRADED,
                        "negative",
                        "The group learnt from it and changed its ways.",
                    ),
                ]
            )
            return [*looks, (day, kind, impact, reason)]
        if chance.random() < 0.09:
            impact = chance.choice([one for one in COUNTED_IMPACTS if one != claimed])
            return [
                *looks,
                (day, DecisionKind.REGRADED, impact, "The criteria fit this impact better."),
            ]
        return [*looks, (day, DecisionKind.ACCEPTED, claimed, "")]


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
