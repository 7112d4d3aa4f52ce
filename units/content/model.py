"""What a reader sees, as plain values: sections of numbered paragraphs, tables and charts.

Everything on a page, in a paper, in a download or in an alternative text is rendered from these.
They are frozen and go through JSON and back unchanged, which is how an edition keeps them.
"""

from collections.abc import Callable
from datetime import date
from typing import Any

import msgspec

from units.domain.control_charts import Limits, Step
from units.domain.measures import Measure
from units.domain.quarters import Quarter
from units.domain.vocabulary import (
    Audience,
    Impact,
    Marking,
    Status,
)


class ContentError(ValueError):
    """A value that no reader could use, such as a chart without its sentence."""


class Value(msgspec.Struct, frozen=True, omit_defaults=True):
    """The base of all content: immutable, compared by value, short in JSON."""


class Cell(Value):
    """One cell of a table.

    `text` is what readers see ("1,877", "[x]", "Drug Activity"); `value` what a download carries;
    `change` a second line ("+18 (+41%)"); `status` puts its shape before the word; `records` is the
    address, below the quarter's own, of the records behind the figure, for those who may see them:
    "rocu/disruptions/?impact=major" (beginning with a slash where it is below the root, on pages that
    show several quarters); `unreviewed` marks, in drafts alone, words that were carried
    forward and not yet reviewed.
    """

    text: str
    value: int | float | str | None = None
    change: str = ""
    status: Status | None = None
    records: str = ""
    unreviewed: bool = False

    @property
    def number(self) -> int | float | None:
        """The number that the cell shows; None for words, and where a sign stands in its place."""
        if isinstance(self.value, str) or self.text.startswith("["):
            return None
        return self.value


class Column(Value):
    """A column: its head, a shorter head for small screens, and its share of the width in per cent."""

    label: str
    width: int
    brief: str = ""
    numeric: bool = False
    strong: bool = False


class Row(Value):
    """A row: its first cell is its header; a total row closes the table."""

    cells: tuple[Cell, ...]
    total: bool = False


class Table(Value, tag="table"):
    """A table with a finding as its headline and a statistical subtitle.

    `number` ("Table 2") is given by the board, once for page and paper alike.
    """

    key: str
    headline: str
    subtitle: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    source: str = ""
    notes: tuple[str, ...] = ()
    number: str = ""

    def __post_init__(self) -> None:
        if not self.headline or not self.columns:
            raise ContentError(f"Table {self.key} needs a headline and columns.")
        if any(len(row.cells) != len(self.columns) for row in self.rows):
            raise ContentError(f"Table {self.key} has a row that does not fit its columns.")

    @property
    def anchor(self) -> str:
        """The fragment that page, paper and references share: "table-2"."""
        return _fragment(self.number)


def _fragment(number: str) -> str:
    return number.lower().replace(" ", "-")


class Series(Value):
    """A named run of values, one for each category; None where there is none to show."""

    key: str
    name: str
    values: tuple[int | float | None, ...]
    labels: tuple[str, ...] = ()


class Bars(Value, tag="bars"):
    """Horizontal bars from zero, longest first: one series, the leading bars emphasised.

    `comparator` is drawn as a diamond on each bar.
    """

    categories: tuple[str, ...]
    series: Series
    emphasised: tuple[str, ...] = ()
    comparator: Series | None = None


class StackedBars(Value, tag="stacked-bars"):
    """Horizontal bars split by impact: the series are major, moderate, minor, in that order.

    A series of another key is of no single impact: it holds the numbers whose split is withheld.
    """

    categories: tuple[str, ...]
    series: tuple[Series, ...]

    @property
    def lengths(self) -> tuple[int | float, ...]:
        """How long each bar is: what is known of it."""
        stacks = zip(*(one.values for one in self.series), strict=True)
        return tuple(sum(value or 0 for value in stack) for stack in stacks)

    @property
    def totals(self) -> tuple[int | float | None, ...]:
        """Each bar's total; None where an impact is missing and no other series holds what it was."""
        impacts = [one.values for one in self.series if one.key in tuple(Impact)]
        others = [one.values for one in self.series if one.key not in tuple(Impact)]
        return tuple(
            length
            if any(values[place] for values in others)
            or None not in [values[place] for values in impacts]
            else None
            for place, length in enumerate(self.lengths)
        )


class Trend(Value, tag="trend"):
    """A line over consecutive quarters, oldest first, with XmR limits where there are enough points.

    With `months`, each by its first day, these are its points and `quarters` is empty. `breaks` are the
    places of the points at which the series begins anew, as after a change of definition: what
    stands before cannot be set beside what follows, and the limits hold from the last of them.
    `earlier` are the stretches before a re-base, each with the limits that held for it.
    """

    quarters: tuple[Quarter, ...]
    series: Series
    limits: Limits | None = None
    months: tuple[date, ...] = ()
    breaks: tuple[int, ...] = ()
    earlier: tuple[Step, ...] = ()

    @property
    def base(self) -> int:
        """The place of the first point for which the limits hold."""
        return max((*self.breaks, *(one.until for one in self.earlier)), default=0)

    def limits_at(self, place: int) -> Limits | None:
        """The limits that hold for the point at a place, or None."""
        if place >= self.base:
            return self.limits
        return next((one.limits for one in self.earlier if one.first <= place < one.until), None)

    def verdict(self, place: int) -> str:
        """ "above", "below" or "within" its limits, of the point at a place; "within" without any."""
        value, held = self.series.values[place], self.limits_at(place)
        return "within" if held is None or value is None else held.verdict(value)


