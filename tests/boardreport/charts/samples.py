"""Charts of every kind, for the tests of figures and of their drawings."""

import re
from datetime import date
from typing import Any

from boardreport.charts.figures import figure
from boardreport.charts.interactive import themes
from boardreport.charts.theme import Size
from units.content.model import (
    Bars,
    Cell,
    Chart,
    Column,
    Row,
    Series,
    SharesAgainstFormula,
    StackedBars,
    Table,
    Trend,
)
from units.domain.control_charts import Limits
from units.domain.quarters import Quarter

LONG = "Organised immigration crime and human trafficking (not for sexual exploitation)"
NOW = Quarter(2018, 2)
TABLE = Table("t", "Headline", "Subtitle", (Column("Name", 100),), (Row((Cell("x"),)),))


def chart(drawing: Bars | StackedBars | Trend | SharesAgainstFormula) -> Chart:
    """A chart of that drawing, with the least around it."""
    return Chart("key", "Headline", "Subtitle", "Sentence.", drawing, TABLE)


GROUPS = (
    "Drug Activity",
    "Violent Criminal Activity (includes firearms)",
    LONG,
    "Commodity importation, counterfeiting or illegal supply",
    "Environmental Crime",
)
BARS = Bars(
    GROUPS,
    Series(
        "ocgs",
        "OCGs",
        (118, 27, 12, 6, 0),
        ("118  53.9%", "27  12.3%", "12  5.5%", "6  2.7%", "0  0.0%"),
    ),
    emphasised=("Drug Activity",),
)
COMPARED = Bars(
    ("Firearms", LONG, "Sexual Offences", "Money Laundering"),
    Series("now", "2018/19 Q2", (69, 21, 9, 8)),
    comparator=Series("then", "same quarter last year, 2017/18 Q2", (58, 17, 28, 9)),
)
IMPACTS = StackedBars(
    ("Drug Activity", LONG, "Economic Crime", "Other"),
    (
        Series("major", "Major", (14, 5, None, 0)),
        Series("moderate", "Moderate", (29, 9, 8, 0)),
        Series("minor", "Minor", (19, 6, None, 0)),
        Series("withheld", "Major or minor [c]", (0, 0, 11, 0)),
    ),
)
REACH = (84.3, 91.8, 71.2, 88.4, 94.9, 99.3, 103.9, 101.2, 118.4, 200.0, 111.7, 118.9)
MONTHS = tuple(date(2017 + (9 + i) // 12, (9 + i) % 12 + 1, 1) for i in range(24))
LIMITS = Limits(137.2, 103.6, 170.8)
DISRUPTIONS = (128, 134, 121, 137, 130, 142, 133, 126, 139, 145, 136, 176)
TREND = Trend(NOW.last(12), Series("d", "Disruptions", DISRUPTIONS), LIMITS)
SHARES = SharesAgainstFormula(
    ("West Midlands", "Alliance", "Staffordshire"),
    Series("actual", "Staff costs so far", (54.3, 27.1, 18.6)),
    Series("formula", "Formula share", (57, 26, 17)),
)
SAMPLES = {
    "bars": BARS,
    "compared": COMPARED,
    "nothing": Bars(("Pursue", "Prevent"), Series("n", "Disruptions", (0, 0))),
    "impacts": IMPACTS,
    "no impacts": StackedBars(("Pursue",), (Series("major", "Major", (0,)),)),
    "trend": TREND,
    "falling": Trend(
        NOW.last(12), Series("d", "D", (*DISRUPTIONS[:4], 190, *DISRUPTIONS[5:11], 80)), LIMITS
    ),
    "rising": Trend(NOW.last(6), Series("d", "D", (138, 142, 150, 161, 188, 205))),
    "collapsed": Trend(
        NOW.last(12),
        Series("d", "D", (1678, 1221, 1408, 1496, 1657, 1488, 1759, 1438, 1511, 1490, 2110, 164)),
        Limits(1500, 700, 2300),
    ),
    "few": Trend(
        NOW.last(12), Series("d", "D", (1, 0, 2, 1, 3, None, 1, 0, 2, 0, 2, 1)), Limits(1.2, 0, 5)
    ),
    "close limits": Trend(
        NOW.last(12), Series("d", "D", (20, 21) * 5 + (30, 30)), Limits(21, 19.5, 22.5)
    ),
    "many": Trend(NOW.last(24), Series("d", "D", tuple(1200 + i * 37 % 90 for i in range(24)))),
    "one quarter": Trend(NOW.last(1), Series("d", "D", (138,))),
    "all nought": Trend(NOW.last(4), Series("d", "D", (0, 0, 0, 0))),
    "months": Trend(
        (),
        Series("reach", "People reached, thousands", REACH, tuple(f"{one:.0f}" for one in REACH)),
        Limits(107, 44.7, 169.3),
        months=MONTHS[:12],
    ),
    "two years of months": Trend((), Series("reach", "R", REACH + REACH), months=MONTHS),
    "shares": SHARES,
}


def laid_out(chart: Chart, size: Size) -> dict[str, Any]:
    """The validated figure of a chart, as plain values."""
    return figure(chart, size).to_plotly_json()


def explored(chart: Chart, *, dark: bool = False) -> dict[str, Any]:
    """What plotly.js is given to explore a chart."""
    return themes(chart)["dark" if dark else "light"]


def words(drawn: dict[str, Any]) -> list[str]:
    """The annotations as a reader sees them."""
    return [
        re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", note["text"])).strip()
        for note in drawn["layout"]["annotations"]
    ]
