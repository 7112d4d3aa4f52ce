"""What a page costs, whatever the number of records."""

from datetime import date

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from boardreport.editions import repository
from boardreport.editions.kept import Kept
from boardreport.editions.revised import revising
from tests.boardreport.test_revised_figures import archived_early
from tests.boardreport.test_revisions import Q2, late
from units.ctu.models import NationalDemand
from units.cyber.models import Reach
from units.rocu.models import Disruption, Force, MeasureDefinition

pytestmark = pytest.mark.django_db

PAGES = ("", "ctu/", "rocu/", "cyber/", "board-paper/", "tables.ods")


def queries(who: str, address: str) -> list[str]:
    browser = Client()
    if who:
        browser.force_login(User.objects.get(username=who))
    with CaptureQueriesContext(
        connection,
    ) as captured:
        answer = browser.get(address)
    assert answer.status_code == 200
    return [query["sql"] for query in captured]


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("who", ["", "member", "officer"])
@pytest.mark.parametrize("quarter", ["q1", "q2"])  # the second's report revised the first
def test_a_published_page_makes_at_most_five_queries(quarter, page, who, monkeypatch) -> None:
    monkeypatch.setattr(repository, "REVISING", Kept(revising))  # of which nothing is kept yet

    asked = queries(who, f"/2018-19/{quarter}/{page}")

    # a file of a restricted edition is logged
    logged = [sql for sql in asked if sql.startswith('INSERT INTO "boardreport_download"')]
    assert len(logged) == bool(who and page == "tables.ods")
    assert len(asked) - len(logged) <= 5


@pytest.mark.parametrize("page", PAGES)
def test_a_published_page_of_the_public_reads_editions_alone(page) -> None:
    asked = [sql for one in ("q1", "q2") for sql in queries("", f"/2018-19/{one}/{page}")]

    assert all('FROM "boardreport_edition"' in sql for sql in asked)


@pytest.mark.parametrize("page", PAGES)
def test_a_draft_page_makes_at_most_forty_queries_however_many_records(page) -> None:
    before = len(queries("officer", f"/2018-19/q3/{page}"))
    template = Disruption.objects.filter(
        date_of_impact__year=2018, date_of_impact__month=11
    ).counted()[0]
    copies = [
        Disruption(
            **{
                field.attname: getattr(template, field.attname)
                for field in Disruption._meta.fields
                if field.attname not in ("id", "reference")
            },
            reference=f"D-2018-X{number}",
        )
        for number in range(300)
    ]
    through = Disruption.forces.through
    force = Force.objects.get(name="Staffordshire")
    through.objects.bulk_create(
        through(disruption=one, force=force) for one in Disruption.objects.bulk_create(copies)
    )

    after = len(queries("officer", f"/2018-19/q3/{page}"))

    assert before == after <= 40


@pytest.mark.parametrize("page", PAGES)
def test_a_draft_that_revises_figures_of_all_units_makes_no_more_than_forty(page) -> None:
    late(Q2)
    archived_early()
    reach = Reach.objects.filter(month=date(2018, 7, 1)).first()
    reach.people += 1_234
    reach.save()
    demand = NationalDemand.objects.order_by("-as_of_date").first()
    demand.subjects += 7
    demand.save()
    MeasureDefinition(
        measure="rocu.disruptions", since_date=Q2.start, definition="Counted otherwise."
    ).save()

    asked = queries("officer", f"/2018-19/q3/{page}")

    # a file is logged; and drafts ask for kept drawings as long as Chromium draws charts
    beside = [sql for sql in asked if sql.startswith("INSERT") or "keptdrawing" in sql]
    assert len(asked) - len(beside) <= 40
    assert any('"rocu_historicaldisruption"' in sql for sql in asked)
    assert any('"rocu_historicalocg"' in sql for sql in asked)


def test_the_records_page_makes_the_same_few_queries_for_any_page_and_filter() -> None:
    plain = queries("member", "/2018-19/q2/rocu/disruptions/")
    filtered = queries(
        "member", "/2018-19/q2/rocu/disruptions/?lead=rocu-led&page=2&sort=moderated"
    )

    assert len(plain) == len(filtered) <= 10
