"""The cybercrime exhibits: tables and charts of one quarter, from measures and records already read."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from msgspec.structs import replace

from units.content.model import (
    Block,
    Cell,
    Chart,
    Column,
    Note,
    Row,
    Series,
    Table,
    Trend,
)
from units.content.tables_and_charts import (
    WITHHELD,
    all_withheld,
    figure_cell,
    revised_note,
    standings_table,
    with_limits,
)
from units.cyber.reporting import sentences
from units.cyber.reporting.counts import (
    Reached,
    Standing,
    matched,
    state,
    whole_cost,
)
from units.cyber.reporting.queries import Bids
from units.domain.control_charts import Limits
from units.domain.english import (
    capital,
    day_words,
    month_words,
    plural,
    spelled,
)
from units.domain.measures import (
    NOT_AVAILABLE,
    Measure,
    change_text,
    count,
    plain,
    rounded,
)
from units.domain.quarters import Quarter
from units.domain.redefinitions import NOT_COMPARED, drawn, places
from units.domain.revisions import REVISED_NOTE, SIGN, marked
from units.domain.vocabulary import Period, Status, Strand
from units.records.narrative import Entry, shown

THOUSANDS_FROM = 10_000
"""A chart whose highest month reaches this is drawn in thousands."""


def known_standing(rows: Sequence[Entry]) -> Standing:
    """The workstreams whose status is not withheld."""
    return Standing(tuple(row for row in shown(rows) if not row.update_withheld))


def strands_table(
    leads: Sequence[Entry], workstreams: Sequence[Entry], quarter: Quarter
) -> list[Block]:
    """Each strand with its lead and its workstreams by status, or a note where there is neither."""
    if not leads and not workstreams:
        return [Note(f"No lead and no workstream is recorded for {quarter.year_label}.")]
    standing = known_standing(workstreams)
    posts = {lead.strand: WITHHELD if lead.withheld else lead.title for lead in leads}

    def cells(name: str, lead: str, strand: Strand | None) -> tuple[Cell, ...]:
        numbers = [
            *(standing.number(strand, (status,)) for status in Status),
            standing.number(strand),
        ]
        # the unit's page lists each workstream under its strand
        listed = f"cyber/#cyber-{strand}" if strand else "cyber/"
        return (
            Cell(name, name),
            Cell(lead, lead),
            *(Cell(count(number), number, records=listed) for number in numbers),
        )

    withheld = len(workstreams) - standing.number()
    without = standing.number() - standing.number(statuses=Status)
    notes = [
        f"{capital(spelled(number))} {plural(number, one, many)}."
        for number, one, many in (
            (withheld, "workstream is not counted: its status is withheld",
             "workstreams are not counted: their status is withheld"),
            (without, "workstream has no update", "workstreams have no update"),
        )
        if number
    ]  # fmt: skip
    return [
        Table(
            key="cyber.strands",
            headline=sentences.strands_headline(standing),
            subtitle=f"Workstreams by strand and status at {day_words(quarter.end)}, number",
            columns=(
                Column("Strand", 11),
                Column("Lead", 25),
                *(Column(status.heading, 9, numeric=True) for status in Status),
                Column("All", 10, numeric=True, strong=True),
            ),
            rows=(
                *(
                    Row(cells(strand.label, posts.get(strand, NOT_AVAILABLE), strand))
                    for strand in Strand
                ),
                Row(cells("All strands", "", None), total=True),
            ),
            notes=tuple(notes),
        )
    ]


_ATTENTION = tuple(reversed(Status))
"""The order of a strand's workstreams: late first, complete last."""


def workstreams_table(strand: Strand, rows: Sequence[Entry], quarter: Quarter) -> list[Block]:
    """A strand's workstreams, those that need attention first."""

    def urgency(row: Entry) -> int:
        return _ATTENTION.index(row.status) if row.status else len(_ATTENTION)

    return standings_table(
        f"cyber.{strand}",
        sorted((row for row in rows if row.strand == strand), key=urgency),
        noun="workstream",
        subtitle=f"{strand.label} workstreams at {day_words(quarter.end)}; "
        "those that need attention stand first",
        empty=f"No {strand.label} workstream is recorded for {quarter.year_label}.",
        owner="Lead",
    )


