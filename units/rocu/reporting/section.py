"""The ROCU's section: its exhibits and headline for one quarter and one audience."""

from collections.abc import Sequence
from typing import Any

from msgspec.structs import replace

from units.content.model import Block, Part, Section
from units.content.sentences import figure_told, with_range
from units.content.tables_and_charts import (
    behind,
    by_figure,
    standings_table,
    texts_table,
)
from units.domain.disclosure import key_of
from units.domain.english import capital, day_words
from units.domain.measures import (
    CONFIDENTIAL,
    Figure,
    Measure,
    change_text,
    count,
    known,
)
from units.domain.redefinitions import breaks_of
from units.domain.revisions import (
    Restated,
    marked,
    overview_line,
    together,
)
from units.domain.vocabulary import (
    Impact,
    Lead,
    OcgCounts,
    Period,
)
from units.records.definitions import breaks
from units.registry import Report, ReportContext
from units.rocu.models import DefinedMeasure, MeasureDefinition
from units.rocu.reporting import (
    disclosure,
    exhibits,
    queries,
    revision_figures,
    revision_reasons,
    sentences,
)
from units.rocu.reporting.counts import (
    DISRUPTIONS,
    MAJOR,
    OF_A_CRIME_TYPE,
    Disruptions,
    Ocgs,
    expected_range,
    ocg_levels,
    quarters_read,
)
from units.rocu.reporting.dimensions import ALL, Breakdown
from units.rocu.reporting.ocgs import told_of
from units.rocu.reporting.queries import CrimeTypeRow

KEY = "rocu"
HEADING = "Regional Organised Crime Unit"
PARTS = {
    "disruptions": "Disruptions",
    "ocgs": "Organised crime groups",
    "control-strategy": "Control strategy",
    "funding": "Funding",
    "objectives": "Objectives and reviews",
    "levels": "Five levels of activity",
}
"""The parts of the section, in order; the paper's paragraphs stand before a part's exhibits."""

FIGURES = {
    "rocu.disruptions.total": "Moderated disruptions of the quarter",
    "rocu.disruptions.previous": "Moderated disruptions of the previous quarter",
    "rocu.disruptions.last-year": "Moderated disruptions of the same quarter last year",
    "rocu.disruptions.year-to-date": "Moderated disruptions of the year to date",
    "rocu.disruptions.rolling-four": "Moderated disruptions of the rolling four quarters",
    "rocu.disruptions.change": "Change since the previous quarter, signed",
    "rocu.disruptions.major": "Disruptions of major moderated impact",
    "rocu.disruptions.moderate": "Disruptions of moderate moderated impact",
    "rocu.disruptions.minor": "Disruptions of minor moderated impact",
    "rocu.disruptions.first-type": "The crime type with the most disruptions, in words",
    "rocu.disruptions.first-type-total": "Its number of disruptions",
    "rocu.disruptions.second-type": "The crime type with the second most disruptions, in words",
    "rocu.disruptions.second-type-total": "Its number of disruptions",
    "rocu.disruptions.rocu-led": "Disruptions that the ROCU led",
    "rocu.ocgs.total": "OCGs mapped at quarter end",
    "rocu.ocgs.first-type": "The commonest predominant crime type, in words",
    "rocu.ocgs.first-type-total": "Its number of OCGs",
    "rocu.ocgs.first-type-share": "Its share of mapped OCGs, per cent",
}
"""Every live figure that prose may name, with what it stands for."""

EXHIBITS = (
    "rocu.disruptions",
    "rocu.crime-types",
    "rocu.trend",
    "rocu.leads",
    "rocu.strands",
    "rocu.forces",
    "rocu.ocgs",
    "rocu.control-strategy",
    "rocu.sources",
    "rocu.funding",
    "rocu.objectives",
    "rocu.reviews",
    "rocu.levels",
    "rocu.major",
)
"""Every exhibit that prose may refer to."""

RECORDS = "WMROCU disruption records"
SMALL_NUMBER = "The number of major disruptions of its crime type is withheld"


