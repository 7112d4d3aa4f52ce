"""What the ROCU is measured by: arithmetic on counts already read, without the database."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from statistics import mean
from typing import Self
from urllib.parse import urlencode

import msgspec
from msgspec.structs import replace

from units.disclosure import Withheld, key_of
from units.measures import CONFIDENTIAL, Figure, Measure, Sign, known, rounded, unbroken
from units.quarters import Quarter
from units.rocu.queries import CrimeTypeRow, DisruptionCount
from units.spc import Limits, limits
from units.terms import COUNTED_IMPACTS, Impact, Lead, Strand, Term

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
    return f"rocu/{listed}/" + (f"?{urlencode(kind)}" if kind else "")


TOTAL = "all"
"""The one cell of a breakdown into nothing."""


class Breakdown(Term):
    """What one of the counts that are published is a cell of, quarter by quarter."""

    TOTAL = "total", "disruptions"
    CRIME_TYPES = "crime-types", "disruptions by crime type"
    IMPACTS = "impacts", "disruptions by impact"
    SPLITS = "splits", "disruptions by crime type and impact"
    LEADS = "leads", "disruptions by lead"
    STRANDS = "strands", "disruptions by strand"
    FORCES = "forces", "disruptions by force"
    APART = "apart", "disruptions of no or negative impact"
    OCGS_TOTAL = "ocgs-total", "OCGs"
    OCGS = "ocgs", "OCGs by crime type"


type Cell = tuple[Quarter, Breakdown, str]
"""A count's quarter, breakdown and name in it; that of a split is "Firearms, major"."""


class Disruptions(msgspec.Struct, frozen=True):
    """Counts of disruptions in the quarters up to one, cell by cell: the only ones that are told.

    `first` is the quarter in which the records begin, as far back as was read; `types` are the crime
    types with a moderated disruption; `pending` claims of the quarter wait for a panel, `last_panel`
    decided one of them. What is withheld from an audience is no number in the value it gets.
    """

    quarter: Quarter
    cells: Mapping[Cell, Figure]
    first: Quarter | None = None
    types: frozenset[str] = frozenset()
    pending: int = 0
    last_panel: date | None = None

    @classmethod
    def of(cls, quarter: Quarter, counts: Sequence[DisruptionCount]) -> Self:
        """Those counted in the quarters that `quarters_read` names."""
        cells: dict[Cell, Figure] = defaultdict(int)
        for row in counts:
            for breakdown, name in _places(row):
                cells[row.quarter, breakdown, name] += row.number  # type: ignore[operator]
        here = [row for row in counts if row.quarter == quarter]
        return cls(
            quarter,
            dict(cells),
            first=min((row.quarter for row in counts if row.impact), default=None),
            types=frozenset(row.crime_type for row in counts if row.impact),
            pending=sum(row.number for row in here if row.waiting),
            last_panel=max((row.last_panel for row in here if row.last_panel), default=None),
        )

    def without(self, withheld: Withheld) -> Self:
        """What is left for an audience from which cells are withheld."""
        cells = dict(self.cells)
        for quarter in quarters_read(self.quarter):
            for breakdown in Breakdown:
                for name in withheld.get(key_of(quarter, breakdown), ()):
                    if breakdown != Breakdown.SPLITS:
                        cells[quarter, breakdown, name] = CONFIDENTIAL
                        continue
                    for impact in COUNTED_IMPACTS:
                        # a column whose published total is nought has nothing to withhold
                        if cells.get((quarter, Breakdown.IMPACTS, impact), 0) != 0:
                            cells[quarter, breakdown, split_cell(name, impact)] = CONFIDENTIAL
        return replace(self, cells=cells)

    def total(
        self,
        quarters: Sequence[Quarter],
        *,
        crime_type: str = "",
        impact: Impact | None = None,
        strand: Strand | None = None,
        lead: Lead | None = None,
    ) -> Figure | None:
        """The disruptions of some quarters of a kind, of all impacts that count or of one.

        None where the records begin later; CONFIDENTIAL where a quarter's count is.
        """
        if quarters[0] != self.quarter and not self.recorded(quarters[0]):
            return None
        if crime_type and impact:
            breakdown, name = Breakdown.SPLITS, split_cell(crime_type, impact)
        elif crime_type:
            breakdown, name = Breakdown.CRIME_TYPES, crime_type
        elif impact:
            breakdown = Breakdown.IMPACTS if impact in COUNTED_IMPACTS else Breakdown.APART
            name = impact
        elif strand:
            breakdown, name = Breakdown.STRANDS, strand
        else:
            breakdown, name = (Breakdown.LEADS, lead) if lead else (Breakdown.TOTAL, TOTAL)
        found = 0
        for one in quarters:
            number = self.cells.get((one, breakdown, name), 0)
            if isinstance(number, Sign):
                return number
            found += number
        return found

    def now(self, **kind: object) -> Figure:
        """The quarter's own count of a kind."""
        return self.total((self.quarter,), **kind) or 0  # type: ignore[arg-type]

    def measure(self, key: str, name: str, **kind: object) -> Measure:
        """The quarter's count of a kind with its four comparators and its series."""

        def total(*quarters: Quarter) -> Figure | None:
            return self.total(quarters, **kind)  # type: ignore[arg-type]

        quarter = self.quarter
        return Measure(
            key=key,
            name=name,
            definition=DISRUPTION,
            value=total(quarter) or 0,
            previous=total(quarter.previous),
            last_year=total(quarter.same_last_year),
            year_to_date=total(*quarter.year_to_date),
            rolling_four=total(*quarter.rolling_four),
            series=unbroken([total(one) for one in self.trend_quarters()]),
            records=records(**kind),
        )

    def recorded(self, quarter: Quarter) -> bool:
        """Whether the records reach back to a quarter."""
        return self.first is not None and quarter >= self.first

    def trend_quarters(self) -> tuple[Quarter, ...]:
        """The quarters of the trend, oldest first: up to twelve, none before the records begin."""
        quarters = self.quarter.last(SERIES_LENGTH)
        return tuple(one for one in quarters if one == self.quarter or self.recorded(one))


