"""The checklist before publishing: what is open, where it is mended, and what holds publishing up."""

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

import msgspec
from django.apps import apps
from django.db.models import CharField, Exists, Q, Value
from django.urls import reverse
from django.utils.text import Truncator

from boardreport import due, prose
from boardreport.models import Edition, Office, Paper, PaperSection, Paragraph, Recommendation
from boardreport.outline import IMPLICATIONS, section_heading
from boardreport.promises import verbal_updates
from boardreport.prose import promise_in
from boardreport.withheld import name_of, to_be_named
from units.quarters import Quarter
from units.records import Record, rows_together
from units.registry import Unit
from units.terms import RestrictionKind
from units.wording import capital, day_words, plural

CLEAR_DAYS = 5
"""Working days between publication and meeting. Model: Local Government Act 1972, section 100B."""


class Item(msgspec.Struct, frozen=True):
    """One thing that is open: in words, and the page on which it is mended.

    `way` is what the link to it says to its reader, "" where it leads nowhere.
    """

    words: str
    address: str
    blocking: bool = False
    way: str = "Mend"


class Check(msgspec.Struct, frozen=True):
    """What one check found; `order` says what it says where nothing is open.

    `lacking` where that is so because there is nothing to check yet.
    """

    heading: str
    order: str
    items: tuple[Item, ...]
    lacking: bool = False

    @property
    def blocking(self) -> bool:
        """Whether any of its items holds publishing up."""
        return any(item.blocking for item in self.items)


class Matter(msgspec.Struct, frozen=True):
    """What is checked: the quarter, its units and paper with sections and paragraphs, what is due."""

    quarter: Quarter
    units: tuple[Unit, ...]
    day: date
    paper: Paper | None
    published: bool
    sections: tuple[PaperSection, ...]
    paragraphs: tuple[Paragraph, ...]
    due: tuple[tuple[str, due.Item], ...]

    @property
    def paper_page(self) -> str:
        """Where the paper is entered."""
        if self.paper:
            return change_page(Paper, self.paper.pk)
        return add_page(Paper, quarter=self.quarter.label)


def checks(matter: Matter) -> tuple[Check, ...]:
    """Every check of a quarter, in the order of the page."""
    return (
        header(matter),
        clear_days(matter),
        implications(matter),
        statuses(matter),
        carried_forward(matter),
        *of_units(matter),
        promised(matter),
        digits(matter),
        restrictions(matter),
    )


def matter_of(quarter: Quarter, *, on: date) -> Matter:
    """What is checked of a quarter as it stands on a day."""
    papers = Paper.objects.annotate(published=Exists(Edition.objects.filter(quarter=quarter)))
    paper = papers.filter(quarter=quarter).select_related("author").first()
    sections = PaperSection.objects.filter(paper=paper).order_by("order") if paper else ()
    paragraphs = tuple(due.paragraphs_of(quarter)) if paper else ()
    units = Office.current().units
    return Matter(
        quarter,
        units,
        on,
        paper,
        paper is not None and paper.published,  # type: ignore[attr-defined]
        tuple(sections),
        paragraphs,
        tuple(due.wanted(quarter, units, on=on, paragraphs=paragraphs)),
    )


def blocking(quarter: Quarter, *, on: date) -> tuple[Item, ...]:
    """The items that hold publishing up until they are mended or overruled."""
    found = checks(matter_of(quarter, on=on))
    return tuple(item for check in found for item in check.items if item.blocking)


def change_page(model: type[Any], key: int) -> str:
    """A record's page in the admin."""
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_change", args=[key])


def add_page(model: type[Any], **values: object) -> str:
    """The admin's page for a new record, with some values filled in."""
    address = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_add")
    return f"{address}?{urlencode(values)}"


def header(matter: Matter) -> Check:
    """The paper's header block: what is missing from it."""
    page, paper = matter.paper_page, matter.paper
    if paper is None:
        items: list[Item] = [
            Item(f"{matter.quarter} has no paper: enter one.", page, blocking=True)
        ]
    else:
        needed = {
            "meeting date": paper.meeting_date,
            "report of": paper.report_of,
            "author": paper.author_id,
            "author’s post": paper.author_title,
        }
        wished = {
            "agenda item": paper.agenda_item,
            "contact": paper.contact,
            "ground for private session": paper.private_ground,
        }
        items = [
            Item(f"The paper’s {name} is empty.", page, blocking=fields is needed)
            for fields in (needed, wished)
            for name, value in fields.items()
            if not value
        ]
    return Check("Header block", "Every line of the header block is filled in.", tuple(items))


