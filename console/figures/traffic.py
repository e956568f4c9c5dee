"""R1: API requests per minute as a line, answers of 5xx as bars on the same scale."""

from collections.abc import Mapping, Sequence
from typing import Any

from console.figures.template import line_label, threshold, time_format, time_ticks


def draw(minutes: Sequence[Mapping[str, Any]], limit: int | None) -> dict[str, Any]:
    """The figure of `per_minute` (`t` epoch ms, `n`, `errors`); the limit is drawn when traffic comes near it."""
    at = [minute["t"] for minute in minutes]
    counts = [minute["n"] for minute in minutes]
    errors = [minute["errors"] for minute in minutes]
    start, end = (at[0], at[-1]) if at else (0, 0)
    near = limit is not None and max(counts, default=0) > 0.5 * limit
    return {
        "data": [
            {
                "type": "scatter",
                "mode": "lines",
                "name": "Requests",
                "x": at,
                "y": counts,
                "fill": "tozeroy",
                "line": {"color": "@accent", "width": 1.6},
                "fillcolor": "@accent/0.10",
                "hovertemplate": "%{y:,} requests<extra></extra>",
                "meta": "minute",
            },
            {
                "type": "bar",
                "name": "Errors (5xx)",
                "x": at,
                "y": errors,
                "marker": {"color": "@blocked", "line": {"width": 0}},
                "hovertemplate": "%{y:,} errors (5xx)<extra></extra>",
                "meta": "minute",
            },
        ],
        "layout": {
            "uirevision": "traffic",
            "bargap": 0.25,
            "xaxis": {"type": "date", "tickformat": time_format(end - start), "tickvals": time_ticks(start, end)},
            "yaxis": {"tickformat": "~s", "fixedrange": True, "nticks": 6},
            "shapes": [threshold(limit, "blocked")] if near else [],
            "annotations": [line_label(0, limit, f"limit {limit:,}/min", "blocked")] if near and limit else [],
        },
    }
