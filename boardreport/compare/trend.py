"""A row's quarters as an exhibit: a chart of its number, or a table alone where it has none."""

from collections.abc import Iterator, Mapping, Sequence

import msgspec
from msgspec.structs import replace

from boardreport.compare.comparable import STATUS
from boardreport.compare.retold import Told
from units.content.model import (
    Cell,
    Chart,
    Column,
    Row,
    Series,
    Table,
    Trend,
)
from units.content.sentences import (
    NOT_ON_RECORD,
    WITHHELD,
    last_asks,
    ordinary,
    since,
    too_few,
)
from units.content.tables_and_charts import CONFIDENTIAL_NOTE, with_limits
from units.domain.control_charts import (
    LONG,
    USUAL,
    Step,
    limits,
    rebases_shown,
    steps,
)
from units.domain.english import inside_sentence, listed
from units.domain.measures import CONFIDENTIAL, NOT_AVAILABLE, Measure
from units.domain.quarters import Quarter
from units.domain.revisions import SIGN
from units.domain.vocabulary import Status

MANY = 6
"""So many columns need the room of the first."""

MISSING = Cell(NOT_AVAILABLE)

_STATUSES = frozenset(one.heading for one in Status)

AS_PUBLISHED = "Each quarter stands as its own newest edition tells it."
AS_RETOLD = (
    "Each number stands as the newest edition tells it; what else is told of a quarter, as its own "
    "newest edition does."
)
SAME = "The number is the same in every quarter that tells it, so that no chart is drawn."
SO_FAR = "so far"
"""How the label ends of a column that counts from April on."""
SO_FAR_NOTE = (
    "So far in its year: it starts again each April, and neither line nor difference leads across."
)
RETOLD_NOTE = f"{SIGN} revised: beneath it stands what its own quarter’s edition told."


class Run(msgspec.Struct, frozen=True):
    """A row's quarters, oldest first, and its cells in each by the labels of their columns.

    `drawn` is the column of its own number. `breaks` are the quarters at which another definition
    begins, with its words. `reported` are the quarters of which there is a content. `told` holds the
    numbers that later contents tell again: of a key figure all, else those that were revised. Of a key
    figure `figure` is what the newest content tells, and `current` says whether that is the newest of
    all.
    """

    quarters: tuple[Quarter, ...]
    rows: Mapping[Quarter, Mapping[str, Cell]]
    columns: tuple[Column, ...]
    drawn: Column | None
    breaks: Mapping[Quarter, str]
    reported: frozenset[Quarter]
    told: Mapping[Quarter, Told] = {}
    figure: Measure | None = None
    current: bool = False

    def cell(self, quarter: Quarter, column: Column | None) -> Cell:
        """What the row has in a column; [x] where it has nothing."""
        return self.rows.get(quarter, {}).get(column.label, MISSING) if column else MISSING

    def value(self, quarter: Quarter) -> int | float | None:
        """Its own number of a quarter, where it has one."""
        return self.cell(quarter, self.drawn).number

    @property
    def so_far(self) -> bool:
        """Whether its own number counts from April on."""
        return self.drawn is not None and self.drawn.label.endswith(SO_FAR)

    @property
    def begun(self) -> frozenset[Quarter]:
        """The quarters whose number cannot be set beside the one before it."""
        aprils = [one for one in self.quarters if one.number == 1] if self.so_far else []
        return frozenset([*self.breaks, *aprils])

    @property
    def charted(self) -> tuple[Quarter, ...]:
        """The quarters that its chart shows: of a key figure those that the paper's trend shows."""
        if self.figure is None:
            return self.quarters
        early = self.current and self.figure.early
        last = self.quarters[-1].previous if early else self.quarters[-1]
        window = set(last.last(LONG if self.figure.rebased else USUAL))
        known = [one for one in self.quarters if one in window and self.value(one) is not None]
        return tuple(one for one in self.quarters if known and known[0] <= one <= last)


