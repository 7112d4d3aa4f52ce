"""Numbers through the whole paper: exhibits, paragraphs, appendices; blocks picked and changed."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import count
from string import ascii_uppercase

from msgspec.structs import replace

from boardreport.report.glossary import DEFINITIONS, glossary_of
from boardreport.report.tables import terms_table
from units.content.model import (
    Block,
    Chart,
    Note,
    Paragraph,
    Part,
    Section,
    Table,
    to_json,
)

EXPLAINING = ("definitions", "glossary")
"""The appendices that say nothing of a quarter."""


def numbered(
    sections: Sequence[Section], from_units: Sequence[Section], last: Sequence[Section] = ()
) -> list[Section]:
    """The sections and appendices, exhibits and paragraphs numbered through the whole paper.

    `last` are the appendices that not every edition has: they change no other’s numbers.
    """
    tables, figures = count(1), count(1)
    body = [_number_exhibits(section, tables, figures) for section in sections]
    charts = [block for section in body for block in blocks_of(section) if isinstance(block, Chart)]
    data = tuple(
        replace(chart.table, headline=f"{chart.table.headline} ({chart.number})")
        for chart in charts
    )
    text = to_json((sections, from_units, last, DEFINITIONS)).decode()
    appendices = (
        _appendix("data-tables", "Data tables", data or (Note("This paper has no charts."),)),
        *from_units,
        _appendix("definitions", "Definitions", (terms_table("definitions", DEFINITIONS),)),
        _appendix("glossary", "Glossary", (terms_table("glossary", glossary_of(text)),)),
        *last,
    )
    lettered = [
        replace(
            _number_exhibits(section, tables, figures),
            heading=f"Appendix {letter}: {section.heading}",
        )
        for letter, section in zip(ascii_uppercase, appendices, strict=False)
    ]
    numbers = {
        block.key: block.number for block in blocks_of(lettered[0]) if isinstance(block, Table)
    }

    def with_number(block: Block) -> Block:
        if not isinstance(block, Chart):
            return block
        return replace(block, table=replace(block.table, number=numbers[block.table.key]))

    return _number_paragraphs([*(mapped(section, with_number) for section in body), *lettered])


def _appendix(key: str, heading: str, blocks: tuple[Block, ...]) -> Section:
    return Section(key=key, heading=heading, parts=(Part("list", "", blocks),), appendix=True)


def _number_exhibits(section: Section, tables: Iterator[int], figures: Iterator[int]) -> Section:
    def number(block: Block) -> Block:
        if isinstance(block, Table):
            return replace(block, number=f"Table {next(tables)}")
        if isinstance(block, Chart):
            return replace(block, number=f"Figure {next(figures)}")
        return block

    return mapped(section, number)


def _number_paragraphs(sections: Sequence[Section]) -> list[Section]:
    """Paragraphs 1 to n; one that only the restricted edition has takes a letter: 7A after 7."""
    last, letter = 0, 0

    def number(block: Block) -> Block:
        nonlocal last, letter
        if not isinstance(block, Paragraph):
            return block
        if block.restricted:
            letter += 1
            return replace(block, number=f"{last}{lettering(letter)}")
        last, letter = last + 1, 0
        return replace(block, number=str(last))

    return [mapped(section, number) for section in sections]


def lettering(place: int) -> str:
    """A, B … Z, AA, AB: the letter of the first, second, 27th restricted paragraph in a row."""
    letters = ""
    while place:
        place, rest = divmod(place - 1, 26)
        letters = ascii_uppercase[rest] + letters
    return letters


def without_paragraphs(section: Section) -> Section:
    """A unit's section as its page shows it: the exhibits, without the paper's numbered paragraphs."""
    return keeping(section, lambda one: not isinstance(one, Paragraph))


def without_review(section: Section) -> Section:
    """The section without any mark of what nobody has reviewed yet."""

    def reviewed(block: Block) -> Block:
        if isinstance(block, Paragraph):
            return replace(block, unreviewed=False)
        if isinstance(block, Table):
            rows = tuple(
                replace(row, cells=tuple(replace(cell, unreviewed=False) for cell in row.cells))
                for row in block.rows
            )
            return replace(block, rows=rows)
        return block

    lines = tuple(replace(line, unreviewed=False) for line in section.lines)
    return replace(mapped(section, reviewed), lines=lines)


def keeping(section: Section, wanted: Callable[[Block], bool]) -> Section:
    """The section with the wanted blocks, and without the parts that are left empty."""
    parts = (replace(part, blocks=tuple(filter(wanted, part.blocks))) for part in section.parts)
    return replace(section, parts=tuple(part for part in parts if part.blocks))


def blocks_of(section: Section) -> Iterable[Block]:
    return (block for part in section.parts for block in part.blocks)


def mapped(section: Section, change: Callable[[Block], Block]) -> Section:
    """The section with each block changed."""
    return replace(
        section,
        parts=tuple(
            replace(part, blocks=tuple(change(block) for block in part.blocks))
            for part in section.parts
        ),
    )
