"""A measure: one figure with its comparators, and the arithmetic of change and share, settled once."""

from decimal import ROUND_HALF_UP, Decimal

import msgspec

from units.terms import Period, Term

SMALLEST_BASE = 20
"""A percentage on a base below this says more than the numbers do, and is not given."""

NOT_AVAILABLE = "[x]"


class Direction(Term):
    """Which way a measure should move. More disruptions are neither better nor worse."""

    UP = "up", "up is better"
    DOWN = "down", "down is better"
    NEITHER = "neither", "neither up nor down is better"


class Measure(msgspec.Struct, frozen=True, omit_defaults=True):
    """A count with its four comparators, in the order in which every reader meets them.

    A comparator is None where the records do not reach back so far ([x]).
    A stock, such as mapped OCGs, has no year to date: `year_to_date` then holds the level at the
    end of March before the year began and `rolling_four` the mean of four quarter ends.
    An average, such as people reached a month, is one in every period: none is a sum.
    `records` is the address, below the quarter's, of the list of records behind the value.
    """

    key: str
    name: str
    definition: str
    value: int
    previous: int | None = None
    last_year: int | None = None
    year_to_date: int | None = None
    rolling_four: int | None = None
    better: Direction = Direction.NEITHER
    stock: bool = False
    average: bool = False
    series: tuple[int, ...] = ()
    range_words: str = ""
    records: str = ""

    def records_of(self, period: Period) -> str:
        """The address of the records behind a comparator; "" where no list is as long as it says."""
        if not self.records or self.average or (self.stock and period == Period.ROLLING_FOUR):
            return ""
        return f"{self.records}{'&' if '?' in self.records else '?'}period={period}"


def count(value: int | None) -> str:
    """A count as readers see it: "1,877"; [x] where there is none."""
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


def share_text(part: int | Decimal, whole: int | Decimal, places: int = 1) -> str:
    """ "54.3%", or [x] for a share of nothing."""
    percentage = share(part, whole, places)
    return NOT_AVAILABLE if percentage is None else f"{percentage}%"


def change_text(value: int, base: int | None) -> str:
    """ "+18 (+41%)"; no percentage on a base below twenty or of no change; "" without a base."""
    if base is None:
        return ""
    difference = value - base
    if base < SMALLEST_BASE or not difference:
        return signed(difference)
    percentage = int(rounded(Decimal(difference) * 100 / base))
    return f"{signed(difference)} ({signed(percentage)}%)"
