"""Every address × every role × every method has an expected answer; a new address fails until listed.

A page takes one line in ADDRESSES: the address, then what a GET is answered for each role, then
`post=` where forms are sent there. What the admin answers follows from the table of rights
(units.rights), which the README shows. HEAD is
answered as GET; every method but these three by 405, to everybody and everywhere (the middleware
asks nobody who comes), which the admin's many pages prove for one of their readers each.
"""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import NamedTuple

import pytest
from django.apps import apps
from django.contrib import admin
from django.contrib.auth.models import Group, Permission, User
from django.test import Client
from django.urls import URLPattern, get_resolver, reverse
from django.utils import timezone

from boardreport.charts import fonts
from boardreport.demonstration import load
from boardreport.models import (
    Download,
    Edition,
    Erasure,
    Export,
    Publication,
    Rebase,
    Recommendation,
    Withdrawal,
)
from boardreport.paper import pdf, word
from tests.panel_addresses import placed
from units.cyber.models import MeasureDefinition as ReachDefinition
from units.domain.rights import (
    DECIDE,
    DELETE,
    ENTER,
    EXPORT,
    IMPORT,
    KIND_OF,
    READ,
    Kind,
    Right,
    Role,
    allowed,
    holders,
)
from units.domain.vocabulary import Presence
from units.records.roles import ACTIONS, grant, kind_of
from units.registry import registered_units
from units.rocu.models import (
    Attendance,
    Disruption,
    Interest,
    Panel,
)
from units.rocu.models import MeasureDefinition as RocuDefinition

pytestmark = [pytest.mark.django_db, pytest.mark.portable]

ANONYMOUS = "anonymous"
WHO = (ANONYMOUS, *load.ACCOUNTS)
OK, FOUND, GONE, REFUSED, UNPROCESSABLE = 200, 302, 404, 405, 422

# POST comes last, since it may sign out
METHODS = ("GET", "HEAD", "PUT", "PATCH", "DELETE", "OPTIONS", "POST")

type Answers = dict[str, int]


def all_get(status: int, **others: int) -> Answers:
    """The same answer to every role, but for those named."""
    return dict.fromkeys(WHO, status) | others


EVERYONE = all_get(OK)
NOBODY = all_get(GONE)
SIGNED_IN = all_get(OK, anonymous=FOUND)
ELSEWHERE = all_get(FOUND)
NO_FORM = all_get(REFUSED)
READERS_OF_DRAFTS = all_get(GONE, officer=OK, approver=OK)
ASKERS_FOR_DRAFTS = all_get(GONE, officer=FOUND, approver=FOUND)
READERS_OF_RESTRICTED = READERS_OF_DRAFTS | {"member": OK}
READERS_OF_RECORDS = READERS_OF_RESTRICTED | {ANONYMOUS: FOUND}
USERS_OF_THE_ADMIN = all_get(OK, anonymous=FOUND, member=GONE)
SENT_ON_IN_THE_ADMIN = all_get(FOUND, member=GONE)
NO_FORM_IN_THE_ADMIN = all_get(REFUSED, anonymous=FOUND, member=GONE)
IN_THEIR_STEAD = dict.fromkeys((ANONYMOUS, "member", "officer", "approver"), FOUND)
NOWHERE = all_get(GONE, anonymous=FOUND)
ENTERERS = NOWHERE | {"officer": OK}
IMPORTERS = ENTERERS | {"chair": OK}
EXPORTERS = ENTERERS | {"approver": OK}
NO_FORM_OF_ENTERERS = NOWHERE | {"officer": REFUSED}
NO_FORM_OF_IMPORTERS = NO_FORM_OF_ENTERERS | {"chair": REFUSED}
READERS_OF_PANELS = READERS_OF_DRAFTS | {"chair": OK}
CHAIR_ALONE = all_get(GONE, chair=OK)
NO_FORM_OF_PANELS = all_get(GONE, officer=REFUSED, approver=REFUSED, chair=REFUSED)
CHART = "charts/rocu.trend/wide-dark.svg"
NO_ONES = "00000000-0000-4000-8000-000000000000"
"""The key of what nobody has asked for or sent."""
TRACE = "2018-19-q2-jcaa6"  # the table of disruptions by crime type


class Line(NamedTuple):
    """An address with what it answers to each role."""

    address: str
    get: Answers
    post: Answers = NO_FORM


