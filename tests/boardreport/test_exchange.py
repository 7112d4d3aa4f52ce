"""Import and export in the admin: upload, preview row by row, confirm; the list as a file."""

import hashlib
import html
import io
import sys
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from boardreport.models import Export, Upload
from boardreport.spreadsheets import Format
from tests.units.hostile import GOOD, XLSX, csv_of, row
from units.cyber.models import Reach, WorkstreamUpdate
from units.domain.vocabulary import Marking
from units.imports import spreadsheet_reader
from units.rocu.models import Disruption

pytestmark = pytest.mark.django_db

IMPORT = "/admin/rocu/disruption/import/"
WAITING = row(decision="", panel_date="", moderated_impact="")


def client(who: str) -> Client:
    browser = Client()
    browser.force_login(User.objects.get(username=who))
    return browser


def send(browser: Client, data: bytes, name: str = "claims.csv", address: str = IMPORT) -> Any:
    return browser.post(address, {"file": SimpleUploadedFile(name, data)})


def text(answer) -> str:
    return html.unescape(answer.content.decode())


def test_a_file_is_previewed_then_imported_then_told() -> None:
    browser = client("officer")
    before = Disruption.objects.count(), Disruption.history.count()

    sent = send(browser, csv_of(WAITING))
    preview = browser.get(sent.url)

    assert "1 new disruption, 0 stored already, 0 refused. Nothing is written yet." in text(preview)
    assert "Operation Import" in text(preview)
    assert (Disruption.objects.count(), Disruption.history.count()) == before
    told = browser.post(sent.url, {"confirm": "Import"}, follow=True)
    assert "“claims.csv”: 1 new disruption" in text(told)
    claim = Disruption.objects.get(reference="D-2018-9001")
    assert claim.history.get().history_user.username == "officer"
    assert not Upload.objects.exists()


def test_a_file_confirmed_twice_is_imported_once() -> None:
    browser = client("officer")
    sent = send(browser, csv_of(WAITING))
    browser.post(sent.url, {"confirm": "Import"})

    again = browser.post(sent.url, {"confirm": "Import"}, follow=True)

    assert "no longer waits to be imported" in text(again)
    assert Disruption.history.filter(reference="D-2018-9001").count() == 1


def test_refused_rows_are_shown_with_their_remedy_and_cannot_be_confirmed() -> None:
    browser = client("officer")
    sent = send(browser, csv_of(WAITING, row(reference="D-2018-9002", lead="mayor-led")))

    preview = text(browser.get(sent.url))
    refused = browser.post(sent.url, {"confirm": "Import"}, follow=True)

    assert "lead “mayor-led”: choose one of ROCU-led" in preview
    assert 'name="confirm"' not in preview
    assert "Nothing was imported" in text(refused)
    assert not Disruption.objects.filter(reference="D-2018-9001").exists()


def test_a_decision_needs_the_chair() -> None:
    officer, chair = client("officer"), client("chair")

    refused = text(officer.get(send(officer, csv_of(GOOD)).url))
    sent = send(chair, csv_of(GOOD))
    chair.post(sent.url, {"confirm": "Import"})

    assert "only the chair of the panel imports decisions" in refused
    claim = Disruption.objects.get(reference="D-2018-9001")
    assert claim.decision.decided_by.username == "chair"
    assert claim.claimed_by is None


def test_what_changed_since_the_preview_is_told_and_nothing_written() -> None:
    browser = client("officer")
    sent = send(browser, csv_of(WAITING, row(**WAITING | {"reference": "D-2018-9002"})))
    other = send(browser, csv_of(WAITING))
    browser.post(other.url, {"confirm": "Import"})

    answer = text(browser.post(sent.url, {"confirm": "Import"}, follow=True))

    assert "have changed since this preview was made" in answer
    assert "1 new disruption, 1 stored already, 0 refused" in answer
    assert not Disruption.objects.filter(reference="D-2018-9002").exists()


