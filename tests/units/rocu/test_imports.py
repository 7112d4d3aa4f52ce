"""Importing disruptions and OCGs: all rows or none, validated as models are, with history."""

import io
from datetime import date
from pathlib import Path

import pytest
from django.apps import apps
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command

from boardreport.exchange.services import exported, importers
from boardreport.spreadsheets import Format
from tests.units import hostile
from tests.units.hostile import GOOD, csv_of, row
from units.domain.vocabulary import DecisionKind, Impact
from units.imports import spreadsheet_reader
from units.imports.importer import Interfered, bring_in, examine
from units.rocu.imports import NO_REASON, Disruptions
from units.rocu.models import (
    OCG,
    CrimeType,
    Decision,
    Disruption,
    Force,
    Panel,
)


def written_to(directory: Path, data: bytes, name: str = "claims.csv") -> str:
    path = directory / name
    path.write_bytes(data)
    return str(path)


def counts() -> dict[str, int]:
    """How many rows every table of the ROCU has, histories included."""
    return {
        model.__name__: model._default_manager.count()
        for model in apps.get_app_config("rocu").get_models(include_auto_created=True)
    }


def run(path: str, *arguments: str, kind: str = "disruptions") -> str:
    out, err = io.StringIO(), io.StringIO()
    try:
        call_command(f"import_{kind}", path, *arguments, stdout=out, stderr=err)
    except CommandError as error:
        raise CommandError(f"{err.getvalue()}\n{error}", returncode=error.returncode) from error
    return out.getvalue()


@pytest.mark.django_db
@pytest.mark.parametrize("name", hostile.FILES)
def test_a_hostile_file_is_refused_in_plain_words_and_changes_nothing(name, tmp_path) -> None:
    file = hostile.FILES[name]
    path = written_to(tmp_path, file.make(), file.name)
    before = counts()

    with pytest.raises(CommandError) as refused:
        run(path)

    assert file.says in str(refused.value)
    assert "Nothing was imported" in str(refused.value)
    assert refused.value.returncode == 1
    assert counts() == before


pytestmark = pytest.mark.django_db


def test_a_decided_row_becomes_claim_panel_and_decision_with_history(tmp_path) -> None:
    path = written_to(tmp_path, csv_of(row(panel_date="2/8/2018", date_of_impact="3/7/2018")))

    said = run(path, "--by", "officer")

    claim = Disruption.objects.get(reference="D-2018-9001")
    decision = claim.decisions.get()
    assert "1 new disruption, 0 stored already, 0 refused. Imported." in said
    assert (claim.date_of_impact, claim.moderated_impact) == (date(2018, 7, 3), Impact.MODERATE)
    assert (claim.decision, decision.panel.date) == (decision, date(2018, 8, 2))
    assert [force.name for force in claim.forces.all()] == ["West Midlands"]
    assert [
        (entry.history_type, entry.history_user.username, entry.moderated_impact)
        for entry in claim.history.order_by("history_date")
    ] == [("+", "officer", ""), ("~", "officer", "moderate")]
    for entry in claim.history.all():
        assert [held.force.name for held in entry.forces.all()] == ["West Midlands"]
    assert decision.history.get().history_user.username == "officer"
    assert decision.panel.history.get().history_type == "+"


def test_the_history_says_command_line_where_nobody_is_named(tmp_path) -> None:
    run(written_to(tmp_path, csv_of(GOOD)))

    claim = Disruption.objects.get(reference="D-2018-9001")
    for entry in claim.history.all():
        assert entry.history_user is None
        assert "command line, import of claims.csv" in entry.history_change_reason
    assert claim.claimed_by is None


def test_a_dry_run_says_what_would_happen_and_writes_nothing(tmp_path) -> None:
    before = counts()

    said = run(written_to(tmp_path, csv_of(GOOD)), "--dry-run")

    assert "1 new disruption" in said
    assert "dry run" in said
    assert counts() == before


def test_a_file_imported_twice_changes_nothing_the_second_time(tmp_path) -> None:
    path = written_to(tmp_path, csv_of(GOOD, row(reference="D-2018-9002", ocg="OCG-WM-0001")))
    run(path)
    before = counts()

    said = run(path)

    assert "0 new disruptions, 2 stored already, 0 refused. Nothing was new" in said
    assert counts() == before


def test_one_bad_row_among_good_ones_keeps_all_of_them_out_and_every_bad_cell_is_named(
    tmp_path,
) -> None:
    bad = row(reference="D-2018-9003", lead="mayor-led", strand="Perform")
    path = written_to(tmp_path, csv_of(GOOD, row(reference="D-2018-9002"), bad))
    before = counts()

    with pytest.raises(CommandError) as refused:
        run(path)

    told = str(refused.value)
    assert "Row 4, strand “Perform”: choose one of Pursue, Prevent, Protect, Prepare" in told
    assert "Row 4, lead “mayor-led”: choose one of ROCU-led" in told
    assert "2 new disruptions, 0 stored already, 1 refused" in told
    assert counts() == before


