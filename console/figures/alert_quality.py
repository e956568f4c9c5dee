"""Incidents by week, as people judged them."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from console.figures.lines import round_ticks
from console.figures.plain import drawing
from console.quality import Quality

STACKS = (
    ("right", "Right", "ok"), ("wrong", "Wrong", "blocked"), ("useless", "Useless", "review"),
    ("open", "Not judged", "muted/0.6"),
)  # fmt: skip


@drawing
def weeks(found: Mapping[datetime, Quality]) -> Any:
    """A bar a week; what people said of its incidents on top of one another."""
    most = max((one.incidents for one in found.values()), default=0)
    names = [f"{week:%-d %b}" for week in found]
    counts = {
        "right": [one.right for one in found.values()], "wrong": [one.wrong for one in found.values()],
        "useless": [one.useless for one in found.values()],
        "open": [one.incidents - one.judged for one in found.values()],
    }  # fmt: skip
    return {
        "data": [
            {"type": "bar", "name": label, "x": names, "y": counts[key], "marker": {"color": f"@{role}"},
             "hovertemplate": "%{y}"}
            for key, label, role in STACKS
        ],
        "layout": {
            "uirevision": "weeks", "height": 240, "barmode": "stack", "showlegend": True,
            "legend": {"orientation": "h", "x": 0, "y": 1.0, "yanchor": "bottom", "traceorder": "normal",
                       "font": {"size": 10, "color": "@muted"}},
            "margin": {"l": 40, "r": 12, "t": 44, "b": 28}, "xaxis": {"type": "category", "fixedrange": True},
            "yaxis": {"fixedrange": True, "tickvals": sorted({round(one) for one in round_ticks(most)}),
                      "rangemode": "tozero"},
        },
    }  # fmt: skip
