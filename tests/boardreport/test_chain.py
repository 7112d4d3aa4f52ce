"""The chain names the first edition that does not hold, and survives a lawful erasure."""

import hashlib
import re
from datetime import UTC
from io import StringIO

import pytest
from django.apps import apps
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from boardreport.editions import hash_chain
from boardreport.editions.hash_chain import BrokenChain
from boardreport.models import (
    Edition,
    EditionChart,
    EditionFile,
    Erasure,
    Publication,
    triggers,
)
from boardreport.paper import documents
from boardreport.publishing import erasure
from boardreport.publishing.erasure import ErasureRefused
from units.domain.quarters import Quarter

pytestmark = pytest.mark.django_db

Q2 = Quarter(2018, 2)
ORDERED = "Ordered by the court."


@pytest.fixture
def unguarded() -> None:
    """The database without its triggers, as whoever tampers with it would have it."""
    with connection.cursor() as cursor:
        for table in (*triggers.FROZEN, *triggers.ERASABLE):
            if connection.vendor == "postgresql":
                cursor.execute(f"DROP TRIGGER {table}_frozen ON {table}")
            else:
                for verb in ("update", "delete"):
                    cursor.execute(f"DROP TRIGGER {table}_no_{verb}")


def public() -> Edition:
    return Edition.objects.get(quarter=Q2, audience="public")


def change(**values: object) -> None:
    Edition.objects.filter(pk=public().pk).update(**values)


@pytest.mark.portable
def test_an_untouched_chain_holds_and_each_paper_comes_out_byte_for_byte() -> None:
    told: list[str] = []

    found = hash_chain.verify(progress=told.append)

    assert found.editions == found.made_anew == Edition.objects.count()
    assert found.head == Edition.objects.latest("pk").sha256
    assert all("made anew" in words for words in told)


def test_a_link_from_before_charts_were_in_it_holds_and_what_it_covers_is_held(unguarded) -> None:
    """As the first version published: SHA-256 of six lines."""
    previous = ""
    for edition in Edition.objects.order_by("pk"):
        edition.charts_sha256 = edition.files_sha256 = ""
        edition.previous_sha256 = previous
        lines = [
            previous,
            edition.quarter.slug,
            f"{edition.audience}-{edition.number}",
            edition.published_at.astimezone(UTC).isoformat(),
            hashlib.sha256(bytes(edition.content)).hexdigest(),
            hashlib.sha256(bytes(edition.pdf)).hexdigest(),
        ]
        edition.sha256 = previous = hashlib.sha256("\n".join(lines).encode()).hexdigest()
        edition.save()

    assert hash_chain.verify(quick=True).head == previous
    change(pdf=b"%PDF-")
    with pytest.raises(BrokenChain, match="PDF was changed"):
        hash_chain.verify(quick=True)


def tamper_content() -> None:
    change(content=bytes(public().content).replace(b"2018", b"2019", 1))


def tamper_content_and_hash() -> None:
    content = bytes(public().content) + b" "
    change(content=content, content_sha256=documents.sha256(content))


def tamper_pdf() -> None:
    change(pdf=bytes(public().pdf) + b"%")


def tamper_chart() -> None:
    chart = EditionChart.objects.filter(edition=public()).first()
    EditionChart.objects.filter(pk=chart.pk).update(svg=chart.svg + " ")


def tamper_word() -> None:
    files = EditionFile.objects.filter(edition=public())
    files.update(data=bytes(files.get().data) + b" ")


def tamper_word_and_hash() -> None:
    files = EditionFile.objects.filter(edition=public())
    data = bytes(files.get().data) + b" "
    files.update(data=data, sha256=documents.sha256(data))


def lose_word() -> None:
    EditionFile.objects.filter(edition=public()).delete()


def lose_chart() -> None:
    EditionChart.objects.filter(edition=public()).first().delete()


def tamper_note() -> None:
    change(note="Nothing to see here.")


def tamper_date() -> None:
    change(published_at="2018-01-01T09:00:00Z")


