"""Beginning a quarter: the last updates carried forward, the paper begun from the last one."""

from collections.abc import Sequence

import msgspec
from django.contrib.auth.models import AnonymousUser, User
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from boardreport.editions.access import NotReadable
from boardreport.models import (
    Edition,
    Office,
    Paper,
    PaperSection,
    Paragraph,
)
from boardreport.models.outline import Outline, section_headings
from units.domain.english import (
    capital,
    day_words,
    plural,
    spelled,
)
from units.domain.quarters import Quarter
from units.domain.rights import ENTER, Kind
from units.records.loader import Refused, load
from units.records.models import RELEASE_FIELDS
from units.records.quarterly_updates import CarriedOver, carry_forward
from units.records.roles import may

UPDATES, PAPER = "updates", "paper"
"""What can be begun."""

HEADER = (
    "title", "report_of", "author", "author_title", "contact", "presented_for", "private_ground",
    *RELEASE_FIELDS,
)  # fmt: skip
"""What a new paper takes over from the last one: not when the board meets, nor its agenda item."""


class NotBegun(Exception):
    """Why a quarter cannot be begun, and what to do."""


class Begun(msgspec.Struct, frozen=True):
    """What was begun, in words, and the address at which to go on."""

    words: str
    address: str


def begin(quarter: Quarter, what: str, *, user: User | AnonymousUser) -> Begun:
    """Begins a quarter's updates or its paper, for an officer; NotReadable for anybody else."""
    if not isinstance(user, User) or not may(user, ENTER, Kind.PAPERS):
        raise NotReadable
    if what == UPDATES:
        words = _updates_words(begin_updates(quarter, by=user), quarter)
        return Begun(words, reverse("due", args=[quarter]))
    if what == PAPER:
        paper = begin_paper(quarter, by=user)
        number = Paragraph.objects.filter(section__paper=paper).count()
        words = f"The paper of {quarter} is begun. " + (
            f"{capital(spelled(number))} {plural(number, 'paragraph')} of the last one "
            f"{plural(number, 'waits', 'wait')} for review."
            if number
            else "It has the standard sections and no paragraph yet."
        )
        return Begun(words, reverse("admin:boardreport_paper_change", args=[paper.pk]))
    raise NotReadable


def _updates_words(over: CarriedOver, quarter: Quarter) -> str:
    if not over.made and not over.without:
        return f"Every subject has its update of {quarter} already: nothing was changed."
    made = f"{capital(spelled(over.made))} {plural(over.made, 'update was', 'updates were')}"
    without = f"{spelled(over.without)} {plural(over.without, 'subject has', 'subjects have')}"
    return f"{made} carried forward" + (f"; {without} no earlier update." if over.without else ".")


def begin_updates(quarter: Quarter, *, by: User) -> CarriedOver:
    """Every unit's last updates carried forward into a quarter, all or none; else NotBegun."""
    _refuse(quarter)
    try:
        with transaction.atomic():
            over = [carry_forward(unit.subjects, quarter, by=by) for unit in Office.current().units]
    except Refused as error:
        raise NotBegun(f"{error} Nothing was carried forward: correct that one first.") from error
    except IntegrityError as error:
        raise NotBegun(
            f"Somebody else entered an update of {quarter} at the same moment. Nothing was carried "
            "forward here: look at what is due and begin again."
        ) from error
    return CarriedOver(sum(one.made for one in over), sum(one.without for one in over))


def begin_paper(quarter: Quarter, *, by: User) -> Paper:
    """A quarter's paper with header, sections and paragraphs of the one before, flagged until reviewed.

    Markings and reporting restrictions come along; actions do not, since the next paper tells them
    as promised. Before the first paper, the standard outline. Raises NotBegun.
    """
    _refuse(quarter)
    if Paper.objects.filter(quarter=quarter).exists():
        raise NotBegun(f"{quarter} has its paper already: go on with that one.")
    last = Paper.objects.filter(quarter__lt=quarter).order_by("-quarter").first()
    reason = f"begun from {last.quarter}" if last else "begun"

    def enter[Model](records: list[Model]) -> list[Model]:
        return load(records, at=[timezone.now()] * len(records), by=by, reason=reason)

    try:
        with transaction.atomic():
            header = {name: getattr(last, name) for name in HEADER} if last else {"author": by}
            (paper,) = enter([Paper(quarter=quarter, **header)])
            before = (
                last.sections.order_by("order", "pk").prefetch_related("paragraphs") if last else ()
            )
            sections = enter(
                [
                    PaperSection(paper=paper, kind=kind, order=place)
                    for place, kind in enumerate(_outline([section.kind for section in before]))
                ]
            )
            old = {section.kind: section.paragraphs.all() for section in before}
            enter(
                [
                    _again(one, section)
                    for section in sections
                    for one in sorted(
                        old.get(section.kind, ()), key=lambda row: (row.order, row.pk)
                    )
                ]
            )
    except Refused as error:
        raise NotBegun(f"{error} No paper was begun: correct that one first.") from error
    except IntegrityError as error:
        raise NotBegun(f"Somebody else began the paper of {quarter} at the same moment.") from error
    return paper


def _outline(last: Sequence[str]) -> list[str]:
    """The sections of a new paper: those of the last one, with the units as they now report.

    A unit that the last paper lacks stands where the standard outline has it.
    """
    units = {unit.key for unit in Office.current().units}
    standard = [key for key in section_headings() if key in units or key in tuple(Outline)]
    if not last:
        return standard
    outline = [key for key in last if key in standard]
    for key in standard:
        if key in units and key not in outline:
            before = standard[: standard.index(key)]
            places = [place for place, known in enumerate(outline) if known in before]
            outline.insert(max(places, default=-1) + 1, key)
    return outline


def _again(one: Paragraph, section: PaperSection) -> Paragraph:
    same = {name: getattr(one, name) for name in ("part", "order", "text", *RELEASE_FIELDS)}
    return Paragraph(section=section, carried_forward=True, **same)


def _refuse(quarter: Quarter) -> None:
    if quarter.start > timezone.localdate():
        raise NotBegun(f"{quarter} begins on {day_words(quarter.start)}: begin it then.")
    if Edition.objects.filter(quarter=quarter).exists():
        raise NotBegun(f"{quarter} is published: its records are not begun again.")
