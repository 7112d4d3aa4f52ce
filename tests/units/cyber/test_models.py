"""What the cybercrime records refuse, and how they are kept."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from units.cyber.models import (
    Activity,
    Campaign,
    Channel,
    FundingBid,
    Reach,
    StrandLead,
    Workstream,
    WorkstreamUpdate,
)
from units.domain.quarters import Quarter

pytestmark = pytest.mark.django_db


def refusal(record) -> dict[str, list[str]]:
    with pytest.raises(ValidationError) as refused:
        record.full_clean()
    return refused.value.message_dict


def reach(**changes: object) -> Reach:
    return Reach(
        **{
            "month": date(2016, 9, 1),
            "channel": Channel.objects.get(name="Twitter"),
            "people": 12,
            **changes,
        }
    )


def bid(**changes: object) -> FundingBid:
    return FundingBid(
        **{
            "year": 2018,
            "order": 9,
            "title": "Vehicles",
            "fund": "ncsp",
            "amount": Decimal(1000),
            "submitted_date": date(2018, 8, 20),
            **changes,
        }
    )


def test_reach_below_zero_is_refused_at_the_field() -> None:
    assert "below zero" in refusal(reach(people=-1))["people"][0]


def test_reach_below_zero_is_refused_by_the_database() -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        reach(people=-1).save()


def test_reach_of_nobody_is_kept() -> None:
    reach(people=0).full_clean()


def test_reach_of_a_month_to_come_is_refused_at_the_field() -> None:
    coming = timezone.localdate().replace(day=1) + timedelta(days=32)

    assert "has not begun" in refusal(reach(month=coming))["month"][0]


def test_the_month_that_has_begun_is_kept() -> None:
    reach(month=timezone.localdate()).full_clean()


@pytest.mark.parametrize("text", ["September 2016", "Sep 2016", "2016-09", "09/2016", "2016-09-17"])
def test_a_month_is_read_as_people_write_it_and_kept_as_its_first_day(text) -> None:
    record = reach(month=text)
    record.full_clean()
    record.save()

    record.refresh_from_db()
    assert record.month == date(2016, 9, 1)


def test_a_day_within_the_month_is_kept_as_the_first() -> None:
    record = reach(month=date(2016, 9, 17))
    record.save()

    assert record.month == date(2016, 9, 1)
    assert Reach.objects.get(pk=record.pk).month == date(2016, 9, 1)
    assert Reach.objects.filter(month=date(2016, 9, 30)).exists()


def test_what_names_no_month_is_refused_at_the_field() -> None:
    assert "is not a month" in refusal(reach(month="Michaelmas"))["month"][0]


def test_one_figure_a_month_and_channel() -> None:
    with pytest.raises(ValidationError, match="has its reach"):
        reach(month=date(2018, 7, 20)).full_clean()
    with pytest.raises(IntegrityError), transaction.atomic():
        reach(month=date(2018, 7, 20)).save()


def test_shares_that_exceed_the_whole_are_refused_at_the_field() -> None:
    told = refusal(bid(fund_share=Decimal(60), match_share=Decimal(50)))["match_share"][0]

    assert "110%" in told
    assert "40% at most" in told


def test_shares_that_exceed_the_whole_are_refused_by_the_database() -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        bid(fund_share=Decimal(60), match_share=Decimal(50)).save()


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"match_share": Decimal(101)}, "match_share"),
        ({"fund_share": Decimal(101)}, "fund_share"),
        ({"fund_share": Decimal(0)}, "fund_share"),
        ({"match_share": Decimal(-1), "fund_share": Decimal(50)}, "match_share"),
        ({"amount": Decimal(-1)}, "amount"),
        ({"fund": "lottery"}, "fund"),
        ({"considered_date": date(2018, 8, 1)}, "considered_date"),
        ({"decision": "approved"}, "decided_date"),
        ({"decided_date": date(2018, 9, 1)}, "decision"),
        ({"decision": "approved", "decided_date": date(2018, 8, 1)}, "decided_date"),
    ],
)
def test_a_bid_that_cannot_be_is_refused_at_its_field(changes, field) -> None:
    assert field in refusal(bid(**changes))


@pytest.mark.parametrize("shares", [(100, 0), (50, 50), (40, 40)])
def test_shares_within_the_whole_are_kept(shares) -> None:
    bid(fund_share=Decimal(shares[0]), match_share=Decimal(shares[1])).full_clean()


def test_an_update_without_a_workstream_is_refused() -> None:
    update = WorkstreamUpdate(quarter=Quarter(2018, 4), status="complete")

    assert "workstream" in refusal(update)
    with pytest.raises(IntegrityError), transaction.atomic():
        update.save()


def test_an_update_of_a_quarter_without_its_workstream_is_refused() -> None:
    update = WorkstreamUpdate(
        workstream=Workstream.objects.filter(year=2018).first(),
        quarter=Quarter(2019, 1),
        status="complete",
    )

    assert "choose the workstream of 2019/20" in refusal(update)["quarter"][0]


def test_one_update_a_quarter() -> None:
    update = WorkstreamUpdate.objects.first()
    again = WorkstreamUpdate(
        workstream=update.workstream, quarter=update.quarter, status="complete"
    )

    with pytest.raises(ValidationError, match="has its update"):
        again.full_clean()
    with pytest.raises(IntegrityError), transaction.atomic():
        again.save()


def test_a_status_outside_the_scale_is_refused() -> None:
    workstream = Workstream.objects.filter(year=2018).first()
    update = WorkstreamUpdate(workstream=workstream, quarter=Quarter(2018, 4), status="red")

    assert "status" in refusal(update)
    with pytest.raises(IntegrityError), transaction.atomic():
        update.save()


@pytest.mark.parametrize("strand", ["", "punish"])
def test_a_strand_outside_the_four_is_refused(strand) -> None:
    workstream = Workstream(
        year=2018, order=99, title="T", in_words="the t", lead="Post", strand=strand
    )

    assert "strand" in refusal(workstream)
    with pytest.raises(IntegrityError), transaction.atomic():
        workstream.save()


def test_a_strand_has_one_lead_a_year() -> None:
    lead = StrandLead(year=2018, order=9, strand="pursue", title="Another post")

    with pytest.raises(ValidationError, match="has its lead"):
        lead.full_clean()


def test_an_activity_belongs_to_its_year() -> None:
    activity = Activity(year=2018, kind="event", title="Late", date=date(2019, 4, 1))

    assert "is in 2019/20" in refusal(activity)["date"][0]


def test_an_activity_may_wait_for_its_date_but_once() -> None:
    activity = Activity(year=2018, kind="exercise", title="Regional exercise")

    with pytest.raises(ValidationError, match="already entered"):
        activity.full_clean()
    activity.title = "Another exercise"
    activity.full_clean()


def test_a_month_has_a_theme_once() -> None:
    again = Campaign(month=date(2018, 7, 9), title="Holiday fraud")

    with pytest.raises(ValidationError, match="already"):
        again.full_clean()


def test_text_that_bears_a_higher_marking_is_refused() -> None:
    workstream = Workstream.objects.first()
    workstream.lead = "Marked TOP SECRET"

    assert "OFFICIAL-SENSITIVE" in refusal(workstream)["lead"][0]


def test_history_says_who_and_when_for_the_demonstrations_records() -> None:
    update = WorkstreamUpdate.objects.filter(quarter=Quarter(2018, 2)).first()
    month = Reach.objects.get(month=date(2018, 7, 1), channel__name="Twitter")

    assert update.history.get().history_date.date() == date(2018, 9, 30)
    assert month.history.get().history_date.date() == date(2018, 8, 1)
    assert month.history.get().history_user == User.objects.get(username="officer")


def test_no_lead_is_a_person() -> None:
    posts = {"lead", "head", "unit", "units", "board", "forum", "office", "communications",
             "intelligence", "sub-group"}  # fmt: skip

    for name in (
        *Workstream.objects.values_list("lead", flat=True),
        *StrandLead.objects.values_list("title", flat=True),
    ):
        assert posts & set(name.lower().replace(",", "").split()), name
