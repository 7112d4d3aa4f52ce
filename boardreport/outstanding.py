"""What is due for a quarter: what each lead still owes, across the units and the paper."""

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date
from urllib.parse import urlencode

import msgspec
from django.contrib.auth.models import AnonymousUser, User
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone

from boardreport.editions.access import NotReadable, reader
from boardreport.models import (
    Edition,
    LeadAddress,
    Office,
    Paper,
    Paragraph,
)
from boardreport.models.outline import Outline, section_heading
from boardreport.names import known_parts
from boardreport.report.entered import Substance, substance
from units.domain.english import plural
from units.domain.quarters import FIRST_YEAR, Quarter
from units.domain.rights import ENTER, Kind
from units.domain.text import fold
from units.domain.vocabulary import Marking
from units.records.quarterly_updates import Owed, owed
from units.records.roles import may
from units.registry import (
    Missing,
    RegularEntry,
    Unit,
    Want,
)

PAPER = "Board paper"
"""Who is asked for the paragraphs of the paper's own sections."""


UPDATE = Want(
    "update", "no update yet", ("subject without an update", "subjects without an update")
)
REVIEW = Want(
    "review",
    "update carried forward, not yet reviewed",
    ("update to review", "updates to review"),
)
PARAGRAPH = Want(
    "paragraph",
    "paragraph carried forward, not yet reviewed",
    ("paragraph to review", "paragraphs to review"),
)


class Item(msgspec.Struct, frozen=True):
    """One thing that is due: what it is, what is wanting, and the admin page that mends it.

    `mailed` is how a mail names it, "" where its words may not leave the program in the clear.
    """

    want: Want
    words: str
    mailed: str
    address: str


class Owing(msgspec.Struct, frozen=True):
    """What one lead owes; the name is a unit's or the paper's where no post is named."""

    lead: str
    email: str
    items: tuple[Item, ...]


class Due(msgspec.Struct, frozen=True):
    """Everything that is due for a quarter, by lead, units in board order, then the paper."""

    quarter: Quarter
    leads: tuple[Owing, ...]

    @property
    def number(self) -> int:
        return sum(len(one.items) for one in self.leads)

    @property
    def counts(self) -> dict[Want, int]:
        """How many things want what, the wants that occur."""
        wants = Counter(item.want for one in self.leads for item in one.items)
        regular = [want for want in wants if isinstance(want, RegularEntry)]
        return {want: wants[want] for want in (UPDATE, REVIEW, *regular, PARAGRAPH) if wants[want]}

    @property
    def tally(self) -> tuple[tuple[int, str], ...]:
        """The counts in words: (9, "updates to review")."""
        return tuple((number, plural(number, *want.nouns)) for want, number in self.counts.items())


class Blank(msgspec.Struct, frozen=True):
    """A kind of which nothing is entered, and the page on which the first is."""

    words: str
    address: str


class Page(msgspec.Struct, frozen=True):
    """What the page of a quarter shows: what is due, and what the reader may begin from there.

    `lacking` is the number of updates that are missing, `begin_paper` whether the quarter has no
    paper yet; both are 0 and False for a reader who enters no records, and once it is published.
    """

    due: Due
    enters: bool
    lacking: int
    begin_paper: bool
    published: bool
    has_paper: bool
    substance: Substance
    previous: Quarter | None
    following: Quarter | None
    marking: Marking = Marking.OFFICIAL_SENSITIVE

    @property
    def quarter(self) -> Quarter:
        return self.due.quarter

    @property
    def empty(self) -> tuple[Blank, ...]:
        """The kinds of which nothing is entered for the quarter, so that nothing of them is due."""
        kinds = [kind.model for kind in self.substance.subjects if kind.yearly and not kind.number]
        kinds += [entered.model for entered in self.substance.entries if not entered.number]
        return tuple(
            Blank(
                str(one._meta.verbose_name),
                reverse(f"admin:{one._meta.app_label}_{one._meta.model_name}_add"),
            )
            for one in kinds
        )


def page(quarter: Quarter, *, user: User | AnonymousUser) -> Page:
    """The page of a quarter that has begun, for officers and approvers; else NotReadable."""
    who, today = reader(user), timezone.localdate()
    if not who.reads_drafts or quarter.start > today:
        raise NotReadable
    found = due(quarter, on=today)
    published = Edition.objects.filter(quarter=quarter).exists()
    has_paper = Paper.objects.filter(quarter=quarter).exists()
    enters = may(user, ENTER, Kind.PAPERS)
    begins = enters and not published
    return Page(
        due=found,
        enters=enters,
        lacking=found.counts.get(UPDATE, 0) if begins else 0,
        begin_paper=begins and not has_paper,
        published=published,
        has_paper=has_paper,
        substance=substance(quarter, Office.current().units),
        previous=quarter.previous if quarter.year > FIRST_YEAR else None,
        following=quarter.next if quarter.next.start <= today else None,
    )


