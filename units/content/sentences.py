"""Findings that every unit tells alike: change, ordinary variation and signal, in words."""

from collections.abc import Sequence
from datetime import date
from typing import Literal

import msgspec

from units.domain.control_charts import (
    POINTS_NEEDED,
    Limits,
    Stretch,
    limits,
    near_a_limit,
    runs,
)
from units.domain.english import (
    capital,
    month_words,
    plural,
    spelled,
)
from units.domain.measures import (
    Figure,
    Measure,
    Sign,
    count,
    percentage_text,
    share_text,
)
from units.domain.quarters import Quarter
from units.domain.revisions import marked
from units.domain.vocabulary import Period


def moved(value: int, base: int, since: str) -> str:
    """ "40 more than last quarter", "as many as last quarter"."""
    if value == base:
        return f"as many as {since}"
    return f"{abs(value - base):,} {'more' if value > base else 'fewer'} than {since}"


def span(expected: Limits) -> str:
    """An expected range as sentences say it: "104 to 171"."""
    least, most = expected.told
    return f"{least:,} to {most:,}"


type Points = Sequence[Quarter] | Sequence[date]
"""The quarters or the months at whose end a series stands."""


def _periods(points: Points) -> str:
    return "quarters" if isinstance(points[-1], Quarter) else "months"


SINCE_REBASE = " since the re-base"


def too_few(
    points: int, periods: str = "quarters", *, rebased: bool = False, held: str = "on record"
) -> str:
    """That a series is too short for an expected range, perhaps since it was re-based."""
    verb = plural(points, "is", "are")
    return (
        f"{capital(spelled(points))} of the {spelled(POINTS_NEEDED)} {periods} that an expected "
        f"range needs {verb} {held}{SINCE_REBASE if rebased else ''}: too few to tell a signal "
        "from ordinary variation."
    )


def inside(series: Sequence[float], expected: Limits, periods: str = "quarters") -> str:
    """How many points lie within: "Eleven of twelve months lie within 45 to 169"."""
    number = sum(1 for value in series if expected.verdict(value) == "within")
    return f"{capital(spelled(number))} of {spelled(len(series))} {periods} lie within {span(expected)}"


def ordinary(series: Sequence[float], expected: Limits, points: Points) -> str:
    """How much of a series is ordinary variation, and what is not though it lies within."""
    told = inside(series, expected, _periods(points))
    together = lasting(series, expected, points)
    return f"{told}. {together}" if together else f"{told}: ordinary variation."


def last_asks(series: Sequence[float], expected: Limits) -> tuple[str, ...]:
    """What the last point of a series asks of its reader, after how much of it is ordinary."""
    if expected.verdict(series[-1]) != "within":
        return ("This one does not. Something changed, and it is worth asking what.",)
    if is_lasting(series, expected):
        return ()
    return ("Nothing in this quarter's figure asks for a special explanation.",)


def is_lasting(series: Sequence[float], expected: Limits) -> bool:
    """Whether several points are a signal together."""
    return bool(runs(series, expected) or near_a_limit(series, expected))


def lasting(series: Sequence[float], expected: Limits, points: Points) -> str:
    """What several points say together, the latest such signal; "" where they say nothing."""
    periods = _periods(points)

    def when(found: Stretch) -> str:
        gap = len(series) - 1 - found.last
        if not gap:
            return f"the last {spelled(found.length)} {periods}"
        end = points[-1 - gap]
        named = end.label if isinstance(end, Quarter) else month_words(end)
        return f"{spelled(found.length)} {periods} in a row until {named}"

    if found := runs(series, expected):
        told = capital(when(found[-1]))
        return f"{told} lie {found[-1].side} the average: more than chance, a change of level."
    if found := near_a_limit(series, expected):
        limit = "upper" if found[-1].side == "above" else "lower"
        return (
            f"Three or more of {when(found[-1])} lie closer to the {limit} limit than to the "
            "average: more than chance."
        )
    return ""


