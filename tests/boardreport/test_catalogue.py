"""All quarters, definitions, search and feed: what they hold, and for whom."""

import html
import re
import time
from datetime import UTC, date, datetime
from xml.etree import ElementTree

import pytest
import time_machine
from django.contrib.auth.models import AnonymousUser, User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from boardreport.compare import query as choices
from boardreport.downloads import workbook
from boardreport.editions import access, kept, repository
from boardreport.models import Edition, LastVisit, Withdrawal
from boardreport.models import Paragraph as Writing
from boardreport.pages import search as searching
from boardreport.pages.search import (
    Found,
    Passage,
    excerpt,
    folded,
    passages,
    search,
)
from boardreport.pages.timeline import timeline
from boardreport.report import glossary
from boardreport.templatetags.content import explained, whole
from units.content.model import (
    Content,
    Paragraph,
    Table,
    from_json,
)
from units.cyber.models import Activity, Workstream, WorkstreamUpdate
from units.domain.quarters import Quarter
from units.domain.vocabulary import (
    ActivityKind,
    Audience,
    Impact,
    Marking,
    Status,
    Strand,
    ThreatStep,
)

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


def test_every_sign_of_a_file_is_explained_with_the_signs_of_pages() -> None:
    page = client().get("/definitions/").content.decode()
    signs = page.partition('id="definitions"')[2].partition("</section>")[0]

    for sign in workbook.SIGNS:
        assert re.search(rf"<dt>{re.escape(sign)}( [a-z ]+)?</dt>", signs), sign
    assert f'id="{glossary.defined(workbook.NOT_APPLICABLE)}"' in signs


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
        shown = search("disruption panel", user=AnonymousUser(), page=str(page)).found
        paragraphs += sum(one.anchor.startswith("p") for one in shown)
    assert paragraphs == slow > 0


def every_one(words: str, *, who: str = "") -> list[Found]:
    """What a search finds, on all its pages."""
    reader = user(who) if who else AnonymousUser()
    pages = range(1, search(words, user=reader).pages + 1)
    return [one for page in pages for one in search(words, user=reader, page=str(page)).found]


def contents(audience: Audience = Audience.PUBLIC) -> list[Content]:
    """What the editions say, the newest first."""
    editions = Edition.objects.filter(audience=audience).order_by("-quarter")
    return [from_json(bytes(one.content), Content) for one in editions]


def test_a_row_of_a_chart_and_its_appendix_is_found_once_and_tells_what_it_is_of() -> None:
    found = [one for one in every_one("drug activity") if one.title]

    slow = []
    for content in contents():
        repeated = [one.table.key for one in content.charts()]
        for exhibit in content.exhibits():
            table = exhibit if isinstance(exhibit, Table) else exhibit.table
            slow += [
                (content.quarter, exhibit.anchor, exhibit.headline, row, table.columns)
                for row in table.rows
                if exhibit.key not in repeated
                and any("drug activity" in cell.text.lower() for cell in row.cells)
            ]
    charts = [anchor for _, anchor, *_ in slow if anchor.startswith("figure")]
    assert len(charts) >= 4
    assert sorted((one.quarter, one.anchor, one.title) for one in found) == sorted(
        line[:3] for line in slow
    )
    told = {(one.quarter, one.anchor): html.unescape(str(one.excerpt)) for one in found}
    for quarter, anchor, _, row, columns in slow:
        if row.cells[0].text == "Drug Activity":
            assert told[quarter, anchor].startswith(
                "<b><mark>Drug</mark> <mark>Activity</mark></b>"
            )
            for cell, column in zip(row.cells[1:], columns[1:], strict=True):
                assert f" · {column.label} {cell.text}" in told[quarter, anchor]


def test_a_workstream_is_told_with_its_status_and_lead() -> None:
    newest = contents()[0]
    [table] = [one for one in newest.exhibits() if one.key == "cyber.pursue"]
    heads = [column.label for column in table.columns]
    row = table.rows[0]

    [told] = [
        re.sub("</?(b|mark)>", "", html.unescape(str(one.excerpt))).split(" · ")
        for one in every_one(f'"{row.cells[0].text}"')
        if (one.quarter, one.anchor) == (newest.quarter, table.anchor)
    ]

    assert told[0] == row.cells[0].text
    assert {row.cells[heads.index(one)].text for one in ("Lead", "Status")} <= set(told)


