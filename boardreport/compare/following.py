"""One row of a table across all quarters, from plain contents alone."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType

import msgspec
from msgspec.structs import replace

from boardreport.compare.comparable import (
    STATUSES,
    followable_tables,
    followed_key,
    kind_of,
    revised_in,
    telling,
    unit_sections,
)
from boardreport.compare.counted import broken, counted_alike, new_definition
from boardreport.compare.retold import (
    Place,
    Told,
    drawn_column,
    elsewhere,
    entry_at,
    key_figure,
    told,
)
from boardreport.compare.trend import Run, exhibit
from boardreport.compare.untold import row_note, untold
from boardreport.editions.revised import Later, RevisedSince
from units.content.model import (
    Cell,
    Chart,
    Column,
    Content,
    Section,
    Table,
)
from units.content.sentences import sentence
from units.domain.measures import Measure
from units.domain.quarters import Quarter


class Subject(msgspec.Struct, frozen=True):
    """A row of a table that can be followed across quarters: "rocu.forces.data:Staffordshire"."""

    table: str
    row: str

    @property
    def address(self) -> str:
        """As an address has it."""
        return f"{self.table}:{self.row}"


class Followed(msgspec.Struct, frozen=True):
    """One row across all quarters: its chart, or a table alone where it has no number.

    `kind` is what its table is of; `said` the sentence of its newest quarter, where it is a key
    figure then; `since` which of its figures were revised after their own quarter's newest edition.
    """

    subject: Subject
    unit: str
    kind: str
    exhibit: Chart | Table
    said: str = ""
    since: tuple[RevisedSince, ...] = ()


class Group(msgspec.Struct, frozen=True):
    """The rows of a unit's table that can be followed; `kind` is what the table is of."""

    unit: str
    kind: str
    subjects: tuple[Subject, ...]


def subjects(contents: Sequence[Content]) -> tuple[Group, ...]:
    """What can be followed, by unit in board order and by table, as the newest quarter has them."""
    found: dict[str, tuple[Section, str, dict[str, None]]] = {}
    units: dict[str, None] = {}
    for content in sorted(contents, key=lambda one: one.quarter, reverse=True):
        for section in unit_sections(content):
            units.setdefault(section.key)
            for table, _ in followable_tables(section).values():
                if table.key == STATUSES:
                    continue
                key = followed_key(section, table)
                rows = found.setdefault(key, (section, kind_of(table), {}))[2]
                rows.update(dict.fromkeys(row.cells[0].text for row in table.rows))
    in_order = sorted(found.items(), key=lambda one: list(units).index(one[1][0].key))
    return tuple(
        Group(section.heading, kind, tuple(Subject(key, row) for row in rows))
        for key, (section, kind, rows) in in_order
    )


class _Standing(msgspec.Struct, frozen=True):
    """A row as a quarter's content has it: its cells by the labels under which they are shown.

    `figure` is the key figure that it is there; `later` what was revised of it since, and `moved`
    which of its figures, by the same labels; `notes` say why its figures over several quarters were,
    and of which no list tells how they moved.
    """

    quarter: Quarter
    section: Section
    table: Table
    head: str
    cells: Mapping[str, Cell]
    figure: Measure | None
    later: RevisedSince | None
    moved: Mapping[str, Later]
    notes: tuple[str, ...]


