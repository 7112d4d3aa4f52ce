"""The checklist before publishing: what is open, where it is mended, and what holds publishing up."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from functools import reduce
from itertools import groupby
from operator import itemgetter, or_
from typing import Any
from urllib.parse import urlencode

import msgspec
from django.apps import apps
from django.db.models import CharField, Exists, Q, TextField, Value
from django.urls import reverse
from django.utils.text import Truncator

from boardreport import markdown
from boardreport import outstanding as due
from boardreport.markdown import promise_in
from boardreport.models import (
    Edition,
    Office,
    Paper,
    PaperSection,
    Paragraph,
    Recommendation,
)
from boardreport.models.outline import (
    IMPLICATIONS,
    Outline,
    section_heading,
    section_headings,
)
from boardreport.names import known_names
from boardreport.report import compose
from boardreport.report.entered import Substance, substance
from boardreport.report.follow_up import verbal_updates
from boardreport.report.withheld_register import name_of, to_be_named
from units.content.model import to_json
from units.domain import text
from units.domain.english import (
    all_of,
    capital,
    day_words,
    listed,
    plural,
)
from units.domain.quarters import Quarter
from units.domain.vocabulary import Audience, RestrictionKind
from units.records.models import (
    Record,
    StatusUpdate,
    Unmarked,
    rows_together,
)
from units.registry import Unit

CLEAR_DAYS = 5
"""Working days between publication and meeting. Model: Local Government Act 1972, section 100B."""


class Item(msgspec.Struct, frozen=True):
    """One thing that is open: in words, and the page on which it is mended.

    `way` is what the link to it says to its reader, "" where it leads nowhere. What is not
    `overrulable` holds publishing up whatever reason is given: no paper could be made.
    """

    words: str
    address: str
    blocking: bool = False
    way: str = "Mend"
    overrulable: bool = True


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
    """What is checked: the quarter, its units, its paper with all that it says, what is due.

    `asked_before` are the recommendations of the paper before, `substance` how much is entered.
    """

    quarter: Quarter
    units: tuple[Unit, ...]
    day: date
    paper: Paper | None
    published: bool
    sections: tuple[PaperSection, ...]
    paragraphs: tuple[Paragraph, ...]
    recommendations: tuple[Recommendation, ...]
    asked_before: tuple[Recommendation, ...]
    due: tuple[tuple[str, due.Item], ...]
    substance: Substance

    @property
    def paper_page(self) -> str:
        """Where the paper is entered."""
        if self.paper:
            return change_page(Paper, self.paper.pk)
        return add_page(Paper, quarter=self.quarter.label)

    def section_page(self, kind: str) -> str:
        """Where a paragraph of a section is entered; the paper's page where it lacks the section."""
        found = next((one for one in self.sections if one.kind == kind), None)
        return add_page(Paragraph, section=found.pk, order=1) if found else self.paper_page


def checks(matter: Matter) -> tuple[Check, ...]:
    """Every check of a quarter, in the order of the page; a new one is added here."""
    return (
        header(matter),
        clear_days(matter),
        commentary(matter),
        implications(matter),
        names(matter),
        narrative(matter),
        statuses(matter),
        carried_forward(matter),
        *of_units(matter),
        promised(matter),
        digits(matter),
        restrictions(matter),
        characters(matter),
    )


