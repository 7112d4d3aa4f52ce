"""Exhibits that every unit builds alike: sorted bars, texts, standings, each for one audience."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal

import msgspec
from msgspec.structs import replace

from units.content.model import (
    Bars,
    Block,
    Cell,
    Chart,
    Column,
    Line,
    Note,
    Row,
    Series,
    Table,
    Trend,
)
from units.content.sentences import share_told
from units.domain.english import (
    capital,
    listed,
    plural,
    spelled,
)
from units.domain.measures import (
    Figure,
    Sign,
    count,
    known,
    share,
)
from units.domain.revisions import REVISED_NOTE, SIGN, marked
from units.domain.vocabulary import EXCEPTIONS, Status
from units.records.narrative import Entry, shown

WITHHELD = "Withheld"
CONFIDENTIAL_NOTE = "[c] confidential: a small number, or one that would give a small number back."
EXPECTED_RANGE = (
    "Expected range: the average of the points plus and minus 2.66 times their average moving "
    "range. Signals, by Wheeler’s rules: a point outside; eight in a row on one side of the average; "
    "three of four in a row closer to a limit than to the average."
)


def all_withheld(number: int) -> str:
    """What stands in place of words that are all withheld; "" where there are none."""
    if not number:
        return ""
    return f"{capital(spelled(number))} {plural(number, 'entry is', 'entries are')} withheld."


def told(rows: Sequence[tuple[str, str]]) -> str:
    """Names with their values, for an alternative text: "Pursue 121, Prevent 22"."""
    return ", ".join(f"{name} {value}" for name, value in rows)


def as_number(value: Decimal | None) -> float | None:
    """A percentage as downloads carry it."""
    return None if value is None else float(value)


def by_figure[Kind](rows: Sequence[Kind], figure: Callable[[Kind], Figure]) -> list[Kind]:
    """Rows, the largest figure first; confidential ones before noughts, in the order given.

    So where a row stands says nothing of a figure that is not shown.
    """

    def place(row: Kind) -> tuple[int, int]:
        value = figure(row)
        if isinstance(value, Sign):
            return 1, 0
        return (0, -value) if value else (2, 0)

    return sorted(rows, key=place)


class CountedParts(msgspec.Struct, frozen=True):
    """A whole in its parts, by name, as far as they may be told.

    `noun` says what is counted and `by` what tells the parts apart; `records` is the address of the
    list behind a part. `before` are the parts, and `whole_before` the whole, of which readers were
    told before.
    """

    noun: str
    by: str
    whole: int
    parts: Sequence[tuple[str, Figure]]
    records: Mapping[str, str] = {}
    before: Mapping[str, int] = {}
    whole_before: int | None = None

    @property
    def revised(self) -> list[str]:
        """The parts of which readers were told otherwise before."""
        return changed(self.parts, self.before)

    def share(self, part: str, figure: Figure) -> str:
        """A part's share as readers see it."""
        return share_told(figure, self.whole, (self.before.get(part), self.whole_before))


def bars(
    key: str,
    counted: CountedParts,
    *,
    headline: str,
    subtitle: str,
    source: str,
    notes: tuple[str, ...] = (),
    reading: tuple[str, ...] = (),
) -> Chart:
    """Sorted bars with number and share of a whole, the longest emphasised, and their table.

    Where a figure is confidential its sign stands in place of the bar. What was revised is marked.
    """
    parts, revised = by_figure(counted.parts, lambda part: part[1]), counted.revised
    names, values = tuple(name for name, _ in parts), tuple(value for _, value in parts)
    shares = {name: counted.share(name, value) for name, value in parts}
    if any(isinstance(value, Sign) for value in values):
        notes = (*notes, CONFIDENTIAL_NOTE)
    if revised or any(SIGN in text for text in shares.values()):
        notes = (*notes, REVISED_NOTE)

    def words(name: str, value: Figure, form: str) -> str:
        if isinstance(value, Sign):
            return value.value
        return form.format(marked(count(value), name in revised), shares[name])

    def cells(name: str, value: Figure) -> tuple[Cell, ...]:
        percentage = None if isinstance(value, Sign) else share(value, counted.whole)
        behind = counted.records.get(name, "")
        return (
            Cell(name, name),
            figure_cell(value, records=behind, revised=name in revised),
            Cell(shares[name], as_number(percentage)),
        )

    labels = tuple(words(*part, "{}  {}") for part in parts)
    in_words = told([(name, words(name, value, "{} ({})")) for name, value in parts])
    return Chart(
        key=key,
        headline=headline,
        subtitle=subtitle,
        sentence=f"{counted.by}: {in_words}.",
        drawing=Bars(
            names,
            Series(key, counted.noun, tuple(map(known, values)), labels),
            emphasised=names[:1] if known(values[0]) else (),
        ),
        table=Table(
            key=f"{key}.data",
            headline=f"{counted.noun} by {counted.by.lower()}",
            subtitle=subtitle,
            columns=(
                Column(counted.by, 56),
                Column("Number", 22, numeric=True),
                Column("Share", 22, numeric=True),
            ),
            rows=tuple(Row(cells(*part)) for part in parts),
            source=source,
            notes=notes,
        ),
        source=source,
        notes=notes,
        reading=reading,
    )