def report(context: ReportContext) -> Report:
    """The ROCU's exhibits, headline, key figures and live figures for one audience.

    What the audience may not read is not in the value that comes back: the public's figures are
    withheld before all is written.
    """
    quarter, log, memory = context.quarter, context.log, context.memory
    policy, public = context.policy, log.for_public
    rebased = {key: found for key, found in context.rebased.items() if key.startswith(f"{KEY}.")}
    read = quarters_read(quarter, rebased)
    everything = Disruptions.of(quarter, queries.disruption_counts(read), rebased, on=log.on)
    ends = [one.end for one in read[1:]]
    types = [
        row
        for row in queries.crime_types(quarter, ends)
        if row.in_use or any(row.ocgs) or row.name in everything.types
    ]
    all_forces = queries.disruptions_by_force(quarter)
    held = disclosure.withheld(everything, types, all_forces, policy, context.withheld_before)
    hidden = held if public else {}
    told_in_public = everything.without(held)
    disruptions = replace(told_in_public if public else everything, told=memory.told)
    majors = queries.major_disruptions(quarter, log)
    for row in majors:
        of_type = told_in_public.now(crime_type=row.record.crime_type.name, impact=Impact.MAJOR)
        if of_type is CONFIDENTIAL:
            log.withhold(row.record, SMALL_NUMBER)

    def seen(breakdown: Breakdown, name: str, number: int) -> Figure:
        return CONFIDENTIAL if name in hidden.get(key_of(quarter, breakdown), ()) else number

    forces = [(name, seen(Breakdown.FORCES, name, number)) for name, number in all_forces]
    by_ocgs = [
        (row, seen(Breakdown.OCGS, row.name, row.ocgs[-1])) for row in types if row.counts_ocgs
    ]
    words = queries.words(quarter, log)
    known_breaks = breaks(MeasureDefinition, quarter, log)
    disruptions = replace(disruptions, breaks=breaks_of(DefinedMeasure.DISRUPTIONS, known_breaks))
    total = disruptions.measure(DISRUPTIONS.key, DISRUPTIONS.name)
    of_ocgs = breaks_of(DefinedMeasure.OCGS, known_breaks)
    levels = ocg_levels(types, quarter, disruptions.first, hidden, rebased)
    ocgs = Ocgs(quarter, levels, memory.told, of_ocgs, rebased).measure()
    told = policy.ocgs if public else OcgCounts.COUNTS
    ocgs_before = memory.told.get(key_of(quarter, Breakdown.OCGS), {})
    ocgs_told = memory.told.get(key_of(quarter, Breakdown.OCGS_TOTAL), {}).get(ALL)
    shares_told = memory.told.get(key_of(quarter, Breakdown.OCG_SHARES), {})
    groups = told_of(told, by_ocgs, quarter, ocgs, ocgs_before, ocgs_told, shares_told)
    counted: revision_figures.Cells = {Breakdown.FORCES: dict(forces)}
    if told == OcgCounts.SHARES:
        counted = {**counted, Breakdown.OCG_SHARES: groups.shares}
    if told == OcgCounts.COUNTS:
        counted = {**counted, Breakdown.OCGS: {row.name: figure for row, figure in by_ocgs}}
    names = [row.name for row in types]
    told_now = revision_figures.cells_told(
        disruptions, names, counted, levels if told == OcgCounts.COUNTS else {}
    )
    found = revision_figures.revisions(memory.told, told_now, names)
    earlier = context.withheld_before if public else {}
    why, why_ocgs = revision_reasons.reasons(found, memory, quarter, hidden, earlier)
    restated = Restated(found, together((why, why_ocgs)))
    source = f"{RECORDS}, as at {day_words(quarter.end)}"
    if disruptions.last_panel:
        source += f", panels to {day_words(disruptions.last_panel)}"
    at_end = f"{quarter.year_label}, at the end of {quarter}"
    blocks: dict[str, list[Block]] = {
        "disruptions": exhibits.disruptions_part(disruptions, total, types, forces, source),
        "ocgs": groups.blocks,
        "control-strategy": texts_table(
            "rocu.control-strategy",
            words.priorities,
            headline=f"The control strategy sets {{number}} priorities for {quarter.year_label}",
            subtitle=f"Priorities set by the Regional Executive Board, {quarter.year_label}",
            columns=("Priority", "What it covers"),
            empty=f"No control strategy is recorded for {quarter.year_label}.",
        ),
        "funding": [
            *texts_table(
                "rocu.sources",
                words.sources,
                headline="The ROCU is funded from {number} sources",
                subtitle=f"Primary sources of funding, {quarter.year_label}",
                columns=("Source", "What it is"),
                empty=f"No funding source is recorded for {quarter.year_label}.",
            ),
            *exhibits.funding_part(queries.contributions(quarter), quarter),
        ],
        "objectives": [
            *standings_table(
                "rocu.objectives",
                words.objectives,
                noun="objective",
                subtitle=f"Departmental objectives, {at_end}",
                empty=f"No objective is recorded for {quarter.year_label}.",
            ),
            *standings_table(
                "rocu.reviews",
                words.reviews,
                noun="review",
                subtitle=f"Reviews commissioned by the ROCU Executive Board, {at_end}",
                empty=f"No review is recorded for {quarter.year_label}.",
            ),
        ],
        "levels": texts_table(
            "rocu.levels",
            words.levels,
            headline="Serious and organised crime is tackled at {number} levels",
            subtitle="Levels of activity, from local to national",
            columns=("Level", "Activity"),
            empty="No levels of activity are recorded.",
        ),
    }
    major = disruptions.now(impact=Impact.MAJOR)
    undecided = sentences.undecided(disruptions.pending, policy.threshold if public else 1)
    return Report(
        section=Section(
            key=KEY,
            heading=HEADING,
            headline=sentences.page_headline(
                total, expected_range(total), pending=disruptions.pending
            ),
            lead=sentences.page_lead(
                total,
                major,
                groups.sentence,
                undecided,
                major_revised=disruptions.revised(quarter, impact=Impact.MAJOR),
            ),
            changes=(
                *sentences.changes(total, _leading(disruptions, total, types)),
                *filter(None, (undecided, _rose_most(disruptions, types))),
                *overview_line(restated, revision_figures.totals_told(found, why), memory),
            ),
            measures=(*_key_figures(disruptions, total, types), *groups.measures),
            lines=behind((*words.objectives, *words.reviews), "Objectives and reviews"),
            parts=tuple(Part(key, PARTS[key], tuple(blocks[key])) for key in PARTS),
        ),
        figures={**_figures(disruptions, total, types), **groups.figures},
        pending=disruptions.pending,
        appendices=(exhibits.major_appendix(majors, disruptions, source, restricted=not public),),
        told=told_now,
        restated=restated,
        confidential=hidden,
        withheld=() if public else disclosure.told(everything, types, all_forces, policy, held),
    )


