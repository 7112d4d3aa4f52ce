"""The board's own tables: key figures, actions and promises, terms."""

from collections.abc import Mapping, Sequence

from boardreport.models import Action
from units.content import Cell, Column, Row, Table
from units.exhibits import CONFIDENTIAL_NOTE, figure_cell
from units.measures import CONFIDENTIAL, Figure, Measure, change_text, known
from units.quarters import Quarter
from units.terms import Status
from units.wording import capital, day_words, plural, spelled

KEY_FIGURES, ACTIONS, PROMISED = "board.key-figures", "board.actions", "board.promised"


def key_figures(measures: Sequence[Measure], quarter: Quarter) -> Table:
    """The units' key figures with their four comparators, as one table."""
    rows = tuple(
        Row(
            (
                Cell(measure.name, measure.name),
                figure_cell(measure.value),
                figure_cell(measure.previous, change_text(measure.value, measure.previous)),
                figure_cell(measure.last_year, change_text(measure.value, measure.last_year)),
                figure_cell(
                    measure.year_to_date, _level(measure, measure.year_to_date, "in March")
                ),
                figure_cell(measure.rolling_four, _level(measure, measure.rolling_four, "average")),
            )
        )
        for measure in measures
    )
    notes = []
    if any(measure.stock for measure in measures):
        notes.append(
            "OCGs are a stock: given are the level in March and the average of four quarter ends."
        )
    if any(cell.text == CONFIDENTIAL.value for row in rows for cell in row.cells):
        notes.append(CONFIDENTIAL_NOTE)
    return Table(
        key="board.key-figures",
        headline=f"{capital(spelled(len(measures)))} key figures, each beside its comparators",
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


def _level(measure: Measure, value: Figure | None, of_a_stock: str) -> str:
    """What a figure over several quarters is where it is not their sum."""
    if known(value) is None or not (measure.stock or measure.average):
        return ""
    return of_a_stock if measure.stock else "average"


def actions_table(actions: Sequence[Action]) -> Table:
    number = len(actions)
    return _table_of_actions(
        ACTIONS,
        actions,
        headline=f"{capital(spelled(number))} {plural(number, 'action')}, "
        f"{'with' if number == 1 else 'each with'} an owner and a date",
        subtitle="Actions for agreement by the board",
    )


def promised_table(actions: Sequence[Action], of: Quarter) -> Table:
    done = sum(action.status == Status.COMPLETE for action in actions)
    return _table_of_actions(
        PROMISED,
        actions,
        headline=f"Of {spelled(len(actions))} {plural(len(actions), 'action')} promised last quarter, "
        f"{spelled(done) if done else 'none'} {plural(done, 'is', 'are') if done else 'is'} complete",
        subtitle=f"Actions of the paper for {of}, with their status now",
    )


def _table_of_actions(
    key: str, actions: Sequence[Action], *, headline: str, subtitle: str
) -> Table:
    return Table(
        key=key,
        headline=headline,
        subtitle=subtitle,
        columns=(
            Column("Action", 42),
            Column("Owner", 22),
            Column("Due", 20),
            Column("Status", 16),
        ),
        rows=tuple(
            Row(
                (
                    Cell(action.text, action.text),
                    Cell(action.owner, action.owner),
                    Cell(day_words(action.due_date), action.due_date.isoformat()),
                    Cell(
                        Status(action.status).heading,
                        Status(action.status).heading,
                        status=Status(action.status),
                    ),
                )
            )
            for action in actions
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