def matter_of(quarter: Quarter, *, on: date) -> Matter:
    """What is checked of a quarter as it stands on a day."""
    papers = Paper.objects.annotate(published=Exists(Edition.objects.filter(quarter=quarter)))
    paper = papers.filter(quarter=quarter).select_related("author").first()
    sections = PaperSection.objects.filter(paper=paper).order_by("order") if paper else ()
    paragraphs = tuple(due.paragraphs_of(quarter)) if paper else ()
    asked = Recommendation.objects.filter(paper__quarter__in=(quarter.previous, quarter))
    asked = asked.select_related("paper").order_by("paper__quarter", "order")
    units = Office.current().units
    return Matter(
        quarter,
        units,
        on,
        paper,
        paper is not None and paper.published,  # type: ignore[attr-defined]
        tuple(sections),
        paragraphs,
        tuple(one for one in asked if one.paper.quarter == quarter),
        tuple(one for one in asked if one.paper.quarter != quarter),
        tuple(due.wanted(quarter, units, on=on, paragraphs=paragraphs)),
        substance(quarter, units),
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
            Item(
                f"{matter.quarter} has no paper: enter one.", page, blocking=True, overrulable=False
            )
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
    lines = 0 if paper is None else len(needed) + len(wished)
    return Check(
        "Header block", f"All {lines} lines of the header block are filled in.", tuple(items)
    )


def clear_days(matter: Matter) -> Check:
    """Whether the public can read the paper early enough before the board meets.

    A correction is published whenever it is needed.
    """
    meeting = matter.paper.meeting_date if matter.paper else None
    order = f"The meeting leaves the {CLEAR_DAYS} clear working days that are needed."
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
        order = (
            f"The board meets on {day_words(meeting)}: {left} clear working days are left, and "
            f"{CLEAR_DAYS} are needed."
        )
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


def commentary(matter: Matter) -> Check:
    """The sections without words, or without words for the public; implications are checked apart."""
    heading = "Commentary"
    if not matter.paper:
        return Check(heading, "There is no paper yet, and so no commentary.", (), lacking=True)
    headings = section_headings()
    reporting = {unit.key for unit in matter.units}
    own = {kind.value for kind in Outline if kind not in IMPLICATIONS}
    kinds = [kind for kind in headings if kind in reporting | own]
    items = []
    for kind in kinds:
        if not any(one.kind == kind for one in matter.sections):
            words = f"The paper has no section “{headings[kind]}”: add it."
            items.append(Item(words, matter.paper_page, blocking=True))
        elif kind == Outline.RECOMMENDATIONS and not matter.recommendations:
            if not _written(matter, kind):
                words = "The paper asks nothing of the board: enter a recommendation."
                items.append(Item(words, matter.paper_page, blocking=True))
        elif kind == Outline.NEXT_STEPS and matter.substance.actions:
            continue
        elif kind != Outline.RECOMMENDATIONS:
            items += _without_words(
                matter, kind, f"“{headings[kind]}” has no words: write what it says."
            )
    order = (
        f"All {len(kinds)} sections have words, in {len(matter.paragraphs):,} "
        f"{plural(len(matter.paragraphs), 'paragraph')} and {len(matter.recommendations)} "
        f"{plural(len(matter.recommendations), 'recommendation')}."
    )
    return Check(heading, order, tuple(items))


def _written(matter: Matter, kind: str) -> list[Paragraph]:
    """The paragraphs of a section that say something."""
    return [
        one
        for one in matter.paragraphs
        if one.section.kind == kind and markdown.says_something(one.text)
    ]


def _without_words(matter: Matter, kind: str, words: str) -> Iterator[Item]:
    """What a section lacks: any words, or any that the public may read."""
    written = _written(matter, kind)
    if not written:
        yield Item(words, matter.section_page(kind), blocking=True)
    elif not any(one.is_public(matter.day) for one in written):
        yield Item(
            f"The public reads no words in “{section_heading(kind)}”: all of them are withheld. Write "
            "a paragraph that it may read.",
            matter.section_page(kind),
            blocking=kind in IMPLICATIONS,
        )


def implications(matter: Matter) -> Check:
    """The sections in which “None” is stated and never left blank."""
    items = [
        item
        for kind in IMPLICATIONS
        for item in _without_words(
            matter, kind, f"{kind.label} are not stated: write what they are, or “None”."
        )
    ]
    order = f"All {len(IMPLICATIONS)} implications are stated."
    return Check("Implications", order, tuple(items))


def names(matter: Matter) -> Check:
    """Names in braces, in the commentary and the recommendations, that name nothing."""
    known = known_names()
    items = []
    for one in (*matter.paragraphs, *matter.recommendations):
        if unknown := markdown.unknown_names(one.text, known):
            told = listed([f"{{{name}}}" for name in unknown])
            words = (
                f"{_named(one)} names {told}, and there is no such figure or exhibit: choose one from "
                "the list beside the text."
            )
            page = change_page(type(one), one.pk)
            items.append(Item(words, page, blocking=True, overrulable=False))
    number = sum(
        len(markdown.names_in(one.text)) for one in (*matter.paragraphs, *matter.recommendations)
    )
    found = all_of(number, "live figure or reference", "live figures and references")
    order = f"The names of {found} are known."
    if not number:
        order = "No live figure and no reference is named yet."
    return Check("Live figures", order, tuple(items), lacking=not number)


def _named(record: Paragraph | Recommendation) -> str:
    """A paragraph or a recommendation by its place and its first words."""
    if isinstance(record, Recommendation):
        return f"The recommendation “{Truncator(record.title).chars(60)}”"
    return f"{section_heading(record.section.kind)}, “{_opening(record)}”"


def narrative(matter: Matter) -> Check:
    """The units of which no record tells anything in words, and the records that could and do not."""
    found = matter.substance
    items = []
    for unit in matter.units:
        told = [one for one in found.told if one.unit == unit]
        if not any(one.worded for one in told):
            words = (
                f"{unit.heading}: no record of {matter.quarter} says in words what was done. Enter its "
                "updates, with words."
            )
            page = add_page(told[0].model, quarter=matter.quarter.label)
            items.append(Item(words, page, blocking=True))
            continue
        for one in told:
            if (number := one.number - one.worded) > 0:
                meta = one.model._meta
                kind = plural(number, str(meta.verbose_name), str(meta.verbose_name_plural))
                words = (
                    f"{unit.heading}: {number:,} {kind} of {matter.quarter} "
                    f"{plural(number, 'has', 'have')} no words that the paper could print."
                )
                items.append(Item(words, _list_page(one.model, matter.quarter)))
    worded = sum(one.worded for one in found.told)
    order = f"{worded:,} records of the {len(matter.units)} units say in words what was done."
    return Check("Words of the units", order, tuple(items))


def _list_page(model: type[Any], quarter: Quarter) -> str:
    """The admin's list of a model's records of a quarter."""
    meta = model._meta
    address = reverse(f"admin:{meta.app_label}_{meta.model_name}_changelist")
    return f"{address}?{urlencode({'quarter': quarter.slug})}"


def statuses(matter: Matter) -> Check:
    """Priorities, workstreams, objectives, reviews and programmes without a status."""
    items = [
        Item(
            f"{lead}: “{one.words}” has no status for {matter.quarter}.", one.address, blocking=True
        )
        for lead, one in matter.due
        if one.want == due.UPDATE
    ]
    for unit in matter.units:
        kinds = [kind for kind in matter.substance.subjects if kind.unit == unit]
        empty = not any(kind.number for kind in kinds)
        items += [
            Item(
                f"{unit.heading}: no {kind.model._meta.verbose_name} is entered for "
                f"{matter.quarter.year_label}, so that none has a status: enter the first.",
                add_page(kind.model, year=matter.quarter.year),
                blocking=empty,
            )
            for kind in kinds
            if kind.yearly and not kind.number
        ]
    order = f"All {matter.substance.words} have a status."
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
    updates = sum(
        one.number for one in matter.substance.told if issubclass(one.model, StatusUpdate)
    )
    paragraphs = len(matter.paragraphs)
    order = (
        f"No update or paragraph waits for review: {updates:,} {plural(updates, 'update')} and "
        f"{paragraphs:,} {plural(paragraphs, 'paragraph')} are entered."
    )
    if not updates and not paragraphs:
        order = "There is no update and no paragraph yet that could wait for review."
    return Check("Carried forward", order, tuple(items), lacking=not (updates or paragraphs))


def of_units(matter: Matter) -> Iterator[Check]:
    """What the units enter each quarter and nobody entered yet; then what each of them checks."""
    for entered in matter.substance.entries:
        entry = entered.entry
        items = [
            Item(entry.open.format(words=item.words), item.address)
            for _, item in matter.due
            if item.want == entry
        ]
        if not entered.number:
            words = entry.none.format(quarter=matter.quarter)
            items.append(Item(words, add_page(entered.model)))
        yield Check(entry.heading, entry.complete.format(of=entered.words), tuple(items))
    for check in (check for unit in matter.units for check in unit.checks(matter.quarter)):
        yield Check(check.heading, check.complete, tuple(Item(*item) for item in check.items))


def promised(matter: Matter) -> Check:
    """What earlier papers promised to tell and asked the board to resolve, and nobody entered yet."""
    earlier = verbal_updates(matter.quarter)
    verbal = [
        Item(
            f"The paper for {one.section.paper.quarter} says “{promise_in(one.words)}” and nobody has "
            "entered what was said.",
            change_page(Paragraph, one.pk),
            blocking=True,
        )
        for one in earlier
        if not one.said
    ]
    promises = len(earlier)
    resolved = [
        Item(
            f"The board’s resolution on “{one.title}”, of {matter.quarter.previous}, is not entered.",
            change_page(Recommendation, one.pk),
        )
        for one in matter.asked_before
        if not one.resolution
    ]
    asked = len(matter.asked_before)
    counts = ((promises, "verbal update"), (asked, "resolution"))
    told = listed([f"{number} {plural(number, kind)}" for number, kind in counts if number])
    order = f"{told} of earlier papers {plural(promises + asked, 'is', 'are')} on record."
    if not promises and not asked:
        order = "No earlier paper promised a verbal update or asked the board to resolve anything."
    return Check("Promises", order, (*verbal, *resolved), lacking=not (promises or asked))


def digits(matter: Matter) -> Check:
    """Numbers typed into the commentary, which do not change when the records do."""
    items = []
    for paragraph in matter.paragraphs:
        if numbers := markdown.typed_digits(paragraph.text):
            words = (
                f"{_named(paragraph)} has {', '.join(numbers)} typed by hand: name a live figure, or "
                "check it."
            )
            items.append(Item(words, change_page(Paragraph, paragraph.pk)))
    order = (
        f"Every figure in {len(matter.paragraphs):,} "
        f"{plural(len(matter.paragraphs), 'paragraph')} of commentary is live."
        if matter.paragraphs
        else "The paper has no commentary yet."
        if matter.paper
        else "There is no paper yet, and so no commentary to check."
    )
    return Check("Figures in prose", order, tuple(items), lacking=not matter.paragraphs)


def _opening(paragraph: Paragraph) -> str:
    """The first words of a paragraph, up to its first live figure or reference."""
    before, _, _ = paragraph.text.partition("{")
    opening = Truncator(
        markdown.plain(before.rstrip(" (")) or markdown.plain(paragraph.text)
    ).words(8)
    return opening if opening.endswith("…") else f"{opening}\u00a0…"


def restrictions(matter: Matter) -> Check:
    """Reporting restrictions that lapse, or fall due for review, before the board meets."""
    meeting = matter.paper.meeting_date if matter.paper else None
    until = max(meeting or matter.day, matter.day)
    in_force = ~Q(restriction="") & (
        Q(restriction_expiry__isnull=True) | Q(restriction_expiry__gte=matter.day)
    )
    models = {
        model._meta.label_lower: model for model in apps.get_models() if issubclass(model, Record)
    }
    rows = rows_together(
        model.objects.filter(in_force).values_list(
            Value(label, CharField()), "pk", "restriction_review", "restriction_expiry"
        )
        for label, model in models.items()
    )
    items, overdue = [], Counter[str]()
    fates: dict[str, dict[int, str]] = defaultdict(dict)
    for label, key, review, expiry in sorted(rows, key=itemgetter(0, 1)):
        if expiry is not None and expiry <= until:
            fate = f"expires on {day_words(expiry)}, and the words are offered again"
        elif review is None or review > until:
            continue
        elif review < matter.day:
            overdue[label] += 1
            continue
        else:
            fate = f"is to be reviewed on {day_words(review)}"
        fates[label][key] = fate
    for label, of in fates.items():
        for record in to_be_named(models[label]).filter(pk__in=of).order_by("pk"):
            name = f"{capital(str(record._meta.verbose_name))} “{Truncator(name_of(record)).chars(60)}”"
            words = f"{name}: {RestrictionKind(record.restriction).label} {of[record.pk]}."
            items.append(Item(words, change_page(models[label], record.pk)))
    number = len(rows)
    order = (
        f"No reporting restriction lapses or falls due for review before the meeting; {number:,} "
        f"{plural(number, 'is', 'are')} in force."
        if number
        else "No record is under a reporting restriction."
    )
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


def characters(matter: Matter) -> Check:
    """Texts stored before there was a rule for them, with characters that the paper cannot print."""
    written = {
        model._meta.label_lower: (model, fields)
        for model in apps.get_models()
        if issubclass(model, Unmarked)
        and (
            fields := [
                field
                for field in model._meta.fields
                if isinstance(field, CharField | TextField) and field.editable and not field.choices
            ]
        )
    }
    odd = sorted(
        rows_together(
            model.objects.filter(
                reduce(or_, (Q(**{f"{field.name}__regex": text.UNPRINTABLE}) for field in fields))
            ).values_list(Value(label, CharField()), "pk")
            for label, (model, fields) in written.items()
        )
    )
    printed = ""
    if odd and matter.paper:
        draft = compose.compose(
            matter.quarter, audience=Audience.RESTRICTED, on=matter.day, draft=True
        )
        printed = to_json(draft.content).decode()
    items = []
    for label, group in groupby(odd, key=itemgetter(0)):
        model, fields = written[label]
        noun = capital(str(model._meta.verbose_name))
        records = model.objects.in_bulk([key for _, key in group])
        for record in records.values():
            for field in fields:
                said = text.normalise(getattr(record, field.name), lines=True)
                if character := text.odd(said):
                    name = Truncator(text.legible(str(record))).chars(60)
                    words = f"{noun} “{name}”: “{field.verbose_name}” {text.fault(said)}"
                    blocking = _in_json(character) in printed
                    items.append(Item(words, change_page(model, record.pk), blocking=blocking))
    order = (
        f"The texts of all {len(written)} kinds of record hold only characters that pages and paper "
        "can show."
    )
    return Check("Characters", order, tuple(items))


def _in_json(character: str) -> str:
    return msgspec.json.encode(character).decode()[1:-1]


def irremovable(found: Iterable[Check]) -> int:
    """How many items no reason can overrule."""
    return sum(not item.overrulable for check in found for item in check.items)


def unpublishable(found: Iterable[Check]) -> str:
    """Why no paper can be made, whatever reason is given, in a sentence; "" where one can."""
    number = irremovable(found)
    if not number:
        return ""
    things = plural(number, "an item above that no", f"{number} items above that no")
    return f"Correct {things} reason can overrule: no paper can be made before."


def summary(found: Iterable[Check]) -> tuple[int, int]:
    """How many items hold publishing up, and how many are to be thought of."""
    items = [item for check in found for item in check.items]
    blocking_items = sum(item.blocking for item in items)
    return blocking_items, len(items) - blocking_items
