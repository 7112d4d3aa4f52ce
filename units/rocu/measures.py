"""What the ROCU is measured by: arithmetic on counts already read, without the database."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from statistics import mean
from typing import Any, Self
from urllib.parse import urlencode

import msgspec
from msgspec.structs import replace

from units.breaks import Break, defined_now, formerly
from units.disclosure import Withheld, key_of
from units.measures import CONFIDENTIAL, Figure, Measure, Sign, known, rounded, unbroken
from units.quarters import Quarter
from units.registry import KeyFigure
from units.revisions import Told
from units.rocu.queries import CrimeTypeRow, DisruptionCount
from units.spc import LONG, USUAL, Limits, Rebases, limits, rebases_shown, trend_length
from units.terms import COUNTED_IMPACTS, Impact, Lead, Period, Strand, Term


def quarters_read(quarter: Quarter, rebased: Rebases | None = None) -> tuple[Quarter, ...]:
    """The quarters that the figures of one need: its longest trend, and the one before that."""
    return quarter.last((LONG if rebased else USUAL) + 1)


DISRUPTION = (
    "A piece of work that set an organised crime group or a criminal theme back, counted in the "
    "quarter of its impact once a panel has accepted or regraded the claim as major, moderate or minor."
)
OCG_MAPPED = "An organised crime group that is mapped, and not archived, at the end of the quarter."

DISRUPTIONS = KeyFigure("rocu.disruptions", "Disruptions", DISRUPTION)
MAJOR = KeyFigure(
    "rocu.disruptions.major",
    "Major disruptions",
    f"{DISRUPTION} Of these, those of major impact.",
)
OF_A_CRIME_TYPE = KeyFigure(
    "rocu.disruptions.of-a-crime-type",
    "Disruptions of a crime type",
    f"{DISRUPTION} Of these, those of one crime type: the key figures name the two with the most.",
    keys=("rocu.disruptions.first-type", "rocu.disruptions.second-type"),
    rebased=False,
)
OCGS = KeyFigure("rocu.ocgs", "OCGs mapped", OCG_MAPPED)
KEY_FIGURES = (DISRUPTIONS, MAJOR, OF_A_CRIME_TYPE, OCGS)


def records(listed: str = "disruptions", **kind: Any) -> str:
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
    OCG_SHARES = "ocg-shares", "rounded shares of OCGs by crime type"


type Cell = tuple[Quarter, Breakdown, str]
"""A count's quarter, breakdown and name in it; that of a split is "Firearms, major"."""


def defined(
    disruption: str = DISRUPTION, crime_type: str = "", impact: str = "", **_: object
) -> str:
    """What a count of disruptions of a kind counts."""
    if crime_type:
        return f"{disruption} Of these, those of the crime type {crime_type}."
    return f"{disruption} Of these, those of {impact} impact." if impact else disruption


NOT_OVER, AWAITED = "the quarter is not over", "claims await the panel"
"""Why a count may still rise into its expected range."""


