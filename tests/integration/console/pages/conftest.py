"""Transactions that the pages of transactions are tested with."""

import time

import pytest

from core.db.engine import Database
from core.events.types import Prediction, Transaction
from core.pipeline.writer import Writer
from core.web.app import App


@pytest.fixture
def stored(app: App, db: Database) -> float:
    """Ten held transactions, t0 the dearest, and one that was sold."""
    now = time.time()
    held = [
        Prediction(
            id=f"t{n}",
            transaction_id=f"t{n}",
            timestamp=now - n,
            score=0.8,
            threshold=0.6,
            decision="BLOCKED",
            amount=1000.0 - n,
            wallet=f"w{n % 3}",
            ip="192.0.2.7",
            top_feature="=cmd()",
        )
        for n in range(10)
    ]
    sold = Transaction(id="s", transaction_id="sold", timestamp=now, type="purchase", amount=5.0, wallet="w0")
    Writer(db, 0.7).store([*held, sold], now)
    return now
