"""References and names that people choose: in every address, and taken for no other's."""

import html
from datetime import date

import pytest
from django.apps import apps
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import settings as hypothesis
from hypothesis import strategies as st

from boardreport.models import LeadAddress
from tests.units.hostile import HEADER, csv_of, row
from units.domain import text
from units.records.models import Unmarked
from units.rocu.models import (
    Attendance,
    CrimeType,
    Decision,
    Disruption,
    Force,
    Panel,
)

pytestmark = pytest.mark.django_db

DAY = date(2019, 1, 8)
PENDING = {"decision": "", "panel_date": "", "moderated_impact": ""}
STAFFS = "STAFFS/18/101"
LIKE_A_PAGE = [
    "attendance",
    "close",
    "..",
    ".",
    "a/../b",
    "%2e%2e",
    "?x=1",
    "#top",
    "a b&c",
    "é→✓",
    "0",
]


def client(who: str) -> Client:
    browser = Client()
    browser.force_login(User.objects.get(username=who))
    return browser


def imported(path, *rows, header=HEADER) -> None:
    file = path / "claims.csv"
    file.write_bytes(csv_of(*rows, header=header))
    call_command("import_disruptions", str(file), "--by", "officer")


def refused(path, *rows, **options) -> str:
    """What the command says row by row, and that nothing was imported."""
    before = Disruption.objects.count()
    with pytest.raises(CommandError):
        imported(path, *rows, **options)
    assert Disruption.objects.count() == before
    return ""


def pending() -> Disruption:
    return Disruption.objects.pending().filter(decisions=None).order_by("reference").first()


@pytest.fixture
def sitting() -> None:
    for number in range(4):
        Attendance.objects.create(
            panel=Panel.objects.get(date=DAY), post=f"Inspector {number}", organisation="ROCU",
            presence="present",
        )  # fmt: skip


@pytest.mark.parametrize("reference", [STAFFS, *LIKE_A_PAGE])
def test_a_claim_of_any_reference_is_read_and_decided(reference, sitting) -> None:
    claim = pending()
    Disruption.objects.filter(pk=claim.pk).update(reference=reference)
    chair = client("chair")
    meeting = reverse("panel-meeting", args=[DAY])
    address = reverse("panel-claim", args=[DAY, claim.pk])

    pages = [chair.get(page) for page in ("/panel/", meeting, address, f"{meeting}interests/")]
    decision = {"kind": "deferred", "reason": "More is needed.", "step": "record"}
    done = chair.post(address, decision | {"seen": pages[2].context["sheet"].seen})

    assert [page.status_code for page in pages] == [200] * 4
    assert done.status_code == 302
    assert Decision.objects.get(disruption=claim).kind == "deferred"
    minutes = chair.get(f"{meeting}minutes/").content.decode()
    assert html.escape(reference) in minutes


def test_a_reference_with_slashes_goes_in_and_out_of_every_file(tmp_path) -> None:
    imported(tmp_path, row(reference=STAFFS))

    officer = client("officer")
    for file in ("csv", "xlsx", "ods"):
        assert officer.get(f"/admin/rocu/disruption/export.{file}?q={STAFFS}").status_code == 200
    assert STAFFS in officer.get(f"/admin/rocu/disruption/export.csv?q={STAFFS}").content.decode()
    assert STAFFS in officer.get("/2018-19/q2/changes/").content.decode()
    listed = officer.get("/admin/rocu/disruption/", {"q": STAFFS}).content.decode()
    assert STAFFS in listed


def change_form(claim: Disruption) -> dict[str, object]:
    page = client("officer").get(f"/admin/rocu/disruption/{claim.pk}/change/")
    form = page.context["adminform"].form
    data = {
        bound.html_name: bound.value() for bound in form if bound.value() not in (None, "", False)
    }
    for formset in page.context["inline_admin_formsets"]:
        for part in (formset.formset.management_form, *formset.formset.initial_forms):
            data |= {
                bound.html_name: bound.value() for bound in part if bound.value() not in (None, "")
            }
    return data | {"_version": page.context["version"], "not_a_duplicate": "on"}


def test_a_pending_claims_reference_is_corrected_with_history() -> None:
    claim = pending()
    old = claim.reference

    answer = client("officer").post(
        f"/admin/rocu/disruption/{claim.pk}/change/", change_form(claim) | {"reference": STAFFS}
    )

    assert answer.status_code == 302, answer.context["errors"]
    claim.refresh_from_db()
    assert (claim.reference, claim.folded) == (STAFFS, text.fold(STAFFS))
    assert [one.reference for one in claim.history.order_by("-pk")[:2]] == [STAFFS, old]
    assert client("officer").get(f"/admin/rocu/disruption/{claim.pk}/history/").status_code == 200


def test_what_a_panel_has_decided_keeps_its_reference() -> None:
    claim = Disruption.objects.counted().first()

    page = client("officer").get(f"/admin/rocu/disruption/{claim.pk}/change/")

    assert "reference" not in page.context["adminform"].form.fields
    assert "reference" in page.context["adminform"].readonly_fields


@pytest.mark.parametrize(
    "alike", ["d-2018-0600", "D–2018–0600", "Ｄ-2018-0600", "D -2018-0600", "D-2018-0600\u00a0"]
)
def test_a_reference_that_looks_like_a_stored_one_is_refused_by_hand(alike) -> None:
    claim = Disruption(reference=alike, operation_name="x")

    with pytest.raises(ValidationError) as refusal:
        claim.full_clean()

    said = refusal.value.message_dict["reference"][0]
    assert "D-2018-0600" in said or "already exists" in said


