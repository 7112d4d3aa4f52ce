"""A chart as a Plotly figure, validated, laid out to the pixel for each size.

A picture that is scaled down cannot be read, so that each size has a figure of its own.
"""

import plotly.graph_objects
import plotly.io

from boardreport.charts import (
    bars,
    shares,
    stacked,
    trend,
)
from boardreport.charts.canvas import Plain
from boardreport.charts.theme import Size, theme_for
from units.content.model import (
    Bars,
    Chart,
    SharesAgainstFormula,
    StackedBars,
    Trend,
)

# every figure says all that it is: Plotly's own template would add 7 KB to each
plotly.io.templates.default = None


def figure(chart: Chart, size: Size) -> plotly.graph_objects.Figure:
    """Return the figure of a chart at one size; ValueError if Plotly would refuse it."""
    return validated(_plain(chart, size))


def validated(plain: Plain) -> plotly.graph_objects.Figure:
    """Return a figure from its plain values; ValueError names what Plotly refuses."""
    return plotly.graph_objects.Figure(plain)


def _plain(chart: Chart, size: Size) -> Plain:
    theme, drawing = theme_for(size), chart.drawing
    match drawing:
        case Bars():
            return bars.figure(drawing, theme)
        case StackedBars():
            return stacked.figure(drawing, theme)
        case Trend():
            return trend.figure(drawing, theme)
        case SharesAgainstFormula():
            return shares.figure(drawing, theme)