ADDRESSES = {
    "home": [Line("/", ELSEWHERE)],
    "quarters": [Line("/quarters/", EVERYONE)],
    "compare": [
        Line("/compare/", EVERYONE),
        Line("/compare/?quarter=2018-19-q3&with=2018-19-q2", EVERYONE),
    ],
    "trend": [
        Line("/trend/", EVERYONE),
        Line("/trend/?of=rocu.forces.data:Staffordshire", EVERYONE),
    ],
    "trend-figure": [
        Line("/trend/figure.json?of=rocu.forces.data:Staffordshire", EVERYONE),
        Line("/trend/figure.json?of=rocu.forces.data:Nowhere", NOBODY),
    ],
    "trend-file": [Line("/trend.csv?of=rocu.forces.data:Staffordshire", EVERYONE)],
    "compare-file": [
        Line("/compare/compare.rocu.leads.data.csv?quarter=2018-19-q2&with=2018-19-q1", EVERYONE),
        Line("/compare/compare.rocu.nothing.csv", NOBODY),
    ],
    "compare-workbook": [Line("/compare.xlsx?quarter=2018-19-q2&with=2018-19-q1", EVERYONE)],
    "definitions": [Line("/definitions/", EVERYONE)],
    "search": [Line("/search/?q=phishing", EVERYONE)],
    "feed": [Line("/feed/", EVERYONE, EVERYONE)],
    "healthz": [Line("/healthz", EVERYONE)],
    "overview": [
        Line("/2018-19/q2/", EVERYONE),
        Line("/2018-19/q3/", READERS_OF_DRAFTS),
        Line("/2016-17/q1/", READERS_OF_DRAFTS),
        Line("/2018-19/q2/public-1/", EVERYONE),
        Line("/2018-19/q2/restricted-1/", READERS_OF_RESTRICTED),
        Line("/2018-19/q2/public-2/", NOBODY),
        Line("/2018-19/q3/public-1/", NOBODY),
        Line("/2030-31/q1/", NOBODY),
        Line("/2018-20/q2/", NOBODY, NOBODY),
        Line("/2018-19/q5/", NOBODY, NOBODY),
    ],
    "unit": [
        Line("/2018-19/q2/ctu/", EVERYONE),
        Line("/2018-19/q2/rocu/", EVERYONE),
        Line("/2018-19/q3/ctu/", READERS_OF_DRAFTS),
        Line("/2018-19/q3/rocu/", READERS_OF_DRAFTS),
        Line("/2018-19/q2/cyber/", EVERYONE),
        Line("/2018-19/q3/cyber/", READERS_OF_DRAFTS),
        Line("/2018-19/q2/public-1/rocu/", EVERYONE),
        Line("/2018-19/q2/restricted-1/ctu/", READERS_OF_RESTRICTED),
        Line("/2018-19/q2/weather/", NOBODY),
        Line("/2030-31/q1/rocu/", NOBODY),
    ],
    "due": [
        Line("/2018-19/q2/due/", READERS_OF_DRAFTS),
        Line("/2018-19/q3/due/", READERS_OF_DRAFTS),
        Line("/2018-19/q4/due/", READERS_OF_DRAFTS),
        Line("/1900-01/q1/due/", READERS_OF_DRAFTS),
        Line("/2198-99/q1/due/", NOBODY),
    ],
    "begin": [Line("/2018-19/q4/begin/", ELSEWHERE, NOBODY)],
    "records": [
        Line("/2018-19/q2/rocu/disruptions/", READERS_OF_RECORDS),
        Line("/2018-19/q3/rocu/disruptions/", READERS_OF_RECORDS | {"member": GONE}),
        Line("/2018-19/q2/restricted-1/rocu/disruptions/", READERS_OF_RECORDS),
        Line("/2018-19/q2/restricted-2/rocu/disruptions/", NOWHERE),
        Line("/2018-19/q2/public-1/rocu/disruptions/", NOWHERE),
        Line("/2018-19/q2/rocu/nothing/", NOBODY),
        Line("/2018-19/q2/weather/disruptions/", NOBODY),
        Line("/2018-19/q2/rocu/ocgs/", READERS_OF_RECORDS),
        Line("/2018-19/q3/rocu/ocgs/", READERS_OF_RECORDS | {"member": GONE}),
        Line("/2018-19/q2/rocu/ocgs/?period=never", NOWHERE),
        Line("/2018-19/q2/rocu/ocgs/?crime=Drug+Activity", NOWHERE),
        Line("/2018-19/q2/restricted-1/rocu/ocgs/", READERS_OF_RECORDS),
        Line("/2018-19/q2/public-1/rocu/ocgs/", NOWHERE),
    ],
    "records-file": [
        Line("/2018-19/q2/rocu/disruptions.csv", READERS_OF_RECORDS),
        Line("/2018-19/q3/rocu/disruptions.xlsx", READERS_OF_RECORDS | {"member": GONE}),
        Line("/2018-19/q2/rocu/disruptions.csv?lead=nobody", all_get(GONE, **IN_THEIR_STEAD)),
        Line("/2018-19/q2/rocu/disruptions.pdf", NOBODY, NOBODY),
        Line("/2018-19/q2/restricted-1/rocu/disruptions.csv", READERS_OF_RECORDS),
        Line("/2018-19/q2/public-1/rocu/disruptions.csv", NOWHERE),
        Line("/2018-19/q2/rocu/nothing.csv", NOBODY),
        Line("/2018-19/q2/rocu/ocgs.ods", READERS_OF_RECORDS),
        Line("/2018-19/q3/rocu/ocgs.csv", READERS_OF_RECORDS | {"member": GONE}),
        Line("/2018-19/q2/rocu/ocgs.csv?period=never", NOWHERE),
        Line("/2018-19/q2/restricted-1/rocu/ocgs.csv", READERS_OF_RECORDS),
        Line("/2018-19/q2/public-1/rocu/ocgs.csv", NOWHERE),
    ],
    "table-file": [
        Line("/2018-19/q2/tables/rocu.disruptions.csv", EVERYONE),
        Line("/2018-19/q2/public-1/tables/rocu.trend.ods", EVERYONE),
        Line("/2018-19/q2/restricted-1/tables/rocu.disruptions.csv", READERS_OF_RESTRICTED),
        Line("/2018-19/q3/tables/rocu.disruptions.xlsx", READERS_OF_DRAFTS),
        Line("/2018-19/q2/tables/rocu.nothing.csv", NOBODY),
        Line("/2030-31/q1/tables/rocu.disruptions.csv", NOBODY),
    ],
    "workbook": [
        Line("/2018-19/q2/tables.ods", EVERYONE),
        Line("/2018-19/q2/restricted-1/tables.xlsx", READERS_OF_RESTRICTED),
        Line("/2018-19/q3/tables.xlsx", READERS_OF_DRAFTS),
        Line("/2018-19/q2/tables.csv", NOBODY, NOBODY),
    ],
    "edition-json": [
        Line("/2018-19/q2/edition.json", EVERYONE),
        Line("/2018-19/q2/restricted-1/edition.json", READERS_OF_RESTRICTED),
        Line("/2018-19/q3/edition.json", NOBODY),
    ],
    "edition-schema": [Line("/schema/edition.json", EVERYONE)],
    "trace": [
        # of a quarter published once, whatever code it is leads to the one with its edition
        Line("/trace/2018-19-q2-t3/", ELSEWHERE),
        Line(
            f"/trace/{TRACE}-1/", EVERYONE | dict.fromkeys(("member", "officer", "approver"), FOUND)
        ),
        Line(f"/trace/{TRACE}-2/", NOBODY),
        Line("/trace/2018-19-q2-t999/", NOBODY),
        Line("/trace/2018-19-q3-t1/", all_get(GONE, officer=FOUND, approver=FOUND)),
        Line("/trace/2018-20-q2-t1/", NOBODY),
        Line("/trace/nonsense/", NOBODY),
    ],
    "tracing": [
        Line("/trace/", EVERYONE),
        Line(f"/trace/?code={TRACE}-1", ELSEWHERE),
        Line("/trace/?code=nonsense", NOBODY),
    ],
    "board-paper-word": [
        Line("/2018-19/q2/board-paper.docx", EVERYONE),
        Line("/2018-19/q2/restricted-1/board-paper.docx", READERS_OF_RESTRICTED),
        Line("/2018-19/q3/board-paper.docx", ASKERS_FOR_DRAFTS),
        Line("/2030-31/q1/board-paper.docx", NOBODY),
    ],
    "board-paper": [
        Line("/2018-19/q2/board-paper/", EVERYONE),
        Line("/2018-19/q2/restricted-1/board-paper/", READERS_OF_RESTRICTED),
        Line("/2018-19/q3/board-paper/", READERS_OF_DRAFTS),
    ],
    "board-paper-pdf": [
        Line("/2018-19/q2/board-paper.pdf", EVERYONE),
        Line("/2018-19/q2/public-1/board-paper.pdf", EVERYONE),
        Line("/2018-19/q2/restricted-1/board-paper.pdf", READERS_OF_RESTRICTED),
        Line("/2018-19/q3/board-paper.pdf", ASKERS_FOR_DRAFTS),
        Line("/2030-31/q1/board-paper.pdf", NOBODY),
    ],
    "checklist": [
        Line(
            "/2018-19/q3/checklist/",
            READERS_OF_DRAFTS,
            all_get(GONE, approver=UNPROCESSABLE),
        ),
        Line(
            "/2018-19/q2/checklist/",
            READERS_OF_DRAFTS,
            all_get(GONE, approver=UNPROCESSABLE),
        ),
        Line("/2010-11/q1/checklist/", READERS_OF_DRAFTS, all_get(GONE, approver=UNPROCESSABLE)),
        Line("/2030-31/q1/checklist/", NOBODY, NOBODY),
    ],
    "publication": [Line("/2018-19/q3/publication/", NOBODY, NOBODY)],
    "changes": [
        Line("/2018-19/q2/changes/", EVERYONE),
        Line("/2018-19/q3/changes/", READERS_OF_DRAFTS),
        Line("/2010-11/q1/changes/", READERS_OF_DRAFTS),
        Line("/2030-31/q1/changes/", NOBODY),
        Line("/2018-19/q2/changes/?to=records", READERS_OF_DRAFTS),
        Line("/2018-19/q2/changes/?from=public-9", NOBODY),
    ],
    "edition-chart": [
        Line(f"/2018-19/q2/public-1/{CHART}", EVERYONE),
        Line(f"/2018-19/q2/restricted-1/{CHART}", READERS_OF_RESTRICTED),
        Line("/2018-19/q2/public-1/charts/rocu.trend/paper.svg", NOBODY),
        Line(f"/2018-19/q2/public-2/{CHART}", NOBODY),
    ],
    "draft-paper": [Line(f"/2018-19/q3/draft/{NO_ONES}/", NOBODY, NOBODY)],
    "draft-file": [Line(f"/2018-19/q3/draft/{NO_ONES}/file/", NOBODY)],
    "chart-figure": [
        Line("/2018-19/q2/charts/rocu.trend.json", EVERYONE),
        Line("/2018-19/q2/public-1/charts/rocu.trend.json", EVERYONE),
        Line("/2018-19/q2/restricted-1/charts/rocu.trend.json", READERS_OF_RESTRICTED),
        Line("/2018-19/q3/charts/rocu.trend.json", READERS_OF_DRAFTS),
        Line("/2018-19/q2/charts/rocu.leads.json", NOBODY),
        Line("/2018-19/q2/charts/nothing.json", NOBODY),
        Line("/2030-31/q1/charts/rocu.trend.json", NOBODY),
    ],
    "panel": [Line("/panel/", READERS_OF_PANELS, CHAIR_ALONE)],
    "panel-agreement": [Line("/panel/agreement/", READERS_OF_PANELS)],
    "panel-meeting": [
        Line("/panel/2019-01-08/", READERS_OF_PANELS),
        Line("/panel/2018-12-11/", READERS_OF_PANELS),
        Line("/panel/2018-12-10/", NOBODY),
        Line("/panel/2018-13-11/", NOBODY, NOBODY),
    ],
    "panel-attendance": [Line("/panel/2019-01-08/attendance/", CHAIR_ALONE, CHAIR_ALONE)],
    "panel-interests": [Line("/panel/2019-01-08/interests/", CHAIR_ALONE, CHAIR_ALONE)],
    "panel-put-back": [Line("/panel/2019-01-08/put-back/", CHAIR_ALONE, CHAIR_ALONE)],
    "panel-close": [Line("/panel/2019-01-08/close/", CHAIR_ALONE, all_get(GONE, chair=FOUND))],
    "panel-minutes": [
        Line("/panel/2019-01-08/minutes/", READERS_OF_PANELS),
        Line("/panel/2018-12-11/minutes/", READERS_OF_PANELS),
        Line("/panel/2018-12-10/minutes/", NOBODY),
    ],
    "panel-claim": [
        Line("/panel/2019-01-08/{D-2018-0600}/", READERS_OF_PANELS, CHAIR_ALONE),
        Line("/panel/2019-01-08/{D-2018-0001}/", NOBODY, NOBODY),
    ],
    # records as spreadsheets; without a file, the form says what it wants
    "import": [
        Line("/admin/rocu/disruption/import/", IMPORTERS, IMPORTERS),
        Line("/admin/rocu/ocg/import/", ENTERERS, ENTERERS),
        Line("/admin/cyber/workstreamupdate/import/", ENTERERS, ENTERERS),
        Line("/admin/cyber/reach/import/", ENTERERS, ENTERERS),
        Line("/admin/rocu/panel/import/", NOWHERE, NOWHERE),
    ],
    "import-preview": [
        # nobody’s upload: whoever may import is asked for the file again
        Line(
            f"/admin/rocu/ocg/import/{NO_ONES}/",
            *[ENTERERS | {"officer": FOUND}] * 2,
        )
    ],
    "import-template": [
        Line("/admin/rocu/disruption/template.xlsx", IMPORTERS, NO_FORM_OF_IMPORTERS),
        Line("/admin/rocu/ocg/template.csv", ENTERERS, NO_FORM_OF_ENTERERS),
        Line("/admin/rocu/panel/template.ods", NOWHERE, NOWHERE),
    ],
    "export": [
        Line(
            "/admin/rocu/disruption/export.csv?q=none",
            EXPORTERS | {"chair": OK},
            NO_FORM_IN_THE_ADMIN,
        ),
        Line("/admin/rocu/ocg/export.csv", EXPORTERS, NO_FORM_IN_THE_ADMIN),
        Line("/admin/cyber/reach/export.ods", EXPORTERS, NO_FORM_IN_THE_ADMIN),
        Line("/admin/rocu/panel/export.xlsx", NOWHERE, NO_FORM_IN_THE_ADMIN),
    ],
    # sign-in: whoever is signed in is sent on; what changes an account asks for the password first
    "account_login": [
        Line("/accounts/login/", all_get(FOUND, anonymous=OK), all_get(FOUND, anonymous=OK))
    ],
    "account_logout": [Line("/accounts/logout/", SIGNED_IN, ELSEWHERE)],
    "account_inactive": [Line("/accounts/inactive/", EVERYONE)],
    "account_reauthenticate": [Line("/accounts/reauthenticate/", SIGNED_IN, SIGNED_IN)],
    "account_change_password": [Line("/accounts/password/", SIGNED_IN, SIGNED_IN)],
    "mfa_index": [Line("/accounts/2fa/", SIGNED_IN, all_get(REFUSED, anonymous=FOUND))],
    "mfa_authenticate": [Line("/accounts/2fa/authenticate/", ELSEWHERE, ELSEWHERE)],
    "mfa_reauthenticate": [Line("/accounts/2fa/reauthenticate/", ELSEWHERE, ELSEWHERE)],
    "mfa_activate_totp": [Line("/accounts/2fa/totp/activate/", ELSEWHERE, ELSEWHERE)],
    "mfa_deactivate_totp": [
        Line("/accounts/2fa/totp/deactivate/", *[all_get(GONE, anonymous=FOUND)] * 2)
    ],
    "mfa_view_recovery_codes": [
        Line(
            "/accounts/2fa/recovery-codes/",
            all_get(GONE, anonymous=FOUND),
            all_get(REFUSED, anonymous=FOUND),
        )
    ],
    "mfa_download_recovery_codes": [
        Line("/accounts/2fa/recovery-codes/download/", *[all_get(GONE, anonymous=FOUND)] * 2)
    ],
    "mfa_generate_recovery_codes": [
        Line("/accounts/2fa/recovery-codes/generate/", ELSEWHERE, ELSEWHERE)
    ],
    "mfa_list_webauthn": [
        Line("/accounts/2fa/webauthn/", SIGNED_IN, all_get(REFUSED, anonymous=FOUND))
    ],
    "mfa_add_webauthn": [Line("/accounts/2fa/webauthn/add/", ELSEWHERE, ELSEWHERE)],
    "mfa_reauthenticate_webauthn": [
        Line("/accounts/2fa/webauthn/reauthenticate/", ELSEWHERE, ELSEWHERE)
    ],
    "mfa_edit_webauthn": [Line("/accounts/2fa/webauthn/keys/1/edit/", ELSEWHERE, ELSEWHERE)],
    "mfa_remove_webauthn": [Line("/accounts/2fa/webauthn/keys/1/remove/", ELSEWHERE, ELSEWHERE)],
    "openid_connect_login": [Line("/accounts/oidc/office/login/", NOBODY, NOBODY)],
    "openid_connect_callback": [Line("/accounts/oidc/office/login/callback/", NOBODY, NOBODY)],
    "socialaccount_login_cancelled": [Line("/accounts/oidc/cancelled/", EVERYONE)],
    # the admin’s own pages; those of its models follow from RIGHTS
    "admin:index": [Line("/admin/", USERS_OF_THE_ADMIN, USERS_OF_THE_ADMIN)],
    "admin:app_list": [Line("/admin/rocu/", USERS_OF_THE_ADMIN, USERS_OF_THE_ADMIN)],
    "admin:login": [Line("/admin/login/", ELSEWHERE, ELSEWHERE)],
    "admin:logout": [Line("/admin/logout/", USERS_OF_THE_ADMIN, SENT_ON_IN_THE_ADMIN)],
    "admin:password_change": [
        Line("/admin/password_change/", SENT_ON_IN_THE_ADMIN, SENT_ON_IN_THE_ADMIN)
    ],
    "admin:password_change_done": [
        Line("/admin/password_change/done/", SENT_ON_IN_THE_ADMIN, SENT_ON_IN_THE_ADMIN)
    ],
    "admin:jsi18n": [Line("/admin/jsi18n/", USERS_OF_THE_ADMIN, NO_FORM_IN_THE_ADMIN)],
    "admin:autocomplete": [
        Line("/admin/autocomplete/", all_get(GONE, anonymous=FOUND), NO_FORM_IN_THE_ADMIN),
        Line(
            "/admin/autocomplete/?app_label=rocu&model_name=disruption&field_name=ocg",
            all_get(OK, anonymous=FOUND, member=GONE, administrator=GONE),
            NO_FORM_IN_THE_ADMIN,
        ),
    ],
    "admin:view_on_site": [
        Line("/admin/r/1/1/", all_get(GONE, anonymous=FOUND), all_get(GONE, anonymous=FOUND))
    ],
    "admin:auth_user_password_change": [
        Line(
            "/admin/auth/user/1/password/", *[all_get(GONE, anonymous=FOUND, administrator=OK)] * 2
        )
    ],
    "admin:rocu_disruption_hints": [Line("/admin/rocu/disruption/hints/", ENTERERS, ENTERERS)],
    "admin:boardreport_paragraph_preview": [
        Line(
            "/admin/boardreport/paragraph/preview/",
            NO_FORM_IN_THE_ADMIN,
            all_get(GONE, anonymous=FOUND, officer=OK),
        )
    ],
    "admin:boardreport_paragraph_move": [
        Line(
            "/admin/boardreport/paragraph/1/move/up/",
            NO_FORM_IN_THE_ADMIN,
            all_get(GONE, anonymous=FOUND, officer=FOUND),
        )
    ],
    "admin:<path:object_id>/": [
        Line("/admin/rocu/ocg/1/", SENT_ON_IN_THE_ADMIN, SENT_ON_IN_THE_ADMIN)
    ],
    "admin:(?P<url>.*)$": [
        Line("/admin/nothing/", all_get(GONE, anonymous=FOUND), all_get(GONE, anonymous=FOUND))
    ],
}


