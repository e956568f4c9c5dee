"""What charts mark besides their data: when alerts fired (a bar along the top, a faint ground), and policy changes.

The bar is a trace, so that it can be hovered and clicked (`meta` "incident", the incident's id in `customdata`); it is
always there, empty when nothing fired, because a tick can only patch as many traces as there were.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

Span = Mapping[str, Any]
NOTHING: dict[str, Any] = {"spans": [], "policies": []}
STEPS = 6  # points along a bar: hover finds points only
MOST_CHANGES = 6
_ROLE = {"critical": "blocked", "high": "blocked", "medium": "review", "low": "ok"}


def within(spans: Iterable[Span], metrics: Iterable[str], start: float, end: float) -> list[dict[str, Any]]:
    """The spans about these metrics, cut to [start, end] (epoch ms); one that is open ends at `end`."""
    wanted = set(metrics)
    return [
        {**span, "from": max(span["from"], start), "to": min(span["to"] or end, end), "began": span["from"]}
        for span in spans
        if span["metric"] in wanted and span["from"] < end and (span["to"] is None or span["to"] > start)
    ]


def bars(spans: Sequence[Span], y: float) -> dict[str, Any]:
    """The trace along `y` with a mark where each span begins."""
    at: list[float | None] = []
    heights: list[float | None] = []
    sizes: list[int] = []
    facts: list[list[str]] = []
    for span in spans:
        step = (span["to"] - span["from"]) / (STEPS - 1)
        at += [*(round(span["from"] + step * index) for index in range(STEPS)), None]
        heights += [*([y] * STEPS), None]
        sizes += [9, *([0] * STEPS)]
        facts += [[span["incident"], span["title"]]] * (STEPS + 1)
    return {
        "type": "scatter",
        "mode": "lines+markers",
        "name": "Alerts",
        "x": at,
        "y": heights,
        "customdata": facts,
        "meta": "incident",
        "line": {"color": f"@{role(spans)}", "width": 4},
        "marker": {"symbol": "triangle-down", "size": sizes, "color": f"@{role(spans)}", "line": {"width": 0}},
        "hovertemplate": "%{customdata[1]} fired<br>click: the incident<extra></extra>",
    }


def grounds(spans: Sequence[Span]) -> list[dict[str, Any]]:
    """A faint ground behind each span."""
    return [
        {
            "type": "rect",
            "yref": "paper",
            "x0": span["from"],
            "x1": span["to"],
            "y0": 0,
            "y1": 1,
            "layer": "below",
            "line": {"width": 0},
            "fillcolor": f"@{_ROLE[span['severity']]}/0.10",
        }
        for span in spans
    ]


def changes(policies: Sequence[Mapping[str, Any]], start: float, end: float) -> dict[str, list[dict[str, Any]]]:
    """Shapes and annotations of the newest policy changes in [start, end]: a dotted line and its name."""
    shown = [change for change in policies if start <= change["t"] <= end][:MOST_CHANGES]
    lines = [
        {
            "type": "line",
            "yref": "paper",
            "x0": change["t"],
            "x1": change["t"],
            "y0": 0,
            "y1": 1,
            "line": {"color": "@accent", "width": 1.2, "dash": "dot"},
        }
        for change in shown
    ]
    names = [
        {
            "x": change["t"],
            "yref": "paper",
            "y": 0,
            "yanchor": "bottom",
            "xanchor": "right" if change["t"] > (start + end) / 2 else "left",
            "text": f"{change['profile']} v{change['version']}",
            "hovertext": f"Policy v{change['version']}: {change['profile']}, fraud threshold "
            f"{change['fraud_threshold']:.2f}, by {change['actor']}",
            "showarrow": False,
            "font": {"size": 11, "color": "@accent"},
            "bgcolor": "@panel",
            "borderpad": 2,
            "yshift": 4 + 18 * (index % 3),
        }
        for index, change in enumerate(shown)
    ]
    return {"shapes": lines, "annotations": names}


def role(spans: Sequence[Span]) -> str:
    """The colour role of the worst of these spans."""
    roles = {_ROLE[span["severity"]] for span in spans}
    return next((name for name in ("blocked", "review", "ok") if name in roles), "blocked")
