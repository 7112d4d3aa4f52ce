"""The checklist names what is open, where it is mended, and what holds publishing up."""

import html
import re
from datetime import date, timedelta

import pytest
from django.contrib.auth.models import Group, User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from boardreport.models import (
    Paper,
    PaperSection,
    Paragraph,
    Recommendation,
)
from boardreport.models.outline import section_heading
from boardreport.publishing import checklist
from boardreport.publishing.checklist import Check, Item
from units.ctu.models import PriorityUpdate
from units.cyber.models import (
    Activity,
    Campaign,
    Channel,
    Reach,
    Workstream,
    WorkstreamUpdate,
)
from units.domain.quarters import Quarter
from units.domain.rights import Role
from units.rocu.models import Disruption, Review, ReviewUpdate

Q3 = Quarter(2018, 3)
ON = date(2019, 1, 21)


def items(heading: str, *, on: date = ON) -> tuple[Item, ...]:
    matter = checklist.matter_of(Q3, on=on)
    found: dict[str, Check] = {check.heading: check for check in checklist.checks(matter)}
    return found[heading].items


@pytest.mark.django_db
def test_nothing_holds_the_demonstrations_next_quarter_up() -> None:
    assert checklist.blocking(Q3, on=ON) == ()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("field", "empty", "words", "blocking"),
    [
        ("meeting_date", None, "meeting date", True),
        ("author", None, "author is empty", True),
        ("report_of", "", "report of", True),
        ("contact", "", "contact", False),
        ("private_ground", "", "ground for private session", False),
    ],
)
def test_a_gap_in_the_header_block_is_named(field, empty, words, blocking) -> None:
    Paper.objects.filter(quarter=Q3).update(**{field: empty})

    found = [item for item in items("Header block") if words in item.words]

    assert [item.blocking for item in found] == [blocking]
    paper = Paper.objects.get(quarter=Q3)
    assert found[0].address == f"/admin/boardreport/paper/{paper.pk}/change/"


@pytest.mark.django_db
def test_a_quarter_without_a_paper_asks_for_one() -> None:
    (item, *_) = checklist.blocking(Quarter(2016, 1), on=ON)

    assert "has no paper" in item.words
    assert "quarter=2016%2F17+Q1" in item.address


@pytest.mark.django_db
def test_an_implication_without_a_paragraph_is_named() -> None:
    Paragraph.objects.filter(section__paper__quarter=Q3, section__kind="legal").delete()

    (item,) = items("Implications")

    assert item.blocking
    assert "Legal implications" in item.words


@pytest.mark.django_db
def test_a_workstream_without_a_status_is_named_with_the_page_to_enter_it() -> None:
    gone = WorkstreamUpdate.objects.filter(quarter=Q3).select_related("workstream").first()
    gone.delete()

    (item,) = items("Statuses")

    assert item.blocking
    assert gone.workstream.title in item.words
    assert f"workstream={gone.workstream_id}" in item.address
    page = client().get(item.address)
    assert page.status_code == 200
    assert "2018/19 Q3" in page.content.decode()


@pytest.mark.django_db
def test_pending_claims_are_counted_and_led_to() -> None:
    number = sum(one.decision_id is None for one in Disruption.objects.within((Q3,)))

    (item,) = items("Pending claims")

    assert item.words.startswith(f"{number} claim")
    assert client().get(item.address).context_data["cl"].result_count == number


@pytest.mark.django_db
def test_typed_figures_are_told_with_their_paragraph() -> None:
    paragraph = Paragraph.objects.filter(section__paper__quarter=Q3).first()
    Paragraph.objects.filter(pk=paragraph.pk).update(text="There were 42 of them in 2018/19.")

    (item,) = (one for one in items("Figures in prose") if "42" in one.words)

    assert not item.blocking
    assert item.address == f"/admin/boardreport/paragraph/{paragraph.pk}/change/"


@pytest.mark.django_db
def test_a_restriction_that_lapses_or_falls_due_before_the_meeting_is_named() -> None:
    first, second = Disruption.objects.within((Q3,)).filter(restriction="")[:2]
    soon = ON + timedelta(days=2)
    kept = {"restriction": "active", "restriction_start": date(2018, 12, 1)}
    Disruption.objects.filter(pk=first.pk).update(**kept, restriction_expiry=soon)
    Disruption.objects.filter(pk=second.pk).update(**kept, restriction_review=soon)

    words = " ".join(item.words for item in items("Reporting restrictions"))

    assert f"{first.reference}”" in words
    assert "offered again" in words
    assert f"{second.reference}”" in words
    assert "to be reviewed on 23 January 2019" in words


