"""3.2 F1: the score of every prediction against time, with the zones of the policy in force."""

from typing import Any

from console.figures import fraud_scatter as figure
from console.panel import Panel, Slot, empty
from core.monitoring.alerts import Alerts
from core.monitoring.changes import Change
from core.monitoring.fraud_scatter import FraudScatter, PolicyInForce

_ROLES = (("BLOCKED", "Blocked"), ("REVIEW", "Review"), ("APPROVED", "Approved"))


def draw(fraud_scatter: FraudScatter, alerts: Alerts | None, changes: list[Change] | None) -> dict[str, Any]:
    """Slots `chart` and `counts`; the note names the policy in force."""
    counts = fraud_scatter.counts
    exact = "the newest only" if fraud_scatter.truncated else "exact"
    content: dict[str, Any] = {
        "counts": [{"decision": name, "label": label, "n": getattr(counts, name)} for name, label in _ROLES],
        "note": f"{_named(fraud_scatter.policy)} · approved as density, review and blocked {exact}",
    }
    if counts.total:
        changed = [one for one in changes or () if one.kind != "incident"]  # those are spans
        content["chart"] = figure.draw(fraud_scatter, alerts.spans if alerts else [], changed)
    else:
        content["chart"] = empty(
            "No predictions in this range. They appear as soon as the scoring service scores a transaction."
        )
    return content


def _named(policy: PolicyInForce | None) -> str:
    return "no policy" if policy is None else f"{policy.profile} policy v{policy.version}"


PANEL = Panel(
    name="fraud_scatter",
    title="Fraud score",
    section="fraud",
    order=0,
    width=7,
    parts=("fraud_scatter",),
    extras=("alerts", "changes"),
    note="approved as density, review and blocked exact",
    slots=(Slot("counts", "chips", head=True), Slot("chart", "figure", label="Fraud score against time")),
    draw=draw,
)
