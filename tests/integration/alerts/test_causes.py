"""One cause, one notice: a stopped collector is one page and one end, and what outlasts it is told after a grace."""

from collections.abc import Callable
from typing import Any

import pytest

from alerts.evaluate import incidents as incidents_of_rules
from alerts.evaluate.evaluator import Evaluator
from core import clock
from core.alerting import incidents
from core.db.engine import Database
from core.events.types import Prediction
from core.pipeline.writer import Writer
from tests.integration.alerts.making import rows, store

CAUSE = """
[[rule]]
id = "feed"
title = "Nothing arrives"
summary = "nothing"
kind = "window"
severity = "high"
for = "{hold}"
watches = "feed"
channels = ["pagerduty"]
parameters = {{ metric = "predictions_per_hour", window = "10s", below = 1 }}
"""
FOLLOWS = """
[[rule]]
id = "R{number}"
title = "Rate {number}"
summary = "{{value}}"
kind = "window"
severity = "{severity}"
no_data_after = "{after}"
channels = ["pagerduty"]
depends_on = ["feed"]
parameters = {{ metric = "fraud_rate", window = "10s", above = 99 }}
"""
Make = Callable[..., Evaluator]


def rules(count: int = 13, hold: str = "20s", after: str = "10s", severity: str = "medium") -> str:
    return CAUSE.format(hold=hold) + "".join(
        FOLLOWS.format(number=number, after=after, severity=severity) for number in range(count)
    )


def told(db: Database) -> list[Any]:
    return rows(db, "SELECT notice ->> 'rule', event FROM outbox ORDER BY id")


def feed(db: Database, now: float) -> None:
    Writer(db, 0.7).store(
        [Prediction(id=f"p{now}", transaction_id=f"p{now}", timestamp=now, score=0.1, decision="APPROVED")], now
    )


def run(one: Evaluator, start: float, seconds: int, db: Database | None = None) -> float:
    """Evaluate every 5 s; with a database something arrives each time."""
    now = start
    for _ in range(seconds // 5):
        now += 5.0
        if db is not None:
            feed(db, now)
        assert one.step(now)
    return now


def test_thirteen_rules_without_data_and_their_cause_are_one_page_and_one_end(db: Database, worker: Make) -> None:
    """The missing data is noticed after 10 s, the cause after 20 s."""
    one = worker(rules())
    now = run(one, clock.now(), 10, db)
    now = run(one, now, 120)
    assert told(db) == [("feed", "trigger")]
    [(cause,)] = rows(db, "SELECT id FROM incidents WHERE rule = 'feed'")
    held = "SELECT count(*) FROM incidents WHERE kind = 'no_data' AND inhibited_by = '{}' AND notified_at IS NULL"
    assert rows(db, held.format(cause)) == [(13,)]
    assert rows(db, "SELECT count(*) FROM incident_events WHERE kind = 'inhibited'") == [(13,)]
    now = run(one, now, 60, db)
    assert told(db) == [("feed", "trigger"), ("feed", "resolve")]
    assert rows(db, "SELECT count(*) FROM incidents WHERE status <> 'resolved'") == [(0,)]


def test_what_follows_is_told_to_nobody_when_another_rule_cannot_be_written(
    db: Database, worker: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each rule is then written by itself; what it follows from is another rule's."""
    one = worker(rules())
    real = incidents_of_rules.write

    def write(connection: Any, changes: list[Any], *rest: Any) -> Any:
        if any(change.key[0] == "R3" and change.transitions for change in changes):
            raise RuntimeError("no")
        return real(connection, changes, *rest)

    monkeypatch.setattr(incidents_of_rules, "write", write)
    now = run(one, clock.now(), 10, db)
    run(one, now, 120)
    assert told(db) == [("alerting", "trigger"), ("feed", "trigger")]
    held = "SELECT count(*) FROM incidents WHERE kind = 'no_data' AND inhibited_by IS NOT NULL AND notified_at IS NULL"
    assert rows(db, held) == [(12,)]


def test_what_outlasts_its_cause_is_told_after_the_grace(db: Database, worker: Make) -> None:
    text = rules(1) + FOLLOWS.format(number=9, after="10s", severity="medium").replace(
        "parameters = {", "parameters = { minimum = 5,"
    )
    one = worker(text)
    now = run(one, clock.now(), 10, db)
    now = run(one, now, 60)
    now = run(one, now, 280, db)
    assert told(db) == [("feed", "trigger"), ("feed", "resolve")]
    run(one, now, 60, db)
    assert told(db)[2:] == [("R9", "trigger")], "five samples never come, though the feed is back"


def test_without_a_cause_people_are_told_after_a_short_wait(db: Database, worker: Make) -> None:
    """The rule that would explain it stays good: something else is wrong."""
    text = rules(2).replace(
        'metric = "predictions_per_hour", window = "10s", below = 1',
        'metric = "predictions_per_hour", window = "1h", below = 1',
    )
    one = worker(text)
    now = run(one, clock.now(), 10, db)
    now = run(one, now, 60)
    assert told(db) == []
    run(one, now, 40)
    assert sorted(told(db)) == [("R0", "trigger"), ("R1", "trigger")]


def test_critical_alerts_go_out_though_their_cause_fires_unless_told_otherwise(db: Database, worker: Make) -> None:
    text = (
        rules(1, severity="critical")
        .replace("above = 99", "above = 3")
        .replace('window = "10s", above', 'window = "1h", above')
    )
    now = clock.now()
    one = worker(
        text.replace(
            'metric = "predictions_per_hour", window = "10s", below = 1',
            'metric = "predictions_per_hour", window = "10s", below = 1000000',
        )
    )
    run(one, now, 60, db)
    assert told(db) == [("feed", "trigger")]
    store(db, now + 60, blocked=50, approved=0)
    run(one, now + 60, 10, db)
    assert told(db) == [("feed", "trigger"), ("R0", "trigger")]


def test_an_alert_that_its_cause_explains_waits_while_the_cause_is_pending(db: Database, worker: Make) -> None:
    low = FOLLOWS.format(number=0, after="10m", severity="high").replace(
        'metric = "fraud_rate", window = "10s", above = 99',
        'metric = "predictions_per_hour", window = "10s", below = 5',
    )
    one = worker(CAUSE.format(hold="20s") + low)
    now = run(one, clock.now(), 10, db)
    run(one, now, 60)
    assert told(db) == [("feed", "trigger")]
    assert rows(db, "SELECT count(*) FROM incidents WHERE rule = 'R0' AND inhibited_by IS NOT NULL") == [(1,)]


def test_a_person_who_resolves_the_cause_by_hand_wakes_nobody(db: Database, worker: Make) -> None:
    one = worker(rules(3))
    now = run(one, clock.now(), 10, db)
    now = run(one, now, 60)
    [(cause,)] = rows(db, "SELECT id FROM incidents WHERE rule = 'feed'")
    with db.transaction() as connection:
        incidents.resolve(connection, one._stores.audit, cause, "anna", now)
    run(one, now, 400)
    assert told(db) == [("feed", "trigger"), ("feed", "resolve")]
