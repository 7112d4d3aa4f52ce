"""The board's own tables: key figures, actions and promises, terms."""

from collections.abc import Mapping, Sequence
from datetime import date

import msgspec
from msgspec.structs import replace

from boardreport.markdown import promise_in
from boardreport.names import ACTIONS, KEY_FIGURES, PROMISED, RESOLVED, REVISIONS, SAID
from boardreport.report.glossary import DEFINITIONS
from units.content.model import (
    Block,
    Cell,
    Column,
    Note,
    Part,
    Row,
    Section,
    Table,
)
from units.content.tables_and_charts import CONFIDENTIAL_NOTE, figure_cell, revised_note
from units.domain.english import (
    capital,
    day_words,
    listed,
    plural,
    spelled,
)
from units.domain.measures import (
    CONFIDENTIAL,
    NOT_AVAILABLE,
    Figure,
    Measure,
    change_text,
    count,
    known,
    signed,
)
from units.domain.quarters import Quarter
from units.domain.revisions import (
    Memory,
    Restated,
    Revision,
    latest_first,
    since,
    together,
)
from units.domain.vocabulary import (
    Marking,
    Period,
    Resolution,
    Status,
)

NOT_RECORDED = "Not yet recorded"


class Promise(msgspec.Struct, frozen=True):
    """An action, a recommendation or a promised verbal update, and what became of it.

    `text` is an action's owner, or a recommendation's Markdown; `state` its status or resolution;
    `told` what is told of it in words; `restricted` where only the restricted edition has it.
    """

    quarter: Quarter
    title: str
    text: str = ""
    state: str = ""
    told: str = ""
    day: date | None = None
    marking: Marking = Marking.OFFICIAL
    restricted: bool = False


def key_figures(measures: Sequence[Measure], quarter: Quarter) -> Table:
    """The units' key figures with their four comparators, as one table."""
    rows = tuple(
        Row(
            (
                Cell(measure.name, measure.name),
                figure_cell(
                    measure.value, records=measure.records, revised="value" in measure.revised
                ),
                figure_cell(
                    measure.previous,
                    change_text(measure.value, measure.previous),
                    records=measure.records_of(Period.PREVIOUS),
                    revised=Period.PREVIOUS in measure.revised,
                ),
                figure_cell(
                    measure.last_year,
                    change_text(measure.value, measure.last_year),
                    records=measure.records_of(Period.LAST_YEAR),
                    revised=Period.LAST_YEAR in measure.revised,
                ),
                figure_cell(
                    measure.year_to_date,
                    _level(measure, measure.year_to_date, "in March"),
                    records=measure.records_of(Period.YEAR_TO_DATE),
                    revised=Period.YEAR_TO_DATE in measure.revised,
                ),
                figure_cell(
                    measure.rolling_four,
                    _level(measure, measure.rolling_four, "average"),
                    records=measure.records_of(Period.ROLLING_FOUR),
                    revised=Period.ROLLING_FOUR in measure.revised,
                ),
            )
        )
        for measure in measures
    )
    notes = []
    if any(measure.stock for measure in measures):
        notes.append(
            "OCGs are counted on a day: the year to date shows the end of March, the rolling four "
            "quarters the average of their ends."
        )
    if any(cell.text == CONFIDENTIAL.value for row in rows for cell in row.cells):
        notes.append(CONFIDENTIAL_NOTE)
    notes += revised_note(rows)
    notes += [f"{measure.name}: {one.words}" for measure in measures for one in measure.rebased]
    return Table(
        key=KEY_FIGURES,
        headline=f"{capital(spelled(len(measures)))} key figures, each beside its comparators"
        if len(measures) > 1
        else "One key figure, beside its comparators",
        subtitle=f"{quarter}, {quarter.months}, number",
        columns=(
            Column("Measure", 27),
            Column("This quarter", 12, numeric=True, strong=True),
            Column("Previous quarter", 15, "Previous", numeric=True),
            Column("Same quarter last year", 17, "Last year", numeric=True),
            Column("Year to date", 13, numeric=True),
            Column("Rolling four quarters", 16, "Rolling four", numeric=True),
        ),
        rows=rows,
        notes=tuple(notes),
    )


