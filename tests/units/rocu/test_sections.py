"""Every figure of the ROCU's section, recounted from the records one by one."""

from datetime import date

import pytest

from tests.units.contexts import context
from tests.units.rocu.recount import Recount, mapped_by_type
from units.content.model import Chart, Table
from units.domain.measures import CONFIDENTIAL, Measure
from units.domain.quarters import Quarter
from units.domain.vocabulary import (
    Audience,
    Lead,
    OcgCounts,
    Strand,
)
from units.rocu.models import (
    ControlStrategyPriority,
    CrimeType,
    Disruption,
    Force,
    ForceContribution,
    StaffCost,
)
from units.rocu.reporting import section as sections
from units.rocu.reporting.ocgs import told_of
from units.rocu.reporting.queries import CrimeTypeRow

pytestmark = pytest.mark.django_db

QUARTERS = [
    "2015-16-q3",
    "2016-17-q2",
    "2017-18-q2",
    "2017-18-q4",
    "2018-19-q1",
    "2018-19-q2",
    "2018-19-q3",
]
ON = date(2018, 10, 22)


@pytest.fixture(scope="module")
def _recounts() -> dict[str, Recount]:
    return {}


@pytest.fixture
def recount(_recounts: dict[str, Recount]) -> Recount:
    return _recounts.setdefault("all", Recount())


def exhibit(slug: str, key: str, audience: Audience = Audience.RESTRICTED) -> Table | Chart:
    report = sections.report(context(Quarter.parse(slug), audience=audience, on=ON))
    blocks = [block for part in report.section.parts for block in part.blocks]
    return next(block for block in blocks if getattr(block, "key", "") == key)


@pytest.mark.parametrize("slug", QUARTERS)
def test_the_table_of_disruptions_equals_the_recount_cell_by_cell(slug, recount) -> None:
    quarter = Quarter.parse(slug)

    table = exhibit(slug, "rocu.disruptions")

    assert [column.label for column in table.columns] == [
        "Crime type", "Major", "Moderate", "Minor", "Total",
        "Previous quarter", "Same quarter last year", "Year to date", "Rolling four quarters",
    ]  # fmt: skip
    assert table.rows[-1].cells[0].text == "Total"
    for row in table.rows:
        name = row.cells[0].text

        def wanted(disruption: Disruption, impact: str, name: str = name) -> bool:
            return name in ("Total", disruption.crime_type.name)

        by_impact = [
            recount.count([quarter], wanted, (impact,)) for impact in ("major", "moderate", "minor")
        ]
        expected = [*by_impact, *recount.comparators(quarter, wanted)]
        assert [cell.value for cell in row.cells[1:]] == expected, name


@pytest.mark.parametrize("slug", QUARTERS)
def test_every_crime_type_of_the_reference_data_has_its_row(slug) -> None:
    table = exhibit(slug, "rocu.disruptions")

    assert len(table.rows) == 11 + 1
    totals = [row.cells[4].value for row in table.rows[:-1]]
    assert totals == sorted(totals, reverse=True)


@pytest.mark.parametrize("slug", [slug for slug in QUARTERS if slug != "2015-16-q3"])
def test_the_trend_equals_the_recount_quarter_by_quarter(slug, recount) -> None:
    quarter = Quarter.parse(slug)

    chart = exhibit(slug, "rocu.trend")

    assert chart.drawing.quarters[-1] == quarter
    assert len(chart.drawing.quarters) <= 12
    assert list(chart.drawing.series.values) == [
        recount.count([one]) for one in chart.drawing.quarters
    ]


@pytest.mark.parametrize("slug", QUARTERS)
@pytest.mark.parametrize(
    ("key", "terms", "field"), [("rocu.leads", Lead, "lead"), ("rocu.strands", Strand, "strand")]
)
def test_splits_equal_the_recount_and_add_up(slug, key, terms, field, recount) -> None:
    quarter = Quarter.parse(slug)

    chart = exhibit(slug, key)

    expected = {
        term.heading: recount.count(
            [quarter], lambda row, _, term=term: getattr(row, field) == term
        )
        for term in terms
    }
    drawn = dict(zip(chart.drawing.categories, chart.drawing.series.values, strict=True))
    assert drawn == expected
    assert sum(drawn.values()) == recount.count([quarter])


@pytest.mark.parametrize("slug", QUARTERS)
def test_a_joint_disruption_counts_for_each_of_its_forces(slug, recount) -> None:
    quarter = Quarter.parse(slug)

    chart = exhibit(slug, "rocu.forces")

    for name, value in zip(chart.drawing.categories, chart.drawing.series.values, strict=True):
        assert value == recount.count(
            [quarter], lambda row, _, name=name: name in {one.name for one in row.forces.all()}
        )