@pytest.mark.django_db
def test_a_meeting_too_near_holds_publishing_up() -> None:
    assert items("Clear days") == ()
    assert items("Clear days", on=ON + timedelta(days=1))[0].blocking


@pytest.mark.django_db
def test_a_correction_is_not_told_that_clear_days_are_left() -> None:
    matter = checklist.matter_of(Quarter(2018, 2), on=date(2019, 6, 3))

    assert "correction" in checklist.clear_days(matter).order


@pytest.mark.django_db
def test_a_correction_does_not_wait_for_clear_days() -> None:
    after = checklist.matter_of(Quarter(2018, 2), on=date(2019, 6, 1))

    assert checklist.clear_days(after).items == ()


@given(st.dates(date(2000, 1, 1), date(2100, 1, 1)), st.integers(0, 60))
def test_clear_days_are_counted_as_on_a_calendar(first, length) -> None:
    last = first + timedelta(days=length)
    slow, day = 0, first
    while (day := day + timedelta(days=1)) < last:
        slow += day.isoweekday() not in (6, 7)

    assert checklist.working_days_between(first, last) == slow


def client(who: str = "officer") -> Client:
    browser = Client()
    browser.force_login(User.objects.get(username=who))
    return browser


@pytest.mark.django_db
def test_the_checklist_asks_as_few_questions_however_much_is_open() -> None:
    browser = client()

    def questions() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert browser.get("/2018-19/q3/checklist/").status_code == 200
        return len(captured)

    before = questions()
    Disruption.objects.within((Q3,)).update(
        restriction="active", restriction_start=ON, restriction_review=ON + timedelta(days=1)
    )
    Paragraph.objects.filter(section__paper__quarter=Q3).update(text="It was 42 or 43.")
    WorkstreamUpdate.objects.filter(quarter=Q3).delete()

    assert questions() == before <= 40


@pytest.mark.django_db
def test_restrictions_that_fall_due_are_named_without_a_query_for_each() -> None:
    order = {"restriction": "active", "restriction_start": ON, "restriction_review": ON}
    matter = checklist.matter_of(Q3, on=ON)

    def questions(number: int) -> int:
        for model in (WorkstreamUpdate, Disruption):
            keys = model.objects.order_by("pk").values("pk")[:number]
            model.objects.filter(pk__in=list(keys.values_list("pk", flat=True))).update(**order)
        with CaptureQueriesContext(connection) as captured:
            found = checklist.restrictions(matter).items
        assert len(found) >= number
        return len(captured)

    assert questions(3) == questions(9)


@pytest.mark.django_db
def test_words_carried_forward_and_not_reviewed_hold_publishing_up() -> None:
    update = WorkstreamUpdate.objects.filter(quarter=Q3).select_related("workstream").first()
    paragraph = Paragraph.objects.filter(section__paper__quarter=Q3).first()
    for record in (update, paragraph):
        type(record).objects.filter(pk=record.pk).update(carried_forward=True)

    found = {item.address: item for item in items("Carried forward")}

    assert all(item.blocking for item in found.values())
    assert (
        update.workstream.title in found[checklist.change_page(WorkstreamUpdate, update.pk)].words
    )
    assert checklist.change_page(Paragraph, paragraph.pk) in found
    assert len(found) == 2


@pytest.mark.django_db
def test_a_verbal_update_of_which_nothing_is_on_record_holds_publishing_up() -> None:
    section = PaperSection.objects.get(paper__quarter=Q3.previous, kind="next-steps")
    promised = Paragraph(
        section=section, order=90, text="All is well. A verbal update will be given."
    )
    promised._history_date = section.paper.editions.first().published_at
    promised.save()
    Paragraph.objects.filter(pk=promised.pk).update(text="A verbal update was to be given.")
    promised = Paragraph.objects.get(pk=promised.pk)

    (item,) = items("Promises")
    promised.said = "Members were told."
    promised.save()

    assert item.blocking
    assert "“A verbal update will be given.”" in item.words
    assert item.address == checklist.change_page(Paragraph, promised.pk)
    assert items("Promises") == ()


