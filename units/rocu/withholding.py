"""Which of the ROCU's counts the public edition of a quarter withholds, from counts already read."""

from collections.abc import Iterator, Mapping, Sequence

from units.disclosure import (
    Policy,
    Withheld,
    WithheldFigure,
    is_small,
    key_of,
    protected,
    protected_splits,
    too_small_alone,
)
from units.measures import known
from units.quarters import Quarter
from units.rocu.measures import SERIES_LENGTH, TOTAL, Breakdown, Disruptions, quarters_read
from units.rocu.queries import CrimeTypeRow
from units.terms import COUNTED_IMPACTS, Impact, Lead, Strand

APART = (Impact.NONE, Impact.NEGATIVE)
OF_THE_QUARTER = (Breakdown.LEADS, Breakdown.STRANDS, Breakdown.FORCES)
"""Breakdowns that only the quarter's own edition shows."""

type Cells = dict[str, int]


def withheld(
    disruptions: Disruptions,
    types: Sequence[CrimeTypeRow],
    forces: Sequence[tuple[str, int]],
    policy: Policy,
    before: Withheld,
) -> dict[str, tuple[str, ...]]:
    """The cells to withhold in each breakdown of each quarter that an edition tells of.

    `disruptions` withholds nothing; `before` is what earlier editions withheld. disclosure.Disclosive
    where a pattern does not protect its cells.
    """
    found: dict[str, tuple[str, ...]] = {}
    quarter, threshold = disruptions.quarter, policy.threshold

    def earlier(one: Quarter, breakdown: Breakdown) -> tuple[str, ...]:
        return before.get(key_of(one, breakdown), ())

    def hold(one: Quarter, breakdown: Breakdown, cells: Cells, *, whole: bool) -> frozenset[str]:
        """Withholds cells of a breakdown: all of them where their whole is withheld."""
        held = (
            frozenset(cells)
            if whole
            else protected(cells, threshold=threshold, before=earlier(one, breakdown))
        )
        if held:
            found[key_of(one, breakdown)] = tuple(sorted(held))
        return held

    for one in quarters_read(quarter):
        total = known(disruptions.total((one,))) or 0
        none = bool(earlier(one, Breakdown.TOTAL)) or too_small_alone(total, threshold)
        if none:
            found[key_of(one, Breakdown.TOTAL)] = (TOTAL,)
        by_type = cells_of(disruptions, one, Breakdown.CRIME_TYPES, types)
        held = hold(one, Breakdown.CRIME_TYPES, by_type, whole=none)
        by_impact = cells_of(disruptions, one, Breakdown.IMPACTS)
        # three cells: where one is small, two others would be too few to show anything
        impacts_held = (
            none
            or bool(earlier(one, Breakdown.IMPACTS))
            or any(is_small(number, threshold) for number in by_impact.values())
        )
        if one == quarter:
            splits = {
                name: tuple(
                    known(disruptions.now(crime_type=name, impact=impact)) or 0
                    for impact in COUNTED_IMPACTS
                )
                for name in by_type
            }
            rows = protected_splits(
                splits, held, threshold=threshold, before=earlier(one, Breakdown.SPLITS)
            )
            if rows is None or impacts_held:
                impacts_held = True
                rows = held | {name for name, cells in splits.items() if any(cells)}
            if rows:
                found[key_of(one, Breakdown.SPLITS)] = tuple(sorted(rows))
            for breakdown in OF_THE_QUARTER:
                cells = dict(forces) if breakdown == Breakdown.FORCES else None
                cells = cells_of(disruptions, one, breakdown) if cells is None else cells
                hold(one, breakdown, cells, whole=none)
            apart = cells_of(disruptions, one, Breakdown.APART)
            if earlier(one, Breakdown.APART) or any(
                is_small(number, threshold) for number in apart.values()
            ):
                found[key_of(one, Breakdown.APART)] = tuple(apart)
        if impacts_held:
            found[key_of(one, Breakdown.IMPACTS)] = tuple(by_impact)
    for place, one in enumerate(quarter.last(SERIES_LENGTH)):
        total = sum(row.ocgs[place] for row in types)
        none = bool(earlier(one, Breakdown.OCGS_TOTAL)) or too_small_alone(total, threshold)
        if none:
            found[key_of(one, Breakdown.OCGS_TOTAL)] = (TOTAL,)
        if one == quarter:
            hold(one, Breakdown.OCGS, _ocgs(types), whole=none)
    return found


def _ocgs(types: Sequence[CrimeTypeRow]) -> Cells:
    return {row.name: row.ocgs[-1] for row in types if row.counts_ocgs}


def cells_of(
    disruptions: Disruptions,
    quarter: Quarter,
    breakdown: Breakdown,
    types: Sequence[CrimeTypeRow] = (),
) -> Cells:
    """The cells of a breakdown of a quarter, by name."""
    kinds: Mapping[Breakdown, tuple[str, Sequence[str]]] = {
        Breakdown.CRIME_TYPES: ("crime_type", [row.name for row in types]),
        Breakdown.IMPACTS: ("impact", COUNTED_IMPACTS),
        Breakdown.APART: ("impact", APART),
        Breakdown.LEADS: ("lead", tuple(Lead)),
        Breakdown.STRANDS: ("strand", tuple(Strand)),
    }
    name, values = kinds[breakdown]
    return {
        str(value): known(disruptions.total((quarter,), **{name: value})) or 0  # type: ignore[arg-type]
        for value in values
    }


def told(
    disruptions: Disruptions,
    types: Sequence[CrimeTypeRow],
    forces: Sequence[tuple[str, int]],
    policy: Policy,
    held: Withheld,
) -> tuple[WithheldFigure, ...]:
    """Every cell of the quarter that the public edition withholds, with its number and the reason."""
    quarter = disruptions.quarter
    total = known(disruptions.now()) or 0
    cells: dict[Breakdown, Cells] = {
        Breakdown.TOTAL: {TOTAL: total},
        **{
            breakdown: cells_of(disruptions, quarter, breakdown, types)
            for breakdown in (
                Breakdown.CRIME_TYPES,
                Breakdown.IMPACTS,
                Breakdown.LEADS,
                Breakdown.STRANDS,
                Breakdown.APART,
            )
        },
        Breakdown.FORCES: dict(forces),
        Breakdown.OCGS_TOTAL: {TOTAL: sum(row.ocgs[-1] for row in types)},
        Breakdown.OCGS: _ocgs(types),
    }

    def listed(breakdown: Breakdown) -> Iterator[WithheldFigure]:
        for name in held.get(key_of(quarter, breakdown), ()):
            number = cells[breakdown].get(name, 0)
            alone = breakdown in (Breakdown.TOTAL, Breakdown.OCGS_TOTAL)
            reason = "protects a smaller number"
            if is_small(number, policy.threshold):
                reason = f"fewer than {policy.threshold}"
            elif alone:
                reason = "too few to be published alone"
            yield WithheldFigure(quarter, breakdown.label, name, number, reason)

    found = [row for breakdown in cells for row in listed(breakdown)]
    for name in held.get(key_of(quarter, Breakdown.SPLITS), ()):
        for impact in COUNTED_IMPACTS:
            number = known(disruptions.now(crime_type=name, impact=impact)) or 0
            small = is_small(number, policy.threshold)
            found.append(
                WithheldFigure(
                    quarter,
                    Breakdown.SPLITS.label,
                    f"{name}, {impact}",
                    number,
                    f"fewer than {policy.threshold}" if small else "protects a smaller number",
                )
            )
    return tuple(found)
