"""Exceptions over time; times of figures are epoch ms."""

from collections.abc import Sequence
from typing import Any

from console.figures.bins import MINUTE, Bins
from console.figures.plain import drawing
from core.endpoints.exceptions import Place

SHORT = 12  # characters of a version on a mark


@drawing
def over_time(counts: Sequence[int], bins: Bins, versions: Sequence[Place] = ()) -> Any:
    """How often exceptions came in each bin as bars; a line where a version first had it."""
    marks = [one for one in versions if one.version and bins.first * 60 < one.first < bins.after * 60]
    whole = {"dtick": 1} if max(counts, default=0) < 5 else {}  # no half exceptions
    return {"data": [
        {"type": "bar", "name": "exceptions", "x": bins.times, "y": list(counts), "width": bins.step * MINUTE,
         "marker": {"color": "@blocked", "line": {"width": 0}}, "hovertemplate": "%{y:,}"}
    ], "layout": {
        "uirevision": "exceptions", "height": 220, "bargap": 0, "margin": {"l": 44, "r": 12, "t": 26, "b": 26},
        "showlegend": False, "xaxis": bins.axis,
        "yaxis": {"tickformat": "~s", "fixedrange": True, "nticks": 5, **whole},
        "shapes": [
            {"type": "line", "x0": 1000 * one.first, "x1": 1000 * one.first, "yref": "paper", "y0": 0, "y1": 1,
             "line": {"color": "@muted", "width": 1, "dash": "dash"}}
            for one in marks
        ] + bins.marks["shapes"],
        "annotations": [
            {"x": 1000 * one.first, "yref": "paper", "y": 1, "yanchor": "top", "xanchor": "left", "showarrow": False,
             "text": one.version[:SHORT], "font": {"size": 10, "color": "@muted"}, "bgcolor": "@panel"}
            for one in marks
        ] + bins.marks["annotations"],
    }}  # fmt: skip