class Disruptions(msgspec.Struct, frozen=True):
    """Counts of disruptions in the quarters up to one, cell by cell: the only ones that are told.

    `first` is the quarter in which the records begin, as far back as was read; `types` are the crime
    types with a moderated disruption; `pending` claims of the quarter wait for a panel, `last_panel`
    decided one of them; `over` says whether the quarter is. What is withheld from an audience is no
    number in the value it gets. `told` is what readers were told before; at `breaks` another
    definition begins, across which nothing is compared; `rebased` is what the board has agreed to
    reckon anew.
    """

    quarter: Quarter
    cells: Mapping[Cell, Figure]
    first: Quarter | None = None
    types: frozenset[str] = frozenset()
    pending: int = 0
    last_panel: date | None = None
    over: bool = True
    told: Told = {}
    breaks: tuple[Break, ...] = ()
    rebased: Rebases = {}

    @classmethod
    def of(
        cls,
        quarter: Quarter,
        counts: Sequence[DisruptionCount],
        rebased: Rebases | None = None,
        *,
        on: date | None = None,
    ) -> Self:
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
            over=on is None or on > quarter.end,
            rebased=rebased or {},
        )

    def without(self, withheld: Withheld) -> Self:
        """What is left for an audience from which cells are withheld."""
        cells = dict(self.cells)
        for quarter in quarters_read(self.quarter, self.rebased):
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
        place = _place(crime_type, impact, strand, lead)
        found = 0
        for one in quarters:
            number = self.cell(one, *place)
            if isinstance(number, Sign):
                return number
            found += number
        return found

    def cell(self, quarter: Quarter, breakdown: Breakdown, name: str) -> Figure:
        """The count of one cell of a quarter's breakdown."""
        return self.cells.get((quarter, breakdown, name), 0)

    def told_of(self, breakdown: Breakdown) -> Mapping[str, int]:
        """What readers were told before of a breakdown of the quarter itself, by cell."""
        return self.told.get(key_of(self.quarter, breakdown), {})

    @property
    def told_total(self) -> int | None:
        """How many disruptions of the quarter readers were told before; None where of none."""
        return self.told_of(Breakdown.TOTAL).get(TOTAL)

    def before(self, quarters: Sequence[Quarter], **kind: Any) -> int | None:
        """What some quarters of a kind would be if none had been revised; None where none was.

        None, too, where the count is not shown: nothing is said of what it was.
        """
        now = known(self.total(quarters, **kind))
        if now is None:
            return None
        breakdown, name = _place(**kind)
        then = sum(
            self.told.get(key_of(one, breakdown), {}).get(
                name, known(self.cell(one, breakdown, name))
            )
            or 0
            for one in quarters
        )
        return None if then == now else then

    def revised(self, *quarters: Quarter, **kind: Any) -> bool:
        """Whether readers were last told otherwise of some quarters of a kind."""
        return self.before(quarters, **kind) is not None

    def now(self, **kind: Any) -> Figure:
        """The quarter's own count of a kind."""
        return self.total((self.quarter,), **kind) or 0

    def measure(self, key: str, name: str, **kind: Any) -> Measure:
        """The quarter's count of a kind with its four comparators and its series."""

        def total(*quarters: Quarter) -> Figure | None:
            return self.total(quarters, **kind) if self.alike(quarters) else None

        quarter = self.quarter
        spans = {
            "value": (quarter,),
            Period.PREVIOUS: (quarter.previous,),
            Period.LAST_YEAR: (quarter.same_last_year,),
            Period.YEAR_TO_DATE: quarter.year_to_date,
            Period.ROLLING_FOUR: quarter.rolling_four,
        }
        earlier = unbroken([total(one) for one in self.since_rebase(key, quarter.previous)])
        early = self._early(known(total(quarter)), earlier)
        until = quarter.previous if early else quarter
        series = unbroken([total(one) for one in self.since_rebase(key, until)])
        return Measure(
            key=key,
            name=name,
            definition=defined(defined_now(self.breaks, DISRUPTION), **kind),
            formerly=tuple(
                replace(one, definition=one.definition and defined(one.definition, **kind))
                for one in formerly(self.breaks, DISRUPTION)
            ),
            value=total(quarter) or 0,
            previous=total(quarter.previous),
            last_year=total(quarter.same_last_year),
            year_to_date=total(*quarter.year_to_date),
            rolling_four=total(*quarter.rolling_four),
            revised=tuple(
                str(name)
                for name, quarters in spans.items()
                if self.alike(quarters) and self.revised(*quarters, **kind)
            ),
            series=series,
            early=early,
            rebased=rebases_shown(self.rebased.get(key, ()), self.trend_quarters(key, until)),
            records=records(**kind),
        )

    def alike(self, quarters: Sequence[Quarter]) -> bool:
        """Whether some quarters are counted by the definition of the one reported."""
        return not self.breaks or min(quarters) >= self.breaks[-1].quarter

    def _early(self, value: int | None, earlier: Sequence[int]) -> str:
        """Why the quarter's count may still rise into its range; "" where it may not."""
        expected = limits(earlier)
        nothing_yet = self.cell(self.quarter, Breakdown.TOTAL, TOTAL) == 0
        if value is None or not (nothing_yet or (expected and value < expected.lower)):
            return ""
        if not self.over:
            return NOT_OVER
        enough = expected is None or value + self.pending >= expected.lower
        return AWAITED if self.pending and enough else ""

    def recorded(self, quarter: Quarter) -> bool:
        """Whether the records reach back to a quarter."""
        return self.first is not None and quarter >= self.first

    def trend_quarters(
        self, key: str = DISRUPTIONS.key, until: Quarter | None = None
    ) -> tuple[Quarter, ...]:
        """The quarters of a measure's trend, oldest first: none before the records begin."""
        quarters = (until or self.quarter).last(trend_length(self.rebased, key))
        return tuple(one for one in quarters if one == self.quarter or self.recorded(one))

    def since_rebase(self, key: str, until: Quarter) -> tuple[Quarter, ...]:
        """The quarters of a measure's trend on which its expected range rests."""
        quarters = self.trend_quarters(key, until)
        shown = rebases_shown(self.rebased.get(key, ()), quarters)
        return tuple(one for one in quarters if not shown or one >= shown[-1].quarter)


