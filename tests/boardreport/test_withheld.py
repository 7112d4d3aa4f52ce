"""The withheld list tells officers of every record and figure that the public edition lacks."""

from datetime import date, timedelta

import pypdfium2
import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from boardreport.models import Edition, Office, Paragraph
from boardreport.report import compose
from boardreport.report.withheld_register import (
    BY_RULE,
    KEY,
    NOT_RECORDED,
    Held,
    WithheldList,
    withheld_list,
)
from units.content.model import Content, Table, to_json
from units.ctu.models import PriorityUpdate
from units.cyber.models import Reach, Workstream, WorkstreamUpdate
from units.domain.quarters import Quarter
from units.domain.vocabulary import Audience, Impact, OcgCounts
from units.records.models import Record
from units.records.release import ReleaseLog
from units.rocu.models import Disruption

pytestmark = pytest.mark.django_db

Q2, Q3 = Quarter(2018, 2), Quarter(2018, 3)
ON = date(2018, 10, 22)
ORDER = {"restriction": "active", "restriction_start": date(2018, 9, 1)}


def listed(quarter: Quarter = Q2, *, on: date = ON) -> WithheldList:
    return compose.compose(quarter, audience=Audience.RESTRICTED, on=on).withheld


def content(audience: Audience, quarter: Quarter = Q2) -> Content:
    return compose.compose(quarter, audience=audience, on=ON).content


def entry(record: Record, quarter: Quarter = Q2, *, on: date = ON) -> Held:
    key = (record._meta.label_lower, record.pk)
    (found,) = (one for one in listed(quarter, on=on).words if one.record == key)
    return found


def a_paragraph() -> Paragraph:
    rows = Paragraph.objects.filter(section__paper__quarter=Q2, marking="OFFICIAL", restriction="")
    return rows.earliest("pk")


# ---------- what is listed ----------


def test_whatever_the_restricted_edition_says_more_is_listed() -> None:
    public = to_json(content(Audience.PUBLIC)).decode()
    restricted = to_json(content(Audience.RESTRICTED)).decode()
    named = {one.record for one in listed().words}
    updates = WorkstreamUpdate.objects.filter(quarter=Q2), PriorityUpdate.objects.filter(quarter=Q2)
    words = [
        *((one, one.update) for rows in updates for one in rows),
        *((one, one.title) for one in Workstream.objects.filter(year=2018)),
        *(
            (one, one.public_summary)
            for one in Disruption.objects.within((Q2,)).filter(moderated_impact=Impact.MAJOR)
        ),
    ]
    told = [(one, text) for one, text in words if text and text in restricted]
    held = {(one._meta.label_lower, one.pk) for one, text in told if text not in public}

    assert len(told) > 40
    assert held
    assert held <= named
    for one, text in told:
        if (one._meta.label_lower, one.pk) not in named:
            assert text in public


def test_every_paragraph_is_public_or_listed() -> None:
    public = to_json(content(Audience.PUBLIC)).decode()
    named = {key for label, key in (one.record for one in listed().words)
             if label == "boardreport.paragraph"}  # fmt: skip
    plain = [
        one
        for one in Paragraph.objects.filter(section__paper__quarter=Q2)
        if not set(one.text) & set("*{}[]_'\"&<>\n")
    ]

    assert {one.pk for one in plain if one.text not in public} <= named
    assert all(one.pk not in named for one in plain if one.text in public)
    assert named


def test_what_the_list_names_is_in_no_public_edition() -> None:
    released = compose.compose(Q2, audience=Audience.PUBLIC, on=ON).released

    assert not {one.record for one in listed().words if not one.lapsed} & released


# ---------- why ----------


