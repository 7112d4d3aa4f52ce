"""What later editions revised of a quarter, as their lists tell it; from plain contents alone."""

from collections.abc import Iterable

import msgspec

from boardreport.exhibits import REVISIONS
from units.content import Content, Table
from units.quarters import Quarter
from units.wording import plural, spelled

KEYS = (REVISIONS, "rocu.revisions")
"""The lists of revisions; older editions have the ROCU's alone."""

MAIN = "Disruptions"


class Later(msgspec.Struct, frozen=True):
    """A figure as its quarter's own edition told it, and as it now stands: "Disruptions", 132, 136."""

    name: str
    told: int
    now: int


class RevisedSince(msgspec.Struct, frozen=True):
    """The figures of a quarter that were revised since its own newest edition.

    `lists` are the quarters whose papers list them, each with the anchor of its list.
    """

    quarter: Quarter
    figures: tuple[Later, ...]
    lists: tuple[tuple[Quarter, str], ...]

    @property
    def words(self) -> str:
        """ "six figures were revised since: Disruptions 132, now 136, and five more"."""
        number = len(self.figures)
        main = next((one for one in self.figures if one.name == MAIN), self.figures[0])
        others = f", and {spelled(number - 1)} more" if number > 1 else ""
        return (
            f"{spelled(number)} {plural(number, 'figure was', 'figures were')} revised since: "
            f"{main.name} {main.told:,}, now {main.now:,}{others}"
        )


def revised_since(quarter: Quarter, later: Iterable[Content]) -> RevisedSince | None:
    """What contents published later, in that order, revised of a quarter; None where nothing."""
    found: dict[str, Later] = {}
    lists: list[tuple[Quarter, str]] = []
    for content in later:
        for table in content.exhibits():
            if table.key not in KEYS or not isinstance(table, Table):
                continue
            labels = [column.label for column in table.columns]
            name, of, before, now = (
                labels.index(label) for label in ("Figure", "Quarter", "Last reported", "Now")
            )
            rows = [row.cells for row in table.rows if row.cells[of].text == quarter.label]
            for cells in rows:
                told, stands = cells[before].number, cells[now].number
                if isinstance(told, int) and isinstance(stands, int):
                    first = found.get(cells[name].text)
                    told = first.told if first else told
                    found[cells[name].text] = Later(cells[name].text, told, stands)
            if rows:
                lists.append((content.quarter, table.anchor))
    figures = tuple(one for one in found.values() if one.told != one.now)
    return RevisedSince(quarter, figures, tuple(lists)) if figures else None
