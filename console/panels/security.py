"""3.6 S1, S2: security events, newest first, with a severity filter that counts and a text search."""

from typing import Any

from console import format
from console.panel import Column, Panel, Slot, empty
from core.monitoring.security import SecurityEvents

COLUMNS = (
    Column("t", "Time", "time", "84px"),
    Column("severity", "Severity", "severity", "104px"),
    Column("text", "Event", "text"),
    Column("source", "Source", "text", "11%"),
    Column("actor", "Actor", "mono", "11%"),
    Column("ip", "IP", "ip", "136px"),
    Column("correlation_id", "Correlation", "mono", "13%"),
)
SEVERITIES = ("critical", "high", "medium", "low")


def draw(security: SecurityEvents) -> dict[str, Any]:
    """Slot `rows` with `counts` by severity, as they read (of the whole range, not only of the rows sent)."""
    rows = [[event.id, *(getattr(event, column.key) for column in COLUMNS)] for event in security.events]
    known = {name: getattr(security.counts, name) for name in SEVERITIES}
    counts = {name: f"{n:,}" for name, n in {"all": sum(known.values()), **known}.items()}
    total = format.number(security.total)
    shown = f"newest {len(rows)} of {total}" if security.total > len(rows) else f"{total} events"
    if not rows:
        content: dict[str, Any] = empty(
            "No security events in this range. Logins, lockouts, rate limits, drift and policy changes appear here."
        )
        return {"rows": {**content, "counts": counts}, "note": "no events"}
    return {"rows": {"rows": rows, "counts": counts}, "note": shown}


PANEL = Panel(
    name="security",
    title="Security events",
    section="security",
    order=0,
    width=7,
    parts=("security",),
    note="last 15 min",
    slots=(Slot("rows", "rows", columns=COLUMNS, label="Security events", filters=SEVERITIES, search=True),),
    draw=draw,
)