def test_a_marking_is_named_with_who_gave_it_and_when() -> None:
    paragraph = a_paragraph()
    paragraph.marking = "OFFICIAL-SENSITIVE"
    paragraph._history_user = User.objects.get(username="approver")
    paragraph._history_date = "2018-10-05T10:00:00+01:00"
    paragraph.save()
    paragraph.order += 100
    paragraph._history_user = User.objects.get(username="officer")
    paragraph._history_date = "2018-10-09T10:00:00+01:00"
    paragraph.save()

    found = entry(paragraph)

    assert found.why == "Marked OFFICIAL-SENSITIVE"
    assert found.by == "approver, 5 October 2018"
    assert found.address == f"/admin/boardreport/paragraph/{paragraph.pk}/change/"


def test_whoever_gives_a_marking_again_after_it_was_taken_away_decided_it() -> None:
    paragraph = a_paragraph()
    User.objects.filter(username="chair").update(first_name="Ágnes", last_name="O’Neil")
    for marking, who in (
        ("OFFICIAL-SENSITIVE", "approver"),
        ("OFFICIAL", "officer"),
        ("OFFICIAL-SENSITIVE", "chair"),
    ):
        paragraph.marking = marking
        paragraph._history_user = User.objects.get(username=who)
        paragraph.save()

    assert entry(paragraph).by.startswith("Ágnes O’Neil, ")


def test_a_restriction_is_named_with_its_kind_and_dates() -> None:
    paragraph = a_paragraph()
    Paragraph.objects.filter(pk=paragraph.pk).update(
        **ORDER, restriction_review=date(2019, 1, 9), restriction_expiry=date(2019, 3, 1)
    )

    found = entry(paragraph)

    assert found.why == (
        "Active proceedings (Contempt of Court Act 1981, section 1), "
        "to be reviewed on 9 January 2019, expires on 1 March 2019"
    )
    assert found.by == NOT_RECORDED  # it was written past the history


def test_a_restriction_that_has_lapsed_offers_its_words_again() -> None:
    paragraph = a_paragraph()
    Paragraph.objects.filter(pk=paragraph.pk).update(**ORDER, restriction_expiry=date(2018, 10, 1))

    before, after = entry(paragraph, on=date(2018, 10, 1)), entry(paragraph)

    assert (before.lapsed, after.lapsed) == (False, True)
    assert after.why.endswith("lapsed on 1 October 2018: its words are offered again")
    assert listed().held == listed(on=date(2018, 10, 1)).held - 1


def test_a_marking_outlasts_a_restriction_that_has_lapsed() -> None:
    paragraph = a_paragraph()
    Paragraph.objects.filter(pk=paragraph.pk).update(
        **ORDER, restriction_expiry=date(2018, 10, 1), marking="OFFICIAL-SENSITIVE"
    )

    assert (entry(paragraph).why, entry(paragraph).lapsed) == ("Marked OFFICIAL-SENSITIVE", False)


def test_an_update_of_what_is_withheld_is_withheld_with_it() -> None:
    update = WorkstreamUpdate.objects.filter(quarter=Q2, marking="OFFICIAL").first()
    Workstream.objects.filter(pk=update.workstream_id).update(marking="OFFICIAL-SENSITIVE")

    found = entry(update)

    assert (found.why, found.by) == ("Withheld with what it is an update of", BY_RULE)
    assert found.name == f"Workstream update: {update.workstream.title}"


def test_a_status_that_is_withheld_with_others_is_listed_by_rule() -> None:
    strand = PriorityUpdate.objects.filter(quarter=Q2, priority__strand="pursue")
    strand.update(marking="OFFICIAL")
    first, *others = strand
    PriorityUpdate.objects.filter(pk=first.pk).update(marking="OFFICIAL-SENSITIVE")

    assert entry(first).why == "Marked OFFICIAL-SENSITIVE"
    assert others
    for one in others:
        assert entry(one).by == BY_RULE


def test_a_disruption_that_a_small_number_hides_is_listed_by_rule() -> None:
    composed = compose.compose(Q2, audience=Audience.RESTRICTED, on=ON)
    hidden = {one.cell for one in composed.withheld.figures if one.part == "major"}
    majors = Disruption.objects.within((Q2,)).filter(moderated_impact=Impact.MAJOR)
    held = [
        one
        for one in majors.select_related("crime_type")
        if one.crime_type.name in hidden and one.is_public(ON)
    ]

    assert held
    for one in held:
        assert "number of major disruptions" in entry(one).why


