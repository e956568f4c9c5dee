"""Backtests over what is stored, and the recorded run: the replay decides what was decided, line for line."""

import random
from collections.abc import Callable

import pytest

from alerts import worker
from alerts.backtest.replay import replay
from alerts.backtest.run import run
from alerts.backtest.spec import Spec, Variant
from alerts.evaluate import alert_states, ruleset, tick_log
from alerts.evaluate.evaluator import Evaluator
from core import clock
from core.alerting import backtests
from core.db.engine import Database
from core.events import time_buckets
from core.settings import Settings
from core.stores import Stores
from tests.integration.alerts.making import RULES, rows, store
from tests.jobs import claimed, end

MORE = (
    RULES.replace('for = "10s"', 'for = "30s"\nkeep_firing_for = "20s"').replace('window = "10m"', 'window = "1m"')
    + """
[[rule]]
id = "traffic-anomaly"
title = "Unusual traffic"
summary = "{value} against {low} to {high}"
kind = "anomaly"
severity = "low"
parameters = { metric = "predictions_per_hour", window = "1m", trailing = "30m", days = 0, deviations = 4 }

[[rule]]
id = "A4"
title = "MFA"
summary = "{value} for {account}"
kind = "mfa"
severity = "critical"
"""
)


@pytest.fixture
def known(configure: Callable[[str], Settings]) -> Settings:
    return configure(MORE)


def records(db: Database) -> list[bytes]:
    with db.transaction() as connection:
        return [data for _, data in alert_states.ticks(connection, 0, clock.now() + 86400)]


def test_a_recorded_run_is_replayed_line_for_line(db: Database, known: Settings, stores: Stores) -> None:
    """Ten minutes of random traffic, two workers in turn, people who resolve, a pause, failed second factors."""
    rng = random.Random(11)
    rules = ruleset.load(known)
    workers = [Evaluator(known, stores, rules, name) for name in ("one", "two")]
    start = time_buckets.floor(clock.now()) - 1200
    now, current = float(start), 0
    for step in range(120):
        now += 90.0 if step == 60 else 5.0
        store(db, now, rng.choice([0, 0, 1, 8]), rng.choice([5, 20, 60]), run=f"{step}-")
        if step % 40 == 39:
            workers[current].give_up()
            current = 1 - current
        if step % 30 == 29:
            rows(db, "UPDATE incidents SET status = 'resolved', resolved_at = now(), resolved_by = 'anna' RETURNING 1")
        if step % 25 == 5:
            rows(
                db,
                "INSERT INTO security_events (timestamp, severity, id, text, category, action, outcome, actor, source)"
                f" SELECT to_timestamp({now}), 'medium', '{step}-' || i, 'wrong code', 'authentication', 'mfa',"
                " 'failure', 'kim', 'platform' FROM generate_series(1, 3) i RETURNING 1",
            )
        assert workers[current].step(now)
    compared = list(replay(rules, records(db), known.config.windows))
    assert len(compared) == 120
    assert [one for one in compared if one.live != one.replayed] == []
    decided = [line for one in compared for line in one.live]
    assert sum(" fired " in line for line in decided) >= 3
    assert sum(" resolved " in line for line in decided) >= 1
    opened = {line.split()[-1] for line in decided if " fired " in line and not line.startswith("watchdog")}
    assert opened == {row[0] for row in rows(db, "SELECT id FROM incidents WHERE kind = 'alert'")}


def test_a_replay_can_begin_in_the_middle(db: Database, known: Settings, stores: Stores) -> None:
    rules = ruleset.load(known)
    now = clock.now() - 900
    store(db, now, blocked=20, approved=20)
    for name in ("one", "two"):
        worker = Evaluator(known, stores, rules, name)
        for _ in range(5):
            now += 5
            worker.step(now)
        worker.give_up()
    found = records(db)
    assert tick_log.decode(found[5]).states
    compared = list(replay(rules, found[3:], known.config.windows))
    assert len(compared) == 5
    assert [one for one in compared if one.live != one.replayed] == []


def test_stored_history_fires_as_the_worker_did(db: Database, known: Settings, stores: Stores) -> None:
    rules = ruleset.load(known)
    start = time_buckets.floor(clock.now()) - 1800
    store(db, start + 300, blocked=10, approved=10)
    store(db, start + 310, blocked=10, approved=10, run="b")
    store(db, start + 600, blocked=0, approved=100, run="c")
    worker = Evaluator(known, stores, rules, "one")
    for second in range(0, 900, 5):
        worker.step(start + second)
    live = rows(
        db,
        "SELECT extract(epoch FROM opened_at)::float8, extract(epoch FROM resolved_at)::float8 FROM incidents"
        " WHERE rule = 'A1' AND kind = 'alert'",
    )
    spec = Spec("A1", start, start + 895, [Variant(), Variant("tried", {"above": 60})])
    result = run(known, db, rules, spec, clock.now())
    assert [(one.start, one.end) for one in result.variants[0].firings] == [tuple(row) for row in live]
    assert (result.source, result.variants[1].pages) == ("history", 0)


def test_kinds_without_history_are_tested_on_what_was_recorded(db: Database, known: Settings, stores: Stores) -> None:
    rules = ruleset.load(known)
    now = clock.now()
    worker = Evaluator(known, stores, rules, "one")
    for second in range(0, 30, 5):
        worker.step(now - 60 + second)
    result = run(known, db, rules, Spec("watchdog", now - 100, now), now)
    assert (result.source, result.evaluations, result.variants[0].pages) == ("recorded", 6, 1)


def test_a_queued_backtest_is_run_once_and_a_wrong_one_says_why(db: Database, known: Settings, stores: Stores) -> None:
    now = clock.now()
    store(db, now - 600, blocked=10, approved=10)
    with db.transaction() as connection:
        spec = {"rule": "A1", "from": now - 900, "to": now, "variants": [{"name": "a", "set": {"for": "5s"}}]}
        good = backtests.request(connection, stores.audit, spec, "anna", now)
        bad = backtests.request(connection, stores.audit, {"rule": "none"}, "anna", now)
    duty = worker.jobs(known, stores, ruleset.load(known))
    assert [duty.step("backtest", now) for _ in range(3)] == [True, True, False]
    with db.transaction() as connection:
        done, failed = backtests.get(connection, good), backtests.get(connection, bad)
    assert done.state == "done"
    assert done.result is not None
    assert done.result["variants"][0]["pages"] == 1
    assert (failed.state, failed.message) == (
        "failed",
        "$.rule: there is no rule 'none'; known: A1, watchdog, traffic-anomaly, A4",
    )


def test_old_backtests_go_with_their_jobs(db: Database, stores: Stores) -> None:
    now = clock.now()
    with db.transaction() as connection:
        old, _, waiting = [backtests.request(connection, stores.audit, {"rule": "A1"}, "anna", now) for _ in range(3)]
    for age in (91, 1):
        end(db, claimed(db, backtests.JOB, now), "failed", "", now - age * 86400)
    with db.transaction() as connection:
        assert backtests.drop(connection, now - 90 * 86400) == 1
        assert [one.id for one in backtests.newest(connection)] == [waiting, old + 1]
