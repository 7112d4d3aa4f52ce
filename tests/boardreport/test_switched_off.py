"""A unit that the office switches off is gone from what is yet to be published alone."""

import re
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.test import Client

from boardreport.desk import rollover
from boardreport.exchange import services
from boardreport.models import Office
from boardreport.outstanding import leads_named
from units.domain.quarters import Quarter

pytestmark = pytest.mark.django_db

OFFICE = "/admin/boardreport/office/1/change/"
Q4 = Quarter(2018, 4)


def client(who: str) -> Client:
    browser = Client()
    browser.force_login(User.objects.get(username=who))
    return browser


def main_of(answer: Any) -> str:
    return str(answer.content.decode().split("<main")[1])


def switch_off(*units: str) -> None:
    """As the administrator does it: ticks in the form of the office, which keeps the rest."""
    browser = client("administrator")
    page = browser.get(OFFICE).content.decode()
    kept = dict(
        re.findall(r'<input type="(?:hidden|text|number)" name="(\w+)" value="([^"]*)"', page)
    )
    form = kept | {"ocg_counts": "counts", "units_off": units}

    assert browser.post(OFFICE, form).status_code == 302


def test_the_administrator_ticks_what_is_switched_off_and_the_history_keeps_it() -> None:
    switch_off("cyber")

    office = Office.current()
    assert [unit.key for unit in office.units] == ["ctu", "rocu"]
    assert [row.units_off for row in office.history.order_by("history_date")][-1] == "cyber"
    page = client("administrator").get(OFFICE).content.decode()
    assert re.search(r'name="units_off" value="cyber"[^>]* checked', page)
    switch_off()
    assert [unit.key for unit in Office.current().units] == ["ctu", "rocu", "cyber"]


@pytest.mark.parametrize("units", ["ctu rocu cyber", "weather"])
def test_neither_all_units_nor_an_unknown_one_are_switched_off(units) -> None:
    office = Office.current()
    office.units_off = units

    with pytest.raises(ValidationError) as refused:
        office.full_clean()

    assert "units_off" in refused.value.message_dict


def test_it_is_gone_from_drafts_and_from_what_is_due_checked_imported_and_reminded() -> None:
    officer = client("officer")
    its_own = {
        "/2018-19/q3/": "Cybercrime",
        "/2018-19/q4/due/": "Cybercrime",
        "/2018-19/q3/checklist/": "Reach",
    }

    def told(address: str) -> bool:
        return its_own[address] in main_of(officer.get(address))

    assert all(told(address) for address in its_own)

    switch_off("cyber")

    assert not any(told(address) for address in its_own)
    assert 'href="/2018-19/q3/cyber/"' not in officer.get("/2018-19/q3/").content.decode()
    assert officer.get("/2018-19/q3/cyber/").status_code == 404
    assert officer.get("/admin/cyber/reach/import/").status_code == 404
    assert set(services.importers()) == {"disruptions", "ocgs"}
    assert "Cybercrime" not in leads_named()


def test_what_was_published_stays_and_a_new_paper_has_it_no_longer() -> None:
    member = client("member")
    before = main_of(member.get("/2018-19/q2/cyber/"))

    switch_off("cyber")
    paper = rollover.begin_paper(Q4, by=User.objects.get(username="officer"))

    assert main_of(member.get("/2018-19/q2/cyber/")) == before
    kinds = list(paper.sections.order_by("order").values_list("kind", flat=True))
    assert "cyber" not in kinds
    assert kinds.index("rocu") == kinds.index("ctu") + 1
