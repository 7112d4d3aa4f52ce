"""How the exhibits of a paper find their room: no page is left too empty above one that had none."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import pairwise, takewhile
from typing import Any

import msgspec
from django.utils.html import strip_tags

from units.content.model import (
    Block,
    Chart,
    Content,
    Paragraph,
    Part,
    Table,
)

type Document = Any
"""The pages as WeasyPrint has laid them out; this module never calls it."""

MILLIMETRE = 96 / 25.4
LINE, CHARACTERS_A_LINE = 21, 85
"""How deep a line of a paragraph is, in pixels, and about how much stands on it."""

LAYOUTS = 3
"""How often the pages are laid out at most; each time costs as much as the first."""

WIDE_GAP = 48 * MILLIMETRE
"""More room than this at a page's foot is worth laying the pages out once more."""

WIDEST_GAP = 84 * MILLIMETRE
"""More than this, a third of a page, is worth breaking a table that would fit on one."""

HEADINGS = 30 * MILLIMETRE
"""An exhibit that begins higher on its page than this has only headings above it."""


def paginated(
    content: Content, *, lay_out: Callable[[Content, Iterable[str]], Document]
) -> Document:
    """The pages that `lay_out` makes of a content whose tables of some anchors may break.

    They are laid out anew where an exhibit that found no room left a page too empty.

    Paragraphs that follow such an exhibit go before it, or else an exhibit of the other kind, which is
    numbered apart; where they are too few, a table may break. What is let down moves the pages after
    it, so that another gap may open there: of a few layouts the one with the fewest pages and the
    least room lost is taken.
    """
    breakable: set[str] = set()
    tried: list[tuple[tuple[int, float], Document]] = []
    for _ in range(LAYOUTS):
        document = lay_out(content, sorted(breakable))
        gaps = _gaps(document, exhibits=content.exhibits())
        lost = len(document.pages), sum(gaps.values())
        tried.append((lost, document))
        arranged = _sunk(content, gaps=gaps, depths=_depths(document))
        broken = breakable.union(_too_short_of_text(content, gaps=gaps))
        if arranged == content and broken == breakable:
            break
        content, breakable = arranged, broken
    return min(tried, key=lambda one: one[0])[1]


def _gaps(document: Document, *, exhibits: Iterable[Table | Chart]) -> dict[str, float]:
    """Exhibits that open a page and left too much of the page before it empty: how much, in pixels."""
    unseen = {exhibit.anchor for exhibit in exhibits}
    gaps = {}
    for before, page in pairwise(document.pages):
        unseen -= before.anchors.keys()
        box = before._page_box
        head, depth = box.content_box_y(), box.height
        gap = head + depth - _foot(box.children[0])
        if gap > WIDE_GAP:
            for name in unseen & page.anchors.keys():
                if page.anchors[name][1] < head + HEADINGS:
                    gaps[name] = gap
    return gaps


def _foot(box: Any) -> float:
    """The lower edge of what a box shows: below its last line or picture there may be nothing."""
    inner = getattr(box, "children", ())
    if inner:
        return max(_foot(child) for child in inner)
    return float(box.position_y + box.height)


def _depths(document: Document) -> dict[str, float]:
    """How deep each box that has an identifier is, in pixels, in all its pages together."""
    found: dict[str, float] = {}

    def measure(box: Any) -> None:
        if box.element is not None and not box.element_tag.endswith("::before"):
            name = box.element.get("id")
            if name:
                found[name] = found.get(name, 0) + box.margin_height()
        for child in getattr(box, "children", ()):
            measure(child)

    for page in document.pages:
        measure(page._page_box)
    return found


def _sunk(content: Content, *, gaps: Mapping[str, float], depths: Mapping[str, float]) -> Content:
    """The content with exhibits let down below others of the same part, to fill the gaps."""
    replace = msgspec.structs.replace
    return replace(
        content,
        sections=tuple(
            replace(
                section,
                parts=tuple(_sunk_part(part, gaps=gaps, depths=depths) for part in section.parts),
            )
            for section in content.sections
        ),
    )


def _sunk_part(part: Part, *, gaps: Mapping[str, float], depths: Mapping[str, float]) -> Part:
    """The first exhibit that found no room, and those at its heels, below what can fill its gap."""
    for place, block in _exhibits(part):
        if block.anchor in gaps:
            room = gaps[block.anchor]
            run, filling = _run_and_filling(part.blocks[place:], room=room)
            rest = part.blocks[place + len(run) + len(filling) :]
            if not filling:
                run = _other_kind_first(run, room=room, depths=depths)
            return msgspec.structs.replace(part, blocks=part.blocks[:place] + filling + run + rest)
    return part


def _other_kind_first(
    run: tuple[Block, ...], *, room: float, depths: Mapping[str, float]
) -> tuple[Block, ...]:
    """A figure before which the table after it has room changes places with it; or the other way."""
    if len(run) > 1:
        first, second, *others = run
        if type(first) is not type(second) and depths.get(second.anchor, room) < room:
            return (second, first, *others)
    return run


def _too_short_of_text(content: Content, *, gaps: Mapping[str, float]) -> Iterator[str]:
    """The tables that must break, since the paragraphs after them do not fill their gaps."""
    for section in content.sections:
        for part in section.parts:
            for place, block in _exhibits(part):
                room = gaps.get(block.anchor, 0)
                _, filling = _run_and_filling(part.blocks[place:], room=room)
                if isinstance(block, Table) and room - sum(map(_depth, filling)) > WIDEST_GAP:
                    yield block.anchor


def _exhibits(part: Part) -> Iterator[tuple[int, Table | Chart]]:
    for place, block in enumerate(part.blocks):
        if isinstance(block, Table | Chart):
            yield place, block


def _run_and_filling(
    blocks: tuple[Block, ...], *, room: float
) -> tuple[tuple[Block, ...], tuple[Paragraph, ...]]:
    """The exhibits at the head of some blocks, and as many paragraphs after them as a gap takes."""
    run = tuple(takewhile(lambda block: isinstance(block, Table | Chart), blocks))
    filling = []
    for block in blocks[len(run) :]:
        if room <= 0 or not isinstance(block, Paragraph):
            break
        filling.append(block)
        room -= _depth(block)
    return run, tuple(filling)


def _depth(paragraph: Paragraph) -> float:
    """About how deep a paragraph is, in pixels."""
    return LINE * (1 + len(strip_tags(paragraph.html)) / CHARACTERS_A_LINE)
