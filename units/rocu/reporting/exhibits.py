"""The ROCU's exhibits: tables and charts of one quarter, from measures and records already read."""

from collections.abc import Mapping, Sequence
from decimal import Decimal

from units.content.model import (
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
from units.content.sentences import sentence, too_few, with_range
from units.content.tables_and_charts import (
    CONFIDENTIAL_NOTE,
    CountedParts,
    bars,
    by_figure,
    figure_cell,
    revised_note,
    told,
    with_limits,
)
from units.domain.control_charts import steps
from units.domain.english import (
    capital,
    day_brief,
    day_words,
    listed,
    plural,
    spelled,
)
from units.domain.measures import (
    CONFIDENTIAL,
    Figure,
    Measure,
    change_text,
    count,
    known,
    plain,
    share,
    unbroken,
)
from units.domain.quarters import Quarter
from units.domain.redefinitions import NOT_COMPARED, drawn, places
from units.domain.revisions import REVISED_NOTE, SIGN, marked
from units.domain.vocabulary import COUNTED_IMPACTS, Impact, Period
from units.rocu.models import Disruption
from units.rocu.reporting import sentences
from units.rocu.reporting.counts import Disruptions
from units.rocu.reporting.dimensions import Breakdown, records
from units.rocu.reporting.queries import Contribution, CrimeTypeRow, MajorDisruption


def disruptions_part(
    disruptions: Disruptions,
    total: Measure,
    types: Sequence[CrimeTypeRow],
    forces: Sequence[tuple[str, Figure]],
    source: str,
) -> list[Block]:
    """The table of disruptions, then impact, trend, lead, strand and force, as far as there are any."""
    quarter = disruptions.quarter
    table = _crime_type_table(disruptions, total, types, source)
    whole = known(total.value)
    if whole is None:
        return [table, Note(f"{sentences.TOO_FEW}.")]
    if not whole:
        return [table, Note(f"No disruption of {quarter} has been moderated yet.")]
    return [
        table,
        _impact_chart(disruptions, whole, types, source),
        *_trend_chart(disruptions, total, source),
        _split_chart(disruptions, whole, source, Breakdown.LEADS),
        _split_chart(disruptions, whole, source, Breakdown.STRANDS),
        *_forces_chart(forces, disruptions, whole, source),
    ]


def _crime_type_table(
    disruptions: Disruptions, total: Measure, types: Sequence[CrimeTypeRow], source: str
) -> Table:
    quarter = disruptions.quarter
    measures = [
        (row, disruptions.measure(f"rocu.disruptions.{row.name}", row.name, crime_type=row.name))
        for row in types
    ]
    headline = sentences.crime_types_headline(
        total, [(row.in_words, measure.value, measure.previous) for row, measure in measures]
    )
    measures = by_figure(measures, lambda pair: pair[1].value)

    def cells(name: str, measure: Measure, **kind: str) -> tuple[Cell, ...]:
        filters = {"crime_type": name} if kind else {}
        return (
            Cell(name, name),
            *(
                figure_cell(
                    disruptions.now(impact=impact, **kind),
                    records=records(**filters, impact=impact.value),
                    revised=disruptions.revised(quarter, impact=impact, **kind),
                )
                for impact in COUNTED_IMPACTS
            ),
            figure_cell(measure.value, records=measure.records, revised="value" in measure.revised),
            *(
                figure_cell(
                    base,
                    change_text(measure.value, base),
                    records=measure.records_of(period),
                    revised=period in measure.revised,
                )
                for base, period in (
                    (measure.previous, Period.PREVIOUS),
                    (measure.last_year, Period.LAST_YEAR),
                )
            ),
            *(
                figure_cell(
                    value, records=measure.records_of(period), revised=period in measure.revised
                )
                for value, period in (
                    (measure.year_to_date, Period.YEAR_TO_DATE),
                    (measure.rolling_four, Period.ROLLING_FOUR),
                )
            ),
        )

    rows = (
        *(Row(cells(row.name, measure, crime_type=row.name)) for row, measure in measures),
        Row(cells("Total", total), total=True),
    )
    notes = [*_apart(disruptions), *_confidential(disruptions, total, measures, rows)]
    notes += revised_note(rows)
    since = disruptions.breaks[-1].since if disruptions.breaks else None
    if since and not disruptions.alike((quarter.same_last_year,)):
        notes.append(NOT_COMPARED.format(since=day_words(since)))
    elif None in (total.previous, total.last_year, total.rolling_four):
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
        headline=headline,
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
        rows=rows,
        notes=tuple(notes),
        source=source,
    )