@pytest.mark.django_db
def test_a_recommendation_without_its_resolution_is_advice() -> None:
    asked = Recommendation.objects.filter(paper__quarter=Q3.previous)
    first = asked.earliest("order")
    asked.filter(pk=first.pk).update(resolution="", resolution_words="", resolved_on=None)

    (item,) = items("Promises")

    assert not item.blocking
    assert first.title in item.words


@pytest.mark.django_db
def test_a_month_without_its_reach_is_advice() -> None:
    gone = Reach.objects.filter(month=date(2018, 11, 1)).select_related("channel").first()
    gone.delete()

    (item,) = items("Reach")

    assert not item.blocking
    assert f"{gone.channel.name}, November 2018" in item.words


def open_something() -> tuple[str, str]:
    """The pages of a record to change and of one to enter, to which the checklist then leads."""
    paper = Paper.objects.get(quarter=Q3)
    Paper.objects.filter(pk=paper.pk).update(report_of="")
    legal = PaperSection.objects.get(paper=paper, kind="legal")
    legal.paragraphs.all().delete()
    return (
        checklist.change_page(Paper, paper.pk),
        checklist.add_page(Paragraph, section=legal.pk, order=1),
    )


def links(page: str) -> dict[str, str]:
    """What each link of the checks says, by where it leads."""
    main = page[page.index('<div class="checks">') : page.index('id="check-paper"')]
    found = re.findall(r'<a href="([^"]+)">(\w+)<span', main)
    return {html.unescape(address): words for address, words in found}


@pytest.mark.django_db
def test_an_officer_is_led_to_what_mends() -> None:
    change, add = open_something()

    page = client().get("/2018-19/q3/checklist/").content.decode()

    assert links(page)[change] == links(page)[add] == "Mend"
    assert "What holds publishing up is mended by" not in page
    assert "may look at" not in page


@pytest.mark.django_db
def test_an_approver_who_cannot_mend_is_led_to_look_and_told_once_who_mends() -> None:
    change, add = open_something()
    approver = client("approver")

    page = approver.get("/2018-19/q3/checklist/").content.decode()

    assert links(page)[change] == "See"
    assert add not in links(page)
    assert set(links(page).values()) == {"See"}
    assert page.count("a policy officer") == 1
    assert "What holds publishing up is mended by a policy officer" in page
    for address in links(page):
        assert approver.get(address).status_code == 200, address
    assert approver.get(add).status_code in (403, 404)


@pytest.mark.django_db
def test_an_approver_who_is_an_officer_too_is_led_to_what_mends() -> None:
    change, add = open_something()
    user = User.objects.get(username="approver")
    user.groups.add(Group.objects.get(name=Role.OFFICER.value))

    page = client("approver").get("/2018-19/q3/checklist/").content.decode()

    assert links(page)[change] == links(page)[add] == "Mend"


@pytest.mark.django_db
def test_a_quarter_without_a_paper_says_what_is_missing_and_where_to_enter_it() -> None:
    for address in ("/2010-11/q1/checklist/", "/2018-19/q4/checklist/"):
        officer, approver = (text(client(who).get(address)) for who in ("officer", "approver"))

        assert re.search(r"20\d\d/1\d Q\d has no paper: enter one\.", officer)
        assert "There is no paper yet, and so no commentary to check." in officer
        assert "Every figure in the commentary is live." not in officer
        (enter,) = {
            one for one in links(officer) if one.startswith("/admin/boardreport/paper/add/")
        }
        assert links(officer)[enter] == "Mend"
        assert client().get(enter).status_code == 200
        due = address.replace("checklist", "due")
        assert f'href="{due}"' in officer
        assert client().get(due).status_code == 200
        assert enter not in approver
        assert "has no paper: enter one in the admin, under Papers" in approver
        assert "Nothing can be published without one: enter it first." in officer
        assert "Nothing can be published without one: a policy officer enters it first." in approver
        for page in (officer, approver):
            assert re.search(r"<h1>20\d\d/1\d Q\d has no paper</h1>", page)
            assert "overrul" not in page
        assert "<textarea" not in approver


