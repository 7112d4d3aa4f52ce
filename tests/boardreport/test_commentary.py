"""Commentary: a paper begun from the last one, what drafts say of it, and its entry in the admin."""

import re

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import settings as hypothesis
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from boardreport import names
from boardreport.desk import commentary, rollover
from boardreport.editions import repository
from boardreport.models import (
    Action,
    Paper,
    PaperSection,
    Paragraph,
)
from boardreport.models.outline import section_headings
from boardreport.report import compose
from units.content.model import to_json
from units.cyber.models import WorkstreamUpdate
from units.domain.quarters import Quarter
from units.domain.vocabulary import Audience, Marking

pytestmark = pytest.mark.django_db

Q3, Q4 = Quarter(2018, 3), Quarter(2018, 4)
MARK = "Carried forward, not yet reviewed"
LIST = "/admin/boardreport/paragraph/"


def client(who: str = "officer") -> Client:
    browser = Client()
    browser.force_login(User.objects.get(username=who))
    return browser


def begun() -> Paper:
    return rollover.begin_paper(Q4, by=User.objects.get(username="officer"))


def written(quarter: Quarter, kind: str = "rocu") -> list[Paragraph]:
    return list(
        Paragraph.objects.filter(section__paper__quarter=quarter, section__kind=kind).order_by(
            "order", "pk"
        )
    )


def form(paragraph: Paragraph, **changes: object) -> dict:
    names = ("section_id", "part", "order", "text", "marking")
    told = {name.removesuffix("_id"): getattr(paragraph, name) for name in names}
    flag = {"carried_forward": "on"} if paragraph.carried_forward else {}
    return {**told, **flag, **changes}


def change(paragraph: Paragraph) -> str:
    return reverse("admin:boardreport_paragraph_change", args=[paragraph.pk])


# A paper begins from the last one


def test_a_paper_begins_from_the_last_ones_outline_flagged_until_reviewed() -> None:
    last = Paper.objects.get(quarter=Q3)
    last.agenda_item, last.private_ground = "9", "A ground"
    last.save()
    sensitive = written(Q3)[0]
    sensitive.marking = Marking.OFFICIAL_SENSITIVE
    sensitive.restriction = "active"
    sensitive.restriction_start = sensitive.restriction_review = timezone.localdate()
    sensitive.save()

    paper = begun()

    assert (paper.private_ground, paper.report_of) == ("A ground", last.report_of)
    assert (paper.meeting_date, paper.agenda_item) == (None, "")
    assert [(one.kind, one.order) for one in paper.sections.order_by("order")] == [
        (one.kind, one.order) for one in last.sections.order_by("order")
    ]
    names = ("part", "order", "text", "marking", "restriction", "restriction_review")
    for kind in section_headings():
        old, new = written(Q3, kind), written(Q4, kind)
        assert [[getattr(one, name) for name in names] for one in new] == [
            [getattr(one, name) for name in names] for one in old
        ]
        assert all(one.carried_forward for one in new)
        assert not any(one.carried_forward for one in old)
    entry = written(Q4)[0].history.get()
    assert entry.history_user.username == "officer"
    assert entry.history_change_reason == "begun from 2018/19 Q3"
    assert not Action.objects.filter(paper=paper).exists()


def test_the_first_paper_of_an_office_begins_with_the_standard_outline() -> None:
    first = Quarter(2016, 1)
    paper = rollover.begin_paper(first, by=User.objects.get(username="officer"))

    assert [one.kind for one in paper.sections.order_by("order")] == list(section_headings())
    assert not written(first)


def test_a_draft_marks_what_nobody_has_reviewed_and_an_edition_never_does() -> None:
    begun()
    rollover.begin_updates(Q4, by=User.objects.get(username="officer"))

    drafted = {
        address: client().get(f"/2018-19/q4/{address}").content.decode()
        for address in ("", "ctu/", "rocu/", "cyber/", "board-paper/")
    }

    assert all(MARK in page for page in drafted.values())
    assert drafted["cyber/"].count(MARK) == WorkstreamUpdate.objects.filter(quarter=Q4).count()
    for audience in Audience:
        frozen = compose.compose(Q4, audience=audience, on=timezone.localdate()).content
        assert b"unreviewed" not in to_json(frozen)
        draft = repository.draft(Q4, audience=audience).content
        assert b"unreviewed" in to_json(draft)