def test_an_upload_is_its_owners_alone_and_waits_an_hour() -> None:
    browser = client("officer")
    sent = send(browser, csv_of(WAITING))
    colleague = User.objects.create_user("colleague", is_staff=True, is_superuser=True)
    other = Client()
    other.force_login(colleague)

    assert other.get(sent.url).status_code == 302
    with time_machine.travel(timezone.now() + timedelta(minutes=61)):
        browser.force_login(User.objects.get(username="officer"))
        assert browser.get(sent.url).status_code == 302
        send(browser, csv_of(WAITING))
        assert Upload.objects.count() == 1


def test_a_file_is_forgotten_where_it_is_not_wanted() -> None:
    browser = client("officer")
    sent = send(browser, csv_of(WAITING))

    answer = browser.post(sent.url, {"discard": "Do not import"}, follow=True)

    assert "“claims.csv” was not imported" in text(answer)
    assert not Upload.objects.exists()


@pytest.mark.parametrize(
    ("data", "message"),
    [(b"", "empty"), (XLSX, "its name ends in"), (csv_of(), "there is nothing to import")],
)
def test_an_unreadable_file_is_told_on_the_form_and_not_kept(data, message) -> None:
    answer = send(client("officer"), data)

    assert answer.status_code == 200
    assert message in text(answer)
    assert not Upload.objects.exists()


def test_a_file_that_can_be_read_no_longer_is_told_and_nothing_imported(monkeypatch) -> None:
    browser = client("officer")
    sent = send(browser, csv_of(WAITING))
    abort = (sys.executable, "-c", "import os; os.abort()")
    monkeypatch.setattr("units.spreadsheets._READER", abort)

    for answer in (
        browser.get(sent.url, follow=True),
        browser.post(sent.url, {"confirm": "Import"}, follow=True),
    ):
        assert answer.redirect_chain == [(IMPORT, 302)]
        assert "“claims.csv”: The file takes more than 5 seconds" in text(answer)
    assert not Disruption.objects.filter(reference="D-2018-9001").exists()


def test_no_file_is_told_on_the_form() -> None:
    assert "Choose a file to import" in text(client("officer").post(IMPORT))


def test_a_file_over_the_limit_is_refused_before_it_is_read() -> None:
    answer = client("officer").post(IMPORT, {}, headers={"content-length": "99000000"})

    assert answer.status_code == 413
    assert "at most 60 MB can be imported" in text(answer)


def test_a_forged_upload_is_refused() -> None:
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(User.objects.get(username="officer"))

    assert send(browser, csv_of(WAITING)).status_code == 403


def test_long_files_are_paged_and_sorted_by_what_becomes_of_their_rows() -> None:
    browser = client("officer")
    rows = [row(**WAITING | {"reference": f"D-2018-9{n:03}"}) for n in range(120)]
    sent = send(browser, csv_of(*rows, row(**WAITING | {"reference": "D-2018-9500", "lead": "x"})))

    last = text(browser.get(sent.url, {"page": "99"}))
    refused = text(browser.get(sent.url, {"rows": "r"}))

    assert "Page 3 of 3" in last
    assert "D-2018-9119" in last
    assert "D-2018-9500" in refused
    assert "D-2018-9000" not in refused


@pytest.mark.parametrize("file", ["csv", "ods", "xlsx"])
def test_a_template_has_the_columns_and_nothing_to_import(file) -> None:
    answer = client("officer").get(f"/admin/rocu/disruption/template.{file}")

    with pytest.raises(spreadsheet_reader.Unreadable, match="a header and no rows"):
        spreadsheet_reader.read(io.BytesIO(answer.content), f"t.{file}")
    assert f'filename="disruptions-template.{file}"' in answer["Content-Disposition"]