def _leading(disruptions: Disruptions, total: Measure, types: Sequence[CrimeTypeRow]) -> str:
    """Which crime types made the difference."""
    moves = [
        (row.in_words, one.value, one.previous)
        for row in types
        for one in [disruptions.measure(row.name, row.name, crime_type=row.name)]
    ]
    return sentences.crime_types_headline(total, moves) if moves else ""


def _rose_most(disruptions: Disruptions, types: Sequence[CrimeTypeRow]) -> str:
    """Which crime type rose most in a year."""
    return sentences.rose_most(
        [
            (row.in_words, one.value, one.last_year, "value" in one.revised)
            for row in types
            for one in [disruptions.measure(row.name, row.name, crime_type=row.name)]
        ]
    )


def _leading_types(
    disruptions: Disruptions, types: Sequence[CrimeTypeRow]
) -> list[tuple[CrimeTypeRow, Figure]]:
    """The two crime types with the most disruptions, of those that may be told.

    Where some may not, one without disruptions leads nothing.
    """
    numbers = [(row, disruptions.now(crime_type=row.name)) for row in types]
    told = [pair for pair in numbers if known(pair[1]) is not None]
    if len(told) < len(numbers):
        told = [pair for pair in told if pair[1]]
    return by_figure(told, lambda pair: pair[1])[:2]


def _key_figures(
    disruptions: Disruptions, total: Measure, types: Sequence[CrimeTypeRow]
) -> tuple[Measure, ...]:
    leading = _leading_types(disruptions, types)
    return tuple(
        with_range(measure)
        for measure in (
            total,
            *(
                disruptions.measure(key, capital(row.in_words), crime_type=row.name)
                for key, (row, _) in zip(OF_A_CRIME_TYPE.keys, leading, strict=False)
            ),
            disruptions.measure(MAJOR.key, MAJOR.name, impact=Impact.MAJOR),
        )
    )


def _figures(
    disruptions: Disruptions, total: Measure, types: Sequence[CrimeTypeRow]
) -> dict[str, str]:
    def told(name: str = "", **kind: Any) -> str:
        if name:
            kind["crime_type"] = name
        now = disruptions.now(**kind)
        return marked(count(now), disruptions.revised(disruptions.quarter, **kind))

    leading = [(row.in_words, told(row.name)) for row, _ in _leading_types(disruptions, types)]
    absent = ("no crime type", count(0))
    if any(disruptions.now(crime_type=row.name) is CONFIDENTIAL for row in types):
        absent = ("another crime type", count(CONFIDENTIAL))
    first, second = [*leading, absent, absent][:2]
    change = change_text(total.value, total.previous)
    return {
        "rocu.disruptions.total": figure_told(total),
        "rocu.disruptions.previous": figure_told(total, Period.PREVIOUS),
        "rocu.disruptions.last-year": figure_told(total, Period.LAST_YEAR),
        "rocu.disruptions.year-to-date": figure_told(total, Period.YEAR_TO_DATE),
        "rocu.disruptions.rolling-four": figure_told(total, Period.ROLLING_FOUR),
        "rocu.disruptions.change": marked(
            change, bool({"value", Period.PREVIOUS} & {*total.revised})
        )
        if change
        else _missing(total.value, total.previous),
        "rocu.disruptions.major": told(impact=Impact.MAJOR),
        "rocu.disruptions.moderate": told(impact=Impact.MODERATE),
        "rocu.disruptions.minor": told(impact=Impact.MINOR),
        "rocu.disruptions.first-type": first[0],
        "rocu.disruptions.first-type-total": first[1],
        "rocu.disruptions.second-type": second[0],
        "rocu.disruptions.second-type-total": second[1],
        "rocu.disruptions.rocu-led": told(lead=Lead.ROCU_LED),
    }


def _missing(*figures: Figure | None) -> str:
    """What stands in place of a difference that cannot be told: [c], or else [x]."""
    return count(CONFIDENTIAL if CONFIDENTIAL in figures else None)