class SharesAgainstFormula(Value, tag="shares"):
    """Actual shares as bars, each with its formula share as a tick; all in per cent."""

    categories: tuple[str, ...]
    actual: Series
    formula: Series


class Chart(Value, tag="chart"):
    """A chart: it cannot exist without the sentence that tells it and the table that holds it.

    `sentence` serves as the alternative text; `reading` stands beside the chart.
    """

    key: str
    headline: str
    subtitle: str
    sentence: str
    drawing: Bars | StackedBars | Trend | SharesAgainstFormula
    table: Table
    source: str = ""
    notes: tuple[str, ...] = ()
    reading: tuple[str, ...] = ()
    number: str = ""

    def __post_init__(self) -> None:
        if not self.headline or not self.sentence or not self.table.rows:
            raise ContentError(f"Chart {self.key} needs a headline, a sentence and a filled table.")

    @property
    def anchor(self) -> str:
        """As a table's: "figure-3"."""
        return _fragment(self.number)


class Paragraph(Value, tag="paragraph"):
    """A numbered paragraph of safe HTML; `restricted` where only the restricted edition has it.

    `unreviewed` as of a cell.
    """

    html: str
    number: str = ""
    marking: Marking = Marking.OFFICIAL
    restricted: bool = False
    unreviewed: bool = False

    @property
    def anchor(self) -> str:
        """As a table's: "p7A"."""
        return f"p{self.number}"


class Note(Value, tag="note"):
    """A plain sentence without a number: an empty state, or what a table leaves out."""

    text: str


type Block = Paragraph | Table | Chart | Note


class Part(Value):
    """A subdivision of a section: a heading (or none) over blocks."""

    key: str
    heading: str
    blocks: tuple[Block, ...]


class Line(Value):
    """One line of the overview: what it is about, its status, the words, and who leads it."""

    label: str
    words: str
    status: Status | None = None
    shown: str = ""
    unreviewed: bool = False
    owner: str = ""

    @property
    def status_words(self) -> str:
        """The status as a reader sees it: `shown` where it is not of the scale, as a threat level."""
        return self.shown or (self.status.heading if self.status else "")


class Section(Value):
    """A section of the paper; a unit's section is also its page.

    `headline` is the finding that heads the page, `lead` the sentences below it; both are "" in
    sections that are not pages. For the overview, `changes` say what changed in the quarter,
    `measures` are the key figures and `lines` the statuses.
    """

    key: str
    heading: str
    parts: tuple[Part, ...]
    headline: str = ""
    lead: str = ""
    changes: tuple[str, ...] = ()
    measures: tuple[Measure, ...] = ()
    lines: tuple[Line, ...] = ()
    appendix: bool = False

    @property
    def is_page(self) -> bool:
        """Whether it is a unit's, which has a page of its own."""
        return bool(self.headline)

    def exhibits(self) -> tuple[Table | Chart, ...]:
        """Its tables and charts, in order."""
        return tuple(
            block
            for part in self.parts
            for block in part.blocks
            if isinstance(block, Table | Chart)
        )


class Header(Value):
    """The header block of a board paper."""

    office: str
    board: str
    title: str
    subtitle: str
    marking: Marking
    meeting_date: date | None = None
    agenda_item: str = ""
    report_of: str = ""
    author: str = ""
    contact: str = ""
    presented_for: str = ""
    private_ground: str = ""


class Correction(Value):
    """That an edition supersedes the one before it: "Edition 2 of 3 May 2019", and the sentence on it.

    "Corrects and supersedes edition 1 of 22 April 2019: One claim was regraded."
    """

    edition: str
    words: str


class Content(Value):
    """Everything that one audience reads about one quarter: the value that publishing freezes.

    `site` is the address at which it is published, to which the links of its PDF lead; `corrections`,
    newest first, tell of a second edition and later ones what each supersedes, and why.
    """

    quarter: Quarter
    audience: Audience
    header: Header
    sections: tuple[Section, ...]
    as_at: date
    demonstration: bool = False
    site: str = ""
    corrections: tuple[Correction, ...] = ()

    def section(self, key: str) -> Section | None:
        """The section of that key, or None."""
        return next((section for section in self.sections if section.key == key), None)

    def exhibits(self) -> tuple[Table | Chart, ...]:
        """Every numbered table and chart, in the order of the paper."""
        return tuple(block for section in self.sections for block in section.exhibits())

    def charts(self) -> tuple[Chart, ...]:
        """Every chart, in the order of the paper."""
        return tuple(block for block in self.exhibits() if isinstance(block, Chart))


def to_json(value: Any) -> bytes:
    """Canonical JSON: the same value always gives the same bytes, so that they can be hashed."""
    return msgspec.json.encode(value, order="deterministic")


def from_json[Kind: Value](data: bytes, kind: type[Kind]) -> Kind:
    """The value that `to_json` wrote; msgspec.ValidationError where the bytes are not of that kind."""
    return msgspec.json.decode(data, type=kind)


def with_texts[Kind: Value](value: Kind, change: Callable[[str], str]) -> Kind:
    """The value with each of its texts changed; `change` leaves what is plain ASCII as it is."""

    def changed(part: Any) -> Any:
        if isinstance(part, str):
            return change(part)
        if isinstance(part, dict):
            return {key: changed(one) for key, one in part.items()}
        return [changed(one) for one in part] if isinstance(part, list | tuple) else part

    return msgspec.convert(changed(msgspec.to_builtins(value)), type(value))
