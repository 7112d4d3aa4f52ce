"""Later editions, what is superseded, what is withdrawn: who reads what, and what nobody reads."""

import html
import re
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from io import BytesIO, StringIO
from time import monotonic
from xml.etree import ElementTree

import docx
import pypdfium2
import pytest
import time_machine
from django.contrib.auth.models import Group, User
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.template.loader import render_to_string
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from msgspec.structs import replace

from boardreport import (
    chain,
    changes,
    corrections,
    erasures,
    feed,
    jobs,
    publications,
    publishing,
    reading,
    timeline,
    withdrawals,
)
from boardreport.corrections import Published
from boardreport.listed import Listed, Place
from boardreport.models import Edition, Paper, Paragraph, Publication, Withdrawal
from boardreport.numbering import blocks_of, keeping, mapped
from boardreport.publishing import PublishingRefused
from tests.boardreport.forbidden import no_record_read
from tests.boardreport.test_access import ADDRESSES, TRACE
from tests.worker import work
from units.content import Block, Content, from_json
from units.content import Paragraph as Words
from units.quarters import Quarter
from units.records import Record
from units.rights import Role
from units.rocu.models import Disruption
from units.terms import Audience, Impact, Marking, RestrictionKind

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("short_papers")]

Q1, Q2 = Quarter(2018, 1), Quarter(2018, 2)
ON = date(2018, 10, 22)
ATOM = "{http://www.w3.org/2005/Atom}"


def approver() -> User:
    return User.objects.get(username="approver")


def by_name() -> str:
    return approver().get_full_name()


ORDER = "A court ordered it."
CORRECTED = (
    "Edition 2 of 22 October 2018. Corrects and supersedes edition 1 of 22 October 2018: "
    "One claim was regraded."
)


def client(who: str = "") -> Client:
    browser = Client()
    if who:
        browser.force_login(User.objects.get(username=who))
    return browser


def claim_more() -> None:
    """One claim of Q2 more than was published: a correction."""
    first = Disruption.objects.within((Q2,)).filter(moderated_impact=Impact.MINOR).first()
    first.moderated_impact = Impact.MODERATE
    first.save()


def publish_again() -> tuple[Edition, ...]:
    claim_more()
    return publishing.publish(Q2, by=approver(), on=ON, note="One claim was regraded.")


def public(number: int = 1) -> Edition:
    return Edition.objects.get(quarter=Q2, audience="public", number=number)


def a_record_shown() -> Disruption:
    """A major disruption whose words the public edition of Q2 holds."""
    lines = set(public().released.splitlines())
    return next(
        one
        for one in Disruption.objects.within((Q2,)).filter(moderated_impact=Impact.MAJOR)
        if f"rocu.disruption {one.pk}" in lines
    )


def restrict(record: Record) -> None:
    record.marking = Marking.OFFICIAL_SENSITIVE
    record.save()


# ---------- corrections ----------


def test_a_second_edition_needs_a_note() -> None:
    claim_more()

    with pytest.raises(PublishingRefused, match="say in a note"):
        publishing.publish(Q2, by=approver(), on=ON)


def test_a_second_edition_that_says_the_same_is_refused() -> None:
    claim_more()
    publishing.publish(Q2, by=approver(), note="One claim was regraded.")

    with pytest.raises(PublishingRefused, match="Nothing has changed"):
        publishing.publish(Q2, by=approver(), on=ON, note="Nothing was changed here.")


def test_readers_get_the_second_edition_and_still_find_the_first() -> None:
    first = bytes(public().pdf)
    publish_again()

    latest = client().get("/2018-19/q2/rocu/").content.decode()
    old = client().get("/2018-19/q2/public-1/rocu/").content.decode()

    assert "Public edition 2" in latest
    assert "Superseded" not in latest
    assert "One claim was regraded." in latest
    assert "Superseded" in old
    assert 'href="/2018-19/q2/public-2/rocu/"' in old
    assert 'href="/2018-19/q2/public-1/board-paper.pdf"' in old
    assert "/public-1/charts/" in old
    assert client().get("/2018-19/q2/public-1/board-paper.pdf").content == first
    assert chain.verify(quick=True).editions == Edition.objects.count()


def fronts(number: int) -> dict[str, str]:
    """What the public paper's first page says as PDF, on the web and in Word, and the overview."""
    place = f"/2018-19/q2/public-{number}"
    (first, *_) = pypdfium2.PdfDocument(client().get(f"{place}/board-paper.pdf").content)
    word = docx.Document(BytesIO(client().get(f"{place}/board-paper.docx").content))
    web = client().get(f"{place}/board-paper/").content.decode()
    texts = {
        "pdf": first.get_textpage().get_text_range(),
        "word": "\n".join(one.text for one in word.paragraphs[:12]),
        "web": html.unescape(re.sub(r"<[^>]+>", "", web)),
        "page": text_of(client().get(f"{place}/rocu/")),
    }
    return {name: " ".join(text.split()) for name, text in texts.items()}


@pytest.mark.portable
def test_a_correction_says_on_its_front_what_it_supersedes_and_why() -> None:
    publish_again()

    for name, front in fronts(2).items():
        assert front.count(CORRECTED) == 1, name
    assert all("supersedes edition" not in front for front in fronts(1).values())
    restricted = Edition.objects.get(quarter=Q2, audience="restricted", number=2)
    assert CORRECTED in bytes(restricted.content).decode().replace('","words":"', ". ")
    chain._check_made_anew(public(2))


@pytest.mark.portable
def test_a_superseded_edition_says_why_and_leads_to_the_latest() -> None:
    publish_again()
    why = "Superseded by public edition 2 of 22 October 2018: One claim was regraded."

    for name, front in fronts(1).items():
        assert front.count(why) == (name != "pdf"), name
    assert "/2018-19/q2/board-paper/" in fronts(1)["word"]
    assert all("Superseded by" not in front for front in fronts(2).values())


