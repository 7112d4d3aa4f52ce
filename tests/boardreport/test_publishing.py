"""A quarter is published once, in two editions that nothing changes afterwards."""

import hashlib
from datetime import date
from typing import Never

import pytest
from django.contrib.auth.models import User
from django.db import DatabaseError, transaction

from boardreport import board, chain, publishing, reading
from boardreport.models import Edition, EditionChart, EditionFile, Paper, Paragraph
from boardreport.publishing import PublishingRefused
from units.content import Content, from_json, to_json
from units.quarters import Quarter
from units.rocu.models import Disruption
from units.terms import Audience

pytestmark = pytest.mark.django_db

Q1, Q2, Q3 = Quarter(2018, 1), Quarter(2018, 2), Quarter(2018, 3)


@pytest.fixture
def approver() -> User:
    return User.objects.get(username="approver")


def edition(quarter: Quarter, audience: str) -> Edition:
    return Edition.objects.get(quarter=quarter, audience=audience)


def test_each_edition_holds_content_charts_and_pdf_of_its_audience() -> None:
    for audience in Audience:
        published = edition(Q2, audience)
        content = from_json(bytes(published.content), Content)
        assert content.audience == audience
        assert bytes(published.pdf).startswith(b"%PDF-1.7")
        pictures = set(EditionChart.objects.filter(edition=published).values_list("key", "size"))
        assert pictures == {
            (chart.key, picture)
            for chart in content.charts()
            for picture in ("wide", "narrow", "wide-dark", "narrow-dark", "paper")
        }


def test_hashes_are_those_of_the_bytes_and_form_one_chain() -> None:
    previous = ""
    for one in Edition.objects.order_by("pk"):
        assert hashlib.sha256(bytes(one.content)).hexdigest() == one.content_sha256
        assert hashlib.sha256(bytes(one.pdf)).hexdigest() == one.pdf_sha256
        assert one.previous_sha256 == previous
        assert chain.link_hash(one) == one.sha256
        previous = one.sha256


def test_an_edition_is_dated_before_its_meeting() -> None:
    for paper in Paper.objects.filter(editions__isnull=False).distinct():
        for one in paper.editions.all():
            assert one.published_at.date() < paper.meeting_date


@pytest.mark.parametrize("model", [Edition, EditionChart, EditionFile])
def test_the_database_refuses_to_change_or_delete_an_edition(model) -> None:
    row = model.objects.first()
    for attempt in (
        lambda: model.objects.filter(pk=row.pk).update(
            **{{Edition: "number", EditionChart: "key", EditionFile: "sha256"}[model]: 9}
        ),
        lambda: model.objects.filter(pk=row.pk)._raw_delete("default"),
    ):
        with pytest.raises(DatabaseError, match="as it was published"), transaction.atomic():
            attempt()


def test_what_changes_later_leaves_the_edition_as_it_was() -> None:
    before = bytes(edition(Q1, "public").content)
    Disruption.objects.within((Q1,)).update(marking="OFFICIAL-SENSITIVE")
    Paragraph.objects.update(text="Changed.")

    assert bytes(edition(Q1, "public").content) == before
    assert (
        to_json(board.compose(Q1, audience=Audience.PUBLIC, on=date(2018, 7, 23)).content) != before
    )


def test_late_claims_change_the_past_and_the_next_edition_says_the_new_number() -> None:
    first = from_json(bytes(edition(Q1, "public").content), Content)
    second = from_json(bytes(edition(Q2, "public").content), Content)

    def cells(content: Content) -> dict[str, int]:
        table = next(one for one in content.exhibits() if one.key == "rocu.disruptions")
        return dict(
            zip(
                [c.label for c in table.columns],
                [c.value for c in table.rows[-1].cells],
                strict=True,
            )
        )

    assert cells(first)["Total"] == 132
    assert cells(second)["Previous quarter"] == 136
    assert cells(second)["Total"] == 176


