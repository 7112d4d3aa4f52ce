"""Publishing as its people do it: the checklist by keyboard, what readers find, a withdrawal."""

from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext, Page, expect
from pytest_django.live_server_helper import LiveServer

from boardreport.models import Edition, Paragraph, Withdrawal
from tests.browser.test_pages import WCAG, sign_in
from tests.worker import work
from units.domain.quarters import Quarter
from units.domain.vocabulary import Impact
from units.rocu.models import Disruption

pytestmark = pytest.mark.usefixtures("papers_set_once")

Q2 = Quarter(2018, 2)
CHECKLIST = "/2018-19/q2/checklist/"


def regrade() -> None:
    """One claim of Q2 more than was published: a correction."""
    first = Disruption.objects.within((Q2,)).filter(moderated_impact=Impact.MINOR).first()
    first.moderated_impact = Impact.MODERATE
    first.save()


def sound(page: Page) -> None:
    """The page as it stands is accessible, and fits 320 pixels."""
    page.set_viewport_size({"width": 320, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") <= 320, page.url
    page.set_viewport_size({"width": 1280, "height": 900})
    found = Axe().run(page, options=WCAG).response["violations"]
    assert not [(page.url, one["id"], one["nodes"][0]["target"]) for one in found]


def tab_to(page: Page, words: str) -> None:
    """Goes by Tab alone to the link, field or button of a name."""
    for _ in range(120):
        page.keyboard.press("Tab")
        name = page.evaluate(
            "(document.activeElement.labels?.[0] ?? document.activeElement).textContent.trim()"
        )
        if name == words:
            return
    pytest.fail(f"No Tab leads to “{words}” on {page.url}.")


@pytest.mark.slow
def test_an_approver_publishes_a_correction_by_keyboard_and_readers_find_it(
    page: Page, live_server: LiveServer, complaints: list[str]
) -> None:
    regrade()
    first = Paragraph.objects.filter(section__paper__quarter=Q2).first()
    Paragraph.objects.filter(pk=first.pk).update(carried_forward=True)
    sign_in(page, live_server, "approver")
    page.goto(f"{live_server.url}{CHECKLIST}?withheld=list")
    sound(page)
    press, write = page.keyboard.press, page.keyboard.type

    # without its reasons it is refused, at the fields
    tab_to(page, "Publish 2018/19 Q2")
    press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("Say in a sentence what it changes.")
    expect(page.get_by_role("alert")).to_contain_text("Give the reason, or mend what holds")
    complaints[:] = [one for one in complaints if "422" not in one]
    sound(page)
    tab_to(page, "What this edition changes, and why")
    write("One claim was regraded.")
    press("Tab")
    write("The meeting is over.")
    press("Tab")
    press("Enter")

    # cancelled, nothing that was written is lost
    expect(page.get_by_role("heading", level=1)).to_have_text("2018/19 Q2 waits to be published")
    sound(page)
    tab_to(page, "Cancel publishing")
    press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Publishing 2018/19 Q2 was cancelled")
    sound(page)
    tab_to(page, "Back to the checklist")
    press("Enter")
    expect(page.get_by_label("What this edition changes")).to_have_value("One claim was regraded.")
    tab_to(page, "Publish 2018/19 Q2")
    press("Enter")

    # the page follows by itself while a worker is at it
    expect(page.get_by_role("heading", level=1)).to_have_text("2018/19 Q2 waits to be published")
    work()
    expect(page.get_by_role("heading", level=1)).to_have_text("2018/19 Q2 is published")
    expect(page.get_by_role("button", name="Cancel publishing")).to_have_count(0)
    sound(page)
    kept = Edition.objects.get(quarter=Q2, audience="public", number=2)
    assert (kept.note, kept.overrule_reason) == ("One claim was regraded.", "The meeting is over.")
    assert "carried forward" in kept.overruled

    # as the public finds it
    page.get_by_role("button", name="Sign out").click()
    page.goto(f"{live_server.url}/2018-19/q2/changes/")
    expect(page.get_by_text("One claim was regraded.").last).to_be_visible()
    expect(page.locator("main")).to_contain_text("Moderate")
    sound(page)
    page.goto(f"{live_server.url}/2018-19/q2/public-1/")
    expect(page.get_by_text("Superseded by public edition 2")).to_be_visible()
    sound(page)
    page.goto(f"{live_server.url}/trace/2018-19-q2-t15/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Which edition do you trace?")
    sound(page)
    page.locator("main").get_by_role("link", name="Public edition 1").click()
    expect(page.get_by_role("link", name="sign in to read the records")).to_be_visible()
    sound(page)


def test_an_officer_restricts_words_and_readers_are_told_at_once(
    page: Page, live_server: LiveServer, complaints: list[str]
) -> None:
    released = Edition.objects.get(quarter=Q2, audience="public", number=1).released
    key = next(line.split()[1] for line in released.split("\n") if "rocu.disruption " in line)
    sign_in(page, live_server, "officer")
    page.goto(f"{live_server.url}/admin/rocu/disruption/{key}/change/")
    page.get_by_label("Marking:").select_option("OFFICIAL-SENSITIVE")
    page.get_by_label("Partners:").fill("Port police")
    page.get_by_role("button", name="Save", exact=True).first.click()
    heading = page.get_by_role("heading", level=1)
    expect(heading).to_have_text("This would withdraw what was published")
    expect(page.locator("main")).to_contain_text("2018/19 Q2, public edition 1, published on")
    sound(page)
    page.get_by_role("button", name="Go back, saving nothing").click()
    expect(page.get_by_text("You went back, and nothing was saved.")).to_be_visible()
    expect(page.get_by_label("Partners:")).to_have_value("Port police")
    assert not Withdrawal.objects.exists()
    page.get_by_role("button", name="Save", exact=True).first.click()
    page.get_by_role("button", name="Save, and withdraw at once").click()

    expect(page.get_by_text("Withdrawn, since it holds words")).to_contain_text(
        "public edition 1 of 2018/19 Q2"
    )
    assert Withdrawal.objects.get().withdrawn_by.username == "officer"
    page.goto(f"{live_server.url}{CHECKLIST}")
    expect(page.get_by_text("Publishing is under way.")).to_be_visible()
    page.context.clear_cookies()
    for path, status in (("/2018-19/q2/", 503), ("/2018-19/q2/public-1/rocu/", 410)):
        answer = page.goto(live_server.url + path)
        assert answer.status == status
        expect(page.get_by_role("heading", level=1)).to_have_text("Public edition 1 was withdrawn")
        sound(page)
    expected = ("status of 503", "status of 410", "status of 409")
    complaints[:] = [one for one in complaints if not any(words in one for words in expected)]


@pytest.mark.slow
@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without"])
def test_a_draft_paper_is_followed_and_handed_over(
    new_context: Callable[..., BrowserContext], live_server: LiveServer, scripts
) -> None:
    page = new_context(java_script_enabled=scripts).new_page()
    sign_in(page, live_server, "officer")
    page.goto(f"{live_server.url}/2018-19/q3/board-paper.docx")
    expect(page.get_by_role("heading", level=1)).to_have_text(
        "The Word document is waiting to be made"
    )
    if scripts:
        sound(page)

    with page.expect_download(timeout=60_000) as taken:
        work()

    assert taken.value.suggested_filename == "board-paper-2018-19-q3-draft.docx"
    expect(page.get_by_role("heading", level=1)).to_have_text("The Word document is ready")
    expect(page.get_by_role("link", name="Download the Word document")).to_be_visible()
    expect(page.get_by_role("button", name="Cancel")).to_have_count(0)
    if scripts:
        sound(page)
