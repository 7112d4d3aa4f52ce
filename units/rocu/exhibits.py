"""The ROCU's exhibits: tables and charts of one quarter, from measures and records already read."""

from collections.abc import Sequence
from decimal import Decimal

from units.content import (
    Block,
    Cell,
    Chart,
    Column,
    Note,
    Part,
    Row,
    Section,
    Series,
    SharesAgainstFormula,
    StackedBars,
    Table,
    Trend,
)
from units.exhibits import bars, readable, told, trend
from units.findings import moved, span
from units.measures import Measure, change_text, count, plain, share
from units.quarters import Quarter
from units.rocu import findings
from units.rocu.measures import Disruptions, expected_range, records
from units.rocu.queries import Contribution, CrimeTypeRow, MajorDisruption
from units.terms import COUNTED_IMPACTS, Audience, Impact, Lead, Period, Strand
from units.wording import capital, day_brief, day_words, listed, plural, spelled


def disruptions_part(
    disruptions: Disruptions,
    total: Measure,
    types: Sequence[CrimeTypeRow],
    forces: Sequence[tuple[str, int]],
    source: str,
) -> list[Block]:
    """The table of disruptions, then impact, trend, lead, strand and force, as far as there are any."""
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
        *_forces_chart(forces, quarter, total, source),
    ]


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
                    records=records(**filters, impact=impact.value),
                )
                for impact in COUNTED_IMPACTS
            ),
            Cell(count(measure.value), measure.value, records=measure.records),
            Cell(
                count(measure.previous),
                measure.previous,
                change_text(measure.value, measure.previous),
                records=measure.records_of(Period.PREVIOUS),
            ),
            Cell(
                count(measure.last_year),
                measure.last_year,
                change_text(measure.value, measure.last_year),
                records=measure.records_of(Period.LAST_YEAR),
            ),
            *(
                Cell(count(value), value, records=measure.records_of(period))
                for value, period in (
                    (measure.year_to_date, Period.YEAR_TO_DATE),
                    (measure.rolling_four, Period.ROLLING_FOUR),
                )
            ),
        )

    notes = []
    told_apart = [
        f"{spelled(number)} of {impact} impact"
        for number, impact in zip(apart, ("no", "negative"), strict=True)
        if number
    ]
    if told_apart:
        notes.append(f"Not in the total: {listed(told_apart)}.")
    if not all(
        value is not None for value in (total.previous, total.last_year, total.rolling_four)
    ):
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
            *(Row(cells(row.name, measure, crime_type=row.name)) for row, measure in measures),
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
        f"{told([(name, count(value)) for name, value in zip(names, totals, strict=True)])}.",
        drawing=StackedBars(
            names,
            tuple(
                Series(impact.value, impact.heading, values) for impact, values in by_impact.items()
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
                            Cell(
                                count(values[place]),
                                values[place],
                                records=records(crime_type=name, impact=impact.value),
                            )
                            for impact, values in by_impact.items()
                        ),
                        Cell(count(totals[place]), totals[place], records=records(crime_type=name)),
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
    last = f"{findings.disruptions(total.value)} in {disruptions.quarter}"
    if expected:
        last += f", {expected.verdict(total.value)} the expected {span(expected)}"
    compared = [
        f"{value:,} in {name}"
        for value, name in (
            (total.previous, "the previous quarter"),
            (total.last_year, "the same quarter last year"),
        )
        if value is not None
    ]
    return trend(
        "rocu.trend",
        Trend(quarters, Series("disruptions", "Disruptions", total.series), expected),
        headline=findings.trend_headline(total, expected),
        subtitle=f"Moderated disruptions a quarter, {quarters[0]} to {quarters[-1]}, number",
        sentence=f"{'; '.join([last, *compared])}.",
        columns=(Column("Quarter", 60), Column("Disruptions", 40, numeric=True)),
        rows=tuple(
            Row(
                (
                    Cell(quarter.label, quarter.label),
                    Cell(count(value), value, records=records(period=quarter.slug)),
                )
            )
            for quarter, value in zip(quarters, total.series, strict=True)
        ),
        reading=findings.trend_reading(total, expected),
        source=source,
    )


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
    return bars(
        key,
        rows,
        disruptions.now(),
        name=name,
        headline=findings.split_headline(rows, disruptions.now()),
        subtitle=subtitle,
        source=source,
        measure="Disruptions",
        filters=[records(**{parameter: term.value}) for term in terms],
    )


def _forces_chart(
    rows: Sequence[tuple[str, int]], quarter: Quarter, total: Measure, source: str
) -> list[Chart]:
    if not any(value for _, value in rows):
        return []
    joint = (
        "A joint disruption counts for each of its forces, so that shares add up to more than 100%."
    )
    return [
        bars(
            "rocu.forces",
            rows,
            total.value,
            name="Force",
            headline=findings.force_headline(rows, total.value),
            subtitle=f"Moderated disruptions by force, {quarter}, number and share of {total.value:,}",
            source=source,
            measure="Disruptions",
            filters=[records(force=name) for name, _ in rows],
            notes=(joint,),
        )
    ]


def ocgs_part(types: Sequence[CrimeTypeRow], quarter: Quarter, ocgs: Measure) -> list[Block]:
    """OCGs by predominant crime type at quarter end, or a note where none was mapped."""
    rows = [(row.name, row.ocgs[-1]) for row in types if row.counts_ocgs]
    if not ocgs.value:
        return [Note(f"No OCG was mapped at {day_words(quarter.end)}.")]
    in_words = [(row.in_words, row.ocgs[-1]) for row in types if row.counts_ocgs]
    reading = [f"{ocgs.value:,} OCGs were mapped at {day_words(quarter.end)}."]
    compared = [
        moved(ocgs.value, base, since)
        for base, since in (
            (ocgs.previous, "a quarter earlier"),
            (ocgs.last_year, "a year earlier"),
        )
        if base is not None
    ]
    if compared:
        reading.append(f"That is {listed(compared)}.")
    return [
        bars(
            "rocu.ocgs",
            rows,
            ocgs.value,
            name="Crime type",
            headline=findings.ocgs_headline(in_words, ocgs.value),
            subtitle=f"Mapped OCGs by predominant crime type, {day_words(quarter.end)}, "
            f"number and share of {ocgs.value:,}",
            source=f"Regional OCG mapping, as at {day_words(quarter.end)}",
            measure="OCGs",
            filters=[records("ocgs", crime_type=name) for name, _ in rows],
            notes=(
                "Each OCG counts once; firearms count under Violent Criminal Activity, "
                "in line with national guidelines.",
            ),
            reading=tuple(reading),
        )
    ]


def funding_part(rows: Sequence[Contribution], quarter: Quarter) -> list[Block]:
    """Contributors' actual shares against the formula, or a note where no costs are recorded."""
    spent = sum((row.staff_cost or Decimal() for row in rows), Decimal())
    if not rows:
        return [Note(f"No contributions are recorded for {quarter.year_label}.")]
    if not spent:
        agreed = listed([f"{row.contributor} {plain(row.formula_share)}%" for row in rows])
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
                            Cell(f"{plain(row.formula_share)}%", float(row.formula_share)),
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


def major_appendix(rows: Sequence[MajorDisruption], audience: Audience, source: str) -> Section:
    """Each major disruption with its words, as far as the audience may read them."""
    shown = [row for row in rows if readable(row.released, audience)]
    withheld = len(rows) - len(shown)
    headline = f"{capital(spelled(len(rows)))} {plural(len(rows), 'disruption')} of major impact"
    blocks: tuple[Block, ...]
    if not rows:
        blocks = (Note("No disruption of the quarter was of major impact."),)
    elif not shown:
        blocks = (Note(f"{headline}; the words of all are withheld."),)
    else:
        restricted = audience == Audience.RESTRICTED
        columns = (
            Column("Reference", 14),
            Column("Operation or theme", 16),
            Column("Crime type", 20),
        )
        columns += (
            (Column("Public summary", 25), Column("Restricted summary", 25))
            if restricted
            else (Column("Summary", 50),)
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
                    (f"{capital(spelled(withheld))} more withheld by marking or restriction.",)
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
    day = day_brief(row.date_of_impact).replace(" ", "\N{NO-BREAK SPACE}")
    when = f"{row.reference} {day}"
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
