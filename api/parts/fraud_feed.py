"""Recent high-risk transactions (F2): the last 50 with a score above the limit, newest first."""

from typing import Any, TypedDict

from api.context import Context
from api.features import shown
from api.window import Window
from core.clock import iso, to_datetime
from core.store.queries import query

NAME = "fraud_feed"
REFRESH = 5.0
MOST = 50


class Row(TypedDict):
    """One high-risk transaction; `time` is ISO 8601 UTC, `amount` USD."""

    time: str
    txn_id: str
    score: float
    decision: str
    top_feature: str | None
    top_value: float | None
    top_feature_text: str | None
    amount: float | None


Data = list[Row]


def read(context: Context, window: Window) -> list[dict[str, Any]]:
    """The newest up to the end of the window; an absolute window begins at its start too."""
    bounds = window.bounds()
    if window.live:  # a platform's clock may run ahead of ours
        bounds = {"start": None, "end": to_datetime(context.now + 3600)}
    found = context.rows(query("predictions.risky"), above=context.config.high_risk_from, most=MOST, **bounds)
    return [
        {
            "time": iso(row["timestamp"].timestamp()),
            "txn_id": row["transaction_id"],
            "score": round(row["fraud_score"], 4),
            "decision": row["decision"],
            "top_feature": row["top_feature"],
            "top_value": row["top_value"],
            "top_feature_text": shown(row["top_feature"], row["top_value"], context.config),
            "amount": None if row["amount"] is None else float(row["amount"]),
        }
        for row in found
    ]