def split_cell(crime_type: str, impact: str) -> str:
    """A cell of a crime type's split by impact."""
    return f"{crime_type}, {impact}"


def _places(row: DisruptionCount) -> Iterator[tuple[Breakdown, str]]:
    """The cells in which some disruptions count."""
    if row.impact in COUNTED_IMPACTS:
        yield Breakdown.TOTAL, TOTAL
        yield Breakdown.CRIME_TYPES, row.crime_type
        yield Breakdown.IMPACTS, row.impact
        yield Breakdown.SPLITS, split_cell(row.crime_type, row.impact)
        yield Breakdown.LEADS, row.lead
        yield Breakdown.STRANDS, row.strand
    elif row.impact:
        yield Breakdown.APART, row.impact


def expected_range(measure: Measure) -> Limits | None:
    """XmR limits over the measure's series, or None where it is too short."""
    return limits(measure.series)


def ocgs_measure(
    types: Sequence[CrimeTypeRow],
    quarter: Quarter,
    first: Quarter | None,
    withheld: Withheld | None = None,
) -> Measure:
    """Mapped OCGs at quarter end: a stock, so with March's level and the mean of four quarter ends.

    `types` carry the counts at the ends of the last twelve quarters, oldest first. What is
    `withheld` is CONFIDENTIAL, and so is a mean that it is part of.
    """
    ends = quarter.last(SERIES_LENGTH)
    totals = {end: sum(row.ocgs[place] for row in types) for place, end in enumerate(ends)}

    def level(one: Quarter) -> Figure | None:
        if one != quarter and (first is None or one < first):
            return None
        if (withheld or {}).get(key_of(one, Breakdown.OCGS_TOTAL)):
            return CONFIDENTIAL
        return totals[one]

    four = [level(one) for one in quarter.rolling_four]
    counts = [number for one in four if (number := known(one)) is not None]
    average: Figure | None = CONFIDENTIAL if CONFIDENTIAL in four else None
    if len(counts) == len(four):
        average = int(rounded(Decimal(mean(counts))))
    return Measure(
        key="rocu.ocgs",
        name="OCGs mapped",
        definition=OCG_MAPPED,
        value=level(quarter) or 0,
        previous=level(quarter.previous),
        last_year=level(quarter.same_last_year),
        year_to_date=level(Quarter(quarter.year - 1, 4)),
        rolling_four=average,
        stock=True,
        series=unbroken([level(one) for one in ends]),
        records=records("ocgs"),
    )