def test_several_thousand_bad_rows_are_all_named(tmp_path) -> None:
    rows = [row(reference=f"D-2018-{9000 + n}", lead="mayor-led") for n in range(3_000)]

    with pytest.raises(CommandError) as refused:
        run(written_to(tmp_path, csv_of(*rows)))

    assert str(refused.value).count("mayor-led") == 3_000
    assert "3,000 refused" in str(refused.value)


def test_a_file_that_is_wrong_throughout_is_looked_at_no_further(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr("units.imports.MOST_PROBLEMS", 500)
    rows = [row(reference=f"D-2018-{9000 + n}", lead="mayor-led") for n in range(3_000)]

    with pytest.raises(CommandError, match="The rest of the file was not looked at"):
        run(written_to(tmp_path, csv_of(*rows)))


def test_the_reference_of_a_deleted_record_is_not_given_again(tmp_path) -> None:
    path = written_to(tmp_path, csv_of(row(decision="", panel_date="", moderated_impact="")))
    run(path)
    Disruption.objects.get(reference="D-2018-9001").delete()

    with pytest.raises(CommandError, match="belonged to another disruption"):
        run(path)


@pytest.mark.parametrize(
    ("encoding", "separator"),
    [("utf-8-sig", ","), ("utf-16", ","), ("utf-8", ";"), ("utf-8", "\t")],
)
def test_a_file_that_is_certain_is_read_whichever_its_encoding_and_separator(
    encoding, separator, tmp_path
) -> None:
    text = csv_of(row(operation_name="Operation Café")).decode().replace(",", separator)

    run(written_to(tmp_path, text.encode(encoding)))

    assert Disruption.objects.get(reference="D-2018-9001").operation_name == "Operation Café"


@pytest.mark.parametrize("file", [Format.XLSX, Format.ODS])
def test_a_workbook_is_read_like_its_csv(file, tmp_path) -> None:
    book = hostile.book_of(file, row(date_of_impact=date(2018, 7, 3), panel_date=date(2018, 8, 14)))
    run(written_to(tmp_path, csv_of(GOOD)))

    said = run(written_to(tmp_path, book, f"claims.{file}"))

    assert "1 stored already" in said


def test_blank_cells_to_the_end_of_the_sheet_cost_nothing(tmp_path) -> None:
    blank = (
        b'<table:table-row table:number-rows-repeated="1048574">'
        b'<table:table-cell table:number-columns-repeated="16384"/></table:table-row></table:table>'
    )
    book = hostile.in_part(hostile.ODS, "content.xml", b"</table:table>", blank)

    assert "1 new disruption" in run(written_to(tmp_path, book, "claims.ods"))


def test_who_may_not_decide_brings_no_decision_and_who_may_not_claim_nothing_undecided() -> None:
    undecided = row(reference="D-2018-9002", decision="", panel_date="", moderated_impact="")
    file = csv_of(GOOD, undecided)

    def states(importer: Disruptions) -> str:
        return examine(importer, spreadsheet_reader.read(io.BytesIO(file), "claims.csv"))[0].states

    assert states(Disruptions(may_decide=False)) == "rn"
    assert states(Disruptions(may_claim=False)) == "nr"
    assert states(Disruptions()) == "nn"


def test_whoever_imports_a_waiting_claim_answers_for_it_and_nobody_for_a_decided_one(
    tmp_path,
) -> None:
    undecided = row(reference="D-2018-9002", decision="", panel_date="", moderated_impact="")
    run(written_to(tmp_path, csv_of(GOOD, undecided)), "--by", "officer")

    assert Disruption.objects.get(reference="D-2018-9002").claimed_by.username == "officer"
    decided = Disruption.objects.get(reference="D-2018-9001")
    assert decided.claimed_by is None
    assert decided.decisions.get().decided_by.username == "officer"


def test_what_somebody_entered_meanwhile_stops_the_whole_import() -> None:
    importer = Disruptions()
    file = csv_of(row(reference="D-2018-9002"), GOOD)
    _, rows = examine(importer, spreadsheet_reader.read(io.BytesIO(file), "claims.csv"))
    claim = Disruption.objects.first()
    claim.pk, claim.reference, claim.moderated_impact, claim.decision = (
        None,
        "D-2018-9001",
        "",
        None,
    )
    claim.save()
    before = counts()

    with pytest.raises(Interfered, match="Nothing was imported"):
        bring_in(importer, rows, reason="import")

    assert counts() == before


@pytest.mark.parametrize("file", Format)
@pytest.mark.parametrize("kind", ["disruptions", "ocgs", "workstream_updates", "reach"])
def test_what_was_exported_is_imported_again_without_a_change(kind, file, tmp_path) -> None:
    importer = importers()[kind]()
    # the latest: major claims that wait, whose evidence has no column, are among them
    records = importer.model.objects.order_by("-pk")[:400]
    chosen = importer.model.objects.filter(pk__in=[one.pk for one in records]).order_by("pk")
    data = exported(importer, chosen, file).data
    before = counts()

    said = run(written_to(tmp_path, data, f"records.{file}"), kind=kind)

    assert f"0 new {importer.nouns[1]}, {chosen.count():,} stored already, 0 refused" in said
    assert counts() == before


@pytest.mark.parametrize("file", Format)
def test_exported_ocgs_are_as_before_where_they_were_missing(file, tmp_path) -> None:
    importer = importers()["ocgs"]()
    chosen = OCG.objects.filter(disruptions=None)
    stored = list(importer.rows(chosen.order_by("urn")))
    data = exported(importer, chosen.order_by("urn"), file).data
    chosen.delete()

    run(written_to(tmp_path, data, f"ocgs.{file}"), kind="ocgs")

    again = OCG.objects.filter(urn__in=[one[0] for one in stored]).order_by("urn")
    assert stored
    assert list(importer.rows(again)) == stored
    assert all(one.history.first().history_type == "+" for one in again[:5])


@pytest.mark.slow
def test_rows_in_bulk_are_stored_as_if_each_had_been_saved_by_itself(tmp_path) -> None:
    kinds = list(CrimeType.objects.order_by("order"))
    outcomes = [
        ("accepted", "moderate", "2018-08-14"), ("regraded", "minor", "2018-08-14"),
        ("rejected", "", "2018-09-11"), ("deferred", "", "2018-09-11"), ("", "", ""),
    ]  # fmt: skip
    rows = [
        row(
            reference=f"D-2018-{9000 + n}",
            operation_name=f"Operation {n}",
            crime_type=kinds[n % len(kinds)].name,
            forces="West Midlands;Warwickshire" if n % 3 else "Staffordshire",
            **dict(
                zip(("decision", "moderated_impact", "panel_date"), outcomes[n % 5], strict=True)
            ),
        )
        for n in range(1_000)
    ]
    by = User.objects.get(username="officer")
    run(written_to(tmp_path, csv_of(*rows)), "--by", "officer")
    singly = [one_by_one(told, by) for told in rows[:200]]

    for told, reference in zip(rows, singly, strict=False):
        assert as_stored(told["reference"]) == as_stored(reference)
    everything = Disruption.objects.filter(reference__startswith="D-2018-9")
    assert everything.count() == 1_000
    assert everything.moderated().count() == 400


def one_by_one(told: dict, by: User) -> str:
    """The row entered as people enter it: saved, then decided; its reference is another."""
    undecided = not told["decision"]
    claim = Disruption(
        reference=told["reference"].replace("D-2018-9", "S-2018-9"),
        operation_name=told["operation_name"],
        crime_type=CrimeType.objects.get(name=told["crime_type"]),
        strand=told["strand"].lower(),
        date_of_impact=date.fromisoformat(told["date_of_impact"]),
        claim_date=date.today() if undecided else date.fromisoformat(told["panel_date"]),  # noqa: DTZ011
        claimed_by=by if undecided else None,
        lead=told["lead"].lower(),
        claimed_impact=told["claimed_impact"],
        marking=told["marking"],
        public_summary=told["public_summary"],
    )
    claim.full_clean()
    claim._history_user = by
    claim.save()
    claim.forces.set(Force.objects.filter(name__in=told["forces"].split(";")))
    if not undecided:
        panel, _ = Panel.objects.get_or_create(date=told["panel_date"])
        decision = Decision(
            panel=panel,
            disruption=claim,
            kind=told["decision"],
            impact=told["moderated_impact"],
            reason="" if told["decision"] == DecisionKind.ACCEPTED else NO_REASON,
            decided_by=by,
        )
        decision.panel.refresh_from_db()
        decision.full_clean()
        decision._history_user = by
        decision.save()
    return claim.reference


def as_stored(reference: str) -> tuple:
    """All that the database holds of a claim but keys, reference and moments; its last history too."""
    claim = Disruption.objects.get(reference=reference)
    latest = claim.history.order_by("-history_date", "-history_id").first()
    hidden = {"id", "reference", "folded", "decision"}

    def values(record, fields) -> tuple:
        return tuple(getattr(record, field.attname) for field in fields if field.name not in hidden)

    return (
        values(claim, Disruption._meta.fields),
        values(latest, Disruption._meta.fields),
        bool(claim.decision_id),
        claim.decision_id == latest.decision_id,
        sorted(force.name for force in claim.forces.all()),
        sorted(held.force.name for held in latest.forces.all()),
        [
            (one.panel.date, one.kind, one.impact, one.reason, one.decided_by_id, one.marking)
            for one in claim.decisions.all()
        ],
        [one.history.count() for one in claim.decisions.all()],
    )