def tamper_publisher() -> None:
    change(published_by=User.objects.get(username="officer"))


def tamper_released() -> None:
    change(released="")


@pytest.mark.parametrize(
    ("tamper", "words"),
    [
        (tamper_content, "its content"),
        (tamper_content_and_hash, "what it says of itself"),
        (tamper_pdf, "its PDF"),
        (tamper_chart, "its charts"),
        (lose_chart, "its charts"),
        (tamper_word, "a file beside its PDF"),
        (tamper_word_and_hash, "a file beside its PDF"),
        (lose_word, "a file beside its PDF"),
        (tamper_note, "what was said of it"),
        (tamper_date, "what it says of itself"),
        (tamper_publisher, "what it says of itself"),
        (tamper_released, "what it says of itself"),
    ],
    ids=lambda v: getattr(v, "__name__", ""),
)
def test_tampering_is_named_with_its_edition(unguarded, tamper, words) -> None:
    tamper()

    with pytest.raises(BrokenChain, match=words) as caught:
        hash_chain.verify(quick=True)

    assert caught.value.key == public().pk


def test_an_edition_that_was_taken_out_is_missed_by_the_next(unguarded) -> None:
    first = Edition.objects.earliest("pk")
    for kept in (EditionChart, EditionFile):
        kept.objects.filter(edition=first).delete()
    first.delete()

    with pytest.raises(BrokenChain, match="the edition before it") as caught:
        hash_chain.verify(quick=True)

    assert caught.value.key == Edition.objects.earliest("pk").pk


def test_an_edition_cut_off_the_end_is_missed_by_a_link_noted_down(unguarded) -> None:
    last = Edition.objects.latest("pk")
    for kept in (EditionChart, EditionFile):
        kept.objects.filter(edition=last).delete()
    last.delete()

    hash_chain.verify(quick=True)
    with pytest.raises(BrokenChain, match="it ends with 2018/19 Q2, Public edition 1"):
        hash_chain.verify(quick=True, head=last.sha256)


def test_a_chart_drawn_from_other_content_is_found_by_drawing_it_anew(unguarded) -> None:
    last = Edition.objects.latest("pk")
    chart = EditionChart.objects.filter(edition=last).first()
    EditionChart.objects.filter(pk=chart.pk).update(svg=chart.svg.replace("</text>", " </text>", 1))
    kept = EditionChart.objects.filter(edition=last).values_list("key", "size", "svg")
    last.charts_sha256 = hash_chain.charts_hash(kept)
    last.sha256 = hash_chain.link_hash(last)
    last.save()

    hash_chain.verify(quick=True)
    with pytest.raises(BrokenChain, match="charts, drawn anew from its content"):
        hash_chain.verify()


@pytest.mark.portable
def test_a_paper_set_from_other_content_is_found_by_making_it_anew(unguarded) -> None:
    last = Edition.objects.latest("pk")
    pdf = bytes(last.pdf).replace(b"/Lang", b"/Lamg", 1) + b"\n"
    last.pdf, last.pdf_sha256, last.pdf_bytes = pdf, documents.sha256(pdf), len(pdf)
    last.sha256 = hash_chain.link_hash(last)
    last.save()

    hash_chain.verify(quick=True)
    with pytest.raises(BrokenChain, match="comes out otherwise"):
        hash_chain.verify()


def test_the_command_exits_with_the_name_of_what_does_not_hold(unguarded) -> None:
    tamper_pdf()

    with pytest.raises(
        CommandError, match=r"2018/19 Q2, Public edition 1 \(id \d+\) does not"
    ) as no:
        call_command("verify_editions", "--quick", stdout=StringIO())
    assert no.value.returncode == 1


# ---------- whatever was put in the place of an edition ----------


