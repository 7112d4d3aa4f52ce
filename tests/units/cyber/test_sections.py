"""Every figure of the cybercrime section, recounted from the records one by one."""

from collections import Counter
from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.units.contexts import context
from tests.units.cyber import recount
from units.content.model import Chart, Note, Table
from units.cyber.models import (
    Activity,
    Campaign,
    Channel,
    FundingBid,
    PlanPoint,
    Reach,
    StrandLead,
    Workstream,
    WorkstreamUpdate,
)
from units.cyber.reporting import section
from units.domain.quarters import Quarter
from units.domain.vocabulary import Audience, Status, Strand
from units.registry import Report

pytestmark = pytest.mark.django_db

QUARTERS = [
    "2016-17-q3",
    "2017-18-q2",
    "2017-18-q3",
    "2017-18-q4",
    "2018-19-q1",
    "2018-19-q2",
    "2018-19-q3",
]
REPORTED = QUARTERS[1:]
ON = date(2018, 10, 22)
Q2 = Quarter(2018, 2)


def report(slug: str | Quarter, audience: Audience = Audience.RESTRICTED) -> Report:
    quarter = slug if isinstance(slug, Quarter) else Quarter.parse(slug)
    return section.report(context(quarter, audience=audience, on=ON))


def exhibit(
    slug: str | Quarter, key: str, audience: Audience = Audience.RESTRICTED
) -> Table | Chart:
    blocks = [block for part in report(slug, audience).section.parts for block in part.blocks]
    return next(block for block in blocks if getattr(block, "key", "") == key)


@pytest.mark.parametrize("slug", QUARTERS)
def test_the_trend_equals_the_recount_month_by_month(slug) -> None:
    quarter = Quarter.parse(slug)

    chart = exhibit(slug, "cyber.reach")

    expected = {
        month: people
        for month in recount.rolling(quarter)
        if (people := recount.people(month)) is not None
    }
    drawn = dict(zip(chart.drawing.months, chart.drawing.series.values, strict=True))
    assert {month: round(value * 1000) for month, value in drawn.items()} == expected
    assert chart.drawing.months[-1] == recount.months(quarter)[-1]
    assert (chart.drawing.limits is not None) == (len(expected) == 12)


@pytest.mark.parametrize("slug", QUARTERS)
def test_the_trends_table_equals_the_recount_cell_by_cell(slug) -> None:
    chart = exhibit(slug, "cyber.reach")

    assert "thousands a month" in chart.subtitle
    assert "number a month" in chart.table.subtitle
    channels = [column.label for column in chart.table.columns[1:-1]]
    assert channels == list(Channel.objects.order_by("order").values_list("name", flat=True))
    for row, month in zip(chart.table.rows[:-1], chart.drawing.months, strict=True):
        assert [cell.value for cell in row.cells[1:]] == [
            recount.people(month, channel) for channel in (*channels, "")
        ]
    assert [cell.value for cell in chart.table.rows[-1].cells[1:]] == [
        recount.average(list(chart.drawing.months), channel) for channel in (*channels, "")
    ]


@pytest.mark.parametrize("slug", QUARTERS)
def test_the_table_of_channels_equals_the_recount_cell_by_cell(slug) -> None:
    quarter = Quarter.parse(slug)

    table = exhibit(slug, "cyber.channels")

    for row in table.rows:
        channel = "" if row.total else row.cells[0].text
        assert tuple(cell.value for cell in row.cells[1:]) == recount.comparators(quarter, channel)


@pytest.mark.parametrize("slug", QUARTERS)
def test_the_key_figure_equals_the_recount(slug) -> None:
    quarter = Quarter.parse(slug)

    (measure,) = report(slug, Audience.PUBLIC).section.measures

    assert (
        measure.value, measure.previous, measure.last_year,
        measure.year_to_date, measure.rolling_four,
    ) == recount.comparators(quarter)  # fmt: skip
    assert measure.average
    assert measure.series[-1] == measure.value
    assert list(measure.series) == [
        value
        for one in quarter.last(12)
        if (value := recount.average(recount.months(one))) is not None
    ]


@pytest.mark.parametrize("slug", REPORTED)
@pytest.mark.parametrize("audience", Audience)
def test_strands_and_statuses_equal_the_recount(slug, audience) -> None:
    quarter = Quarter.parse(slug)
    told = recount.statuses(quarter, public=audience == Audience.PUBLIC)

    table = exhibit(slug, "cyber.strands", audience)

    assert [row.cells[0].text for row in table.rows] == [
        *(strand.label for strand in Strand), "All strands",
    ]  # fmt: skip
    for row, strand in zip(table.rows, [*Strand, None], strict=True):
        counted = Counter(status for its, status in told if strand is None or its == strand)
        assert [cell.value for cell in row.cells[2:]] == [
            *(counted[status] for status in Status), counted.total(),
        ]  # fmt: skip


