"""A quarter is published once, in two editions that nothing changes afterwards."""

import hashlib
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from time import monotonic
from typing import Never

import pytest
from django.conf import settings
from django.contrib.auth.models import Group, User
from django.db import DatabaseError, connection, transaction
from msgspec.structs import replace

from boardreport.charts import fonts
from boardreport.editions import hash_chain, repository
from boardreport.errors import ToolFailed
from boardreport.models import (
    Edition,
    EditionChart,
    EditionFile,
    LeadAddress,
    Office,
    Paper,
    Paragraph,
    Publication,
)
from boardreport.paper import documents, pdf
from boardreport.publishing import preconditions, publications, publish
from boardreport.publishing.preconditions import PublishingRefused
from boardreport.report import compose
from units.content.model import (
    Content,
    Part,
    Section,
    from_json,
    to_json,
)
from units.content.model import Paragraph as Words
from units.cyber.models import Channel
from units.domain.quarters import Quarter
from units.domain.vocabulary import Audience
from units.rocu.models import (
    Contributor,
    CrimeType,
    Disruption,
    Force,
    Quorum,
)

pytestmark = pytest.mark.django_db

Q1, Q2, Q3 = Quarter(2018, 1), Quarter(2018, 2), Quarter(2018, 3)


@pytest.fixture
def approver() -> User:
    return User.objects.get(username="approver")


def edition(quarter: Quarter, audience: str) -> Edition:
    return Edition.objects.get(quarter=quarter, audience=audience)


def test_each_edition_holds_content_charts_and_pdf_of_its_audience() -> None:
    for audience in Audience:
        published = edition(Q2, audience)
        content = from_json(bytes(published.content), Content)
        assert content.audience == audience
        assert bytes(published.pdf).startswith(b"%PDF-1.7")
        pictures = set(EditionChart.objects.filter(edition=published).values_list("key", "size"))
        assert pictures == {
            (chart.key, picture)
            for chart in content.charts()
            for picture in ("wide", "narrow", "wide-dark", "narrow-dark", "paper")
        }


def test_hashes_are_those_of_the_bytes_and_form_one_chain() -> None:
    previous = ""
    for one in Edition.objects.order_by("pk"):
        assert hashlib.sha256(bytes(one.content)).hexdigest() == one.content_sha256
        assert hashlib.sha256(bytes(one.pdf)).hexdigest() == one.pdf_sha256
        assert one.previous_sha256 == previous
        assert hash_chain.link_hash(one) == one.sha256
        previous = one.sha256


def test_an_edition_is_dated_before_its_meeting() -> None:
    for record in Paper.objects.filter(editions__isnull=False).distinct():
        for one in record.editions.all():
            assert one.published_at.date() < record.meeting_date


@pytest.mark.parametrize("model", [Edition, EditionChart, EditionFile])
def test_the_database_refuses_to_change_or_delete_an_edition(model) -> None:
    row = model.objects.first()
    for attempt in (
        lambda: model.objects.filter(pk=row.pk).update(
            **{{Edition: "number", EditionChart: "key", EditionFile: "sha256"}[model]: 9}
        ),
        lambda: model.objects.filter(pk=row.pk)._raw_delete("default"),
    ):
        with pytest.raises(DatabaseError, match="as it was published"), transaction.atomic():
            attempt()


def test_what_changes_later_leaves_the_edition_as_it_was() -> None:
    before = bytes(edition(Q1, "public").content)
    Disruption.objects.within((Q1,)).update(marking="OFFICIAL-SENSITIVE")
    Paragraph.objects.update(text="Changed.")

    assert bytes(edition(Q1, "public").content) == before
    assert (
        to_json(compose.compose(Q1, audience=Audience.PUBLIC, on=date(2018, 7, 23)).content)
        != before
    )


def test_late_claims_change_the_past_and_the_next_edition_says_the_new_number() -> None:
    first = from_json(bytes(edition(Q1, "public").content), Content)
    second = from_json(bytes(edition(Q2, "public").content), Content)

    def cells(content: Content) -> dict[str, int]:
        table = next(one for one in content.exhibits() if one.key == "rocu.disruptions")
        return dict(
            zip(
                [c.label for c in table.columns],
                [c.value for c in table.rows[-1].cells],
                strict=True,
            )
        )

    assert cells(first)["Total"] == 132
    assert cells(second)["Previous quarter"] == 136
    assert cells(second)["Total"] == 176


def test_readers_of_a_published_quarter_get_the_edition_and_not_the_records() -> None:
    Disruption.objects.within((Q2,)).update(marking="OFFICIAL-SENSITIVE")

    read = repository.read(Q2, user=User.objects.get(username="member"))

    assert to_json(read.content) == bytes(edition(Q2, "restricted").content)


def test_publishing_again_is_refused(approver) -> None:
    with pytest.raises(PublishingRefused, match="already published"):
        publish.publish(Q2, by=approver)


