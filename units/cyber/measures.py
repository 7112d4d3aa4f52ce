"""What cybercrime is measured by: arithmetic on records already read, without the database."""

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal

import msgspec

from units.cyber.queries import Bid, MonthReached
from units.measures import Direction, Measure, rounded, unbroken
from units.quarters import Quarter
from units.spc import Limits, Rebase, Rebases, Step, rebases_shown, steps, trend_length
from units.terms import EXCEPTIONS, Audience, BidDecision, Ranged, Status, Strand
from units.wording import capital, day_words, plural, spelled
from units.words import Entry

ON_TRACK = (Status.COMPLETE, Status.ON_TRACK)

PEOPLE_REACHED = (
    "People whom the Digital PCSO’s channels reached, as the channels themselves count them: the "
    "average of the months. A person whom two channels reached counts twice."
)


YEARS_SHOWN = 2
"""Years of months in a trend that was re-based: else one."""


def quarters_read(quarter: Quarter, rebased: Rebases | None = None) -> tuple[Quarter, ...]:
    """The quarters that the figures of one need."""
    return quarter.last(trend_length(rebased or {}, Ranged.REACH))


def months_of(*quarters: Quarter) -> tuple[date, ...]:
    """The months of some quarters, each by its first day, in order."""
    return tuple(
        one.start.replace(month=one.start.month + place) for one in quarters for place in range(3)
    )


class Reached(msgspec.Struct, frozen=True):
    """The people reached in the months up to a quarter's end, as far as one audience may know.

    A month that lacks a channel's figure because it is withheld has no figure itself: with it, the
    withheld one could be worked out. `rebased` are the re-bases that the board has agreed.
    """

    quarter: Quarter
    rows: tuple[MonthReached, ...]
    audience: Audience
    rebased: tuple[Rebase, ...] = ()

    @property
    def channels(self) -> tuple[str, ...]:
        """The channels with reach on record, in board order."""
        return tuple(dict.fromkeys(row.channel for row in self.rows))

    def people(self, month: date, channel: str = "") -> int | None:
        """People reached in a month, by one channel or all; None where unknown or withheld."""
        rows = [
            row
            for row in self.rows
            if row.month == month and (not channel or row.channel == channel)
        ]
        if not rows or any(not self._known(row) for row in rows):
            return None
        return sum(row.people for row in rows)

    def withheld(self, month: date, channel: str = "") -> bool:
        """Whether a month has a figure that the audience may not know."""
        return any(
            row.month == month and (not channel or row.channel == channel) and not self._known(row)
            for row in self.rows
        )

    def _known(self, row: MonthReached) -> bool:
        return row.released or self.audience == Audience.RESTRICTED

    def average(self, months: Sequence[date], channel: str = "") -> int | None:
        """The average of months, or None where one of them has no figure."""
        values = [self.people(month, channel) for month in months]
        if not values or None in values:
            return None
        return int(rounded(Decimal(sum(values)) / len(values)))  # type: ignore[arg-type]

    def measure(self, key: str, name: str, channel: str = "") -> Measure | None:
        """People reached a month with its comparators; None where the quarter has no figure.

        Of a quarter that is not over, the months on record count.
        """
        quarter = self.quarter
        now = tuple(
            month for month in months_of(quarter) if self.people(month, channel) is not None
        )
        value = self.average(now, channel)
        if value is None:
            return None

        def average(*quarters: Quarter) -> int | None:
            earlier = [one for one in quarters if one != quarter]
            here = now if quarter in quarters else ()
            return self.average((*months_of(*earlier), *here), channel)

        early = self._early()
        until = quarter.previous if early else quarter
        ends = quarters_read(until, {Ranged.REACH: () if channel else self.rebased})
        shown = () if channel else rebases_shown(self.rebased, ends)
        series = unbroken([average(one) for one in ends if not shown or one >= shown[-1].quarter])
        return Measure(
            key=key,
            name=name,
            definition=PEOPLE_REACHED,
            value=value,
            previous=average(quarter.previous),
            last_year=average(quarter.same_last_year),
            year_to_date=average(*quarter.year_to_date),
            rolling_four=average(*quarter.rolling_four),
            better=Direction.UP,
            average=True,
            series=series,
            rebased=shown,
            early=early,
        )

    def _early(self) -> str:
        """Why the quarter's average is not of the whole quarter; "" where it is."""
        begun = {row.month for row in self.rows}
        number = sum(month in begun for month in months_of(self.quarter))
        are = plural(number, "is", "are")
        return "" if number == 3 else f"{spelled(number)} of its three months {are} on record"

    def _months(self, quarters: Sequence[Quarter]) -> tuple[tuple[date, int | None], ...]:
        """Each month of some quarters, from the first to the last with a figure."""
        months = [(month, self.people(month)) for month in months_of(*quarters)]
        known = [place for place, (_, people) in enumerate(months) if people is not None]
        return tuple(months[known[0] : known[-1] + 1]) if known else ()

    def trend(self) -> tuple[tuple[date, int | None], ...]:
        """The months that the trend shows: those of the rolling four quarters, more if re-based."""
        return self._months(self.quarter.last(4 * YEARS_SHOWN if self.rebased else 4))

    def shown_rebases(self) -> tuple[Rebase, ...]:
        """The re-bases that fall among the months of the trend, after its first."""
        return rebases_shown(
            self.rebased, [Quarter.of(month) for month, _ in self.trend()] or [self.quarter]
        )

    def steps(self) -> tuple[Step, ...]:
        """The stretches of the trend between its re-bases, each with its XmR limits."""
        months = [month for month, _ in self.trend()]
        bases = [
            months.index(one.quarter.start)
            for one in self.shown_rebases()
            if one.quarter.start in months
        ]
        return steps([people for _, people in self.trend()], bases)

    def level(self) -> tuple[tuple[date, int | None], ...]:
        """The months of the trend on which its expected range rests."""
        return self.trend()[self.steps()[-1].first :]

    def expected(self) -> Limits | None:
        """XmR limits over the months of the level, or None where fewer than twelve have a figure."""
        return self.steps()[-1].limits

    def average_month(self) -> int | None:
        """The average of the level's months that have a figure."""
        return self.average([month for month, people in self.level() if people is not None])

    def highest(self) -> tuple[date, int] | None:
        """The month of the rolling four quarters in which most were reached, and how many."""
        months = self._months(self.quarter.rolling_four)
        known = [(people, month) for month, people in months if people is not None]
        if not known:
            return None
        people, month = max(known)
        return month, people