@pytest.mark.parametrize("slug", REPORTED)
@pytest.mark.parametrize("strand", Strand)
def test_each_strand_lists_its_workstreams_and_their_updates(slug, strand) -> None:
    quarter = Quarter.parse(slug)

    table = exhibit(slug, f"cyber.{strand}")

    expected = {
        (one.workstream.title, one.workstream.lead, one.update, one.next_step)
        for one in WorkstreamUpdate.objects.select_related("workstream")
        if one.quarter == quarter and one.workstream.strand == strand
    }
    assert {
        (row.cells[0].text, row.cells[2].text, row.cells[3].text, row.cells[4].text)
        for row in table.rows
    } == expected
    urgency = [list(Status).index(row.cells[1].status) for row in table.rows]
    assert urgency == sorted(urgency, reverse=True)


@pytest.mark.parametrize("slug", REPORTED)
def test_campaigns_and_events_are_those_of_the_quarter_and_the_next(slug) -> None:
    quarter = Quarter.parse(slug)

    table = exhibit(slug, "cyber.campaigns")

    days = [(one.month, one.title) for one in Campaign.objects.all()]
    days += [(one.date, one.title) for one in Activity.objects.filter(kind="event")]
    wanted = sorted(pair for pair in days if quarter.start <= pair[0] <= quarter.next.end)
    assert [(row.cells[1].value, row.cells[0].text) for row in table.rows] == [
        (day.isoformat(), title) for day, title in wanted
    ]


@pytest.mark.parametrize(("key", "kind"), [("exercises", "exercise"), ("training", "training")])
def test_activities_are_those_of_the_year_and_the_next_quarter(key, kind) -> None:
    table = exhibit("2018-19-q2", f"cyber.{key}")

    dated = sorted(
        (one.date, one.title)
        for one in Activity.objects.filter(kind=kind)
        if one.date and date(2018, 4, 1) <= one.date <= date(2018, 12, 31)
    )
    waiting = [one.title for one in Activity.objects.filter(kind=kind, date=None, year=2018)]
    assert [row.cells[0].text for row in table.rows] == [*(title for _, title in dated), *waiting]
    assert [row.cells[1].text for row in table.rows if not row.cells[1].value] == [
        "Date to be confirmed" for _ in waiting
    ]


def test_the_bids_equal_the_recount() -> None:
    table = exhibit("2018-19-q2", "cyber.bids")

    asked = matched = whole = 0.0
    for row, one in zip(table.rows, FundingBid.objects.order_by("order"), strict=False):
        cost = float(one.amount) / float(one.fund_share) * 100
        force = cost * float(one.match_share) / 100
        assert [row.cells[place].value for place in (2, 3, 4)] == [float(one.amount), force, cost]
        asked, matched, whole = asked + float(one.amount), matched + force, whole + cost
    assert [table.rows[-1].cells[place].value for place in (2, 3, 4)] == [asked, matched, whole]


@pytest.mark.parametrize(
    ("slug", "words"),
    [
        ("2018-19-q2", "Considered on 17 September 2018; decision awaited"),
        ("2018-19-q3", "Approved on 19 November 2018"),
    ],
)
def test_a_bid_is_told_as_it_stood_at_the_quarters_end(slug, words) -> None:
    table = exhibit(slug, "cyber.bids")

    assert {row.cells[5].text for row in table.rows[:-1]} == {words}


def test_a_bid_that_was_not_yet_submitted_is_not_told() -> None:
    part = next(one for one in report("2018-19-q1").section.parts if one.key == "funding")

    assert part.blocks == (Note("No bid for 2018/19 was submitted by 30 June 2018."),)


def test_what_the_paper_of_2018_states_holds() -> None:
    figures = report(Q2, Audience.PUBLIC).figures

    assert figures["cyber.reach.average"] == "107,000"
    assert figures["cyber.reach.highest"] == "200,000"
    assert figures["cyber.reach.highest-month"] == "July 2018"
    assert figures["cyber.bid.amount"] == "£122,000"
    assert figures["cyber.bid.match-share"] == "50%"
    assert figures["cyber.bid.state"] == "considered"
    assert figures["cyber.bid.state-date"] == "17 September 2018"
    assert PlanPoint.objects.filter(year=2018).count() == 5


