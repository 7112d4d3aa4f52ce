"""The Economic Crime Unit as a reporting unit: one measure with a chart, projects with updates."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from tests.economic.models import Freezing, Project, ProjectUpdate
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
    Table,
    Trend,
)
from units.content.sentences import figure_told, with_range
from units.content.tables_and_charts import (
    behind,
    figure_cell,
    standings_table,
    with_limits,
)
from units.domain.control_charts import limits
from units.domain.disclosure import key_of
from units.domain.measures import Measure
from units.domain.quarters import Quarter
from units.domain.series import CountSeries
from units.records.narrative import entries
from units.records.quarterly_updates import Subjects, of_year, with_update
from units.registry import (
    KeyFigure,
    RecordList,
    Report,
    ReportContext,
    Unit,
)

ACCOUNTS = KeyFigure(
    "economic.accounts", "Accounts frozen", "Accounts that a court froze in the quarter."
)
SOURCE = "Register of account freezing orders"


class FreezingList(RecordList):
    """The entries behind the number of accounts frozen."""

    key = "freezings"
    heading = "Accounts frozen"
    link = "Accounts"

    def table(self, quarter: Quarter, *, parameters: Any, as_of: datetime | None) -> Table:
        stood = Freezing.history.as_of(as_of) if as_of else Freezing.objects.all()
        rows = stood.filter(quarter=quarter).values_list("quarter", "accounts")
        return Table(
            key="economic.freezings",
            headline="Accounts frozen",
            subtitle=f"Entries of {quarter}",
            columns=(Column("Quarter", 60), Column("Accounts", 40, numeric=True)),
            rows=tuple(Row((Cell(q.label, q.label), figure_cell(number))) for q, number in rows),
        )


class Economic(Unit):
    """The Economic Crime Unit."""

    key = "economic"
    heading = "Economic Crime Unit"
    short_heading = "ECU"
    theme = "economic crime"
    parts = {"accounts": "Accounts frozen", "projects": "Projects"}  # noqa: RUF012
    live_figures = {ACCOUNTS.key: "Accounts frozen in the quarter"}  # noqa: RUF012
    exhibits = ("economic.trend", "economic.projects")
    key_figures = (ACCOUNTS,)
    subjects = (Subjects(ProjectUpdate, "project", of_year, alike=("title",)),)
    record_lists = (FreezingList(),)
    glossary = {"AFO": "Account freezing order."}  # noqa: RUF012

    def report(self, context: ReportContext) -> Report:
        quarter, log = context.quarter, context.log
        rows = Freezing.objects.filter(quarter__in=quarter.last(12)).order_by("quarter")
        numbers = {row.quarter: row.accounts for row in rows}
        projects = with_update(Project.objects.filter(year=quarter.year), quarter)
        words = entries(projects.order_by("order", "pk"), log)
        measure = self._measure(quarter, numbers)
        told = figure_told(measure)
        return Report(
            section=Section(
                self.key,
                self.heading,
                (
                    Part("accounts", self.parts["accounts"], (self._chart(quarter, numbers),)),
                    Part(
                        "projects",
                        self.parts["projects"],
                        tuple(
                            standings_table(
                                "economic.projects",
                                words,
                                noun="project",
                                subtitle=f"Projects of {quarter.year_label}",
                                empty="No project is recorded.",
                            )
                        ),
                    ),
                ),
                headline=f"{told} accounts were frozen" if measure else "No account was frozen",
                measures=(with_range(measure),) if measure else (),
                lines=behind(words, "Projects"),
            ),
            figures={ACCOUNTS.key: told},
            told={key_of(one, "accounts"): {"all": number} for one, number in numbers.items()},
        )

    def recorded(self, quarter: Quarter) -> bool:
        return Freezing.objects.filter(quarter=quarter).exists()

    def _measure(self, quarter: Quarter, numbers: dict[Quarter, int]) -> Measure | None:
        if quarter not in numbers:
            return None

        def figure(quarters: Sequence[Quarter]) -> int | None:
            known = [numbers[one] for one in quarters if one in numbers]
            return sum(known) if len(known) == len(quarters) else None

        series = CountSeries(
            quarter=quarter, trend=tuple(numbers), figure=figure, revised=lambda _: False
        )
        name, definition = ACCOUNTS.name, ACCOUNTS.definition
        return series.measure(ACCOUNTS.key, name, definition, records="economic/freezings/")

    def _chart(self, quarter: Quarter, numbers: dict[Quarter, int]) -> Block:
        if quarter not in numbers or len(numbers) < 2:
            return Note("No account was frozen, or the trend begins with the next quarter.")
        values = tuple(numbers.values())
        subtitle = "Accounts frozen a quarter, number"
        drawing = Trend(tuple(numbers), Series("accounts", ACCOUNTS.name, values), limits(values))
        return with_limits(
            Chart(
                key="economic.trend",
                headline=f"{values[-1]} accounts were frozen in {quarter}",
                subtitle=subtitle,
                sentence=f"Accounts frozen: {values[-1]} in {quarter}.",
                drawing=drawing,
                table=Table(
                    key="economic.trend.data",
                    headline="Accounts frozen by quarter",
                    subtitle=subtitle,
                    columns=(Column("Quarter", 60), Column("Accounts", 40, numeric=True)),
                    rows=tuple(
                        Row((Cell(one.label, one.label), figure_cell(number)))
                        for one, number in numbers.items()
                    ),
                    source=SOURCE,
                ),
                source=SOURCE,
            )
        )


UNIT = Economic()
