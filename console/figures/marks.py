"""What charts mark besides their data: when alerts fired (a bar along the top, a faint ground), and what changed.

The bar is a trace, so that it can be hovered and clicked (`meta` "incident", the incident's id in `customdata`); it is
always there, empty when nothing fired, because a tick can only patch as many traces as there were.
"""

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from console.figures.plain import Markup, plain
from core.monitoring.alerts import AlertSpan, PolicyChange
from core.monitoring.changes import Change

STEPS = 6  # points along a bar: hover finds points only
MOST_MARKS = 8
MOST_NAMED = 8  # changes that one mark names
NEAR = 0.03  # of the axis, within which changes are one mark
LONGEST = 16  # characters beside a line
KINDS = {
    "deploy": "Deploy", "model": "Model", "policy": "Policy", "configuration": "Configuration", "incident": "Incident",
}  # fmt: skip
_LINES = {
    "incident": ("blocked", "dot"), "deploy": ("text", "dash"), "model": ("good", "dash"),
    "policy": ("accent", "dot"), "configuration": ("muted", "dot"),
}  # fmt: skip
Drawn = dict[str, list[dict[str, Any]]]
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


def changes(found: Sequence[Change], start: float, end: float, above: bool = False) -> Drawn:
    """Shapes and annotations of changes in [start, end] (epoch ms): a line and a name, and what it was on hover.

    Changes that lie close together are one mark, which names all of them; more than `MOST_MARKS` are the newest.
    Names stand at the foot of the chart, or `above`.
    """
    shown = _together([one for one in found if start <= one.t <= end], start, end)[-MOST_MARKS:]
    lines, names = [], []
    for index, group in enumerate(shown):
        kinds = {one.kind for one in group}
        colour, dash = _LINES[next(kind for kind in _LINES if kind in kinds)]
        at = group[-1].t
        lines.append({
            "type": "line", "yref": "paper", "x0": at, "x1": at, "y0": 0, "y1": 1,
            "line": {"color": f"@{colour}", "width": 1.2, "dash": dash},
        })  # fmt: skip
        names.append({
            "x": at, "yref": "paper", "y": float(above), "yanchor": "top" if above else "bottom",
            "xanchor": "right" if at > (start + end) / 2 else "left",
            "text": _name(group[0]) if len(group) == 1 else f"{len(group)} changes",
            "hovertext": Markup("<br>".join(plain(_told(one)) for one in group[-MOST_NAMED:])),
            "showarrow": False, "font": {"size": 11, "color": f"@{colour}"}, "bgcolor": "@panel", "borderpad": 2,
            "yshift": (-1 if above else 1) * (4 + 18 * (index % 3)),
        })  # fmt: skip
    return {"shapes": lines, "annotations": names}


def of_policies(policies: Iterable[PolicyChange]) -> list[Change]:
    """Changes of the policy as changes."""
    return sorted(
        (
            Change(
                t=one.t, kind="policy", title=f"{one.profile} v{one.version}", ref=f"{one.version}", service="",
                detail=f"fraud threshold {one.fraud_threshold:.2f}, by {one.actor}",
            )
            for one in policies
        ),
        key=lambda one: one.t,
    )  # fmt: skip


def _together(found: Sequence[Change], start: float, end: float) -> list[list[Change]]:
    groups: list[list[Change]] = []
    for one in sorted(found, key=lambda one: one.t):
        if groups and one.t - groups[-1][0].t <= NEAR * (end - start):
            groups[-1].append(one)
        else:
            groups.append([one])
    return groups


def _name(one: Change) -> str:
    """What stands beside the line."""
    name = one.title.removeprefix(f"{one.service} ") if one.kind == "deploy" else one.title
    name = KINDS[one.kind].lower() if one.kind in ("configuration", "incident") else name
    return name if len(name) <= LONGEST else f"{name[: LONGEST - 1]}…"


def _told(one: Change) -> str:
    told = f"{KINDS[one.kind]}: {one.title}{f', {one.detail}' if one.detail else ''}"
    return told if len(told) <= 200 else f"{told[:199]}…"


def role(marks: Sequence[Mark]) -> str:
    """The colour role of the worst of these spans."""
    roles = {_ROLE[mark.span.severity] for mark in marks}
    return next((name for name in ("blocked", "review", "ok") if name in roles), "blocked")
