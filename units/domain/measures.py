"""A measure: one figure with its comparators, and the arithmetic of change and share, settled once."""

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal
from enum import Enum

import msgspec

from units.domain.control_charts import Rebase, limits
from units.domain.quarters import Quarter
from units.domain.redefinitions import Former
from units.domain.vocabulary import Period, Term

SMALLEST_BASE = 20
"""A percentage on a base below this says more than the numbers do, and is not given."""

SHARE_STEP = 5
"""Where shares are told without their counts, they are rounded to so many per cent."""

NOT_AVAILABLE = "[x]"


class Sign(Enum):
    """What stands in place of a count that is not shown: no sum can be done with it."""

    CONFIDENTIAL = "[c]"


CONFIDENTIAL = Sign.CONFIDENTIAL

type Figure = int | Sign
"""A count, or the sign that it is confidential."""


class Direction(Term):
    """Which way a measure should move. More disruptions are neither better nor worse."""

    UP = "up", "up is better"
    DOWN = "down", "down is better"
    NEITHER = "neither", "neither up nor down is better"


class Measure(msgspec.Struct, frozen=True, omit_defaults=True):
    """A count with its four comparators, in the order in which every reader meets them.

    A comparator is None where the records do not reach back so far ([x]); a figure that the audience
    may not know is CONFIDENTIAL ([c]).
    A stock, such as mapped OCGs, has no year to date: `year_to_date` then holds the level at the
    end of March before the year began and `rolling_four` the mean of four quarter ends.
    An average, such as people reached a month, is one in every period: none is a sum.
    `records` is the address, below the quarter's, of the list of records behind the value.
    `series` are the points on which its expected range rests; `rebased` the re-bases of the quarters
    that its trend shows: the points begin with the last of them.
    `early` says why the value cannot be set against its range yet; its series then ends with the
    quarter before.
    `revised` names the figures of it of which readers were last told otherwise: "previous", and of
    the quarter's own value "value". `formerly` is what it counted by other definitions, the last first.
    """

    key: str
    name: str
    definition: str
    value: Figure
    previous: Figure | None = None
    last_year: Figure | None = None
    year_to_date: Figure | None = None
    rolling_four: Figure | None = None
    better: Direction = Direction.NEITHER
    stock: bool = False
    average: bool = False
    series: tuple[int, ...] = ()
    rebased: tuple[Rebase, ...] = ()
    early: str = ""
    range_words: str = ""
    records: str = ""
    revised: tuple[str, ...] = ()
    formerly: tuple[Former, ...] = ()

    @property
    def verdict(self) -> str:
        """ "above", "below" or "within" its expected range; "" where it has none."""
        first = self.range_words.partition(" ")[0].lower()
        return first if first in ("above", "below", "within") else ""

    @property
    def span(self) -> str:
        """Its expected range as sentences say it, "104 to 171"; "" where it has none."""
        return self.range_words.partition(" ")[2] if self.verdict else ""

    @property
    def expected(self) -> tuple[float, float] | None:
        """The ends of its expected range as `span` tells them; None where it has none."""
        found = limits(self.series) if self.verdict else None
        return found.told if found else None

    def quarters(self, period: Period, of: Quarter) -> tuple[Quarter, ...]:
        """The quarters on whose figures a comparator of a quarter rests."""
        if period == Period.PREVIOUS:
            return (of.previous,)
        if period == Period.LAST_YEAR:
            return (of.same_last_year,)
        if period == Period.ROLLING_FOUR:
            return of.rolling_four
        return (Quarter(of.year - 1, 4),) if self.stock else of.year_to_date

    def records_of(self, period: Period) -> str:
        """The address of the records behind a comparator; "" where no list is as long as it says."""
        if not self.records or self.average or (self.stock and period == Period.ROLLING_FOUR):
            return ""
        return f"{self.records}{'&' if '?' in self.records else '?'}period={period}"


def known(value: Figure | None) -> int | None:
    """The count, or None where there is none to reckon with: not available, or confidential."""
    return value if isinstance(value, int) else None


def unbroken(values: Sequence[Figure | None]) -> tuple[int, ...]:
    """The run of known values that ends a series."""
    run: list[int] = []
    for value in reversed(values):
        if not isinstance(value, int):
            break
        run.insert(0, value)
    return tuple(run)


def count(value: Figure | None) -> str:
    """A count as readers see it: "1,877"; [x] where there is none, [c] where it is confidential."""
    if isinstance(value, Sign):
        return value.value
    return NOT_AVAILABLE if value is None else f"{value:,}"


def signed(value: int) -> str:
    """A difference with a true minus: "+18", "−7", "0"."""
    return f"+{value:,}" if value > 0 else f"−{-value:,}" if value < 0 else "0"


def rounded(value: Decimal, places: int = 0) -> Decimal:
    """Rounded as schools teach it, halves away from zero, at the given number of decimals."""
    return value.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)


def plain(value: Decimal) -> str:
    """A decimal without the zeros that a database pads it with: "57", "26.5"."""
    return f"{value.normalize():f}"


def share(part: int | Decimal, whole: int | Decimal, places: int = 1) -> Decimal | None:
    """Percentage of a whole at `places` decimals, or None: there is no share of nothing."""
    if not whole:
        return None
    return rounded(Decimal(part) * 100 / Decimal(whole), places)


def coarse_share(part: Figure, whole: int) -> Figure:
    """Percentage of a whole rounded to `SHARE_STEP`, from which no count can be had.

    Confidential where the part is, on a small base, and where rounding would make it nought.
    """
    if isinstance(part, Sign) or whole < SMALLEST_BASE:
        return CONFIDENTIAL
    percentage = int(rounded(Decimal(part) * 100 / (whole * SHARE_STEP))) * SHARE_STEP
    return percentage if percentage or not part else CONFIDENTIAL


def share_text(part: Figure | Decimal, whole: Figure | Decimal, places: int = 1) -> str:
    """ "54.3%"; [x] for a share of nothing, [c] for one that is confidential."""
    if isinstance(part, Sign) or isinstance(whole, Sign):
        return CONFIDENTIAL.value
    percentage = share(part, whole, places)
    return NOT_AVAILABLE if percentage is None else f"{percentage}%"


def change_text(value: Figure, base: Figure | None) -> str:
    """ "+18 (+41%)"; no percentage on a base below twenty or of no change; "" without two counts."""
    if not isinstance(value, int) or not isinstance(base, int):
        return ""
    percentage = percentage_text(value, base)
    return signed(value - base) + (f" ({percentage})" if percentage else "")


def percentage_text(value: int, base: int) -> str:
    """ "+41%"; "" on a base below twenty or of no change."""
    if base < SMALLEST_BASE or value == base:
        return ""
    return f"{signed(int(rounded(Decimal(value - base) * 100 / base)))}%"