def campaigns_table(
    campaigns: Sequence[Entry], events: Sequence[Entry], quarter: Quarter
) -> list[Block]:
    """Campaigns and events of the quarter and the next by date, or a note where there are none."""
    kinds = [(row, "Campaign") for row in campaigns] + [(row, "Event") for row in events]
    told = [(row, kind) for row, kind in kinds if not row.withheld]
    if not told:
        empty = f"No campaign or event of {quarter} is recorded."
        return [Note(all_withheld(len(kinds)) or empty)]
    told.sort(key=lambda pair: _by_date(pair[0]))

    def cells(row: Entry, kind: str) -> tuple[Cell, ...]:
        when = _when(row.day, whole_month=kind == "Campaign")
        return (
            Cell(row.title, row.title),
            Cell(when, _day_value(row.day)),
            Cell(kind, kind),
            Cell(row.detail, row.detail),
        )

    return [
        Table(
            key="cyber.campaigns",
            headline=sentences.activities_headline(
                [row.day for row, _ in told],
                quarter.end,
                noun="campaign or event",
                of_them="campaigns and events",
                held="in the quarter",
            ),
            subtitle=f"Campaigns and events of {quarter} and of the quarter after it, by date",
            columns=(
                Column("Theme or event", 37),
                Column("When", 21),
                Column("What", 14),
                Column("Where", 28),
            ),
            rows=tuple(Row(cells(row, kind)) for row, kind in told),
            notes=_withheld_note(len(kinds) - len(told)),
        )
    ]


def activities_table(
    key: str,
    rows: Sequence[Entry],
    quarter: Quarter,
    *,
    nouns: tuple[str, str],
    held: str,
    empty: str,
) -> list[Block]:
    """Exercises or training of the year by date, or a note where there are none."""
    noun, of_them = nouns
    told = sorted(shown(rows), key=_by_date)
    if not told:
        return [Note(all_withheld(len(rows)) or empty)]
    when = [_when(row.day) for row in told]
    return [
        Table(
            key=key,
            headline=sentences.activities_headline(
                [row.day for row in told],
                quarter.end,
                noun=noun,
                of_them=of_them,
                held=f"{held} {quarter.year_label} so far",
            ),
            subtitle=f"{capital(of_them)} of {quarter.year_label} and of the coming quarter, by date",
            columns=(
                Column(capital(noun), 31),
                Column("When", 21),
                Column("Where", 20),
                Column("Who takes part", 28),
            ),
            rows=tuple(
                Row(
                    (
                        Cell(row.title, row.title),
                        Cell(day, _day_value(row.day)),
                        Cell(row.detail, row.detail),
                        Cell(row.description, row.description),
                    )
                )
                for row, day in zip(told, when, strict=True)
            ),
            notes=_withheld_note(len(rows) - len(told)),
        )
    ]


def _by_date(row: Entry) -> tuple[date, str]:
    return row.day or date.max, row.title


def _when(day: date | None, *, whole_month: bool = False) -> str:
    if day is None:
        return "Date to be confirmed"
    return month_words(day) if whole_month else day_words(day)


def _day_value(day: date | None) -> str:
    return day.isoformat() if day else ""


def _withheld_note(number: int) -> tuple[str, ...]:
    return (f"{capital(spelled(number))} withheld.",) if number else ()


def reach_part(reached: Reached, measure: Measure | None, source: str) -> list[Block]:
    """Reach by month with its expected range, and by channel with its comparators."""
    if measure is None:
        return [Note(f"No reach is recorded for {reached.quarter}, or all of it is withheld.")]
    return [_reach_chart(reached, measure, source), *_channels_table(reached, measure, source)]


