"""Financial-year quarters: their bounds, their labels and the quarters they are compared with."""

import re
from datetime import date, timedelta
from typing import Self

import msgspec

FIRST_YEAR, LAST_YEAR = 1900, 2198
_WRITTEN = re.compile(r"(\d{4})[-/](\d{2})[-/ ]?[qQ]([1-4])")


class UnknownQuarter(ValueError):
    """A text that names no quarter."""

    def __init__(self, text: str) -> None:
        shown = text if len(text) <= 40 else f"{text[:39]}…"
        super().__init__(
            f"“{shown}” is not a quarter. Write the financial year and the quarter, "
            "such as 2018-19-q2 or 2018/19 Q2; Q1 is April to June."
        )


class Quarter(msgspec.Struct, frozen=True, order=True):
    """Three months of a financial year that begins on 1 April: `year` is the one it begins in."""

    year: int
    number: int

    def __post_init__(self) -> None:
        if not (FIRST_YEAR <= self.year <= LAST_YEAR and 1 <= self.number <= 4):
            raise UnknownQuarter(f"{self.year} Q{self.number}")

    @classmethod
    def parse(cls, text: str) -> Self:
        """The quarter that a text such as "2018-19-q2" or "2018/19 Q2" names; else UnknownQuarter."""
        match = _WRITTEN.fullmatch(text.strip())
        if not match or (int(match[1]) + 1) % 100 != int(match[2]):
            raise UnknownQuarter(text)
        return cls(int(match[1]), int(match[3]))

    @classmethod
    def of(cls, day: date) -> Self:
        """The quarter in which a day falls."""
        months = day.year * 12 + day.month - 1 - 3
        return cls(months // 12, months % 12 // 3 + 1)

    @classmethod
    def from_ordinal(cls, ordinal: int) -> Self:
        """The inverse of `ordinal`."""
        return cls(ordinal // 4, ordinal % 4 + 1)

    @property
    def ordinal(self) -> int:
        """Quarters counted from year 0: consecutive quarters differ by one. What the database keeps."""
        return self.year * 4 + self.number - 1

    @property
    def year_label(self) -> str:
        return f"{self.year}/{(self.year + 1) % 100:02}"

    @property
    def label(self) -> str:
        return f"{self.year_label} Q{self.number}"

    @property
    def slug(self) -> str:
        """As commands write it: "2018-19-q2"."""
        return f"{self.year}-{(self.year + 1) % 100:02}-q{self.number}"

    @property
    def path(self) -> str:
        """As addresses write it: "2018-19/q2"."""
        return f"{self.year}-{(self.year + 1) % 100:02}/q{self.number}"

    @property
    def start(self) -> date:
        month = self.number * 3 + 1
        return date(self.year, month, 1) if month <= 12 else date(self.year + 1, 1, 1)

    @property
    def end(self) -> date:
        return self.next.start - timedelta(days=1)

    @property
    def months(self) -> str:
        """In words: "July to September 2018"."""
        return f"{self.start:%B} to {self.end:%B %Y}"

    @property
    def previous(self) -> Self:
        return self.from_ordinal(self.ordinal - 1)

    @property
    def next(self) -> Self:
        return self.from_ordinal(self.ordinal + 1)

    @property
    def same_last_year(self) -> Self:
        return self.from_ordinal(self.ordinal - 4)

    @property
    def year_to_date(self) -> tuple[Self, ...]:
        """From Q1 of the financial year to this quarter, oldest first."""
        return self.last(self.number)

    @property
    def rolling_four(self) -> tuple[Self, ...]:
        """This quarter and the three before it, oldest first."""
        return self.last(4)

    def last(self, count: int) -> tuple[Self, ...]:
        """The `count` quarters that end with this one, oldest first."""
        return tuple(self.from_ordinal(self.ordinal - back) for back in reversed(range(count)))

    def __str__(self) -> str:
        return self.label


def months_of(*quarters: Quarter) -> tuple[date, ...]:
    """The months of some quarters, each by its first day, in order."""
    return tuple(
        one.start.replace(month=one.start.month + place) for one in quarters for place in range(3)
    )
