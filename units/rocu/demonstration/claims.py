"""The disruptions that are claimed, and what the panels are to make of each."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import msgspec
from django.contrib.auth.models import User

from units.domain.quarters import Quarter
from units.domain.vocabulary import (
    COUNTED_IMPACTS,
    DecisionKind,
    Lead,
    Marking,
    OutcomeKind,
    RestrictionKind,
    Strand,
)
from units.rocu.demonstration.chances import apportioned, panel_dates, some_day
from units.rocu.models import (
    OCG,
    CrimeType,
    Disruption,
    Force,
)

PATIENCE = timedelta(days=2)
"""How long before a panel a claim must have been made to be on its agenda."""


class People(msgspec.Struct, frozen=True):
    """Who entered the records and who moderated them."""

    officer: User
    chair: User


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
            self._claim(chance, name, some_day(chance, quarter.start, last), counted=True)
            for name, number in wanted.items()
            for _ in range(number)
        ]
        claims += [
            self._claim(chance, name, some_day(chance, quarter.start, last), counted=False)
            for name in chance.choices(list(wanted), list(wanted.values()), k=max(4, total // 14))
        ]
        return self._referenced(claims)

    def late_claims(self, quarter: Quarter, names: Sequence[str], panel: date) -> list[Claim]:
        """Claims of a quarter that only a later panel accepted."""
        chance = random.Random(f"{self.generated['seed']} {quarter.slug} late")
        claims = []
        for name in names:
            claim = self._claim(
                chance, name, some_day(chance, quarter.start, quarter.end), counted=True
            )
            claim.disruption.claim_date = some_day(
                chance, panel - timedelta(days=30), panel - PATIENCE
            )
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
