"""What changed, on lanes over time: who is champion, training runs, the policy, incidents of drift."""

from collections.abc import Mapping, Sequence
from typing import Any

from console.figures.performance import MARKS
from console.figures.plain import drawing
from console.figures.template import time_axis

LANES = {"role": "Model", "training": "Training", "policy": "Policy", "incident": "Drift"}


@drawing
def draw(events: Sequence[Mapping[str, Any]], start: float, end: float) -> dict[str, Any]:
    """`events` have `at` and `until` (ms, or None), `kind`, `text`; a span is a bar from its mark on."""
    lanes = list(LANES)[::-1]
    traces = []
    for height, kind in enumerate(lanes):
        mine = [event for event in events if event["kind"] == kind and (event.get("until") or event["at"]) >= start]
        symbol, role = MARKS[kind]
        xs: list[Any] = []
        for event in mine:
            if event.get("until"):
                xs += [max(event["at"], start), min(event["until"], end), None]
        traces.append(
            {
                "type": "scatter", "mode": "lines", "name": f"{LANES[kind]}, lasting", "x": xs, "hoverinfo": "skip",
                "y": [None if x is None else height for x in xs], "line": {"color": f"@{role}/0.5", "width": 6},
            }
        )  # fmt: skip
        traces.append(
            {
                "type": "scatter", "mode": "markers", "name": LANES[kind],
                "x": [max(event["at"], start) for event in mine],
                "y": [height] * len(mine), "customdata": [[event["text"][:90]] for event in mine],
                "marker": {"size": 11, "symbol": symbol, "color": f"@{role}", "line": {"width": 1, "color": "@panel"}},
                "hovertemplate": "%{customdata[0]}<br>%{x|%b %-d %H:%M} UTC<extra></extra>",
            }
        )  # fmt: skip
    return {
        "data": traces,
        "layout": {
            "uirevision": "changes", "height": 164, "hovermode": "closest", "dragmode": False,
            "margin": {"l": 62, "r": 14, "t": 8, "b": 26},
            "xaxis": {**time_axis(start, end + 0.02 * (end - start)), "tickformat": "%b %-d", "fixedrange": True,
                      "showgrid": True},
            "yaxis": {"range": [-0.6, len(lanes) - 0.4], "tickvals": list(range(len(lanes))), "rangemode": "normal",
                      "ticktext": [LANES[kind] for kind in lanes], "fixedrange": True,
                      "tickfont": {"size": 12, "color": "@text"}},
        },
    }  # fmt: skip