def _place(
    crime_type: str = "",
    impact: Impact | None = None,
    strand: Strand | None = None,
    lead: Lead | None = None,
) -> tuple[Breakdown, str]:
    """The cell that holds a kind of disruptions, in each quarter."""
    if crime_type and impact:
        return Breakdown.SPLITS, split_cell(crime_type, impact)
    if crime_type:
        return Breakdown.CRIME_TYPES, crime_type
    if impact:
        return Breakdown.IMPACTS if impact in COUNTED_IMPACTS else Breakdown.APART, impact
    if strand:
        return Breakdown.STRANDS, strand
    return (Breakdown.LEADS, lead) if lead else (Breakdown.TOTAL, TOTAL)


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


def ocg_levels(
    types: Sequence[CrimeTypeRow],
    quarter: Quarter,
    first: Quarter | None,
    withheld: Withheld | None = None,
    rebased: Rebases | None = None,
) -> dict[str, Figure]:
    """Mapped OCGs at the ends of the trend's quarters, by slug; none before the records begin."""
    read = quarter.last(len(types[0].ocgs) if types else 1)
    shown = quarter.last(trend_length(rebased or {}, OCGS.key))
    return {
        end.slug: CONFIDENTIAL
        if (withheld or {}).get(key_of(end, Breakdown.OCGS_TOTAL))
        else sum(row.ocgs[place] for row in types)
        for place, end in enumerate(read)
        if end == quarter or (first is not None and end >= first and end in shown)
    }


def ocgs_measure(
    types: Sequence[CrimeTypeRow],
    quarter: Quarter,
    first: Quarter | None,
    withheld: Withheld | None = None,
    told: Told | None = None,
    breaks: Sequence[Break] = (),
    rebased: Rebases | None = None,
) -> Measure:
    """Mapped OCGs at quarter end: a stock, so with March's level and the mean of four quarter ends.

    `types` carry the counts at the ends of the quarters of its trend, or of more, oldest first. What
    is `withheld` is CONFIDENTIAL, and so is a mean that it is part of. What stands before the last of
    the `breaks` is not compared.
    """
    ends = quarter.last(trend_length(rebased or {}, OCGS.key))
    shown = rebases_shown((rebased or {}).get(OCGS.key, ()), ends)
    levels = {
        slug: figure
        for slug, figure in ocg_levels(types, quarter, first, withheld, rebased).items()
        if not breaks or Quarter.parse(slug) >= breaks[-1].quarter
    }

    def level(one: Quarter) -> Figure | None:
        return levels.get(one.slug)

    def revised(*ends: Quarter) -> bool:
        shown = [known(level(one)) for one in ends]
        before = [
            (told or {}).get(key_of(one, Breakdown.OCGS_TOTAL), {}).get(TOTAL) for one in ends
        ]
        return None not in shown and any(
            then not in (None, now) for then, now in zip(before, shown, strict=True)
        )

    spans = {
        "value": (quarter,),
        Period.PREVIOUS: (quarter.previous,),
        Period.LAST_YEAR: (quarter.same_last_year,),
        Period.YEAR_TO_DATE: (Quarter(quarter.year - 1, 4),),
        Period.ROLLING_FOUR: quarter.rolling_four,
    }
    four = [level(one) for one in quarter.rolling_four]
    counts = [number for one in four if (number := known(one)) is not None]
    average: Figure | None = CONFIDENTIAL if CONFIDENTIAL in four else None
    if len(counts) == len(four):
        average = int(rounded(Decimal(mean(counts))))
    return Measure(
        key=OCGS.key,
        name=OCGS.name,
        definition=defined_now(breaks, OCG_MAPPED),
        formerly=formerly(breaks, OCG_MAPPED),
        value=level(quarter) or 0,
        previous=level(quarter.previous),
        last_year=level(quarter.same_last_year),
        year_to_date=level(Quarter(quarter.year - 1, 4)),
        rolling_four=average,
        stock=True,
        series=unbroken([level(one) for one in ends if not shown or one >= shown[-1].quarter]),
        rebased=shown,
        records=records("ocgs"),
        revised=tuple(str(name) for name, ends in spans.items() if revised(*ends)),
    )
