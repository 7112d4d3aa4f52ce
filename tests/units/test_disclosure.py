"""Disclosure control, attacked: no withheld count can be worked out to within two."""

from collections.abc import Iterator

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from tests.units.attack import Attack, is_recovered
from units.domain.disclosure import (
    SMALLEST_THRESHOLD,
    Disclosive,
    Policy,
    audit,
    is_safe,
    protected,
    protected_splits,
    remembered,
    too_small_alone,
)
from units.domain.measures import CONFIDENTIAL
from units.domain.quarters import Quarter
from units.domain.vocabulary import (
    COUNTED_IMPACTS,
    Impact,
    Lead,
    Strand,
)
from units.rocu.reporting.counts import Disruptions, quarters_read
from units.rocu.reporting.dimensions import Breakdown
from units.rocu.reporting.disclosure import withheld
from units.rocu.reporting.queries import CrimeTypeRow, DisruptionCount

numbers = st.sampled_from([0, 0, 1, 1, 2, 3, 4, 5, 5, 6, 7, 9, 12, 20, 60])
thresholds = st.integers(SMALLEST_THRESHOLD, 12)
wholes = st.lists(numbers, min_size=1, max_size=9).map(
    lambda found: {f"cell {place}": number for place, number in enumerate(found)}
)


# ---------- one breakdown ----------


def attacked(cells: dict[str, int], held: frozenset[str]) -> Attack:
    """What is known of a breakdown whose total is published."""
    attack = Attack()
    attack.learn(cells, sum(cells.values()))
    for name, number in cells.items():
        if name not in held:
            attack.learn([name], number)
        elif len(held) < len(cells):
            attack.learn_least([name], 1)  # a nought would be shown
    return attack


@given(wholes, thresholds, st.sets(st.integers(0, 8)))
def test_no_withheld_cell_of_a_whole_is_recovered(cells, threshold, earlier) -> None:
    assume(not too_small_alone(sum(cells.values()), threshold))
    before = {f"cell {place}" for place in earlier} & {name for name in cells if cells[name]}

    held = protected(cells, threshold=threshold, before=before)

    assert before <= held or len(cells) < 2  # one cell is its whole, which is published
    assert {name for name, number in cells.items() if 0 < number < threshold} <= held
    attack = attacked(cells, held)
    for name in held:
        low, high = attack.interval([name])
        assert low <= cells[name] <= high
        assert not is_recovered((low, high)), (cells, held, name)


@given(wholes, thresholds)
def test_who_knows_that_the_smallest_are_taken_recovers_none_either(cells, threshold) -> None:
    assume(not too_small_alone(sum(cells.values()), threshold))

    held = protected(cells, threshold=threshold)

    attack = attacked(cells, held)
    shown = [number for name, number in cells.items() if name not in held and number]
    for name in held:
        if shown:
            attack.learn_most([name], min(shown))
    assert not any(is_recovered(attack.interval([name])) for name in held)


@given(wholes)
def test_where_nothing_is_small_nothing_is_withheld(cells) -> None:
    large = {name: number * 10 for name, number in cells.items()}

    assert protected(large, threshold=5) == frozenset()


@given(wholes, thresholds)
def test_a_nought_is_shown_unless_all_cells_are_withheld(cells, threshold) -> None:
    assume(not too_small_alone(sum(cells.values()), threshold))

    held = protected(cells, threshold=threshold)

    assert held == frozenset(cells) or all(cells[name] for name in held)


def test_the_largest_cells_stay() -> None:
    cells = {"drugs": 62, "firearms": 28, "theft": 12, "offences": 8, "violence": 3, "goods": 1}

    assert protected(cells, threshold=5) == {"offences", "violence", "goods"}


def test_what_was_withheld_stays_withheld_once_it_has_grown() -> None:
    before = protected({"a": 40, "b": 9, "c": 3}, threshold=5)

    assert before == {"b", "c"}
    assert protected({"a": 40, "b": 9, "c": 30}, threshold=5, before=before) == before