def test_a_quarter_without_a_paper_is_refused(approver) -> None:
    with pytest.raises(PublishingRefused, match="no paper"):
        publish.publish(Quarter(2016, 1), by=approver)


def test_a_quarter_that_is_not_over_is_refused(approver) -> None:
    Paper.objects.create(quarter=Quarter(2150, 1))

    with pytest.raises(PublishingRefused, match="not over"):
        publish.publish(Quarter(2150, 1), by=approver)


def test_another_day_is_for_the_demonstration_only(approver) -> None:
    from boardreport.models import Office

    Office.objects.update(demonstration=False)

    with pytest.raises(PublishingRefused, match="demonstration"):
        publish.publish(Q3, by=approver, on=date(2019, 1, 21))


@pytest.mark.parametrize("who", ["member", "officer", "chair", "administrator"])
def test_only_an_approver_publishes(who) -> None:
    with pytest.raises(PublishingRefused, match="an approver does"):
        publish.publish(Q3, by=User.objects.get(username=who), on=date(2019, 1, 21))


def test_a_day_that_is_yet_to_come_is_refused(approver) -> None:
    with pytest.raises(PublishingRefused, match="yet to come"):
        publish.publish(Q3, by=approver, on=date(2190, 1, 1))


@pytest.fixture
def undrawn(monkeypatch) -> None:
    """Whatever is refused must be refused before anything is composed, drawn or set."""

    def fail(*arguments, **options) -> Never:
        raise AssertionError("It was begun.")

    for module, name in ((compose, "compose"), (pdf, "pdf")):
        monkeypatch.setattr(module, name, fail)


ON = date(2019, 1, 21)


def test_what_blocks_is_refused_before_anything_is_composed(approver, undrawn) -> None:
    Paragraph.objects.filter(section__paper__quarter=Q3, section__kind="summary").delete()

    with pytest.raises(PublishingRefused, match="“Executive summary” has no words"):
        publish.publish(Q3, by=approver, on=ON)
    with pytest.raises(PublishingRefused, match="“Executive summary” has no words"):
        publications.ask(Q3, by=approver)
    assert not Publication.objects.exists()


def test_what_no_reason_overrules_is_refused_with_one(approver, undrawn) -> None:
    rows = Paragraph.objects.filter(section__paper__quarter=Q3, section__kind="summary")
    rows.update(text="We had {rocu.nothing}.")
    reason = "The meeting is tomorrow."

    with pytest.raises(PublishingRefused, match=r"\{rocu.nothing\}.* No reason can overrule it"):
        publish.publish(Q3, by=approver, on=ON, overrule=reason)
    with pytest.raises(PublishingRefused, match="No paper can be made of 2018/19 Q3"):
        publications.ask(Q3, by=approver, overrule=reason)


@pytest.mark.parametrize(
    ("hour", "refused"), [(23.95, True), (23.99, True), (12, False), (0, False)]
)
def test_what_would_not_end_before_midnight_is_not_begun(hour, refused) -> None:
    now = datetime(2019, 1, 21, tzinfo=UTC) + timedelta(hours=hour)

    if not refused:
        preconditions.refuse_near_midnight(now)
        return
    with pytest.raises(PublishingRefused, match="Publish after midnight"):
        preconditions.refuse_near_midnight(now)