def figure_cell(
    value: Figure | None, change: str = "", *, records: str = "", revised: bool = False
) -> Cell:
    """A count as a table shows it; one that is not shown leads to no records, and is not revised."""
    number = known(value)
    text = marked(count(value), revised and number is not None)
    return Cell(text, number, change, records="" if number is None else records)


def changed(rows: Iterable[tuple[str, Figure]], before: Mapping[str, int]) -> list[str]:
    """The names of the counts of which readers were told otherwise before."""
    return [
        name
        for name, figure in rows
        if known(figure) is not None and before.get(name, figure) != figure
    ]


def revised_note(rows: Sequence[Row]) -> tuple[str, ...]:
    """What [r] means, where a row has one."""
    return (REVISED_NOTE,) if any(SIGN in cell.text for row in rows for cell in row.cells) else ()


def texts_table(
    key: str,
    texts: Sequence[Entry],
    *,
    headline: str,
    subtitle: str,
    columns: tuple[str, str],
    empty: str,
) -> list[Block]:
    """Titles with descriptions, or a note where there are none; `headline` takes their {number}."""
    told_of = shown(texts)
    withheld = len(texts) - len(told_of)
    if not told_of:
        return [Note(all_withheld(withheld) or empty)]
    return [
        Table(
            key=key,
            headline=headline.format(number=spelled(len(texts))),
            subtitle=subtitle,
            columns=(Column(columns[0], 32), Column(columns[1], 68)),
            rows=tuple(
                Row((Cell(text.title, text.title), Cell(text.description, text.description)))
                for text in told_of
            ),
            notes=(f"{capital(spelled(withheld))} withheld.",) if withheld else (),
        )
    ]


def standings_table(
    key: str,
    rows: Sequence[Entry],
    *,
    noun: str,
    subtitle: str,
    empty: str,
    owner: str = "",
) -> list[Block]:
    """Status, where it stands and next step of each, or a note where there are none.

    `owner` heads a column that says who leads each.
    """
    told_of = shown(rows)
    if not told_of:
        return [Note(all_withheld(len(rows)) or empty)]
    withheld = len(rows) - len(told_of)

    def cells(row: Entry) -> tuple[Cell, ...]:
        led_by = (Cell(row.owner, row.owner),) if owner else ()
        if row.update_withheld:
            held = Cell(WITHHELD, WITHHELD)
            return (Cell(row.title, row.title), held, *led_by, held, held)
        status = row.status.heading if row.status else "No update"
        return (
            Cell(row.title, row.title),
            Cell(status, status, status=row.status, unreviewed=row.unreviewed),
            *led_by,
            Cell(row.update, row.update),
            Cell(row.next_step, row.next_step),
        )

    title, *widths = (19, 15, 19, 27, 20) if owner else (30, 15, 31, 24)
    heads = ("Status", *((owner,) if owner else ()), "Where it stands", "Next step")

    return [
        Table(
            key=key,
            headline=standings_headline([row for row in told_of if not row.update_withheld], noun),
            subtitle=subtitle,
            columns=(
                Column(capital(noun), title),
                *(Column(head, width) for head, width in zip(heads, widths, strict=True)),
            ),
            rows=tuple(Row(cells(row)) for row in told_of),
            notes=(f"{capital(spelled(withheld))} withheld.",) if withheld else (),
        )
    ]


def standings_headline(rows: Sequence[Entry], noun: str) -> str:
    """How many are complete or on track, and which one needs attention."""
    told_rows = [row for row in rows if row.status]
    if not told_rows:
        return f"No {noun} has an update for this quarter"
    if len(told_rows) == len(rows) and len({row.status for row in rows}) == 1:
        which = {1: "The one", 2: "Both"}.get(len(rows), f"All {spelled(len(rows))}")
        verb = plural(len(rows), "is", "are")
        return f"{which} {plural(len(rows), noun)} {verb} {told_rows[0].status.label}"
    by_status = {status: [row for row in told_rows if row.status == status] for status in Status}
    told_first = (Status.COMPLETE, Status.ON_TRACK, *EXCEPTIONS, Status.WAITING, Status.NOT_STARTED)
    counts = [
        f"{spelled(number)} {plural(number, 'is', 'are')} {status.label}"
        for status in told_first
        if (number := len(by_status[status]))
    ]
    of_all = f"Of {spelled(len(rows))} {plural(len(rows), noun)}"
    return f"{of_all}, {listed(counts)}"


def with_limits(chart: Chart) -> Chart:
    """The chart of a trend; where it has limits, they are named and explained."""
    drawing = chart.drawing
    if not isinstance(drawing, Trend) or not (
        drawing.limits or any(step.limits for step in drawing.earlier)
    ):
        return chart
    named = ", with XmR limits"
    return replace(
        chart,
        subtitle=f"{chart.subtitle}{named}",
        table=replace(chart.table, subtitle=f"{chart.table.subtitle}{named}"),
        notes=(*chart.notes, EXPECTED_RANGE),
    )


def behind(rows: Sequence[Entry], subjects: str) -> tuple[Line, ...]:
    """For the overview: what is late or at risk, or one line that says none of the subjects is."""
    told_of = [row for row in shown(rows) if row.status]
    found = [row for status in reversed(EXCEPTIONS) for row in told_of if row.status == status]
    if not found:
        return (Line(subjects, "None is behind.", Status.ON_TRACK),) if told_of else ()
    return tuple(
        Line(row.title, row.update, row.status, owner=row.owner, unreviewed=row.unreviewed)
        for row in found
    )