@pytest.mark.django_db
def test_nothing_is_compared_before_the_first_edition_and_officers_are_told_so() -> None:
    told = "Not published yet: there is nothing to compare"
    for who in ("officer", "approver"):
        draft = text(client(who).get("/2018-19/q3/changes/"))
        nothing = text(client(who).get("/2010-11/q1/changes/"))
        assert told in draft
        assert told in nothing
        assert 'href="/2018-19/q3/checklist/"' in draft
        assert 'href="/2010-11/q1/due/"' in nothing
    assert told not in client("member").get("/2018-19/q3/changes/").content.decode()


def text(answer) -> str:
    assert answer.status_code == 200
    return html.unescape(answer.content.decode())


@pytest.mark.django_db
def test_a_stored_character_that_cannot_be_printed_is_named_with_record_field_and_page() -> None:
    paragraph = Paragraph.objects.filter(section__paper__quarter=Q3).first()
    texts = Paragraph.objects.filter(pk=paragraph.pk)
    texts.update(text="Seized \U0001f50d\r\nand\tmore", said="Told\u000b")
    old = Workstream.objects.filter(year=2017).first() or Workstream.objects.first()
    Workstream.objects.filter(pk=old.pk).update(in_words="a\u200btest")

    found = {(item.address, item.blocking): item.words for item in items("Characters")}

    page = checklist.change_page(Paragraph, paragraph.pk)
    assert found[page, True].startswith("Paragraph “Seized")
    assert (
        "“text” holds the character U+1F50D (LEFT-POINTING MAGNIFYING GLASS)" in found[page, True]
    )
    assert "“what was said” holds the invisible character U+000B" in found[page, False]
    assert "U+200B" in found[checklist.change_page(Workstream, old.pk), False]
    assert len(found) == 3


# ---------- an empty thing does not pass as complete ----------


def words_of(section: str) -> None:
    """Takes a section's words away."""
    Paragraph.objects.filter(section__paper__quarter=Q3, section__kind=section).delete()


@pytest.mark.django_db
@pytest.mark.parametrize(
    "section", ["purpose", "summary", "ctu", "rocu", "cyber", "challenges", "background"]
)
def test_a_section_without_words_holds_publishing_up(section) -> None:
    words_of(section)

    (item,) = items("Commentary")

    assert item.blocking
    assert f"“{section_heading(section)}” has no words" in item.words
    key = PaperSection.objects.get(paper__quarter=Q3, kind=section).pk
    assert f"section={key}" in item.address
    assert client().get(item.address).status_code == 200


@pytest.mark.django_db
@pytest.mark.parametrize("blank", ["**", "&nbsp;", "[a]: https://x.example", "- ", ">", "* * *"])
def test_words_of_which_a_reader_sees_nothing_are_none(blank) -> None:
    Paragraph.objects.filter(section__paper__quarter=Q3, section__kind="legal").update(text=blank)
    Paragraph.objects.filter(section__paper__quarter=Q3, section__kind="purpose").update(text=blank)

    assert "not stated" in items("Implications")[0].words
    assert "has no words" in items("Commentary")[0].words


@pytest.mark.django_db
def test_an_implication_that_the_public_may_not_read_is_not_stated_for_it() -> None:
    rows = Paragraph.objects.filter(section__paper__quarter=Q3, section__kind="legal")
    rows.update(marking="OFFICIAL-SENSITIVE")

    (item,) = items("Implications")

    assert item.blocking
    assert "The public reads no words in “Legal implications”" in item.words


@pytest.mark.django_db
def test_a_paper_that_asks_nothing_or_lacks_a_section_is_told() -> None:
    Recommendation.objects.filter(paper__quarter=Q3).delete()
    PaperSection.objects.filter(paper__quarter=Q3, kind="challenges").delete()

    found = {item.words for item in items("Commentary") if item.blocking}

    assert found == {
        "The paper asks nothing of the board: enter a recommendation.",
        "The paper has no section “Future challenges”: add it.",
    }


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("model", "words"),
    [
        (WorkstreamUpdate, "Cybercrime: 19 workstream updates of 2018/19 Q3 have no words"),
        (PriorityUpdate, "Counter Terrorism Unit: 15 priority updates of 2018/19 Q3 have no words"),
    ],
)
def test_updates_without_words_are_counted(model, words) -> None:
    model.objects.filter(quarter=Q3).update(update="")

    found = [item for item in items("Words of the units") if words in item.words]

    assert [item.blocking for item in found] == [False]
    assert client().get(found[0].address).context_data["cl"].result_count == model.objects.filter(
        quarter=Q3
    ).count()  # fmt: skip


