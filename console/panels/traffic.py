"""3.3 R1: API requests per minute, errors beside them."""

from collections.abc import Mapping
from typing import Any

from console import format
from console.figures import traffic as figure
from console.figures.marks import NOTHING
from console.panel import Panel, Slot, empty


def draw(data: Mapping[str, Any]) -> dict[str, Any]:
    """Slot `chart`; the note gives the range's total."""
    part = data["traffic"]
    minutes = part["per_minute"]
    if not any(minute["n"] for minute in minutes):
        return {
            "chart": empty(
                "No API request in this range. Our own endpoints and request events of the platform are counted here."
            )
        }
    limit = (data.get("limits") or {}).get("global", {}).get("limit")
    errors = sum(minute["errors"] for minute in minutes)
    return {
        "chart": figure.draw(minutes, limit, data.get("alerts") or NOTHING),
        "note": f"{format.number(part.get('total'))} requests · {format.number(errors)} answered 5xx",
    }


PANEL = Panel(
    name="traffic",
    title="Requests per minute",
    section="traffic",
    order=0,
    width=5,
    parts=("traffic", "limits"),
    extras=("alerts",),
    note="5xx as bars",
    slots=(Slot("chart", "figure", label="API requests per minute"),),
    draw=draw,
)