class Rights(NamedTuple):
    """Who may do what with the records of one model in the admin; what is looked at has a history."""

    view: frozenset[str] = frozenset()
    add: frozenset[str] = frozenset()
    change: frozenset[str] = frozenset()
    delete: frozenset[str] = frozenset()


ACCOUNT_OF = {role: account for account, role in load.ACCOUNTS.items()}
NEVER_BY_HAND = {
    # made by publishing and by taking something away, or at /panel/
    **dict.fromkeys(
        (
            "boardreport.edition", "boardreport.withdrawal", "boardreport.publication",
            "boardreport.erasure", "boardreport.download", "boardreport.export", "rocu.decision",
        ),
        frozenset({"add", "change", "delete"}),
    ),
    "boardreport.office": frozenset({"add", "delete"}),  # there is one, and it is there
}  # fmt: skip


def accounts_with(right: Right, label: str) -> frozenset[str]:
    """The accounts of the demonstration that have a right on the records of a model."""
    return frozenset(ACCOUNT_OF[role] for role in holders(right, kind_of(label)))


def rights_of(label: str) -> Rights:
    """What the table of rights makes of a model's pages in the admin."""
    by_page = {"view": READ, "add": ENTER, "change": ENTER, "delete": DELETE}
    never = NEVER_BY_HAND.get(label, ())
    return Rights(
        **{
            page: accounts_with(right, label)
            for page, right in by_page.items()
            if page not in never
        }
    )


