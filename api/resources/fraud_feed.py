"""Recent high-risk transactions (F2): the last 50 with a score above the limit, newest first."""

from api.context import ResourceContext
from api.features import shown
from api.window import Window
from core.clock import iso, to_datetime
from core.db.queries import query
from core.monitoring.fraud_feed import FraudFeed, RiskyTransaction

NAME = "fraud_feed"
REFRESH = 5.0
MOST = 50


def read(context: ResourceContext, window: Window) -> FraudFeed:
    """The newest up to the end of the window; an absolute window begins at its start too."""
    bounds = window.bounds()
    if window.live:  # a platform's clock may run ahead of ours
        bounds = {"start": None, "end": to_datetime(context.now + 3600)}
    found = context.rows(query("predictions.risky"), above=context.config.high_risk_from, most=MOST, **bounds)
    return [
        RiskyTransaction(
            time=iso(row["timestamp"].timestamp()),
            txn_id=row["transaction_id"],
            score=round(row["fraud_score"], 4),
            decision=row["decision"],
            top_feature=row["top_feature"],
            top_value=row["top_value"],
            top_feature_text=shown(row["top_feature"], row["top_value"], context.config),
            amount=None if row["amount"] is None else float(row["amount"]),
        )
        for row in found
    ]