def with_ranges(table: Table, measures: Sequence[Measure]) -> Table:
    """Key figures with what pages tell beside them: each one's expected range, and what it counts."""
    return replace(
        table,
        columns=(
            *table.columns,
            Column("Expected range: lower limit", 0, numeric=True),
            Column("Expected range: upper limit", 0, numeric=True),
            Column("Against the expected range", 0),
            Column("Unit of measurement", 0),
        ),
        rows=tuple(
            replace(row, cells=(*row.cells, *_range_cells(measure)))
            for row, measure in zip(table.rows, measures, strict=True)
        ),
        notes=(*table.notes, f"Expected range: {DEFINITIONS['Expected range']}"),
    )


def _range_cells(measure: Measure) -> tuple[Cell, ...]:
    sign = NOT_AVAILABLE if isinstance(measure.value, int) else count(measure.value)
    ends = [Cell(f"{end:,}", end) for end in measure.expected or ()] or [Cell(sign)] * 2
    return (
        *ends,
        Cell(capital(measure.verdict) or measure.range_words or sign),
        Cell(
            "Number at the end of the quarter"
            if measure.stock
            else f"{'Average number' if measure.average else 'Number'} in the quarter"
        ),
    )


def _level(measure: Measure, value: Figure | None, of_a_stock: str) -> str:
    """What a figure over several quarters is where it is not their sum."""
    if known(value) is None or not (measure.stock or measure.average):
        return ""
    return of_a_stock if measure.stock else "average"


def actions_table(actions: Sequence[Promise]) -> Table:
    """What a paper promises. How it went opens the next paper: a correction does not tell it."""
    number = len(actions)
    return Table(
        key=ACTIONS,
        headline=f"{capital(spelled(number))} {plural(number, 'action')}, "
        f"{'with' if number == 1 else 'each with'} an owner and a date",
        subtitle="Actions for agreement by the board",
        columns=(Column("Action", 54), Column("Owner", 24), Column("Due", 22)),
        rows=tuple(Row(_promised_cells(action)) for action in actions),
    )


def stand(statuses: Sequence[Status | None]) -> str:
    """How many stand where: "one is complete and one is late"."""
    return listed(
        [
            f"{spelled(number)} {plural(number, 'is', 'are')} {status.label}"
            for status in Status
            if (number := statuses.count(status))
        ]
    )


def promises_stand(promise: str, statuses: Sequence[Status | None]) -> str:
    """ "Of two actions promised last quarter, one is complete and one is late"; of one, what it is.

    `promise` names one, "action promised".
    """
    noun, _, made = promise.partition(" ")
    if len(statuses) == 1 and statuses[0]:
        return f"The one {promise} last quarter is {Status(statuses[0]).label}"
    of_all = f"Of {spelled(len(statuses))} {plural(len(statuses), noun)} {made} last quarter"
    return f"{of_all}, {stand(statuses)}"


def promised_table(actions: Sequence[Promise], of: Quarter) -> Table:
    """What the paper before promised, with its status and, where told, how it went in words."""
    told = any(action.told for action in actions)
    widths = (27, 17, 17, 16, 23) if told else (42, 22, 20, 16)
    heads = ("Action", "Owner", "Due", "Status", "Outcome")
    return Table(
        key=PROMISED,
        headline=promises_stand("action promised", [action.state for action in actions]),
        subtitle=f"Actions of the paper for {of}, with their status now",
        columns=tuple(Column(head, width) for head, width in zip(heads, widths, strict=False)),
        rows=tuple(
            Row(
                (
                    *_promised_cells(action),
                    Cell(
                        Status(action.state).heading,
                        Status(action.state).heading,
                        status=Status(action.state),
                    ),
                    *((Cell(action.told, action.told),) if told else ()),
                )
            )
            for action in actions
        ),
    )


def _promised_cells(action: Promise) -> tuple[Cell, ...]:
    """What, by whom, by when."""
    return (
        Cell(action.title, action.title),
        Cell(action.text, action.text),
        Cell(day_words(day := action.day or date.max), day.isoformat()),
    )


