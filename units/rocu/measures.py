"""What the ROCU is measured by: arithmetic on counts already read, without the database."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from statistics import mean
from urllib.parse import urlencode

import msgspec

from units.measures import Measure, rounded
from units.quarters import Quarter
from units.rocu.queries import CrimeTypeRow, DisruptionCount
from units.spc import Limits, limits
from units.terms import COUNTED_IMPACTS, Impact, Lead, Strand

SERIES_LENGTH = 12
"""Quarters in a trend: the one reported and the eleven before it."""


def quarters_read(quarter: Quarter) -> tuple[Quarter, ...]:
    """The quarters that the figures of one need: its trend, and the one before that."""
    return quarter.last(SERIES_LENGTH + 1)


DISRUPTION = (
    "A piece of work that set an organised crime group or a criminal theme back, counted in the "
    "quarter of its impact once a panel has accepted or regraded the claim as major, moderate or minor."
)
OCG_MAPPED = "An organised crime group that is mapped, and not archived, at the end of the quarter."


def records(listed: str = "disruptions", **kind: object) -> str:
    """The address, below the quarter's, of the list of records of a kind."""
    filters = {
        "impact" if name == "impacts" else name: value[0] if isinstance(value, tuple) else value
        for name, value in kind.items()
    }
    return f"rocu/{listed}/" + (f"?{urlencode(filters)}" if filters else "")


class Disruptions(msgspec.Struct, frozen=True):
    """Counts of disruptions in the quarters up to one: as many as `quarters_read` names."""

    quarter: Quarter
    counts: tuple[DisruptionCount, ...]

    @property
    def first(self) -> Quarter | None:
        """The quarter in which the records begin, as far back as was read."""
        return min((row.quarter for row in self.counts if row.impact), default=None)

    @property
    def pending(self) -> int:
        """Claims of the quarter that wait for a panel."""
        return sum(row.number for row in self.counts if row.waiting and row.quarter == self.quarter)

    @property
    def last_panel(self) -> date | None:
        """The last panel that decided a claim of the quarter."""
        days = (row.last_panel for row in self.counts if row.quarter == self.quarter)
        return max((day for day in days if day), default=None)

    def total(
        self,
        quarters: Sequence[Quarter],
        *,
        crime_type: str | None = None,
        strand: Strand | None = None,
        lead: Lead | None = None,
        impacts: Sequence[Impact] = COUNTED_IMPACTS,
    ) -> int | None:
        """The disruptions of some quarters of the given kind; None where the records begin later."""
        if quarters[0] != self.quarter and (self.first is None or quarters[0] < self.first):
            return None
        return sum(
            row.number
            for row in self.counts
            if row.quarter in quarters
            and row.impact in impacts
            and (crime_type is None or row.crime_type == crime_type)
            and (strand is None or row.strand == strand)
            and (lead is None or row.lead == lead)
        )

    def now(self, **kind: object) -> int:
        """The quarter's own count of a kind."""
        return self.total((self.quarter,), **kind) or 0  # type: ignore[arg-type]

    def measure(self, key: str, name: str, **kind: object) -> Measure:
        """The quarter's count of a kind with its four comparators and its series."""

        def total(*quarters: Quarter) -> int | None:
            return self.total(quarters, **kind)  # type: ignore[arg-type]

        quarter = self.quarter
        series = tuple(
            number
            for one in quarter.last(SERIES_LENGTH)
            if (number := total(one)) is not None and (one == quarter or self.recorded(one))
        )
        return Measure(
            key=key,
            name=name,
            definition=DISRUPTION,
            value=total(quarter) or 0,
            previous=total(quarter.previous),
            last_year=total(quarter.same_last_year),
            year_to_date=total(*quarter.year_to_date),
            rolling_four=total(*quarter.rolling_four),
            series=series,
            records=records(**kind),
        )

    def has(self, crime_type: str) -> bool:
        """Whether a moderated disruption of a crime type is among those read."""
        return any(row.impact and row.crime_type == crime_type for row in self.counts)

    def recorded(self, quarter: Quarter) -> bool:
        """Whether the records reach back to a quarter."""
        return self.first is not None and quarter >= self.first

    def trend_quarters(self) -> tuple[Quarter, ...]:
        """The quarters of the trend, oldest first: up to twelve, none before the records begin."""
        quarters = self.quarter.last(SERIES_LENGTH)
        return tuple(one for one in quarters if one == self.quarter or self.recorded(one))


def expected_range(measure: Measure) -> Limits | None:
    """XmR limits over the measure's series, or None where it is too short."""
    return limits(measure.series)


def ocgs_measure(types: Sequence[CrimeTypeRow], quarter: Quarter, first: Quarter | None) -> Measure:
    """Mapped OCGs at quarter end: a stock, so with March's level and the mean of four quarter ends.

    `types` carry the counts at the ends of the last twelve quarters, oldest first.
    """
    ends = quarter.last(SERIES_LENGTH)
    totals = {end: sum(row.ocgs[place] for row in types) for place, end in enumerate(ends)}

    def level(one: Quarter) -> int | None:
        return totals[one] if one == quarter or (first is not None and one >= first) else None

    four = [level(one) for one in quarter.rolling_four]
    return Measure(
        key="rocu.ocgs",
        name="OCGs mapped",
        definition=OCG_MAPPED,
        value=totals[quarter],
        previous=level(quarter.previous),
        last_year=level(quarter.same_last_year),
        year_to_date=level(Quarter(quarter.year - 1, 4)),
        rolling_four=None if None in four else int(rounded(Decimal(mean(four)))),  # type: ignore[type-var]
        stock=True,
        records=records("ocgs"),
        series=tuple(value for one in ends if (value := level(one)) is not None),
    )
