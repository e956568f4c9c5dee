"""The strip on top: what wants action now, worst first; calm when there is nothing."""

from collections.abc import Mapping
from typing import Any

from console.panel import Panel, Slot


def draw(data: Mapping[str, Any]) -> dict[str, Any]:
    """One item per trouble: severity, title, detail, since (epoch ms) and the panel it is about."""
    items = [
        {
            "id": str(item["id"]),
            "severity": item["severity"],
            "title": item["title"],
            "detail": item.get("detail") or "",
            "since": item.get("since"),
            "target": (item.get("target") or "").removeprefix("#"),
        }
        for item in data["trouble"]
    ]
    return {"strip": {"items": items}}


PANEL = Panel(
    name="trouble",
    title="What wants action",
    section="top",
    order=0,
    parts=("trouble",),
    bare=True,
    slots=(Slot("strip", "strip"),),
    draw=draw,
)