def with_range(measure: Measure) -> Measure:
    """The measure with the words for its expected range; none where its value is confidential."""
    expected = limits(measure.series)
    if not isinstance(measure.value, int):
        words = ""
    elif measure.early:
        words = f"Too early: {measure.early}"
    elif expected is None:
        since = SINCE_REBASE if measure.rebased else ""
        words = (
            f"{capital(spelled(len(measure.series)))} of twelve quarters{since}: "
            "too few for a range"
        )
    else:
        words = f"{capital(expected.verdict(measure.value))} {span(expected)}"
    return msgspec.structs.replace(measure, range_words=words)


WITHHELD, NOT_ON_RECORD = "withheld", "not available"


def sentence(measure: Measure) -> str:
    """A measure in one plain sentence, its four comparators in order and where it stands.

    "Disruptions: 62 in the quarter, up 18 (+41%) from 44 in the previous quarter, unchanged from 62 in
    the same quarter last year; 106 in the year to date; 200 in the rolling four quarters; above the
    expected range of 30 to 60."
    """
    here, to_date, four = _periods_in_words(measure)
    revised = measure.revised
    compared = [
        f"{_told(measure.value, 'value' in revised)} {here}",
        *(
            since(measure.value, base, words, revised=period in revised)
            for base, words, period in (
                (measure.previous, "the previous quarter", Period.PREVIOUS),
                (measure.last_year, "the same quarter last year", Period.LAST_YEAR),
            )
        ),
    ]
    parts = [
        ", ".join(compared),
        f"{_told(measure.year_to_date, Period.YEAR_TO_DATE in revised)} {to_date}",
        f"{_told(measure.rolling_four, Period.ROLLING_FOUR in revised)} {four}",
    ]
    if measure.early:
        parts.append(f"too early to set against an expected range, since {measure.early}")
    elif measure.verdict:
        parts.append(f"{measure.verdict} the expected range of {measure.span}")
    elif measure.range_words:
        since_ = SINCE_REBASE if measure.rebased else ""
        parts.append(f"too few quarters{since_} for an expected range")
    return f"{measure.name}: {'; '.join(parts)}."


def _periods_in_words(measure: Measure) -> tuple[str, str, str]:
    """The quarter, the year to date and the rolling four quarters, as the measure fills them."""
    if measure.stock:
        return "at the end of the quarter", "in March", "on average at four quarter ends"
    average = "on average " if measure.average else ""
    return (
        f"{average}in the quarter",
        f"{average}in the year to date",
        f"{average}in the rolling four quarters",
    )


def _told(figure: Figure | None, revised: bool = False) -> str:
    if figure is None:
        return NOT_ON_RECORD
    return WITHHELD if isinstance(figure, Sign) else marked(f"{figure:,}", revised)


def since(value: Figure, base: Figure | None, period: str, *, revised: bool = False) -> str:
    """ "up 18 (+41%) from 44 in the previous quarter"; the base alone where there is no difference.

    `revised` marks the base.
    """
    told = _told(base, revised)
    if isinstance(value, Sign) or not isinstance(base, int):
        return f"{told} in {period}"
    if value == base:
        return f"unchanged from {told} in {period}"
    percentage = percentage_text(value, base)
    move = f"{abs(value - base):,}" + (f" ({percentage})" if percentage else "")
    return f"{'up' if value > base else 'down'} {move} from {told} in {period}"


type Fraction = tuple[int | None, int | None]
"""A part and its whole, as readers were told of them; None where they were not."""


def share_told(
    part: Figure, whole: Figure, before: Fraction = (None, None), *, places: int = 1
) -> str:
    """A share as readers see it: "54.3%", or "54.3% [r]" where they were last told another one."""
    then, of = before
    shown = share_text(part, whole, places)
    if isinstance(part, Sign) or then is None or of is None:
        return shown
    return marked(shown, shown != share_text(then, of, places))


def figure_told(measure: Measure | None, period: Period | Literal["value"] = "value") -> str:
    """A measure's own figure, or a comparator, as readers see it: "176", "174 [r]", "[x]"."""
    if measure is None:
        return count(None)
    figure = {
        "value": measure.value,
        Period.PREVIOUS: measure.previous,
        Period.LAST_YEAR: measure.last_year,
        Period.YEAR_TO_DATE: measure.year_to_date,
        Period.ROLLING_FOUR: measure.rolling_four,
    }[period]
    return marked(count(figure), period in measure.revised and isinstance(figure, int))
