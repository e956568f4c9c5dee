"""3.3 R3: how much of the global limit is used, who is near a limit, who is blocked and until when."""

from collections.abc import Mapping
from typing import Any

from console import format
from console.panel import Column, Panel, Slot, empty

COLUMNS = (
    Column("ip", "IP", "ip"),
    Column("state", "State", "limit", "104px"),
    Column("used", "Used", "text", "27%"),
    Column("until", "Ends", "time", "80px"),
)


def draw(data: Mapping[str, Any]) -> dict[str, Any]:
    """Slot `meter` (global use) and `rows` (blocked first, then near)."""
    part = data["limits"]
    whole = part["global"]
    percent = whole.get("percent")
    level = "alert" if (percent or 0) >= 90 else "warning" if (percent or 0) >= 75 else "ok"
    meter = [
        {
            "label": "Global",
            "percent": percent,
            "level": level,
            "text": f"{format.number(whole['used'])} / {format.number(whole['limit'])} per minute",
            "value": format.percent(percent),
        }
    ]
    rows = [
        [row["ip"], row["ip"], "blocked", row.get("reason") or "over limit", row.get("until")]
        for row in part["blocked"]
    ]
    rows += [[row["ip"], row["ip"], "near", f"{row['used']} / {row['limit']}", None] for row in part["near"]]
    note = f"{len(part['near'])} near · {len(part['blocked'])} blocked"
    if not rows:
        return {"meter": meter, "rows": empty("No IP is near its limit and none is blocked."), "note": note}
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
