"""Files that failed in trials, each by command and by hand: read with its rows, or refused in words."""

import html
import io
from pathlib import Path
from typing import Any

import msgspec
import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.test import Client

from tests.units.test_spreadsheets import Spent
from units.rocu.models import Disruption

pytestmark = [pytest.mark.django_db, pytest.mark.portable]

FILES = Path(__file__).resolve().parents[1] / "inputs"
IMPORT = "/admin/rocu/disruption/import/"


class Outcome(msgspec.Struct, frozen=True):
    """What is right for a file: rows that it would bring, or none; and words that are said of it."""

    says: str
    new: int = 0


READ = "Read from the sheet “Sheet1”"
OUTCOMES = {
    "a_dropdown_other_sheet.xlsx": Outcome(f"{READ}; 1 other sheet is not read.", new=1),
    "badcrcmime.ods": Outcome("The workbook is damaged (its part “mimetype”)"),
    "c_merged_ocg.xlsx": Outcome("On the sheet “Sheet1”: The range D2:D4 is merged"),
    "csv_unquoted_comma.csv": Outcome("Row 2 (16 cells) has more cells than the header"),
    "d_error_na_ocg.xlsx": Outcome("Cells C2 (#N/A), D2 (#N/A) and N2 (#N/A) hold errors"),
    "decision_error.xlsx": Outcome("Cells J2 (#N/A), K2 (#N/A) and L2 (#N/A) hold errors"),
    "dup_soft.csv": Outcome("U+00AD"),
    "emoji_summary.xlsx": Outcome("U+1F4B0"),
    "encmime.ods": Outcome("The file is protected by a password: save it without one."),
    "f_error.ods": Outcome("Cells D2 (#N/A) and N2 (#REF!) hold errors"),
    "f_merged_ocg.ods": Outcome("On the sheet “Sheet1”: The range D2:D3 is merged"),
    "j_hidden_row.xlsx": Outcome(f"{READ}. 1 row is hidden or filtered in the spreadsheet", new=3),
    "methodmime.ods": Outcome("The workbook is damaged (its part “mimetype”)"),
    "ods_empty_accelerator.ods": Outcome(f"{READ}.", new=1),
    "rep_datev.ods": Outcome("On the sheet “S”: Row 3 has 1,000 columns"),
    "rep_novt.ods": Outcome("On the sheet “S”: Row 3 has 1,000 columns"),
    "rep_strv.ods": Outcome("On the sheet “S”: Row 3 has 1,000 columns"),
    "ssbig.xlsx": Outcome("The sheet “S” has the unknown columns “a” and “b”"),
}


def test_every_file_has_an_outcome() -> None:
    assert {path.name for path in FILES.iterdir()} == set(OUTCOMES)


@pytest.mark.parametrize("name", OUTCOMES)
def test_a_file_that_failed_has_its_outcome_by_command(name) -> None:
    outcome = OUTCOMES[name]
    before = Disruption.objects.count(), Disruption.history.count()
    spent = Spent()

    said = command(name, "--dry-run")
    assert (Disruption.objects.count(), Disruption.history.count()) == before
    said += command(name)

    assert outcome.says in said
    assert ("Nothing was imported" in said) == (not outcome.new)
    assert Disruption.objects.count() == before[0] + outcome.new
    assert spent.within_limits()


def command(name: str, *options: str) -> str:
    """What the command says, whichever way it ends."""
    out, err = io.StringIO(), io.StringIO()
    arguments = (str(FILES / name), "--by", "chair", *options)
    try:
        call_command("import_disruptions", *arguments, stdout=out, stderr=err)
    except CommandError as error:
        err.write(str(error))
    return out.getvalue() + err.getvalue()


@pytest.mark.parametrize("name", OUTCOMES)
def test_a_file_that_failed_has_its_outcome_by_hand(name) -> None:
    outcome = OUTCOMES[name]
    # whoever may claim and decide: the officer claims, and what is decided the chair imports
    browser = Client()
    browser.force_login(User.objects.get(username="officer" if outcome.new else "chair"))
    before = Disruption.objects.count()
    spent = Spent()

    page = sent(browser, name)

    assert outcome.says in html.unescape(page.content.decode())
    assert (b'name="confirm"' in page.content) == bool(outcome.new)
    if outcome.new:
        browser.post(page.request["PATH_INFO"], {"confirm": "Import"})
    assert Disruption.objects.count() == before + outcome.new
    assert spent.within_limits()


def sent(browser: Client, name: str) -> Any:
    """The form with its message, or the preview to which it leads."""
    file = SimpleUploadedFile(name, (FILES / name).read_bytes())
    page = browser.post(IMPORT, {"file": file}, follow=True)
    assert page.status_code == 200
    return page
