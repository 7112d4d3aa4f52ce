"""Each state of a quarter has its words: empty, the first ever, all suppressed; none is a blank."""

import re
from datetime import date

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.db.models import QuerySet
from django.template.loader import render_to_string
from django.test import Client

from boardreport.editions import access, repository
from boardreport.models import Edition, Office, Paper
from boardreport.report import compose
from boardreport.report.overview import overview
from boardreport.web import page
from units.content.model import Chart, Content
from units.ctu.models import ThreatLevel
from units.cyber.models import Campaign, Reach
from units.domain.disclosure import LARGEST_THRESHOLD
from units.domain.measures import CONFIDENTIAL
from units.domain.quarters import Quarter
from units.domain.vocabulary import Audience, Threat, ThreatStep
from units.rocu.models import Disruption

pytestmark = pytest.mark.django_db

Q3, NEXT, LONG_AGO = Quarter(2018, 3), Quarter(2019, 2), Quarter(2009, 2)
PAGES = ("", "ctu/", "rocu/", "cyber/", "board-paper/")
BLANK = re.compile(r"<h[1-6][^>]*>\s*</h|<p[^>]*>\s*</p>|<a [^>]*>\s*</a>|<tbody[^>]*>\s*</tbody>")


def browser(name: str = "") -> Client:
    found = Client()
    if name:
        found.force_login(User.objects.get(username=name))
    return found