@pytest.mark.portable
def test_a_superseded_edition_tells_the_public_no_note_of_a_withdrawn_one() -> None:
    claim_more()
    publishing.publish(Q2, by=approver(), on=ON, note="Zanzibar was seized in a lock-up.")
    Withdrawal.objects.create(
        edition=public(2), record="-", reason="An order", withdrawn_at=timezone.now()
    )

    for name, front in fronts(1).items():
        told = "Superseded by public edition 2 of 22 October 2018, since withdrawn." in front
        assert told == (name != "pdf"), name
        assert "Zanzibar" not in front, name
    member = text_of(client("member").get("/2018-19/q2/restricted-1/"))
    assert "edition 2 of 22 October 2018: Zanzibar was seized in a lock-up." in member


@pytest.mark.portable
def test_earlier_corrections_are_folded_into_one_banner() -> None:
    listed = reading._by_quarter(
        (Q2, [n, "public", n, timezone.now(), 1, f"Note {n}.", None, None, None])
        for n in range(1, 6)
    )[Q2]
    read = reading.read(Q2, user=approver())

    def head(number: int) -> str:
        """The banner of an edition of five."""
        around = {
            "reading": replace(
                read, edition=Edition(pk=number, number=number, published_at=ON), editions=listed
            ),
            "quarter": Q2,
            "content": read.content,
            "current": "",
        }
        page = render_to_string("parts/editions.html", around)
        assert page.count('class="superseded"') == 1
        return page.partition('<details class="editions">')[0]

    shown, _, folded = head(5).partition("<summary>Earlier corrections (3)</summary>")
    assert [n for n in range(1, 6) if f"Note {n}." in shown] == [5]
    assert [n for n in range(1, 6) if f"Note {n}." in folded] == [2, 3, 4]
    shown, _, folded = head(3).partition("<summary>Earlier corrections (2)</summary>")
    assert [n for n in range(1, 6) if f"Note {n}." in shown] == [4]
    assert [n for n in range(1, 6) if f"Note {n}." in folded] == [2, 3]
    assert 'The latest is <a href="/2018-19/q2/public-5/">public edition 5</a>' in shown
    assert "<summary>Earlier correction (1)</summary>" in head(2)


@pytest.mark.portable
def test_what_follows_a_withdrawal_by_itself_tells_that_a_correction_came_before_it() -> None:
    publish_again()

    restrict(a_record_shown())
    work()

    last = f"Edition 3 of {timezone.localdate():%-d %B %Y}. Supersedes edition 2 of 22 October 2018"
    before = CORRECTED.partition(":")[0]
    for name, front in fronts(3).items():
        assert f"{last}: {corrections.WITHDRAWN}" in front, name
        assert f"{before}; {corrections.UNTOLD}." in front, name
    restricted = text_of(client("member").get("/2018-19/q2/board-paper/"))
    assert f"{last}: {corrections.BESIDE} Earlier correction (1) {CORRECTED}" in restricted
    quarters = text_of(client("member").get("/quarters/"))
    replaced = "It replaces restricted edition 2 of 2018/19 Q2 of 22 October 2018."
    assert f"{replaced} {corrections.BESIDE}" in quarters
    for page in (restricted, quarters, text_of(client("member").get("/2018-19/q2/"))):
        assert "Words were withdrawn" not in page  # of what members read none was
    assert erasures.printing_note(public(2)) == []
    chain._check_made_anew(public(3))
    assert before in text_of(client().get("/quarters/"))  # of which the public is not told why
    assert CORRECTED not in text_of(client().get("/quarters/"))
    assert CORRECTED in text_of(client("member").get("/quarters/"))


@pytest.mark.portable
def test_a_note_is_not_told_to_the_public_once_its_edition_is_withdrawn() -> None:
    """It may name what was restricted."""
    claim_more()
    publishing.publish(Q2, by=approver(), on=ON, note="Zanzibar was seized in a lock-up.")
    addresses = ["/2018-19/q2/", "/2018-19/q2/board-paper/", "/2018-19/q2/changes/", "/quarters/"]

    def told(who: str = "") -> list[bool]:
        pages = [client(who).get(one).content.decode() for one in [*addresses, "/feed/"]]
        return ["Zanzibar" in page for page in pages]

    assert told() == [True] * 5
    restrict(a_record_shown())
    assert not any(told())
    work()

    assert public(3)
    assert not any(told())
    assert not any("Zanzibar" in front for front in fronts(3).values())
    assert "Zanzibar" not in bytes(public(3).content).decode()
    assert all(told("member")[:3])


@pytest.mark.portable
def test_a_note_that_was_erased_is_told_by_no_edition_after_it() -> None:
    first, second, third = (
        Published(number, ON + timedelta(days=number), note)
        for number, note in ((1, ""), (2, ""), (3, "Two claims\nwere regraded"))
    )

    told = corrections.corrections([first, second, third], audience=Audience.PUBLIC)

    assert [one.words for one in told] == [
        "Corrects and supersedes edition 2 of 24 October 2018: Two claims were regraded.",
        "Corrects and supersedes edition 1 of 23 October 2018.",
    ]


@pytest.mark.portable
def test_all_quarters_and_the_feed_lead_to_each_edition_and_say_what_a_correction_is() -> None:
    claim_more()
    publishing.publish(Q2, by=approver(), on=ON, note="One <claim> & no other was regraded")

    page = client().get("/quarters/").content.decode()
    entries = {
        entry.find(f"{ATOM}id").text: entry
        for entry in ElementTree.fromstring(client().get("/feed/").content).iter(f"{ATOM}entry")
    }
    first, second = (entries[f"urn:sha256:{public(number).sha256}"] for number in (1, 2))

    assert 'It corrects <a href="/2018-19/q2/public-1/">public edition 1' in page
    assert "One &lt;claim&gt; &amp; no other was regraded" in page
    assert page.count("It corrects") == 1
    for entry, number in ((first, 1), (second, 2)):
        address = entry.find(f"{ATOM}link").get("href")
        assert address.endswith(f"/2018-19/q2/public-{number}/")
        assert f"Public edition {number}" in client().get(f"/2018-19/q2/public-{number}/").text
    summary = html.unescape(second.find(f"{ATOM}summary").text)
    assert summary.startswith("It corrects edition 1. One <claim> & no other was regraded. Pages")
    assert "corrects" not in first.find(f"{ATOM}summary").text
    assert "<claim>" not in second.find(f"{ATOM}summary").text


