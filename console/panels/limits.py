"""3.3 R3: how much of the global limit is used, who is near a limit, who is blocked and until when."""

from typing import Any

from console import format
from console.panel import Column, Panel, Slot, empty
from core.monitoring.limits import Limits

COLUMNS = (
    Column("ip", "IP", "ip"),
    Column("state", "State", "limit", "104px"),
    Column("used", "Used", "text", "27%"),
    Column("until", "Ends", "time", "80px"),
)


def draw(limits: Limits) -> dict[str, Any]:
    """Slot `meter` (global use) and `rows` (blocked first, then near)."""
    whole = limits.everyone
    level = "alert" if whole.percent >= 90 else "warning" if whole.percent >= 75 else "ok"
    meter = [
        {
            "label": "Global",
            "percent": whole.percent,
            "level": level,
            "text": f"{format.number(whole.used)} / {format.number(whole.limit)} per minute",
            "value": format.percent(whole.percent),
        }
    ]
    rows: list[list[Any]] = [
        [one.ip, one.ip, "blocked", one.reason or "over limit", one.until] for one in limits.blocked
    ]
    rows += [[one.ip, one.ip, "near", f"{one.used} / {one.limit}", None] for one in limits.near]
    note = f"{len(limits.near)} near · {len(limits.blocked)} blocked"
    if not rows:
        return {"meter": meter, "rows": empty("No IP is near its limit or blocked."), "note": note}
    return {"meter": meter, "rows": {"rows": rows}, "note": note}


PANEL = Panel(
    name="limits",
    title="Limit status",
    section="traffic",
    order=2,
    width=4,
    parts=("limits",),
    slots=(Slot("meter", "meters"), Slot("rows", "rows", columns=COLUMNS, label="IPs near their limit or blocked")),
    draw=draw,
)
