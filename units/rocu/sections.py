"""The ROCU's section: its exhibits and headline for one quarter and one audience."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from urllib.parse import urlencode

import msgspec

from units.content import (
    Bars,
    Block,
    Cell,
    Chart,
    Column,
    Note,
    Part,
    Report,
    Row,
    Section,
    Series,
    SharesAgainstFormula,
    StackedBars,
    Table,
    Trend,
)
from units.measures import Measure, change_text, count, share, share_text
from units.quarters import Quarter
from units.rocu import findings, queries
from units.rocu.measures import SERIES_LENGTH, Disruptions, expected_range, ocgs_measure
from units.rocu.queries import Contribution, CrimeTypeRow, MajorDisruption, Standing, StandingText
from units.terms import COUNTED_IMPACTS, Audience, Impact, Lead, Strand
from units.wording import capital, day_brief, day_words, listed, plural, spelled

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
WITHHELD = "Withheld"


def report(quarter: Quarter, *, audience: Audience, on: date) -> Report:
    """The ROCU's exhibits, headline, key figures and live figures for one audience.

    `on` is the day on which words are released or withheld. What the audience may not read is not
    in the value that comes back.
    """
    reach = queries.span(quarter)
    disruptions = Disruptions(
        quarter, reach.first, queries.disruption_counts(quarter.last(SERIES_LENGTH))
    )
    ends = [one.end for one in quarter.last(SERIES_LENGTH)]
    types = queries.crime_types(quarter, ends)
    total = disruptions.measure("rocu.disruptions", "Disruptions")
    ocgs = ocgs_measure(types, quarter, reach.first)
    standings = queries.standings(quarter, on=on)
    texts = queries.standing_texts(quarter, on=on)
    source = f"{RECORDS}, as at {day_words(quarter.end)}"
    if reach.last_panel:
        source += f", panels to {day_words(reach.last_panel)}"
    blocks: dict[str, list[Block]] = {
        "disruptions": _disruptions_part(disruptions, total, types, source),
        "ocgs": _ocgs_part(types, quarter, ocgs),
        "control-strategy": _texts_part(
            "rocu.control-strategy",
            texts["priorities"],
            audience,
            headline=f"The regional control strategy sets {{number}} priorities for {quarter.year_label}",
            subtitle=f"Strategic priorities set by the Regional Executive Board, {quarter.year_label}",
            columns=("Priority", "What it covers"),
            empty=f"No control strategy is recorded for {quarter.year_label}.",
        ),
        "funding": [
            *_texts_part(
                "rocu.sources",
                texts["sources"],
                audience,
                headline="The ROCU is funded from {number} sources",
                subtitle=f"Primary sources of funding, {quarter.year_label}",
                columns=("Source", "What it is"),
                empty=f"No funding source is recorded for {quarter.year_label}.",
            ),
            *_funding(queries.contributions(quarter), quarter),
        ],
        "objectives": [
            *_standings_part("rocu.objectives", "objective", standings, quarter, audience),
            *_standings_part("rocu.reviews", "review", standings, quarter, audience),
        ],
        "levels": _texts_part(
            "rocu.levels",
            texts["levels"],
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
            measures=_key_figures(disruptions, total, ocgs, types),
            parts=tuple(Part(key, PARTS[key], tuple(blocks[key])) for key in PARTS),
        ),
        figures=_figures(disruptions, total, types, ocgs),
        appendices=(_major_appendix(queries.major_disruptions(quarter, on=on), audience, source),),
    )


def _with_range(measure: Measure) -> Measure:
    """The measure with the words for its expected range."""
    expected = expected_range(measure)
    if expected is None:
        words = f"{capital(spelled(len(measure.series)))} of twelve quarters: too few for a range"
    else:
        verdict = expected.verdict(measure.value)
        words = f"{verdict.capitalize()} {expected.lower:.0f} to {expected.upper:.0f}"
    return msgspec.structs.replace(measure, range_words=words)


def _key_figures(
    disruptions: Disruptions, total: Measure, ocgs: Measure, types: Sequence[CrimeTypeRow]
) -> tuple[Measure, ...]:
    leading = sorted(types, key=lambda row: -disruptions.now(crime_type=row.name))[:2]
    return tuple(
        _with_range(measure)
        for measure in (
            total,
            *(
                disruptions.measure(
                    f"rocu.disruptions.{place}",
                    f"{capital(row.in_words)} disruptions",
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
    by_type = sorted(
        ((row.in_words, disruptions.now(crime_type=row.name)) for row in types),
        key=lambda row: -row[1],
    ) + [("no crime type", 0)] * 2
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


def _disruptions_part(
    disruptions: Disruptions, total: Measure, types: Sequence[CrimeTypeRow], source: str
) -> list[Block]:
    quarter = disruptions.quarter
    blocks: list[Block] = [_crime_type_table(disruptions, total, types, source)]
    if not total.value:
        return [*blocks, Note(f"No disruption of {quarter} has been moderated yet.")]
    return [
        *blocks,
        _impact_chart(disruptions, total, types, source),
        _trend_chart(disruptions, total, source),
        _split_chart(
            disruptions,
            source,
            key="rocu.leads",
            name="Lead",
            parameter="lead",
            terms=Lead,
            subtitle=f"Moderated disruptions by lead, {quarter}, number and share",
        ),
        _split_chart(
            disruptions,
            source,
            key="rocu.strands",
            name="Strand",
            parameter="strand",
            terms=Strand,
            subtitle=f"Moderated disruptions by strand, {quarter}, number and share",
        ),
        *_forces_chart(quarter, total, source),
    ]


def _records(**filters: str) -> str:
    return urlencode(filters)


def _crime_type_table(
    disruptions: Disruptions, total: Measure, types: Sequence[CrimeTypeRow], source: str
) -> Table:
    quarter = disruptions.quarter
    measures = [
        (row, disruptions.measure(f"rocu.disruptions.{row.name}", row.name, crime_type=row.name))
        for row in types
    ]
    measures.sort(key=lambda pair: -pair[1].value)
    apart = disruptions.now(impacts=(Impact.NONE,)), disruptions.now(impacts=(Impact.NEGATIVE,))

    def cells(name: str, measure: Measure, **kind: str) -> tuple[Cell, ...]:
        filters = {"crime_type": name} if kind else {}
        return (
            Cell(name, name),
            *(
                Cell(
                    count(number := disruptions.now(impacts=(impact,), **kind)),
                    number,
                    records=_records(**filters, impact=impact.value),
                )
                for impact in COUNTED_IMPACTS
            ),
            Cell(count(measure.value), measure.value, records=_records(**filters)),
            Cell(
                count(measure.previous),
                measure.previous,
                change_text(measure.value, measure.previous),
            ),
            Cell(
                count(measure.last_year),
                measure.last_year,
                change_text(measure.value, measure.last_year),
            ),
            Cell(count(measure.year_to_date), measure.year_to_date),
            Cell(count(measure.rolling_four), measure.rolling_four),
        )

    notes = []
    told_apart = [
        f"{spelled(number)} of {impact} impact"
        for number, impact in zip(apart, ("no", "negative"), strict=True)
        if number
    ]
    if told_apart:
        notes.append(f"Not in the total: {listed(told_apart)}.")
    if not all(value is not None for value in (total.previous, total.last_year, total.rolling_four)):
        notes.append(
            "[x] not available: "
            + (
                f"the records begin with {disruptions.first}."
                if disruptions.first
                else "there are no records yet."
            )
        )
    return Table(
        key="rocu.disruptions",
        headline=findings.crime_types_headline(
            total, [(row.in_words, measure.value, measure.previous) for row, measure in measures]
        ),
        subtitle=f"Moderated disruptions by crime type and impact, {quarter.months}, number",
        columns=(
            Column("Crime type", 24),
            Column("Major", 7, numeric=True),
            Column("Moderate", 10, numeric=True),
            Column("Minor", 7, numeric=True),
            Column("Total", 7, numeric=True, strong=True),
            Column("Previous quarter", 12, "Previous", numeric=True),
            Column("Same quarter last year", 13, "Last year", numeric=True),
            Column("Year to date", 9, numeric=True),
            Column("Rolling four quarters", 11, "Rolling four", numeric=True),
        ),
        rows=(
            *(
                Row(cells(row.name, measure, crime_type=row.name)) for row, measure in measures
            ),
            Row(cells("Total", total), total=True),
        ),
        notes=tuple(notes),
        source=source,
    )


def _impact_chart(
    disruptions: Disruptions, total: Measure, types: Sequence[CrimeTypeRow], source: str
) -> Chart:
    rows = sorted(
        (row for row in types if disruptions.now(crime_type=row.name)),
        key=lambda row: -disruptions.now(crime_type=row.name),
    )
    names = tuple(row.name for row in rows)
    by_impact = {
        impact: tuple(disruptions.now(crime_type=name, impacts=(impact,)) for name in names)
        for impact in COUNTED_IMPACTS
    }
    totals = tuple(disruptions.now(crime_type=name) for name in names)
    major = disruptions.now(impacts=(Impact.MAJOR,))
    subtitle = f"Moderated disruptions by crime type and impact, {disruptions.quarter}, number"
    return Chart(
        key="rocu.crime-types",
        headline=findings.impact_headline(major, total.value),
        subtitle=subtitle,
        sentence=f"Bars by crime type, split by impact. In all: "
        f"{findings.told([(name, count(value)) for name, value in zip(names, totals, strict=True)])}.",
        drawing=StackedBars(
            names,
            tuple(
                Series(impact.value, impact.heading, values)
                for impact, values in by_impact.items()
            ),
        ),
        table=Table(
            key="rocu.crime-types.data",
            headline="Disruptions by crime type and impact",
            subtitle=subtitle,
            columns=(
                Column("Crime type", 48),
                *(Column(impact.heading, 13, numeric=True) for impact in COUNTED_IMPACTS),
                Column("Total", 13, numeric=True, strong=True),
            ),
            rows=tuple(
                Row(
                    (
                        Cell(name, name),
                        *(
                            Cell(count(values[place]), values[place])
                            for values in by_impact.values()
                        ),
                        Cell(count(totals[place]), totals[place]),
                    )
                )
                for place, name in enumerate(names)
            ),
            source=source,
        ),
        reading=("The stronger the tone, the more lasting the impact that the panel found.",),
        source=source,
    )


def _trend_chart(disruptions: Disruptions, total: Measure, source: str) -> Chart:
    quarters = disruptions.trend_quarters()
    expected = expected_range(total)
    subtitle = (
        f"Moderated disruptions a quarter, {quarters[0]} to {quarters[-1]}, number"
        f"{', with XmR limits' if expected else ''}"
    )
    last = f"{findings.disruptions(total.value)} in {disruptions.quarter}"
    if expected:
        last += (
            f", {expected.verdict(total.value)} the expected {expected.lower:.0f} "
            f"to {expected.upper:.0f}"
        )
    compared = [
        f"{value:,} in {name}"
        for value, name in (
            (total.previous, "the previous quarter"),
            (total.last_year, "the same quarter last year"),
        )
        if value is not None
    ]
    notes = (
        (
            "Expected range: the average of the points plus and minus 2.66 times their average "
            "moving range; a point outside is a signal.",
        )
        if expected
        else ()
    )
    return Chart(
        key="rocu.trend",
        headline=findings.trend_headline(total, expected),
        subtitle=subtitle,
        sentence=f"{'; '.join([last, *compared])}.",
        drawing=Trend(quarters, Series("disruptions", "Disruptions", total.series), expected),
        table=Table(
            key="rocu.trend.data",
            headline="Disruptions by quarter",
            subtitle=subtitle,
            columns=(Column("Quarter", 60), Column("Disruptions", 40, numeric=True)),
            rows=tuple(
                Row((Cell(quarter.label, quarter.label), Cell(count(value), value)))
                for quarter, value in zip(quarters, total.series, strict=True)
            ),
            source=source,
        ),
        reading=findings.trend_reading(total, expected),
        notes=notes,
        source=source,
    )


def _bars(
    key: str,
    rows: Sequence[tuple[str, int]],
    whole: int,
    *,
    name: str,
    headline: str,
    subtitle: str,
    source: str,
    measure: str,
    filters: Sequence[str] = (),
    notes: tuple[str, ...] = (),
    reading: tuple[str, ...] = (),
) -> Chart:
    """Sorted bars with number and share of a whole, the longest emphasised, and their table."""
    labels = [f"{value:,}  {share_text(value, whole)}" for _, value in rows]
    queries_of = dict(zip([row[0] for row in rows], filters, strict=False))
    ordered = sorted(zip(rows, labels, strict=True), key=lambda pair: -pair[0][1])
    names = tuple(row[0] for row, _ in ordered)
    values = tuple(row[1] for row, _ in ordered)
    return Chart(
        key=key,
        headline=headline,
        subtitle=subtitle,
        sentence=f"{name}: "
        + findings.told([(row[0], f"{row[1]:,} ({share_text(row[1], whole)})") for row, _ in ordered])
        + ".",
        drawing=Bars(
            names,
            Series(key, measure, values, tuple(label for _, label in ordered)),
            emphasised=names[:1],
        ),
        table=Table(
            key=f"{key}.data",
            headline=f"{measure} by {name.lower()}",
            subtitle=subtitle,
            columns=(
                Column(name, 56),
                Column("Number", 22, numeric=True),
                Column("Share", 22, numeric=True),
            ),
            rows=tuple(
                Row(
                    (
                        Cell(one, one),
                        Cell(count(value), value, records=queries_of.get(one, "")),
                        Cell(share_text(value, whole), _number(share(value, whole))),
                    )
                )
                for one, value in zip(names, values, strict=True)
            ),
            source=source,
            notes=notes,
        ),
        source=source,
        notes=notes,
        reading=reading,
    )


def _number(value: Decimal | None) -> float | None:
    return None if value is None else float(value)


def _split_chart(
    disruptions: Disruptions,
    source: str,
    *,
    key: str,
    name: str,
    parameter: str,
    terms: type[Lead] | type[Strand],
    subtitle: str,
) -> Chart:
    rows = [(term.heading, disruptions.now(**{parameter: term})) for term in terms]
    return _bars(
        key,
        rows,
        disruptions.now(),
        name=name,
        headline=findings.split_headline(rows, disruptions.now()),
        subtitle=subtitle,
        source=source,
        measure="Disruptions",
        filters=[_records(**{parameter: term.value}) for term in terms],
    )


def _forces_chart(quarter: Quarter, total: Measure, source: str) -> list[Chart]:
    rows = [(name, values[-1]) for name, values in queries.disruptions_by_force((quarter,)).items()]
    if not any(value for _, value in rows):
        return []
    joint = "A joint disruption counts for each of its forces, so that shares add up to more than 100%."
    return [
        _bars(
            "rocu.forces",
            rows,
            total.value,
            name="Force",
            headline=findings.force_headline(rows, total.value),
            subtitle=f"Moderated disruptions by force, {quarter}, number and share of {total.value:,}",
            source=source,
            measure="Disruptions",
            filters=[_records(force=name) for name, _ in rows],
            notes=(joint,),
        )
    ]


def _ocgs_part(types: Sequence[CrimeTypeRow], quarter: Quarter, ocgs: Measure) -> list[Block]:
    rows = [(row.name, row.ocgs[-1]) for row in types if row.counts_ocgs]
    if not ocgs.value:
        return [Note(f"No OCG was mapped at {day_words(quarter.end)}.")]
    in_words = [(row.in_words, row.ocgs[-1]) for row in types if row.counts_ocgs]
    reading = [f"{ocgs.value:,} OCGs were mapped at {day_words(quarter.end)}."]
    compared = [
        findings.moved(ocgs.value, base, since)
        for base, since in ((ocgs.previous, "a quarter earlier"), (ocgs.last_year, "a year earlier"))
        if base is not None
    ]
    if compared:
        reading.append(f"That is {listed(compared)}.")
    return [
        _bars(
            "rocu.ocgs",
            rows,
            ocgs.value,
            name="Crime type",
            headline=findings.ocgs_headline(in_words, ocgs.value),
            subtitle=f"Mapped OCGs by predominant crime type, {day_words(quarter.end)}, "
            f"number and share of {ocgs.value:,}",
            source=f"Regional OCG mapping, as at {day_words(quarter.end)}",
            measure="OCGs",
            notes=(
                "Each OCG counts once; firearms count under Violent Criminal Activity, "
                "in line with national guidelines.",
            ),
            reading=tuple(reading),
        )
    ]


def _readable(released: bool, audience: Audience) -> bool:
    return released or audience == Audience.RESTRICTED


def _texts_part(
    key: str,
    texts: Sequence[StandingText],
    audience: Audience,
    *,
    headline: str,
    subtitle: str,
    columns: tuple[str, str],
    empty: str,
) -> list[Block]:
    shown = [text for text in texts if _readable(text.released, audience)]
    if not shown:
        return [Note(empty)]
    withheld = len(texts) - len(shown)
    return [
        Table(
            key=key,
            headline=headline.format(number=spelled(len(texts))),
            subtitle=subtitle,
            columns=(Column(columns[0], 32), Column(columns[1], 68)),
            rows=tuple(
                Row((Cell(text.title, text.title), Cell(text.description, text.description)))
                for text in shown
            ),
            notes=(f"{capital(spelled(withheld))} withheld.",) if withheld else (),
        )
    ]


def _standings_part(
    key: str,
    noun: str,
    standings: dict[str, tuple[Standing, ...]],
    quarter: Quarter,
    audience: Audience,
) -> list[Block]:
    rows = standings[f"{noun}s"]
    shown = [row for row in rows if _readable(row.released, audience)]
    if not shown:
        return [Note(f"No {noun} is recorded for {quarter.year_label}.")]
    told = [row for row in shown if _readable(row.update_released, audience)]
    withheld = len(rows) - len(shown)

    def cells(row: Standing) -> tuple[Cell, ...]:
        if not _readable(row.update_released, audience):
            return (Cell(row.title, row.title), *(Cell(WITHHELD, WITHHELD),) * 3)
        status = row.status.heading if row.status else "No update"
        return (
            Cell(row.title, row.title),
            Cell(status, status, status=row.status),
            Cell(row.update, row.update),
            Cell(row.next_step, row.next_step),
        )

    return [
        Table(
            key=key,
            headline=findings.standings_headline(told, noun),
            subtitle=f"{'Departmental objectives' if noun == 'objective' else 'Reviews commissioned by the ROCU Executive Board'}, "
            f"{quarter.year_label}, at the end of {quarter}",
            columns=(
                Column(capital(noun), 30),
                Column("Status", 15),
                Column("Where it stands", 31),
                Column("Next step", 24),
            ),
            rows=tuple(Row(cells(row)) for row in shown),
            notes=(f"{capital(spelled(withheld))} withheld.",) if withheld else (),
        )
    ]


def _funding(rows: Sequence[Contribution], quarter: Quarter) -> list[Block]:
    spent = sum((row.staff_cost or Decimal() for row in rows), Decimal())
    if not rows:
        return [Note(f"No contributions are recorded for {quarter.year_label}.")]
    if not spent:
        agreed = listed([f"{row.contributor} {row.formula_share:g}%" for row in rows])
        return [Note(f"The formula shares are {agreed}. No staff costs are recorded yet.")]
    shares = [float(share(row.staff_cost or 0, spent) or 0) for row in rows]
    names = tuple(row.contributor for row in rows)
    formula = tuple(float(row.formula_share) for row in rows)
    gaps = [round(actual - agreed, 1) for actual, agreed in zip(shares, formula, strict=True)]
    points = [f"{'+' if gap > 0 else '−' if gap < 0 else ''}{abs(gap):.1f} points" for gap in gaps]
    year_start = Quarter(quarter.year, 1).start
    period = f"{year_start:%B} to {quarter.end:%B %Y}"
    subtitle = f"Contributors’ staff costs, {period}, share of £{spent / 1_000_000:.2f}m, per cent"
    return [
        Chart(
            key="rocu.funding",
            headline=findings.funding_headline(rows, shares),
            subtitle=subtitle,
            sentence="Share of staff costs against the formula: "
            + listed(
                [
                    f"{name} {actual:.1f}% against {agreed:g}%"
                    for name, actual, agreed in zip(names, shares, formula, strict=True)
                ]
            )
            + ".",
            drawing=SharesAgainstFormula(
                names,
                Series(
                    "actual",
                    "Staff costs so far",
                    tuple(shares),
                    tuple(
                        f"{actual:.1f}%  {gap}" for actual, gap in zip(shares, points, strict=True)
                    ),
                ),
                Series("formula", "Formula share", formula),
            ),
            table=Table(
                key="rocu.funding.data",
                headline="Staff costs against the funding formula",
                subtitle=subtitle,
                columns=(
                    Column("Contributor", 28),
                    Column("Formula share", 18, numeric=True),
                    Column("Staff costs so far", 20, numeric=True),
                    Column("Share so far", 16, numeric=True),
                    Column("Difference", 18, numeric=True),
                ),
                rows=tuple(
                    Row(
                        (
                            Cell(row.contributor, row.contributor),
                            Cell(f"{row.formula_share:g}%", float(row.formula_share)),
                            Cell(f"£{row.staff_cost or 0:,.0f}", float(row.staff_cost or 0)),
                            Cell(f"{actual:.1f}%", actual),
                            Cell(words, gap),
                        )
                    )
                    for row, actual, gap, words in zip(rows, shares, gaps, points, strict=True)
                ),
                source=f"Regional Finance Group, as at {day_words(quarter.end)}",
            ),
            reading=(
                "Forces contribute mainly in staff, so that shares move as posts fill and fall "
                "vacant. Finance leads reconcile at year end.",
            ),
            source=f"Regional Finance Group, as at {day_words(quarter.end)}",
        )
    ]


def _major_appendix(
    rows: Sequence[MajorDisruption], audience: Audience, source: str
) -> Section:
    shown = [row for row in rows if _readable(row.released, audience)]
    withheld = len(rows) - len(shown)
    headline = f"{capital(spelled(len(rows)))} {plural(len(rows), 'disruption')} of major impact"
    blocks: tuple[Block, ...]
    if not rows:
        blocks = (Note("No disruption of the quarter was of major impact."),)
    elif not shown:
        blocks = (Note(f"{headline}; the words of all are withheld."),)
    else:
        restricted = audience == Audience.RESTRICTED
        columns = (Column("Reference", 13), Column("Operation or theme", 17), Column("Crime type", 16))
        columns += (
            (Column("Public summary", 27), Column("Restricted summary", 27))
            if restricted
            else (Column("Summary", 54),)
        )
        blocks = (
            Table(
                key="rocu.major",
                headline=headline,
                subtitle="Disruptions of major moderated impact, by date of impact"
                + (", with marking" if restricted else ", words released to the public"),
                columns=columns,
                rows=tuple(Row(_major_cells(row, audience)) for row in shown),
                notes=(
                    (f"{capital(spelled(withheld))} more withheld: marked or under a reporting restriction.",)
                    if withheld
                    else ()
                ),
                source=source,
            ),
        )
    return Section(
        key="rocu-major",
        heading="Major disruptions",
        parts=(Part("list", "", blocks),),
        appendix=True,
    )


def _major_cells(row: MajorDisruption, audience: Audience) -> tuple[Cell, ...]:
    when = f"{row.reference} {day_brief(row.date_of_impact)}"
    cells = (
        Cell(when, row.reference),
        Cell(row.operation_name, row.operation_name),
        Cell(row.crime_type, row.crime_type),
        Cell(row.public_summary, row.public_summary),
    )
    if audience != Audience.RESTRICTED:
        return cells
    held = row.marking if row.marking != "OFFICIAL" else ""
    if row.restriction:
        held = ", ".join(filter(None, (held, "reporting restriction")))
    words = f"{row.restricted_summary}{f' ({held})' if held else ''}".strip()
    return (*cells, Cell(words, words))
