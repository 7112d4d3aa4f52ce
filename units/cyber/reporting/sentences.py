"""The cybercrime findings in words: headlines and sentences that the program writes from measures."""

from collections import Counter
from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from units.content.sentences import (
    figure_told,
    inside,
    is_lasting,
    lasting,
    moved,
    ordinary,
    span,
    too_few,
)
from units.cyber.reporting.counts import (
    ON_TRACK,
    BidState,
    Reached,
    Standing,
)
from units.domain.english import (
    capital,
    day_words,
    listed,
    month_words,
    plural,
    spelled,
)
from units.domain.measures import Measure, known
from units.domain.quarters import Quarter
from units.domain.revisions import marked
from units.domain.vocabulary import EXCEPTIONS, Period, Status


def pounds(amount: Decimal) -> str:
    """ "£122,000"."""
    return f"£{amount:,.0f}"


def people(number: int, revised: bool = False) -> str:
    """ "107,000 people"."""
    return f"{marked(f'{number:,}', revised)} {plural(number, 'person', 'people')}"


def page_headline(standing: Standing, quarter: Quarter) -> str:
    """The finding that heads the page: how many are complete or on track, and which are not."""
    total = standing.number()
    if not total:
        return f"No workstream is reported for {quarter.year_label}"
    if not standing.number(statuses=Status):
        return "No workstream has an update for this quarter"
    good = standing.number(statuses=ON_TRACK)
    nouns = plural(total, "workstream")
    if good == total:
        which = {1: "The one", 2: "Both"}.get(total, f"All {spelled(total)}")
        first = f"{which} {nouns} {plural(total, 'is', 'are')}"
    elif good:
        first = f"{capital(spelled(good))} of {spelled(total)} {nouns} {plural(good, 'is', 'are')}"
    else:
        first = f"None of {spelled(total)} {nouns} is"
    exceptions = [
        f"{_named(rows)} {plural(len(rows), 'is', 'are')} {status.label}"
        for status in reversed(EXCEPTIONS)
        if (rows := [row.detail for row in standing.of(statuses=(status,))])
    ]
    told = f"; {listed(exceptions)}" if exceptions else ""
    return f"{first} complete or on track{told}"


