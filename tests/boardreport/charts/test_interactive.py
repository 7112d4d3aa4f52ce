"""What plotly.js draws for a reader who explores: series, numbers, labels, and on a telephone."""

import itertools
import json
import re

import msgspec
import plotly.graph_objects
import pytest

from boardreport.charts.fonts import ARIAL, text_width
from boardreport.charts.interactive import NothingToExplore, is_explorable, themes
from boardreport.charts.theme import Size
from tests.boardreport.charts.samples import (
    BARS,
    IMPACTS,
    SAMPLES,
    SHARES,
    chart,
    explored,
    laid_out,
    words,
)
from units.content.model import (
    Cell,
    Column,
    Row,
    Series,
    StackedBars,
    Table,
    Trend,
)

EXPLORABLE = [name for name, drawing in SAMPLES.items() if isinstance(drawing, Trend | StackedBars)]


@pytest.mark.parametrize("drawing", [BARS, SHARES])
def test_a_chart_whose_picture_has_every_number_is_not_explored(drawing) -> None:
    assert not is_explorable(chart(drawing))
    with pytest.raises(NothingToExplore):
        themes(chart(drawing))


@pytest.mark.parametrize("name", EXPLORABLE)
@pytest.mark.parametrize("dark", [False, True])
def test_an_explored_figure_holds_every_series_and_takes_the_width_of_its_place(name, dark) -> None:
    drawing = SAMPLES[name]

    explored_figure = explored(chart(drawing), dark=dark)

    assert "width" not in explored_figure["layout"]
    assert explored_figure["config"]["responsive"] is True
    assert explored_figure["config"]["showSendToCloud"] is False
    shown = {trace["name"]: trace for trace in explored_figure["data"]}
    for series in every_series(drawing):
        trace = shown[series.name]
        values = trace["y"] if isinstance(drawing, Trend) else trace["x"]
        assert values == list(series.values)
        assert len(trace["hovertext"]) == len(series.values)
    assert json.loads(json.dumps(explored_figure)) == explored_figure
    plotly.graph_objects.Figure(data=explored_figure["data"], layout=explored_figure["layout"])


def every_series(drawing) -> list[Series]:
    found = [getattr(drawing, name) for name in drawing.__struct_fields__]
    flat = [one for each in found for one in (each if isinstance(each, tuple) else (each,))]
    return [one for one in flat if isinstance(one, Series)]


def test_what_has_no_value_is_told_by_the_sign_of_its_cell() -> None:
    one = chart(StackedBars(("Firearms",), (Series("major", "Major", (None,)),)))
    table = Table(
        key="t",
        headline="H",
        subtitle="S",
        source="Records",
        columns=(Column("Crime type", 50), Column("Major", 50, numeric=True)),
        rows=(Row((Cell("Firearms"), Cell("[c]"))),),
    )

    explored_figure = explored(msgspec.structs.replace(one, table=table))

    assert explored_figure["data"][0]["hovertext"] == ["Firearms, Major: [c]"]


def test_explored_bars_have_the_numbers_that_the_picture_has() -> None:
    *parts, numbers = explored(chart(IMPACTS))["data"]

    assert parts[0]["text"] == ["14", "5", "", ""]
    assert "text" not in parts[-1]  # hatched
    assert [re.sub(r"<.+?>|\N{NO-BREAK SPACE}", "", text) for text in numbers["text"]] == [
        "62",
        "20",
        "19",
        "0",
    ]
    assert not numbers["name"]  # and so no switch of its own


@pytest.mark.parametrize("name", ["impacts", "no impacts"])
def test_on_a_telephone_a_bars_name_stands_above_it_and_its_number_on_the_picture(name) -> None:
    *parts, numbers = explored(chart(SAMPLES[name]))["data"]

    narrow = explored(chart(SAMPLES[name]))["narrow"]

    assert narrow["yaxis"] == {"showticklabels": False}
    assert [one["text"] for one in narrow["annotations"]] == parts[0]["y"]
    assert all(one["y"] == one["text"] for one in narrow["annotations"])
    pixels = 310 / narrow["xaxis"]["range"][1]
    for at, text in zip(numbers["x"], numbers["text"], strict=True):
        plain = re.sub(r"<.+?>", "", text)
        assert at * pixels + text_width(plain, ARIAL, 14, strong=True) <= 310 + 8, plain


def test_on_a_telephone_a_trend_has_its_range_told_above_it_and_no_room_beside() -> None:
    found = explored(chart(SAMPLES["trend"]))
    assert found["narrow"].keys() == {"annotations", "margin", "height", "xaxis"}
    assert found["narrow"]["margin"]["r"] < 10 < 80 < found["layout"]["margin"]["r"]


@pytest.mark.parametrize("name", ["trend", "falling", "few", "months", "many"])
def test_an_explored_trend_keeps_the_labels_and_the_scale_of_the_picture(name: str) -> None:
    picture, narrow = (laid_out(chart(SAMPLES[name]), size) for size in (Size.WIDE, Size.NARROW))

    found = explored(chart(SAMPLES[name]))

    labels = {
        note["x"]: note["text"]
        for note in picture["layout"]["annotations"]
        if (note["xref"], note["yref"]) == ("x", "y")
    }
    line = found["data"][-1]
    assert {place: text for place, text in enumerate(line["text"]) if text} == labels
    assert found["layout"]["yaxis"]["range"] == picture["layout"]["yaxis"]["range"]
    named = ("The scale", "Upper limit", "Average", "Lower limit")
    beside = [one for one in words(picture) if one.startswith(named)]
    assert words(found) == beside
    lines = {one["name"]: one["y"][0] for one in found["data"][:-1]}
    for note in found["layout"]["annotations"]:
        if "name" in note:  # goes with the line of that name
            assert note["y"] == pytest.approx(lines[note["name"]], abs=0.05)
            assert note["text"].startswith(note["name"])
    told = "".join(words({"layout": {"annotations": []} | found["narrow"]}))
    assert all(one in told for one in words(narrow) if one.startswith("Expected range"))


@pytest.mark.parametrize("name", ["trend", "many", "two years of months"])
def test_the_names_of_periods_have_room_beside_one_another(name: str) -> None:
    found = explored(chart(SAMPLES[name]))

    for width, axis in ((740, found["layout"]["xaxis"]), (310, found["narrow"]["xaxis"])):
        texts = [text.split("<br>") for text in axis["ticktext"]]
        pitch = width / len(texts)
        for line in (0, 1):
            places = [place for place, parts in enumerate(texts) if parts[line:] and parts[line]]
            for first, second in itertools.pairwise(places):
                taken = sum(text_width(texts[place][line], ARIAL, 14) for place in (first, second))
                assert taken / 2 <= (second - first) * pitch, (width, texts)
        assert texts[-1] != [""] or width == 310
