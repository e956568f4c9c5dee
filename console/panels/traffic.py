"""3.3 R1: API requests per minute, errors beside them."""

from typing import Any

from console import format
from console.figures import traffic as figure
from console.panel import Panel, Slot, empty
from core.monitoring.alerts import Alerts
from core.monitoring.changes import Change
from core.monitoring.limits import Limits
from core.monitoring.traffic import Traffic


def draw(traffic: Traffic, limits: Limits, alerts: Alerts | None, changes: list[Change] | None) -> dict[str, Any]:
    """Slot `chart`; the note gives the range's total."""
    minutes = traffic.per_minute
    if not any(minute.n for minute in minutes):
        return {
            "chart": empty(
                "No API requests in this range. Requests to Gatehouse and request events from the platform appear here."
            )
        }
    errors = sum(minute.errors for minute in minutes)
    return {
        "chart": figure.draw(
            minutes,
            limits.everyone.limit,
            alerts.spans if alerts else [],
            [one for one in changes or () if one.kind != "incident"],  # those are spans
        ),
        "note": f"{format.number(traffic.total)} requests · {format.number(errors)} with a 5xx status",
    }


PANEL = Panel(
    name="traffic",
    title="Requests per minute",
    section="traffic",
    order=0,
    width=5,
    parts=("traffic", "limits"),
    extras=("alerts", "changes"),
    note="5xx as bars",
    slots=(Slot("chart", "figure", label="API requests per minute"),),
    draw=draw,
)