def test_readers_of_a_published_quarter_get_the_edition_and_not_the_records() -> None:
    Disruption.objects.within((Q2,)).update(marking="OFFICIAL-SENSITIVE")

    read = reading.read(Q2, user=User.objects.get(username="member"))

    assert to_json(read.content) == bytes(edition(Q2, "restricted").content)


def test_publishing_again_is_refused(approver) -> None:
    with pytest.raises(PublishingRefused, match="already published"):
        publishing.publish(Q2, by=approver)


def test_a_quarter_without_a_paper_is_refused(approver) -> None:
    with pytest.raises(PublishingRefused, match="no paper"):
        publishing.publish(Quarter(2016, 1), by=approver)


def test_a_quarter_that_is_not_over_is_refused(approver) -> None:
    Paper.objects.create(quarter=Quarter(2150, 1))

    with pytest.raises(PublishingRefused, match="not over"):
        publishing.publish(Quarter(2150, 1), by=approver)


def test_another_day_is_for_the_demonstration_only(approver) -> None:
    from boardreport.models import Office

    Office.objects.update(demonstration=False)

    with pytest.raises(PublishingRefused, match="demonstration"):
        publishing.publish(Q3, by=approver, on=date(2019, 1, 21))


@pytest.mark.parametrize("who", ["member", "officer", "chair", "administrator"])
def test_only_an_approver_publishes(who) -> None:
    with pytest.raises(PublishingRefused, match="an approver does"):
        publishing.publish(Q3, by=User.objects.get(username=who), on=date(2019, 1, 21))


def test_a_day_that_is_yet_to_come_is_refused(approver) -> None:
    with pytest.raises(PublishingRefused, match="yet to come"):
        publishing.publish(Q3, by=approver, on=date(2190, 1, 1))


def test_records_changed_while_it_is_drawn_stop_the_publication(
    approver, papers_set_once, monkeypatch
) -> None:
    count = Edition.objects.count()
    drafted = publishing.drafted

    def change_meanwhile(*arguments, **options) -> publishing.Draft:
        first = Disruption.objects.within((Q3,)).counted().first()
        Disruption.objects.filter(pk=first.pk).update(moderated_impact="none")
        monkeypatch.setattr(publishing, "drafted", drafted)
        return drafted(*arguments, **options)

    monkeypatch.setattr(publishing, "drafted", change_meanwhile)

    with pytest.raises(PublishingRefused, match="changed while"):
        publishing.publish(Q3, by=approver, on=date(2019, 1, 21))

    assert Edition.objects.count() == count


def test_a_failure_while_drawing_leaves_no_half_edition(approver, monkeypatch) -> None:
    from boardreport import paper

    counts = Edition.objects.count(), EditionChart.objects.count()

    def fail(*arguments, **options) -> Never:
        raise OSError("the disk is full")

    monkeypatch.setattr(paper, "pdf", fail)

    with pytest.raises(PublishingRefused, match="the disk is full"):
        publishing.publish(Q3, by=approver, on=date(2019, 1, 21))

    assert (Edition.objects.count(), EditionChart.objects.count()) == counts


def test_no_name_of_a_withheld_operation_is_in_a_public_edition() -> None:
    for quarter in (Q1, Q2):
        text = bytes(edition(quarter, "public").content).decode()
        for row in Disruption.objects.within((quarter,)).exclude(ocg=None):
            if row.marking == "OFFICIAL-SENSITIVE" or row.restriction:
                assert row.operation_name not in text


def test_no_word_of_a_withheld_record_is_in_a_public_edition() -> None:
    words = set()
    for row in Disruption.objects.within((Q2,)):
        if row.marking == "OFFICIAL-SENSITIVE" or row.restriction:
            words.add(row.reference)
    public = edition(Q2, "public")

    assert words
    text = bytes(public.content).decode()
    assert not [word for word in words if word in text]
    restricted = bytes(edition(Q2, "restricted").content).decode()
    assert [word for word in words if word in restricted]
