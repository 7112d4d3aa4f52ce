"""The ROCU's section: its exhibits and headline for one quarter and one audience."""

from collections.abc import Sequence
from datetime import date

from units.content import Block, Part, Report, Section
from units.exhibits import behind, standings_table, texts_table
from units.findings import with_range
from units.measures import Measure, change_text, count, share_text
from units.quarters import Quarter
from units.rocu import exhibits, findings, queries
from units.rocu.measures import (
    SERIES_LENGTH,
    Disruptions,
    expected_range,
    ocgs_measure,
    quarters_read,
)
from units.rocu.queries import CrimeTypeRow
from units.terms import Audience, Impact, Lead
from units.wording import capital, day_words

KEY = "rocu"
HEADING = "Regional Organised Crime Unit"
SHORT_HEADING = "ROCU"
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


def report(quarter: Quarter, *, audience: Audience, on: date) -> Report:
    """The ROCU's exhibits, headline, key figures and live figures for one audience.

    `on` is the day on which words are released or withheld. What the audience may not read is not
    in the value that comes back.
    """
    disruptions = Disruptions(quarter, queries.disruption_counts(quarters_read(quarter)))
    ends = [one.end for one in quarter.last(SERIES_LENGTH)]
    types = [
        row
        for row in queries.crime_types(quarter, ends)
        if row.in_use or any(row.ocgs) or disruptions.has(row.name)
    ]
    total = disruptions.measure("rocu.disruptions", "Disruptions")
    ocgs = ocgs_measure(types, quarter, disruptions.first)
    words = queries.words(quarter, on=on)
    source = f"{RECORDS}, as at {day_words(quarter.end)}"
    if disruptions.last_panel:
        source += f", panels to {day_words(disruptions.last_panel)}"
    at_end = f"{quarter.year_label}, at the end of {quarter}"
    blocks: dict[str, list[Block]] = {
        "disruptions": exhibits.disruptions_part(
            disruptions, total, types, queries.disruptions_by_force(quarter), source
        ),
        "ocgs": exhibits.ocgs_part(types, quarter, ocgs),
        "control-strategy": texts_table(
            "rocu.control-strategy",
            words.get("priorities", ()),
            audience,
            headline=f"The control strategy sets {{number}} priorities for {quarter.year_label}",
            subtitle=f"Priorities set by the Regional Executive Board, {quarter.year_label}",
            columns=("Priority", "What it covers"),
            empty=f"No control strategy is recorded for {quarter.year_label}.",
        ),
        "funding": [
            *texts_table(
                "rocu.sources",
                words.get("sources", ()),
                audience,
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
                words.get("objectives", ()),
                audience,
                noun="objective",
                subtitle=f"Departmental objectives, {at_end}",
                empty=f"No objective is recorded for {quarter.year_label}.",
            ),
            *standings_table(
                "rocu.reviews",
                words.get("reviews", ()),
                audience,
                noun="review",
                subtitle=f"Reviews commissioned by the ROCU Executive Board, {at_end}",
                empty=f"No review is recorded for {quarter.year_label}.",
            ),
        ],
        "levels": texts_table(
            "rocu.levels",
            words.get("levels", ()),
            audience,
            headline="Serious and organised crime is tackled at {number} levels",
            subtitle="Levels of activity, from local to national",
            columns=("Level", "Activity"),
            empty="No levels of activity are recorded.",
        ),
    }
    predominant = max(
        ((row.in_words, row.ocgs[-1]) for row in types), key=lambda row: row[1], default=None
    )
    major = disruptions.now(impacts=(Impact.MAJOR,))
    return Report(
        section=Section(
            key=KEY,
            heading=HEADING,
            headline=findings.page_headline(total, expected_range(total)),
            lead=findings.page_lead(total, major, ocgs, predominant),
            changes=findings.changes(total, _leading(disruptions, total, types)),
            measures=_key_figures(disruptions, total, ocgs, types),
            lines=behind(
                (*words.get("objectives", ()), *words.get("reviews", ())),
                audience,
                "Objectives and reviews",
            ),
            parts=tuple(Part(key, PARTS[key], tuple(blocks[key])) for key in PARTS),
        ),
        figures=_figures(disruptions, total, types, ocgs),
        pending=disruptions.pending,
        appendices=(
            exhibits.major_appendix(queries.major_disruptions(quarter, on=on), audience, source),
        ),
    )


def _leading(disruptions: Disruptions, total: Measure, types: Sequence[CrimeTypeRow]) -> str:
    """Which crime types made the difference."""
    moves = [
        (row.in_words, one.value, one.previous)
        for row in types
        for one in [disruptions.measure(row.name, row.name, crime_type=row.name)]
    ]
    return findings.crime_types_headline(total, moves) if moves else ""


def _key_figures(
    disruptions: Disruptions, total: Measure, ocgs: Measure, types: Sequence[CrimeTypeRow]
) -> tuple[Measure, ...]:
    leading = sorted(types, key=lambda row: -disruptions.now(crime_type=row.name))[:2]
    return tuple(
        with_range(measure)
        for measure in (
            total,
            *(
                disruptions.measure(
                    f"rocu.disruptions.{place}",
                    capital(row.in_words),
                    crime_type=row.name,
                )
                for place, row in zip(("first-type", "second-type"), leading, strict=False)
            ),
            disruptions.measure(
                "rocu.disruptions.major", "Major disruptions", impacts=(Impact.MAJOR,)
            ),
            ocgs,
        )
    )


def _figures(
    disruptions: Disruptions, total: Measure, types: Sequence[CrimeTypeRow], ocgs: Measure
) -> dict[str, str]:
    by_type = (
        sorted(
            ((row.in_words, disruptions.now(crime_type=row.name)) for row in types),
            key=lambda row: -row[1],
        )
        + [("no crime type", 0)] * 2
    )
    by_ocgs = sorted(((row.in_words, row.ocgs[-1]) for row in types), key=lambda row: -row[1])
    first_ocg = by_ocgs[0] if by_ocgs else ("no crime type", 0)
    change = change_text(total.value, total.previous)
    return {
        "rocu.disruptions.total": count(total.value),
        "rocu.disruptions.previous": count(total.previous),
        "rocu.disruptions.last-year": count(total.last_year),
        "rocu.disruptions.year-to-date": count(total.year_to_date),
        "rocu.disruptions.rolling-four": count(total.rolling_four),
        "rocu.disruptions.change": change or count(None),
        "rocu.disruptions.major": count(disruptions.now(impacts=(Impact.MAJOR,))),
        "rocu.disruptions.moderate": count(disruptions.now(impacts=(Impact.MODERATE,))),
        "rocu.disruptions.minor": count(disruptions.now(impacts=(Impact.MINOR,))),
        "rocu.disruptions.first-type": by_type[0][0],
        "rocu.disruptions.first-type-total": count(by_type[0][1]),
        "rocu.disruptions.second-type": by_type[1][0],
        "rocu.disruptions.second-type-total": count(by_type[1][1]),
        "rocu.disruptions.rocu-led": count(disruptions.now(lead=Lead.ROCU_LED)),
        "rocu.ocgs.total": count(ocgs.value),
        "rocu.ocgs.first-type": first_ocg[0],
        "rocu.ocgs.first-type-total": count(first_ocg[1]),
        "rocu.ocgs.first-type-share": share_text(first_ocg[1], ocgs.value, 0),
    }
