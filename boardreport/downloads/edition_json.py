"""A published edition as JSON for other software: a projection of its content that stays as it is.

Within a version of the schema, members are added and none is renamed, retyped or taken away. Field
by field it is described by `schema`, which is made from these structs.
"""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Annotated, Any, Literal

import msgspec
from django.utils import timezone
from msgspec import Meta

from boardreport.editions.notes import note_told
from boardreport.models import Edition
from units.content.model import (
    Bars,
    Cell,
    Chart,
    Content,
    Paragraph,
    Section,
    Series,
    SharesAgainstFormula,
    StackedBars,
    Table,
    Trend,
)
from units.domain.control_charts import Limits
from units.domain.measures import (
    Figure,
    Measure,
    Sign,
    count,
)
from units.domain.quarters import Quarter
from units.domain.vocabulary import Audience, Marking, Status

VERSION = 1
DIALECT = "https://json-schema.org/draft/2020-12/schema"

type Sha256 = Annotated[str, Meta(pattern="^[0-9a-f]{64}$")]
type Number = int | float
type Count = Annotated[
    int | Literal["[c]", "[x]"],
    Meta(description="A count, or the sign in its place: [c] confidential, [x] not available."),
]


class QuarterData(msgspec.Struct, frozen=True):
    """A quarter of the financial year, which begins on 1 April."""

    slug: Annotated[str, Meta(pattern=r"^\d{4}-\d{2}-q[1-4]$", examples=["2018-19-q2"])]
    label: Annotated[str, Meta(examples=["2018/19 Q2"])]
    first_day: date
    last_day: date


class EditionData(msgspec.Struct, frozen=True):
    """Which edition this is. The hashes are of the frozen content and paper, not of this JSON."""

    audience: Audience
    number: int
    published_at: datetime
    note: Annotated[str, Meta(description="Of a second edition and later ones: what changed.")]
    content_sha256: Sha256
    pdf_sha256: Sha256
    sha256: Annotated[Sha256, Meta(description="The edition’s link in the chain of editions.")]


class ExpectedData(msgspec.Struct, frozen=True):
    """The expected range of a key figure as readers are told it, and where its value stands."""

    lower: Number
    upper: Number
    verdict: Literal["above", "below", "within"]


class MeasureData(msgspec.Struct, frozen=True):
    """A key figure with its four comparators.

    Of a stock, `year_to_date` is the level in March before the year, `rolling_four` the average of
    four quarter ends; an average is one in every period.
    """

    key: str
    name: str
    definition: str
    value: Count
    previous_quarter: Count
    same_quarter_last_year: Count
    year_to_date: Count
    rolling_four_quarters: Count
    kind: Literal["sum", "stock", "average"]
    series: Annotated[
        tuple[int, ...], Meta(description="The last quarters that are known, oldest first.")
    ]
    expected_range: Annotated[
        str, Meta(description="In words; empty where there are too few points for XmR limits.")
    ]
    expected: Annotated[
        ExpectedData | None,
        Meta(description="null where there is none; `expected_range` may say why."),
    ]


class CellData(msgspec.Struct, frozen=True):
    """A cell as readers see it, and its number where it has one."""

    text: str
    number: Annotated[
        Number | None, Meta(description="null for words, and where a sign stands in its place.")
    ]
    change: Annotated[str, Meta(description="The second line: “+18 (+41%)”, or empty.")]
    status: Status | None


class RowData(msgspec.Struct, frozen=True):
    """A row: one cell for each column; the first is its header."""

    cells: tuple[CellData, ...]
    total: bool


class TableData(msgspec.Struct, frozen=True):
    """A table; `number` is that of the paper, empty for the table of a chart."""

    key: str
    number: str
    headline: str
    subtitle: str
    columns: tuple[str, ...]
    rows: tuple[RowData, ...]
    notes: tuple[str, ...]
    source: str


class SeriesData(msgspec.Struct, frozen=True):
    """A run of values, one for each category; null where none is shown."""

    name: str
    values: tuple[Number | None, ...]


