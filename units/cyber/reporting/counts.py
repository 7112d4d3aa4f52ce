"""What cybercrime is measured by: arithmetic on records already read, without the database."""

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal

import msgspec

from units.cyber.reporting.queries import Bid, MonthReached
from units.domain.control_charts import (
    Limits,
    Rebase,
    Rebases,
    Step,
    rebases_shown,
    steps,
    trend_length,
)
from units.domain.disclosure import key_of
from units.domain.english import (
    capital,
    day_words,
    plural,
    spelled,
)
from units.domain.measures import Direction, Measure, rounded
from units.domain.quarters import Quarter, months_of
from units.domain.redefinitions import Break, places
from units.domain.revisions import Told
from units.domain.series import CountSeries, same_definition
from units.domain.vocabulary import (
    EXCEPTIONS,
    BidDecision,
    Status,
    Strand,
    Term,
)
from units.records.narrative import Entry
from units.registry import KeyFigure

ON_TRACK = (Status.COMPLETE, Status.ON_TRACK)

PEOPLE_REACHED = (
    "People whom the Digital PCSO’s channels reached, as the channels themselves count them: the "
    "average of the months. A person whom two channels reached counts twice."
)
REACH = KeyFigure("cyber.reach", "People reached a month", PEOPLE_REACHED)


ALL = "all"
"""The channel of a figure that is of all channels, in what was told."""

YEARS_SHOWN = 2
"""Years of months in a trend that was re-based: else one."""


class Telling(Term):
    """As what a figure of reach is told: of a month, or as the average of a quarter's months."""

    MONTHS = "reach", "people reached in a month"
    AVERAGES = "reach-average", "people reached a month"


def month_told(month: date, channel: str = "") -> str:
    """The name of a month's figure among what was told: "2018-07-01 Facebook"."""
    return f"{month} {channel}".strip()


def quarters_read(quarter: Quarter, rebased: Rebases | None = None) -> tuple[Quarter, ...]:
    """The quarters that the figures of one need."""
    return quarter.last(trend_length(rebased or {}, REACH.key))


class Reached(msgspec.Struct, frozen=True):
    """The people reached in the months up to a quarter's end, as far as one audience may know.

    A month that lacks a channel's figure because it is withheld has no figure itself: with it, the
    withheld one could be worked out. `told` is what readers were told before; at `breaks` another
    definition begins, across which nothing is compared; `rebased` are the re-bases that the board has
    agreed.
    """

    quarter: Quarter
    rows: tuple[MonthReached, ...]
    told: Told = {}
    breaks: tuple[Break, ...] = ()
    rebased: tuple[Rebase, ...] = ()

    @property
    def channels(self) -> tuple[str, ...]:
        """The channels with reach on record, in board order."""
        return tuple(dict.fromkeys(row.channel for row in self.rows))

    def people(self, month: date, channel: str = "") -> int | None:
        """People reached in a month, by one channel or all; None where unknown or withheld."""
        people = self._told(month, channel)
        return None if not people or None in people else sum(people)  # type: ignore[arg-type]

    def withheld(self, month: date, channel: str = "") -> bool:
        """Whether a month has a figure that the audience may not know."""
        return None in self._told(month, channel)

    def _told(self, month: date, channel: str) -> list[int | None]:
        return [
            row.people
            for row in self.rows
            if row.month == month and (not channel or row.channel == channel)
        ]

    def average(self, months: Sequence[date], channel: str = "") -> int | None:
        """The average of months, or None where one of them has no figure."""
        values = [self.people(month, channel) for month in months]
        if not values or None in values:
            return None
        return int(rounded(Decimal(sum(values)) / len(values)))  # type: ignore[arg-type]

    def months(self, quarter: Quarter, channel: str = "") -> tuple[date, ...]:
        """The months that a quarter's average is of: of the quarter reported, those on record."""
        found = months_of(quarter)
        if quarter != self.quarter:
            return found
        return tuple(month for month in found if self.people(month, channel) is not None)

    def before(self, months: Sequence[date], channel: str = "") -> int | None:
        """What an average of months, or one month, would be if none had been revised.

        None where none was, and where it is not shown. A month that is new in a quarter of which
        readers were told was no part of what they were told.
        """
        now, then = self.average(months, channel), []
        for month in months:
            told = self.told.get(key_of(Quarter.of(month), Telling.MONTHS))
            people = self.people(month, channel)
            if told is not None:
                people = told.get(month_told(month, channel))
            if people is not None:
                then.append(people)
        if now is None or not then:
            return None
        average = int(rounded(Decimal(sum(then)) / len(then)))
        return None if average == now else average

    def measure(self, key: str, name: str, channel: str = "") -> Measure | None:
        """People reached a month with its comparators; None where the quarter has no figure.

        Of a quarter that is not over, the months on record count.
        """

        def months(quarters: Sequence[Quarter]) -> list[date]:
            return [month for one in quarters for month in self.months(one, channel)]

        if self.average(months((self.quarter,)), channel) is None:
            return None
        early = self._early()
        rebases = () if channel else self.rebased
        until = self.quarter.previous if early else self.quarter
        series = CountSeries(
            quarter=self.quarter,
            trend=quarters_read(until, {REACH.key: rebases}),
            figure=lambda quarters: self.average(months(quarters), channel),
            revised=lambda quarters: self.before(months(quarters), channel) is not None,
            breaks=self.breaks,
            rebases=rebases,
        )
        return series.measure(
            key, name, PEOPLE_REACHED, better=Direction.UP, average=True, early=early
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

    def alike(self, *quarters: Quarter) -> bool:
        """Whether some quarters are counted by the definition of the one reported."""
        return same_definition(self.breaks, quarters)

    def shown_rebases(self) -> tuple[Rebase, ...]:
        """The re-bases that fall among the months of the trend, after its first and the last break."""
        quarters = [Quarter.of(month) for month, _ in self.trend()] or [self.quarter]
        return rebases_shown(self.rebased, [one for one in quarters if self.alike(one)])

    def steps(self) -> tuple[Step, ...]:
        """The stretches of the trend between its re-bases, from the last break on, with XmR limits."""
        months = [month for month, _ in self.trend()]
        bases = [
            months.index(one.quarter.start)
            for one in self.shown_rebases()
            if one.quarter.start in months
        ]
        begin = max(places(self.breaks, months), default=0)
        return steps([people for _, people in self.trend()], bases, begin=begin)

    def run(self) -> tuple[tuple[date, int], ...]:
        """The months on which the expected range rests: those with a figure since the last step."""
        level = self.trend()[self.steps()[-1].first :]
        return tuple((month, people) for month, people in level if people is not None)

    def expected(self) -> Limits | None:
        """XmR limits over the run of months, or None where there are fewer than twelve."""
        return self.steps()[-1].limits

    def average_month(self) -> int | None:
        """The average of the run of months."""
        return self.average([month for month, _ in self.run()])

    def average_revised(self) -> bool:
        """Whether readers were last told otherwise of the months of that average."""
        return self.before([month for month, _ in self.run()]) is not None

    def highest(self) -> tuple[date, int] | None:
        """The month of the rolling four quarters in which most were reached, and how many."""
        months = self._months([one for one in self.quarter.rolling_four if self.alike(one)])
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
