"""Every address × every role has an expected answer; a new address fails until it is listed."""

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import URLPattern, get_resolver

from boardreport import demonstration
from boardreport.models import KeptDrawing

pytestmark = pytest.mark.django_db

ANONYMOUS = "anonymous"
WHO = (ANONYMOUS, *demonstration.ACCOUNTS)
OK, FOUND, GONE = 200, 302, 404
EVERYONE = dict.fromkeys(WHO, OK)
READERS_OF_RECORDS = {
    ANONYMOUS: FOUND, "member": OK, "officer": OK, "approver": OK, "chair": GONE, "administrator": GONE,
}  # fmt: skip
READERS_OF_DRAFTS = dict.fromkeys(WHO, GONE) | {"officer": OK, "approver": OK}
READERS_OF_RESTRICTED = dict.fromkeys(WHO, GONE) | {"member": OK, "officer": OK, "approver": OK}
CHART = "charts/rocu.trend/wide-dark.svg"

NOWHERE = dict.fromkeys(WHO, GONE) | {ANONYMOUS: FOUND, "member": FOUND}
ENTERERS = NOWHERE | {"officer": OK}
IMPORTERS = ENTERERS | {"chair": OK}
EXPORTERS = IMPORTERS | {"approver": OK}

ANSWERS = {
    "home": [("/", dict.fromkeys(WHO, FOUND))],
    "login": [("/accounts/login/", EVERYONE)],
    "logout": [("/accounts/logout/", dict.fromkeys(WHO, 405))],
    "healthz": [("/healthz", EVERYONE)],
    "overview": [
        ("/2018-19/q2/", EVERYONE),
        ("/2018-19/q3/", READERS_OF_DRAFTS),
        ("/2016-17/q1/", READERS_OF_DRAFTS),
        ("/2030-31/q1/", dict.fromkeys(WHO, GONE)),
        ("/2018-20/q2/", dict.fromkeys(WHO, GONE)),
        ("/2018-19/q5/", dict.fromkeys(WHO, GONE)),
    ],
    "unit": [
        ("/2018-19/q2/ctu/", EVERYONE),
        ("/2018-19/q2/rocu/", EVERYONE),
        ("/2018-19/q3/ctu/", READERS_OF_DRAFTS),
        ("/2018-19/q3/rocu/", READERS_OF_DRAFTS),
        ("/2018-19/q2/cyber/", EVERYONE),
        ("/2018-19/q3/cyber/", READERS_OF_DRAFTS),
        ("/2018-19/q2/weather/", dict.fromkeys(WHO, GONE)),
        ("/2030-31/q1/rocu/", dict.fromkeys(WHO, GONE)),
    ],
    "records": [
        ("/2018-19/q2/rocu/disruptions/", READERS_OF_RECORDS),
        ("/2018-19/q3/rocu/disruptions/", READERS_OF_RECORDS | {"member": GONE}),
    ],
    "board-paper": [
        ("/2018-19/q2/board-paper/", EVERYONE),
        ("/2018-19/q3/board-paper/", READERS_OF_DRAFTS),
    ],
    "board-paper-pdf": [
        ("/2018-19/q2/board-paper.pdf", EVERYONE),
        ("/2030-31/q1/board-paper.pdf", dict.fromkeys(WHO, GONE)),
    ],
    "edition-chart": [
        (f"/2018-19/q2/public-1/{CHART}", EVERYONE),
        (f"/2018-19/q2/restricted-1/{CHART}", READERS_OF_RESTRICTED),
        ("/2018-19/q2/public-1/charts/rocu.trend/paper.svg", dict.fromkeys(WHO, GONE)),
        (f"/2018-19/q2/public-2/{CHART}", dict.fromkeys(WHO, GONE)),
    ],
    "import": [
        ("/admin/rocu/disruption/import/", IMPORTERS),
        ("/admin/rocu/ocg/import/", ENTERERS),
        ("/admin/cyber/workstreamupdate/import/", ENTERERS),
        ("/admin/cyber/reach/import/", ENTERERS),
        ("/admin/rocu/panel/import/", NOWHERE),
    ],
    "import-preview": [
        # nobody’s upload: whoever may import is asked for the file again
        (
            "/admin/rocu/ocg/import/00000000-0000-4000-8000-000000000000/",
            ENTERERS | {"officer": FOUND},
        ),
    ],
    "import-template": [
        ("/admin/rocu/disruption/template.xlsx", IMPORTERS),
        ("/admin/rocu/ocg/template.csv", ENTERERS),
        ("/admin/rocu/panel/template.ods", NOWHERE),
    ],
    "export": [
        ("/admin/rocu/ocg/export.csv", EXPORTERS),
        ("/admin/cyber/reach/export.ods", EXPORTERS),
        ("/admin/rocu/panel/export.xlsx", NOWHERE),
    ],
    "draft-chart": [("/2018-19/q3/draft/charts/kept-dark.svg", READERS_OF_DRAFTS)],
}