@pytest.mark.portable
def test_a_correction_is_still_told_by_the_edition_that_follows_it() -> None:
    first, second, third = (
        Edition(
            quarter=Q2, audience=Audience.PUBLIC, number=number, note=note, sha256=str(number),
            published_at=timezone.now(),
        )
        for number, note in ((1, ""), (2, "One claim was regraded."), (3, "A month was corrected."))
    )  # fmt: skip
    listed = tuple(
        Listed(one.number, Place(Q2, Audience.PUBLIC, one.number), one.published_at, 1, one.note,
               None, None, None)
        for one in (first, second, third)
    )  # fmt: skip
    day = f"{timezone.localdate():%-d %B %Y}"
    told = (
        f"Edition 2 of {day}. Corrects and supersedes edition 1 of {day}: One claim was regraded."
    )

    entries = feed.carrying([third, second, first], {Q2: listed})
    summaries = [feed.Editions().item_description(one) for one in entries]
    shelved = timeline._shelved(Q2, listed, None)

    assert [told in one for one in summaries] == [True, False, False]
    assert summaries[0].startswith(
        "It corrects edition 2. A month was corrected. Before it: Edition 2"
    )
    assert [f"{one.edition}. {one.words}" for one in shelved.earlier] == [told]


@pytest.mark.portable
def test_all_quarters_say_of_an_edition_that_it_replaces_a_withdrawn_one() -> None:
    restrict(a_record_shown())
    work()

    page = client().get("/quarters/").content.decode()
    feed = client().get("/feed/").content.decode()

    assert "It replaces public edition 1, withdrawn since." in page
    assert 'href="/2018-19/q2/public-1/"' not in page
    assert "It replaces edition 1. Words were withdrawn" in feed
    assert "It corrects" not in feed


@pytest.mark.portable
def test_what_has_changed_since_names_each_figure_that_moved() -> None:
    publish_again()

    page = client().get("/2018-19/q2/changes/").content.decode()

    assert "Public edition 1</option>" in page
    before, after = (from_json(bytes(public(number).content), Content) for number in (1, 2))
    moderate, minor = (
        [
            next(one for one in content.exhibits() if one.key == "rocu.disruptions")
            .rows[-1]
            .cells[place]
            .text
            for content in (before, after)
        ]
        for place in (2, 3)
    )
    assert ": One claim was regraded.</p>" in page
    for was, now in (moderate, minor):
        assert was != now
        assert f"{was}</td>" in page
        assert f"{now}</td>" in page


@pytest.mark.portable
def test_officers_compare_an_edition_with_the_present_records() -> None:
    before = client("officer").get("/2018-19/q2/changes/").content.decode()
    claim_more()

    page = client("officer").get("/2018-19/q2/changes/").content.decode()

    assert "rocu.disruptions" not in page
    assert '<tr role="row">' not in before
    assert page.count('<tr role="row">') > 0
    assert "The records as they now stand" in page
    only = client().get("/2018-19/q2/changes/").content.decode()
    assert "Public edition 1 is the only one that can be read" in only
    assert "<select" not in only


@pytest.mark.portable
def test_what_has_changed_since_tells_which_editions_are_gone_when_and_why() -> None:
    publish_again()
    day = f"{timezone.localdate():%-d %B %Y}"
    gone = "Public edition 1, published on 22 October 2018, cannot be compared any more: it was"
    assert "cannot be compared" not in text_of(client().get("/2018-19/q2/changes/"))

    Withdrawal.objects.create(
        edition=public(), record="-", reason="Active proceedings", withdrawn_at=timezone.now()
    )
    withdrawn, member = (text_of(client(who).get("/2018-19/q2/changes/")) for who in ("", "member"))
    erasures.erase(public(), by=User.objects.get(username="administrator"), reason=ORDER)
    erased = text_of(client().get("/2018-19/q2/changes/"))

    since = f"withdrawn on {day}, since words in it were restricted afterwards"
    assert f"{gone} {since}. No figure was the reason." in withdrawn
    assert "No other edition is left to compare" in withdrawn
    assert "What was published stays as it was" not in withdrawn
    assert "Active proceedings" not in withdrawn
    assert f"Public edition 1 was {since}. Why: Active proceedings" in member
    assert f"{gone} {since}, and erased on {day} as the law asked. Why: {ORDER}" in erased


@pytest.mark.portable
def test_a_changed_number_stands_beside_the_old_one_marked_in_its_paragraph() -> None:
    before = published()
    section = before.section("summary")
    paragraph, other, *_ = (one for one in blocks_of(section) if isinstance(one, Words))
    html_before = paragraph.html
    words = re.findall(r"[A-Za-z]{4,}", re.sub("<[^>]+>", " ", html_before))
    html_after = html_before.replace(words[3], "Zanzibar", 1)
    after = rewritten(
        before,
        lambda one: (
            replace(one, html=html_after)
            if one == paragraph
            else replace(one, html="<p>Nobody had written of kiosks before.</p>")
            if one == other
            else one
        ),
    )

    (found,) = changes.between(before, after).rewritten

    (pair,) = found.reworded
    assert pair.what == f"Paragraph {paragraph.number}"
    for tag, wording, whole in (("del", pair.was, html_before), ("ins", pair.now, html_after)):
        assert unmarked(wording) == whole
        (marked,) = re.findall(rf"<{tag}>(.*?)</{tag}>", wording)
        assert (words[3] if tag == "del" else "Zanzibar") in marked
        assert ("taken out: " if tag == "del" else "put in: ") in marked
    assert found.added == ("<p>Nobody had written of kiosks before.</p>",)
    assert found.left_out == (other.html,)
    assert changes.between(before, before).rewritten == ()