def test_a_months_reach_is_named_by_channel_and_month() -> None:
    reach = Reach.objects.filter(month=date(2018, 7, 1)).select_related("channel").first()
    Reach.objects.filter(pk=reach.pk).update(marking="OFFICIAL-SENSITIVE")

    assert entry(reach).name == f"Reach: {reach.channel.name}, 2018-07"


def test_the_offices_switches_are_told_with_who_set_them() -> None:
    office = Office.current()
    office.threshold, office.ocg_counts = 7, OcgCounts.WITHHELD
    office._history_user = User.objects.get(username="administrator")
    office.save()

    below, ocgs = listed().switches

    assert below.startswith("Counts below seven are withheld, as decided by administrator, ")
    assert ocgs.startswith("Of OCGs the public is told no numbers, ")


# ---------- where it stands ----------


def test_the_list_is_the_last_appendix_of_the_restricted_content_alone() -> None:
    public, restricted = content(Audience.PUBLIC), content(Audience.RESTRICTED)
    numbers = {one.key: one.number for one in restricted.exhibits()}

    assert restricted.sections[-1].key == KEY
    assert public.section(KEY) is None
    assert all(numbers[one.key] == one.number for one in public.exhibits())
    words, figures = (block for part in restricted.sections[-1].parts for block in part.blocks)
    assert isinstance(words, Table)
    assert len(words.rows) == len(listed().words)
    assert sum(row.cells[1].text.count(",") + 1 for row in figures.rows) == len(listed().figures)


def test_the_restricted_paper_has_the_appendix_and_the_public_one_has_not() -> None:
    for edition in Edition.objects.filter(quarter=Q2):
        text = "".join(
            leaf.get_textpage().get_text_range()
            for leaf in pypdfium2.PdfDocument(bytes(edition.pdf))
        )
        assert ("Withheld from the public edition" in text) == (edition.audience == "restricted")


def test_nothing_withheld_is_said_in_a_sentence() -> None:
    found = withheld_list(ReleaseLog(Audience.RESTRICTED, ON), (), office=Office.current())

    assert (found.headline, found.switches) == ("Nothing is withheld", ())


def client(who: str) -> Client:
    browser = Client()
    browser.force_login(User.objects.get(username=who))
    return browser


def test_the_checklist_lists_it_when_asked_and_leads_to_each_record() -> None:
    browser = client("approver")
    plain = browser.get("/2018-19/q3/checklist/").content.decode()

    page = browser.get("/2018-19/q3/checklist/?withheld=list").content.decode()

    found = compose.compose(Q3, audience=Audience.RESTRICTED, on=date.today()).withheld  # noqa: DTZ011
    assert found.headline in page
    assert found.headline not in plain
    for one in found.words:
        assert f'href="{one.address}"' in page
    assert browser.get(found.words[0].address).status_code == 200


def test_the_checklist_says_of_how_many_records_the_public_reads_the_words() -> None:
    page = client("approver").get("/2018-19/q3/checklist/?withheld=list").content.decode()

    released = compose.compose(Q3, audience=Audience.RESTRICTED, on=date.today()).withheld.released  # noqa: DTZ011
    assert released > 50
    assert f"The public reads the words of {released} records." in page


def test_the_list_takes_no_more_queries_however_long_it_is() -> None:
    def asked() -> int:
        with CaptureQueriesContext(connection) as captured:
            listed(Q3)
        return len(captured)

    before = asked()
    Disruption.objects.within((Q3,)).update(**ORDER, restriction_review=ON + timedelta(days=9))
    Paragraph.objects.filter(section__paper__quarter=Q3).update(marking="OFFICIAL-SENSITIVE")
    for update in (WorkstreamUpdate, PriorityUpdate):
        update.objects.filter(quarter=Q3).update(marking="OFFICIAL-SENSITIVE")
    Reach.objects.update(marking="OFFICIAL-SENSITIVE")

    assert asked() == before