def test_what_bears_the_words_in_its_name_comes_first_and_of_each_the_newest_quarter() -> None:
    def begun(text: str) -> bool:
        return any(one.startswith("act") for one in re.split(r"\W+", text.lower()))

    slow = []
    for content in contents():
        appendices = [one.heading for one in content.sections if one.appendix]
        for place, one in enumerate(passages(content)):
            if "act" in " ".join(one.words).lower():
                aside = "paragraph" in one.label or one.label.rpartition(", ")[0] in appendices
                named = begun(one.words[0]) and not aside
                rank = 0 if named else 1 if any(map(begun, one.words)) else 2
                slow.append((rank, -content.quarter.ordinal, place, content.quarter, one.label))

    assert {rank for rank, *_ in slow} == {0, 1, 2}
    assert [(one.quarter, one.label) for one in every_one("act")] == [
        line[3:] for line in sorted(slow)
    ]


@pytest.mark.parametrize("of", ["paragraph", "row"])
def test_search_stays_within_clearance(of) -> None:
    public, restricted = (
        {one.words for one in passages(contents(audience)[0]) if bool(one.title) == (of == "row")}
        for audience in (Audience.PUBLIC, Audience.RESTRICTED)
    )
    ground = max(restricted - public)
    words = " ".join(" ".join(ground).split()[:8])

    assert search(words, user=user("member")).total
    assert not search(words, user=AnonymousUser()).total
    assert not search(words, user=user("chair")).total


@pytest.mark.parametrize("marks", ['"{}"', "“{}”", "„{}“", '"{}" panel'])
def test_words_in_quotation_marks_are_sought_as_a_phrase(marks) -> None:
    found = search(marks.format("Review of the  regional strategy"), user=AnonymousUser())
    loose = search("review of the regional strategy", user=AnonymousUser())

    texts = [
        one.plain
        for edition in Edition.objects.filter(audience=Audience.PUBLIC)
        for one in passages(from_json(bytes(edition.content), Content))
    ]
    slow = [one for one in texts if "review of the regional strategy" in one]
    assert found.total == len([one for one in slow if "panel" not in marks or "panel" in one])
    assert 0 < len(slow) < len(texts)
    assert loose.total >= len(slow)


def test_straight_and_curly_apostrophes_are_one() -> None:
    stored = Edition.objects.filter(audience=Audience.PUBLIC).latest("quarter")
    told = " ".join(
        " ".join(one.words) for one in passages(from_json(bytes(stored.content), Content))
    )
    curly = re.findall(r"\w+’s", told)[0]

    found, alike = (search(one, user=AnonymousUser()) for one in (curly.replace("’", "'"), curly))

    assert found.total == alike.total > 0
    assert found.found == alike.found


@pytest.mark.parametrize("words", ['""', "“”", '"a"', '" "'])
def test_quotation_marks_around_nothing_seek_nothing(words) -> None:
    assert "too short" in search(words, user=AnonymousUser()).problem


def test_a_mark_without_its_fellow_counts_for_none() -> None:
    assert search('"phishing', user=AnonymousUser()).total == (
        search("phishing", user=AnonymousUser()).total
    )


def test_a_phrase_that_nothing_has_is_told_as_one() -> None:
    page = client().get("/search/", {"q": "“panel the of disruptions”"}).content.decode()

    assert "those in quotation marks together" in page


def test_where_there_is_no_report_a_search_says_so_and_not_that_nothing_was_found() -> None:
    for edition in Edition.objects.all():
        Withdrawal.objects.create(
            edition=edition, record="-", reason="An order", withdrawn_at=timezone.now()
        )

    page = client().get("/search/", {"q": "phishing"}).content.decode()

    assert "There is no report to search" in page
    assert "has all of these words" not in page


@pytest.mark.parametrize("other", ["quarter=2018-19-q2", "x=1"])
def test_a_search_that_asks_for_what_the_page_does_not_know_shows_nothing_and_names_it(
    other,
) -> None:
    page = client().get(f"/search/?q=phishing&{other}").content.decode()

    assert f"This page does not know “{other.partition('=')[0]}”" in page
    assert '<a href="?q=phishing">Search for these words alone</a>' in page
    assert "<h2><a href=" not in page
    assert "passage" not in page.partition("<h1>")[2].partition("</h1>")[0]


def withdraw(edition: Edition) -> None:
    """As another process does: in the database alone."""
    Withdrawal.objects.create(
        edition=edition, record="rocu.disruption 1", reason="An order", withdrawn_at=timezone.now()
    )