def no_letters_for_charts(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(fonts, "_path", fonts._path.__wrapped__)
    patch.setattr(fonts, "_FOLDERS", ())


def no_fonts(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(settings, "BASE_DIR", Path("/nowhere"))


def no_room(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(publish, "ROOM", 1 << 60)


def read_only(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(publish, "access", lambda path, mode: False)


@pytest.mark.parametrize(
    ("without", "words"),
    [
        (no_letters_for_charts, "apt-get install fonts-liberation"),
        (no_fonts, "npm ci"),
        (no_room, "The disk is nearly full"),
        (read_only, "cannot be written"),
    ],
)
def test_what_the_machine_lacks_is_told_at_once(
    approver, undrawn, monkeypatch, without, words
) -> None:
    if without is read_only and connection.vendor != "sqlite":
        pytest.skip("PostgreSQL’s files are its own server’s")
    without(monkeypatch)

    with pytest.raises(ToolFailed, match=words):
        publish.publish(Q3, by=approver, on=ON)


def test_a_machine_that_can_publish_is_looked_at_within_a_second() -> None:
    preconditions.check_machine()  # imports what is imported once
    begun = monotonic()

    preconditions.check_machine()

    assert monotonic() - begun < 1


def test_a_paper_that_is_invalid_names_the_words_that_make_it_so() -> None:
    def block(number: int, text: str) -> Words:
        return Words(f"<p>{text}</p>", str(number))

    nested = '<a href="https://board.example/"><b>here</b></a>'  # which PDF/UA-1 cannot tell
    whole = repository.draft(Q3, audience=Audience.PUBLIC).content
    parts = (Part("p", "", (block(1, "Sound."), block(2, f"Look {nested}."))),)
    sections = (
        Section("purpose", "Purpose", (Part("p", "", (block(3, "Sound."),)),)),
        Section("summary", "Executive summary", parts),
    )
    draft = documents.drafted(replace(whole, sections=sections), number=None, made_on=ON)

    words = publish.why_invalid(draft, made_on=ON)

    assert "paragraph 2 of “Executive summary”, which begins “Look" in words
    assert "paragraph 1" not in words
    assert "Correct the record that says this" in words


def administer(name: str) -> None:
    """Something that an administrator does, and that no word of the quarter rests on."""
    following = Q3.next.start
    match name:
        case "a user":
            User.objects.create(username="new").groups.add(Group.objects.first())
        case "a name":
            User.objects.filter(username="approver").update(first_name="Ann")
        case "a lead’s address":
            LeadAddress.objects.create(lead="Another", email="another@board.example")
        case "a quorum":
            Quorum.objects.create(members=4, valid_from=following)
        case "a crime type":
            CrimeType.objects.create(name="New", in_words="new", order=99)
        case "a channel":
            Channel.objects.create(name="New", order=99)
        case "a force":
            payer = Contributor.objects.create(name="New", order=99)
            Force.objects.create(name="New", order=99, contributor=payer)
        case "the office saved again":
            Office.current().save()
        case "the region":
            Office.objects.update(region="Another")


@pytest.mark.parametrize(
    "name",
    [
        "a user", "a name", "a lead’s address", "a quorum", "a crime type", "a channel", "a force",
        "the office saved again", "the region",
    ],
)  # fmt: skip
def test_an_administrators_change_that_touches_nothing_changes_nothing(name) -> None:
    def sources() -> list[publish.Source]:
        return [publish._source(Q3, one, ON, number=1, note="") for one in Audience]

    before = sources()
    administer(name)

    assert sources() == before


def test_a_publication_that_is_stopped_says_which_record_was_saved_and_by_whom(
    approver, papers_set_once, monkeypatch
) -> None:
    drafted = documents.drafted

    def change_meanwhile(*arguments, **options) -> documents.Draft:
        office = Office.current()
        office.name, office._history_user = (
            "Another office",
            User.objects.get(username="administrator"),
        )
        office.save()
        monkeypatch.setattr(publish, "drafted", drafted)
        return drafted(*arguments, **options)

    monkeypatch.setattr(publish, "drafted", change_meanwhile)

    with pytest.raises(
        PublishingRefused, match=r"Office “Another office” \(administrator, \d\d:\d\d\)"
    ):
        publish.publish(Q3, by=approver, on=ON)


def test_records_changed_while_it_is_drawn_stop_the_publication(
    approver, papers_set_once, monkeypatch
) -> None:
    count = Edition.objects.count()
    drafted = documents.drafted

    def change_meanwhile(*arguments, **options) -> documents.Draft:
        first = Disruption.objects.within((Q3,)).counted().first()
        Disruption.objects.filter(pk=first.pk).update(moderated_impact="none")
        monkeypatch.setattr(publish, "drafted", drafted)
        return drafted(*arguments, **options)

    monkeypatch.setattr(publish, "drafted", change_meanwhile)

    with pytest.raises(PublishingRefused, match="changed while"):
        publish.publish(Q3, by=approver, on=date(2019, 1, 21))

    assert Edition.objects.count() == count


def test_a_failure_while_drawing_leaves_no_half_edition(approver, monkeypatch) -> None:
    counts = Edition.objects.count(), EditionChart.objects.count()

    def fail(*arguments, **options) -> Never:
        raise OSError("the disk is full")

    monkeypatch.setattr(pdf, "pdf", fail)

    with pytest.raises(PublishingRefused, match="the disk is full"):
        publish.publish(Q3, by=approver, on=date(2019, 1, 21))

    assert (Edition.objects.count(), EditionChart.objects.count()) == counts


def test_no_name_of_a_withheld_operation_is_in_a_public_edition() -> None:
    for quarter in (Q1, Q2):
        text = bytes(edition(quarter, "public").content).decode()
        for row in Disruption.objects.within((quarter,)).exclude(ocg=None):
            if row.marking == "OFFICIAL-SENSITIVE" or row.restriction:
                assert row.operation_name not in text


def test_no_word_of_a_withheld_record_is_in_a_public_edition() -> None:
    words = set()
    for row in Disruption.objects.within((Q2,)):
        if row.marking == "OFFICIAL-SENSITIVE" or row.restriction:
            words.add(row.reference)
    public = edition(Q2, "public")

    assert words
    text = bytes(public.content).decode()
    assert not [word for word in words if word in text]
    restricted = bytes(edition(Q2, "restricted").content).decode()
    assert [word for word in words if word in restricted]
