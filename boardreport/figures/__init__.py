"""A chart as a Plotly figure: plain values, laid out for each size.

A figure is laid out to the pixel for each size, because a drawing scaled down cannot be read.
"""

from boardreport.figures import bars, shares, stacked, trend
from boardreport.figures.explored import explored
from boardreport.figures.looks import Size, look_for
from boardreport.figures.sheet import Figure
from units.content import Bars, Chart, SharesAgainstFormula, StackedBars, Trend

__all__ = ["Figure", "Size", "explored", "figure"]


def figure(chart: Chart, size: Size, *, dark: bool = False) -> Figure:
    """The Plotly figure of a chart at one size, as plain JSON-able values; paper has no dark."""
    look, drawing = look_for(size, dark=dark), chart.drawing
    match drawing:
        case Bars():
            return bars.figure(drawing, look)
        case StackedBars():
            return stacked.figure(drawing, look)
        case Trend():
            return trend.figure(drawing, look)
        case SharesAgainstFormula():
            return shares.figure(drawing, look)
