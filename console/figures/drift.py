"""M4: the largest KL divergence of each of seven days, against the watch and drift thresholds."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from console.figures import marks
from console.figures.plain import drawing
from console.figures.template import line_label, threshold
from core.monitoring.alerts import AlertSpan
from core.monitoring.drift import DayDivergence, Drift

METRICS = ("drift",)
DAY = 86_400_000


@drawing
def draw(found: Drift, spans: Sequence[AlertSpan]) -> dict[str, Any]:
    """The figure of `found`: one point a day (gaps stay gaps), coloured by its status.

    `spans` are marked on the days that they touched.
    """
    days = found.days
    values = [day.kl for day in days]
    limit, watch = found.threshold, found.watch
    top = max([limit * 1.35, *(value * 1.15 for value in values if value is not None)])
    return {
        "data": [
            {
                "type": "scatter",
                "mode": "lines+markers",
                "name": "Largest KL",
                "x": [day.day for day in days],
                "y": values,
                "customdata": [[day.feature or "–", day.n] for day in days],
                "line": {"color": "@accent", "width": 1.6},
                "marker": {
                    "size": 8,
                    "color": [_role(value, watch, limit) for value in values],
                    "symbol": [_symbol(value, watch, limit) for value in values],
                },
                "hovertemplate": "KL %{y:.3f} on %{customdata[0]}<br>%{customdata[1]:,} predictions<extra></extra>",
            },
            _fired(days, spans, 0.96 * top),
        ],
        "layout": {
            "uirevision": "drift",
            "xaxis": {
                "type": "category",
                "ticktext": [_weekday(day.day) for day in days],
                "tickvals": [day.day for day in days],
                "fixedrange": True,
            },
            "yaxis": {"range": [-0.03 * top, top], "tickformat": ".2f", "fixedrange": True, "nticks": 5},
            "shapes": [threshold(limit, "blocked"), threshold(watch, "review", "dot")],
            "annotations": [
                line_label(0, limit, f"drifted > {limit:.2f}", "blocked"),
                line_label(0.3 if limit - watch < 0.08 * top else 0, watch, f"watch ≥ {watch:.2f}", "review"),
            ],
        },
    }


def _fired(days: Sequence[DayDivergence], spans: Sequence[AlertSpan], y: float) -> dict[str, Any]:
    """A mark on every day on which a drift alert fired; the category axis knows no spans."""
    found = [(day.day, mark) for day in days for mark in marks.within(spans, METRICS, day.day, day.day + DAY)[:1]]
    return {
        **marks.bars([], y),
        "mode": "markers",
        "x": [day for day, _ in found],
        "y": [y] * len(found),
        "customdata": [[mark.span.incident, mark.span.title] for _, mark in found],
        "marker": {"symbol": "triangle-down", "size": 11, "color": f"@{marks.role([mark for _, mark in found])}"},
    }


def _role(value: float | None, watch: float, limit: float) -> str:
    if value is None or value < watch:
        return "@accent"
    return "@blocked" if value > limit else "@review"


def _symbol(value: float | None, watch: float, limit: float) -> str:
    if value is None or value < watch:
        return "circle"
    return "x" if value > limit else "diamond"


def _weekday(day: int) -> str:
    return datetime.fromtimestamp(day / 1000, UTC).strftime("%a %-d")