def test_what_was_reviewed_is_marked_no_more() -> None:
    begun()
    Paragraph.objects.filter(section__paper__quarter=Q4).update(carried_forward=False)

    assert MARK not in client().get("/2018-19/q4/board-paper/").content.decode()


def test_the_admin_offers_the_paper_that_comes_next() -> None:
    for address in ("/admin/boardreport/paper/", "/admin/boardreport/paper/add/"):
        page = client().get(address).content.decode()
        assert "Begin the paper of 2018/19 Q4 from 2018/19 Q3" in page
    assert (
        "Begin the paper of"
        not in client("approver").get("/admin/boardreport/paper/").content.decode()
    )

    answer = client().post("/2018-19/q4/begin/", {"what": "paper"})

    assert answer["Location"] == reverse(
        "admin:boardreport_paper_change", args=[Paper.objects.get(quarter=Q4).pk]
    )


# Reviewing


def test_rewriting_a_paragraph_reviews_it_and_other_changes_do_not() -> None:
    begun()
    first, second = written(Q4)[:2]

    client().post(change(first), form(first, text="Written anew."))
    client().post(change(second), form(second, marking="OFFICIAL-SENSITIVE"))

    assert [one.carried_forward for one in written(Q4)[:2]] == [False, True]


def test_the_flag_can_be_taken_away_in_the_form_and_is_offered_nowhere_else() -> None:
    begun()
    flagged, plain = written(Q4)[0], written(Q3)[0]

    assert 'name="carried_forward"' in client().get(change(flagged)).content.decode()
    assert 'name="carried_forward"' not in client().get(change(plain)).content.decode()
    assert 'name="carried_forward"' not in client().get(f"{LIST}add/").content.decode()
    told = form(flagged)
    del told["carried_forward"]
    client().post(change(flagged), told)
    client().post(change(plain), form(plain, carried_forward="on"))

    flagged.refresh_from_db()
    plain.refresh_from_db()
    assert (flagged.carried_forward, plain.carried_forward) == (False, False)


@pytest.mark.parametrize("what", ["paragraph", "update"])
def test_several_are_confirmed_after_a_look_at_their_words(what) -> None:
    begun()
    rollover.begin_updates(Q4, by=User.objects.get(username="officer"))
    if what == "paragraph":
        address, rows = LIST, Paragraph.objects.filter(section__paper__quarter=Q4)
        words = "Panels moderated"
    else:
        address, rows = (
            "/admin/cyber/workstreamupdate/",
            WorkstreamUpdate.objects.filter(quarter=Q4),
        )
        words = "A lead is named; money is not found."
    keys = list(rows.order_by("pk").values_list("pk", flat=True))
    old = rows.model.objects.exclude(pk__in=keys).first()
    told = {"action": "confirm_still_true", "_selected_action": [*keys[1:], old.pk]}

    asked = client().post(address, told)
    waiting = rows.filter(carried_forward=True).count()
    done = client().post(address, {**told, "post": "yes"}, follow=True)

    assert words in asked.content.decode()
    assert "1 of those chosen was not carried forward" in asked.content.decode()
    assert waiting == len(keys)
    assert "confirmed as still true." in done.content.decode()
    assert list(rows.filter(carried_forward=True).values_list("pk", flat=True)) == keys[:1]
    entry = rows.get(pk=keys[1]).history.first()
    assert (entry.history_user.username, entry.history_change_reason) == (
        "officer",
        "confirmed as still true",
    )
    assert old.history.count() == 1


def test_an_approver_confirms_nothing() -> None:
    begun()
    key = written(Q4)[0].pk

    client("approver").post(
        LIST, {"action": "confirm_still_true", "_selected_action": [key], "post": "yes"}
    )

    assert written(Q4)[0].carried_forward


