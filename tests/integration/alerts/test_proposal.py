"""A search for a quieter setting that somebody asked for is run by a worker over stored history."""

from collections.abc import Callable

import pytest
from sqlalchemy import text

from alerts import worker
from alerts.evaluate import ruleset
from alerts.evaluate.evaluator import Evaluator
from alerts.jobs import proposal
from core import clock
from core.alerting import proposals
from core.db.engine import Database
from core.events import time_buckets
from core.settings import Settings
from core.stores import Stores
from tests.integration.alerts.making import FRAUD, rows, store


@pytest.fixture
def known(configure: Callable[[str], Settings]) -> Settings:
    return configure(FRAUD)


def test_a_short_burst_that_was_useless_is_waited_out(
    db: Database, known: Settings, stores: Stores, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(proposal, "SPAN", 4 * 3600.0)
    rules = ruleset.load(known)
    now = clock.now()
    start = time_buckets.floor(now) - 3 * 3600
    for minute in range(140):  # an attack of half an hour, and a small burst an hour later
        store(db, start + 60 * minute, 10 if minute < 30 else 7 * (minute == 90), 20, run=f"{minute}-")
    live = Evaluator(known, stores, rules, "one")
    for second in range(0, 8400, 60):
        live.step(start + second)
    found = rows(db, "SELECT id FROM incidents WHERE rule = 'A1' AND kind = 'alert' ORDER BY opened_at")
    assert len(found) == 2
    with db.transaction() as connection:
        for (identity,), word in zip(found, ("right", "useless"), strict=True):
            values = {"id": identity, "word": word}
            connection.execute(text("UPDATE incidents SET notified_at = opened_at WHERE id = :id"), values)
            connection.execute(
                text("INSERT INTO incident_judgements VALUES (:id, :word, 'ann', now(), 'console')"), values
            )
        proposals.request(connection, stores.audit, "A1", "ann", now)
        proposals.request(connection, stores.audit, "gone", "ann", now)
    duty = worker.jobs(known, stores, rules)
    assert [duty.step("rule-proposal", now) for _ in range(3)] == [True, True, False]
    with db.transaction() as connection:
        asked = proposals.newest(connection)
    assert asked["gone"].state == "failed"
    assert "there is no rule 'gone' any more" in asked["gone"].message
    assert asked["A1"].state == "done"
    result = asked["A1"].result
    assert result is not None
    assert (result["right"], result["false"]) == (1, 1)
    assert result["tried"] > 20
    assert result["after"]["false"] == 0, result
    assert result["after"]["pages"] == 1
    assert "for" in result["set"] or "above" in result["set"]