def _reach_chart(reached: Reached, measure: Measure, source: str) -> Block:
    trend_months, expected = reached.trend(), reached.expected()
    *earlier, _now = reached.steps()
    months = tuple(month for month, _ in trend_months)
    before = {month: was for month in months if (was := reached.before((month,))) is not None}
    values = [people for _, people in trend_months]
    last = next(place for place in reversed(range(len(values))) if values[place] is not None)

    def told(month: date, people: int) -> str:
        return marked(f"{people:,}", month in before)

    latest = told(months[last], values[last] or 0)
    sentence = f"People reached each month: {latest} in {month_words(months[last])}"
    if expected:
        sentence += (
            f", {expected.verdict(values[last] or 0)} the expected {sentences.span(expected)}"
        )
    if highest := reached.highest():
        sentence += f"; most in {month_words(highest[0])}, {told(*highest)}"
    sentence += f"; average {marked(count(reached.average_month()), reached.average_revised())}."
    for month, was in before.items():
        sentence += f" {month_words(month)} revised {SIGN}, last reported as {was:,}."
    scale = 1000 if highest and highest[1] >= THOUSANDS_FROM else 1
    reach = (
        "People reached by the Digital PCSO, "
        f"{month_words(months[0])} to {month_words(months[-1])}, "
    )
    drawing = Trend(
        (),
        Series(
            "people",
            "People reached",
            tuple(None if value is None else value / scale for value in values),
            tuple(
                NOT_AVAILABLE
                if value is None
                else marked(f"{rounded(Decimal(value) / scale):,}", month in before)
                for month, value in trend_months
            ),
        ),
        expected and _scaled(expected, scale),
        months=months,
        breaks=places(reached.breaks, months),
        earlier=tuple(
            replace(one, limits=one.limits and _scaled(one.limits, scale)) for one in earlier
        ),
    )
    chart = Chart(
        key="cyber.reach",
        headline=sentences.trend_headline(reached),
        subtitle=reach + ("thousands a month" if scale > 1 else "number a month"),
        sentence=sentence,
        drawing=drawing,
        table=Table(
            key="cyber.reach.data",
            headline="People reached by month",
            subtitle=f"{reach}number a month",
            columns=_month_columns(reached.channels),
            rows=_month_rows(reached, months),
            source=source,
        ),
        reading=sentences.trend_reading(reached, measure),
        notes=(
            *(one.words for one in reached.shown_rebases()),
            "Reach counts those who were shown a message, not those who changed their ways.",
            *(one.note for one in drawn(reached.breaks, months)),
            *((REVISED_NOTE,) if before else ()),
        ),
        source=source,
    )
    return with_limits(chart)


def _scaled(expected: Limits, scale: int) -> Limits:
    return Limits(expected.average / scale, expected.lower / scale, expected.upper / scale)


def _month_columns(channels: Sequence[str]) -> tuple[Column, ...]:
    width = 60 // (len(channels) + 1)
    return (
        Column("Month", 100 - width * (len(channels) + 1)),
        *(Column(channel, width, numeric=True) for channel in channels),
        Column("All channels", width, "All", numeric=True, strong=True),
    )


def _month_rows(reached: Reached, months: Sequence[date]) -> tuple[Row, ...]:
    channels = (*reached.channels, "")
    known = [month for month, _ in reached.run()]
    averages = [reached.average(known, channel) for channel in channels]
    return (
        *(
            Row(
                (
                    Cell(month_words(month), month.isoformat()),
                    *(_people(reached, month, channel) for channel in channels),
                )
            )
            for month in months
        ),
        Row(
            (
                Cell("Average", "Average"),
                *(
                    figure_cell(one, revised=reached.before(known, channel) is not None)
                    for channel, one in zip(channels, averages, strict=True)
                ),
            ),
            total=True,
        ),
    )


def _people(reached: Reached, month: date, channel: str) -> Cell:
    people = reached.people(month, channel)
    if people is None and reached.withheld(month, channel):
        return Cell(WITHHELD, WITHHELD)
    return figure_cell(people, revised=reached.before((month,), channel) is not None)