@pytest.mark.portable
def test_changed_headlines_of_exhibits_and_pages_are_told_beside_one_another() -> None:
    before = published()
    chart, section = before.charts()[0], before.section("rocu")
    after = rewritten(
        before, lambda one: replace(one, headline="Now <otherwise>") if one == chart else one
    )
    after = replace(
        after,
        sections=tuple(
            replace(one, headline="Another finding") if one.key == "rocu" else one
            for one in after.sections
        ),
    )

    found = {
        one.what: one for part in changes.between(before, after).rewritten for one in part.reworded
    }

    assert set(found) == {chart.number, "Headline"}
    assert unmarked(found[chart.number].now) == "Now &lt;otherwise&gt;"
    assert section.headline.split()[0] in found["Headline"].was


@pytest.mark.portable
@pytest.mark.parametrize("audience", Audience)
def test_what_is_withheld_since_is_told_again_to_members_alone(audience) -> None:
    before = published(audience)
    table = next(one for one in before.exhibits() if one.key == "rocu.disruptions")
    gone = next(one for one in blocks_of(before.section("summary")) if isinstance(one, Words))
    number = table.rows[0].cells[1].text
    (kept, *cells), *rows = ([*row.cells] for row in table.rows)
    lines = [(kept, replace(cells[0], text="[c]", value=None), *cells[1:]), *rows[1:]]
    withholding = replace(
        table,
        headline="Not the old finding",
        rows=tuple(replace(table.rows[0], cells=tuple(line)) for line in lines),
    )
    after = rewritten(before, lambda one: withholding if one == table else one, without=gone)

    found = changes.between(before, after)

    shown = repr(found)
    told = audience == Audience.RESTRICTED
    assert found.untold != told
    assert bool(found.moved) == told  # a number, and a row that is gone
    assert (f"before={number!r}, after='[c]'" in shown) == told
    assert (rows[0][0].text in shown) == told
    assert (gone.html in shown) == told
    assert (table.headline.split()[0] in shown) == told
    assert ("Not the old finding" in unmarked(shown)) == told


def unmarked(words: str) -> str:
    """Words as they stood before a comparison marked what differs in them."""
    return re.sub(r'<span class="govuk-visually-hidden">[^<]*</span>|</?(?:ins|del)>', "", words)


def published(audience: Audience = Audience.RESTRICTED) -> Content:
    edition = Edition.objects.get(quarter=Q2, audience=audience, number=1)
    return from_json(bytes(edition.content), Content)


def rewritten(
    content: Content, change: Callable[[Block], Block], without: Block | None = None
) -> Content:
    """A content with each block of its sections changed, and one left out."""
    return replace(
        content,
        sections=tuple(
            keeping(mapped(one, change), lambda block: block != without) for one in content.sections
        ),
    )


@pytest.mark.portable
def test_the_public_compares_from_the_older_edition_to_the_newer_alone() -> None:
    publish_again()

    there, back = (
        client().get(f"/2018-19/q2/changes/?from=public-{first}&to=public-{last}").text
        for first, last in ((1, 2), (2, 1))
    )

    assert "From public edition 1 to public edition 2" in there
    assert back.partition("<main")[2] == there.partition("<main")[2]


# ---------- who publishes, against what ----------


def test_an_author_does_not_publish_their_own_paper() -> None:
    Paper.objects.filter(quarter=Q2).update(author=approver())
    claim_more()

    with pytest.raises(PublishingRefused, match="author of this paper"):
        publishing.publish(Q2, by=approver(), on=ON, note="One claim was regraded.")


def test_what_blocks_is_overruled_with_a_reason_that_is_kept() -> None:
    Paragraph.objects.filter(section__paper__quarter=Q2, section__kind="legal").delete()
    claim_more()
    with pytest.raises(PublishingRefused, match="Legal implications are not stated"):
        publishing.publish(Q2, by=approver(), on=ON, note="One claim was regraded.")

    publishing.publish(
        Q2, by=approver(), on=ON, note="One claim was regraded.", overrule="Told at the meeting."
    )

    edition = public(2)
    assert "Legal implications" in edition.overruled
    page = client("officer").get("/2018-19/q2/checklist/").content.decode()
    assert "Told at the meeting." in page


# ---------- withdrawal ----------


def test_a_restriction_withdraws_the_public_edition_at_once() -> None:
    record = a_record_shown()
    chart = Edition.objects.get(pk=public().pk).charts.filter(size="wide").first()
    addresses = [
        "/2018-19/q2/public-1/",
        "/2018-19/q2/public-1/rocu/",
        "/2018-19/q2/public-1/board-paper/",
        "/2018-19/q2/public-1/board-paper.pdf",
    ]
    assert all(client().get(address).status_code == 200 for address in addresses)

    restrict(record)

    for address in addresses:
        answer = client().get(address)
        assert answer.status_code == 410
        assert record.operation_name not in answer.content.decode()
    for address in ("/2018-19/q2/", "/2018-19/q2/rocu/", "/2018-19/q2/board-paper.pdf"):
        assert client().get(address).status_code == 503
    page = client().get("/2018-19/q2/")
    assert "The next edition of the quarter is being published" in page.text
    assert page["Retry-After"]
    Publication.objects.update(state="failed")
    page = client().get("/2018-19/q2/")
    told = (
        "There is nothing to read at this address until another edition of 2018/19 Q2 is published"
    )
    assert told in page.text
    assert "may still be read" not in page.text
    assert "Retry-After" not in page
    picture = f"/2018-19/q2/public-1/charts/{chart.key}/wide.svg"
    assert client().get(picture).status_code == 404
    assert client("member").get("/2018-19/q2/").status_code == 200
    assert chain.verify(quick=True).editions == Edition.objects.count()


@pytest.mark.portable
def test_where_an_edition_is_withdrawn_those_before_it_are_still_led_to() -> None:
    publish_again()
    Withdrawal.objects.create(
        edition=public(2), record="-", reason="An order", withdrawn_at=timezone.now()
    )
    first = '<a href="/2018-19/q2/public-1/">public edition 1</a> of 22 October 2018'

    for address in ("/2018-19/q2/", "/2018-19/q2/public-2/rocu/"):
        page = client().get(address)
        assert first in page.text, address
        assert "/2018-19/q2/public-2/" not in page.text
        assert first not in client("member").get("/2018-19/q2/public-2/").text
    assert "may still be read" not in client("member").get("/2018-19/q2/public-2/").text


