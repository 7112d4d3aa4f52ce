"""Which of the ROCU's counts the public edition of a quarter withholds, from counts already read."""

from collections.abc import Collection, Iterator, Sequence

from units.domain.disclosure import (
    Policy,
    Withheld,
    WithheldFigure,
    is_small,
    key_of,
    protected,
    protected_splits,
    too_small_alone,
)
from units.domain.measures import known
from units.domain.quarters import Quarter
from units.domain.vocabulary import COUNTED_IMPACTS
from units.rocu.reporting.counts import Disruptions, quarters_read
from units.rocu.reporting.dimensions import (
    ALL,
    OF_THE_QUARTER,
    SPLIT_BY,
    Breakdown,
    Rule,
)
from units.rocu.reporting.queries import CrimeTypeRow

type Cells = dict[str, int]


class _Choice:
    """The cells chosen so far, by breakdown and quarter."""

    def __init__(self, threshold: int, before: Withheld) -> None:
        self.threshold = threshold
        self.before = before
        self.made: dict[str, tuple[str, ...]] = {}

    def earlier(self, quarter: Quarter, breakdown: Breakdown) -> tuple[str, ...]:
        """What earlier editions withheld."""
        return self.before.get(key_of(quarter, breakdown), ())

    def withhold(self, quarter: Quarter, breakdown: Breakdown, names: Collection[str]) -> None:
        """Withholds cells, if there are any."""
        if names:
            self.made[key_of(quarter, breakdown)] = tuple(sorted(names))

    def of(
        self, quarter: Quarter, breakdown: Breakdown, cells: Cells, *, all_of_it: bool = False
    ) -> frozenset[str]:
        """Withholds the cells of a breakdown that its rule wants: all where `all_of_it` goes."""
        before = self.earlier(quarter, breakdown)
        every = frozenset(cells)
        small = [number for number in cells.values() if is_small(number, self.threshold)]
        if all_of_it:
            held = every
        elif breakdown.rule == Rule.PARTS:
            held = protected(cells, threshold=self.threshold, before=before)
        elif breakdown.rule == Rule.ALONE:
            lone = too_small_alone(sum(cells.values()), self.threshold)
            held = every if before or lone else frozenset()
        else:
            held = every if before or small else frozenset()
        self.withhold(quarter, breakdown, held)
        return held


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
    choice = _Choice(policy.threshold, before)
    for quarter in quarters_read(disruptions.quarter, disruptions.rebased):
        total = {ALL: known(disruptions.total((quarter,))) or 0}
        none = bool(choice.of(quarter, Breakdown.TOTAL, total))
        by_type = cells_of(disruptions, quarter, Breakdown.CRIME_TYPES, types)
        types_held = choice.of(quarter, Breakdown.CRIME_TYPES, by_type, all_of_it=none)
        by_impact = cells_of(disruptions, quarter, Breakdown.IMPACTS)
        impacts_held = bool(choice.of(quarter, Breakdown.IMPACTS, by_impact, all_of_it=none))
        if quarter == disruptions.quarter:
            if _withhold_splits(choice, disruptions, types_held, by_type, impacts_held):
                choice.withhold(quarter, Breakdown.IMPACTS, by_impact)
            for breakdown in OF_THE_QUARTER:
                of_forces = breakdown == Breakdown.FORCES
                cells = dict(forces) if of_forces else cells_of(disruptions, quarter, breakdown)
                choice.of(quarter, breakdown, cells, all_of_it=none)
            apart = cells_of(disruptions, quarter, Breakdown.APART)
            choice.of(quarter, Breakdown.APART, apart)
    for place, quarter in enumerate(disruptions.quarter.last(len(types[0].ocgs) if types else 1)):
        mapped = {ALL: sum(row.ocgs[place] for row in types)}
        none = bool(choice.of(quarter, Breakdown.OCGS_TOTAL, mapped))
        if quarter == disruptions.quarter:
            choice.of(quarter, Breakdown.OCGS, _ocgs(types), all_of_it=none)
    return choice.made


def _withhold_splits(
    choice: _Choice,
    disruptions: Disruptions,
    types_held: frozenset[str],
    by_type: Cells,
    impacts_held: bool,
) -> bool:
    """Withholds crime types' splits by impact; whether the totals by impact must go with them."""
    quarter = disruptions.quarter
    splits = {
        name: tuple(
            known(disruptions.now(crime_type=name, impact=impact)) or 0
            for impact in COUNTED_IMPACTS
        )
        for name in by_type
    }
    held = None
    if not impacts_held:
        before = choice.earlier(quarter, Breakdown.SPLITS)
        held = protected_splits(splits, types_held, threshold=choice.threshold, before=before)
    every = types_held.union(name for name, number in by_type.items() if number)
    choice.withhold(quarter, Breakdown.SPLITS, every if held is None else held)
    return held is None


def _ocgs(types: Sequence[CrimeTypeRow]) -> Cells:
    return {row.name: row.ocgs[-1] for row in types if row.counts_ocgs}


def cells_of(
    disruptions: Disruptions,
    quarter: Quarter,
    breakdown: Breakdown,
    types: Sequence[CrimeTypeRow] = (),
) -> Cells:
    """The cells of a breakdown of a quarter, by name."""
    names = breakdown.members or [row.name for row in types]
    return {
        str(name): known(disruptions.total((quarter,), **breakdown.kind(name))) or 0
        for name in names
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
        Breakdown.TOTAL: {ALL: total},
        **{
            breakdown: cells_of(disruptions, quarter, breakdown, types)
            for breakdown in (*SPLIT_BY, Breakdown.APART)
        },
        Breakdown.FORCES: dict(forces),
        Breakdown.OCGS_TOTAL: {ALL: sum(row.ocgs[-1] for row in types)},
        Breakdown.OCGS: _ocgs(types),
    }

    def listed(breakdown: Breakdown) -> Iterator[WithheldFigure]:
        for name in held.get(key_of(quarter, breakdown), ()):
            number = cells[breakdown].get(name, 0)
            alone = breakdown.rule == Rule.ALONE
            reason = "protects a smaller number"
            if is_small(number, policy.threshold):
                reason = f"fewer than {policy.threshold}"
            elif alone:
                reason = "too few to be published alone"
            yield WithheldFigure(quarter, breakdown.label, breakdown.shown(name), number, reason)

    found = [row for breakdown in cells for row in listed(breakdown)]
    for name in held.get(key_of(quarter, Breakdown.SPLITS), ()):
        for impact in COUNTED_IMPACTS:
            number = known(disruptions.now(crime_type=name, impact=impact)) or 0
            small = is_small(number, policy.threshold)
            found.append(
                WithheldFigure(
                    quarter,
                    Breakdown.SPLITS.label,
                    name,
                    number,
                    f"fewer than {policy.threshold}" if small else "protects a smaller number",
                    impact,
                )
            )
    return tuple(found)