def followed(
    subject: Subject,
    contents: Sequence[Content],
    since: Mapping[Quarter, Sequence[RevisedSince]] = MappingProxyType({}),
) -> Followed | None:
    """A row across all quarters, oldest first; None if none has it.

    Each quarter stands as its own content tells it; its number as the last of `contents`, which come in
    the order of their publication, tells it: in the series of a key figure, or by its list of
    revisions. Quarters between the first and
    the last of which nothing is told stand as [x]. `since` gives, by quarter, the quarters on which
    its figures rest, of those that were revised since.
    """
    own = _standings(Place(subject.table, subject.row), contents, since)
    if not own:
        return None
    last = own[max(own)]
    figures = {quarter: one.figure for quarter, one in own.items() if one.figure}
    now = max(figures, default=None)
    place = elsewhere(own[now].section, figures[now]) if now else None
    standings = _standings(place, contents, since, figures[now]) | own if place and now else own
    breaks, begun = _breaks(standings, retold=bool(figures))
    columns = {
        one.table.columns[at].label: one.table.columns[at]
        for one in own.values()
        for at in telling(one.table)
    }
    drawn = drawn_column(columns.values())
    rows = {quarter: dict(one.cells) for quarter, one in standings.items()}
    numbers: dict[Quarter, Told] = {}
    for content in contents if drawn and figures else ():
        if figure := figures.get(content.quarter):
            numbers |= told(figure, content, since=begun[content.quarter])
        elif number := _number(standings.get(content.quarter), drawn):
            numbers[content.quarter] = number
    if drawn:
        numbers |= _listed(drawn, standings, numbers)
    for quarter, number in numbers.items():
        cells = rows.setdefault(quarter, {})
        cells[drawn.label] = number.cell(cells.get(drawn.label))
    reported = frozenset(content.quarter for content in contents)
    first, newest = min(*reported, *rows), max(reported)
    run = Run(
        newest.last(newest.ordinal - first.ordinal + 1),
        rows,
        tuple(columns.values()),
        drawn,
        breaks,
        reported,
        told=numbers,
        figure=figures[now] if now else None,
        current=now == newest,
    )
    kind = kind_of(last.table)
    in_order = [standings[quarter] for quarter in sorted(standings)]
    return Followed(
        subject,
        last.section.heading,
        kind,
        exhibit(subject.row, kind, run, [note for one in in_order for note in one.notes]),
        sentence(run.figure) if run.figure and run.current else "",
        tuple(one.later for one in in_order if one.later),
    )


def _standings(
    place: Place,
    contents: Sequence[Content],
    since: Mapping[Quarter, Sequence[RevisedSince]],
    figure: Measure | None = None,
) -> dict[Quarter, _Standing]:
    """A row in each of the contents that has it, by quarter; `figure` where it is a key figure."""
    found = {}
    for content in sorted(contents, key=lambda one: one.quarter):
        for section in unit_sections(content):
            for table, _ in followable_tables(section).values():
                row = next((one for one in table.rows if one.cells[0].text == place.head), None)
                if row is None or followed_key(section, table) != place.table:
                    continue
                moved = since.get(content.quarter, ())
                later = next((one for one in moved if one.quarter == content.quarter), None)
                revised = revised_in(table, row, later) if later else {}
                entry, rests = entry_at(place, section, table, content, moved, figure)
                columns = place.columns or {label: label for label in entry.cells}
                wholes = {} if row.total else untold(table, later)
                part = row_note(
                    content.quarter,
                    {
                        mine: wholes[label]
                        for mine, label in columns.items()
                        if label in wholes and entry.cells[mine].number is not None
                    },
                )
                found[content.quarter] = _Standing(
                    content.quarter,
                    section,
                    table,
                    place.head,
                    entry.cells,
                    key_figure(section, table, place.head),
                    replace(later, figures=tuple(revised.values())) if later and revised else None,
                    {mine: revised[label] for mine, label in columns.items() if label in revised},
                    tuple(filter(None, (rests.note(content.quarter), part))),
                )
    return found


def _number(standing: _Standing | None, drawn: Column) -> Told | None:
    """The number that a quarter's own content tells where the row is no key figure."""
    cell = standing.cells.get(drawn.label) if standing else None
    return Told(cell.number, cell.records) if cell and cell.number is not None else None


def _listed(
    drawn: Column, standings: Mapping[Quarter, _Standing], numbers: Mapping[Quarter, Told]
) -> dict[Quarter, Told]:
    """The numbers that lists of revisions tell, and `numbers` do not."""
    moved = {quarter: one.moved.get(drawn.label) for quarter, one in standings.items()}
    return {
        quarter: Told(one.now, one.records)
        for quarter, one in moved.items()
        if one and (quarter not in numbers or numbers[quarter].number != one.now)
    }


def _breaks(
    standings: Mapping[Quarter, _Standing], *, retold: bool
) -> tuple[dict[Quarter, str], dict[Quarter, Quarter | None]]:
    """The quarters from which a row is counted by another definition, each with its words.

    Of what is `retold` that is where the series broke, else the quarter that first counts otherwise.
    With them, for each quarter's content, since when the definition holds by which it counts.
    """
    found: dict[Quarter, str] = {}
    begun: dict[Quarter, Quarter | None] = {}
    before: dict[str, Section] = {}
    since = None
    for quarter in sorted(standings):
        one = standings[quarter]
        earlier = before.get(one.table.key)
        if earlier and not counted_alike(earlier, one.section, one.table, one.head):
            between = (earlier, one.section, one.table, one.head)
            since = (broken(*between) if retold else None) or quarter
            found[since] = new_definition(*between)
        before[one.table.key] = one.section
        begun[quarter] = since
    return found, begun
