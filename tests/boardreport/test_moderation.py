"""The panel's pages: what the chair does on them, what is told, what they cost."""

import re
from datetime import date

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.panel_addresses import placed
from units.rocu.models import (
    AgendaItem,
    Attendance,
    Decision,
    Disruption,
    Interest,
    Panel,
)
from units.rocu.moderation import meetings

pytestmark = pytest.mark.django_db

DAY = date(2019, 1, 8)
HOME = "/panel/"
MEETING = "/panel/2019-01-08/"
CLAIM = "/panel/2019-01-08/{D-2018-0600}/"


def client(who: str) -> Client:
    browser = Client()
    browser.force_login(User.objects.get(username=who))
    return browser


@pytest.fixture
def chair() -> Client:
    """The chair's browser, at a meeting with a quorum."""
    held = Panel.objects.get(date=DAY)
    for number in range(4):
        Attendance.objects.create(
            panel=held, post=f"Inspector {number}", organisation="ROCU", presence="present"
        )
    return client("chair")


def seen(browser: Client) -> int:
    return browser.get(placed(CLAIM)).context["sheet"].seen


def answer(browser: Client, step: str, **values: object) -> HttpResponse:
    data = {"kind": "accepted", "reason": "", "seen": seen(browser), "step": step} | values
    return browser.post(placed(CLAIM), data)


def test_nothing_is_chosen_beforehand(chair) -> None:
    page = chair.get(placed(CLAIM)).content.decode()

    assert "Accept as major" in page
    assert " checked" not in page.partition("<form class=")[2].partition("keys-on")[0]


def test_a_decision_is_shown_before_it_is_recorded_and_can_still_be_changed(chair) -> None:
    shown = answer(chair, "check", kind="regraded", impact="minor", reason="Small effect.")
    changed = answer(chair, "change", kind="regraded", impact="minor", reason="Small effect.")

    assert "Regraded to minor: record this decision?" in shown.content.decode()
    page = changed.content.decode()
    assert "Small effect.</textarea>" in page
    assert 'value="minor" aria-keyshortcuts="3" checked' in page
    assert not Decision.objects.filter(panel__date=DAY).exists()


def test_recording_leads_to_the_next_claim_that_is_undecided(chair) -> None:
    recorded = answer(chair, "record")

    assert recorded.headers["Location"] == placed(f"{MEETING}{{D-2018-0601}}/")
    page = chair.get(recorded.headers["Location"]).content.decode()
    assert "D-2018-0600: accepted as major. 41 left to decide." in page
    assert Decision.objects.get(panel__date=DAY).decided_by.username == "chair"


def test_an_error_keeps_what_was_written(chair) -> None:
    page = answer(chair, "check", kind="regraded", reason="My words.").content.decode()

    assert "Say which impact the panel found." in page
    assert "My words.</textarea>" in page
    assert 'id="kind-regraded" value="regraded"' in page
    assert "<title>Error: " in page.replace("\n", "")


def test_the_second_of_two_chairs_keeps_the_reason_and_is_told(chair) -> None:
    before = seen(chair)
    answer(chair, "record", kind="rejected", reason="No effect shown.")

    page = answer(chair, "record", reason="Mine.", seen=before).content.decode()

    assert "This panel has decided this claim" in page or "was decided while" in page
    assert "Your reason was: “Mine.”" in page
    assert Decision.objects.filter(panel__date=DAY).count() == 1


@pytest.mark.parametrize("who", ["officer", "approver", "member", "administrator"])
@pytest.mark.parametrize(
    "address",
    [
        HOME,
        CLAIM,
        *(f"{MEETING}{act}/" for act in ("attendance", "interests", "put-back", "close")),
    ],
)
def test_nobody_but_the_chair_acts(who, address, chair) -> None:
    assert (
        client(who).post(placed(address), {"kind": "accepted", "step": "record"}).status_code == 404
    )
    assert Client().post(placed(address)).status_code == 404
    assert meetings.meeting(DAY).open


def test_readers_who_do_not_chair_see_no_form() -> None:
    page = client("officer").get(placed(CLAIM)).content.decode()

    assert "Only the chair decides." in page
    assert 'class="decide"' not in page


def test_without_a_quorum_the_claim_says_so_and_where_to_record_attendance() -> None:
    page = client("chair").get(placed(CLAIM)).content.decode()

    assert "There is no quorum." in page
    assert f'href="{MEETING}attendance/"' in page
    assert 'class="decide"' not in page


def members(presence: list[str], **changed: str) -> dict[str, str]:
    data = {"members-TOTAL_FORMS": str(len(presence)), "members-INITIAL_FORMS": "0"}
    for number, word in enumerate(presence):
        data |= {
            f"members-{number}-post": f"Post {number}",
            f"members-{number}-organisation": "Staffordshire Police",
            f"members-{number}-presence": word,
        }
    return data | changed