def client(who: str) -> Client:
    browser = Client()
    if who != ANONYMOUS:
        browser.force_login(User.objects.get(username=who))
    return browser


def test_every_address_is_listed() -> None:
    named = {
        pattern.name for pattern in get_resolver().url_patterns if isinstance(pattern, URLPattern)
    }

    assert named == set(ANSWERS)


@pytest.mark.parametrize("who", WHO)
@pytest.mark.parametrize(
    ("address", "answers"),
    [pair for pairs in ANSWERS.values() for pair in pairs],
    ids=lambda v: v if isinstance(v, str) else "",
)
def test_an_address_answers_each_role_as_listed(address, answers, who) -> None:
    KeptDrawing.objects.get_or_create(digest="kept", defaults={"svg": "<svg/>"})

    answer = client(who).get(address)

    assert answer.status_code == answers[who]


@pytest.mark.parametrize("who", WHO)
def test_pages_answer_no_other_method(who) -> None:
    for address in (
        "/",
        "/2018-19/q2/",
        "/2018-19/q2/rocu/",
        "/2018-19/q2/board-paper.pdf",
        "/healthz",
    ):
        assert client(who).post(address).status_code == 405


@pytest.mark.parametrize("who", WHO)
def test_the_admin_is_for_those_who_enter_or_decide(who) -> None:
    answer = client(who).get("/admin/")

    allowed = who in ("officer", "chair", "approver", "administrator")
    assert answer.status_code == (OK if allowed else FOUND)


@pytest.mark.parametrize("who", ["chair", "administrator", ANONYMOUS])
def test_without_clearance_the_public_edition_is_served(who) -> None:
    page = client(who).get("/2018-19/q2/board-paper/").content.decode()

    assert "Public edition 1" in page
    assert "OFFICIAL-SENSITIVE</" not in page.split("Glossary")[0]


def test_a_member_is_served_the_restricted_edition() -> None:
    page = client("member").get("/2018-19/q2/board-paper/").content.decode()

    assert "Restricted edition 1" in page
    assert "OFFICIAL-SENSITIVE" in page


def test_a_withheld_quarter_and_an_unknown_one_look_the_same() -> None:
    draft = client(ANONYMOUS).get("/2018-19/q3/").content.decode()
    unknown = client(ANONYMOUS).get("/2031-32/q3/").content.decode()

    assert draft.replace("/2018-19/q3/", "") == unknown.replace("/2031-32/q3/", "")
    assert "Page not found" in draft


def test_a_missing_chromium_is_told_with_its_remedy(monkeypatch) -> None:
    KeptDrawing.objects.all().delete()
    monkeypatch.setenv("BROWSER_PATH", "/nonexistent")

    answer = client("officer").get("/2018-19/q3/board-paper.pdf")

    assert answer.status_code == 503
    assert "BROWSER_PATH" in answer.content.decode()
