"""3.4 M4: drift of the features against training: seven days of the largest, and each feature's divergence."""

from typing import Any

from console import format
from console.figures import drift as figure
from console.panel import Column, Panel, Slot, empty
from core.monitoring.alerts import Alerts
from core.monitoring.drift import Drift

COLUMNS = (
    Column("name", "Feature", "mono"),
    Column("kl", "KL", "kl", "64px"),
    Column("status", "Status", "status", "96px"),
)
_WORDS = {"healthy": "healthy", "watch": "watch", "drifted": "drifted", "unknown": "insufficient data"}


def draw(drift: Drift, alerts: Alerts | None) -> dict[str, Any]:
    """Slots `chart` and `rows`."""
    rows = [[feature.name, feature.name, feature.kl, feature.status] for feature in drift.features]
    note = f"KL divergence, 7 days against training · {format.number(drift.n)} predictions · {_WORDS[drift.status]}"
    content: dict[str, Any] = {"note": note}
    if any(day.kl is not None for day in drift.days):
        content["chart"] = figure.draw(drift, alerts.spans if alerts else [])
    else:
        content["chart"] = empty(
            f"Insufficient data: drift needs at least {drift.minimum} predictions of one model version."
        )
    content["rows"] = {"rows": rows} if rows else empty("No features evaluated yet.")
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