def test_the_database_itself_refuses_a_look_alike() -> None:
    stored = Disruption.objects.get(reference="D-2018-0600")
    stored.pk, stored.reference = None, "Ｄ-2018-0600"

    with pytest.raises(IntegrityError), transaction.atomic():
        stored.save(force_insert=True)


def test_a_reference_that_another_claim_once_had_is_not_given_again() -> None:
    claim = pending()
    old, claim.reference = claim.reference, STAFFS
    claim.save()

    again = Disruption(reference=old.lower(), operation_name="x")
    with pytest.raises(ValidationError, match="never used again"):
        again.full_clean()
    claim.reference = old
    claim.full_clean()


@pytest.mark.parametrize(
    ("reference", "says"),
    [
        ("D-2018-0600\u00ad", "holds the invisible character U+00AD (SOFT HYPHEN)"),
        ("d-2018-0600", "looks like the stored disruption “D-2018-0600”"),
        ("D–2018–0600", "looks like the stored disruption “D-2018-0600”"),
        ("D-2018-9000 ", "row 2 has the same reference"),
        ("d—2018—9000", "row 2 has “D-2018-9000”, which looks the same"),
        ("\U0001f50d-1", "U+1F50D (LEFT-POINTING MAGNIFYING GLASS)"),
    ],
)
def test_a_look_alike_of_a_stored_record_or_another_row_is_refused(
    reference, says, tmp_path, capsys
) -> None:
    refused(tmp_path, row(reference="D-2018-9000"), row(reference=reference))

    (problem,) = [line for line in capsys.readouterr().err.splitlines() if line.startswith("Row 3")]
    assert says in problem


@pytest.mark.parametrize(
    ("column", "value"),
    [("crime_type", "drug\u00a0activity"), ("crime_type", "DRUG  ACTIVITY"), ("strand", "Ｐursue")],
)
def test_a_vocabulary_is_recognised_by_sight(column, value, tmp_path) -> None:
    imported(tmp_path, row(**{column: value}))

    claim = Disruption.objects.get(reference="D-2018-9001")
    assert (claim.crime_type.name, claim.strand) == ("Drug Activity", "pursue")


def test_a_heading_is_recognised_by_sight(tmp_path) -> None:
    headings = [name.replace("_", " ").capitalize() for name in HEADER]
    file = tmp_path / "claims.csv"
    line = csv_of(row()).decode().splitlines()[1]
    file.write_text(",".join(headings) + "\n" + line)

    call_command("import_disruptions", str(file))

    assert Disruption.objects.filter(reference="D-2018-9001").exists()


def test_what_is_exported_is_stored_already_when_it_comes_back(tmp_path, capsys) -> None:
    for kind in ("disruptions", "ocgs", "workstream_updates", "reach"):
        file = tmp_path / f"{kind}.csv"
        call_command("export", kind, str(file), "--by", "officer")

        call_command(f"import_{kind}", str(file))

        assert "0 new" in capsys.readouterr().out.splitlines()[-1]


def test_names_of_every_kind_are_compared_by_sight() -> None:
    for model in apps.get_models():
        if not issubclass(model, Unmarked) or not model.named_by:
            continue
        stored = model.objects.order_by("-pk").first()
        if stored is None:
            continue
        *scope, name = model.named_by
        alike = f" {getattr(stored, name)}\u3000".upper()
        record = model(**{one: getattr(stored, one) for one in scope} | {name: alike})

        with pytest.raises(ValidationError) as refusal:
            record.full_clean()

        said = " ".join(refusal.value.message_dict[name])
        assert getattr(stored, name) in said or "already exists" in said, model


def test_who_corrects_another_field_of_an_old_look_alike_is_not_held_up() -> None:
    first, second = Force.objects.order_by("pk")[:2]
    Force.objects.filter(pk=second.pk).update(name=first.name.upper())
    second.refresh_from_db()
    second.order += 100

    second.full_clean()

    second.name = first.name.lower() + "\u00a0"
    second.full_clean()
    assert {one.name for one in CrimeType.objects.all()}


def test_reminders_find_a_leads_address_by_sight() -> None:
    from boardreport import outstanding
    from units.domain.quarters import Quarter

    owing = outstanding.due(Quarter(2018, 4), on=date(2019, 1, 21)).leads[-1]
    LeadAddress.objects.update_or_create(
        lead=f"{owing.lead.upper()}", defaults={"email": "lead@police.example"}
    )

    found = outstanding.due(Quarter(2018, 4), on=date(2019, 1, 21)).leads[-1]

    assert (found.lead, found.email) == (owing.lead, "lead@police.example")


@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=20))
@hypothesis(max_examples=40)
def test_any_reference_is_refused_at_once_or_works_everywhere(said) -> None:
    claim = pending()
    claim.reference = said
    chair = client("chair")
    try:
        claim.full_clean()
    except ValidationError as error:
        assert "reference" in error.message_dict  # noqa: PT017
        return

    with transaction.atomic():
        claim.save()
        page = chair.get(reverse("panel-claim", args=[DAY, claim.pk]))
        agenda = chair.get(reverse("panel-meeting", args=[DAY]))
        transaction.set_rollback(True)

    assert (page.status_code, agenda.status_code) == (200, 200)
    # a claim without a reference is given the next
    given = text.normalise(said) or claim.reference
    assert page.context["sheet"].line.reference == given