@pytest.mark.portable
def test_members_are_told_that_the_public_edition_of_what_they_read_was_withdrawn() -> None:
    addresses = ("/2018-19/q2/", "/2018-19/q2/cyber/", "/2018-19/q2/restricted-1/", "/quarters/")
    told, why = (
        "Public edition 1 was withdrawn",
        "Why: Words in it are now marked OFFICIAL-SENSITIVE.",
    )
    before = {one: text_of(client("member").get(one)) for one in addresses}
    day = f"{timezone.localdate():%-d %B %Y}"

    restrict(a_record_shown())

    for address in addresses:
        assert told not in before[address]
        member = client("member")
        with CaptureQueriesContext(connection) as captured:
            page = text_of(member.get(address))
        assert f"{told} on {day}" in page, address
        assert why in page, address
        if address != "/quarters/":
            assert len(captured) <= 5
            assert "(public edition)" in before[address]
            assert "(public edition)" not in page
            assert "The public cannot read this quarter until its next edition" in page
    assert text_of(client("member").get("/quarters/")).count(told) == 1
    assert told not in text_of(client("member").get("/2018-19/q1/"))
    for who in ("", "chair", "administrator"):
        page = text_of(client(who).get("/quarters/"))
        assert "withdrawn since" in page
        assert why not in page
    assert text_of(client("officer").get("/2018-19/q2/")).count(told) == 1


@pytest.mark.portable
def test_a_reason_ends_in_a_stop_before_the_next_sentence() -> None:
    reason = RestrictionKind.ACTIVE.heading
    assert not reason.endswith(".")
    Withdrawal.objects.create(
        edition=public(), record="-", reason=reason, withdrawn_at=timezone.now()
    )

    page, quarters = (text_of(client("member").get(one)) for one in ("/2018-19/q2/", "/quarters/"))

    assert f"Why: {reason}. The public cannot read this quarter until" in page
    assert f"Why: {reason}. Board paper" in quarters


@pytest.mark.portable
def test_members_are_told_of_a_withdrawn_edition_that_a_later_one_replaced() -> None:
    publish_again()

    restrict(a_record_shown())

    first = text_of(client("member").get("/2018-19/q2/restricted-1/"))
    assert "Public edition 1 was withdrawn on" in first
    assert "The public cannot read" not in first
    assert "Public edition 2 was withdrawn on" in text_of(client("member").get("/2018-19/q2/"))


def text_of(answer) -> str:
    """What a page says, without its elements."""
    assert answer.status_code == 200
    return " ".join(html.unescape(re.sub(r"<[^>]+>", "", answer.content.decode())).split())


def records_shown(number: int) -> list[Disruption]:
    """Disruptions whose words the public edition of Q2 holds."""
    keys = [
        int(line.removeprefix("rocu.disruption "))
        for line in public().released.split("\n")
        if line.startswith("rocu.disruption ")
    ]
    return list(Disruption.objects.filter(pk__in=keys[:number]))


def test_records_restricted_in_bulk_withdraw_the_edition_with_their_words() -> None:
    rows = records_shown(2)
    other = Disruption.objects.within((Q2,)).filter(marking=Marking.OFFICIAL_SENSITIVE).first()
    chosen = {"action": "mark", "_selected_action": [one.pk for one in (*rows, other)]}
    values = {"marking": Marking.OFFICIAL_SENSITIVE, "_ask": "1", "_confirm": "1"}
    agreed = {withdrawals.AGREED: public().pk}

    client("officer").post("/admin/rocu/disruption/", chosen | values | agreed)

    withdrawn = Withdrawal.objects.get(edition=public())
    assert withdrawn.record in {f"rocu.disruption {one.pk}" for one in rows}
    assert withdrawn.withdrawn_by.username == "officer"
    assert Publication.objects.get(quarter=Q2).withdrawn == public()


def test_what_is_restricted_past_the_program_is_found_when_the_editions_are_verified() -> None:
    (row,) = records_shown(1)
    Disruption.objects.filter(pk=row.pk).update(marking=Marking.OFFICIAL_SENSITIVE)
    assert not Withdrawal.objects.exists()
    told = StringIO()

    call_command("verify_editions", "--quick", stdout=told)

    assert Withdrawal.objects.get().record == f"rocu.disruption {row.pk}"
    assert "2018/19 Q2, Public edition 1 is withdrawn now" in told.getvalue()


def test_what_is_restricted_past_the_program_is_found_when_a_quarter_is_published() -> None:
    (row,) = records_shown(1)
    Disruption.objects.filter(pk=row.pk).update(marking=Marking.OFFICIAL_SENSITIVE)

    client("approver").post("/2018-19/q3/checklist/", {"overrule": "The meeting is over."})

    assert Withdrawal.objects.get().record == f"rocu.disruption {row.pk}"


def test_looking_for_what_was_overlooked_asks_two_queries(django_assert_num_queries) -> None:
    with django_assert_num_queries(2):
        withdrawals.withdraw_overlooked()

    assert not Withdrawal.objects.exists()


def test_a_record_that_the_edition_does_not_show_withdraws_nothing() -> None:
    lines = set(public().released.splitlines())
    other = next(
        one
        for one in Disruption.objects.within((Q2,)).filter(marking=Marking.OFFICIAL)
        if f"rocu.disruption {one.pk}" not in lines
    )

    restrict(other)

    assert not Withdrawal.objects.exists()


