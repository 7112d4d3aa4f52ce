"""The overview answers first: what changed, what is out of range, what is asked, what was promised."""

from datetime import date
from math import ceil, floor

import pytest
from django.contrib.auth.models import User
from django.db.models import Sum
from django.template.loader import render_to_string
from django.test import Client
from msgspec.structs import replace

from boardreport.editions import access, repository
from boardreport.models import Action
from boardreport.report import compose
from boardreport.report.overview import Overview, overview
from boardreport.web import page
from units.content.model import (
    Chart,
    Content,
    Table,
    to_json,
)
from units.cyber.models import Reach, WorkstreamUpdate
from units.domain.control_charts import limits
from units.domain.english import day_words
from units.domain.measures import count
from units.domain.quarters import Quarter
from units.domain.vocabulary import Audience, Status

pytestmark = pytest.mark.django_db

Q2 = Quarter(2018, 2)


def content(quarter: Quarter = Q2, audience: Audience = Audience.PUBLIC) -> Content:
    return compose.compose(quarter, audience=audience, on=date(2018, 10, 22)).content


def answers(quarter: Quarter = Q2, audience: Audience = Audience.PUBLIC) -> Overview:
    return overview(content(quarter, audience))


def test_every_measure_outside_its_limits_is_named_and_no_other() -> None:
    found = answers()

    measures = [one for section in content().sections for one in section.measures]
    expected = set()
    for measure in measures:
        range_of = limits(measure.series)
        if range_of and not range_of.lower <= measure.value <= range_of.upper:
            expected.add(measure.name)
    assert {one.measure.name for one in found.outside} == expected
    assert "Disruptions" in expected


def test_a_finding_tells_the_figure_and_what_was_expected() -> None:
    finding = next(one for one in answers().outside if one.measure.key == "rocu.disruptions")

    range_of = limits(finding.measure.series)
    assert finding.words == (
        f"{count(finding.measure.value)}, expected {ceil(range_of.lower)} to {floor(range_of.upper)}"
    )
    assert finding.verdict == "above"


@pytest.mark.parametrize("quarter", [Quarter(2018, 1), Q2, Quarter(2017, 4)])
def test_the_months_outside_their_range_are_those_that_the_records_put_there(quarter) -> None:
    found = answers(quarter)

    months = (
        Reach.objects.filter(month__lte=quarter.end)
        .order_by("month")
        .values_list("month")
        .annotate(total=Sum("people"))
    )
    run = list(months)[-12:]
    expected = limits([total for _, total in run])
    assert expected
    least, most = ceil(expected.lower), floor(expected.upper)
    assert [(one.verdict, one.name, one.words) for one in found.months] == [
        (
            "above" if total > most else "below",
            f"People reached in {month:%B %Y}",
            f"{total:,}, expected {least:,} to {most:,}",
        )
        for month, total in run
        if month >= quarter.start and not least <= total <= most
    ]
    assert bool(found.months) == any("expected of a month" in one for one in found.changes)
    chart = next(one for one in content(quarter).exhibits() if one.key == "cyber.reach")
    assert {one.anchor for one in found.months} <= {chart.number.lower().replace(" ", "-")}
    assert quarter.year == 2017 or found.months


def test_too_few_quarters_are_told_of_the_key_figures_that_have_them() -> None:
    measures = [one for part in content(Quarter(2018, 1)).sections for one in part.measures]

    found = answers(Quarter(2018, 1))

    short = [one.name for one in measures if len(one.series) < 12]
    assert len(short) == len(measures)
    assert found.too_few.casefold() == f"{', '.join(short[:-1])} and {short[-1]}".casefold()
    assert found.headline == "People reached in June 2018 are above their expected range"
    assert answers().too_few == "People reached a month"


def test_the_one_key_figure_without_a_range_is_named_in_the_headline() -> None:
    made = content()
    sections = tuple(
        replace(
            one,
            measures=tuple(
                replace(each, range_words="Within 1 to 999") if each.verdict else each
                for each in one.measures
            ),
            parts=(),
        )
        if one.measures
        else one
        for one in made.sections
    )

    headline = overview(replace(made, sections=sections)).headline

    assert headline == (
        "Five key figures are within the expected range; for people reached a month there is none yet"
    )


def test_only_a_quarter_without_an_earlier_one_has_nothing_to_compare_with() -> None:
    assert answers(Quarter(2015, 3)).uncompared
    assert not answers(Quarter(2015, 4)).uncompared


def test_what_changed_tells_the_total_with_its_comparators() -> None:
    told = " ".join(answers().changes)

    assert "176" in told
    assert "136 [r] last quarter" in told


def test_what_was_promised_comes_from_the_paper_before_with_its_status_now() -> None:
    Action.objects.filter(paper__quarter=Quarter(2018, 1), order=0).update(status="late")

    lines = answers().promised

    assert [line.words for line in lines] == list(
        Action.objects.filter(paper__quarter=Quarter(2018, 1))
        .order_by("order")
        .values_list("text", flat=True)
    )
    assert lines[0].status == "late"
    assert "one is late" in answers().lead
    first = Action.objects.filter(paper__quarter=Quarter(2018, 1)).order_by("order")[0]
    assert lines[0].label == f"{first.owner}, due {day_words(first.due_date)}"
    assert [", due " in line.label for line in lines] == [
        line.status != "complete" for line in lines
    ]