def exhibit(row: str, kind: str, run: Run, notes: Sequence[str]) -> Chart | Table:
    """The exhibit of a row, `kind` being what its table is of; `notes` stand below the run's own."""
    columns = run.columns
    first = 30 if len(columns) < MANY else 20
    width = (100 - first) // len(columns)
    heads = (
        Column("Quarter", first),
        *(replace(column, width=width, brief="") for column in columns),
    )
    table_rows = tuple(
        Row((Cell(one.label, one.label), *(run.cell(one, column) for column in columns)))
        for one in run.quarters
    )
    rebased = rebases_shown(run.figure.rebased, run.charted) if run.figure else ()
    notes = (*_notes(run, table_rows), *(one.words for one in rebased), *notes)
    charted = run.charted
    values = [run.value(one) for one in charted]
    told = [value for value in values if value is not None]
    same = len(told) > 1 and len(set(told)) == 1 and not run.figure
    if len(told) < 2 or same:
        return Table(
            key="across",
            headline=_headline(row, run),
            subtitle=f"{kind}, {run.quarters[0]} to {run.quarters[-1]}",
            columns=heads,
            rows=table_rows,
            notes=(SAME, *notes) if same else notes,
        )
    places = tuple(place for place, one in enumerate(charted) if place and one in run.begun)
    bases = [charted.index(one.quarter) for one in rebased]
    stretches = steps(values, [*places, *bases])
    level = _level(run, values, stretches)
    expected = limits(level)
    own = run.drawn.label in ("This quarter", "Number", "All")
    cells = [run.cell(one, run.drawn) for one in charted]
    texts = tuple(cell.text for cell in cells)
    worded = any(SIGN in text or "%" in text for text in texts)
    what = "number" if own else run.drawn.label.lower()
    subtitle = f"{kind}: {what}, {charted[0]} to {charted[-1]}, as published"
    told_each = listed(
        [
            f"{cell.text} in {quarter}"
            for quarter, cell in zip(charted, cells, strict=True)
            if cell is not MISSING
        ]
    )
    if run.so_far:
        reading: tuple[str, ...] = ()
    elif expected:
        reading = (ordinary(level, expected, charted), *last_asks(level, expected))
    else:
        held = _held(run, told, level)
        reading = (too_few(len(level), rebased=bool(rebased), held=held),)
    chart = Chart(
        key="across",
        headline=_headline(row, run),
        subtitle=subtitle,
        sentence=f"{kind}, {row}: {told_each}.",
        drawing=Trend(
            charted,
            Series("across", row, tuple(values), texts if worded else ()),
            expected,
            breaks=places,
            earlier=tuple(one for one in stretches if one.until in bases),
        ),
        table=Table(
            key="across.data",
            headline=f"{row} by {heads[0].label.lower()}",
            subtitle=subtitle,
            columns=heads,
            rows=table_rows,
        ),
        reading=reading,
        notes=notes,
    )
    return with_limits(chart)


def _level(
    run: Run, values: Sequence[int | float | None], stretches: Sequence[Step]
) -> Sequence[int | float]:
    """The points on which the expected range rests: the very ones of a key figure as it is now."""
    last = values[stretches[-1].first :]
    if run.current and run.figure:
        return run.figure.series[-len(last) :]
    level: list[int | float] = []
    for value in reversed(last):
        if value is None:
            break
        level.insert(0, value)
    return level


def _held(run: Run, told: Sequence[int | float], level: Sequence[int | float]) -> str:
    """How the points of an expected range are had: by records, or as numbers that were published."""
    if run.current and run.figure:
        return "on record"
    return f"published with a number{' without a gap' if len(level) < len(told) else ''}"


def _headline(row: str, run: Run) -> str:
    """The newest value beside the one before it; where there is none, first that there is none.

    "Cash: 28 in 2018/19 Q2, up 6 (+27%) from 22 [r] in 2018/19 Q1"; of words the same, column by
    column: "Best practice: at risk in 2018/19 Q2, on track in 2018/19 Q1".
    """
    columns = (run.drawn,) if run.drawn else run.columns
    newest = (run.charted or run.quarters)[-1]
    current = [one for one in columns if _is_told(run.cell(newest, one))]
    told = [_last_told(run, column) for column in current or columns]
    if not any(told):
        return f"{row}: {NOT_ON_RECORD}"
    gone = "" if current else f"{NOT_ON_RECORD} in {newest}"
    return f"{row}: {'; '.join(filter(None, (gone, *told, _statuses_moved(run))))}"


def _is_told(cell: Cell) -> bool:
    return not cell.text.startswith(NOT_AVAILABLE)


def _told(run: Run, column: Column) -> list[tuple[Quarter, Cell]]:
    """What is told in a column, by quarter."""
    cells = [(one, run.cell(one, column)) for one in run.charted or run.quarters]
    return [(one, cell) for one, cell in cells if _is_told(cell)]


