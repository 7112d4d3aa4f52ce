"""Which words of a content make its paper invalid: told to people, who know records and no PDF."""

import re
from collections.abc import Iterator, Mapping
from datetime import date
from html import unescape

from django.utils.text import Truncator
from msgspec.structs import replace

from boardreport.paper import conformance, documents
from boardreport.paper import pdf as paper
from units.content.model import (
    Block,
    Chart,
    Content,
    Paragraph,
    Part,
    Section,
    Table,
    to_json,
)
from units.domain.english import listed

MOST = 3
"""So many are named: whoever corrects these publishes again."""


def why_invalid(draft: documents.Draft, *, made_on: date) -> str:
    """What in a draft makes its paper no PDF/A-3a and PDF/UA-1, and what to do; "" where it is valid.

    Setting a part after another takes seconds; it is done only where the whole is invalid.
    """
    failures = conformance.failures(draft.pdf)
    if not failures:
        return ""
    standards = f"The {draft.content.audience} paper does not conform to PDF/A-3a and PDF/UA-1"
    svgs = documents.on_paper(draft.svgs)
    if found := blamed(draft.content, drawings=svgs, made_on=made_on):
        return (
            f"{standards}, because of {listed(found)}. Correct the record that says this: write it in "
            f"plain words. ({' '.join(failures[:3])})"
        )
    return f"{standards}: {' '.join(failures[:3])} Report this to those who keep the program."


def blamed(content: Content, *, drawings: Mapping[str, str], made_on: date) -> tuple[str, ...]:
    """The paragraphs, tables and charts that are invalid by themselves, a few, in words.

    None where only the whole is invalid. Each section is set alone, and the blocks of those that fail.
    """
    found = _blamed(content, drawings, made_on)
    return tuple(words for words, _ in zip(found, range(MOST), strict=False))


def _blamed(content: Content, drawings: Mapping[str, str], made_on: date) -> Iterator[str]:
    def fails(section: Section) -> bool:
        alone = replace(content, sections=(section,))
        digest = documents.sha256(to_json(alone))
        pdf = paper.pdf(alone, drawings=drawings, number=1, content_hash=digest, made_on=made_on)
        return bool(conformance.failures(pdf))

    for section in content.sections:
        if not fails(section):
            continue
        for block in (block for part in section.parts for block in part.blocks):
            if fails(replace(section, parts=(Part("alone", "", (block,)),))):
                yield _named(block, section)


def _named(block: Block, section: Section) -> str:
    """A block as its readers find it."""
    if isinstance(block, Table | Chart):
        return f"{block.number}, “{block.headline}”"
    if isinstance(block, Paragraph):
        words = unescape(re.sub(r"<[^>]+>", "", block.html))
        number = f"paragraph {block.number}"
        return f"{number} of “{section.heading}”, which begins “{_beginning(words)}”"
    return f"a note in “{section.heading}”"


def _beginning(text: str) -> str:
    return Truncator(" ".join(text.split())).chars(60)
