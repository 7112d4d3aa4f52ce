"""Disclosure control: which counts a public edition must withhold so that no small one can be had.

The attacker whom this withstands has read every public edition, knows the threshold and how cells
are chosen, and knows that counts are whole and never negative. A withheld cell is safe when two
tables agree with all that is published and differ in it by `APART` or more: whatever the attacker
guesses, the guess may be more than two off. Such a pair of tables, a *witness*, is made and checked
for every withheld cell before a pattern is used; a pattern without one is never given out.

What keeps witnesses simple: a figure over several quarters or cells is shown only where each of its
cells is, so that it tells nothing that the cells do not; a crime type's split by impact is shown
whole or not at all; and what was withheld once is withheld again, so that editions cannot be
subtracted.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import product

import msgspec

from units.domain.quarters import Quarter
from units.domain.vocabulary import OcgCounts

THRESHOLD = 5
SMALLEST_THRESHOLD, LARGEST_THRESHOLD = 5, 20
"""Below five a published total of three or four would tell each part of its split to within two."""

APART = 5
"""How far apart the two tables of a witness are: the least by which no guess is within two of both."""

type Withheld = Mapping[str, tuple[str, ...]]
"""The withheld cells of each breakdown of each quarter: {"2018-19-q2 leads": ("nca-led", …)}."""

type Rows = Mapping[str, Sequence[int]]
"""A table of counts: each row's cells by its name."""


class Policy(msgspec.Struct, frozen=True):
    """The office's switches: the count below which a cell is small, and what is told of OCGs."""

    threshold: int = THRESHOLD
    ocgs: OcgCounts = OcgCounts.COUNTS


DEFAULTS = Policy()


class Disclosive(ValueError):
    """A pattern of withheld cells that gives one of them back."""


class WithheldFigure(msgspec.Struct, frozen=True):
    """A figure that the public edition withholds, for those who may know it: what, and why.

    `part` is the impact, where the cell of a breakdown is split by it.
    """

    quarter: Quarter
    breakdown: str
    cell: str
    figure: int
    reason: str
    part: str = ""


def key_of(quarter: Quarter, breakdown: str) -> str:
    """The name of a breakdown of a quarter: "2018-19-q2 leads"."""
    return f"{quarter.slug} {breakdown}"


def remembered(before: Withheld, now: Withheld) -> dict[str, tuple[str, ...]]:
    """What editions so far withheld and what this one does: never less than before."""
    return {
        key: tuple(sorted({*before.get(key, ()), *now.get(key, ())}))
        for key in sorted({*before, *now})
        if before.get(key) or now.get(key)
    }


def is_small(number: int, threshold: int) -> bool:
    """Whether a count must be withheld for itself: nought is no small number."""
    return 0 < number < threshold


def too_small_alone(number: int, threshold: int) -> bool:
    """Whether a count without partners must be withheld.

    Who sees it withheld knows that it is small: so the bound is higher, and tells less.
    """
    return is_small(number, max(2 * threshold, APART + 2))


# ---------- the cells of one whole ----------


def protected(
    cells: Mapping[str, int], *, threshold: int, before: Collection[str] = ()
) -> frozenset[str]:
    """The cells of a published whole to withhold: the small ones, and as many more as it takes.

    The smallest are taken first, for they are missed least. `before` was withheld in an earlier
    edition: it stays so, and what becomes small later is protected apart from it, since its cells
    stood in that edition. Where nothing less will do, all cells are withheld, noughts included. A
    whole of one cell or of nothing has none to withhold: its published total tells all.
    """
    if len(cells) < 2 or not any(cells.values()):
        return frozenset()
    held = frozenset(before) & frozenset(cells)
    small = frozenset(name for name, number in cells.items() if is_small(number, threshold))
    if held and not is_safe(cells, held):
        held = _grown(cells, held, frozenset())
    if small - held:
        held |= _grown(cells, small - held, held)
    if held:
        audit(cells, held)
    return held


def _grown(
    cells: Mapping[str, int], start: frozenset[str], apart: frozenset[str]
) -> frozenset[str]:
    """The cells of `start` with the smallest others that make them safe; or else all cells.

    The whole of which they are then a part has no share of `apart`.
    """
    rest = sorted(
        (name for name, number in cells.items() if number and name not in start | apart),
        key=lambda name: cells[name],
    )
    held = start
    for place in range(len(rest) + 1):
        held = start | frozenset(rest[:place])
        least_shown = cells[rest[place]] if place < len(rest) else None
        if is_safe(cells, held, at_most=None if apart else least_shown):
            return held
    return frozenset(cells)


def is_safe(cells: Mapping[str, int], held: Collection[str], at_most: int | None = None) -> bool:
    """Whether every withheld cell of a published whole has a witness.

    `at_most` is what an attacker knows none of them to exceed: the smallest that is shown.
    """
    if at_most is not None:
        total, others = sum(cells[name] for name in held), len(held) - 1
        least = _least(cells, held)
        low = max(least, total - others * at_most)
        if min(at_most, total - others * least) - low < APART:
            return False
    return all(_has_witness(cells, frozenset(held), name) for name in held)