def resolved_table(recommendations: Sequence[Promise], of: Quarter) -> Table:
    """What the board resolved on each recommendation of the paper before."""
    number = len(recommendations)
    open_ = sum(not one.state for one in recommendations)
    agreed = sum(one.state == Resolution.AGREED for one in recommendations)
    if open_ == number:
        headline = "The board’s resolutions on the last paper are not yet recorded"
    elif agreed == number:
        of_all = "one recommendation" if number == 1 else f"all {spelled(number)} recommendations"
        headline = f"The board agreed {of_all} of the last paper"
    else:
        of_all = f"Of {spelled(number)} {plural(number, 'recommendation')} of the last paper"
        headline = f"{of_all}, the board agreed {spelled(agreed) if agreed else 'none'} as put"
    return _words_table(
        RESOLVED,
        headline=headline,
        subtitle=f"Recommendations of the paper for {of}, with what the board resolved",
        columns=(("Recommendation", 40), ("Resolution", 20), ("In words", 40)),
        rows=[
            (
                one.title,
                Resolution(one.state).heading if one.state else NOT_RECORDED,
                one.told,
            )
            for one in recommendations
        ],
    )


def said_table(paragraphs: Sequence[Promise]) -> Table:
    """What members were told where earlier papers promised a verbal update."""
    open_ = sum(not one.told for one in paragraphs)
    headline = (
        f"What was said of {spelled(open_)} promised verbal {plural(open_, 'update')} "
        f"is not yet recorded"
        if open_
        else "What members were told where the last paper promised a verbal update"
    )
    return _words_table(
        SAID,
        headline=headline,
        subtitle="Verbal updates that earlier papers promised",
        columns=(("Paper", 14), ("What was promised", 46), ("What was said", 40)),
        rows=[
            (one.quarter.label, promise_in(one.title), one.told or NOT_RECORDED)
            for one in paragraphs
        ],
    )


def _words_table(
    key: str,
    *,
    headline: str,
    subtitle: str,
    columns: Sequence[tuple[str, int]],
    rows: Sequence[Sequence[str]],
) -> Table:
    return Table(
        key=key,
        headline=headline,
        subtitle=subtitle,
        columns=tuple(Column(head, width) for head, width in columns),
        rows=tuple(Row(tuple(Cell(text, text) for text in row)) for row in rows),
    )


def revisions_appendix(restated: Sequence[Restated], memory: Memory) -> Section:
    """What the units' figures revise, from what to what, and why; or that nothing is revised."""
    found = latest_first(revision for one in restated for revision in one.revisions)
    reasons = together(one.reasons for one in restated)
    blocks: tuple[Block, ...]
    if memory.report is None and memory.first_at is None:
        blocks = (Note("No earlier report told of these figures: none is revised."),)
    elif not found:
        blocks = (Note("No figure that an earlier report told is revised."),)
    else:
        blocks = (_revisions_table(found, reasons, memory),)
    return Section(
        key="revisions", heading="Revisions", parts=(Part("list", "", blocks),), appendix=True
    )


def _revisions_table(
    found: Sequence[Revision], reasons: Mapping[Quarter, str], memory: Memory
) -> Table:
    number = len(found)
    return Table(
        key=REVISIONS,
        headline=f"{capital(spelled(number))} {plural(number, 'figure is', 'figures are')} revised",
        subtitle=f"Figures that differ from those last reported, in {since(memory, found)}, number",
        columns=(
            Column("Figure", 40),
            Column("Quarter", 18),
            Column("Last reported", 15, numeric=True),
            Column("Now", 13, numeric=True, strong=True),
            Column("Change", 14, numeric=True),
        ),
        rows=tuple(
            Row(
                (
                    Cell(one.name, one.name),
                    Cell(one.quarter.label, one.quarter.label),
                    Cell(count(one.before), one.before),
                    Cell(count(one.after), one.after, records=one.records),
                    Cell(signed(one.after - one.before), one.after - one.before),
                )
            )
            for one in found
        ),
        notes=tuple(
            f"{quarter}: {reasons.get(quarter) or 'records corrected since'}."
            for quarter in dict.fromkeys(one.quarter for one in found)
        ),
    )


def terms_table(key: str, terms: Mapping[str, str]) -> Table:
    """Terms with their meaning, as a table."""
    return Table(
        key=f"board.{key}",
        headline="What the words and signs in figures and tables mean"
        if key == "definitions"
        else "Abbreviations and names",
        subtitle="As this paper uses them",
        columns=(Column("Term", 24), Column("Meaning", 76)),
        rows=tuple(Row((Cell(term, term), Cell(text, text))) for term, text in terms.items()),
    )