def test_a_list_is_exported_with_its_filter_and_its_highest_marking() -> None:
    browser = client("officer")
    wanted = Disruption.objects.filter(lead="nca-led")
    official = wanted.filter(marking=Marking.OFFICIAL)

    every = browser.get("/admin/rocu/disruption/export.csv", {"lead__exact": "nca-led"})
    plain = browser.get(
        "/admin/rocu/disruption/export.csv",
        {"lead__exact": "nca-led", "marking__exact": "OFFICIAL"},
    )

    assert spreadsheet_reader.read(io.BytesIO(every.content), "e.csv").count == wanted.count()
    assert "disruptions-OFFICIAL-SENSITIVE.csv" in every["Content-Disposition"]
    assert spreadsheet_reader.read(io.BytesIO(plain.content), "e.csv").count == official.count()
    assert "disruptions-OFFICIAL.csv" in plain["Content-Disposition"]


def test_a_filter_that_does_not_exist_exports_nothing() -> None:
    assert client("officer").get("/admin/rocu/ocg/export.csv", {"mood": "grim"}).status_code == 404
    assert not Export.objects.exists()


@pytest.mark.parametrize("file", Format)
def test_an_export_is_logged_with_who_when_what_and_how_many(file) -> None:
    before = timezone.now()
    address = f"/admin/rocu/disruption/export.{file}"
    filters = {"lead__exact": "nca-led"}

    assert client("officer").head(address, filters).content == b""
    assert not Export.objects.exists()
    answer = client("officer").get(address, filters)

    logged = Export.objects.get()
    assert before <= logged.at <= timezone.now()
    assert (logged.reader.username, logged.kind, logged.format) == ("officer", "disruptions", file)
    assert logged.number == Disruption.objects.filter(lead="nca-led").count()
    assert logged.marking == Marking.OFFICIAL_SENSITIVE
    assert logged.sha256 == hashlib.sha256(answer.content).hexdigest()
    client("officer").get(f"/admin/rocu/disruption/template.{file}")
    assert Export.objects.count() == 1
    for attempt in (lambda: Export.objects.update(number=0), Export.objects.all().delete):
        with pytest.raises(DatabaseError, match="logged"), transaction.atomic():
            attempt()


def test_the_register_shows_exports_to_approvers_and_administrators() -> None:
    for _ in range(3):
        client("officer").get("/admin/cyber/reach/export.csv")
    User.objects.filter(username="officer").update(first_name="Ágnes", last_name="O’Neil")
    number = Reach.objects.count()

    for who in ("approver", "administrator"):
        with CaptureQueriesContext(connection) as captured:
            page = text(client(who).get("/admin/boardreport/export/"))
        assert page.count("Ágnes O’Neil (officer)") == 3
        assert page.count(f'field-number">{number}<') == 3
        assert sum('FROM "auth_user"' in query["sql"] for query in captured) <= 2
    key = Export.objects.earliest("pk").pk
    one = text(client("approver").get(f"/admin/boardreport/export/{key}/change/"))
    assert Export.objects.earliest("pk").sha256 in one
    assert client("officer").get("/admin/boardreport/export/").status_code == 404


def test_lists_offer_what_the_reader_may_do() -> None:
    filtered = text(client("officer").get("/admin/rocu/disruption/?lead__exact=nca-led"))
    approver = text(client("approver").get("/admin/rocu/disruption/"))

    assert f'href="{IMPORT}"' in filtered
    assert "/admin/rocu/disruption/export.csv?lead__exact=nca-led" in filtered
    assert IMPORT not in approver
    assert "/admin/rocu/disruption/export.ods" in approver
    assert "Import" not in text(client("chair").get("/admin/rocu/panel/")).split("<main")[1]


UPDATE = {
    "workstream": "", "quarter": "2018/19 Q3", "status": "late", "update": "The kiosks wait.",
    "next_step": "-", "marking": "OFFICIAL",
}  # fmt: skip
REACH = {"month": "July 2016", "channel": "Twitter", "people": "107,000", "marking": "OFFICIAL"}


def test_workstream_updates_are_imported() -> None:
    browser = client("officer")
    update = WorkstreamUpdate.objects.filter(quarter="2018/19 Q2").first()
    WorkstreamUpdate.objects.filter(workstream=update.workstream, quarter="2018/19 Q3").delete()
    told = UPDATE | {"workstream": update.workstream.title, "next_step": ""}

    sent = send(browser, csv_of(told, header=told), address="/admin/cyber/workstreamupdate/import/")
    browser.post(sent.url, {"confirm": "Import"})

    entered = WorkstreamUpdate.objects.get(workstream=update.workstream, quarter="2018/19 Q3")
    assert (entered.status, entered.update) == ("late", "The kiosks wait.")
    assert entered.history.get(history_type="+").history_user.username == "officer"


