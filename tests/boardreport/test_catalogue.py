"""All quarters, definitions, search and feed: what they hold, and for whom."""

from datetime import UTC, datetime
from xml.etree import ElementTree

import pytest
import time_machine
from django.contrib.auth.models import AnonymousUser, User
from django.test import Client
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from boardreport import search as searching
from boardreport.models import Edition, LastVisit, Withdrawal
from boardreport.search import Passage, excerpt, folded, search
from boardreport.timeline import timeline
from units.content import Content, Paragraph, from_json
from units.terms import Audience

pytestmark = pytest.mark.django_db
ATOM = "{http://www.w3.org/2005/Atom}"


def user(name: str) -> User:
    return User.objects.get(username=name)


def client(name: str = "") -> Client:
    browser = Client()
    if name:
        browser.force_login(user(name))
    return browser


def test_the_public_sees_published_quarters_only_and_officers_drafts_too() -> None:
    public = timeline(AnonymousUser())
    officers = timeline(user("officer"))

    published = set(Edition.objects.values_list("quarter", flat=True))
    assert {one.quarter for one in shelved(public)} == published
    assert published < {one.quarter for one in shelved(officers)}
    assert all(one.edition.words.startswith("Public") for one in shelved(public))


def shelved(line) -> list:
    return [one for year in line.years for _, one in year.places if one]


def test_years_and_quarters_stand_newest_year_first_with_four_places_each() -> None:
    line = timeline(user("officer"))

    assert [year.label for year in line.years] == sorted(
        (year.label for year in line.years), reverse=True
    )
    assert all([number for number, _ in year.places] == [1, 2, 3, 4] for year in line.years)


def test_a_member_is_told_what_is_new_since_the_visit_before_today() -> None:
    member = user("member")
    latest = Edition.objects.filter(audience=Audience.RESTRICTED).latest("published_at")
    LastVisit.objects.create(user=member, latest=datetime(2018, 8, 1, 12, tzinfo=UTC))

    with time_machine.travel(datetime(2018, 11, 1, 9, tzinfo=UTC)):
        first, again = timeline(member), timeline(member)

    assert [one.quarter for one in first.new] == [latest.quarter]
    assert again.new == first.new


def test_a_first_visit_has_nothing_new_and_the_public_is_not_remembered() -> None:
    assert timeline(user("member")).since is None
    timeline(AnonymousUser())
    assert LastVisit.objects.count() == 1


def test_all_quarters_take_a_fixed_number_of_queries(django_assert_max_num_queries) -> None:
    with django_assert_max_num_queries(4):
        timeline(AnonymousUser())


def test_definitions_hold_every_measure_status_and_impact() -> None:
    page = client().get("/definitions/").content.decode()

    stored = Edition.objects.filter(audience=Audience.PUBLIC).latest("quarter")
    content = from_json(bytes(stored.content), Content)
    names = [one.name for section in content.sections for one in section.measures]
    assert names
    for term in (*names, "On track", "At risk", "Major", "Negative", "Panel", "OCG"):
        assert f"<dt>{term}</dt>" in page


def test_a_measure_on_the_overview_leads_to_its_definition() -> None:
    browser = client()
    overview = browser.get("/2018-19/q2/").content.decode()
    anchors = [part.split('"')[0] for part in overview.split("/definitions/#")[1:]]

    page = browser.get("/definitions/").content.decode()

    assert anchors
    assert all(f'id="{anchor}"' in page for anchor in anchors)


def test_search_finds_what_a_slow_reading_of_every_paragraph_finds() -> None:
    found = search("disruption panel", user=AnonymousUser())

    slow = 0
    for edition in Edition.objects.filter(audience=Audience.PUBLIC):
        content = from_json(bytes(edition.content), Content)
        for section in content.sections:
            for part in section.parts:
                for block in part.blocks:
                    if isinstance(block, Paragraph):
                        text = searching.block_text(block).lower()
                        slow += "disruption" in text and "panel" in text
    paragraphs = 0
    for page in range(1, found.pages + 1):
        shown = search("disruption panel", user=AnonymousUser(), page=page).found
        paragraphs += sum(one.anchor.startswith("p") for one in shown)
    assert paragraphs == slow > 0


def test_search_stays_within_clearance() -> None:
    stored = Edition.objects.filter(audience=Audience.RESTRICTED).latest("quarter")
    content = from_json(bytes(stored.content), Content)
    ground = next(
        searching.block_text(block)
        for section in content.sections
        for part in section.parts
        for block in part.blocks
        if isinstance(block, Paragraph) and block.restricted
    )
    words = " ".join(ground.split()[:8])

    assert search(words, user=user("member")).total
    assert not search(words, user=AnonymousUser()).total
    assert not search(words, user=user("chair")).total


def withdraw(edition: Edition) -> None:
    """As another process does: in the database alone."""
    Withdrawal.objects.create(
        edition=edition, record="rocu.disruption 1", reason="An order", withdrawn_at=timezone.now()
    )


def test_the_next_search_forgets_the_passages_of_an_edition_that_was_withdrawn_elsewhere() -> None:
    search("disruption", user=AnonymousUser())
    kept = set(searching._kept)
    gone = Edition.objects.filter(audience=Audience.PUBLIC).latest("quarter")
    assert gone.pk in kept

    withdraw(gone)
    search("panel", user=user("member"))

    assert gone.pk not in searching._kept
    assert kept - {gone.pk} <= set(searching._kept)


def test_a_process_in_which_nobody_searches_forgets_every_passage(monkeypatch) -> None:
    monkeypatch.setattr(searching, "KEPT_SECONDS", 0.05)

    search("disruption", user=AnonymousUser())

    assert searching._kept
    searching._timers[0].join(timeout=5)
    assert not searching._kept


def test_search_says_what_is_wrong_with_too_short_and_too_long_words() -> None:
    assert "too short" in search("a", user=AnonymousUser()).problem
    assert "or fewer" in search("a" * 300, user=AnonymousUser()).problem
    assert client().get("/search/", {"q": "a"}).status_code == 200


def test_search_results_lead_to_what_they_name() -> None:
    browser = client()
    page = browser.get("/search/", {"q": "phishing", "page": "junk"}).content.decode()
    links = [part.split('"')[0] for part in page.split('<h2><a href="')[1:]]

    assert links
    for link in links:
        address, _, anchor = link.partition("#")
        assert f'id="{anchor}"' in browser.get(address).content.decode()


@given(st.text(min_size=1, max_size=200), st.data())
def test_an_excerpt_marks_the_words_and_loses_no_letter_between(text: str, data) -> None:
    start = data.draw(st.integers(0, len(text) - 1))
    word = folded(text[start : start + data.draw(st.integers(1, 12))])
    passage = Passage("", "", "", text, folded(text))

    shown = str(excerpt(passage, [word]))

    assert len(folded(text)) == len(text)
    assert "<mark>" in shown
    assert "<" not in shown.replace("<mark>", "").replace("</mark>", "")


def test_the_feed_names_every_public_edition_and_no_restricted_one() -> None:
    answer = client().get("/feed/")

    entries = ElementTree.fromstring(answer.content).findall(f"{ATOM}entry")
    public = Edition.objects.filter(audience=Audience.PUBLIC)
    assert len(entries) == public.count()
    assert {entry.find(f"{ATOM}id").text for entry in entries} == {
        f"urn:sha256:{one.sha256}" for one in public
    }
    assert "estricted" not in answer.content.decode()