RIGHTS = {
    model._meta.label_lower: rights_of(model._meta.label_lower) for model in admin.site._registry
}


def client(who: str) -> Client:
    browser = Client()
    if who != ANONYMOUS:
        browser.force_login(User.objects.get(username=who))
    return browser


def addresses(patterns: list, space: str = "") -> Iterator[str]:
    """The name of every address that is resolved, or its route where it has none."""
    for pattern in patterns:
        if isinstance(pattern, URLPattern):
            yield f"{space}{pattern.name or pattern.pattern}"
        else:
            within = f"{pattern.namespace}:" if pattern.namespace else space
            yield from addresses(pattern.url_patterns, within)


def names_of(label: str) -> dict[str, str]:
    """The admin's pages of one model: kind of page to name."""
    kinds = ["changelist", "add", "change", "history", "delete"]
    if hasattr(apps.get_model(label), "history"):
        kinds.append("version")
    return {kind: f"admin:{label.replace('.', '_')}_{kind}" for kind in kinds}


@pytest.fixture
def nothing_made(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever sets a paper or writes a Word document in a request would fail."""
    for module, name in ((pdf, "pdf"), (word, "docx")):
        monkeypatch.setattr(module, name, None)


@pytest.fixture
def sitting() -> None:
    """Somebody sits on the panel that is not closed yet: what a closed one recorded is fixed."""
    panel = Panel.objects.get(closed_at=None)
    member = Attendance.objects.create(
        panel=panel, post="Analyst", organisation="ROCU", presence=Presence.PRESENT
    )
    Interest.objects.create(member=member, disruption=Disruption.objects.first(), nature="Led it")


@pytest.fixture
def aftermath() -> None:
    """What becomes of editions and definitions, and of which the demonstration has no record."""
    for model, measure in ((RocuDefinition, "rocu.ocgs"), (ReachDefinition, "cyber.reach")):
        model(measure=measure, since_date=date(2018, 4, 1), definition="Otherwise.").save()
    edition, now = Edition.objects.earliest("pk"), timezone.now()
    by = User.objects.get(username="approver")
    Withdrawal.objects.create(
        edition=edition, record="rocu.disruption 1", reason="An order", withdrawn_at=now
    )
    Erasure.objects.create(edition=edition, reason="An order", erased_at=now, erased_by=by)
    Publication.objects.create(quarter=edition.quarter, asked_by=by, asked_at=now)
    Download.objects.create(
        copy="2345-6789", reader=by, at=now, quarter=edition.quarter, edition=edition, format="pdf"
    )
    Export.objects.create(
        reader=by, at=now, kind="OCGs", number=3, marking="OFFICIAL", format="csv"
    )
    Rebase.objects.create(
        measure="rocu.ocgs",
        quarter=edition.quarter,
        reason="Another way of mapping",
        recommendation=Recommendation.objects.earliest("pk"),
    )


def pages_of(label: str, who: str) -> Iterator[tuple[str, int, int]]:
    """Each of the admin's pages of one model, with its answers to GET and POST for one role."""
    rights, model = RIGHTS[label], apps.get_model(label)
    subject = (
        Disruption.objects.filter(decision=None).first()  # a decided one is never deleted
        if model is Disruption
        else model.objects.order_by("-pk").first()
    )
    stranger = FOUND if who == ANONYMOUS else GONE
    for kind, name in names_of(label).items():
        arguments = [] if kind in ("changelist", "add") else [subject.pk]
        if kind == "version":
            arguments.append(subject.history.values_list("pk", flat=True).first())
        reads = {"add": rights.add, "delete": rights.delete}.get(kind, rights.view)
        sends = {"change": rights.change, "version": rights.change}.get(kind, reads)
        # a list of nothing is made sooner than one of fifty rows
        query = "?q=none-is-called-this" if kind == "changelist" else ""
        yield (
            reverse(name, args=arguments) + query,
            OK if who in reads else stranger,
            OK if who in sends else stranger,
        )


def answered(browser: Client, address: str, methods: tuple[str, ...] = METHODS) -> dict[str, int]:
    """What an address answers to each method."""
    return {method: browser.generic(method, address).status_code for method in methods}


def expected(get: int, post: int, methods: tuple[str, ...] = METHODS) -> dict[str, int]:
    """What an address should answer to each method."""
    return {
        method: {"GET": get, "HEAD": get, "POST": post}.get(method, REFUSED) for method in methods
    }


def test_every_address_is_listed() -> None:
    derived = {name for label in RIGHTS for name in names_of(label).values()}

    assert set(addresses(get_resolver().url_patterns)) == set(ADDRESSES) | derived


def test_every_model_in_the_admin_is_of_a_kind_in_the_table_of_rights() -> None:
    registered = {model._meta.label_lower for model in admin.site._registry}

    assert all(kind_of(label) for label in registered)
    assert {label for label in KIND_OF if "." in label} <= registered


def test_the_groups_have_the_permissions_of_the_table_and_no_others() -> None:
    for role in Role:
        granted = Permission.objects.filter(group__name=role.value).select_related("content_type")
        expected = {
            f"{action}_{label.partition('.')[2]}"
            for label in RIGHTS
            for right, actions in ACTIONS.items()
            if role in holders(right, kind_of(label))
            for action in actions
        }
        assert {permission.codename for permission in granted} == expected


def test_a_permission_that_the_table_no_longer_gives_is_taken_away() -> None:
    group = Group.objects.get(name=Role.CHAIR.value)
    group.permissions.add(Permission.objects.get(codename="view_programme"))

    grant(apps.get_app_config("ctu"))

    assert not group.permissions.filter(content_type__app_label="ctu").exists()


def cell(kind: Kind, role: Role) -> str:
    """What a role may do with a kind, as the README writes it."""
    rights = [right.label for right in Right if allowed((role,), right, kind)]
    return ", ".join(rights) or "–"


def test_the_readme_shows_the_table_of_rights() -> None:
    readme = (Path(__file__).parents[2] / "README.md").read_text()
    lines = ["| what | " + " | ".join(load.ACCOUNTS) + " |", "|---" * 6 + "|"]
    lines += [
        f"| {kind.label} | "
        + " | ".join(cell(kind, role) for role in load.ACCOUNTS.values())
        + " |"
        for kind in Kind
    ]

    assert "\n".join(lines) in readme


@pytest.mark.parametrize(
    "importer",
    [importer for unit in registered_units() for importer in unit.importers.values()],
    ids=lambda importer: importer.__name__,
)
def test_imports_and_exports_follow_the_table(importer) -> None:
    options = importer.model._meta
    importing = accounts_with(IMPORT, options.label_lower) | accounts_with(
        DECIDE, options.label_lower
    )
    exporting = accounts_with(EXPORT, options.label_lower)
    path = f"/admin/{options.app_label}/{options.model_name}"
    for who in load.ACCOUNTS:
        browser = client(who)
        for address, allowed_to in (
            (f"{path}/import/", importing),
            (f"{path}/template.csv", importing),
            (f"{path}/export.csv?q=none-is-called-this", exporting),
        ):
            status = browser.get(address).status_code
            assert status == (OK if who in allowed_to else GONE), (address, who)
        page = browser.get(f"{path}/?q=none-is-called-this").content.decode()
        assert ("export.csv" in page) == (who in exporting)


@pytest.mark.parametrize(
    ("kind", "addresses"),
    [
        (Kind.DRAFTS, ["/2018-19/q3/", "/2018-19/q3/checklist/", "/2018-19/q3/due/"]),
        (Kind.RESTRICTED, ["/2018-19/q2/restricted-1/", "/2018-19/q2/restricted-1/ctu/"]),
        (Kind.BEHIND, ["/2018-19/q2/rocu/disruptions/", "/2018-19/q2/rocu/ocgs/"]),
        (Kind.PANELS, ["/panel/", "/panel/2018-12-11/minutes/"]),
    ],
)
def test_the_pages_follow_the_table(kind, addresses) -> None:
    for role, who in ACCOUNT_OF.items():
        browser = client(who)
        for address in addresses:
            status = browser.get(address).status_code
            assert status == (OK if role in holders(READ, kind) else GONE), (address, who)


def test_the_chair_reads_no_draft_in_the_admin() -> None:
    draft = Disruption.objects.filter(decision=None).first()
    Disruption.objects.filter(pk=draft.pk).update(draft=True)
    chair, officer = client("chair"), client("officer")
    page = f"/admin/rocu/disruption/{draft.pk}"
    version = draft.history.values_list("pk", flat=True).first()

    for address in (f"{page}/change/", f"{page}/history/", f"{page}/history/{version}/"):
        assert officer.get(address).status_code == OK
        assert chair.get(address).status_code in (FOUND, GONE)
    for address in (
        f"/admin/rocu/disruption/?q={draft.reference}",
        f"/admin/rocu/disruption/export.csv?q={draft.reference}",
        f"/admin/rocu/outcome/?q={draft.reference}",
    ):
        shown = chair.get(address).content.decode()
        assert draft.operation_name not in shown


def test_the_chair_finds_no_records_of_the_ctu_or_cybercrime_in_the_admin() -> None:
    page = client("chair").get("/admin/").content.decode()

    assert "/admin/rocu/disruption/" in page
    for elsewhere in ("/admin/ctu/", "/admin/cyber/", "/admin/boardreport/"):
        assert elsewhere not in page


@pytest.mark.parametrize("who", WHO)
@pytest.mark.parametrize(
    "line", [line for lines in ADDRESSES.values() for line in lines], ids=lambda line: line.address
)
def test_an_address_answers_each_role_and_method_as_listed(line, who, nothing_made) -> None:
    assert answered(client(who), placed(line.address)) == expected(line.get[who], line.post[who])


@pytest.mark.parametrize("label", RIGHTS)
def test_the_admin_answers_each_role_and_method_by_the_rights_listed(
    label, sitting, aftermath
) -> None:
    reader = min(RIGHTS[label].view)

    for who in WHO:
        browser, methods = client(who), METHODS if who == reader else ("GET", "POST")
        for address, get, post in pages_of(label, who):
            found = answered(browser, address, methods)
            assert found == expected(get, post, methods), (address, who)


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


@pytest.mark.parametrize("page", ["board-paper/", "rocu/"])
def test_a_missing_font_is_told_with_its_remedy(page, monkeypatch) -> None:
    monkeypatch.setattr(fonts, "_path", fonts._path.__wrapped__)
    monkeypatch.setattr(fonts, "_widths", fonts._widths.__wrapped__)
    monkeypatch.setattr(fonts, "_FOLDERS", ())

    answer = client("officer").get(f"/2018-19/q3/{page}")

    assert answer.status_code == 503
    assert "apt-get install fonts-liberation" in answer.content.decode()
