"""Every address × every role × every method has an expected answer; a new address fails until listed.

A page takes one line in ADDRESSES: the address, then what a GET is answered for each role, then
`post=` where forms are sent there. A model entered in the admin takes one line in RIGHTS. HEAD is
answered as GET; every method but these three by 405, to everybody and everywhere (the middleware
asks nobody who comes), which the admin's many pages prove for one of their readers each.
"""

from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

import pytest
from django.apps import apps
from django.contrib import admin
from django.contrib.auth.models import User
from django.test import Client
from django.urls import URLPattern, get_resolver, reverse
from django.utils import timezone

from boardreport import demonstration
from boardreport.models import (
    Download,
    Edition,
    Erasure,
    Export,
    KeptDrawing,
    Publication,
    Rebase,
    Recommendation,
    Withdrawal,
)
from units.cyber.models import MeasureDefinition as ReachDefinition
from units.rocu.models import Attendance, Disruption, Interest, Panel
from units.rocu.models import MeasureDefinition as RocuDefinition
from units.terms import Presence

pytestmark = [pytest.mark.django_db, pytest.mark.portable]

ANONYMOUS = "anonymous"
WHO = (ANONYMOUS, *demonstration.ACCOUNTS)
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
READERS_OF_RESTRICTED = READERS_OF_DRAFTS | {"member": OK}
READERS_OF_RECORDS = READERS_OF_RESTRICTED | {ANONYMOUS: FOUND}
USERS_OF_THE_ADMIN = all_get(OK, anonymous=FOUND, member=GONE)
SENT_ON_IN_THE_ADMIN = all_get(FOUND, member=GONE)
NO_FORM_IN_THE_ADMIN = all_get(REFUSED, anonymous=FOUND, member=GONE)
IN_THEIR_STEAD = dict.fromkeys((ANONYMOUS, "member", "officer", "approver"), FOUND)
NOWHERE = all_get(GONE, anonymous=FOUND)
ENTERERS = NOWHERE | {"officer": OK}
IMPORTERS = ENTERERS | {"chair": OK}
EXPORTERS = IMPORTERS | {"approver": OK}
NO_FORM_OF_ENTERERS = NOWHERE | {"officer": REFUSED}
NO_FORM_OF_IMPORTERS = NO_FORM_OF_ENTERERS | {"chair": REFUSED}
READERS_OF_PANELS = READERS_OF_DRAFTS | {"chair": OK}
CHAIR_ALONE = all_get(GONE, chair=OK)
NO_FORM_OF_PANELS = all_get(GONE, officer=REFUSED, approver=REFUSED, chair=REFUSED)
CHART = "charts/rocu.trend/wide-dark.svg"
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
    "trend-chart": [
        Line("/trend/wide.svg?of=rocu.forces.data:Staffordshire", EVERYONE),
        Line("/trend/wide.svg?of=rocu.forces.data:Nowhere", NOBODY),
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
    "draft-chart": [Line("/2018-19/q3/draft/charts/kept-dark.svg", READERS_OF_DRAFTS)],
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
        Line("/panel/2019-01-08/D-2018-0600/", READERS_OF_PANELS, CHAIR_ALONE),
        Line("/panel/2019-01-08/D-2018-0001/", NOBODY, NOBODY),
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
            "/admin/rocu/ocg/import/00000000-0000-4000-8000-000000000000/",
            *[ENTERERS | {"officer": FOUND}] * 2,
        )
    ],
    "import-template": [
        Line("/admin/rocu/disruption/template.xlsx", IMPORTERS, NO_FORM_OF_IMPORTERS),
        Line("/admin/rocu/ocg/template.csv", ENTERERS, NO_FORM_OF_ENTERERS),
        Line("/admin/rocu/panel/template.ods", NOWHERE, NOWHERE),
    ],
    "export": [
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
    "admin:rocu_disruption_hints": [
        Line(
            "/admin/rocu/disruption/hints/",
            *[all_get(OK, anonymous=FOUND, member=GONE, administrator=GONE)] * 2,
        )
    ],
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


LOOK = frozenset({"officer", "approver", "chair"})
OFFICER, CHAIR, ADMINISTRATOR = (frozenset({one}) for one in ("officer", "chair", "administrator"))
OFFICERS = Rights(LOOK, OFFICER, OFFICER, OFFICER)
CHAIRS = Rights(LOOK, CHAIR, CHAIR, CHAIR)
ADMINISTRATORS = Rights(LOOK | ADMINISTRATOR, ADMINISTRATOR, ADMINISTRATOR, ADMINISTRATOR)

RIGHTS = {
    "boardreport.leadaddress": ADMINISTRATORS,
    "rocu.agendaitem": CHAIRS,
    "rocu.attendance": CHAIRS,
    "rocu.interest": CHAIRS,
    "rocu.quorum": ADMINISTRATORS,
    "auth.group": Rights(ADMINISTRATOR),
    "auth.user": Rights(ADMINISTRATOR, ADMINISTRATOR, ADMINISTRATOR),
    "boardreport.action": OFFICERS,
    "boardreport.download": Rights(frozenset({"approver", "administrator"})),
    "boardreport.edition": Rights(LOOK),
    "boardreport.erasure": Rights(LOOK | ADMINISTRATOR),
    "boardreport.export": Rights(frozenset({"approver", "administrator"})),
    "boardreport.office": Rights(LOOK | ADMINISTRATOR, change=ADMINISTRATOR),
    "boardreport.paper": OFFICERS,
    "boardreport.papersection": OFFICERS,
    "boardreport.paragraph": OFFICERS,
    "boardreport.publication": Rights(LOOK),
    "boardreport.rebase": OFFICERS,
    "boardreport.recommendation": OFFICERS,
    "boardreport.withdrawal": Rights(LOOK),
    "ctu.activity": OFFICERS,
    "ctu.contestaim": OFFICERS,
    "ctu.contestversion": OFFICERS,
    "ctu.forum": OFFICERS,
    "ctu.nationaldemand": OFFICERS,
    "ctu.outlook": OFFICERS,
    "ctu.planpriority": OFFICERS,
    "ctu.priorityupdate": OFFICERS,
    "ctu.programme": OFFICERS,
    "ctu.programmeupdate": OFFICERS,
    "ctu.threatlevel": OFFICERS,
    "cyber.activity": OFFICERS,
    "cyber.campaign": OFFICERS,
    "cyber.channel": ADMINISTRATORS,
    "cyber.fundingbid": OFFICERS,
    "cyber.measuredefinition": OFFICERS,
    "cyber.planpoint": OFFICERS,
    "cyber.reach": OFFICERS,
    "cyber.strandlead": OFFICERS,
    "cyber.workstream": OFFICERS,
    "cyber.workstreamupdate": OFFICERS,
    "rocu.activitylevel": OFFICERS,
    "rocu.contributor": ADMINISTRATORS,
    "rocu.controlstrategypriority": OFFICERS,
    "rocu.crimetype": ADMINISTRATORS,
    "rocu.decision": Rights(LOOK),
    "rocu.disruption": OFFICERS,
    "rocu.force": ADMINISTRATORS,
    "rocu.forcecontribution": OFFICERS,
    "rocu.fundingsource": OFFICERS,
    "rocu.measuredefinition": OFFICERS,
    "rocu.objective": OFFICERS,
    "rocu.objectiveupdate": OFFICERS,
    "rocu.ocg": OFFICERS,
    "rocu.outcome": OFFICERS,
    "rocu.panel": CHAIRS,
    "rocu.review": OFFICERS,
    "rocu.reviewupdate": OFFICERS,
    "rocu.staffcost": OFFICERS,
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


def test_every_model_in_the_admin_is_listed() -> None:
    assert {model._meta.label_lower for model in admin.site._registry} == set(RIGHTS)


@pytest.mark.parametrize("who", WHO)
@pytest.mark.parametrize(
    "line", [line for lines in ADDRESSES.values() for line in lines], ids=lambda line: line.address
)
def test_an_address_answers_each_role_and_method_as_listed(line, who) -> None:
    KeptDrawing.objects.get_or_create(digest="kept", defaults={"svg": "<svg/>"})

    assert answered(client(who), line.address) == expected(line.get[who], line.post[who])


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


def test_a_missing_chromium_is_told_with_its_remedy(monkeypatch) -> None:
    KeptDrawing.objects.all().delete()
    monkeypatch.setenv("BROWSER_PATH", "/nonexistent")

    answer = client("officer").get("/2018-19/q3/board-paper.pdf")

    assert answer.status_code == 503
    assert "BROWSER_PATH" in answer.content.decode()
