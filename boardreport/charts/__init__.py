"""A chart as a validated Plotly figure, and its picture as SVG, from plain values alone.

`figures` makes the figure, `svg` sets its picture, `pictures` names the pictures of pages and papers;
`interactive` makes what plotly.js draws for a reader who explores.
"""