@pytest.mark.parametrize("audience", Audience)
def test_live_figures_say_what_the_recount_says(audience) -> None:
    figures = report(Q2, audience).figures

    told = [status for _, status in recount.statuses(Q2, public=audience == Audience.PUBLIC)]
    now, previous, last_year, year_to_date, rolling_four = recount.comparators(Q2)
    assert figures.keys() == section.FIGURES.keys()
    assert figures["cyber.workstreams.total"] == str(len(told))
    assert figures["cyber.workstreams.on-track"] == str(
        told.count("complete") + told.count("on-track")
    )
    for status in ("complete", "at-risk", "late"):
        assert figures[f"cyber.workstreams.{status}"] == str(told.count(status))
    assert figures["cyber.reach.quarter"] == f"{now:,}"
    assert figures["cyber.reach.previous"] == f"{previous:,}"
    assert figures["cyber.reach.last-year"] == f"{last_year:,}"
    assert figures["cyber.reach.year-to-date"] == f"{year_to_date:,}"
    assert figures["cyber.reach.average"] == f"{rolling_four:,}"


def test_every_named_exhibit_of_a_full_quarter_is_there_once() -> None:
    keys = [
        block.key
        for part in report(Q2).section.parts
        for block in part.blocks
        if isinstance(block, Table | Chart)
    ]

    assert sorted(keys) == sorted(section.EXHIBITS)


@pytest.mark.parametrize("audience", Audience)
def test_the_section_makes_a_query_for_each_kind_of_record_however_many_there_are(audience) -> None:
    workstream = Workstream.objects.filter(year=2018).first()
    Workstream.objects.bulk_create(
        Workstream(
            year=2018, order=100 + place, strand="protect", title=f"W{place}",
            in_words="w", lead=workstream.lead,
        )
        for place in range(200)
    )  # fmt: skip

    with CaptureQueriesContext(connection, ) as asked:  # fmt: skip
        report(Q2, audience)

    assert len(asked.captured_queries) == 8


def everything() -> list:
    return [
        WorkstreamUpdate, Workstream, StrandLead, PlanPoint, Campaign, Activity, Reach, FundingBid,
    ]  # fmt: skip


@pytest.mark.parametrize("audience", Audience)
def test_a_quarter_without_records_is_whole(audience) -> None:
    made = report(Quarter(2030, 1), audience)

    assert made.section.headline == "No workstream is reported for 2030/31"
    assert all(part.blocks for part in made.section.parts)
    assert all(isinstance(block, Note) for part in made.section.parts for block in part.blocks)
    assert made.section.measures == ()
    assert made.figures.keys() == section.FIGURES.keys()


@pytest.mark.parametrize("audience", Audience)
def test_the_first_quarter_is_whole(audience) -> None:
    made = report("2016-17-q3", audience)

    (measure,) = made.section.measures
    assert (measure.previous, measure.last_year, measure.year_to_date) == (None, None, None)
    table = next(one for one in made.section.parts[-1].blocks if isinstance(one, Table))
    assert [cell.text for cell in table.rows[-1].cells[2:]] == ["[x]"] * 4
    assert "[x] not available" in " ".join(table.notes)
    assert "Three of the twelve months" in str(made.section)
    assert all(part.blocks for part in made.section.parts)


@pytest.mark.parametrize("audience", Audience)
@pytest.mark.parametrize(
    "record",
    [
        PlanPoint(year=2018, order=1, title="Only point"),
        StrandLead(year=2018, order=1, strand="protect", title="Only lead"),
        Workstream(
            year=2018, order=1, strand="protect", title="Only work", in_words="it", lead="Post"
        ),
        Campaign(month=date(2018, 7, 1), title="Only theme"),
        Activity(year=2018, kind="event", title="Only event", date=date(2018, 7, 2)),
        Activity(year=2018, kind="exercise", title="Only exercise"),
        FundingBid(
            year=2018, order=1, title="Only bid", fund="ptf", amount=10,
            submitted_date=date(2018, 7, 1),
        ),
    ],
    ids=lambda record: record.title,
)  # fmt: skip
def test_a_quarter_with_a_single_record_is_whole(record, audience) -> None:
    for model in everything():
        model.objects.all().delete()
    record.pk = None
    record._state.adding = True
    record.save()

    made = report(Q2, audience)

    assert record.title in str(made.section)
    assert made.section.headline
    assert all(part.blocks for part in made.section.parts)


def test_a_quarter_with_a_single_month_is_whole() -> None:
    for model in everything():
        model.objects.all().delete()
    Reach.objects.create(
        month=date(2018, 8, 1), channel=Channel.objects.order_by("order")[0], people=1
    )

    made = report(Q2, Audience.PUBLIC)

    (measure,) = made.section.measures
    assert measure.value == 1
    chart = next(one for one in made.section.parts[-1].blocks if isinstance(one, Chart))
    assert chart.drawing.months == (date(2018, 8, 1),)
    assert chart.headline == "An average month reached 1 person over one month"


# Redaction


def canaries(audience: Audience, on: date = ON) -> bool:
    return "Canary" in str(section.report(context(Q2, audience=audience, on=on)))


