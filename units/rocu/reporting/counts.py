"""What the ROCU is measured by: arithmetic on counts already read, without the database."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from statistics import mean
from typing import Any, Self

import msgspec
from msgspec.structs import replace

from units.domain.control_charts import (
    LONG,
    USUAL,
    Limits,
    Rebases,
    limits,
    trend_length,
)
from units.domain.disclosure import Withheld, key_of
from units.domain.measures import (
    CONFIDENTIAL,
    Figure,
    Measure,
    Sign,
    known,
    rounded,
)
from units.domain.quarters import Quarter
from units.domain.redefinitions import Break
from units.domain.revisions import Told
from units.domain.series import CountSeries, same_definition
from units.domain.vocabulary import COUNTED_IMPACTS
from units.registry import KeyFigure
from units.rocu.reporting.dimensions import (
    ALL,
    Breakdown,
    place,
    places,
    records,
    split_cell,
)
from units.rocu.reporting.queries import CrimeTypeRow, DisruptionCount


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
            for breakdown, name in places(row):
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

    def total(self, quarters: Sequence[Quarter], **kind: Any) -> Figure | None:
        """The disruptions of some quarters of a kind, of all impacts that count or of one.

        A kind is given by crime type, impact, strand or lead. None where the records begin later;
        CONFIDENTIAL where a quarter's count is.
        """
        if quarters[0] != self.quarter and not self.recorded(quarters[0]):
            return None
        found = 0
        for one in quarters:
            number = self.cell(one, *place(kind))
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
        return self.told_of(Breakdown.TOTAL).get(ALL)

    def before(self, quarters: Sequence[Quarter], **kind: Any) -> int | None:
        """What some quarters of a kind would be if none had been revised; None where none was.

        None, too, where the count is not shown: nothing is said of what it was.
        """
        now = known(self.total(quarters, **kind))
        if now is None:
            return None
        breakdown, name = place(kind)
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
        earlier = self._series(key, self.quarter.previous, kind).values
        early = self._early(known(self.now(**kind)), earlier)
        until = self.quarter.previous if early else self.quarter
        return self._series(key, until, kind).measure(
            key,
            name,
            DISRUPTION,
            narrowed=lambda words: defined(words, **kind),
            early=early,
            records=records(**kind),
        )

    def _series(self, key: str, until: Quarter, kind: Mapping[str, Any]) -> CountSeries:
        """A kind of disruptions over the quarters, its trend up to one of them."""
        return CountSeries(
            quarter=self.quarter,
            trend=self.trend_quarters(key, until),
            figure=lambda quarters: self.total(quarters, **kind),
            revised=lambda quarters: self.revised(*quarters, **kind),
            breaks=self.breaks,
            rebases=self.rebased.get(key, ()),
        )

    def alike(self, quarters: Sequence[Quarter]) -> bool:
        """Whether some quarters are counted by the definition of the one reported."""
        return same_definition(self.breaks, quarters)

    def _early(self, value: int | None, earlier: Sequence[int]) -> str:
        """Why the quarter's count may still rise into its range; "" where it may not."""
        expected = limits(earlier)
        nothing_yet = self.cell(self.quarter, Breakdown.TOTAL, ALL) == 0
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


class Ocgs(msgspec.Struct, frozen=True):
    """Mapped OCGs at the ends of the trend's quarters, as far as they may be told, by slug.

    `told` is how many readers were told before; what stands before the last of the `breaks` is not
    compared; `rebased` is what the board has agreed to reckon anew.
    """

    quarter: Quarter
    levels: Mapping[str, Figure]
    told: Told = {}
    breaks: tuple[Break, ...] = ()
    rebased: Rebases = {}

    def measure(self) -> Measure:
        """A stock: with March's level, and the mean of four quarter ends.

        A mean is CONFIDENTIAL where a level that it is of is.
        """
        series = CountSeries(
            quarter=self.quarter,
            trend=self.quarter.last(trend_length(self.rebased, OCGS.key)),
            figure=self._mean,
            revised=self._revised,
            breaks=self.breaks,
            rebases=self.rebased.get(OCGS.key, ()),
            stock=True,
        )
        return series.measure(OCGS.key, OCGS.name, OCG_MAPPED, records=records("ocgs"))

    def _mean(self, ends: Sequence[Quarter]) -> Figure | None:
        levels = [self.levels.get(end.slug) for end in ends]
        if CONFIDENTIAL in levels:
            return CONFIDENTIAL
        numbers = [number for level in levels if (number := known(level)) is not None]
        return int(rounded(Decimal(mean(numbers)))) if len(numbers) == len(ends) else None

    def _revised(self, ends: Sequence[Quarter]) -> bool:
        shown = [known(self.levels.get(end.slug)) for end in ends]
        before = [self.told.get(key_of(end, Breakdown.OCGS_TOTAL), {}).get(ALL) for end in ends]
        return None not in shown and any(
            then not in (None, now) for then, now in zip(before, shown, strict=True)
        )