# The editor


def test_live_figures_are_offered_with_what_they_read_in_the_papers_quarter() -> None:
    named = commentary.named(Q3)
    offered = {one.written: one for one in named.offered()}
    composed = compose.compose(Q3, audience=Audience.RESTRICTED, on=timezone.localdate())

    assert {f"{{{name}}}" for name in names.figure_names()} <= set(offered)
    for name, value in composed.figures.items():
        assert offered[f"{{{name}}}"].value == value
    for one in composed.content.exhibits():
        if one.key in names.known_names():
            assert offered[f"{{see {one.key}}}"].value == one.number
    page = client().get(change(written(Q3)[0])).content.decode()
    assert "Live figures of 2018/19 Q3" in page
    assert 'data-written="{rocu.disruptions.total}"' in page


@pytest.mark.parametrize("one", ["figures", "exhibits"])
def test_whatever_is_offered_may_be_saved(one) -> None:
    named = commentary.named(Q3)
    text = " ".join(offered.written for offered in named.offered())
    paragraph = written(Q3)[0]
    paragraph.text = text

    paragraph.full_clean()

    assert one
    assert "{" not in commentary.preview(text, named, marking="", restricted=False).paragraph.html


def test_a_preview_shows_page_and_paper_and_what_is_wrong_and_saves_nothing() -> None:
    paragraph = written(Q3)[0]
    text = "We had {rocu.disruptions.total}, {no.such} and 4,321. <script>x</script> {"
    fields = {"text": text, "section": paragraph.section_id, "marking": "OFFICIAL-SENSITIVE"}
    before = Paragraph.history.count()

    fragment = client().post(f"{LIST}preview/", {**fields, "fragment": "1"}).content.decode()
    page = client().post(f"{LIST}preview/", fields).content.decode()

    total = commentary.named(Q3).figures["rocu.disruptions.total"]
    for shown in (fragment, page):
        assert shown.count(f"We had {total}, {{no.such}} and 4,321.") == 2
        assert "There is no figure or exhibit named “no.such”" in shown
        assert "A brace is not closed" in shown
        assert "<mark>4,321</mark>" in shown
        assert shown.count("(OFFICIAL-SENSITIVE)") == 2
        assert "<script>x" not in shown
    assert "<html" not in fragment
    assert "Nothing has been saved" in page
    assert Paragraph.history.count() == before


def test_a_preview_refuses_what_bears_a_higher_marking() -> None:
    shown = client().post(f"{LIST}preview/", {"text": "TOP SECRET"}).content.decode()

    assert "Nothing marked above OFFICIAL-SENSITIVE" in shown


@pytest.mark.parametrize(
    ("who", "method", "status"),
    [("officer", "get", 405), ("approver", "post", 404), ("member", "post", 404)],
)
def test_a_preview_is_for_those_who_write(who, method, status) -> None:
    assert getattr(client(who), method)(f"{LIST}preview/").status_code == status


def test_the_part_is_chosen_from_those_of_the_section() -> None:
    page = client().get(change(written(Q3)[0])).content.decode()
    empty = client().get(f"{LIST}add/").content.decode()
    paragraph = written(Q3)[0]
    refused = client().post(change(paragraph), form(paragraph, part="reach"))

    assert '<option value="disruptions" selected>' in page
    assert '<option value="reach">' not in page
    assert '<optgroup label="Cybercrime">' in empty
    assert "reach is not one of the available choices" in refused.content.decode()


def test_a_name_that_is_not_known_is_refused_and_the_words_are_kept() -> None:
    paragraph = written(Q3)[0]

    answer = client().post(change(paragraph), form(paragraph, text="Mine: {no.such}"))

    assert answer.status_code == 200
    assert "There is no figure or exhibit named" in answer.content.decode()
    assert "Mine: {no.such}" in answer.content.decode()


