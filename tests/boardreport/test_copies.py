"""Copies of restricted papers: marked with their reader, logged, valid; the edition stays as it was."""

import hashlib
import io

import page as validation
import pypdfium2
import pytest
from django.contrib.auth.models import User
from django.db import DatabaseError, transaction
from django.test import Client
from python_calamine import CalamineWorkbook

from boardreport import copies
from boardreport.models import Download, Edition
from boardreport.paper.watermark import stamped

pytestmark = [pytest.mark.django_db, pytest.mark.portable]

ADDRESS = "/2018-19/q2/board-paper.pdf"


def browser(who: str = "") -> Client:
    client = Client()
    if who:
        client.force_login(User.objects.get(username=who))
    return client


def sheets(data: bytes) -> list[str]:
    return [leaf.get_textpage().get_text_range() for leaf in pypdfium2.PdfDocument(data)]


def test_a_restricted_copy_bears_its_reader_on_every_page_and_is_logged() -> None:
    edition = Edition.objects.get(quarter="2018-19-q2", audience="restricted")
    frozen = bytes(edition.pdf)
    User.objects.filter(username="member").update(first_name="Ágnes", last_name="O’Neil")

    data = browser("member").get(ADDRESS).content

    (logged,) = Download.objects.all()
    words = f"Copy {logged.copy} · for Ágnes O’Neil (member) · "
    pages = sheets(data)
    assert len(pages) == len(sheets(frozen))
    assert all(words in text for text in pages)
    assert logged.sha256 == hashlib.sha256(data).hexdigest()
    assert (logged.reader.username, logged.edition, logged.format) == ("member", edition, "pdf")
    edition.refresh_from_db()
    assert bytes(edition.pdf) == frozen
    for profile in ("3a", "ua1"):
        report = validation.validate_pdf_bytes(data, profile=profile)
        assert report.is_compliant, [failure.message for failure in report.failures]


def test_two_copies_bear_two_numbers() -> None:
    for _ in range(2):
        browser("member").get(ADDRESS)

    assert len(set(Download.objects.values_list("copy", flat=True))) == 2


@pytest.mark.parametrize("who", ["", "chair", "administrator"])
def test_a_public_paper_is_served_as_it_was_published(who) -> None:
    edition = Edition.objects.get(quarter="2018-19-q2", audience="public")

    assert browser(who).get(ADDRESS).content == bytes(edition.pdf)
    assert not Download.objects.exists()


def test_the_same_words_give_the_same_copy() -> None:
    pdf = bytes(Edition.objects.get(quarter="2018-19-q2", audience="restricted").pdf)

    assert stamped(pdf, "Copy <b>&") == stamped(pdf, "Copy <b>&")
    assert "Copy <b>&" in sheets(stamped(pdf, "Copy <b>&"))[0]


FILES = {
    "tables.ods": "ods",
    "tables.xlsx": "xlsx",
    "tables/rocu.disruptions.csv": "csv",
    "rocu/disruptions.xlsx": "xlsx",
    "rocu/ocgs.csv": "csv",
    "edition.json": "json",
}


@pytest.mark.parametrize("address", FILES)
def test_a_restricted_file_bears_its_reader_and_is_logged(address) -> None:
    User.objects.filter(username="member").update(first_name="Ágnes", last_name="O’Neil")

    answer = browser("member").get(f"/2018-19/q2/{address}")

    (logged,) = Download.objects.all()
    assert logged.sha256 == hashlib.sha256(answer.content).hexdigest()
    assert (logged.reader.username, logged.format) == ("member", FILES[address])
    assert (logged.edition.quarter.slug, logged.edition.slug) == ("2018-19-q2", "restricted-1")
    assert f'filename="{logged.file}"' in answer["Content-Disposition"]
    words = f"Copy {logged.copy} · for Ágnes O’Neil (member) · "
    if logged.format == "csv":
        assert logged.copy in logged.file
    elif logged.format == "json":
        assert answer.json()["copy"].startswith(words)
    else:
        book = CalamineWorkbook.from_filelike(io.BytesIO(answer.content))
        cover, _, _, *tables = [
            [str(cell) for row in book.get_sheet_by_name(name).to_python() for cell in row]
            for name in book.sheet_names
        ]
        assert any(cell.startswith(words) for cell in cover)
        assert all(any(words in cell for cell in cells) for cells in tables)


def test_a_copy_of_a_draft_is_logged_without_an_edition() -> None:
    browser("officer").get("/2018-19/q3/tables.ods")

    logged = Download.objects.get()
    assert (logged.edition, logged.quarter.slug) == (None, "2018-19-q3")
    assert logged.file == "2018-19-q3-draft-tables.ods"


@pytest.mark.parametrize("address", [*FILES, "board-paper.pdf", "board-paper.docx"])
def test_head_neither_makes_nor_logs_a_copy(address, monkeypatch) -> None:
    monkeypatch.setattr(copies, "handed_out", None)  # whatever called it would fail
    for quarter, who in (("2018-19/q2", "member"), ("2018-19/q3", "officer")):
        if quarter.endswith("q3") and address == "edition.json":
            continue  # a draft has none

        answer = browser(who).head(f"/{quarter}/{address}")

        asked = quarter.endswith("q3") and address.startswith("board-paper")  # of a worker
        assert answer.status_code == (302 if asked else 200), quarter
        assert answer.content == b""
        assert not Download.objects.exists()
    monkeypatch.undo()
    taken = browser("member").get(f"/2018-19/q2/{address}")
    assert browser("member").head(f"/2018-19/q2/{address}")["Content-Type"] == taken["Content-Type"]
    assert Download.objects.count() == 1


def test_head_of_what_a_reader_may_not_have_finds_nothing() -> None:
    for who in ("", "chair", "administrator"):
        answer = browser(who).head("/2018-19/q2/restricted-1/board-paper.pdf")

        assert answer.status_code == 404


@pytest.mark.parametrize("who", ["", "chair", "member"])
@pytest.mark.parametrize("address", ["tables.ods", "tables/rocu.disruptions.csv", "edition.json"])
def test_public_files_are_never_logged_and_name_nobody(address, who) -> None:
    answer = browser(who).get(f"/2018-19/q2/public-1/{address}")

    assert answer.status_code == 200
    assert not Download.objects.exists()
    assert answer.content == browser().get(f"/2018-19/q2/public-1/{address}").content


def test_the_log_can_neither_be_changed_nor_emptied() -> None:
    browser("member").get(ADDRESS)

    for attempt in (lambda: Download.objects.update(copy="X"), Download.objects.all().delete):
        with pytest.raises(DatabaseError, match="logged"), transaction.atomic():
            attempt()


@pytest.mark.parametrize(
    ("who", "status"),
    [("approver", 200), ("administrator", 200), ("officer", 404), ("chair", 404), ("member", 404)],
)
def test_the_log_is_for_approvers_and_administrators(who, status) -> None:
    browser("officer").get(ADDRESS)
    (logged,) = Download.objects.all()

    answer = browser(who).get("/admin/boardreport/download/")

    assert answer.status_code == status
    assert (logged.copy in answer.content.decode()) == (status == 200)
    assert browser(who).get("/admin/boardreport/download/add/").status_code == 404