class LimitsData(msgspec.Struct, frozen=True):
    """XmR limits: the average, and the natural process limits."""

    average: float
    lower: float
    upper: float


class EarlierLimitsData(msgspec.Struct, frozen=True):
    """The limits that held before a re-base, from one category to another, both included.

    null where the points were too few.
    """

    first: str
    last: str
    limits: LimitsData | None


class ChartData(msgspec.Struct, frozen=True):
    """A chart: what is drawn, the sentence that tells it, and its table."""

    key: str
    number: str
    kind: Literal["bars", "stacked-bars", "trend", "shares"]
    headline: str
    subtitle: str
    sentence: str
    categories: tuple[str, ...]
    series: tuple[SeriesData, ...]
    limits: LimitsData | None
    earlier_limits: tuple[EarlierLimitsData, ...]
    breaks: Annotated[
        tuple[str, ...],
        Meta(
            description="The categories from which another definition holds: what stands before is not "
            "to be compared with what follows, and the limits hold from the last of them."
        ),
    ]
    table: TableData
    notes: tuple[str, ...]
    source: str


class StatusData(msgspec.Struct, frozen=True):
    """One line of the overview: what it is about, where it stands, in words."""

    about: str
    status: Annotated[str, Meta(description="As readers see it: “On track”, “SEVERE”; or empty.")]
    words: str


class ParagraphData(msgspec.Struct, frozen=True):
    """A numbered paragraph of the paper, as HTML of few tags."""

    number: str
    html: str
    marking: Marking
    restricted: Annotated[
        bool, Meta(description="Whether only the restricted edition has this paragraph.")
    ]


class SectionData(msgspec.Struct, frozen=True):
    """A section of the paper with all that stands in it, each kind in the order of the paper."""

    key: str
    heading: str
    appendix: bool
    headline: str
    lead: str
    changes: tuple[str, ...]
    measures: tuple[MeasureData, ...]
    statuses: tuple[StatusData, ...]
    paragraphs: tuple[ParagraphData, ...]
    tables: tuple[TableData, ...]
    charts: tuple[ChartData, ...]


class EditionDocument(msgspec.Struct, frozen=True):
    """One edition of one quarter, as whoever asked may read it."""

    version: Literal[1]
    office: str
    board: str
    title: str
    marking: Marking
    demonstration: Annotated[
        bool, Meta(description="Whether the figures are invented and describe no real police work.")
    ]
    quarter: QuarterData
    edition: EditionData
    copy: Annotated[
        str,
        Meta(description="Of a restricted edition: whose copy this is. Empty in a public one."),
    ]
    as_at: Annotated[date, Meta(description="The day as at which the figures were read.")]
    sections: tuple[SectionData, ...]


def schema() -> bytes:
    """The JSON Schema of an edition's JSON."""
    described = {
        "$schema": DIALECT,
        "title": f"An edition of Board Report, version {VERSION}",
        **msgspec.json.schema(EditionDocument),
    }
    return msgspec.json.format(msgspec.json.encode(described), indent=2)


def edition_json(content: Content, edition: Edition, *, copy: str = "") -> bytes:
    """An edition as JSON; the same arguments give the same bytes. `copy` says whose copy it is."""
    header = content.header
    document = EditionDocument(
        version=VERSION,
        office=header.office,
        board=header.board,
        title=header.title,
        marking=header.marking,
        demonstration=content.demonstration,
        quarter=_quarter(content.quarter),
        edition=EditionData(
            audience=Audience(edition.audience),
            number=edition.number,
            published_at=timezone.localtime(edition.published_at),
            note=note_told(edition.note, audience=Audience(edition.audience)),
            content_sha256=edition.content_sha256,
            pdf_sha256=edition.pdf_sha256,
            sha256=edition.sha256,
        ),
        copy=copy,
        as_at=content.as_at,
        sections=tuple(map(_section, content.sections)),
    )
    return msgspec.json.encode(document)


