"""Commentary as it is written: live figures on offer, a preview before saving, a paragraph's place."""

from typing import Any

import msgspec
from django.core.exceptions import ValidationError
from django.db import transaction

from boardreport import markdown
from boardreport.editions import repository
from boardreport.models import (
    Office,
    Paper,
    PaperSection,
    Paragraph,
)
from boardreport.names import known_names
from units.content import model
from units.domain.english import listed
from units.domain.quarters import Quarter
from units.domain.vocabulary import Audience, Marking
from units.records.classification import refuse_higher_marking


class Offered(msgspec.Struct, frozen=True):
    """Something that prose may name: how it is written, what it stands for, what it now reads."""

    written: str
    meaning: str
    value: str


class Named(msgspec.Struct, frozen=True):
    """What stands for each name in a quarter: figures as readers see them, exhibits' numbers."""

    quarter: Quarter
    figures: dict[str, str]
    exhibits: dict[str, str]
    headlines: dict[str, str]

    def offered(self) -> tuple[Offered, ...]:
        """Every live figure in board order, then the exhibits that the quarter has."""
        return (
            *(
                Offered(f"{{{name}}}", meaning, self.figures[name])
                for unit in Office.current().units
                for name, meaning in unit.live_figures.items()
            ),
            *(
                Offered(f"{{see {key}}}", self.headlines[key], number)
                for key, number in self.exhibits.items()
                if key in known_names()
            ),
        )


def named(quarter: Quarter) -> Named:
    """What the names stand for in a quarter, as officers see it now."""
    composed = repository.draft(quarter, audience=Audience.RESTRICTED)
    exhibits = composed.content.exhibits()
    return Named(
        quarter,
        composed.figures,
        {block.key: block.number for block in exhibits},
        {block.key: block.headline for block in exhibits},
    )


class Preview(msgspec.Struct, frozen=True):
    """A text as readers would see it, what keeps it from being saved, and figures typed by hand."""

    quarter: Quarter
    paragraph: model.Paragraph
    refusals: tuple[str, ...]
    typed: tuple[str, ...]


def preview(text: str, names: Named, *, marking: str, restricted: bool) -> Preview:
    """A preview of a paragraph's text; an unknown name stays as it is written."""
    known = known_names()
    unknown = markdown.unknown_names(text, known)
    absent = dict.fromkeys(known - names.figures.keys() - names.exhibits.keys(), "[x]")
    literal = {name: f"{{{name}}}" for name in unknown}
    refusals = []
    if unknown:
        told = listed([f"“{name}”" for name in unknown])
        refusals.append(f"There is no figure or exhibit named {told}: choose one from the list.")
    if markdown.stray_brace(text):
        refusals.append("A brace is not closed, or opens no name.")
    try:
        refuse_higher_marking(text)
    except ValidationError as error:
        refusals += error.messages
    sensitive = marking == Marking.OFFICIAL_SENSITIVE
    return Preview(
        names.quarter,
        model.Paragraph(
            markdown.html(
                text,
                figures={**absent, **literal, **names.figures},
                exhibits=names.exhibits,
            ),
            number="1",
            marking=Marking.OFFICIAL_SENSITIVE if sensitive else Marking.OFFICIAL,
            restricted=sensitive or restricted,
        ),
        tuple(refusals),
        markdown.typed_digits(text),
    )


def quarter_of(section: Any) -> Quarter | None:
    """The quarter of the paper that a section, given by its key, belongs to; of the last paper else."""
    found = None
    if str(section or "").isdigit():
        found = (
            PaperSection.objects.filter(pk=section).values_list("paper__quarter", flat=True).first()
        )
    return found or Paper.objects.order_by("-quarter").values_list("quarter", flat=True).first()


@transaction.atomic
def put(paragraph: Paragraph, place: int) -> None:
    """Puts a paragraph at a place of its section, from 1; the others make room, each with history."""
    others = list(
        Paragraph.objects.filter(section=paragraph.section_id)
        .exclude(pk=paragraph.pk)
        .order_by("order", "pk")
    )
    others.insert(max(place, 1) - 1, paragraph)
    for order, one in enumerate(others, start=1):
        if one.order != order:
            one.order = order
            one._change_reason = "moved"
            one.save()


def move(paragraph: Paragraph, *, up: bool) -> bool:
    """Moves a paragraph past its neighbour of the same part; whether there was one."""
    siblings = list(Paragraph.objects.filter(section=paragraph.section_id).order_by("order", "pk"))
    here = siblings.index(paragraph)
    way = reversed(range(here)) if up else range(here + 1, len(siblings))
    target = next((place for place in way if siblings[place].part == paragraph.part), None)
    if target is None:
        return False
    put(paragraph, target + 1)
    return True
