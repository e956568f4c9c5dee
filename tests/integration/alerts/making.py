"""What the tests of the alert worker share: stored predictions, and plain looks into the tables."""

from typing import Any

from core.db.engine import Database
from core.events.types import Prediction
from core.pipeline.writer import Writer

FRAUD = """
[[rule]]
id = "A1"
title = "Fraud rate"
summary = "{value:.1f} % blocked ({part} of {of}; limit {limit:g} %)"
kind = "window"
severity = "high"
for = "10s"
unit = "%"
channels = ["pagerduty", "log"]
escalate = ["sms-security"]
actions = ["strict-policy"]
parameters = { metric = "fraud_rate", window = "10m", above = 3.0, recovered_below = 2.5, minimum = 10 }
"""
RULES = (
    FRAUD
    + """
[[rule]]
id = "watchdog"
title = "Watchdog"
summary = "alerts are evaluated"
kind = "watchdog"
severity = "low"
incident = false
"""
)


def store(db: Database, now: float, blocked: int, approved: int, run: str = "a") -> None:
    """Predictions at `now`."""
    scores = [0.9] * blocked + [0.1] * approved
    Writer(db, 0.7).store(
        [
            Prediction(
                id=f"{run}{i}",
                transaction_id=f"{run}{i}",
                timestamp=now,
                score=score,
                decision="BLOCKED" if score > 0.5 else "APPROVED",
            )
            for i, score in enumerate(scores)
        ],
        now,
    )


def rows(db: Database, statement: str) -> list[Any]:
    """The rows of a statement."""
    with db.raw() as connection, connection.cursor() as cursor:
        cursor.execute(statement)
        return list(cursor.fetchall())
