"""Parts of a revised whole of which no list tells how they moved; from plain contents alone."""

from collections.abc import Collection, Mapping

from boardreport.compare.comparable import revised_in, whole_name
from boardreport.editions.revised import Later, RevisedSince
from units.content.model import Table
from units.domain.english import inside_sentence, listed
from units.domain.quarters import Quarter

type Untold = Mapping[str, Later]
"""Columns of a table, each with the revised whole of which its rows are parts."""


def untold(table: Table, since: RevisedSince | None) -> dict[str, Later]:
    """The columns of whose rows no list tells one, though their whole was revised."""
    wholes = {one.name: one for one in since.figures} if since else {}
    parts = [row for row in table.rows if not row.total]
    told = {label for row in parts for label in revised_in(table, row, since)}
    return {
        column.label: whole
        for place, column in enumerate(table.columns)
        if (whole := wholes.get(whole_name(table, column.label)))
        and column.label not in told
        and any(row.cells[place].number is not None for row in parts)
    }


def table_note(quarter: Quarter, found: Untold) -> str:
    """Why a quarter's rows do not add up to what the whole now is; "" where nothing is untold."""
    if not found:
        return ""
    return (
        f"{_revised(quarter, found.values())}: how their parts in this table moved is not told, and "
        "the differences of those rest on what its report said."
    )


def row_note(quarter: Quarter, found: Untold) -> str:
    """As `table_note`, of a row that is followed."""
    if not found:
        return ""
    return (
        f"{_revised(quarter, found.values())}: how this row’s part in them moved is not told, and what "
        f"stands under {listed(list(found))} is what its report said."
    )


def _revised(quarter: Quarter, wholes: Collection[Later]) -> str:
    moved = [f"{inside_sentence(one.name)} from {one.told:,} to {one.now:,}" for one in wholes]
    return f"{quarter} was revised since, {listed(moved)}"