def due(quarter: Quarter, *, on: date) -> Due:
    """What is due for a quarter on a day. A few queries, however many records there are."""
    found: dict[str, list[Item]] = {}
    paragraphs = paragraphs_of(quarter).filter(carried_forward=True)
    names: dict[str, str] = {}
    for lead, item in wanted(quarter, Office.current().units, on=on, paragraphs=paragraphs):
        found.setdefault(names.setdefault(fold(lead), lead), []).append(item)
    addresses = LeadAddress.objects.values_list("lead", "email")
    emails = {fold(lead): email for lead, email in addresses}
    return Due(
        quarter,
        tuple(
            Owing(lead, emails.get(fold(lead), ""), tuple(items)) for lead, items in found.items()
        ),
    )


def paragraphs_of(quarter: Quarter) -> QuerySet[Paragraph]:
    """The paragraphs of a quarter's paper, each with its section, in order."""
    rows = Paragraph.objects.filter(section__paper__quarter=quarter).select_related("section")
    return rows.order_by("section__order", "order", "pk")


def wanted(
    quarter: Quarter, units: Iterable[Unit], *, on: date, paragraphs: Iterable[Paragraph]
) -> Iterator[tuple[str, Item]]:
    """Each thing that is due, with the lead, unit or paper that is asked for it.

    Of the `paragraphs` of the quarter's paper those that were carried forward and not reviewed.
    """
    unreviewed = tuple(_unreviewed(paragraphs))
    for unit in units:
        for one in owed(unit.subjects, quarter):
            yield one.lead or unit.heading, _update(one, quarter)
        for entry in unit.regular_entries:
            for missing in entry.missing(quarter, on):
                yield unit.heading, _missing(entry, missing)
        yield from ((unit.heading, item) for section, item in unreviewed if section == unit.key)
    own = {section.value for section in Outline}
    yield from ((PAPER, item) for section, item in unreviewed if section in own)


def _update(one: Owed, quarter: Quarter) -> Item:
    entry = f"admin:{one.kind.replace('.', '_')}"
    if one.update is None:
        given = urlencode({one.relation: one.subject, "quarter": quarter.label})
        want, address = UPDATE, f"{reverse(f'{entry}_add')}?{given}"
    else:
        want, address = REVIEW, reverse(f"{entry}_change", args=[one.update])
    return Item(want, one.title, "" if one.sensitive else one.title, address)


def _missing(entry: RegularEntry, missing: Missing) -> Item:
    options = missing.model._meta
    form = reverse(f"admin:{options.app_label}_{options.model_name}_add")
    return Item(entry, missing.words, missing.words, f"{form}?{urlencode(missing.values)}")


def _unreviewed(paragraphs: Iterable[Paragraph]) -> Iterator[tuple[str, Item]]:
    """The paragraphs that nobody has reviewed, each with its section."""
    for one in paragraphs:
        if not one.carried_forward:
            continue
        section = one.section.kind
        where = known_parts(section).get(one.part) or section_heading(section)
        sensitive = one.marking != Marking.OFFICIAL or one.restriction
        yield (
            section,
            Item(
                PARAGRAPH,
                f"{where}: “{_beginning(one.text)}”",
                "" if sensitive else where,
                reverse("admin:boardreport_paragraph_change", args=[one.pk]),
            ),
        )


def _beginning(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= 80 else f"{line[:80].rsplit(' ', 1)[0]} …"


def to_remind(on: date) -> Quarter:
    """The quarter that a reminder is about: the first with a paper after the last published one, else
    the last that has ended."""
    published = Edition.objects.order_by("-quarter").values_list("quarter", flat=True).first()
    papers = Paper.objects.order_by("quarter").values_list("quarter", flat=True)
    later = papers.filter(quarter__gt=published) if published else papers
    return later.first() or Quarter.of(on).previous


def leads_named() -> Iterable[str]:
    """Everybody who can be reminded, in order: the units, the paper, and each post that leads.

    A post that leads nothing but what is OFFICIAL-SENSITIVE or under a restriction is not named.
    """
    units = Office.current().units
    posts = {
        lead
        for unit in units
        for kind in unit.subjects
        if kind.lead
        for lead in kind.model.objects.filter(marking=Marking.OFFICIAL, restriction="").values_list(
            kind.lead, flat=True
        )
    }
    return dict.fromkeys([*(unit.heading for unit in units), PAPER, *sorted(posts)])