def _quarter(quarter: Quarter) -> QuarterData:
    return QuarterData(quarter.slug, quarter.label, quarter.start, quarter.end)


def _section(section: Section) -> SectionData:
    blocks = [block for part in section.parts for block in part.blocks]
    return SectionData(
        key=section.key,
        heading=section.heading,
        appendix=section.appendix,
        headline=section.headline,
        lead=section.lead,
        changes=section.changes,
        measures=tuple(map(_measure, section.measures)),
        statuses=tuple(
            StatusData(line.label, line.status_words, line.words) for line in section.lines
        ),
        paragraphs=tuple(
            ParagraphData(one.number, one.html, one.marking, one.restricted)
            for one in _of_kind(blocks, Paragraph)
        ),
        tables=tuple(map(_table, _of_kind(blocks, Table))),
        charts=tuple(map(_chart, _of_kind(blocks, Chart))),
    )


def _of_kind[Kind](blocks: Iterable[Any], kind: type[Kind]) -> list[Kind]:
    return [block for block in blocks if isinstance(block, kind)]


def _measure(measure: Measure) -> MeasureData:
    return MeasureData(
        key=measure.key,
        name=measure.name,
        definition=measure.definition,
        value=_count(measure.value),
        previous_quarter=_count(measure.previous),
        same_quarter_last_year=_count(measure.last_year),
        year_to_date=_count(measure.year_to_date),
        rolling_four_quarters=_count(measure.rolling_four),
        kind="stock" if measure.stock else "average" if measure.average else "sum",
        series=measure.series,
        expected_range=measure.range_words,
        expected=ExpectedData(*measure.expected, measure.verdict) if measure.expected else None,
    )


def _count(value: Figure | None) -> Any:
    return count(value) if value is None or isinstance(value, Sign) else value


def _table(table: Table) -> TableData:
    return TableData(
        key=table.key,
        number=table.number,
        headline=table.headline,
        subtitle=table.subtitle,
        columns=tuple(column.label for column in table.columns),
        rows=tuple(RowData(tuple(map(_cell, row.cells)), row.total) for row in table.rows),
        notes=table.notes,
        source=table.source,
    )


def _cell(cell: Cell) -> CellData:
    return CellData(cell.text, cell.number, cell.change, cell.status)


def _chart(chart: Chart) -> ChartData:
    kind, categories, series = _drawn(chart.drawing)
    drawn = chart.drawing if isinstance(chart.drawing, Trend) else None
    return ChartData(
        key=chart.key,
        number=chart.number,
        kind=kind,
        headline=chart.headline,
        subtitle=chart.subtitle,
        sentence=chart.sentence,
        categories=categories,
        series=tuple(SeriesData(one.name, one.values) for one in series),
        limits=_limits(drawn and drawn.limits),
        earlier_limits=tuple(
            EarlierLimitsData(categories[one.first], categories[one.until - 1], _limits(one.limits))
            for one in (drawn.earlier if drawn else ())
        ),
        breaks=tuple(categories[place] for place in (drawn.breaks if drawn else ())),
        table=_table(chart.table),
        notes=chart.notes,
        source=chart.source,
    )


def _limits(limits: Limits | None) -> LimitsData | None:
    return LimitsData(limits.average, limits.lower, limits.upper) if limits else None


def _drawn(
    drawing: Bars | StackedBars | Trend | SharesAgainstFormula,
) -> tuple[Any, tuple[str, ...], tuple[Series, ...]]:
    """The kind of a drawing, its categories, its series."""
    match drawing:
        case Bars():
            compared = (drawing.comparator,) if drawing.comparator else ()
            return "bars", drawing.categories, (drawing.series, *compared)
        case StackedBars():
            return "stacked-bars", drawing.categories, drawing.series
        case SharesAgainstFormula():
            return "shares", drawing.categories, (drawing.actual, drawing.formula)
        case Trend():
            quarters = tuple(quarter.slug for quarter in drawing.quarters)
            months = tuple(f"{month:%Y-%m}" for month in drawing.months)
            return "trend", quarters or months, (drawing.series,)
