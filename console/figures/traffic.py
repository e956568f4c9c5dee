"""R1: API requests per minute as a line, answers of 5xx as bars on the same scale."""

from collections.abc import Sequence
from typing import Any

from console.figures import marks
from console.figures.plain import drawing
from console.figures.template import line_label, threshold, time_format, time_ticks
from core.monitoring.alerts import AlertSpan
from core.monitoring.changes import Change
from core.monitoring.traffic import MinuteTraffic

METRICS = ("latency_p50", "latency_p95", "latency_p99", "requests_per_minute", "error_rate", "requests", "host")


@drawing
def draw(
    minutes: Sequence[MinuteTraffic], limit: int | None, spans: Sequence[AlertSpan], changed: Sequence[Change] = ()
) -> dict[str, Any]:
    """The figure of the minutes, with `spans` of alerts and what `changed` marked; the limit is drawn when traffic
    comes near it.
    """
    at = [minute.t for minute in minutes]
    counts = [minute.n for minute in minutes]
    errors = [minute.errors for minute in minutes]
    start, end = (at[0], at[-1]) if at else (0, 0)
    near = limit is not None and max(counts, default=0) > 0.5 * limit
    fired = marks.within(spans, METRICS, start, end + 60_000)
    changes = marks.changes(changed, start, end)
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
            marks.bars(fired, 1.06 * max(counts, default=1)),
        ],
        "layout": {
            "uirevision": "traffic",
            "bargap": 0.25,
            "xaxis": {"type": "date", "tickformat": time_format(end - start), "tickvals": time_ticks(start, end)},
            "yaxis": {"tickformat": "~s", "fixedrange": True, "nticks": 6},
            "shapes": [
                *([threshold(limit, "blocked")] if near and limit else []),
                *marks.grounds(fired),
                *changes["shapes"],
            ],
            "annotations": [
                *([line_label(0, limit, f"limit {limit:,}/min", "blocked")] if near and limit else []),
                *changes["annotations"],
            ],
        },
    }