def test_a_search_shows_nothing_of_an_edition_that_was_withdrawn_elsewhere(
    django_assert_num_queries, monkeypatch
) -> None:
    monkeypatch.setattr(searching, "KEPT", kept.Kept(passages))  # whose minute begins now
    before = search("disruption", user=AnonymousUser())
    gone = Edition.objects.filter(audience=Audience.PUBLIC).latest("quarter")
    assert gone.quarter in {one.quarter for one in before.found}

    withdraw(gone)

    with django_assert_num_queries(1):  # which editions may be read; what they say is kept
        now = search("disruption", user=AnonymousUser())
    assert 0 < now.total < before.total
    assert gone.quarter not in {one.quarter for one in now.found}


@pytest.mark.parametrize("who", ["", "member"])
def test_a_search_that_finds_figures_says_of_which_quarter_some_were_revised_since(who) -> None:
    browser = client(who)

    tables, words = (
        browser.get("/search/", {"q": one}).content.decode() for one in ("firearms", "proscribed")
    )

    assert (
        tables.count("Of 2018/19 Q1, six figures were revised since: Disruptions 132, now 136") == 1
    )
    assert "Of 2018/19 Q2" not in tables
    address = re.search(r'href="(/2018-19/q2/board-paper/)#(table-\d+)">the report', tables)
    assert f'id="{address[2]}"' in browser.get(address[1]).content.decode()
    assert "2018/19 Q1: Counter Terrorism Unit, table" in words
    assert "revised since:" not in words


@pytest.mark.parametrize(
    "of",
    [searching.KEPT, choices.KEPT, repository.REVISING],
    ids=["search", "compare", "revised"],
)
def test_a_process_forgets_what_it_keeps_of_editions_however_often_it_is_asked(
    of, monkeypatch
) -> None:
    monkeypatch.setattr(kept, "SECONDS", 0.3)
    what = kept.Kept(of.make)  # a process that has kept nothing yet
    editions = repository.shelf(access.PUBLIC).latest.values()

    for _ in range(2):
        what.of(editions)
        held, until = what.made, time.monotonic() + 10
        assert held
        while what.made is held and time.monotonic() < until:
            what.of(editions)
            time.sleep(0.01)
        assert what.made is not held


def test_search_says_what_is_wrong_with_too_short_and_too_long_words() -> None:
    assert "too short" in search("a", user=AnonymousUser()).problem
    assert "or fewer" in search("a" * 300, user=AnonymousUser()).problem
    assert client().get("/search/", {"q": "a"}).status_code == 200


def test_search_results_lead_to_what_they_name() -> None:
    browser = client()
    page = browser.get("/search/", {"q": "phishing"}).content.decode()
    links = [part.split('"')[0] for part in page.split('<h2><a href="')[1:]]

    assert links
    for link in links:
        address, _, anchor = link.partition("#")
        assert f'id="{anchor}"' in browser.get(address).content.decode()


@pytest.mark.parametrize("asked", ["99", "0", "junk", "-1", "1" * 50])
def test_a_page_of_results_that_is_not_there_shows_nothing_and_is_named(asked) -> None:
    page = client().get("/search/", {"q": "phishing", "page": asked}).content.decode()

    assert f"There is no page “{asked[:20]}”: this list has" in page
    assert '<a href="?q=phishing">Show the first page</a>' in page
    assert "<h2><a href=" not in page


def told_of(content: Content) -> list[set[str]]:
    """Each passage's words and figures, letter for letter."""
    return [set(" ".join((*one.words, *one.figures)).split()) for one in passages(content)]


def test_a_number_is_found_in_the_rows_that_have_it_with_its_comma_or_without() -> None:
    slow = sum("143,533" in told for content in contents() for told in told_of(content))

    found, bare = every_one("143,533"), every_one("143533")

    rows = [one for one in found if one.title]
    assert len(found) == slow
    assert bare == rows != []
    assert all("<mark>143,533</mark>" in one.excerpt for one in found)
    assert not every_one("43533")  # not a part of one


