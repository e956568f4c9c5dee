"""Queries: where time goes by kind over time. Times of figures are epoch ms."""

from collections.abc import Mapping, Sequence
from typing import Any

from console.figures.bins import MINUTE, Bins
from console.figures.plain import drawing

KINDS = {
    "own": ("own code", "muted/0.6"), "database": ("database", "ok"), "redis": ("Redis", "review"),
    "pool": ("waiting for a connection", "blocked"),
}  # fmt: skip
_LEGEND = {
    "orientation": "h", "x": 0, "y": 1.0, "yanchor": "bottom", "traceorder": "normal",
    "font": {"size": 10, "color": "@muted"},
}  # fmt: skip


@drawing
def time_by_kind(seconds: Mapping[str, Sequence[float]], bins: Bins) -> Any:
    """Work under way, on average, in each bin, by where it is spent."""
    length = 60 * bins.step
    return {"data": [
        {"type": "bar", "name": words, "x": bins.times, "y": [one / length for one in seconds[kind]],
         "width": bins.step * MINUTE, "marker": {"color": f"@{role}", "line": {"width": 0}},
         "hovertemplate": "%{y:.3~g}"}
        for kind, (words, role) in KINDS.items() if kind in seconds
    ], "layout": {
        "uirevision": "kinds", "height": 300, "barmode": "stack", "bargap": 0, "showlegend": True, "legend": _LEGEND,
        "margin": {"l": 44, "r": 12, "t": 26, "b": 26}, "xaxis": bins.axis,
        "yaxis": {"tickformat": "~g", "rangemode": "tozero", "fixedrange": True, "nticks": 6}, **bins.marks,
    }}  # fmt: skip
