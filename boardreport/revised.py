"""What later editions revised of a quarter, as their lists tell it; from plain contents alone."""

from collections.abc import Iterable, Mapping

import msgspec

from boardreport.exhibits import REVISIONS
from units.content import Content, Table
from units.quarters import Quarter
from units.wording import plural, spelled

MAIN = "Disruptions"


class Later(msgspec.Struct, frozen=True):
    """A figure as its quarter's own edition told it, and as it now stands: "Disruptions", 132, 136.

    `records` is the address of the records behind what it now is; "" where no list is of its kind.
    """

    name: str
    told: int
    now: int
    records: str = ""


class RevisedSince(msgspec.Struct, frozen=True):
    """The figures of a quarter that were revised since its own newest edition.

    `lists` are the quarters whose papers list them, each with the address of its list.
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


class Revising(msgspec.Struct, frozen=True):
    """What a content lists as revised: by quarter each figure, and the anchor of each list."""

    quarter: Quarter
    lists: tuple[tuple[str, Mapping[str, tuple[Later, ...]]], ...]


def revising(content: Content) -> Revising:
    """What a content lists as revised, of quarters by their label; records as its cells have them."""
    return Revising(
        content.quarter,
        tuple(
            (table.anchor, _listed(table))
            for table in content.exhibits()
            if table.key == REVISIONS and isinstance(table, Table)
        ),
    )


def _listed(table: Table) -> dict[str, tuple[Later, ...]]:
    labels = [column.label for column in table.columns]
    name, of, before, now = (
        labels.index(label) for label in ("Figure", "Quarter", "Last reported", "Now")
    )
    found: dict[str, tuple[Later, ...]] = {}
    for row in table.rows:
        cell, told, quarter = row.cells[now], row.cells[before].number, row.cells[of].text
        found.setdefault(quarter, ())
        if isinstance(told, int) and isinstance(cell.number, int):
            found[quarter] += (Later(row.cells[name].text, told, cell.number, cell.records),)
    return found


def revised_since(quarter: Quarter, later: Iterable[tuple[str, Revising]]) -> RevisedSince | None:
    """What contents published later, in that order, revised of a quarter; None where nothing.

    Each comes with the path at which its pages are read.
    """
    found: dict[str, Later] = {}
    lists: list[tuple[Quarter, str]] = []
    for path, content in later:
        for anchor, moved in content.lists:
            for one in moved.get(quarter.label, ()):
                told = found.get(one.name, one).told
                records = f"/{path}/{one.records}" if one.records else ""
                found[one.name] = msgspec.structs.replace(one, told=told, records=records)
            if quarter.label in moved:
                lists.append((content.quarter, f"/{path}/board-paper/#{anchor}"))
    figures = tuple(one for one in found.values() if one.told != one.now)
    return RevisedSince(quarter, figures, tuple(lists)) if figures else None