def test_the_next_edition_follows_by_itself_without_the_words() -> None:
    record = a_record_shown()
    record.restriction_start, record.restriction_review = ON, date(2150, 1, 1)
    record.restriction = RestrictionKind.ACTIVE
    name = record.operation_name
    # another record, which is not restricted, may bear the same name
    told = bytes(public().content).decode().count(name)
    assert told

    restrict(record)
    work()

    publication = Publication.objects.get()
    assert publication.state == "done", publication.message
    text = bytes(public(2).content).decode()
    assert text.count(name) < told
    assert f"rocu.disruption {record.pk}\n" not in public(2).released
    assert public(2).published_by == approver()
    automatic = f"Automatic: a restriction was added to a disruption; in the name of {by_name()}"
    register = html.unescape(client("officer").get("/admin/boardreport/edition/").text)
    assert register.count(automatic) == 2
    assert name not in register
    asked = f"/admin/boardreport/publication/{publication.pk}/change/"
    for address in ("/admin/boardreport/publication/", asked):
        assert html.unescape(client("officer").get(address).text).count(automatic) == 1
    checklist = text_of(client("officer").get(CHECKLIST))
    assert checklist.count(f". {automatic}") == 2
    assert checklist.count(f", by {by_name()}") == 2
    assert client().get("/2018-19/q2/").status_code == 200
    assert "withdrawn on" in client().get("/2018-19/q2/").content.decode()


def test_nothing_else_slips_into_an_edition_made_for_a_withdrawal() -> None:
    claim_more()

    restrict(a_record_shown())
    work()

    publication = Publication.objects.get()
    assert publication.state == "failed"
    assert "an approver must look" in publication.message
    assert not Edition.objects.filter(quarter=Q2, number=2).exists()


def test_a_withdrawal_falls_with_the_transaction_that_saved_the_restriction() -> None:
    with transaction.atomic():
        restrict(a_record_shown())
        assert Withdrawal.objects.exists()
        transaction.set_rollback(True)

    assert not Withdrawal.objects.exists()
    assert not Publication.objects.exists()


def test_every_paragraph_and_update_of_a_public_edition_can_withdraw_it() -> None:
    labels = {line.partition(" ")[0] for line in public().released.split("\n") if line}

    assert {
        "boardreport.paper", "boardreport.paragraph", "boardreport.action", "rocu.disruption",
        "rocu.objective", "rocu.objectiveupdate", "ctu.planpriority", "ctu.priorityupdate",
        "cyber.workstream", "cyber.workstreamupdate", "cyber.reach", "cyber.fundingbid",
        "ctu.nationaldemand",
    } <= labels  # fmt: skip


@pytest.mark.portable
def test_copies_of_public_pages_are_kept_for_a_minute_and_of_others_not_at_all() -> None:
    chart = public().charts.filter(size="wide").first()
    for address in (
        "/2018-19/q2/",
        "/2018-19/q2/board-paper.pdf",
        f"/2018-19/q2/public-1/charts/{chart.key}/wide.svg",
    ):
        answer = client().get(address)
        assert answer["Cache-Control"] == "public, max-age=60, must-revalidate"
        assert client().get(address, headers={"If-None-Match": answer["ETag"]}).status_code == 304
        assert client("member").get(address)["Cache-Control"] == "private, no-store"


# ---------- no public request reads a record ----------


@pytest.fixture
def records_forbidden() -> Iterator[None]:
    with no_record_read():
        yield


@pytest.mark.portable
def test_no_address_asked_by_the_public_reads_a_record(records_forbidden) -> None:
    listed = {line.address for lines in ADDRESSES.values() for line in lines}
    listed = {one for one in listed if not one.startswith("/accounts/oidc")}  # asks another server

    answered = {address: client().get(address).status_code for address in sorted(listed)}

    assert {200, 302, 404} <= {*answered.values()}
    assert sum(code == 200 for code in answered.values()) > 25
    assert max(answered.values()) < 500


@pytest.mark.portable
def test_no_public_request_touches_a_record(records_forbidden) -> None:
    chart = public().charts.filter(size="wide").first()
    for address, code in {
        "/": 302,
        "/2018-19/q2/": 200,
        "/2018-19/q2/ctu/": 200,
        "/2018-19/q2/rocu/": 200,
        "/2018-19/q2/cyber/": 200,
        "/2018-19/q2/board-paper/": 200,
        "/2018-19/q2/board-paper.pdf": 200,
        "/2018-19/q2/changes/": 200,
        "/2018-19/q2/public-1/": 200,
        "/2018-19/q2/public-1/rocu/": 200,
        "/2018-19/q2/public-1/board-paper/": 200,
        "/2018-19/q2/public-1/board-paper.pdf": 200,
        f"/2018-19/q2/public-1/charts/{chart.key}/wide.svg": 200,
        "/2018-19/q2/restricted-1/": 404,
        "/2018-19/q3/": 404,
        "/2018-19/q3/checklist/": 404,
        "/2018-19/q2/rocu/disruptions/": 302,
        "/2018-19/q2/board-paper.docx": 200,
        "/trace/2018-19-q2-t3/": 302,
        f"/trace/{TRACE}-1/": 200,
        "/quarters/": 200,
        "/definitions/": 200,
        "/search/?q=phishing": 200,
        "/feed/": 200,
        "/healthz": 200,
    }.items():
        assert client().get(address).status_code == code, address


# ---------- in the background ----------


def test_an_approver_publishes_from_the_checklist_and_follows_it() -> None:
    claim_more()
    form = {"note": "One claim was regraded.", "overrule": "The meeting is over."}

    asked = client("approver").post("/2018-19/q2/checklist/", form)

    assert asked.status_code == 302
    assert asked["Location"] == "/2018-19/q2/publication/"
    assert "waits to be published" in client("officer").get(asked["Location"]).content.decode()
    again = client("approver").post("/2018-19/q2/checklist/", form)
    assert "is being published already" in again.content.decode()
    work()
    assert "is published" in client("officer").get(asked["Location"]).content.decode()
    assert public(2).note == "One claim was regraded."


@pytest.mark.parametrize("who", ["officer", "member", "chair", "administrator", ""])
def test_nobody_else_publishes_from_the_checklist(who) -> None:
    answer = client(who).post(
        "/2018-19/q2/checklist/",
        {"note": "One claim was regraded.", "overrule": "The meeting is over."},
    )

    assert answer.status_code == 404
    assert not Publication.objects.exists()


