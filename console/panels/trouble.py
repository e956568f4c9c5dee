"""The strip on top: what wants action now, worst first; calm when there is nothing."""

from collections.abc import Mapping
from typing import Any

from console.panel import Panel, Slot


def draw(data: Mapping[str, Any]) -> dict[str, Any]:
    """One item per trouble: severity, title, detail, since (epoch ms), the panel it is about, its incident.

    `counts` are the rules by phase.
    """
    items = [
        {
            "id": str(item["id"]),
            "severity": item["severity"],
            "title": item["title"],
            "detail": item.get("detail") or "",
            "since": item.get("since"),
            "target": (item.get("target") or "").removeprefix("#"),
            "incident": item.get("incident"),
            "acknowledged_by": item.get("acknowledged_by"),
            "silenced_by": item.get("silenced_by"),
        }
        for item in data["trouble"]
    ]
    phases = [rule["phase"] for rule in (data.get("alerts") or {"rules": []})["rules"] if rule["tells"]]
    counts = {phase: phases.count(phase) for phase in ("firing", "pending", "inactive")}
    return {"strip": {"items": items, "counts": counts}}


PANEL = Panel(
    name="trouble",
    title="What wants action",
    section="top",
    order=0,
    parts=("trouble",),
    extras=("alerts",),
    bare=True,
    slots=(Slot("strip", "strip"),),
    draw=draw,
)
