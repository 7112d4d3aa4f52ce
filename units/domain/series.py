"""A series: one count, average or level over the quarters, and the measure that it makes."""

from collections.abc import Callable, Sequence
from typing import Any

import msgspec

from units.domain.control_charts import Rebase, rebases_shown
from units.domain.measures import Figure, Measure, unbroken
from units.domain.quarters import Quarter
from units.domain.redefinitions import Break, defined_now, formerly
from units.domain.vocabulary import Period


def _same(words: str) -> str:
    return words


class CountSeries(msgspec.Struct, frozen=True, kw_only=True):
    """What a unit counts, over the quarters up to one.

    `figure` gives what some quarters have together, None where they are not on record; `revised` says
    whether readers were last told otherwise of them. `trend` are the quarters of its trend, oldest
    first; at `breaks` another definition begins, across which nothing is compared; `rebases` are those
    that the board has agreed. A `stock` has no year to date: the level in March stands for it.
    """

    quarter: Quarter
    trend: Sequence[Quarter]
    figure: Callable[[Sequence[Quarter]], Figure | None]
    revised: Callable[[Sequence[Quarter]], bool]
    breaks: Sequence[Break] = ()
    rebases: Sequence[Rebase] = ()
    stock: bool = False

    def same_definition(self, quarters: Sequence[Quarter]) -> bool:
        """Whether some quarters are counted by the definition of the one reported."""
        return same_definition(self.breaks, quarters)

    def compared(self, quarters: Sequence[Quarter]) -> Figure | None:
        """What some quarters have together; None where they were counted otherwise."""
        return self.figure(quarters) if self.same_definition(quarters) else None

    @property
    def rebased(self) -> tuple[Rebase, ...]:
        """The re-bases that its trend shows."""
        return rebases_shown(self.rebases, self.trend)

    @property
    def values(self) -> tuple[int, ...]:
        """The points on which its expected range rests: those that end its trend, since a re-base."""
        since = self.rebased[-1].quarter if self.rebased else None
        level = [quarter for quarter in self.trend if since is None or quarter >= since]
        return unbroken([self.compared((quarter,)) for quarter in level])

    def measure(
        self,
        key: str,
        name: str,
        definition: str,
        *,
        narrowed: Callable[[str], str] = _same,
        **shape: Any,
    ) -> Measure:
        """The quarter's figure with its four comparators and its points.

        `narrowed` makes of the definition of the whole that of the part that is counted; `shape` is
        what else the measure says of itself.
        """
        spans = self._spans()
        value = self.compared(spans.pop("value"))
        return Measure(
            key=key,
            name=name,
            definition=narrowed(defined_now(self.breaks, definition)),
            formerly=tuple(
                msgspec.structs.replace(
                    former, definition=former.definition and narrowed(former.definition)
                )
                for former in formerly(self.breaks, definition)
            ),
            value=0 if value is None else value,
            previous=self.compared(spans[Period.PREVIOUS]),
            last_year=self.compared(spans[Period.LAST_YEAR]),
            year_to_date=self.compared(spans[Period.YEAR_TO_DATE]),
            rolling_four=self.compared(spans[Period.ROLLING_FOUR]),
            stock=self.stock,
            series=self.values,
            rebased=self.rebased,
            revised=tuple(
                str(period)
                for period, quarters in self._spans().items()
                if self.same_definition(quarters) and self.revised(quarters)
            ),
            **shape,
        )

    def _spans(self) -> dict[str, Sequence[Quarter]]:
        """The quarters of the figure and of each of its comparators."""
        quarter = self.quarter
        to_date = (Quarter(quarter.year - 1, 4),) if self.stock else quarter.year_to_date
        return {
            "value": (quarter,),
            Period.PREVIOUS: (quarter.previous,),
            Period.LAST_YEAR: (quarter.same_last_year,),
            Period.YEAR_TO_DATE: to_date,
            Period.ROLLING_FOUR: quarter.rolling_four,
        }


def same_definition(breaks: Sequence[Break], quarters: Sequence[Quarter]) -> bool:
    """Whether some quarters lie after the last of some breaks."""
    return not breaks or min(quarters) >= breaks[-1].quarter