@pytest.mark.portable
def test_where_nothing_has_changed_the_checklist_says_so_and_nothing_is_published() -> None:
    form = {"note": "One claim was regraded.", "overrule": "The meeting is over."}
    told = "Nothing has changed since edition 1 of 2018/19 Q2, published on 22 October 2018"

    for who in ("officer", "approver"):
        with CaptureQueriesContext(connection) as captured:
            page = client(who).get("/2018-19/q2/checklist/").content.decode()
        assert len(captured) <= 120  # two contents are composed, and lists read as of two moments
        assert "<h1>Nothing has changed since edition 1</h1>" in page
        assert "<textarea" not in page
    refused = client("approver").post("/2018-19/q2/checklist/", form)
    claim_more()
    after = client("approver").get("/2018-19/q2/checklist/").content.decode()

    assert refused.status_code == 422
    assert refused.content.decode().count(told) == 2
    assert not Publication.objects.exists()
    assert "Nothing has changed" not in after
    assert "<textarea" in after


def test_a_record_corrected_in_its_list_alone_can_be_published_again() -> None:
    one = Disruption.objects.within((Q2,)).filter(moderated_impact=Impact.MODERATE).first()
    old, one.operation_name = one.operation_name, "Operation Otherwise"
    one.save()

    page = text_of(client("officer").get("/2018-19/q2/changes/"))
    listed = client("member").get(f"/2018-19/q2/rocu/disruptions/?q={one.reference}")

    assert publishing.unchanged(Q2, on=ON) is None
    assert "Nothing has changed" not in client("approver").get("/2018-19/q2/checklist/").text
    assert "No figure has changed; records have" in page
    assert f"1 record stands otherwise in the lists behind the figures: {one.reference}." in page
    assert old in listed.text
    assert "Operation Otherwise" not in listed.text


def test_what_is_withdrawn_can_be_published_again_as_it_was() -> None:
    assert publishing.unchanged(Q2, on=ON) == Edition.objects.get(quarter=Q2, audience="restricted")

    Withdrawal.objects.create(edition=public(), record="-", reason="-", withdrawn_at=timezone.now())

    assert publishing.unchanged(Q2, on=ON) is None


@pytest.mark.portable
def test_a_missing_note_is_asked_for_at_its_field() -> None:
    claim_more()
    Paragraph.objects.filter(section__paper__quarter=Q2).update(carried_forward=True)

    answer = client("approver").post("/2018-19/q2/checklist/", {"overrule": "The meeting is over."})

    assert answer.status_code == 422
    told = "What this edition changes, and why: Say in a sentence what it changes."
    assert told in answer.content.decode()
    assert "The meeting is over." in answer.content.decode()


@pytest.mark.portable
@pytest.mark.parametrize("reason", ["x", "-", "Late.", "Why, why, why?", "1 2 3", "wegen Eile"])
def test_a_note_or_reason_that_says_nothing_is_refused_wherever_it_is_given(reason) -> None:
    claim_more()
    Paragraph.objects.filter(section__paper__quarter=Q2).update(carried_forward=True)
    told = f"reads “{reason}”, which tells nobody why: write it in three words or more."
    said = {"note": "One claim was regraded.", "overrule": "The meeting is over."}

    for field, name in (
        ("note", "The note on what this edition changes"),
        ("overrule", "The reason for publishing all the same"),
    ):
        answer = client("approver").post("/2018-19/q2/checklist/", said | {field: reason})
        page = html.unescape(answer.content.decode())
        assert answer.status_code == 422
        assert f"{name} {told}" in page
        assert f">\n{reason}</textarea>" in page
        assert f">\n{said['overrule' if field == 'note' else 'note']}</textarea>" in page
        for publish in (publishing.publish, publications.ask):
            with pytest.raises(PublishingRefused) as refused:
                publish(Q2, by=approver(), **said | {field: reason})
            assert str(refused.value) == f"{name} {told}"
        with pytest.raises(CommandError) as refused:
            call_command("publish", "2018-19-q2", "--by", "approver", f"--{field}={reason}")
        assert str(refused.value) == f"{name} {told}"
    assert not Publication.objects.exists()


def test_a_publication_whose_worker_was_killed_fails_once_its_lease_is_over() -> None:
    claim_more()
    publication = publications.ask(
        Q2, by=approver(), note="One claim was regraded.", overrule="The meeting is over."
    )
    Publication.objects.filter(pk=publication.pk).update(
        state="running", lease_until=timezone.now() - jobs.LEASE
    )

    last = publications.latest(Q2)

    assert last.state == "failed"
    assert "publish again" in last.message
    assert (
        publications.ask(
            Q2, by=approver(), note="One claim was regraded.", overrule="The meeting is over."
        ).state
        == "waiting"
    )


@pytest.mark.django_db(transaction=True)
def test_a_worker_gives_signs_of_life_however_long_a_step_takes(monkeypatch) -> None:
    publication = asked()
    monkeypatch.setattr(jobs, "BEAT", 0.01)
    leases = set()

    def publish(*arguments, follower, **options) -> None:
        follower.step("A long step")
        until = monotonic() + 20
        while len(leases) < 4 and monotonic() < until:
            leases.add(Publication.objects.get(pk=publication.pk).lease_until)
        raise PublishingRefused("That was long.")

    monkeypatch.setattr(publishing, "publish", publish)
    publications.carry_out.call(publication.pk)

    assert len(leases) == 4
    ended = Publication.objects.get(pk=publication.pk)
    assert (ended.state, ended.message) == ("failed", "That was long.")
    assert jobs.LEASE.total_seconds() <= 30
    assert jobs.BEAT < 10


def test_a_worker_that_was_taken_for_dead_publishes_nothing() -> None:
    claim_more()
    publication = publications.ask(
        Q2, by=approver(), note="One claim was regraded.", overrule="The meeting is over."
    )

    def lose_the_lease(words: str) -> None:
        Publication.objects.filter(pk=publication.pk).update(state="failed")

    before = Edition.objects.count()
    real = publishing.publish

    def publish(*arguments, **options) -> object:
        lose_the_lease("")
        return real(*arguments, **options)

    publishing.publish = publish
    try:
        publications.carry_out.call(publication.pk)
    finally:
        publishing.publish = real

    assert Edition.objects.count() == before


# ---------- cancelled ----------

