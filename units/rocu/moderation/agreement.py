"""How far claimed and moderated impact agree, by force: what panels made of a year's claims."""

from collections import Counter
from collections.abc import Iterable, Mapping

import msgspec
from django.db.models import Count, Max

from units.domain.english import plural
from units.domain.measures import SMALLEST_BASE, count, share_text
from units.domain.quarters import Quarter
from units.domain.vocabulary import (
    COUNTING_DECISIONS,
    DecisionKind,
    Impact,
    Term,
)
from units.records.models import in_use
from units.rocu.models import Disruption, Force

QUARTERS = 4


class Finding(Term):
    """What became of a claim: as claimed, stronger, weaker, or no disruption of its own."""

    AS_CLAIMED = "as-claimed", "accepted as claimed"
    UP = "up", "regraded up"
    DOWN = "down", "regraded down"
    REJECTED = "rejected", "rejected"
    DUPLICATE = "duplicate", "duplicate"


def finding(claimed: str, kind: str, impact: str) -> Finding:
    """What a final decision made of a claim. Impacts order from major, the strongest, to negative.

    The impacts are compared, whatever the decision calls itself.
    """
    if kind not in COUNTING_DECISIONS:
        return Finding.DUPLICATE if kind == DecisionKind.DUPLICATE else Finding.REJECTED
    order = list(Impact)
    before, after = order.index(Impact(claimed)), order.index(Impact(impact))
    if after == before:
        return Finding.AS_CLAIMED
    return Finding.UP if after < before else Finding.DOWN


class Agreement(msgspec.Struct, frozen=True):
    """The decided claims of one force, or of all, by what became of them."""

    name: str
    numbers: Mapping[str, int]

    @property
    def decided(self) -> int:
        return sum(self.numbers.values())

    @property
    def cells(self) -> tuple[tuple[str, str, str], ...]:
        """(label, number, share of the decided) for each finding; no share on a base below twenty."""
        return tuple(
            (
                one.heading,
                count(self.numbers.get(one, 0)),
                share_text(self.numbers.get(one, 0), self.decided)
                if self.decided >= SMALLEST_BASE
                else "",
            )
            for one in Finding
        )

    @property
    def sentence(self) -> str:
        """How claims usually fare, in one sentence; the share only on a base of twenty or more."""
        if not self.decided:
            return f"{self.name}: no claim was decided."
        accepted = self.numbers.get(Finding.AS_CLAIMED, 0)
        share = f" ({share_text(accepted, self.decided)})" if self.decided >= SMALLEST_BASE else ""
        changed = ", ".join(
            f"{count(self.numbers.get(one, 0))} {one.label}"
            for one in (Finding.UP, Finding.DOWN, Finding.REJECTED)
        )
        return (
            f"{self.name}: {count(accepted)} of {count(self.decided)} "
            f"{plural(self.decided, 'claim')} accepted as claimed{share}; {changed}."
        )


class Agreements(msgspec.Struct, frozen=True):
    """Agreement force by force in board order, then of all; a joint claim counts for each force."""

    first: Quarter | None
    last: Quarter | None
    forces: tuple[Agreement, ...]
    every: Agreement

    @property
    def headline(self) -> str:
        """The finding as a heading."""
        accepted, decided = self.every.numbers.get(Finding.AS_CLAIMED, 0), self.every.decided
        if not decided:
            return "No panel has decided a claim yet"
        if decided < SMALLEST_BASE:
            return f"{accepted} of {decided} {plural(decided, 'claim')} accepted as claimed"
        return f"{share_text(accepted, decided)} of claims accepted as claimed"

    def of(self, names: Iterable[str]) -> tuple[Agreement, ...]:
        """The rows of the forces named."""
        wanted = set(names)
        return tuple(one for one in self.forces if one.name in wanted)


def agreements() -> Agreements:
    """Of claims decided in the four quarters up to the latest decision's, in four queries."""
    latest = Disruption.objects.aggregate(day=Max("decision__panel__date"))["day"]
    if latest is None:
        return Agreements(None, None, (), Agreement("All claims", {}))
    quarters = Quarter.of(latest).last(QUARTERS)
    decided = Disruption.objects.filter(
        decision__panel__date__range=(quarters[0].start, quarters[-1].end)
    ).order_by()
    fields = ("claimed_impact", "decision__kind", "decision__impact")
    by_force: dict[str, Counter[str]] = {
        name: Counter()
        for name in Force.objects.filter(in_use(quarters[-1]))
        .order_by("order", "name")
        .values_list("name", flat=True)
    }
    for name, *told, number in decided.values_list("forces__name", *fields).annotate(Count("pk")):
        if name is not None:
            by_force.setdefault(name, Counter())[finding(*told)] += number
    every: Counter[str] = Counter()
    for *told, number in decided.values_list(*fields).annotate(Count("pk")):
        every[finding(*told)] += number
    return Agreements(
        quarters[0],
        quarters[-1],
        tuple(Agreement(name, dict(numbers)) for name, numbers in by_force.items()),
        Agreement("All claims", dict(every)),
    )
