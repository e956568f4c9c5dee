"""3.2 F2: the newest high-risk transactions (score above 0.65); a row opens the transaction."""

from typing import Any

from console.panel import Column, Panel, Slot, empty
from core.monitoring.fraud_feed import FraudFeed

COLUMNS = (
    Column("time", "Time", "time", "76px"),
    Column("txn_id", "Transaction", "txn", "146px"),
    Column("score", "Score", "score", "54px"),
    Column("decision", "Decision", "decision", "94px"),
    Column("top_feature_text", "Top feature", "mono"),
    Column("amount", "Amount", "usd", "96px"),
)


def draw(fraud_feed: FraudFeed) -> dict[str, Any]:
    """Rows keyed by transaction, in the order of COLUMNS."""
    rows = [[row.txn_id, *(getattr(row, column.key) for column in COLUMNS)] for row in fraud_feed]
    if not rows:
        return {
            "rows": empty(
                "No transactions above 0.65 in this range. High-risk transactions appear here as they arrive."
            )
        }
    return {"rows": {"rows": rows}, "note": f"newest {len(rows)} above 0.65"}


PANEL = Panel(
    name="fraud_feed",
    title="High-risk transactions",
    section="fraud",
    order=1,
    width=5,
    parts=("fraud_feed",),
    note="newest 50 above 0.65",
    slots=(Slot("rows", "rows", columns=COLUMNS, label="Recent high-risk transactions"),),
    draw=draw,
)