PUBLICATION = "/2018-19/q2/publication/"


def asked(**options: str) -> Publication:
    claim_more()
    said = {"note": "One claim was regraded.", "overrule": "The meeting is over."}
    return publications.ask(Q2, by=approver(), **said | options)


def other_approver() -> Client:
    user = User.objects.create_user("second")
    user.groups.add(Group.objects.get(name=Role.APPROVER.value))
    browser = Client()
    browser.force_login(user)
    return browser


def test_whoever_asked_cancels_and_finds_what_was_written_on_the_checklist() -> None:
    asked()
    page = client("approver").get(PUBLICATION).content.decode()
    assert "Cancel publishing" in page

    client("approver").post(PUBLICATION)
    work()

    assert Publication.objects.get().state == "cancelled"
    page = client("officer").get(PUBLICATION).content.decode()
    assert "Cancelled by approver. Nothing was published" in page
    assert "Cancel publishing" not in page
    form = client("approver").get("/2018-19/q2/checklist/").content.decode()
    assert "The last attempt was cancelled." in form
    assert "One claim was regraded." in form
    assert not Edition.objects.filter(quarter=Q2, number=2).exists()


def test_another_approver_cancels_and_nobody_else() -> None:
    asked()

    for who in ("officer", "member", "chair", "administrator", ""):
        assert client(who).post(PUBLICATION).status_code == 404
    assert "Cancel publishing" not in client("officer").get(PUBLICATION).content.decode()
    assert other_approver().post(PUBLICATION).status_code == 302
    assert Publication.objects.get().state == "cancelled"


def test_a_publication_under_way_is_cancelled_and_its_worker_stops() -> None:
    publication = asked()
    real, before = publishing.publish, Edition.objects.count()

    def publish(*arguments, **options) -> object:
        assert client("approver").post(PUBLICATION).status_code == 302
        return real(*arguments, **options)

    publishing.publish = publish
    try:
        publications.carry_out.call(publication.pk)
    finally:
        publishing.publish = real

    assert Publication.objects.get().state == "cancelled"
    assert Edition.objects.count() == before


def test_what_has_ended_can_not_be_cancelled_and_the_page_says_so() -> None:
    asked()
    work()

    answer = client("approver").post(PUBLICATION)

    assert answer.status_code == 409
    assert "It could not be cancelled any more" in answer.content.decode()
    assert Publication.objects.get().state == "done"
    assert public(2)


CHECKLIST = "/2018-19/q2/checklist/"


@pytest.mark.portable
def test_while_a_quarter_is_being_published_its_checklist_says_so_and_offers_nothing() -> None:
    publication = asked()

    waiting = text_of(client("approver").get(CHECKLIST))
    running = Publication.objects.filter(pk=publication.pk)
    running.update(state="running", steps_done=2, lease_until=timezone.now() + jobs.LEASE)
    page = client("approver").get(CHECKLIST).content.decode()

    assert "waits to be published Publishing begins as soon as a worker is free." in waiting
    assert "<h1>2018/19 Q2 is being published</h1>" in page
    assert "Step 2 of 4: drawing and setting the public edition." in page
    assert "or cancel it" in page
    assert "or cancel it" not in client("officer").get(CHECKLIST).content.decode()
    for told in (waiting, page):
        assert "can publish" not in told
        assert "overruled by" not in told
        assert "<textarea" not in told


@pytest.mark.portable
def test_after_a_withdrawal_the_checklist_says_first_what_the_public_lacks() -> None:
    record = a_record_shown()

    restrict(record)
    queued = client("officer").get(CHECKLIST).content.decode()
    Publication.objects.update(state="failed", message="Other records were changed.")
    left = client("officer").get(CHECKLIST).content.decode()

    assert "<h1>Public edition 1 is withdrawn; the next is being published</h1>" in queued
    assert "<h1>Public edition 1 is withdrawn; the next must be published</h1>" in left
    assert "The public has not been able to read 2018/19 Q2 since" in queued
    for page in (queued, left):
        assert f'words of Disruption <a href="/admin/rocu/disruption/{record.pk}/change/">' in page


@pytest.mark.portable
def test_the_second_content_is_composed_only_where_the_first_says_what_was_published() -> None:
    browser = client("officer")

    def questions() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert browser.get(CHECKLIST).status_code == 200
        return len(captured)

    unchanged = questions()
    claim_more()

    assert questions() <= unchanged - 15


@pytest.mark.portable
def test_an_approver_who_wrote_the_paper_is_told_before_writing_reasons() -> None:
    Paper.objects.filter(quarter=Q2).update(author=approver())

    page = client("approver").get("/2018-19/q2/checklist/").content.decode()

    assert "is the author of this paper: another approver publishes it." in page
    assert "<textarea" not in page


@pytest.mark.portable
def test_a_quarter_that_is_not_over_says_so_on_its_checklist() -> None:
    with time_machine.travel("2018-12-20", tick=False):
        page = client("approver").get("/2018-19/q3/checklist/").content.decode()

    assert "2018/19 Q3 is not over: it ends on 31 December 2018." in page
    assert "can publish 2018/19 Q3 now" not in page
    assert "<textarea" not in page


@pytest.mark.portable
def test_an_erased_edition_is_gone_and_no_next_one_is_promised() -> None:
    erasures.erase(
        public(), by=User.objects.get(username="administrator"), reason="A court ordered it."
    )

    for address in ("/2018-19/q2/", "/2018-19/q2/board-paper.pdf", "/2018-19/q2/tables.ods"):
        answer = client().get(address)
        assert answer.status_code == 410
        assert "Public edition 1 was erased" in answer.content.decode()
        assert f"Why: {ORDER}" in answer.content.decode()
    for address in ("/2018-19/q2/public-1/", "/2018-19/q2/public-1/rocu/"):
        assert "of the quarter now" not in client().get(address).content.decode()


@pytest.mark.portable
def test_a_reading_knows_all_editions_of_its_quarter() -> None:
    publish_again()

    read = reading.read(Q2, user=approver())

    assert [one.place.number for one in read.editions] == [1, 2]
    assert read.newer is None
