"""What charts mark besides their data: when alerts fired (a bar along the top, a faint ground), and policy changes.

The bar is a trace, so that it can be hovered and clicked (`meta` "incident", the incident's id in `customdata`); it is
always there, empty when nothing fired, because a tick can only patch as many traces as there were.
"""

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from core.monitoring.alerts import AlertSpan, PolicyChange

STEPS = 6  # points along a bar: hover finds points only
MOST_CHANGES = 6
_ROLE = {"critical": "blocked", "high": "blocked", "medium": "review", "low": "ok"}


class Mark(NamedTuple):
    """A span of an alert, cut to what a chart shows: [start, end] in epoch ms."""

    start: float
    end: float
    span: AlertSpan


def within(spans: Iterable[AlertSpan], metrics: Iterable[str], start: float, end: float) -> list[Mark]:
    """The spans about these metrics, cut to [start, end] (epoch ms); one that is open ends at `end`."""
    wanted = set(metrics)
    return [
        Mark(max(span.start, start), min(span.end or end, end), span)
        for span in spans
        if span.metric in wanted and span.start < end and (span.end is None or span.end > start)
    ]


def bars(marks: Sequence[Mark], y: float) -> dict[str, Any]:
    """The trace along `y` with a mark where each span begins."""
    at: list[float | None] = []
    heights: list[float | None] = []
    sizes: list[int] = []
    facts: list[list[str]] = []
    for mark in marks:
        step = (mark.end - mark.start) / (STEPS - 1)
        at += [*(round(mark.start + step * index) for index in range(STEPS)), None]
        heights += [*([y] * STEPS), None]
        sizes += [9, *([0] * STEPS)]
        facts += [[mark.span.incident, mark.span.title]] * (STEPS + 1)
    return {
        "type": "scatter",
        "mode": "lines+markers",
        "name": "Alerts",
        "x": at,
        "y": heights,
        "customdata": facts,
        "meta": "incident",
        "line": {"color": f"@{role(marks)}", "width": 4},
        "marker": {"symbol": "triangle-down", "size": sizes, "color": f"@{role(marks)}", "line": {"width": 0}},
        "hovertemplate": "%{customdata[1]} fired<br>click: the incident<extra></extra>",
    }


def grounds(marks: Sequence[Mark]) -> list[dict[str, Any]]:
    """A faint ground behind each span."""
    return [
        {
            "type": "rect",
            "yref": "paper",
            "x0": mark.start,
            "x1": mark.end,
            "y0": 0,
            "y1": 1,
            "layer": "below",
            "line": {"width": 0},
            "fillcolor": f"@{_ROLE[mark.span.severity]}/0.10",
        }
        for mark in marks
    ]


def changes(policies: Sequence[PolicyChange], start: float, end: float) -> dict[str, list[dict[str, Any]]]:
    """Shapes and annotations of the newest policy changes in [start, end]: a dotted line and its name."""
    shown = [change for change in policies if start <= change.t <= end][:MOST_CHANGES]
    lines = [
        {
            "type": "line",
            "yref": "paper",
            "x0": change.t,
            "x1": change.t,
            "y0": 0,
            "y1": 1,
            "line": {"color": "@accent", "width": 1.2, "dash": "dot"},
        }
        for change in shown
    ]
    names = [
        {
            "x": change.t,
            "yref": "paper",
            "y": 0,
            "yanchor": "bottom",
            "xanchor": "right" if change.t > (start + end) / 2 else "left",
            "text": f"{change.profile} v{change.version}",
            "hovertext": f"Policy v{change.version}: {change.profile}, fraud threshold "
            f"{change.fraud_threshold:.2f}, by {change.actor}",
            "showarrow": False,
            "font": {"size": 11, "color": "@accent"},
            "bgcolor": "@panel",
            "borderpad": 2,
            "yshift": 4 + 18 * (index % 3),
        }
        for index, change in enumerate(shown)
    ]
    return {"shapes": lines, "annotations": names}


def role(marks: Sequence[Mark]) -> str:
    """The colour role of the worst of these spans."""
    roles = {_ROLE[mark.span.severity] for mark in marks}
    return next((name for name in ("blocked", "review", "ok") if name in roles), "blocked")