@pytest.mark.parametrize(
    ("cells", "held"),
    [
        ({"a": 40, "b": 3}, {"b"}),  # the total gives it back
        ({"a": 40, "b": 1, "c": 1}, {"b", "c"}),  # each is at least one
        ({"a": 40, "b": 2, "c": 4}, {"b", "c"}),
    ],
)
def test_a_pattern_that_gives_a_cell_back_is_refused_before_it_is_used(cells, held) -> None:
    assert not is_safe(cells, held)
    with pytest.raises(Disclosive):
        audit(cells, held)


@given(st.integers(1, 100), thresholds)
def test_a_number_withheld_for_itself_is_not_recovered_by_who_knows_the_bound(
    number, threshold
) -> None:
    bound = max(one for one in range(1, 200) if too_small_alone(one, threshold))

    assert too_small_alone(number, threshold) == (number <= bound)
    assert not is_recovered((1, bound))


# ---------- a split ----------

rows = st.dictionaries(
    st.sampled_from("abcdefg"), st.tuples(numbers, numbers, numbers), min_size=1, max_size=6
)


@given(rows, thresholds)
def test_no_cell_of_a_withheld_split_is_recovered(table, threshold) -> None:
    totals = {name: sum(row) for name, row in table.items()}
    assume(not too_small_alone(sum(totals.values()), threshold))
    totals_held = protected(totals, threshold=threshold)

    held = protected_splits(table, totals_held, threshold=threshold)

    if held is None:
        return
    attack = Attack()
    for place in range(3):
        attack.learn([(name, place) for name in table], sum(row[place] for row in table.values()))
    for name, row in table.items():
        if name not in totals_held:
            attack.learn([(name, place) for place in range(3)], totals[name])
        elif len(totals_held) < len(totals):
            attack.learn_least([(name, place) for place in range(3)], 1)
        if name not in held:
            assert not any(0 < cell < threshold for cell in row)
            for place, cell in enumerate(row):
                attack.learn([(name, place)], cell)
    for name in held:
        for place in range(3):
            if any(row[place] for row in table.values()) and (name in totals_held or totals[name]):
                assert not is_recovered(attack.interval([(name, place)])), (table, held, name)


# ---------- editions, one after another ----------

FIRST = Quarter(2017, 3)
LAST = 5
TYPES = ("Drug Activity", "Firearms", "Theft", "Violence", "Offences", "Fraud")
claims = st.tuples(
    st.sampled_from(TYPES),
    st.sampled_from([*COUNTED_IMPACTS, *COUNTED_IMPACTS, Impact.NONE]),
    st.sampled_from(Strand),
    st.sampled_from(Lead),
    st.sampled_from([1, 1, 2, 3, 6, 9, 15]),
)
histories = st.tuples(
    st.lists(st.lists(claims, max_size=14), min_size=LAST, max_size=LAST),
    # for each later edition: claims of an earlier quarter that come in late
    st.lists(st.tuples(st.integers(0, LAST - 2), st.lists(claims, max_size=3)), max_size=LAST - 1),
)
KINDS = (
    {},
    *({"crime_type": name} for name in TYPES),
    *({"impact": impact} for impact in COUNTED_IMPACTS),
)
OF_THE_QUARTER = (
    *({"crime_type": name, "impact": impact} for name in TYPES for impact in COUNTED_IMPACTS),
    *({"lead": lead} for lead in Lead),
    *({"strand": strand} for strand in Strand),
)


def rows_of(quarter: Quarter, made: list) -> list[DisruptionCount]:
    return [
        DisruptionCount(quarter, kind, impact, strand, lead, False, number, None)
        for kind, impact, strand, lead, number in made
    ]


def published(seen: Disruptions) -> Iterator[tuple[dict, tuple[Quarter, ...], object]]:
    """Every number of an edition: its kind, the quarters that it counts, and what is shown."""
    quarter = seen.quarter
    spans = (
        *((one,) for one in seen.trend_quarters()),
        quarter.year_to_date,
        quarter.rolling_four,
    )
    for kind in KINDS:
        for span in spans:
            yield kind, span, seen.total(span, **kind)
    for kind in OF_THE_QUARTER:
        yield kind, (quarter,), seen.total((quarter,), **kind)


