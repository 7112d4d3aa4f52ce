"""Content: through JSON and back unchanged, the same bytes each time, and nothing unreadable."""

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from units.content.model import (
    Bars,
    Cell,
    Chart,
    Column,
    Content,
    ContentError,
    Header,
    Note,
    Paragraph,
    Part,
    Row,
    Section,
    Series,
    SharesAgainstFormula,
    StackedBars,
    Table,
    Trend,
    from_json,
    to_json,
)
from units.domain.control_charts import Limits
from units.domain.measures import Direction, Measure
from units.domain.quarters import FIRST_YEAR, LAST_YEAR, Quarter
from units.domain.vocabulary import Audience, Marking, Status

words = st.text(max_size=12)
some_words = st.text(min_size=1, max_size=12)
numbers = st.integers(-(2**53), 2**53)
floats = st.floats(allow_nan=False, allow_infinity=False)
quarters = st.builds(Quarter, st.integers(FIRST_YEAR, LAST_YEAR), st.integers(1, 4))


def several[Kind](
    of: st.SearchStrategy[Kind], at_least: int = 0, at_most: int = 3
) -> st.SearchStrategy[tuple[Kind, ...]]:
    """Tuples of a few."""
    return st.lists(of, min_size=at_least, max_size=at_most).map(tuple)


cells = st.builds(
    Cell,
    text=words,
    value=st.none() | numbers | floats | words,
    change=words,
    status=st.none() | st.sampled_from(Status),
    records=words,
)
columns = st.builds(
    Column,
    label=words,
    width=st.integers(1, 100),
    brief=words,
    numeric=st.booleans(),
    strong=st.booleans(),
)


@st.composite
def tables(draw: st.DrawFn, at_least: int = 0) -> Table:
    """A table whose rows fit its columns."""
    width = draw(st.integers(1, 3))
    row = st.builds(
        Row, cells=st.lists(cells, min_size=width, max_size=width).map(tuple), total=st.booleans()
    )
    return Table(
        key=draw(words),
        headline=draw(some_words),
        subtitle=draw(words),
        columns=tuple(draw(st.lists(columns, min_size=width, max_size=width))),
        rows=draw(several(row, at_least)),
        source=draw(words),
        notes=draw(several(words)),
        number=draw(words),
    )


series = st.builds(
    Series,
    key=words,
    name=words,
    values=several(st.none() | numbers | floats),
    labels=several(words),
)
drawings = st.one_of(
    st.builds(
        Bars,
        categories=several(words),
        series=series,
        emphasised=several(words),
        comparator=st.none() | series,
    ),
    st.builds(StackedBars, categories=several(words), series=several(series)),
    st.builds(
        Trend,
        quarters=several(quarters),
        series=series,
        limits=st.none() | st.builds(Limits, floats, floats, floats),
        months=several(st.dates()),
        breaks=several(st.integers(1, 20)),
    ),
    st.builds(SharesAgainstFormula, categories=several(words), actual=series, formula=series),
)
charts = st.builds(
    Chart,
    key=words,
    headline=some_words,
    subtitle=words,
    sentence=some_words,
    drawing=drawings,
    table=tables(at_least=1),
    source=words,
    notes=several(words),
    reading=several(words),
    number=words,
)
paragraphs = st.builds(
    Paragraph,
    html=words,
    number=words,
    marking=st.sampled_from(Marking),
    restricted=st.booleans(),
)
blocks = paragraphs | tables() | charts | st.builds(Note, text=words)
measures = st.builds(
    Measure,
    key=words,
    name=words,
    definition=words,
    value=numbers,
    previous=st.none() | numbers,
    last_year=st.none() | numbers,
    year_to_date=st.none() | numbers,
    rolling_four=st.none() | numbers,
    better=st.sampled_from(Direction),
    stock=st.booleans(),
    series=several(numbers),
    range_words=words,
)
sections = st.builds(
    Section,
    key=words,
    heading=words,
    parts=several(st.builds(Part, key=words, heading=words, blocks=several(blocks)), at_most=2),
    headline=words,
    lead=words,
    measures=several(measures),
    appendix=st.booleans(),
)
headers = st.builds(
    Header,
    office=words,
    board=words,
    title=words,
    subtitle=words,
    marking=st.sampled_from(Marking),
    meeting_date=st.none() | st.dates(),
    private_ground=words,
)
contents = st.builds(
    Content,
    quarter=quarters,
    audience=st.sampled_from(Audience),
    header=headers,
    sections=several(sections, at_most=2),
    as_at=st.dates(),
    demonstration=st.booleans(),
)


@given(contents)
def test_content_goes_through_json_unchanged(content: Content) -> None:
    assert from_json(to_json(content), Content) == content


@given(contents)
def test_the_same_content_always_gives_the_same_bytes(content: Content) -> None:
    written = to_json(content)
    assert to_json(from_json(written, Content)) == written


@given(contents)
def test_what_is_read_back_has_the_types_that_were_written(content: Content) -> None:
    read = from_json(to_json(content), Content)
    assert repr(read) == repr(content)


@given(contents)
def test_exhibits_are_the_tables_and_charts_in_the_order_of_the_paper(content: Content) -> None:
    exhibits = []
    for section in content.sections:
        for part in section.parts:
            for block in part.blocks:
                if type(block) in {Table, Chart}:
                    exhibits.append(block)
    assert content.exhibits() == tuple(exhibits)
    assert content.charts() == tuple(block for block in exhibits if type(block) is Chart)


@given(contents)
def test_a_section_is_found_by_its_key(content: Content) -> None:
    for section in content.sections:
        found = content.section(section.key)
        assert found
        assert found.key == section.key
    assert content.section("a key that is longer than any") is None


@given(contents)
def test_content_cannot_be_changed(content: Content) -> None:
    with pytest.raises(AttributeError):
        content.demonstration = True
    hash(content)


@given(charts, st.sampled_from(["headline", "sentence"]))
def test_a_chart_without_its_words_cannot_exist(chart: Chart, name: str) -> None:
    changes: dict[str, Any] = {name: ""}
    with pytest.raises(ContentError, match="sentence"):
        msgspec.structs.replace(chart, **changes)


@given(charts)
def test_a_chart_without_rows_in_its_table_cannot_exist(chart: Chart) -> None:
    empty = msgspec.structs.replace(chart.table, rows=())
    with pytest.raises(ContentError, match="filled table"):
        msgspec.structs.replace(chart, table=empty)


@given(tables(), cells)
def test_a_table_with_a_row_that_does_not_fit_cannot_exist(table: Table, cell: Cell) -> None:
    row = Row(cells=(cell,) * (len(table.columns) + 1))
    with pytest.raises(ContentError, match="does not fit"):
        msgspec.structs.replace(table, rows=(*table.rows, row))


@given(charts)
def test_a_stored_chart_without_its_sentence_is_refused(chart: Chart) -> None:
    stored = msgspec.to_builtins(chart) | {"sentence": ""}
    with pytest.raises(msgspec.ValidationError, match="sentence"):
        from_json(msgspec.json.encode(stored), Chart)