def test_a_number_that_is_withheld_is_not_found() -> None:
    public, restricted = (
        {(one.title, one.words[0]): one.figures for one in passages(contents(audience)[0])}
        for audience in (Audience.PUBLIC, Audience.RESTRICTED)
    )
    withheld = [
        (row, full.rpartition(" ")[2])
        for row in public.keys() & restricted.keys()
        for told, full in zip(public[row], restricted[row], strict=False)
        if told.endswith("[c]")
        and full.rpartition(" ")[2].isdecimal()
        and full.rpartition(" ")[2] not in " ".join(public[row]).split()
    ]

    assert withheld
    for (title, name), number in sorted(withheld)[:3]:
        member, anybody = (
            {
                one.title
                for one in every_one(f'"{name}" {number}', who=who)
                if one.quarter == Quarter(2018, 2) and f"<mark>{number}</mark>" in one.excerpt
            }
            for who in ("member", "")
        )
        assert title in member - anybody


@given(st.text(min_size=1, max_size=200), st.data())
def test_an_excerpt_marks_the_words_and_loses_no_letter_between(text: str, data) -> None:
    start = data.draw(st.integers(0, len(text) - 1))
    word = folded(text[start : start + data.draw(st.integers(1, 12))])
    passage = Passage("", "", "", (text,), folded(text))

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


SHOWN = (
    "/2018-19/q2/", "/2018-19/q2/ctu/", "/2018-19/q2/rocu/", "/2018-19/q2/cyber/",
    "/2018-19/q2/board-paper/", "/2018-19/q3/", "/2018-19/q3/ctu/", "/2018-19/q3/rocu/",
    "/2018-19/q3/cyber/", "/compare/", "/trend/?of=rocu.disruptions:Total", "/2018-19/q2/rocu/ocgs/",
)  # fmt: skip
SIGNS = re.compile(r"\[[a-z]\]")


def test_every_measure_status_sign_and_term_on_a_page_leads_to_its_definition() -> None:
    officer = client("officer")
    explained = set(re.findall(r' id="([^"]+)"', officer.get("/definitions/").content.decode()))
    seen: set[str] = set()

    for address in SHOWN:
        page = officer.get(address).content.decode()
        anchors = {html.unescape(one) for one in re.findall(r'/definitions/#([^"]+)"', page)}
        assert anchors - explained == set(), address
        seen |= anchors
        # a status or a verdict that is not a link would have no definition one click away
        assert not re.findall(r'<span class="(?:status|range) ', page), address
        for sign in SIGNS.findall(re.sub(r"<script.*?</script>", "", page, flags=re.DOTALL)):
            assert f">{sign}</a>" in page, (address, sign)
    for heading in (
        *(one.heading for one in Status if one in shown_statuses()),
        *("Major", "Moderate", "Minor", "Strand", "Lead", "Force", "Year to date"),
        *("Previous quarter", "Same quarter last year", "Rolling four quarters"),
    ):
        assert glossary.defined(heading) in seen, heading


def shown_statuses() -> set[Status]:
    """The statuses in the tables and lines of the newest public edition."""
    stored = Edition.objects.filter(audience=Audience.PUBLIC).latest("quarter")
    content = from_json(bytes(stored.content), Content)
    cells = [
        cell.status
        for one in content.exhibits()
        if isinstance(one, Table)
        for row in one.rows
        for cell in row.cells
    ]
    lines = [line.status for section in content.sections for line in section.lines]
    return {one for one in (*cells, *lines) if one}


def test_every_term_of_the_vocabularies_has_its_definition() -> None:
    page = client().get("/definitions/").content.decode()

    for term in (*Status, *Impact, *Strand):
        assert f'id="{glossary.defined(term.heading)}"' in page
    for name in glossary.measures():
        assert f"<dt>{name}</dt>" in page
    assert len(re.findall(r' id="term-', page)) == len(set(re.findall(r' id="(term-[^"]+)"', page)))


def test_a_note_is_explained_without_losing_or_trusting_a_letter() -> None:
    note = "[c] confidential <b>. Expected range: 1 & 2."

    shown = str(explained(note))

    assert html.unescape(re.sub(r"</?a[^>]*>", "", shown)) == note
    assert shown.count("<a ") == 1
    assert str(explained("Expected range: 1")).startswith("<a ")