def cells(kind: dict, quarter: Quarter, version: int) -> list[tuple]:
    """The counts that a number of a quarter adds up; they are others once its records changed."""
    here = (quarter, version)
    if "lead" in kind:
        return [(here, kind["lead"])]
    if "strand" in kind:
        return [(here, kind["strand"])]
    return [
        (here, name, impact)
        for name in ([kind["crime_type"]] if "crime_type" in kind else TYPES)
        for impact in ([kind["impact"]] if "impact" in kind else COUNTED_IMPACTS)
    ]


@settings(max_examples=12)
@given(histories, st.sampled_from([5, 5, 6, 8, 12]))
def test_no_withheld_count_of_any_edition_is_recovered_from_all_of_them(history, threshold) -> None:
    quarters, late = history
    policy, before, attack = Policy(threshold), {}, Attack()
    versions = [0] * LAST
    withheld_numbers: list[tuple[list, int]] = []
    types = [CrimeTypeRow(name, name, True, True, (0,) * 12) for name in TYPES]
    for edition in range(LAST):
        if edition and edition <= len(late) and late[edition - 1][0] < edition:
            place, more = late[edition - 1]
            quarters[place] = [*quarters[place], *more]
            versions[place] += bool(more)
        ends = [Quarter.from_ordinal(FIRST.ordinal + place) for place in range(edition + 1)]
        counts = [
            row for one, made in zip(ends, quarters, strict=False) for row in rows_of(one, made)
        ]
        every = Disruptions.of(ends[-1], counts)
        now = withheld(every, types, [], policy, before)
        assert all(set(before[key]) <= set(now[key]) for key in before.keys() & now.keys())
        before = remembered(before, now)
        seen = every.without(now)
        for one in quarters_read(ends[-1]):
            if one in ends:
                for terms in (Lead, Strand):
                    here = (one, versions[ends.index(one)])
                    total = seen.total((one,))
                    if isinstance(total, int):
                        attack.learn([(here, term) for term in terms], total)
        for kind, span, shown in published(seen):
            if any(one not in ends for one in span):
                continue
            added = [cell for one in span for cell in cells(kind, one, versions[ends.index(one)])]
            if shown is CONFIDENTIAL:
                number = every.total(span, **kind)
                assert isinstance(number, int)
                withheld_numbers.append((added, number))
            elif isinstance(shown, int):
                assert shown == every.total(span, **kind)
                attack.learn(added, shown)
    for added, number in withheld_numbers[:: max(1, len(withheld_numbers) // 25)]:
        low, high = attack.interval(added)
        assert low - 1e-6 <= number <= high + 1e-6
        assert not is_recovered((low, high)), (added, number, low, high)


@settings(max_examples=25)
@given(histories, thresholds)
def test_no_small_number_is_shown(history, threshold) -> None:
    quarters, _ = history
    ends = [Quarter.from_ordinal(FIRST.ordinal + place) for place in range(LAST)]
    counts = [row for one, made in zip(ends, quarters, strict=True) for row in rows_of(one, made)]
    types = [CrimeTypeRow(name, name, True, True, (0,) * 12) for name in TYPES]
    every = Disruptions.of(ends[-1], counts)

    seen = every.without(withheld(every, types, [], Policy(threshold), {}))

    for _, span, shown in published(seen):
        if len(span) == 1:
            assert shown is CONFIDENTIAL or not shown or shown >= threshold
    assert seen.now(impact=Impact.NONE) is CONFIDENTIAL or (
        every.now(impact=Impact.NONE) == 0 or every.now(impact=Impact.NONE) >= threshold
    )


def test_what_is_withheld_is_no_number_in_the_publics_value() -> None:
    quarter = Quarter(2018, 2)
    made = [("Drug Activity", Impact.MAJOR, Strand.PURSUE, Lead.ROCU_LED, 417),
            ("Violence", Impact.MINOR, Strand.PURSUE, Lead.ROCU_LED, 3),
            ("Theft", Impact.MINOR, Strand.PURSUE, Lead.ROCU_LED, 8_888)]  # fmt: skip
    every = Disruptions.of(quarter, rows_of(quarter, made))
    types = [CrimeTypeRow(name, name, True, True, (0,) * 12) for name in TYPES]

    seen = every.without(withheld(every, types, [], Policy(), {}))

    assert seen.cells[quarter, Breakdown.CRIME_TYPES, "Violence"] is CONFIDENTIAL
    assert 3 not in seen.cells.values()