class Standing(msgspec.Struct, frozen=True):
    """Workstreams whose status an audience may know, counted by strand and status."""

    rows: tuple[Entry, ...]

    def number(self, strand: Strand | None = None, statuses: Iterable[Status] | None = None) -> int:
        """Workstreams of a strand, or all; of some statuses, or whatever their status."""
        wanted = None if statuses is None else tuple(statuses)
        return len(self.of(strand, wanted))

    def of(
        self, strand: Strand | None = None, statuses: Sequence[Status] | None = None
    ) -> tuple[Entry, ...]:
        """The workstreams themselves, in board order."""
        return tuple(
            row
            for row in self.rows
            if (strand is None or row.strand == strand)
            and (statuses is None or row.status in statuses)
        )

    @property
    def troubled(self) -> tuple[Strand, ...]:
        """The strands with a workstream that is at risk or late."""
        return tuple(strand for strand in Strand if self.of(strand, EXCEPTIONS))


class BidState(msgspec.Struct, frozen=True):
    """Where a bid stands on a day: in a word, since when, and the status whose shape it takes."""

    word: str
    since: date
    status: Status | None

    @property
    def in_full(self) -> str:
        """ "Considered on 17 September 2018; decision awaited"."""
        told = f"{capital(self.word)} on {day_words(self.since)}"
        return f"{told}; decision awaited" if self.status == Status.WAITING else told


def state(bid: Bid, day: date) -> BidState:
    """Where a bid stands at the end of a day."""
    if bid.decision and bid.decided and bid.decided <= day:
        refused = bid.decision == BidDecision.REFUSED
        return BidState(bid.decision.label, bid.decided, None if refused else Status.COMPLETE)
    if bid.considered and bid.considered <= day:
        return BidState("considered", bid.considered, Status.WAITING)
    return BidState("submitted", bid.submitted, Status.WAITING)


def whole_cost(bid: Bid) -> Decimal:
    """What a bid's purpose costs in all, to the penny: its amount is the fund's share of that."""
    return rounded(bid.amount * 100 / bid.fund_share, 2)


def matched(bid: Bid) -> Decimal:
    """What the force is to match, to the penny."""
    return rounded(bid.amount * bid.match_share / bid.fund_share, 2)