def _apart(disruptions: Disruptions) -> list[str]:
    """What the total leaves out, as far as it may be told."""
    numbers = [
        (known(disruptions.now(impact=impact)), words)
        for impact, words in ((Impact.NONE, "no"), (Impact.NEGATIVE, "negative"))
    ]
    if any(number is None for number, _ in numbers):
        return ["Not in the total: disruptions of no or of negative impact."]
    told_apart = [f"{spelled(number)} of {words} impact" for number, words in numbers if number]
    return [f"Not in the total: {listed(told_apart)}."] if told_apart else []


def _confidential(
    disruptions: Disruptions,
    total: Measure,
    measures: Sequence[tuple[CrimeTypeRow, Measure]],
    rows: Sequence[Row],
) -> list[str]:
    """What [c] means where the table has one, and what the withheld crime types add up to."""
    if not any(cell.text == CONFIDENTIAL.value for row in rows for cell in row.cells):
        return []
    notes = [CONFIDENTIAL_NOTE]
    number, together = _together(total.value, [measure.value for _, measure in measures])
    if number and together is not None:
        notes.append(
            f"The {spelled(number)} crime types without a total have {together:,} together."
        )
    return notes


def _together(whole: Figure, parts: Sequence[Figure]) -> tuple[int, int | None]:
    """How many parts of a whole are confidential, and what is left for them."""
    shown = [number for part in parts if (number := known(part)) is not None]
    total = known(whole)
    return len(parts) - len(shown), None if total is None else total - sum(shown)


def _impact_chart(
    disruptions: Disruptions, total: int, types: Sequence[CrimeTypeRow], source: str
) -> Chart:
    """Bars by crime type: split by impact, hatched where the split is withheld.

    Crime types whose number is withheld share the last bar.
    """
    quarter = disruptions.quarter
    numbers = [(row.name, disruptions.now(crime_type=row.name)) for row in types]
    revised = {row.name for row in types if disruptions.revised(quarter, crime_type=row.name)}
    stacks = [
        (
            name,
            tuple(
                known(disruptions.now(crime_type=name, impact=impact)) for impact in COUNTED_IMPACTS
            ),
            number,
        )
        for name, figure in by_figure(numbers, lambda row: row[1])
        if (number := known(figure))
    ]
    named = {row.name for row in types}
    held, together = _together(total, [figure for _, figure in numbers])
    if held:
        stacks.append((f"{capital(spelled(held))} others together", (None,) * 3, together or 0))
    names = tuple(name for name, _, _ in stacks)
    series = [
        Series(impact.value, impact.heading, tuple(split[place] for _, split, _ in stacks))
        for place, impact in enumerate(COUNTED_IMPACTS)
    ]
    whole = tuple(number if None in split else None for _, split, number in stacks)
    notes: tuple[str, ...] = ()
    how = "split by impact"
    if any(whole):
        told_of = listed([name for name, split, _ in stacks if None not in split])
        how = f"the split by impact withheld{f' but for {told_of}' if told_of else ''}"
        series.append(Series("withheld", "Split withheld", whole))
        notes = (f"{CONFIDENTIAL_NOTE} A hatched bar stands for a number whose split is withheld.",)
    if revised:
        notes = (*notes, REVISED_NOTE)
    subtitle = f"Moderated disruptions by crime type and impact, {disruptions.quarter}, number"
    in_all = [(name, marked(count(number), name in revised)) for name, _, number in stacks]
    return Chart(
        key="rocu.crime-types",
        headline=sentences.impact_headline(
            disruptions.now(impact=Impact.MAJOR),
            total,
            revised=disruptions.revised(quarter),
            major_revised=disruptions.revised(quarter, impact=Impact.MAJOR),
            before=(
                disruptions.told_of(Breakdown.IMPACTS).get(Impact.MAJOR),
                disruptions.told_total,
            ),
        ),
        subtitle=subtitle,
        sentence=f"Bars by crime type, {how}. In all: {told(in_all)}.",
        drawing=StackedBars(names, tuple(series)),
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
                            figure_cell(
                                CONFIDENTIAL if value is None else value,
                                records=records(crime_type=name, impact=impact.value),
                                revised=name in named
                                and disruptions.revised(quarter, crime_type=name, impact=impact),
                            )
                            for impact, value in zip(COUNTED_IMPACTS, split, strict=True)
                        ),
                        figure_cell(
                            number,
                            records=records(crime_type=name) if name in named else "",
                            revised=name in revised,
                        ),
                    )
                )
                for name, split, number in stacks
            ),
            source=source,
            notes=notes,
        ),
        reading=("The stronger the tone, the more lasting the impact that the panel found.",),
        notes=notes,
        source=source,
    )