def unguard() -> None:
    """Until the test is over, editions and history may be deleted."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL session_replication_role = replica")
            return
        cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        for (name,) in cursor.fetchall():
            cursor.execute(f'DROP TRIGGER "{name}"')


def remove(rows: QuerySet, seen: set | None = None) -> None:
    """Deletes rows and all that hang on them, however they are protected."""
    seen = set() if seen is None else seen
    keys = [key for key in rows.values_list("pk", flat=True) if (rows.model, key) not in seen]
    if not keys:
        return
    seen.update((rows.model, key) for key in keys)
    for relation in rows.model._meta.get_fields(include_hidden=True):
        if relation.auto_created and not relation.concrete and relation.field.concrete:
            related = relation.related_model._base_manager
            if relation.one_to_many or relation.one_to_one:
                remove(related.filter(**{f"{relation.field.name}__in": keys}), seen)
    rows.model._base_manager.filter(pk__in=keys)._raw_delete(rows.db)


@pytest.fixture
def first_ever() -> None:
    """A database that knows one quarter, its paper not published."""
    unguard()
    remove(Edition.objects.all())
    remove(Paper.objects.exclude(quarter=Q3))
    remove(Disruption.objects.exclude(date_of_impact__range=(Q3.start, Q3.end)))
    remove(Reach.objects.exclude(month__range=(Q3.start, Q3.end)))


def test_the_first_quarter_ever_says_that_there_is_nothing_to_compare_with(first_ever) -> None:
    officer = browser("officer")

    pages = {address: officer.get(f"/2018-19/q3/{address}") for address in PAGES}

    for address, answer in pages.items():
        assert answer.status_code == 200, address
        assert not BLANK.search(without_scripts(answer.content.decode())), address
    front = pages[""].content.decode()
    assert "fewer than last quarter" not in front
    assert "There is no earlier quarter yet to compare the key figures with." in front
    assert "There is no earlier paper." in front
    assert re.search(r"Disruptions, .*: an expected range needs twelve quarters", front)
    assert "One of twelve quarters: too few for a range" in front
    assert "[x]" in front
    assert "the records begin with 2018/19 Q3" in pages["rocu/"].content.decode()
    assert (
        "One of the twelve quarters that an expected range needs" in pages["rocu/"].content.decode()
    )


@pytest.mark.parametrize("who", ["", "member", "officer"])
def test_before_the_first_edition_every_page_beside_the_quarters_says_so(first_ever, who) -> None:
    reader = browser(who)

    for address in ("/", "/quarters/", "/search/?q=phishing", "/compare/", "/trend/", "/definitions/",
                    "/feed/"):  # fmt: skip
        answer = reader.get(address)
        assert answer.status_code == 200, address
        assert not BLANK.search(answer.content.decode()), address
    if who != "officer":
        assert reader.get("/2018-19/q3/").status_code == 404
    assert "Two published quarters are needed" in reader.get("/compare/").content.decode()


def without_scripts(page: str) -> str:
    return re.sub(r"<script.*?</script>", "", page, flags=re.DOTALL)


def threat_level() -> None:
    ThreatLevel.objects.create(
        threat=Threat.INTERNATIONAL, level=ThreatStep.SEVERE, since_date=date(2009, 7, 20)
    )


def campaign() -> None:
    Campaign.objects.create(month=date(2009, 9, 1), title="Passwords")


@pytest.mark.parametrize(("record", "says"), [(threat_level, "SEVERE"), (campaign, "Passwords")])
def test_a_quarter_with_records_of_one_unit_alone_opens_as_a_draft(record, says) -> None:
    officer = browser("officer")
    assert officer.get(f"/{LONG_AGO.path}/").status_code == 404
    record()

    pages = {address: officer.get(f"/{LONG_AGO.path}/{address}") for address in PAGES}

    for address, answer in pages.items():
        assert answer.status_code == 200, address
        told = without_scripts(answer.content.decode())
        assert "<strong>DRAFT</strong>, not published" in told
        assert not BLANK.search(told), address
    assert any(says in answer.content.decode() for answer in pages.values())
    assert browser().get(f"/{LONG_AGO.path}/").status_code == 404


@pytest.mark.parametrize("page", ["", "rocu/", "board-paper/"])
def test_a_quarter_of_which_nothing_is_entered_says_how_to_begin(page) -> None:
    empty = f"/{NEXT.path}/"

    for who in ("officer", "approver"):
        answer = browser(who).get(empty + page)
        assert answer.status_code == 404
        assert "Nothing is entered for this quarter yet" in answer.content.decode()
        assert f'href="{empty}due/"' in answer.content.decode()
        assert browser(who).get(f"{empty}due/").status_code == 200
    for who in ("", "member"):
        assert "Page not found" in browser(who).get(empty + page).content.decode()
    assert "Page not found" in browser("officer").get("/2060-61/q1/").content.decode()


def test_an_empty_quarter_has_a_sentence_in_every_part() -> None:
    made = compose.compose(LONG_AGO, audience=Audience.PUBLIC, on=date(2019, 1, 1)).content

    for section in made.sections:
        assert section.parts, section.key
        for part in section.parts:
            assert part.blocks, (section.key, part.key)
    assert made.charts() == ()


@pytest.fixture
def suppressed() -> Content:
    """What the public reads where every count is too small for the office's threshold."""
    unguard()
    Office.objects.update(threshold=LARGEST_THRESHOLD)
    kept = Disruption.objects.within((Q3,)).counted().values_list("pk", flat=True)[:7]
    remove(Disruption.objects.exclude(pk__in=list(kept)))
    return compose.compose(Q3, audience=Audience.PUBLIC, on=date(2019, 1, 20)).content


def test_where_everything_is_suppressed_each_figure_says_so_and_no_chart_remains(
    suppressed,
) -> None:
    rocu = suppressed.section("rocu")

    assert rocu is not None
    assert rocu.headline == "The disruptions of the quarter are too few to be published"
    total = rocu.measures[0]
    assert (total.value, total.verdict, total.range_words) == (CONFIDENTIAL, "", "")
    assert not [
        block for part in rocu.parts[:1] for block in part.blocks if isinstance(block, Chart)
    ]
    for part in rocu.parts:
        assert part.blocks, part.key


def test_the_pages_of_a_suppressed_quarter_are_whole(suppressed) -> None:
    read = repository.Reading(
        Q3, suppressed, None, previous=None, following=None, reader=access.PUBLIC, place=Q3
    )

    front = render_to_string(
        "overview.html", {**page(read), "overview": overview(suppressed), "current": ""}
    )
    paper = render_to_string("board_paper.html", {**page(read), "current": "board-paper"})

    assert "Disruptions and major disruptions: withheld" in front
    assert "isruptions" not in overview(suppressed).too_few
    assert "too few to be published" in front
    assert not BLANK.search(without_scripts(front))
    assert "The disruptions of the quarter are too few to be published." in paper
    assert not re.search(r"<figure[^>]*>\s*</figure>", paper)