def _named(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else spelled(len(names))


def page_lead(reach: Measure | None, asked: Decimal, states: Sequence[BidState]) -> str:
    """The sentences under the page's headline: reach and bids."""
    sentences = []
    if reach:
        compared = (
            f", {moved(reach.value, reach.previous, 'last quarter')}"
            if reach.previous is not None
            else ""
        )
        sentences.append(f"The Digital PCSO reached {_reached(reach)} a month{compared}.")
    if states:
        sentences.append(f"{bids_told(asked, states)}.")
    return " ".join(sentences)


def changes(reach: Measure | None) -> tuple[str, ...]:
    """What changed, for the overview: the people reached."""
    if reach is None or reach.previous is None:
        return ()
    verb = "rose to" if reach.value > reach.previous else "fell to"
    if reach.value == reach.previous:
        verb = "stayed at"
    earlier = [f"{figure_told(reach, Period.PREVIOUS)} last quarter"]
    if reach.last_year is not None:
        earlier.append(f"{figure_told(reach, Period.LAST_YEAR)} a year ago")
    return (
        f"The Digital PCSO’s reach {verb} {_reached(reach)} a month; it was {listed(earlier)}.",
    )


def _reached(reach: Measure) -> str:
    """ "107,000 people", "107,000 [r] people"."""
    return people(known(reach.value) or 0, "value" in reach.revised)


def strands_headline(standing: Standing) -> str:
    """Which strands have a workstream at risk or late."""
    troubled = [strand.label for strand in standing.troubled]
    if not standing.number(statuses=Status):
        return "Each strand has its lead and its workstreams"
    if not troubled:
        return "No strand has a workstream at risk or late"
    verb = plural(len(troubled), "has", "have")
    what = plural(standing.number(statuses=EXCEPTIONS), "a workstream", "workstreams")
    return f"{listed(troubled)} {verb} {what} at risk or late"


def activities_headline(
    days: Sequence[date | None], until: date, *, noun: str, of_them: str, held: str
) -> str:
    """How many took place by a day, and how many are to come: "Two exercises held in 2018/19"."""
    done = sum(1 for day in days if day and day <= until)
    coming = len(days) - done
    first = f"{capital(spelled(done))} {plural(done, noun, of_them)} {held}"
    return f"{first}; {spelled(coming)} to come" if coming else first


def trend_headline(reached: Reached) -> str:
    """The latest month outside the expected range, or the average month."""
    trend = reached.run()
    expected = reached.expected()
    average = people(reached.average_month() or 0, reached.average_revised())
    month_reached = f"an average month reached {average}"
    if expected is None:
        return f"{capital(month_reached)} over {spelled(len(trend))} {plural(len(trend), 'month')}"
    signals = [row for row in trend if expected.verdict(row[1]) != "within"]
    if not signals:
        together = is_lasting([number for _, number in trend], expected)
        how = "" if together else "ordinary variation, "
        return f"{capital(month_reached)}: {how}within {span(expected)}"
    month, number = signals[-1]
    told = marked(f"{number:,}", reached.before((month,)) is not None)
    return (
        f"{month_words(month)} reached {told}, {expected.verdict(number)} the expected range; "
        f"{month_reached}"
    )


def signals_of(reached: Reached, quarter: Quarter) -> tuple[str, ...]:
    """The quarter's months that lie outside the expected range of a month, in a sentence each."""
    expected = reached.expected()
    return tuple(
        f"{month_words(month)} reached {marked(f'{number:,}', reached.before((month,)) is not None)} "
        f"people, {expected.verdict(number)} the {span(expected)} expected of a month."
        for month, number in reached.run()
        if expected and Quarter.of(month) == quarter and expected.verdict(number) != "within"
    )


def trend_reading(reached: Reached, measure: Measure) -> tuple[str, ...]:
    """What the trend means, for the margin beside it."""
    trend = reached.run()
    expected = reached.expected()
    compared = [
        f"{figure_told(measure, period)} {since}"
        for base, since, period in (
            (measure.previous, "in the previous quarter", Period.PREVIOUS),
            (measure.last_year, "a year earlier", Period.LAST_YEAR),
        )
        if base is not None
    ]
    quarter = f"The quarter averaged {_reached(measure)} a month"
    told = f"{quarter}, against {listed(compared)}." if compared else f"{quarter}."
    if expected is None:
        rebased = bool(reached.shown_rebases())
        return (too_few(len(trend), "months", rebased=rebased), told)
    signals = [month for month, number in trend if expected.verdict(number) != "within"]
    months, run = [month for month, _ in trend], [number for _, number in trend]
    if not signals:
        return (ordinary(run, expected, months), told)
    names = listed([month_words(month) for month in signals])
    together = lasting(run, expected, months)
    if signals[-1] == trend[-1][0]:
        meaning = "It is worth asking what changed."
    elif len(signals) == 1 and together:
        meaning = "One month outside and then back is a single event: by itself it is no new level."
        together = f"Several months together can show what one alone does not. {together}"
    elif len(signals) == 1:
        meaning = "One month outside and then back is a single event, not a new level."
    else:
        meaning = "The last month is back inside."
    outside = f"{names} {plural(len(signals), 'does', 'do')} not. {meaning}"
    first = f"{inside(run, expected, 'months')}."
    return (first, outside, *([together] if together else []), told)


def channels_headline(channels: Sequence[Measure], total: Measure) -> str:
    """Which channel reached most people in an average month of the quarter."""
    most = max(channels, key=lambda one: known(one.value) or 0)
    return f"{most.name} reached {figure_told(most)} of the {_reached(total)} in an average month"


def bids_headline(asked: Decimal, whole: Decimal, states: Sequence[BidState]) -> str:
    """What the bids ask for, and what it would make possible."""
    noun = plural(len(states), "A bid", "Bids")
    if all(one.status is None for one in states):
        return f"{noun} of {pounds(asked)} {plural(len(states), 'was', 'were')} refused"
    decided = all(one.status != Status.WAITING for one in states)
    verb = plural(len(states), "releases", "release") if decided else "would release"
    return f"{noun} of {pounds(asked)} {verb} {pounds(whole)} of work in the first year"


def bids_told(asked: Decimal, states: Sequence[BidState]) -> str:
    """Where the bids stand: "Bids of £122,000 were considered on 17 September 2018"."""
    number = len(states)
    noun, verb = plural(number, "A bid", "Bids"), plural(number, "was", "were")
    words = {f"{one.word} on {day_words(one.since)}" for one in states}
    if len(words) == 1:
        waiting = states[0].status == Status.WAITING
        awaited = f" and {plural(number, 'awaits', 'await')} a decision" if waiting else ""
        return f"{noun} of {pounds(asked)} {verb} {words.pop()}{awaited}"
    counted = Counter(one.word for one in states)
    told = [
        f"{spelled(many)} {plural(many, 'was', 'were')} {word}" for word, many in counted.items()
    ]
    return f"Of {spelled(number)} bids for {pounds(asked)} in all, {listed(told)}"
