"""The demonstration: invented records of twelve quarters and a draft, five quarters published."""

import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import Group, User
from django.db import transaction

from boardreport import publishing
from boardreport.models import (
    Action,
    Edition,
    LeadAddress,
    Office,
    Paper,
    PaperSection,
    Paragraph,
    Recommendation,
)
from boardreport.outline import section_headings
from boardreport.passwords import DEMONSTRATION
from boardreport.promises import verbal_updates
from units.ctu import demonstration as ctu
from units.cyber import demonstration as cyber
from units.loader import load, morning
from units.quarters import Quarter
from units.rights import Role
from units.rocu.demonstration import ocgs, panels, plans
from units.rocu.demonstration.claims import Generator, People
from units.rocu.models import Disruption
from units.terms import Marking
from units.wording import listed

FIXTURES = Path(settings.BASE_DIR) / "fixtures"
ACCOUNTS = {
    "member": Role.MEMBER,
    "officer": Role.OFFICER,
    "chair": Role.CHAIR,
    "approver": Role.APPROVER,
    "administrator": Role.ADMINISTRATOR,
}
REASON = "demonstration"
MADE_BY_MIGRATIONS = {
    "contenttypes.contenttype", "auth.permission", "auth.group", "auth.group_permissions",
}  # fmt: skip

type Progress = Callable[[str], None]


class NotADemonstration(Exception):
    """The database holds what an office entered: the demonstration would mix with it."""


def fixture(name: str) -> dict[str, Any]:
    """A fixture file as plain values."""
    return tomllib.loads((FIXTURES / f"{name}.toml").read_text())


def loaded() -> bool:
    """Whether the demonstration's records are there; NotADemonstration where anything else is."""
    if Office.current().demonstration:
        return True
    if found := sorted(set(_entered())):
        raise NotADemonstration(
            f"This database holds records that are no demonstration: {listed(found)}. Set DATABASE_URL "
            "to another database, or move var/board.sqlite3 away, and run the demonstration again."
        )
    return False


def _entered() -> Iterator[str]:
    """The kinds of row that somebody entered: all but what a migration makes of itself."""
    for model in apps.get_models(include_auto_created=True):
        made = model._meta.label_lower in MADE_BY_MIGRATIONS
        if model._meta.managed and not made and model._base_manager.exists():
            yield str(model._meta.verbose_name_plural)


@transaction.atomic
def load_records(progress: Progress) -> None:
    """Office, accounts, reference data, plans, and the claims of all quarters but the late ones."""
    texts = fixture("papers")
    Office(pk=1, demonstration=True, **texts["office"]).save()
    people = accounts()
    progress("Reference data and plans")
    plans.load_reference(fixture("reference"), people.officer)
    ctu.load(fixture("ctu"), people.officer)
    records = fixture("rocu")
    plans.load_plans(records, people.officer)
    ocgs.load_ocgs(records["generated"], people.officer)
    generator = Generator(records["generated"], people)
    claims = []
    for slug in records["generated"]["totals"]:
        claims += generator.claims(Quarter.parse(slug))
    progress(f"{len(claims):,} disruptions with their decisions")
    panels.load_claims(claims, people)
    panels.hold_meetings(records["generated"], people, but=records["generated"]["late_panel"])
    panels.plan_panel(records["generated"], people)
    cyber.load(fixture("cyber"), people.officer)
    addresses = [LeadAddress(lead=lead, email=one) for lead, one in texts["addresses"].items()]
    entered = morning(Quarter.parse(next(iter(texts["papers"]))).start)
    load(addresses, at=[entered] * len(addresses), by=people.officer, reason=REASON)
    for slug, paper in texts["papers"].items():
        load_paper(Quarter.parse(slug), paper, texts["common"], people.officer)


def accounts() -> People:
    """The five accounts, each in its group."""
    users = {}
    password = make_password(DEMONSTRATION)  # hashed once, which takes its time
    for name, role in ACCOUNTS.items():
        user = User.objects.create(username=name, password=password)
        user.groups.set([Group.objects.get(name=role.value)])
        users[name] = user
    return People(officer=users["officer"], chair=users["chair"])