def test_attendance_is_recorded_and_corrected() -> None:
    browser = client("chair")
    browser.post(f"{MEETING}attendance/", members(["present", "apologies"]))
    (first, second) = Attendance.objects.filter(panel__date=DAY).order_by("pk")

    browser.post(
        f"{MEETING}attendance/",
        members(
            ["present", "present"],
            **{
                "members-INITIAL_FORMS": "2",
                "members-0-id": first.pk,
                "members-1-id": second.pk,
                "members-0-DELETE": "on",
            },
        ),
    )

    (left,) = Attendance.objects.filter(panel__date=DAY)
    assert (left.pk, left.presence) == (second.pk, "present")
    assert left.history.count() == 2


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (members([""]), "Say whether this member is present"),
        (members([]), "Nobody is listed yet"),
        (members(["present"], **{"members-0-post": ""}), "required"),
        (members(["present", "present"], **{"members-1-post": "post 0"}), "listed twice"),
        (members(["present"], **{"members-0-post": "TOP SECRET"}), "OFFICIAL-SENSITIVE"),
        (members(["asleep"]), "valid choice"),
    ],
)
def test_attendance_that_does_not_fit_is_refused_and_nothing_is_kept(data, words) -> None:
    page = client("chair").post(f"{MEETING}attendance/", data).content.decode()

    assert words in page
    assert not Attendance.objects.filter(panel__date=DAY).exists()


def test_an_interest_is_declared_shown_and_taken_back(chair) -> None:
    member = Attendance.objects.filter(panel__date=DAY).first()
    interest = {"member": member.pk, "claim": placed("{D-2018-0600}"), "nature": "Led it"}
    chair.post(f"{MEETING}interests/", interest)
    again = chair.post(f"{MEETING}interests/", interest).content.decode()
    missing = chair.post(f"{MEETING}interests/", {}).content.decode()
    leaving = chair.post(
        f"{MEETING}attendance/",
        {
            "members-TOTAL_FORMS": "1",
            "members-INITIAL_FORMS": "1",
            "members-0-id": member.pk,
            "members-0-post": member.post,
            "members-0-organisation": member.organisation,
            "members-0-presence": "present",
            "members-0-DELETE": "on",
        },
    ).content.decode()
    page = chair.get(placed(CLAIM)).content.decode()
    chair.post(f"{MEETING}interests/", {"remove": member.interests.get().pk})

    assert "declared an interest in this claim" in again
    assert "Say what the interest is." in missing
    assert "remove the interest first" in leaving
    assert "<strong>Interest declared:</strong> Inspector 0, ROCU, Led it" in page
    assert not member.interests.exists()


def test_a_decided_claim_is_put_back_and_taken_off_again(chair) -> None:
    decided = Disruption.objects.counted().order_by("reference")[0].reference
    address = f"{MEETING}put-back/"

    chair.post(address, {"reference": decided, "why": "New evidence"})
    on = meetings.meeting(DAY).line(Disruption.objects.get(reference=decided).pk)
    chair.post(address, {"remove": on.key})
    refused = chair.post(address, {"reference": "D-1", "why": "x"}).content.decode()

    assert on.put_back == "New evidence"
    assert decided not in [one.reference for one in meetings.meeting(DAY).agenda]
    assert "There is no claim “D-1”" in refused


def test_the_chair_plans_a_meeting_and_closes_one() -> None:
    browser = client("chair")
    planned = browser.post(HOME, {"date": "2019-02-12"})
    wrong = browser.post(HOME, {"date": "2018-01-09"}).content.decode()
    early = browser.post("/panel/2019-02-12/close/").content.decode()
    closed = browser.post(f"{MEETING}close/")

    assert planned.headers["Location"] == "/panel/2019-02-12/"
    assert "Plan a later one" in wrong
    assert "close it first" in early
    assert closed.headers["Location"] == f"{MEETING}minutes/"
    assert "Final: closed on" in browser.get(f"{MEETING}minutes/").content.decode()
    assert Panel.objects.get(date=DAY).closed_by.username == "chair"


def test_minutes_before_the_meeting_say_that_it_was_not_held() -> None:
    page = client("officer").get(f"{MEETING}minutes/").content.decode()

    assert "This meeting has not been held" in page


def test_the_chair_is_led_to_the_panel_with_the_number_that_waits() -> None:
    told = f"Panel, {Disruption.objects.pending().count()} claims waiting"
    pages = ("/2018-19/q2/", "/2018-19/q2/public-1/", "/quarters/", HOME)
    prepared = ("/2018-19/q2/checklist/", "/2018-19/q4/due/", "/trace/nonsense/")

    assert [told in client("chair").get(one).text for one in pages] == [True] * 4
    assert all("Panel</a>" in client("officer").get(one).text for one in (*pages, *prepared))
    assert not any('href="/panel/"' in client("member").get(one).text for one in pages)
    assert 'href="/panel/"' in client("chair").get("/admin/").content.decode()


@pytest.mark.parametrize(
    ("address", "most"),
    [
        (HOME, 20),
        (MEETING, 12),
        (CLAIM, 25),
        ("/panel/agreement/", 10),
        ("/panel/2018-12-11/minutes/", 14),
    ],
)
def test_a_page_of_the_panel_makes_few_queries(address, most, chair) -> None:
    with CaptureQueriesContext(connection) as captured:
        assert chair.get(placed(address)).status_code == 200

    assert len(captured) <= most


def test_without_a_meeting_the_home_page_tells_no_claim_waiting_from_none_entered() -> None:
    AgendaItem.objects.all().delete()
    Interest.objects.all().delete()
    Attendance.objects.all().delete()
    Panel.objects.filter(decisions=None).delete()

    def heading() -> str:
        page = client("chair").get(HOME).content.decode()
        return re.search(r"<h1>(.*?)</h1>", page)[1]

    assert re.fullmatch(r"No panel is planned; \d+ claims wait for one", heading())
    Disruption.objects.pending().update(draft=True)
    assert heading() == "No panel is planned, and no claim waits for one"