@pytest.mark.parametrize(
    ("model", "field", "wanted"),
    [
        (PlanPoint, "title", {"year": 2018, "order": 0}),
        (PlanPoint, "description", {"year": 2018, "order": 0}),
        (StrandLead, "title", {"year": 2018, "strand": "pursue"}),
        (Workstream, "title", {"year": 2018, "order": 3}),
        (Workstream, "in_words", {"year": 2018, "title": "Phishing awareness and test"}),
        (Workstream, "lead", {"year": 2018, "order": 3}),
        (WorkstreamUpdate, "update", {"quarter": Q2, "workstream__order": 3}),
        (WorkstreamUpdate, "next_step", {"quarter": Q2, "workstream__order": 3}),
        (Campaign, "title", {"month": date(2018, 7, 1)}),
        (Campaign, "place", {"month": date(2018, 7, 1)}),
        (Activity, "title", {"title": "Women in Business"}),
        (Activity, "place", {"title": "Women in Business"}),
        (Activity, "participants", {"title": "Table-top exercise on cyber attack"}),
        (FundingBid, "title", {"order": 0}),
    ],
)
def test_words_of_a_sensitive_record_reach_no_public_section(model, field, wanted) -> None:
    record = model.objects.get(**wanted)
    setattr(record, field, "Canary words")
    record.save()
    assert canaries(Audience.PUBLIC)
    record.marking = "OFFICIAL-SENSITIVE"
    record.save()

    assert not canaries(Audience.PUBLIC)
    assert canaries(Audience.RESTRICTED)


def test_words_under_a_restriction_are_released_when_it_has_expired() -> None:
    record = Workstream.objects.get(year=2018, order=3)
    record.title = "Canary words"
    record.restriction, record.restriction_start = "active", date(2018, 8, 1)
    record.restriction_expiry = date(2018, 10, 21)
    record.save()

    assert not canaries(Audience.PUBLIC, on=date(2018, 10, 21))
    assert canaries(Audience.PUBLIC, on=date(2018, 10, 22))


def test_a_withheld_status_shows_in_no_count_and_no_order() -> None:
    update = WorkstreamUpdate.objects.get(quarter=Q2, workstream__title="CiSP chapter")
    WorkstreamUpdate.objects.filter(pk=update.pk).update(
        status="late", marking="OFFICIAL-SENSITIVE"
    )

    public = report(Q2, Audience.PUBLIC)
    table = exhibit(Q2, "cyber.protect", Audience.PUBLIC)

    assert public.figures["cyber.workstreams.late"] == "1"
    assert public.figures["cyber.workstreams.total"] == "17"
    assert "CiSP" not in public.section.headline
    assert table.rows[-1].cells[0].text == "CiSP chapter"
    assert [cell.text for cell in table.rows[-1].cells[1:]] == [
        "Withheld", "Regional Organised Crime Unit", "Withheld", "Withheld",
    ]  # fmt: skip
    assert exhibit(Q2, "cyber.protect").rows[0].cells[0].text == "CiSP chapter"


def test_a_withheld_reach_cannot_be_worked_out() -> None:
    Reach.objects.filter(month=date(2018, 8, 1), channel__name="Twitter").update(
        marking="OFFICIAL-SENSITIVE"
    )

    chart = exhibit(Q2, "cyber.reach", Audience.PUBLIC)
    row = chart.table.rows[list(chart.drawing.months).index(date(2018, 8, 1))]

    assert [cell.text for cell in row.cells] == [
        "August 2018", "67,038", "Withheld", "11,770", "Withheld",
    ]  # fmt: skip
    known = [people for month in recount.rolling(Q2) if month != date(2018, 8, 1)
             if (people := recount.people(month))]  # fmt: skip
    assert chart.table.rows[-1].cells[-1].value == int(sum(known) / 11 + 0.5)
    assert "32,892" not in str(report(Q2, Audience.PUBLIC))
    assert "32,892" in str(report(Q2))
    assert chart.drawing.limits is None
    later = report(Quarter(2018, 3), Audience.PUBLIC)
    assert later.section.measures[0].previous is None


def test_a_withheld_bid_is_in_no_sum() -> None:
    FundingBid.objects.filter(fund="ptf").update(marking="OFFICIAL-SENSITIVE")

    public = report(Q2, Audience.PUBLIC)

    assert public.figures["cyber.bid.amount"] == "£48,000"
    assert public.figures["cyber.bid.match-share"] == "0%"
    assert "£122,000" not in str(public)
    assert exhibit(Q2, "cyber.bids", Audience.PUBLIC).notes == ("One withheld.",)


def test_the_demonstrations_sensitive_words_say_that_they_are_invented() -> None:
    for model in everything():
        for record in model.objects.exclude(marking="OFFICIAL"):
            words = " ".join(str(getattr(record, field.name)) for field in model._meta.fields)
            assert "Demonstration." in words, record
