"""Key figures over several quarters that rest on one revised since; from plain contents alone."""

from collections.abc import Iterable, Mapping, Sequence

import msgspec

from boardreport.compare.comparable import listed_as
from boardreport.editions.revised import MAIN, Later, RevisedSince
from units.content.model import Content, Section
from units.domain.english import listed, month_words
from units.domain.measures import Measure, known
from units.domain.quarters import Quarter, months_of
from units.domain.vocabulary import Audience, Period


class Rested(msgspec.Struct, frozen=True):
    """What key figures that were revised are now, by name and label of the column; and why.

    It is None where a reader cannot know, or not reckon, what a figure is now. `on` are the revised
    quarters on which the figures of each rest, by name.
    """

    now: Mapping[tuple[str, str], int | None] = {}
    on: Mapping[str, frozenset[Quarter]] = {}

    def joined(self, other: "Rested") -> "Rested":
        """With what other key figures rest on."""
        return Rested({**self.now, **other.now}, {**self.on, **other.on})

    def note(self, quarter: Quarter, name: str = "") -> str:
        """Why figures of a quarter, or of one name, are told as revised; "" where none is."""
        found = [on for one, on in self.on.items() if name in ("", one)]
        quarters = sorted(frozenset[Quarter]().union(*found))
        since = listed(["its own" if one == quarter else one.label for one in quarters])
        return (
            f"Years to date and rolling four quarters of {quarter} rest on figures of {since} that "
            "were revised after its report."
            if since
            else ""
        )


def rested(section: Section, content: Content, revised: Sequence[RevisedSince]) -> Rested:
    """What a section's years to date and rolling four quarters are now.

    `revised` are the quarters that were revised since the content was published.
    """
    now: dict[tuple[str, str], int | None] = {}
    on: dict[str, frozenset[Quarter]] = {}
    for measure in section.measures:
        for period, figure in (
            (Period.YEAR_TO_DATE, known(measure.year_to_date)),
            (Period.ROLLING_FOUR, known(measure.rolling_four)),
        ):
            quarters = measure.quarters(period, content.quarter)
            moves = _moves(measure, quarters, content, revised)
            if figure is None or not moves:
                continue
            reckoned = _reckoned(measure, figure, quarters, content, list(moves.values()))
            if reckoned != figure:
                now[measure.name, period.heading] = reckoned
                on[measure.name] = on.get(measure.name, frozenset()) | moves.keys()
    return Rested(now, on)


def _moves(
    measure: Measure,
    quarters: Sequence[Quarter],
    content: Content,
    revised: Iterable[RevisedSince],
) -> dict[Quarter, list[Later]]:
    """What was revised of a measure in some quarters; of a mean, of its months too.

    What the content's own series tells already has not moved since, though a list made later may tell
    it once more, as that of a quarter's second edition does.
    """
    name = listed_as(measure.name)
    names = {name}
    if measure.average:
        names |= {f"People reached, {month_words(one)}" for one in months_of(*quarters)}
    series = dict(zip(content.quarter.last(len(measure.series)), measure.series, strict=True))
    found: dict[Quarter, list[Later]] = {}
    for since in revised:
        if since.quarter not in quarters:
            continue
        moved = [one for one in since.figures if one.name in names]
        told = series.get(since.quarter)
        if told is not None and any(one.name == name for one in moved):
            now = next(one.now for one in moved if one.name == name)
            moved = [Later(name, told, now)] if told != now else []
        if moved:
            found[since.quarter] = moved
    return found


def _reckoned(
    measure: Measure,
    figure: int,
    quarters: Sequence[Quarter],
    content: Content,
    moves: Sequence[Sequence[Later]],
) -> int | None:
    """What a figure is now; None where a reader cannot know, or not reckon, it.

    A mean cannot be reckoned from what it was rounded to, nor a sum of which the public may not know
    every part.
    """
    every_part = content.audience == Audience.RESTRICTED or measure.name == MAIN
    if measure.average or (len(quarters) > 1 and (measure.stock or not every_part)):
        return None
    return figure + sum(one.now - one.told for of_quarter in moves for one in of_quarter)
