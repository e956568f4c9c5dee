"""3.2 F1: the score of every prediction against time, with the zones of the policy in force."""

from collections.abc import Mapping
from typing import Any

from console.figures import fraud_scatter as figure
from console.figures.marks import NOTHING
from console.panel import Panel, Slot, empty

_ROLES = (("BLOCKED", "Blocked"), ("REVIEW", "Review"), ("APPROVED", "Approved"))


def draw(data: Mapping[str, Any]) -> dict[str, Any]:
    """Slots `chart` and `counts`; the note names the policy in force."""
    part = data["fraud_scatter"]
    counts = part["counts"]
    exact = "the newest only" if part.get("truncated") else "exact"
    content: dict[str, Any] = {
        "counts": [{"decision": name, "label": label, "n": counts.get(name, 0)} for name, label in _ROLES],
        "note": f"{_named(part['policy'])} · approved as density, review and blocked {exact}",
    }
    if any(counts.values()):
        content["chart"] = figure.draw(part, data.get("alerts") or NOTHING)
    else:
        content["chart"] = empty(
            "No predictions in this range. They appear here as soon as the scoring service scores a transaction."
        )
    return content


def _named(policy: Mapping[str, Any] | None) -> str:
    return "no policy" if policy is None else f"{policy['profile']} policy v{policy['version']}"


PANEL = Panel(
    name="fraud_scatter",
    title="Fraud score",
    section="fraud",
    order=0,
    width=7,
    parts=("fraud_scatter",),
    extras=("alerts",),
    note="approved as density, review and blocked exact",
    slots=(Slot("counts", "chips", head=True), Slot("chart", "figure", label="Fraud score against time")),
    draw=draw,
)