def clear_days(matter: Matter) -> Check:
    """Whether the public can read the paper early enough before the board meets.

    A correction is published whenever it is needed.
    """
    meeting = matter.paper.meeting_date if matter.paper else None
    order = f"At least {CLEAR_DAYS} clear working days are left before the meeting."
    if meeting is None:
        words = "The date of the meeting is not known: enter it, so that the days can be counted."
        return Check("Clear days", order, (Item(words, matter.paper_page),))
    if matter.published:
        words = (
            "A correction is published whenever it is needed, without clear days before a meeting."
        )
        return Check("Clear days", words, ())
    left = working_days_between(matter.day, meeting)
    if left >= CLEAR_DAYS:
        return Check("Clear days", order, ())
    words = (
        f"The board’s meeting is on {day_words(meeting)}: {left} clear working "
        f"{plural(left, 'day is', 'days are')} left, and {CLEAR_DAYS} are needed."
    )
    if meeting <= matter.day:
        words = f"The board’s meeting was on {day_words(meeting)}: the paper comes too late for it."
    return Check("Clear days", order, (Item(words, matter.paper_page, blocking=True),))


def working_days_between(first: date, last: date) -> int:
    """The days from Monday to Friday after a day and before another; bank holidays count as days."""
    days = (first + timedelta(number) for number in range(1, (last - first).days))
    return sum(day.weekday() < 5 for day in days)


def implications(matter: Matter) -> Check:
    """The sections in which “None” is stated and never left blank."""
    stated = {one.section.kind for one in matter.paragraphs}
    sections = {one.kind: one for one in matter.sections}
    items = [
        Item(
            f"{kind.label} are not stated: write what they are, or “None”.",
            add_page(Paragraph, section=sections[kind].pk, order=1)
            if kind in sections
            else matter.paper_page,
            blocking=True,
        )
        for kind in IMPLICATIONS
        if kind not in stated
    ]
    return Check("Implications", "All four implications are stated.", tuple(items))


def statuses(matter: Matter) -> Check:
    """Priorities, workstreams, objectives, reviews and programmes without a status."""
    items = [
        Item(
            f"{lead}: “{one.words}” has no status for {matter.quarter}.", one.address, blocking=True
        )
        for lead, one in matter.due
        if one.want == due.UPDATE
    ]
    order = "Every priority, programme, objective, review and workstream has its status."
    return Check("Statuses", order, tuple(items))


def carried_forward(matter: Matter) -> Check:
    """Words of the last quarter that nobody has reviewed yet."""
    items = [
        Item(
            f"{lead}: {one.words} was carried forward and not reviewed.", one.address, blocking=True
        )
        for lead, one in matter.due
        if one.want in (due.REVIEW, due.PARAGRAPH)
    ]
    order = (
        "Every update and paragraph that was carried forward has been reviewed."
        if matter.paper
        else "Every update that was carried forward has been reviewed; there is no paper yet."
    )
    return Check("Carried forward", order, tuple(items))


def of_units(matter: Matter) -> Iterator[Check]:
    """What the units enter each quarter and nobody entered yet; then what each of them checks."""
    for entry in (entry for unit in matter.units for entry in unit.regular_entries):
        items = [
            Item(entry.open.format(words=item.words), item.address)
            for _, item in matter.due
            if item.want == entry
        ]
        yield Check(entry.heading, entry.complete, tuple(items))
    for check in (check for unit in matter.units for check in unit.checks(matter.quarter)):
        yield Check(check.heading, check.complete, tuple(Item(*item) for item in check.items))


