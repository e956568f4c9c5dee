"""3.4 M4: drift of the features against training: seven days of the largest, and each feature's divergence."""

from collections.abc import Mapping
from typing import Any

from console import format
from console.figures import drift as figure
from console.figures.marks import NOTHING
from console.panel import Column, Panel, Slot, empty

COLUMNS = (
    Column("name", "Feature", "mono"),
    Column("kl", "KL", "kl", "64px"),
    Column("status", "Status", "status", "96px"),
)
_WORDS = {"healthy": "healthy", "watch": "on watch", "drifted": "drifted", "unknown": "insufficient data"}


def draw(data: Mapping[str, Any]) -> dict[str, Any]:
    """Slots `chart` and `rows`."""
    part = data["drift"]
    rows = [[feature["name"], feature["name"], feature["kl"], feature["status"]] for feature in part["features"]]
    word = _WORDS.get(part["status"], part["status"])
    note = f"KL divergence, 7 days against training · {format.number(part.get('n'))} predictions · {word}"
    content: dict[str, Any] = {"note": note}
    if any(day["kl"] is not None for day in part["days"]):
        content["chart"] = figure.draw(part, data.get("alerts") or NOTHING)
    else:
        content["chart"] = empty(
            f"Insufficient data: drift is judged from {part.get('minimum', 100)} predictions of one model version on."
        )
    content["rows"] = {"rows": rows} if rows else empty("No feature has been judged yet.")
    return content


PANEL = Panel(
    name="drift",
    title="Feature drift",
    section="model",
    order=1,
    width=7,
    parts=("drift",),
    extras=("alerts",),
    pages=(("Before and after", "model#drift"),),
    note="KL divergence, 7 days against training",
    slots=(
        Slot("chart", "figure", label="Largest KL divergence per day"),
        Slot("rows", "rows", columns=COLUMNS, label="KL divergence per feature"),
    ),
    draw=draw,
)
