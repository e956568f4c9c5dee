"""The strip on top: what wants action now, worst first; calm when there is nothing."""

from typing import Any

from console.panel import Panel, Slot
from core.monitoring.alerts import Alerts
from core.monitoring.trouble import ActiveProblems

SHOWN = 20
LONGEST = 300  # characters of a title or a detail; names of strangers have any length


def draw(trouble: ActiveProblems, alerts: Alerts | None) -> dict[str, Any]:
    """One item per problem: severity, title, detail, since (epoch ms), the panel it is about, its incident.

    Only the `SHOWN` most urgent are listed; `more` says how many are not, and how many of those nobody acknowledged.
    `counts` are the rules by phase.
    """
    listed, rest = trouble[:SHOWN], trouble[SHOWN:]
    items = [
        {
            "id": problem.id,
            "severity": problem.severity,
            "title": problem.title[:LONGEST],
            "detail": problem.detail[:LONGEST],
            "since": problem.since,
            "target": problem.target.removeprefix("#"),
            "incident": problem.incident,
            "acknowledged_by": problem.acknowledged_by,
            "silenced_by": problem.silenced_by,
        }
        for problem in listed
    ]
    unhandled = sum(not (problem.acknowledged_by or problem.silenced_by) for problem in rest)
    phases = [rule.phase for rule in (alerts.rules if alerts else ()) if rule.tells]
    counts = {phase: phases.count(phase) for phase in ("firing", "pending", "inactive")}
    return {"strip": {"items": items, "counts": counts, "more": {"all": len(rest), "unhandled": unhandled}}}


PANEL = Panel(
    name="trouble",
    title="Needs attention",
    section="top",
    order=0,
    parts=("trouble",),
    extras=("alerts",),
    bare=True,
    slots=(Slot("strip", "strip"),),
    draw=draw,
)
