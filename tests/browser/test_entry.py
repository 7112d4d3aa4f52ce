"""Entering a disruption as officers do: in one screen, by keyboard, and two at once."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from tests.browser.test_pages import WCAG, Opened, opened  # noqa: F401
from units.rocu.models import OCG, Disruption

pytestmark = pytest.mark.slow

ADD = "/admin/rocu/disruption/add/"


def no_faults(page: Page) -> None:
    """The form breaks no rule of WCAG; Django's own table heads are not ours."""
    tags = [tag for tag in WCAG["runOnly"]["values"] if tag != "best-practice"]
    found = Axe().run(page, options={"runOnly": {"type": "tag", "values": tags}})
    faults = found.response["violations"]
    assert not faults, [(one["id"], [node["html"] for node in one["nodes"]]) for one in faults]


def test_an_officer_enters_a_disruption_in_one_screen_by_keyboard_alone(
    opened: Opened,  # noqa: F811
    live_server: LiveServer,
) -> None:
    group = OCG.objects.select_related("predominant_crime_type").order_by("urn")[4]
    page = opened("officer")
    page.goto(live_server.url + ADD)
    expect(page.get_by_label("Operation or theme")).to_be_focused()
    keys = page.keyboard

    keys.type("Operation Keyboard")
    keys.press("Tab")  # the reference is given
    keys.press("Tab")
    keys.press("Space")
    page.locator(".select2-search__field").wait_for()
    keys.type(group.urn)
    expect(page.locator(".select2-results__option--highlighted")).to_have_text(str(group))
    keys.press("Enter")
    expect(page.locator("#select2-id_crime_type-container")).to_contain_text(
        group.predominant_crime_type.name
    )
    page.get_by_label("Strand").focus()
    keys.type("Pursue")
    keys.press("Tab")
    keys.type("ROCU-led")
    keys.press("Tab")
    keys.type("2018-08-14")
    told = page.locator(".field-quarter_told .readonly")
    expect(told).to_contain_text("2018/19 Q2, July to September 2018")
    expect(told).to_contain_text("Late claim")
    page.get_by_label("Date of impact").fill("2018-11-05")
    expect(told).to_have_text("2018/19 Q3, October to December 2018")
    page.get_by_label("Claim date").fill("2018-11-08")
    page.get_by_label("Staffordshire").focus()
    keys.press("Space")
    page.get_by_label("Claimed impact").focus()
    keys.type("Major")
    expect(page.locator('label[for="id_evidence"]')).to_have_class(re.compile("required"))
    page.get_by_label("Evidence").fill("Charging decision.")
    page.get_by_label("Rationale").fill("The group has broken up.")
    no_faults(page)
    page.get_by_label("Claim date").focus()
    keys.press("Enter")

    if page.get_by_text("Likely duplicate").count():
        page.get_by_label("It is none of these: save anyway").check()
        page.get_by_role("button", name="Submit to the panel").first.click()
    expect(page.get_by_text("was added successfully")).to_be_visible()
    entered = Disruption.objects.get(operation_name="Operation Keyboard")
    assert (entered.ocg, entered.crime_type) == (group, group.predominant_crime_type)
    assert [force.name for force in entered.forces.all()] == ["Staffordshire"]
    assert not entered.draft


def test_two_officers_collide_and_nothing_is_lost(
    opened: Opened,  # noqa: F811
    live_server: LiveServer,
    complaints: list[str],
) -> None:
    record = Disruption.objects.pending().exclude(ocg=None).order_by("reference").first()
    address = f"{live_server.url}/admin/rocu/disruption/{record.pk}/change/"
    first, second = opened("officer"), opened("officer", java_script_enabled=False)
    for page in (first, second):
        page.goto(address)
    first.get_by_label("Public summary").fill("What the first wrote.")
    first.get_by_label("Partners").fill("Port police")
    first.get_by_role("button", name="Save", exact=True).first.click()
    expect(first.get_by_text("was changed successfully")).to_be_visible()

    second.get_by_label("Public summary").fill("What the second wrote.")
    second.get_by_label("Evidence").fill("Seen by the second.")
    second.get_by_role("button", name="Save", exact=True).first.click()
    expect(second.get_by_role("heading", level=1)).to_have_text(
        "This record was saved while you had it open"
    )
    expect(second.get_by_text("What the first wrote.")).to_be_visible()
    second.get_by_label("Public summary: take mine").check()
    second.get_by_role("button", name="Save what is chosen").click()
    expect(second.get_by_text("was changed successfully")).to_be_visible()

    record.refresh_from_db()
    assert (record.public_summary, record.partners, record.evidence) == (
        "What the second wrote.",
        "Port police",
        "Seen by the second.",
    )
    second.goto(address.replace("change", "history"))
    expect(second.get_by_text("What the first wrote.").first).to_be_visible()
    # the browser notes the answer 409 itself
    complaints[:] = [one for one in complaints if "409" not in one]