def promised(matter: Matter) -> Check:
    """What earlier papers promised to tell and asked the board to resolve, and nobody entered yet."""
    verbal = [
        Item(
            f"The paper for {one.section.paper.quarter} says “{promise_in(one.words)}” and nobody has "
            "entered what was said.",
            change_page(Paragraph, one.pk),
            blocking=True,
        )
        for one in verbal_updates(matter.quarter)
        if not one.said
    ]
    asked = Recommendation.objects.filter(paper__quarter=matter.quarter.previous, resolution="")
    resolved = [
        Item(
            f"The board’s resolution on “{title}”, of {matter.quarter.previous}, is not entered.",
            change_page(Recommendation, key),
        )
        for key, title in asked.order_by("order").values_list("pk", "title")
    ]
    order = "Every verbal update and resolution on earlier papers is on record."
    return Check("Promises", order, (*verbal, *resolved))


def digits(matter: Matter) -> Check:
    """Numbers typed into the commentary, which do not change when the records do."""
    items = []
    for paragraph in matter.paragraphs:
        if numbers := prose.typed_digits(paragraph.text):
            words = (
                f"{section_heading(paragraph.section.kind)}, “{_opening(paragraph)}” "
                f"has {', '.join(numbers)} typed by hand: name a live figure, or check it."
            )
            items.append(Item(words, change_page(Paragraph, paragraph.pk)))
    order = (
        "Every figure in the commentary is live."
        if matter.paragraphs
        else "The paper has no commentary yet."
        if matter.paper
        else "There is no paper yet, and so no commentary to check."
    )
    return Check("Figures in prose", order, tuple(items), lacking=not matter.paragraphs)


def _opening(paragraph: Paragraph) -> str:
    """The first words of a paragraph, up to its first live figure or reference."""
    before, _, _ = paragraph.text.partition("{")
    opening = Truncator(prose.plain(before.rstrip(" (")) or prose.plain(paragraph.text)).words(8)
    return opening if opening.endswith("…") else f"{opening}\u00a0…"


def restrictions(matter: Matter) -> Check:
    """Reporting restrictions that lapse, or fall due for review, before the board meets."""
    order = "No reporting restriction lapses or falls due for review before the meeting."
    meeting = matter.paper.meeting_date if matter.paper else None
    until = max(meeting or matter.day, matter.day)
    due = ~Q(restriction="") & (
        Q(restriction_expiry__range=(matter.day, until))
        | Q(restriction_review__lte=until)
        & (Q(restriction_expiry__isnull=True) | Q(restriction_expiry__gte=matter.day))
    )
    models = {
        model._meta.label_lower: model for model in apps.get_models() if issubclass(model, Record)
    }
    found = rows_together(
        model.objects.filter(due).values_list(Value(label, CharField()), "pk")
        for label, model in models.items()
    )
    items, overdue = [], Counter[str]()
    for label in sorted({label for label, _ in found}):
        keys = [key for of, key in found if of == label]
        for record in to_be_named(models[label]).filter(pk__in=keys).order_by("pk"):
            review, expiry = record.restriction_review, record.restriction_expiry
            if expiry is not None and expiry <= until:
                fate = f"expires on {day_words(expiry)}, and the words are offered again"
            elif review < matter.day:
                overdue[label] += 1
                continue
            else:
                fate = f"is to be reviewed on {day_words(review)}"
            name = f"{capital(str(record._meta.verbose_name))} “{Truncator(name_of(record)).chars(60)}”"
            words = f"{name}: {RestrictionKind(record.restriction).label} {fate}."
            items.append(Item(words, change_page(models[label], record.pk)))
    return Check(
        "Reporting restrictions",
        order,
        (
            *items,
            *(_overdue(models[label], number, matter.day) for label, number in overdue.items()),
        ),
    )


def _overdue(model: type[Record], number: int, day: date) -> Item:
    """Restrictions of one model whose day of review has passed: one item, however many."""
    meta = model._meta
    changelist = reverse(f"admin:{meta.app_label}_{meta.model_name}_changelist")
    words = (
        f"{number:,} {plural(number, str(meta.verbose_name), str(meta.verbose_name_plural))} "
        f"{plural(number, 'has', 'have')} a restriction whose day of review has passed; until "
        "someone ends it, the words stay withheld."
    )
    return Item(words, f"{changelist}?{urlencode({'restriction_review__lt': day.isoformat()})}")


def summary(found: Iterable[Check]) -> tuple[int, int]:
    """How many items hold publishing up, and how many are to be thought of."""
    items = [item for check in found for item in check.items]
    blocking_items = sum(item.blocking for item in items)
    return blocking_items, len(items) - blocking_items