@pytest.mark.django_db
def test_a_unit_of_which_no_record_says_anything_holds_publishing_up() -> None:
    WorkstreamUpdate.objects.filter(quarter=Q3).update(update="")
    Campaign.objects.all().delete()
    Activity.objects.all().delete()

    (item,) = (one for one in items("Words of the units") if one.blocking)

    assert item.words.startswith("Cybercrime: no record of 2018/19 Q3 says in words")
    assert client().get(item.address).status_code == 200


@pytest.mark.django_db
def test_no_subject_at_all_is_not_every_subject() -> None:
    WorkstreamUpdate.objects.all().delete()
    Workstream.objects.all().delete()
    ReviewUpdate.objects.all().delete()
    Review.objects.all().delete()

    cyber, review = sorted(items("Statuses"), key=lambda one: one.words)

    assert cyber.blocking
    assert "no workstream is entered for 2018/19" in cyber.words
    assert not review.blocking
    assert client().get(cyber.address).context_data["adminform"].form.initial["year"] == "2018"


@pytest.mark.django_db
def test_no_claim_at_all_is_not_every_claim_and_none_accepted_neither() -> None:
    Disruption.objects.within((Q3,)).update(decision=None, moderated_impact="")

    undecided = items("Pending claims")

    assert undecided[0].blocking
    assert "No panel has accepted a claim" in undecided[0].words
    Disruption.objects.within((Q3,)).update(draft=True)
    (none,) = items("Pending claims")
    assert none.blocking
    assert "No claim is entered for 2018/19 Q3" in none.words


@pytest.mark.django_db
def test_no_channel_is_not_every_channel() -> None:
    Channel.objects.update(valid_to=date(2018, 1, 1))

    (item,) = items("Reach")

    assert "No channel is in use in 2018/19 Q3" in item.words


@pytest.mark.django_db
def test_what_is_in_order_says_on_how_many_it_is_based() -> None:
    found = checklist.checks(checklist.matter_of(Q3, on=ON))
    claims = Disruption.objects.within((Q3,)).filter(draft=False).count()
    Disruption.objects.pending().within((Q3,)).update(draft=True)
    (decided,) = (
        one.order
        for one in checklist.checks(checklist.matter_of(Q3, on=ON))
        if one.heading == "Pending claims"
    )

    for check in found:
        assert re.search(r"\d|No earlier|No record|one", check.order), check.heading
    statuses = next(one.order for one in found if one.heading == "Statuses")
    assert statuses == (
        "All 15 plan priorities, 1 programme, 5 objectives, 6 reviews and 19 workstreams have a status."
    )
    assert re.fullmatch(r"A panel has decided all \d+ claims of the quarter\.", decided)
    assert str(claims) not in decided


@pytest.mark.django_db
def test_a_quarter_of_which_nothing_is_entered_is_in_order_in_nothing_that_counts() -> None:
    found = checklist.checks(checklist.matter_of(Quarter(2010, 1), on=ON))

    in_order = {check.heading for check in found if not check.items and not check.lacking}

    assert in_order <= {"Reporting restrictions", "Characters"}  # of every quarter


# ---------- what no reason can overrule ----------


@pytest.mark.django_db
def test_a_name_that_names_nothing_is_told_with_its_paragraph_and_cannot_be_overruled() -> None:
    paragraph = Paragraph.objects.filter(section__paper__quarter=Q3, text__contains="{").first()
    Paragraph.objects.filter(pk=paragraph.pk).update(text="We had {rocu.nothing} of {see gone}.")
    asked = Recommendation.objects.filter(paper__quarter=Q3).first()
    Recommendation.objects.filter(pk=asked.pk).update(text="Note {see nothing.else}.")

    first, second = items("Live figures")

    assert "{rocu.nothing} and {gone}" in first.words
    assert first.address == checklist.change_page(Paragraph, paragraph.pk)
    assert second.address == checklist.change_page(Recommendation, asked.pk)
    assert not first.overrulable
    page = text(client("approver").get("/2018-19/q3/checklist/"))
    assert "Must be corrected" in page
    assert "Correct 2 items above that no reason can overrule" in page
    assert "<textarea" not in page
    draft = text(client().get("/2018-19/q3/board-paper/"))
    assert "We had {rocu.nothing} of {gone}." in draft
