"""Predictions, sales, requests and labels of some days in PostgreSQL, for the sums of Analytics and their tests.

`settle` makes the collector's sums; `ask` reads raw rows. Times lie before `NOW`, which is in the middle of an hour.
"""

import random
from collections.abc import Collection
from typing import Any
from unittest.mock import patch

from sqlalchemy import text

from collector import analytics_rollup
from core import settings
from core.analytics.periods import Span
from core.config import RetentionConfig
from core.db.engine import Database
from core.events.types import Event, Label, Prediction, Request, Transaction
from core.pipeline.writer import Writer
from core.policy import Policy, decide

DAY, HOUR = 86_400, 3600
MIDNIGHT = 20_700 * DAY
NOW = MIDNIGHT + 9 * HOUR + 1234.5
POLICY = Policy(version=1, profile="normal", fraud_threshold=0.6, review_from=0.4, block_from=0.7)
KEEP = settings.load({}).config.retention


def events(number: int, start: float, end: float, seed: int = 1, prefix: str = "t") -> list[Event]:
    """So many predictions between two times, held-out and reported ones among them; most with a sale and requests."""
    dice = random.Random(seed)
    found: list[Event] = []
    for place in range(number):
        at, score, name = dice.uniform(start, end), round(dice.random() ** 2, 5), f"{prefix}{seed}-{place}"
        decision, held = decide(score, POLICY), None
        if decision == "BLOCKED" and dice.random() < 0.2:
            decision, held = "REVIEW", 0.2
        amount = dice.choice((None, 0.0, round(dice.lognormvariate(4, 1), 2)))
        found.append(
            Prediction(
                id=name, transaction_id=name, timestamp=at, score=score, decision=decision, threshold=0.6,
                latency_ms=round(dice.lognormvariate(1, 1), 3), amount=amount, holdout=held,
                sender="shop" if dice.random() < 0.1 else "",
            )
        )  # fmt: skip
        if decision == "APPROVED":
            sale = Transaction(id=name, transaction_id=name, timestamp=at + 1, type="purchase", amount=amount or 1.0)
            found.append(sale)
        status = dice.choices((200, 422, 500, 503), (90, 5, 3, 2))[0]
        found.append(
            Request(
                id=name, timestamp=at, ip="192.0.2.1", method="POST", path="/api/v1/score", status=status,
                duration_ms=round(dice.lognormvariate(1, 1), 3), service="gatehouse-scoring",
            )
        )  # fmt: skip
    return found


def labels(of: list[Event], share: float, at: float, seed: int = 1) -> list[Event]:
    """What a share of these predictions really were."""
    dice = random.Random(seed)
    return [
        Label(
            id=f"{one.id}-{seed}", transaction_id=one.transaction_id, timestamp=at, source="analyst",
            label=dice.choice(("fraud", "legit")),
        )
        for one in of
        if isinstance(one, Prediction) and dice.random() < share
    ]  # fmt: skip


def store(db: Database, given: list[Event], now: float = NOW, batch: int = 500) -> None:
    """As the collector stores them, in batches."""
    writer = Writer(db, normal_block_from=0.7)
    for start in range(0, len(given), batch):
        writer.store(given[start : start + batch], now)


def settle(db: Database, now: float = NOW, keep: RetentionConfig = KEEP, only: Collection[str] = ()) -> int:
    """Sum up until nothing is left to do, `only` some topics where they are named; how many hours that were. Pauses
    between sums are not waited for.
    """
    known = tuple(one for one in analytics_rollup.topics() if not only or one.name in only)
    done = 0
    with patch.object(analytics_rollup, "topics", lambda: known):
        while found := analytics_rollup.step(db, keep, now):
            done += found
            ask(db, "UPDATE analytics_summed SET at = at - interval '1 hour' RETURNING 1")
    return done


def ask(db: Database, statement: str, span: Span | None = None) -> list[tuple[Any, ...]]:
    """The rows of a statement, over a span where it has `:start` and `:end`."""
    with db.transaction() as connection:
        found = connection.execute(text(statement), span.given if span else {})
        return [tuple(row) for row in found]
