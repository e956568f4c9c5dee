"""The documented query of A1: PostgreSQL takes it, and it says what the rule says."""

import re
from collections.abc import Callable

import pytest

from alerts.evaluate.evaluator import Evaluator
from core import clock
from core.db.engine import Database
from core.db.queries import sql
from core.events import time_buckets
from core.settings import ROOT
from tests.integration.alerts.making import FRAUD, rows, store

Make = Callable[..., Evaluator]
LIKE_A1 = FRAUD.replace("minimum = 10", "minimum = 50").replace('for = "10s"', "for = 0")


def test_the_documented_text_is_the_shipped_one() -> None:
    named = sql("rules.fraud_rate_alert").removeprefix("/* rules.fraud_rate_alert */ ")
    shipped = " ".join(line for line in named.splitlines() if not line.startswith("--"))
    documented = (ROOT / "docs" / "alerts.md").read_text()
    assert shipped in re.sub(r"\s+", " ", documented)


@pytest.mark.parametrize(
    ("blocked", "approved", "fires"), [(4, 96, True), (3, 97, False), (2, 47, False), (2, 48, True), (0, 0, False)]
)
def test_it_answers_as_the_rule_does(db: Database, worker: Make, blocked: int, approved: int, fires: bool) -> None:
    now = clock.now()
    store(db, time_buckets.floor(now), blocked, approved)
    store(db, now - 700, blocked=500, approved=0, run="before")
    found = rows(db, sql("rules.fraud_rate_alert").replace("%", "%%"))
    assert bool(found) is fires
    worker(LIKE_A1).step(now)
    assert rows(db, "SELECT count(*), min(value) FROM incidents") == [(1, float(found[0][0])) if fires else (0, None)]