def _channels_table(reached: Reached, total: Measure, source: str) -> list[Table]:
    measures = [
        (channel, measure)
        for channel in reached.channels
        if (measure := reached.measure(f"cyber.reach.{channel}", channel, channel))
    ]
    if not measures:
        return []

    def cells(name: str, measure: Measure) -> tuple[Cell, ...]:
        return (
            Cell(name, name),
            *(
                figure_cell(
                    figure,
                    change_text(measure.value, figure) if compared else "",
                    revised=period in measure.revised,
                )
                for figure, period, compared in (
                    (measure.value, "value", False),
                    (measure.previous, Period.PREVIOUS, True),
                    (measure.last_year, Period.LAST_YEAR, True),
                    (measure.year_to_date, Period.YEAR_TO_DATE, False),
                    (measure.rolling_four, Period.ROLLING_FOUR, False),
                )
            ),
        )

    rows = (
        *(Row(cells(channel, measure)) for channel, measure in measures),
        Row(cells("All channels", total), total=True),
    )
    notes = ["Each figure is the average of its months, rounded; a person whom two channels "
             "reached counts twice."]  # fmt: skip
    if None in (total.previous, total.last_year, total.year_to_date, total.rolling_four):
        since = reached.breaks[-1].since if reached.breaks else None
        notes.append(
            NOT_COMPARED.format(since=day_words(since))
            if since and not reached.alike(reached.quarter.same_last_year)
            else "[x] not available: not every month is on record."
        )
    return [
        Table(
            key="cyber.channels",
            headline=sentences.channels_headline([measure for _, measure in measures], total),
            subtitle=f"People reached a month by channel, {reached.quarter.months}, average",
            columns=(
                Column("Channel", 24),
                Column("This quarter", 14, numeric=True, strong=True),
                Column("Previous quarter", 16, "Previous", numeric=True),
                Column("Same quarter last year", 18, "Last year", numeric=True),
                Column("Year to date", 13, numeric=True),
                Column("Rolling four quarters", 15, "Rolling four", numeric=True),
            ),
            rows=rows,
            notes=(*notes, *revised_note(rows)),
            source=source,
        )
    ]


def bids_table(found: Bids, quarter: Quarter) -> list[Block]:
    """The bids that may be read, with their shares and states, or a note."""
    bids = found.rows
    if not bids:
        empty = f"No bid for {quarter.year_label} was submitted by {day_words(quarter.end)}."
        return [Note(all_withheld(found.withheld) or empty)]
    states = [state(bid, quarter.end) for bid in bids]
    asked = sum((bid.amount for bid in bids), Decimal())
    whole = sum((whole_cost(bid) for bid in bids), Decimal())
    from_force = sum((matched(bid) for bid in bids), Decimal())

    def money(amount: Decimal, share: str = "") -> Cell:
        return Cell(sentences.pounds(amount), float(amount), share)

    return [
        Table(
            key="cyber.bids",
            headline=sentences.bids_headline(asked, whole, states),
            subtitle=f"Bids for {quarter.year_label} as they stood at {day_words(quarter.end)}, pounds",
            columns=(
                Column("Bid", 18),
                Column("Fund", 20),
                Column("Asked for", 11, numeric=True, strong=True),
                Column("Matched by the force", 13, "Matched", numeric=True),
                Column("Whole cost", 11, numeric=True),
                Column("State", 27),
            ),
            rows=(
                *(
                    Row(
                        (
                            Cell(bid.title, bid.title),
                            Cell(bid.fund.label, bid.fund.label),
                            money(bid.amount),
                            money(matched(bid), f"{plain(bid.match_share)}%"),
                            money(whole_cost(bid)),
                            Cell(one.in_full, one.in_full, status=one.status),
                        )
                    )
                    for bid, one in zip(bids, states, strict=True)
                ),
                Row(
                    (
                        Cell("All bids", "All bids"),
                        Cell("", ""),
                        money(asked),
                        money(from_force),
                        money(whole),
                        Cell("", ""),
                    ),
                    total=True,
                ),
            ),
            notes=_withheld_note(found.withheld),
        )
    ]