def test_the_list_leads_to_the_draft_page_and_says_what_is_not_reviewed() -> None:
    begun()

    page = client().get(LIST, {"carried_forward__exact": "1"}).content.decode()

    assert "Not yet reviewed" in page
    assert 'href="/2018-19/q4/board-paper/#rocu-disruptions"' in page
    assert "/2018-19/q3/" not in page.split("result_list")[1]


def test_the_list_leads_to_what_a_published_quarter_says_and_to_what_has_changed_since() -> None:
    page = client().get(LIST, {"section__paper__quarter": "2018/19 Q2"}).content.decode()

    assert "View on draft page" not in page
    assert re.search(r'<a href="/2018-19/q2/board-paper/#[a-z-]+">View as published</a>', page)
    assert 'href="/2018-19/q2/changes/"' in page


# The order


def test_a_new_paragraph_comes_last_or_makes_room_for_itself() -> None:
    before = [one.text for one in written(Q3)]
    section = written(Q3)[0].section_id
    told = {"section": section, "part": "disruptions", "marking": "OFFICIAL"}

    client().post(f"{LIST}add/", {**told, "order": "", "text": "The last."})
    client().post(f"{LIST}add/", {**told, "order": "2", "text": "The second."})

    after = written(Q3)
    assert [one.text for one in after] == [before[0], "The second.", *before[1:], "The last."]
    assert [one.order for one in after] == list(range(1, len(after) + 1))
    assert after[2].history.first().history_change_reason == "moved"


def test_buttons_move_a_paragraph_within_its_part() -> None:
    part = written(Q3)[0].part
    of_part = [one for one in written(Q3) if one.part == part]
    assert len(of_part) > 1

    def click(paragraph: Paragraph, way: str) -> str:
        address = reverse("admin:boardreport_paragraph_move", args=[paragraph.pk, way])
        return client().post(address, follow=True).content.decode()

    assert "was moved down" in click(of_part[0], "down")
    moved = [one.pk for one in written(Q3) if one.part == part]
    assert moved == [of_part[1].pk, of_part[0].pk, *(one.pk for one in of_part[2:])]
    assert "was moved up" in click(of_part[0], "up")
    assert "is the first of its part already" in click(of_part[0], "up")
    assert [one.pk for one in written(Q3) if one.part == part] == [one.pk for one in of_part]


def test_moving_is_for_officers_and_by_post_alone() -> None:
    address = reverse("admin:boardreport_paragraph_move", args=[written(Q3)[0].pk, "up"])

    assert client().get(address).status_code == 405
    assert client("approver").post(address).status_code == 404
    assert client().post(address.replace("/up/", "/sideways/")).status_code == 404


def test_moving_leads_back_to_the_list_it_came_from_and_nowhere_else() -> None:
    address = reverse("admin:boardreport_paragraph_move", args=[written(Q3)[0].pk, "down"])
    back = f"http://testserver{LIST}?q=panels"

    assert client().post(address, HTTP_REFERER=back)["Location"] == back
    assert client().post(address, HTTP_REFERER="https://evil.example/")["Location"] == LIST


class OrderOfASection(TestCase):
    """Any sequence of moves keeps every paragraph, each at a place of its own."""

    @hypothesis(max_examples=15)
    @given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 8)), max_size=5))
    def test_places_never_collide(self, moves) -> None:
        paper = Paper.objects.create(quarter=Quarter(2013, 1))
        section = PaperSection.objects.create(paper=paper, kind="purpose", order=1)
        rows = [
            Paragraph.objects.create(section=section, order=7, text=f"Paragraph {letter}")
            for letter in "abcdef"
        ]
        expected = [one.text for one in rows]

        for which, place in moves:
            one = Paragraph.objects.get(pk=rows[which].pk)
            commentary.put(one, place)
            expected.remove(one.text)
            expected.insert(max(place, 1) - 1, one.text)

        found = list(section.paragraphs.order_by("order", "pk").values_list("text", flat=True))
        orders = list(section.paragraphs.values_list("order", flat=True))
        assert found == expected
        assert not moves or sorted(orders) == list(range(1, 7))
