"""3.5 H2: CPU, memory and disk of the host, with used and total."""

from typing import Any

from console import format
from console.panel import Panel, Slot, empty
from core.monitoring.health import Health


def draw(health: Health) -> dict[str, Any]:
    """Slot `meters`."""
    host = health.host
    if host is None:
        return {"meters": empty("No host metrics yet. The collector samples them with every round of checks.")}
    return {
        "note": f"load {format.number(host.load1)}",
        "meters": [
            _meter("CPU", host.cpu_percent, f"{host.cores} cores"),
            _use("Memory", host.memory_used, host.memory_total),
            _use("Disk", host.disk_used, host.disk_total),
        ],
    }


def _use(label: str, used: float, total: float) -> dict[str, Any]:
    return _meter(label, 100 * used / total if total else None, f"{format.size(used)} of {format.size(total)}")


def _meter(label: str, percent: float | None, text: str) -> dict[str, Any]:
    level = "alert" if (percent or 0) >= 92 else "warning" if (percent or 0) >= 80 else "ok"
    return {"label": label, "percent": percent, "value": format.percent(percent), "text": text, "level": level}


PANEL = Panel(
    name="host",
    title="Host",
    section="health",
    order=1,
    width=4,
    parts=("health",),
    slots=(Slot("meters", "meters"),),
    draw=draw,
)