def audit(cells: Mapping[str, int], held: Collection[str]) -> None:
    """Nothing where every withheld cell has a witness; else Disclosive."""
    if not is_safe(cells, held):
        raise Disclosive(f"A pattern of {len(held)} withheld cells gives one of them back.")


def _least(cells: Collection[str], held: Collection[str]) -> int:
    """What an attacker knows each withheld cell to reach: one, unless noughts are withheld too."""
    return 0 if len(held) == len(cells) else 1


def _has_witness(cells: Mapping[str, int], held: frozenset[str], name: str) -> bool:
    """Whether two tables agree with the published cells and total, and lie apart in one cell."""
    least, inside = _least(cells, held), {one: cells[one] for one in held}
    pair = [{**cells, **moved} for moved in _extremes(inside, name, least)]
    return all(
        sum(table.values()) == sum(cells.values())
        and all(table[one] == cells[one] for one in cells if one not in held)
        and all(table[one] >= least for one in held)
        for table in pair
    ) and _apart(pair[0][name], pair[1][name])


def _extremes(held: Mapping[str, int], name: str, least: int) -> Iterator[dict[str, int]]:
    """The withheld cells with one of them as large as can be, then as small as can be."""
    rest = sum(held.values()) - least * (len(held) - 1)
    other = next((one for one in sorted(held) if one != name), name)
    for one in (name, other):
        yield {**dict.fromkeys(held, least), one: rest}


def _apart(high: int, low: int) -> bool:
    return high - low >= APART


# ---------- the split of rows whose totals, and whose columns' totals, are published ----------


def protected_splits(
    rows: Rows, totals_held: Collection[str], *, threshold: int, before: Collection[str] = ()
) -> frozenset[str] | None:
    """The rows whose split to withhold; None where none may be shown, nor the columns' totals.

    `totals_held` are the rows whose own total is withheld.
    """
    held = set(totals_held) | {name for name in before if any(rows.get(name, ()))}
    held |= {name for name, row in rows.items() if any(is_small(cell, threshold) for cell in row)}
    rest = sorted(
        (name for name, row in rows.items() if sum(row) and name not in held),
        key=lambda name: sum(rows[name]),
    )
    while not splits_are_safe(rows, held, totals_held):
        if not rest:
            return None
        held.add(rest.pop(0))
    return frozenset(held)


def splits_are_safe(rows: Rows, held: Collection[str], totals_held: Collection[str]) -> bool:
    """Whether every cell of the withheld splits has a witness.

    A column whose total is nought is published as such, and has none to withhold.
    """
    inside = {name: tuple(rows[name]) for name in held}
    columns = [
        place for place, column in enumerate(zip(*rows.values(), strict=True)) if any(column)
    ]
    return all(
        _split_has_witness(inside, totals_held, name, column, least=_least(rows, totals_held))
        for name, column in product(inside, columns)
        if name in totals_held or any(inside[name])
    )


def _split_has_witness(
    rows: Rows, totals_held: Collection[str], name: str, column: int, *, least: int
) -> bool:
    """Whether two tables agree with all published totals of the rows, and lie apart in one cell."""
    columns = [sum(cells) for cells in zip(*rows.values(), strict=True)]
    totals = {one: sum(cells) for one, cells in rows.items()}
    hidden = {one: totals[one] for one in totals if one in totals_held}
    alternatives = list(_extremes(hidden, name, least)) if name in hidden else [hidden, hidden]
    pair = [
        _filled({**totals, **alternative}, columns, name, column, most=most)
        for alternative, most in zip(alternatives, (True, False), strict=True)
    ]
    known = [one for one in rows if one not in hidden]
    return all(
        [sum(cells) for cells in zip(*table.values(), strict=True)] == columns
        and all(sum(table[one]) == totals[one] for one in known)
        and all(sum(table[one]) >= least for one in hidden)
        and all(cell >= 0 for cells in table.values() for cell in cells)
        for table in pair
    ) and _apart(pair[0][name][column], pair[1][name][column])


def _filled(
    totals: Mapping[str, int], columns: Sequence[int], name: str, column: int, *, most: bool
) -> dict[str, list[int]]:
    """A table of the given totals in which one cell is as large, or as small, as they allow.

    Every cell in turn takes what its row and column have left; the first may take most.
    """
    others = [place for place in range(len(columns)) if place != column]
    order = [column, *others] if most else [*others, column]
    cells = [(name, place) for place in order]
    cells += [(row, place) for row in totals if row != name for place in order]
    left, below = dict(totals), list(columns)
    table = {row: [0] * len(columns) for row in totals}
    for row, place in cells:
        taken = min(left[row], below[place])
        table[row][place] = taken
        left[row] -= taken
        below[place] -= taken
    return table