def _trend_chart(disruptions: Disruptions, total: Measure, source: str) -> list[Block]:
    """The trend, or a note where there are not two quarters to join."""
    until = disruptions.quarter.previous if total.early else disruptions.quarter
    shown = disruptions.trend_quarters(until=until)
    values = unbroken([disruptions.total((one,)) for one in shown])
    if len(values) < 2:
        return [Note(f"The trend begins with the next quarter. {too_few(len(values))}")]
    quarters = shown[-len(values) :]
    begins = [one.start for one in quarters]
    broken = places(disruptions.breaks, begins)
    begin = max(broken, default=0)
    bases = [
        quarters.index(one.quarter) for one in total.rebased if one.quarter in quarters[begin:]
    ]
    *earlier, now = steps(values, bases, begin=begin)
    expected = now.limits
    before = {one: was for one in quarters if (was := disruptions.before((one,))) is not None}
    labels = tuple(
        marked(count(value), quarter in before)
        for quarter, value in zip(quarters, values, strict=True)
    )
    revised = [f"{one} revised {SIGN}, last reported as {was:,}" for one, was in before.items()]
    series = Series("disruptions", "Disruptions", values, labels if before else ())
    subtitle = f"Moderated disruptions a quarter, {quarters[0]} to {quarters[-1]}, number"
    chart = Chart(
        key="rocu.trend",
        headline=sentences.trend_headline(total, expected),
        subtitle=subtitle,
        sentence=" ".join((sentence(with_range(total)), *(f"{capital(one)}." for one in revised))),
        drawing=Trend(quarters, series, expected, breaks=broken, earlier=tuple(earlier)),
        table=Table(
            key="rocu.trend.data",
            headline="Disruptions by quarter",
            subtitle=subtitle,
            columns=(Column("Quarter", 60), Column("Disruptions", 40, numeric=True)),
            rows=tuple(
                Row(
                    (
                        Cell(quarter.label, quarter.label),
                        Cell(label, value, records=records(period=quarter.slug)),
                    )
                )
                for quarter, value, label in zip(quarters, values, labels, strict=True)
            ),
            source=source,
        ),
        reading=sentences.trend_reading(total, expected, quarters),
        notes=(
            *(one.words for one in total.rebased),
            *(one.note for one in drawn(disruptions.breaks, begins)),
            *((REVISED_NOTE,) if before else ()),
        ),
        source=source,
    )
    return [with_limits(chart)]