def test_officers_search_what_is_not_published_yet_and_nobody_else_does() -> None:
    paragraph = Writing.objects.filter(section__paper__quarter=Quarter(2018, 3))[0]
    paragraph.text = "The quetzal unit met."
    paragraph.marking = Marking.OFFICIAL_SENSITIVE
    paragraph.save()
    subject = Workstream.objects.filter(year=2018)[0]
    WorkstreamUpdate.objects.update_or_create(
        workstream=subject,
        quarter=Quarter(2018, 3),
        defaults={"status": Status.LATE, "update": "Waits for the quetzal."},
    )
    Activity.objects.create(
        kind=ActivityKind.EVENT, title="Quetzal fair", date=date(2018, 11, 3), year=2018
    )

    for name in ("officer", "approver"):
        found = search("quetzal", user=user(name))
        assert found.total >= 3
        assert all(one.draft and one.quarter == Quarter(2018, 3) for one in found.found)
    for reader in (AnonymousUser(), user("member"), user("chair"), user("administrator")):
        assert search("quetzal", user=reader).total == 0
    browser = client("officer")
    page = browser.get("/search/?q=quetzal").content.decode()
    assert page.count("2018/19 Q3 (draft):") >= 3
    for link in re.findall(r'<h2><a href="([^"]+)"', page):
        address, _, anchor = link.partition("#")
        assert f'id="{anchor}"' in browser.get(address).content.decode()


@pytest.mark.parametrize("who", ["", "member"])
def test_a_search_without_drafts_reads_no_record(who) -> None:
    searching.KEPT.made.clear()
    browser = client(who)

    with CaptureQueriesContext(connection) as asked:
        browser.get("/search/?q=disruption")

    tables = {
        name for query in asked for name in re.findall(r'(?:FROM|JOIN) "(\w+)"', query["sql"])
    }
    assert not [name for name in tables if name.split("_")[0] in ("rocu", "ctu", "cyber")]
    assert not tables & {"boardreport_paragraph", "boardreport_paper", "boardreport_papersection"}


@pytest.mark.parametrize(
    ("words", "shown"),
    [
        ("Drugs & arms", "Drugs &amp; arms"),
        ("D-2018-0293", '<span class="whole">D-2018-0293</span>'),
        ("D-2018-0293 12 Jul 2018", '<span class="whole">D-2018-0293</span> 12 Jul 2018'),
        ("ROCU-led", "ROCU-led"),
        ("2018-19", "2018-19"),
    ],
)
def test_a_reference_is_kept_whole_and_nothing_else_is(words, shown) -> None:
    assert whole(words) == shown


TOLD_WHERE_THEY_STAND = {"CAIREEN", "MiPatch"}
IN_EVERY_DICTIONARY = {"HM", "QC", "MI5", "PDF"}


@pytest.mark.parametrize("audience", list(Audience))
def test_every_abbreviation_of_a_report_is_explained(audience) -> None:
    editions = Edition.objects.filter(audience=audience)
    told = " ".join(
        " ".join((one.title, *one.words, *one.figures))
        for edition in editions
        for one in passages(from_json(bytes(edition.content), Content))
    )
    groups = (
        *(glossary.GLOSSARY, glossary.WORDS, glossary.DEFINITIONS, glossary.measures()),
        {one.label: one.meaning for one in ThreatStep},
    )
    explained = {
        word
        for terms in groups
        for term, text in terms.items()
        for word in re.findall(r"\w+", f"{term} {text}")
    }

    used = set(re.findall(r"\b[A-Z]\w*[A-Z]\w*\b", told))
    unknown = {word.removesuffix("s") for word in used} - explained
    assert unknown <= TOLD_WHERE_THEY_STAND | IN_EVERY_DICTIONARY
    assert len(used) > 20


@pytest.mark.parametrize(
    "term",
    ["Action Fraud", "County Lines", "Get Safe Online", "Regraded", "Late claim", "Re-base"],
)
def test_a_term_that_a_new_member_would_not_know_is_defined(term) -> None:
    page = client().get("/definitions/").content.decode()

    assert f"<dt>{term}</dt>" in page
    assert f'id="{glossary.defined(term)}"' in page


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("Talks with SMEs; WMCTU’s assessment", {"CTU", "SME"}),
        ("GetSafeOnline and county lines", {"Get Safe Online", "County Lines"}),
        ("Protect officers triaged it", {"Pursue, Prevent, Protect, Prepare", "Triage"}),
        ("nothing that needs a word", set()),
    ],
)
def test_a_papers_glossary_holds_the_terms_that_it_uses(text, terms) -> None:
    assert set(glossary.glossary_of(text)) == terms


def test_a_search_leaves_out_what_every_paper_explains_alike() -> None:
    page = client().get("/search/", {"q": "phishing"}).content.decode()

    assert "Glossary" not in page
