"""Names in requests that nothing knows, and features left out, a minute: a line for each caller that has any."""

from typing import Any

from console.figures.plain import drawing, inline
from console.figures.template import time_axis
from core.monitoring.input_names import InputNames

MOST = 6  # callers that get lines of their own
ROLES = ("blocked", "review", "accent", "ok", "muted", "text")


@drawing
def draw(found: InputNames) -> dict[str, Any]:
    """The figure of `found`: what is unknown as solid lines, what is missing as dashed ones."""
    at = found.minutes
    traces: list[dict[str, Any]] = []
    for one, role in zip(found.callers[:MOST], ROLES, strict=False):
        unknown = [feature + field for feature, field in zip(one.feature, one.field, strict=True)]
        for words, counts, dash in (("unknown", unknown, "solid"), ("left out", one.missing, "dot")):
            if any(counts):
                traces.append(_line(f"{one.caller}: {words}", at, counts, role, dash))
    return {
        "data": traces,
        "layout": {
            "uirevision": "input-names",
            "height": 240,
            "hovermode": "x unified",
            "showlegend": len(traces) > 1,
            "legend": {"orientation": "h", "y": 1.16, "x": 0},
            "margin": {"l": 44, "r": 12, "t": 12, "b": 30},
            "xaxis": time_axis(at[0], at[-1] + 60_000),
            "yaxis": {"rangemode": "tozero", "tickformat": "~s", "fixedrange": True, "nticks": 5},
        },
    }


def _line(name: str, at: list[int], counts: list[int], role: str, dash: str) -> dict[str, Any]:
    return {
        "type": "scatter",
        "mode": "lines",
        "name": name,
        "x": at,
        "y": counts,
        "line": {"color": f"@{role}", "width": 1.8, "dash": dash, "shape": "hv"},
        "hovertemplate": "%{y:,} " + inline(name) + "<extra></extra>",
    }