def _split_chart(disruptions: Disruptions, whole: int, source: str, breakdown: Breakdown) -> Chart:
    counts = {term: disruptions.now(**breakdown.kind(term)) for term in breakdown.members}
    parts = _parts(disruptions, whole, breakdown, counts)
    return bars(
        f"rocu.{breakdown}",
        parts,
        headline=sentences.split_headline(
            parts.parts,
            whole,
            revised=parts.revised,
            whole_revised=disruptions.revised(disruptions.quarter),
        ),
        subtitle=f"Moderated {breakdown.label}, {disruptions.quarter}, number and share",
        source=source,
    )


def _parts(
    disruptions: Disruptions, whole: int, breakdown: Breakdown, counts: Mapping[str, Figure]
) -> CountedParts:
    """The quarter's disruptions in the cells of a breakdown, as readers know them."""
    return CountedParts(
        noun="Disruptions",
        by=breakdown.column,
        whole=whole,
        parts=[(breakdown.shown(cell), number) for cell, number in counts.items()],
        records={breakdown.shown(cell): records(**breakdown.kind(str(cell))) for cell in counts},
        before={
            breakdown.shown(cell): number for cell, number in disruptions.told_of(breakdown).items()
        },
        whole_before=disruptions.told_total,
    )


JOINT = "A joint disruption counts for each of its forces, so that shares add up to more than 100%."


def _forces_chart(
    rows: Sequence[tuple[str, Figure]], disruptions: Disruptions, whole: int, source: str
) -> list[Chart]:
    if not any(value for _, value in rows):
        return []
    quarter = disruptions.quarter
    parts = _parts(disruptions, whole, Breakdown.FORCES, dict(rows))
    return [
        bars(
            "rocu.forces",
            parts,
            headline=sentences.force_headline(
                rows, whole, revised=parts.revised, whole_revised=disruptions.revised(quarter)
            ),
            subtitle=f"Moderated disruptions by force, {quarter}, number and share of {whole:,}",
            source=source,
            notes=(JOINT,),
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
            headline=sentences.funding_headline(rows, shares),
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


def major_appendix(
    rows: Sequence[MajorDisruption], disruptions: Disruptions, source: str, *, restricted: bool
) -> Section:
    """Each major disruption with its words, as far as they may be read.

    The restricted edition has both summaries, with the marking. A list can be counted: where the
    number of a crime type's major disruptions is withheld, none of them is listed.
    """
    shown = [
        row.record
        for row in rows
        if not row.withheld
        and known(disruptions.now(crime_type=row.record.crime_type.name, impact=Impact.MAJOR))
        is not None
    ]
    withheld = len(rows) - len(shown)
    number = known(disruptions.now(impact=Impact.MAJOR))
    headline, more = "Disruptions of major impact", "Others are"
    if number is not None:
        headline = f"{capital(spelled(number))} {plural(number, 'disruption')} of major impact"
        more = f"{capital(spelled(withheld))} more"
    blocks: tuple[Block, ...]
    if number == 0:
        blocks = (Note("No disruption of the quarter was of major impact."),)
    elif not shown:
        blocks = (Note(f"{headline}; the words of all are withheld."),)
    else:
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
                rows=tuple(Row(_major_cells(row, restricted=restricted)) for row in shown),
                notes=(
                    (
                        f"{more} withheld by marking or restriction, or because the number of "
                        "their crime type is.",
                    )
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


def _major_cells(row: Disruption, *, restricted: bool) -> tuple[Cell, ...]:
    day = day_brief(row.date_of_impact).replace(" ", "\N{NO-BREAK SPACE}")
    when = f"{row.reference} {day}"
    cells = (
        Cell(when, row.reference),
        Cell(row.operation_name, row.operation_name),
        Cell(row.crime_type.name, row.crime_type.name),
        Cell(row.public_summary, row.public_summary),
    )
    if not restricted:
        return cells
    held = row.marking if row.marking != "OFFICIAL" else ""
    if row.restriction:
        held = ", ".join(filter(None, (held, "reporting restriction")))
    words = f"{row.restricted_summary}{f' ({held})' if held else ''}".strip()
    return (*cells, Cell(words, words))