@pytest.mark.parametrize("slug", QUARTERS)
def test_ocgs_by_crime_type_equal_the_recount_at_quarter_end(slug) -> None:
    quarter = Quarter.parse(slug)

    chart = exhibit(slug, "rocu.ocgs")

    drawn = dict(zip(chart.drawing.categories, chart.drawing.series.values, strict=True))
    expected = mapped_by_type(quarter.end)
    assert {name: number for name, number in drawn.items() if number} == dict(expected)
    assert "Firearms" not in drawn
    assert list(chart.drawing.series.values) == sorted(drawn.values(), reverse=True)


@pytest.mark.parametrize("slug", ["2017-18-q3", "2018-19-q2"])
def test_shares_of_staff_costs_equal_the_recount(slug) -> None:
    quarter = Quarter.parse(slug)

    chart = exhibit(slug, "rocu.funding")

    spent: dict[str, float] = {}
    for cost in StaffCost.objects.select_related("contribution__contributor"):
        if cost.quarter.year == quarter.year and cost.quarter <= quarter:
            name = cost.contribution.contributor.name
            spent[name] = spent.get(name, 0) + float(cost.amount)
    whole = sum(spent.values())
    for name, actual, agreed in zip(
        chart.drawing.categories,
        chart.drawing.actual.values,
        chart.drawing.formula.values,
        strict=True,
    ):
        assert actual == pytest.approx(spent[name] * 100 / whole, abs=0.05)
        assert agreed == float(
            ForceContribution.objects.get(year=quarter.year, contributor__name=name).formula_share
        )


def test_key_figures_equal_the_recount(recount) -> None:
    quarter = Quarter(2018, 2)
    report = sections.report(context(quarter, audience=Audience.PUBLIC, on=ON))

    measures = {measure.key: measure for measure in report.section.measures}

    total = measures["rocu.disruptions"]
    assert (
        total.value, total.previous, total.last_year, total.year_to_date, total.rolling_four,
    ) == recount.comparators(quarter)  # fmt: skip
    ocgs = measures["rocu.ocgs"]
    ends = [sum(mapped_by_type(one.end).values()) for one in quarter.rolling_four]
    assert ocgs.value == ends[-1]
    assert ocgs.previous == ends[-2]
    assert ocgs.last_year == sum(mapped_by_type(date(2017, 9, 30)).values())
    assert ocgs.year_to_date == sum(mapped_by_type(date(2018, 3, 31)).values())
    assert abs(ocgs.rolling_four - sum(ends) / 4) <= 0.5


def test_live_figures_say_what_the_recount_says(recount) -> None:
    quarter = Quarter(2018, 2)

    figures = sections.report(context(quarter, audience=Audience.PUBLIC, on=ON)).figures

    assert figures.keys() == sections.FIGURES.keys()
    assert figures["rocu.disruptions.total"] == str(recount.count([quarter]))
    assert figures["rocu.disruptions.major"] == str(recount.count([quarter], impacts=("major",)))
    assert figures["rocu.disruptions.rocu-led"] == str(
        recount.count([quarter], lambda row, _: row.lead == "rocu-led")
    )
    assert figures["rocu.ocgs.total"] == str(sum(mapped_by_type(quarter.end).values()))


@pytest.mark.parametrize("slug", QUARTERS[1:])
def test_every_named_exhibit_of_a_full_quarter_is_there_once(slug) -> None:
    report = sections.report(context(Quarter(2018, 2), audience=Audience.RESTRICTED, on=ON))

    keys = [
        block.key
        for section in (report.section, *report.appendices)
        for part in section.parts
        for block in part.blocks
        if isinstance(block, Table | Chart)
    ]

    assert sorted(keys) == sorted(sections.EXHIBITS)
    assert len(keys) == len(set(keys))


def test_rows_add_up_to_the_total_even_where_a_type_or_force_is_retired() -> None:
    CrimeType.objects.filter(name="Firearms").update(valid_to=date(2018, 7, 1))
    Force.objects.filter(name="Warwickshire").update(valid_to=date(2018, 1, 1))

    table = exhibit("2018-19-q3", "rocu.disruptions")
    forces = exhibit("2018-19-q3", "rocu.forces")

    for place in range(1, len(table.columns)):
        values = [row.cells[place].value for row in table.rows]
        assert sum(values[:-1]) == values[-1]
    assert "Warwickshire" in forces.drawing.categories


