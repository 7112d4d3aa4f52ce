"""The slow, obvious way to every ROCU figure: read all records, walk through them one by one."""

from collections import Counter
from collections.abc import Callable, Iterable
from datetime import date

from units.domain.quarters import Quarter
from units.rocu.models import OCG, Decision, Disruption


class Recount:
    """All disruptions with the impact that their own decisions give them."""

    def __init__(self) -> None:
        self.rows = []
        final: dict[int, tuple[tuple[date, int], str]] = {}
        for decision in Decision.objects.select_related("panel"):
            if decision.kind == "deferred":
                continue
            place = (decision.panel.date, decision.pk)
            if decision.disruption_id not in final or place > final[decision.disruption_id][0]:
                kept = decision.impact if decision.kind in ("accepted", "regraded") else ""
                final[decision.disruption_id] = (place, kept)
        self.final = final
        for disruption in Disruption.objects.select_related("crime_type").prefetch_related(
            "forces"
        ):
            impact = final.get(disruption.pk, (None, ""))[1]
            self.rows.append((disruption, impact))
        self.first = min(
            (Quarter.of(row.date_of_impact) for row, impact in self.rows if impact), default=None
        )

    def settled(self, disruption: Disruption) -> bool:
        """Whether some panel has come to a final decision on it."""
        return disruption.pk in self.final

    def count(
        self,
        quarters: Iterable[Quarter],
        wanted: Callable[[Disruption, str], bool] = lambda row, impact: True,
        impacts: tuple[str, ...] = ("major", "moderate", "minor"),
    ) -> int | None:
        """Disruptions of the quarters, or None where one lies before the first on record."""
        days = [(quarter.start, quarter.end) for quarter in quarters]
        if self.first is None or days[0][0] < self.first.start:
            return None
        return sum(
            1
            for row, impact in self.rows
            if impact in impacts
            and any(start <= row.date_of_impact <= end for start, end in days)
            and wanted(row, impact)
        )

    def comparators(
        self, quarter: Quarter, wanted: Callable[[Disruption, str], bool] = lambda row, impact: True
    ) -> tuple[int | None, ...]:
        """This quarter, previous, same last year, year to date, rolling four."""
        year = [Quarter(quarter.year, number) for number in range(1, quarter.number + 1)]
        four = [
            quarter.previous.previous.previous,
            quarter.previous.previous,
            quarter.previous,
            quarter,
        ]
        before = Quarter(quarter.year - 1, quarter.number)
        return tuple(
            self.count(quarters, wanted)
            for quarters in ([quarter], [quarter.previous], [before], year, four)
        )


def mapped_by_type(day: date) -> Counter[str]:
    """OCGs mapped at the end of a day, by predominant crime type."""
    found: Counter[str] = Counter()
    for group in OCG.objects.select_related("predominant_crime_type"):
        if group.mapped_date <= day and not (group.archived_date and group.archived_date <= day):
            found[group.predominant_crime_type.name] += 1
    return found