@pytest.mark.parametrize("words", ["It comes to members by 30 November.", ""])
def test_a_late_promise_tells_how_it_went_or_leads_to_its_table(words) -> None:
    before = Action.objects.filter(paper__quarter=Quarter(2018, 1))
    before.filter(order=0).update(status="late", outcome=words)
    before.filter(order=1).update(status="complete", outcome="Canary outcome")
    made = content()
    found = overview(made)
    read = repository.Reading(
        Q2, made, None, previous=None, following=None, reader=access.PUBLIC, place=Q2
    )

    front = render_to_string("overview.html", {**page(read), "overview": found, "current": ""})

    assert [one.outcome for one in found.promised] == [words, ""]
    told = front[front.index('id="promised"') : front.index('id="withheld"')]
    assert words in told
    assert "Canary" not in told
    table = next(one for one in made.exhibits() if one.key == "board.promised")
    fragment = table.number.lower().replace(" ", "-")
    assert (f'/board-paper/#{fragment}">{table.number}</a>' in told) == (not words)


def test_one_promise_and_nothing_asked_are_told_in_plain_sentences() -> None:
    Action.objects.filter(paper__quarter=Quarter(2017, 4)).update(status="complete")

    found = answers(Quarter(2018, 1))

    assert found.lead.endswith(" The one promise made last quarter is complete.")
    table = next(one for one in content(Quarter(2018, 1)).exhibits() if one.key == "board.promised")
    assert table.headline == "The one action promised last quarter is complete"
    assert answers(Quarter(2015, 3)).lead == "Nothing is asked of the board."


def test_each_key_figure_leads_to_the_exhibit_that_tells_more() -> None:
    made = content()
    shown = {one.number.lower().replace(" ", "-"): one.key for one in made.exhibits()}

    found = {one.measure.key: shown[one.anchor] for one in answers().outside}

    assert found == {
        "rocu.disruptions": "rocu.trend",
        "rocu.disruptions.first-type": "rocu.disruptions",
        "rocu.disruptions.second-type": "rocu.disruptions",
    }


def test_a_sensitive_action_is_no_promise_to_the_public() -> None:
    Action.objects.filter(paper__quarter=Quarter(2018, 1), order=0).update(
        marking="OFFICIAL-SENSITIVE", text="Canary promise"
    )
    Action.objects.filter(paper__quarter=Q2, order=0).update(
        restriction="postponement",
        restriction_start=date(2018, 8, 1),
        restriction_review=date(2019, 8, 1),
        text="Canary action",
    )

    assert "Canary" not in str(content())
    assert "Canary promise" in str(content(audience=Audience.RESTRICTED))
    assert "Canary action" in str(content(audience=Audience.RESTRICTED))


def test_what_is_asked_is_what_the_paper_recommends() -> None:
    asked = answers().asked

    section = content().section("recommendations")
    assert list(asked) == list(section.parts[0].blocks)


def test_an_empty_quarter_has_an_overview_without_claims() -> None:
    found = answers(Quarter(2030, 1))

    assert found.outside == ()
    assert found.promised == ()
    assert found.changes == ()


def test_too_short_a_series_is_within_no_range() -> None:
    found = answers(Quarter(2017, 2))

    assert found.outside == ()
    assert found.within == ""
    assert found.headline


def test_the_headline_names_what_is_outside() -> None:
    headline = answers().headline

    outside = answers().outside
    if len(outside) > 3:
        assert "key figures are outside" in headline
    else:
        assert headline.startswith(outside[0].measure.name)


def test_the_public_is_told_in_how_many_places_of_which_exhibits_a_number_is_withheld() -> None:
    told = {exhibit.key: number for number, exhibit in answers().withheld.places}

    recounted = {
        block.key: str(to_json(block)).count('"text":"[c]')
        for key in ("ctu", "rocu", "cyber")
        for part in content().section(key).parts
        for block in part.blocks
        if isinstance(block, Table | Chart)
    }
    assert told == {key: number for key, number in recounted.items() if number}
    assert told
    assert answers().withheld.in_all == sum(recounted.values())
    assert not answers().withheld.lists


def test_members_are_led_to_the_lists_of_what_the_public_lacks() -> None:
    found = answers(audience=Audience.RESTRICTED).withheld

    assert [table.key for table in found.lists] == ["board.withheld", "board.withheld-figures"]
    assert not found.places


def test_the_figures_that_members_are_told_of_count_once_what_has_several_places() -> None:
    found = answers(audience=Audience.RESTRICTED).withheld.lists[1]

    # what the chart of crime types has stands in their table as well
    own = [
        cell
        for block in content().section("rocu").exhibits()
        if block.key != "rocu.crime-types"
        for table in [block if isinstance(block, Table) else block.table]
        for row in table.rows
        for column, cell in zip(table.columns, row.cells, strict=True)
        if column.label in ("Major", "Moderate", "Minor", "Total", "Number") and cell.text == "[c]"
    ]
    in_a_note = 2  # those of no and of negative impact
    assert found.headline == f"{len(own) + in_a_note} figures of the quarter are withheld"
    assert len(own) + in_a_note < answers().withheld.in_all


def test_each_reader_is_told_what_the_number_of_what_is_withheld_counts() -> None:
    def told(name: str) -> str:
        browser = Client()
        if name:
            browser.force_login(User.objects.get(username=name))
        page = browser.get("/2018-19/q2/").content.decode()
        return page.partition('id="withheld"')[2].partition("</section>")[0]

    assert f"[c] stands in {answers().withheld.in_all} places: " in told("")
    assert "each figure of the quarter counts once" in told("member")


def test_who_leads_what_is_behind_is_named() -> None:
    late = WorkstreamUpdate.objects.get(quarter=Q2, status=Status.LATE)

    cyber = answers().units[-1].section

    assert [line.owner for line in cyber.lines if line.status == Status.LATE] == [
        late.workstream.lead
    ]