def test_reach_is_imported() -> None:
    browser = client("officer")

    sent = send(browser, csv_of(REACH, header=REACH), address="/admin/cyber/reach/import/")
    browser.post(sent.url, {"confirm": "Import"})

    assert Reach.objects.get(month="2016-07-01", channel__name="Twitter").people == 107_000


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"people": "-5"}, "is below zero"),
        ({"people": "1e308"}, "is no whole number"),
        ({"people": "99999999999"}, "is more than 2,147,483,647"),
        ({"people": "107.5"}, "is no whole number"),
        ({"people": "=1+1"}, "is no whole number"),
        ({"month": "31/02/2018"}, "is not a month"),
        ({"month": "January 2190"}, "has not begun"),
        ({"month": "July 1890"}, "lies before 1990"),
        ({"month": "July 2018"}, "the stored reach says"),
        ({"channel": "Telex"}, "choose one of"),
    ],
)
def test_bad_reach_is_refused(changes, message) -> None:
    browser = client("officer")
    told = REACH | changes

    sent = send(browser, csv_of(told, header=told), address="/admin/cyber/reach/import/")

    assert message in text(browser.get(sent.url))


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"workstream": "Carrier pigeons"}, "is no workstream"),
        ({"quarter": "2018/19 Q5"}, "is not a quarter"),
        ({"quarter": "1999/00 Q1"}, "there is none of this title in 1999/00"),
        ({"status": "splendid"}, "choose one of complete, on track"),
        ({"update": "TOP SECRET"}, "Nothing marked above OFFICIAL-SENSITIVE"),
        ({"next_step": "-"}, "a spreadsheet would calculate this"),
    ],
)
def test_a_bad_workstream_update_is_refused(changes, message) -> None:
    browser = client("officer")
    title = WorkstreamUpdate.objects.first().workstream.title
    told = UPDATE | {"workstream": title, "next_step": ""} | changes

    sent = send(browser, csv_of(told, header=told), address="/admin/cyber/workstreamupdate/import/")

    assert message in text(browser.get(sent.url))


@pytest.mark.parametrize("file", Format)
def test_the_command_logs_what_it_exports_as_the_admin_does(file, tmp_path) -> None:
    path = tmp_path / f"reach.{file}"

    call_command("export", "reach", str(path), by="officer")

    client("officer").get(f"/admin/cyber/reach/export.{file}")
    by_command, by_admin = Export.objects.order_by("pk").values(
        "reader__username", "kind", "number", "marking", "format", "sha256"
    )
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    assert by_command == by_admin | {"sha256": digest}  # the admin's list is in another order


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ([], "one of the arguments --by --template is required"),
        (["--by", "nobody"], "There is no active user “nobody”: name one with --by."),
        (["--by", "left"], "There is no active user “left”"),
        (["--by", "member"], "member may not export disruptions: name somebody with --by who may"),
        (["--by", "administrator"], "administrator may not export disruptions"),
        (["--by", "officer", "--template"], "not allowed with"),
    ],
)
def test_the_command_exports_nothing_for_somebody_who_may_not(options, words, tmp_path) -> None:
    User.objects.create_user("left", is_active=False, is_superuser=True)
    path = tmp_path / "all.csv"

    with pytest.raises(CommandError, match=words):
        call_command("export", "disruptions", str(path), *options)

    assert not path.exists()
    assert not Export.objects.exists()


def test_a_template_takes_no_record_away_and_is_not_logged(tmp_path) -> None:
    path = tmp_path / "empty.csv"

    call_command("export", "disruptions", str(path), "--template")

    template = client("officer").get("/admin/rocu/disruption/template.csv")
    assert path.read_bytes() == template.content
    assert not Export.objects.exists()