def test_where_all_words_are_withheld_that_is_what_is_said() -> None:
    ControlStrategyPriority.objects.update(marking="OFFICIAL-SENSITIVE")

    report = sections.report(context(Quarter(2018, 2), audience=Audience.PUBLIC, on=ON))

    part = next(part for part in report.section.parts if part.key == "control-strategy")
    assert [block.text for block in part.blocks] == ["Seven entries are withheld."]


def test_a_quarter_without_records_is_whole() -> None:
    report = sections.report(context(Quarter(2030, 1), audience=Audience.PUBLIC, on=ON))

    table = report.section.parts[0].blocks[0]

    assert table.rows[-1].cells[4].text == "0"
    assert report.section.headline == (
        "No disruption has been moderated in this quarter yet: the quarter is not over"
    )
    assert all(part.blocks for part in report.section.parts)


def test_what_the_paper_of_2018_states_holds_in_every_published_quarter(recount) -> None:
    for slug in ("2017-18-q2", "2017-18-q3", "2017-18-q4", "2018-19-q1", "2018-19-q2"):
        quarter = Quarter.parse(slug)
        mapped = mapped_by_type(quarter.end)
        assert mapped["Drug Activity"] * 2 > sum(mapped.values())
        led: dict[str, int] = {}
        every: dict[str, int] = {}
        for row, impact in recount.rows:
            if (
                impact in ("major", "moderate", "minor")
                and Quarter.of(row.date_of_impact) == quarter
            ):
                every[row.crime_type.name] = every.get(row.crime_type.name, 0) + 1
                if row.lead == "rocu-led":
                    led[row.crime_type.name] = led.get(row.crime_type.name, 0) + 1
        assert max(led, key=led.get) == "Drug Activity"
        assert sorted(every, key=every.get)[-2:] == ["Firearms", "Drug Activity"]


def test_words_of_withheld_records_are_in_no_public_section() -> None:
    quarter = Quarter(2018, 2)
    withheld = [
        row
        for row in Disruption.objects.filter(moderated_impact="major").within((quarter,))
        if row.marking == "OFFICIAL-SENSITIVE" or row.restriction
    ]
    for row in withheld:
        row.operation_name = f"Canary{row.pk}name"
        row.public_summary = f"Canary{row.pk}public"
        row.restricted_summary = f"Canary{row.pk}restricted"
        row.save()

    public = sections.report(context(quarter, audience=Audience.PUBLIC, on=ON))
    restricted = sections.report(context(quarter, audience=Audience.RESTRICTED, on=ON))

    assert len(withheld) > 3
    assert "Canary" not in str(public)
    for row in withheld:
        assert f"Canary{row.pk}name" in str(restricted)
        assert f"Canary{row.pk}public" in str(restricted)
        assert f"Canary{row.pk}restricted" in str(restricted)


@pytest.mark.parametrize("field", ["title", "update"])
def test_a_sensitive_objective_or_update_is_withheld_from_the_public(field) -> None:
    from units.rocu.models import Objective, ObjectiveUpdate

    objective = Objective.objects.get(year=2018, order=0)
    record = (
        objective
        if field == "title"
        else ObjectiveUpdate.objects.get(objective=objective, quarter=Quarter(2018, 2))
    )
    setattr(record, field, "Canary words")
    record.marking = "OFFICIAL-SENSITIVE"
    record.save()

    public = exhibit("2018-19-q2", "rocu.objectives", Audience.PUBLIC)
    restricted = exhibit("2018-19-q2", "rocu.objectives", Audience.RESTRICTED)

    assert "Canary words" not in str(public)
    assert "Canary words" in str(restricted)


def test_no_leading_crime_type_is_made_up_where_all_are_withheld() -> None:
    row = CrimeTypeRow("Drug Activity", "drugs", counts_ocgs=True, in_use=True, ocgs=(7,))
    mapped = Measure("rocu.ocgs", "OCGs mapped", "d", CONFIDENTIAL)

    told, none = (
        told_of(OcgCounts.COUNTS, rows, Quarter(2018, 2), mapped, {}).figures
        for rows in ([(row, CONFIDENTIAL)], [])
    )

    assert told["rocu.ocgs.first-type"] == "the leading crime type"
    assert told["rocu.ocgs.first-type-total"] == told["rocu.ocgs.first-type-share"] == "[c]"
    assert none["rocu.ocgs.first-type"] == "no crime type"
