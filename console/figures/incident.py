"""An incident's chart: what its rule saw, the limit, when it was pending and fired, and what happened meanwhile."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from console import rule_format
from console.figures import marks
from console.figures.plain import drawing, inline
from console.figures.template import line_label, threshold, time_axis
from core.alerting.rule_metadata import worded, words
from core.monitoring.alerts import PolicyChange

_MARKS = {
    "acknowledged": ("circle", "review"), "escalated": ("triangle-up", "blocked"), "action": ("diamond", "accent"),
    "resolved": ("square", "good"), "comment": ("circle-open", "muted"), "opened": ("triangle-down", "blocked"),
    "fired": ("triangle-down", "blocked"),
}  # fmt: skip


class Story(NamedTuple):
    """`one` is the incident (its times, severity, unit, details); points are (epoch seconds, value)."""

    one: Any
    points: Sequence[tuple[float, float | None]]
    limits: Sequence[tuple[str, float]]
    events: Sequence[Mapping[str, Any]]
    policies: Sequence[PolicyChange]
    start: float
    end: float


@drawing
def draw(story: Story) -> dict[str, Any]:
    """The figure; gaps in the data stay gaps. Times in epoch ms."""
    one, start, end = story.one, story.start * 1000, story.end * 1000
    began, opened = one.began_at.timestamp() * 1000, one.opened_at.timestamp() * 1000
    until = one.resolved_at.timestamp() * 1000 if one.resolved_at else end
    known = [value for _, value in story.points if value is not None] + [limit for _, limit in story.limits]
    low, high = min(known), max(known)
    room = 0.12 * ((high - low) or abs(high) or 1.0)
    bottom, top = min(0.0, low - room) if low < 0 else max(0.0, low - 2 * room), high + room
    changes = marks.changes(marks.of_policies(story.policies), start, end)
    return {
        "data": [_line(story), _happened(story.events, start, end, top - 0.35 * room)],
        "layout": {
            "uirevision": "incident",
            "hovermode": "x unified",
            "margin": {"l": 52, "r": 12, "t": 10, "b": 26},
            "xaxis": time_axis(start, end),
            "yaxis": {"range": [bottom, top], "rangemode": "normal", "nticks": 6, "fixedrange": True, **_states(one)},
            "shapes": [
                *_spans(began, opened, until, start),
                *(threshold(limit, "blocked") for _, limit in story.limits),
                *changes["shapes"],
            ],
            "annotations": [
                *(line_label(0, limit, _limit(story, sign, limit), "blocked") for sign, limit in story.limits),
                *changes["annotations"],
            ],
        },
    }


def _limit(story: Story, sign: str, limit: float) -> str:
    one = story.one
    if worded(one.details, limit):
        return rule_format.limited(limit, one.unit, one.details, sign)
    return " ".join(f"limit {sign} {limit:g} {one.unit}".split())


def _states(one: Any) -> dict[str, Any]:
    """The axis in words where the rule measures a state."""
    known = words(one.details)
    return {"tickvals": list(range(len(known))), "ticktext": known} if known else {}


def _line(story: Story) -> dict[str, Any]:
    unit = f" {inline(story.one.unit)}" if story.one.unit else ""
    return {
        "type": "scatter",
        "mode": "lines" if len(story.points) > 2 else "lines+markers",
        "name": "Value",
        "x": [round(at * 1000) for at, _ in story.points],
        "y": [value for _, value in story.points],
        "connectgaps": False,
        "line": {"color": "@accent", "width": 1.8},
        "hovertemplate": "%{y:.4~g}" + unit + "<extra></extra>",
    }


def _spans(began: float, opened: float, until: float, start: float) -> list[dict[str, Any]]:
    """Pending faintly amber, firing faintly red."""
    zones = ((max(began, start), opened, "review"), (max(opened, start), until, "blocked"))
    ground = {"type": "rect", "yref": "paper", "y0": 0, "y1": 1, "layer": "below", "line": {"width": 0}}
    return [
        {**ground, "x0": first, "x1": last, "fillcolor": f"@{role}/0.12"} for first, last, role in zones if last > first
    ]


def _happened(events: Sequence[Mapping[str, Any]], start: float, end: float, y: float) -> dict[str, Any]:
    """What happened, as marks along the top."""
    found = [
        (event["at"].timestamp() * 1000, *_MARKS[event["kind"]], event["text"])
        for event in events
        if event["kind"] in _MARKS and start <= event["at"].timestamp() * 1000 <= end
    ]
    return {
        "type": "scatter",
        "mode": "markers",
        "name": "Happened",
        "x": [round(at) for at, *_ in found],
        "y": [y] * len(found),
        "customdata": [[text[:90]] for *_, text in found],
        "marker": {
            "size": 10,
            "symbol": [symbol for _, symbol, _, _ in found],
            "color": [f"@{role}" for _, _, role, _ in found],
            "line": {"width": 0},
        },
        "hovertemplate": "%{customdata[0]}<extra></extra>",
    }