def _statuses_moved(run: Run) -> str:
    """Of a row that counts statuses, those that moved last: "late from 0 to 1, at risk from 0 to 2"."""
    known = _told(run, run.drawn) if run.drawn else []
    if len(known) < 2:
        return ""
    moves = [
        (column.label, *(run.cell(one, column).number for one, _ in known[-2:]))
        for column in reversed(run.columns)
        if column.label in _STATUSES
    ]
    return listed(
        [
            f"{inside_sentence(label)} from {then} to {now}"
            for label, then, now in moves
            if then is not None and now is not None and then != now
        ]
    )


def _last_told(run: Run, column: Column) -> str:
    """The last that is told in a column, and what was told before it; "" where nothing is."""
    known = _told(run, column)
    if not known:
        return ""
    *earlier, (last, value) = known
    named = "" if column == run.drawn or column.label == STATUS else f"{column.label} "
    told = f"{named}{_words(value)} in {last}"
    if not earlier:
        return (
            told if last == (run.charted or run.quarters)[0] else f"{told}, {NOT_ON_RECORD} before"
        )
    before, base = earlier[-1]
    if column == run.drawn and any(before < one <= last for one in run.begun):
        return f"{told}, {_words(base)} in {before}"
    return f"{told}, {_since(value, base, before)}"


def _since(value: Cell, base: Cell, before: Quarter) -> str:
    """ "up 8 (+40%) from 20 in 2018/19 Q1", "down 1.2 points from 54.3% in 2018/19 Q1"."""
    if isinstance(value.number, int) and isinstance(base.number, int):
        return since(value.number, base.number, before.label, revised=SIGN in base.text)
    if value.number is None or base.number is None:
        alike = _words(value) == _words(base)
        return f"as in {before}" if alike else f"{_words(base)} in {before}"
    moved = round(value.number - base.number, 1)
    if not moved:
        return f"unchanged from {base.text} in {before}"
    shares = "%" in value.text and "%" in base.text
    by = f" {abs(moved):g} points" if shares else ""
    return f"{'up' if moved > 0 else 'down'}{by} from {base.text} in {before}"


def _words(cell: Cell) -> str:
    """What a cell tells, as a sentence has it."""
    if cell.text == CONFIDENTIAL.value:
        return WITHHELD
    return cell.text if cell.number is not None else inside_sentence(cell.text)


# ---------- what is noted below ----------


def _notes(run: Run, rows: Sequence[Row]) -> Iterator[str]:
    cells = [cell for row in rows for cell in row.cells]
    yield AS_RETOLD if run.told else AS_PUBLISHED
    if run.told and any(cell.change.startswith("was ") for cell in cells):
        yield RETOLD_NOTE
    if run.current and run.figure and run.figure.early:
        yield f"{run.quarters[-1]} is not in the chart: it is too early, since {run.figure.early}."
    yield from _gaps(run)
    if run.so_far:
        yield SO_FAR_NOTE
    for quarter, words in run.breaks.items():
        begun = f"the definition reads “{words}”" if words else "another definition holds."
        yield f"Break in the series, an upright line in the chart: from {quarter}, {begun}"
    if any(cell.text == CONFIDENTIAL.value for cell in cells):
        yield CONFIDENTIAL_NOTE


def _gaps(run: Run) -> Iterator[str]:
    """Which quarters have no report, and what [x] means in those without a value."""
    unreported = [one for one in run.quarters if one not in run.reported]
    retold = [one for one in unreported if one in run.told]
    if retold:
        have = "has" if len(retold) == 1 else "have"
        yield f"{_named(retold)} {have} no published report: later ones tell the number."
    for words, missing in (
        ("has no published report", [one for one in unreported if one not in run.told]),
        (
            "has no such row",
            [one for one in run.quarters if one in run.reported and one not in run.rows],
        ),
    ):
        if missing:
            told = listed([one.label for one in missing])
            verb = words if len(missing) == 1 else words.replace("has", "have", 1)
            yield f"{NOT_AVAILABLE} {NOT_ON_RECORD}: {told} {verb}."
    if len(run.columns) > 1 and any(
        run.cell(one, column) is MISSING for one in run.rows for column in run.columns
    ):
        yield f"{NOT_AVAILABLE} {NOT_ON_RECORD}: what no edition tells of a quarter."


def _named(quarters: Sequence[Quarter]) -> str:
    """Quarters in a sentence: "2015/16 Q4 to 2017/18 Q1" where they follow one another."""
    first, last = quarters[0], quarters[-1]
    if len(quarters) > 2 and last.ordinal - first.ordinal == len(quarters) - 1:
        return f"{first} to {last}"
    return listed([one.label for one in quarters])
