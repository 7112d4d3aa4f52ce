"""Long words without a break, on every kind of page at the width of a telephone."""

import pytest
from django.contrib.auth.models import User
from playwright.sync_api import Page
from pytest_django.live_server_helper import LiveServer

from boardreport.models import (
    Office,
    Paper,
    Paragraph,
    Recommendation,
)
from tests.browser import test_pages
from tests.browser.test_pages import Opened
from tests.panel_addresses import placed
from units.ctu.models import PlanPriority, PriorityUpdate
from units.cyber.models import Channel, Workstream, WorkstreamUpdate
from units.rocu.models import (
    OCG,
    Attendance,
    CrimeType,
    Disruption,
    Force,
    Panel,
)

opened = test_pages.opened
LONG = "W" * 150
REFERENCE = "STAFFS/18/WWWWWWWWWW"

PAGES = (
    "/2018-19/q3/", "/2018-19/q3/ctu/", "/2018-19/q3/rocu/", "/2018-19/q3/cyber/",
    "/2018-19/q3/board-paper/", "/2018-19/q3/rocu/disruptions/", "/2018-19/q3/rocu/ocgs/",
    "/2018-19/q3/checklist/", "/2018-19/q3/due/", "/2018-19/q2/changes/",
    f"/search/?q={LONG}", f"/trend/?of={LONG}", f"/compare/?a={LONG}",
    "/panel/2019-01-08/", f"/panel/2019-01-08/{{{REFERENCE}}}/", "/panel/2019-01-08/interests/",
    "/panel/2019-01-08/attendance/", "/panel/2018-12-11/minutes/", "/accounts/2fa/",
)  # fmt: skip


@pytest.fixture
def long_words(transactional_db: None) -> None:
    """Every kind of text that pages show, as long as its field allows, without a blank."""
    for model, name in (
        (Office, "name"), (Office, "board"), (Paper, "title"), (Paper, "author_title"),
        (Recommendation, "title"), (PlanPriority, "title"), (Workstream, "title"),
        (Disruption, "operation_name"), (Attendance, "post"), (OCG, "name"),
    ):  # fmt: skip
        model.objects.update(**{name: LONG[: model._meta.get_field(name).max_length]})
    for model, name in (
        (Paragraph, "text"), (PriorityUpdate, "update"), (WorkstreamUpdate, "update"),
        (WorkstreamUpdate, "next_step"), (Disruption, "public_summary"),
        (Disruption, "restricted_summary"), (Disruption, "evidence"), (Panel, "notes"),
    ):  # fmt: skip
        model.objects.update(**{name: LONG})
    for model in (CrimeType, Force, Channel):
        for place, record in enumerate(model.objects.all()):
            model.objects.filter(pk=record.pk).update(name=f"{place}{LONG}"[:120])
    OCG.objects.filter(pk=OCG.objects.first().pk).update(urn="W" * 20)
    Disruption.objects.filter(reference="D-2018-0600").update(reference=REFERENCE)
    User.objects.update(first_name=LONG, last_name=LONG)
    Attendance.objects.create(
        panel=Panel.objects.get(date="2019-01-08"), post=LONG[:100], organisation=LONG[:100],
        presence="present",
    )  # fmt: skip


@pytest.mark.slow
def test_words_without_a_break_widen_no_page(
    long_words: None,
    opened: Opened,
    live_server: LiveServer,
) -> None:
    page = opened("chair", width=320)
    officer = opened("officer", width=320)

    wide = [
        path
        for path in PAGES
        if too_wide(page if path.startswith("/panel") else officer, live_server, placed(path))
    ]

    assert wide == []


def too_wide(page: Page, server: LiveServer, path: str) -> bool:
    page.goto(server.url + path)
    page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
    return page.evaluate("document.documentElement.scrollWidth") > 320