def load_paper(
    quarter: Quarter, paper: Mapping[str, Any], common: Mapping[str, Any], author: User
) -> None:
    """A quarter's paper: header block, the standard sections, paragraphs, actions."""
    moment = morning(quarter.end)

    def enter(records: list[Any]) -> list[Any]:
        return load(records, at=[moment] * len(records), by=author, reason=REASON)

    (record,) = enter(
        [Paper(quarter=quarter, author=author, **{**common["header"], **paper["header"]})]
    )
    sections = {
        kind: PaperSection.objects.create(paper=record, kind=kind, order=place)
        for place, kind in enumerate(section_headings())
    }
    written = {**common["sections"], **paper.get("sections", {})}
    enter(
        [
            Paragraph(
                section=sections[kind],
                order=place,
                part=row.get("part", ""),
                text=row["text"],
                marking=row.get("marking", Marking.OFFICIAL),
            )
            for kind, rows in written.items()
            for place, row in enumerate(rows, start=1)
        ]
    )
    enter(
        [
            Action(paper=record, order=place, **row)
            for place, row in enumerate(paper.get("actions", common["actions"]))
        ]
    )
    enter(
        [
            Recommendation(paper=record, order=place, **row)
            for place, row in enumerate(paper.get("recommendations", common["recommendations"]))
        ]
    )


def publish_quarters(progress: Progress, *, since: Quarter | None = None) -> None:
    """Publishes the demonstration's quarters in order, here and now; a worker does it as queued."""
    approver = User.objects.get(username="approver")
    to_publish = unpublished()
    for quarter, on in days().items():
        prepare(quarter)
        if on and quarter in to_publish and not (since and quarter < since):
            publishing.publish(quarter, by=approver, on=on, follower=publishing.Follower(progress))


def days() -> dict[Quarter, date | None]:
    """The quarters with a paper, in order, and the day on which each was published, if it was."""
    papers = fixture("papers")["papers"]
    return {Quarter.parse(slug): paper.get("published_on") for slug, paper in papers.items()}


def unpublished() -> tuple[Quarter, ...]:
    """The demonstration's quarters that are yet to be published, in order."""
    published = set(Edition.objects.values_list("quarter", flat=True).distinct())
    return tuple(quarter for quarter, on in days().items() if on and quarter not in published)


def prepare(quarter: Quarter) -> None:
    """Enters what came in before a quarter's paper: what became of the last, and late claims."""
    generated, paper = fixture("rocu")["generated"], fixture("papers")["papers"][quarter.slug]
    on, late = paper.get("published_on"), Quarter.parse(generated["late_quarter"])
    record_outcomes(quarter.previous, paper, on or quarter.end)
    if on and quarter > late and not Edition.objects.filter(quarter=quarter).exists():
        enter_late_claims(late, generated)


def record_outcomes(quarter: Quarter, told: Mapping[str, Any], on: date) -> None:
    """What a later paper tells of a published one: its actions, resolutions and verbal updates.

    Each is given in the paper's order and entered once only.
    """
    published = Edition.objects.filter(quarter=quarter).first()
    if published is None:
        return
    meeting = published.paper.meeting_date
    actions = Action.objects.filter(paper__quarter=quarter).order_by("order")
    asked = Recommendation.objects.filter(paper__quarter=quarter).order_by("order")
    verbal = [one for one in verbal_updates(quarter.next) if one.section.paper.quarter == quarter]
    _enter_once(actions, on, status=told.get("outcomes", ()), outcome=told.get("outcome_words", ()))
    resolutions = told.get("resolutions", ())
    _enter_once(
        asked,
        on,
        resolution=resolutions,
        resolution_words=told.get("resolution_words", ()),
        resolved_on=[meeting] * len(resolutions),
    )
    _enter_once(verbal, on, said=told.get("said", ()))


def _enter_once(records: Iterable[Any], on: date, **columns: Sequence[Any]) -> None:
    """Enters the columns' values in the records, in their order, where nobody changed them yet."""
    officer = User.objects.get(username="officer")
    for place, record in enumerate(records):
        values = {name: values[place] for name, values in columns.items() if values}
        changed = any(getattr(record, name) != value for name, value in values.items())
        if changed and record.history.count() == 1:
            for name, value in values.items():
                setattr(record, name, value)
            record._history_date, record._history_user = morning(on), officer
            record.save()


def enter_late_claims(quarter: Quarter, generated: Mapping[str, Any]) -> None:
    """The claims that came in after the quarter's publication, and one regrade; once only."""
    people = People(
        officer=User.objects.get(username="officer"), chair=User.objects.get(username="chair")
    )
    panel: date = generated["late_panel"]
    if Disruption.objects.within((quarter,)).filter(decision__panel__date=panel).exists():
        return
    with transaction.atomic():
        generator = Generator(generated, people)
        panels.load_claims(generator.late_claims(quarter, generated["late"], panel), people)
        panels.regrade_later(quarter, panel, people)
        panels.hold_meetings(generated, people)