def sql(statement: str, *values: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


def put(column: str, value: str) -> str:
    return f"UPDATE boardreport_edition SET {column} = {value} WHERE id = %s"


TAMPERED = {
    "a blob turned to text": (put("content", "CAST(content AS TEXT)"), "its content is another"),
    "a PDF turned to a number": (put("pdf", "7"), "its pdf is another"),
    "a truncated content": (put("content", "substr(content, 1, 900)"), "its content was changed"),
    "a content that is no JSON": (put("content", "x'ff00fe'"), "its content was changed"),
    "a text turned to a blob": (put("note", "x'ff'"), "its note is another"),
    "a text that is not UTF-8": (put("note", "CAST(x'ff41' AS TEXT)"), "its note cannot be read"),
    "a date that is none": (put("published_at", "'soon'"), "its published at"),
    "a date turned to a number": (put("published_at", "17"), "its published at is missing or"),
    "a quarter that is none": (put("quarter", "'Q2'"), "its quarter cannot be read"),
    "a quarter beyond time": (put("quarter", "9e18"), "its quarter cannot be read"),
    "an empty blob for a text": (put("toolchain", "x''"), "its toolchain is another"),
    "an audience that is none": (put("audience", "'all'"), "what it says of itself was changed"),
    "a link turned to a blob": (
        put("sha256", "CAST(sha256 AS BLOB)"),
        "link in the chain is another",
    ),
    "a number turned to text": (put("number", "'first'"), "its number is another"),
    "a length turned to text": (put("pdf_bytes", "'long'"), "its bytes of the PDF is another"),
    "a drawing turned to a blob": (
        "UPDATE boardreport_editionchart SET svg = x'ff' WHERE edition_id = %s",
        "a chart of it cannot be read",
    ),
    "an edition that is gone": (
        "DELETE FROM boardreport_edition WHERE id = %s",
        "the edition before",
    ),
}


@pytest.mark.parametrize(("statement", "words"), TAMPERED.values(), ids=TAMPERED)
def test_whatever_was_put_in_the_place_of_a_value_names_its_edition(
    unguarded, statement, words
) -> None:
    if connection.vendor != "sqlite":
        pytest.skip("SQLite alone keeps a value of another kind than its column's")
    key = Edition.objects.order_by("pk").values_list("pk", flat=True)[1]
    sql("PRAGMA defer_foreign_keys = ON")
    sql("PRAGMA ignore_check_constraints = ON")
    sql(statement, key)
    sql("PRAGMA ignore_check_constraints = OFF")

    with pytest.raises(CommandError, match=words) as no:
        call_command("verify_editions", "--quick", stdout=StringIO())

    assert no.value.returncode == 1
    assert re.search(r"id \d+\b", str(no.value))
    sql("PRAGMA defer_foreign_keys = OFF")
    transaction.set_rollback(True)


@pytest.mark.parametrize(
    ("statement", "words"),
    [
        (
            "ALTER TABLE boardreport_editionchart RENAME TO gone",
            "the table boardreport_editionchart",
        ),
        (
            "ALTER TABLE boardreport_withdrawal RENAME TO gone",
            "the table boardreport_withdrawal",
        ),
        (
            "ALTER TABLE boardreport_edition RENAME COLUMN toolchain TO gone",
            "the column toolchain of",
        ),
    ],
)
def test_a_table_or_a_column_that_is_gone_is_named(unguarded, statement, words) -> None:
    sql(statement)

    with pytest.raises(CommandError, match=words) as no:
        call_command("verify_editions", "--quick", stdout=StringIO())

    assert no.value.returncode == 1
    assert "run migrate" not in str(no.value).lower()


def test_a_publication_whose_quarter_cannot_be_read_is_named(unguarded) -> None:
    publication = Publication.objects.create(
        quarter=Q2, asked_by=administrator(), asked_at=timezone.now(), state="done"
    )
    sql("UPDATE boardreport_publication SET quarter = 32000 WHERE id = %s", publication.pk)

    with pytest.raises(CommandError, match=f"the quarter of publication {publication.pk}"):
        call_command("verify_editions", "--quick", stdout=StringIO())


def test_a_database_that_is_not_migrated_is_not_checked() -> None:
    sql("DELETE FROM django_migrations WHERE app = 'boardreport' AND name LIKE '0001%%'")

    with pytest.raises(CommandError, match="Run migrate") as no:
        call_command("verify_editions", "--quick", stdout=StringIO())

    assert no.value.returncode == 2


def empty_the_chain() -> str:
    """Deletes every edition with all that refers to one; gives the last link that it had."""
    head = Edition.objects.latest("pk").sha256
    for relation in Edition._meta.related_objects:
        relation.related_model.objects.exclude(**{relation.field.name: None})._raw_delete("default")
    Edition.objects.all()._raw_delete("default")
    return head


def test_an_emptied_chain_does_not_hold_the_link_noted_down(unguarded) -> None:
    head = empty_the_chain()

    with pytest.raises(CommandError, match="it is empty") as no:
        call_command("verify_editions", "--head", head, stdout=StringIO())

    assert no.value.returncode == 1


def test_an_emptied_chain_is_missed_by_what_was_published(unguarded) -> None:
    empty_the_chain()
    Publication.objects.create(
        quarter=Q2, asked_by=administrator(), asked_at=timezone.now(), state="done"
    )

    with pytest.raises(CommandError, match="2018/19 Q2 is recorded as published"):
        call_command("verify_editions", stdout=StringIO())


def test_a_database_in_which_nothing_was_published_says_so(unguarded) -> None:
    empty_the_chain()
    told = StringIO()

    call_command("verify_editions", stdout=told)

    assert "nothing to verify" in told.getvalue()


def test_an_edition_of_which_only_its_charts_are_left_is_missing(unguarded) -> None:
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL checks the reference at once")
    last = Edition.objects.latest("pk").pk
    sql("PRAGMA defer_foreign_keys = ON")
    sql("DELETE FROM boardreport_edition WHERE id = %s", last)

    with pytest.raises(CommandError, match=f"with id {last} does not hold: it is missing"):
        call_command("verify_editions", "--quick", stdout=StringIO())

    transaction.set_rollback(True)


def test_what_is_no_link_is_not_looked_for() -> None:
    with pytest.raises(CommandError, match="is no link") as no:
        call_command("verify_editions", "--head", "x", stdout=StringIO())

    assert no.value.returncode == 2


# ---------- lawful erasure ----------


def administrator() -> User:
    return User.objects.get(username="administrator")


def test_an_erased_edition_leaves_the_chain_whole_and_says_that_it_was_erased() -> None:
    erasure.erase(public(), by=administrator(), reason=ORDERED)

    erased = public()
    assert bytes(erased.content) == bytes(erased.pdf) == b""
    assert not EditionChart.objects.filter(edition=erased).exclude(svg="").exists()
    assert bytes(EditionFile.objects.get(edition=erased).data) == b""
    found = hash_chain.verify(quick=True)
    assert found.editions == Edition.objects.count()
    assert "Ordered by the court." in found.erased[0]


def say(quarter: Quarter, **said: str) -> None:
    """As if the quarter's editions had been published with these words."""
    for edition in Edition.objects.order_by("pk"):
        previous = Edition.objects.filter(pk__lt=edition.pk).order_by("-pk").first()
        edition.previous_sha256 = previous.sha256 if previous else ""
        if edition.quarter == quarter:
            for name, words in said.items():
                setattr(edition, name, words)
            edition.said_sha256 = hash_chain.said_hash(edition)
        edition.sha256 = hash_chain.link_hash(edition)
        edition.save()


def test_an_erasure_takes_what_was_said_of_the_edition_and_of_its_publishing(unguarded) -> None:
    words = "Asked for by the family of A. B."
    say(Q2, note=words, overruled=words, overrule_reason=words)
    triggers.guard_editions(apps.get_app_config("boardreport"))
    now, by = timezone.now(), User.objects.get(username="approver")
    told = {"asked_by": by, "asked_at": now, "note": words, "overrule_reason": words}
    for quarter, state in ((Q2, "failed"), (Q2, "waiting"), (Quarter(2018, 1), "failed")):
        Publication.objects.create(quarter=quarter, state=state, message=words, **told)

    erasure.erase(public(), by=administrator(), reason=ORDERED)

    erased = public()
    assert (erased.note, erased.overruled, erased.overrule_reason) == ("", "", "")
    assert Edition.objects.get(quarter=Q2, audience="restricted").note == words
    assert [
        (one.state, one.quarter, one.note, one.message)
        for one in Publication.objects.order_by("pk")
    ] == [
        ("failed", Q2, "", ""),
        ("waiting", Q2, words, words),
        ("failed", Quarter(2018, 1), words, words),
    ]
    assert hash_chain.verify(quick=True).erased


def test_an_edition_whose_link_holds_its_note_keeps_it_when_it_is_erased(unguarded) -> None:
    """As editions were published before the link held a hash of what was said."""
    for edition in Edition.objects.order_by("pk"):
        previous = Edition.objects.filter(pk__lt=edition.pk).order_by("-pk").first()
        edition.previous_sha256 = previous.sha256 if previous else ""
        edition.note, edition.said_sha256 = "Figures corrected.", ""
        edition.sha256 = hash_chain.link_hash(edition)
        edition.save()
    triggers.guard_editions(apps.get_app_config("boardreport"))

    erasure.erase(public(), by=administrator(), reason=ORDERED)

    assert public().note == "Figures corrected."
    assert hash_chain.verify(quick=True).erased


def test_words_left_in_an_erased_edition_are_named(unguarded) -> None:
    erasure.erase(public(), by=administrator(), reason=ORDERED)
    change(note="Still here.")

    with pytest.raises(BrokenChain, match="bytes are left"):
        hash_chain.verify(quick=True)


def test_sqlite_overwrites_the_pages_that_an_erasure_frees() -> None:
    if connection.vendor != "sqlite":
        pytest.skip("SQLite alone keeps one file")
    erasure.erase(public(), by=administrator(), reason=ORDERED)
    assert connection.cursor().execute("PRAGMA secure_delete").fetchone()[0] == 1


def test_the_database_lets_no_bytes_go_without_an_erasure() -> None:
    for attempt in (
        lambda: change(content=b"", pdf=b""),
        lambda: EditionChart.objects.filter(edition=public()).update(svg=""),
        lambda: EditionFile.objects.filter(edition=public()).update(data=b""),
    ):
        with pytest.raises(DatabaseError, match="as it was published"), transaction.atomic():
            attempt()


def test_an_erasure_lets_nothing_else_be_changed() -> None:
    erasure.erase(public(), by=administrator(), reason=ORDERED)

    for attempt in (
        lambda: change(note="Other"),
        lambda: change(content=b"x"),
        lambda: Erasure.objects.update(reason="Other"),
        lambda: Erasure.objects.all()._raw_delete("default"),
    ):
        with pytest.raises(DatabaseError, match="as it was published"), transaction.atomic():
            attempt()


def test_only_an_administrator_erases_with_a_reason_and_once() -> None:
    with pytest.raises(ErasureRefused, match="administrator"):
        erasure.erase(public(), by=User.objects.get(username="approver"), reason=ORDERED)
    for nothing in (" ", "x", "a b c"):
        with pytest.raises(ErasureRefused, match="tells nobody why"):
            erasure.erase(public(), by=administrator(), reason=nothing)
    erasure.erase(public(), by=administrator(), reason=ORDERED)
    with pytest.raises(ErasureRefused, match="already"):
        erasure.erase(public(), by=administrator(), reason=ORDERED)


def test_the_command_erases_only_when_it_is_told_to() -> None:
    arguments = ("2018-19-q2", "public-1", "--by", "administrator", "--reason", ORDERED)

    with pytest.raises(CommandError, match="tells nobody why"):
        call_command("erase_edition", *arguments[:-1], "x")
    call_command("erase_edition", *arguments, stdout=StringIO())
    assert not Erasure.objects.exists()
    call_command("erase_edition", *arguments, "--yes", stdout=StringIO())
    assert Erasure.objects.get().reason == ORDERED
    with pytest.raises(CommandError, match="public-1, restricted-1"):
        call_command("erase_edition", "2018-19-q2", "public-7", *arguments[2:])
