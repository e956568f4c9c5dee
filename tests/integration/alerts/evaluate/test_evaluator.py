"""From stored events to state, incident, timeline, audit, message, action and record, in one transaction."""

from collections.abc import Callable
from typing import Any

import pytest

from alerts.evaluate import evaluator as duty
from alerts.evaluate.evaluator import Evaluator
from core import clock
from core.db.engine import Database
from tests.integration.alerts.making import RULES, rows, store

Make = Callable[..., Evaluator]


def test_a_bad_rate_opens_one_incident_with_everything_that_belongs_to_it(db: Database, worker: Make) -> None:
    now = clock.now()
    store(db, now, blocked=10, approved=90)
    one = worker(RULES)
    for seconds in (0, 5, 10, 15):
        assert one.step(now + seconds)
    [(incident, status, value, limit, summary)] = rows(
        db, "SELECT id, status, value, limit_value, summary FROM incidents"
    )
    assert (status, value, limit) == ("open", 10.0, 3.0)
    assert summary == "10.0 % blocked (10 of 100; limit 3 %)"
    assert rows(db, "SELECT phase, incident_id FROM alert_states WHERE rule = 'A1'") == [("firing", incident)]
    assert sorted(rows(db, "SELECT channel, event, incident_id FROM outbox")) == [
        ("log", "trigger", incident),
        ("pagerduty", "trigger", incident),
    ]
    assert rows(db, "SELECT action, mode, state FROM action_runs") == [("strict-policy", "auto", "due")]
    assert [kind for (kind,) in rows(db, "SELECT kind FROM incident_events ORDER BY id")] == ["opened", "notified"]
    assert rows(db, "SELECT action, target, correlation_id FROM audit_log") == [
        ("incident.open", f"incident:{incident}", incident)
    ]
    assert rows(db, "SELECT count(*) FROM alert_ticks") == [(4,)]
    assert rows(db, "SELECT count(*) FROM alert_rules") == [(2,)]


def test_recovery_resolves_and_tells_who_was_told(db: Database, worker: Make) -> None:
    now = clock.now()
    store(db, now, blocked=10, approved=90)
    one = worker(RULES)
    for seconds in (0, 5, 10):
        one.step(now + seconds)
    store(db, now, blocked=0, approved=900, run="b")
    one.step(now + 15)
    assert rows(db, "SELECT status, resolved_by FROM incidents") == [("resolved", "gatehouse")]
    events = sorted(rows(db, "SELECT channel, event FROM outbox WHERE event = 'resolve'"))
    assert events == [("log", "resolve"), ("pagerduty", "resolve")]
    [(notice,)] = rows(db, "SELECT notice FROM outbox WHERE event = 'resolve' AND channel = 'log'")
    assert (notice["status"], notice["value"]) == ("resolved", 1.0)


def test_another_worker_takes_over_in_the_middle_and_nothing_changes(db: Database, worker: Make) -> None:
    now = clock.now()
    store(db, now, blocked=10, approved=90)
    one, two = worker(RULES, "one"), worker(RULES, "two")
    assert one.step(now)
    assert not two.step(now + 1)
    one.step(now + 5)
    one.give_up()
    assert two.step(now + 10)
    assert not one.step(now + 11)
    assert rows(db, "SELECT count(*) FROM incidents WHERE status = 'open'") == [(1,)]
    assert rows(db, "SELECT count(*) FROM outbox") == [(2,)]


def test_a_worker_that_slept_past_its_lease_writes_nothing(
    db: Database, worker: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = clock.now()
    store(db, now, blocked=10, approved=90)
    one, two = worker(RULES, "one"), worker(RULES, "two")
    one.step(now)
    gather = duty.gather

    def slow(*arguments: Any) -> Any:
        """While the first worker reads, its lease ends and the second evaluates."""
        monkeypatch.setattr(duty, "gather", gather)
        rows(db, "UPDATE leases SET until = now() - interval '1 second' RETURNING 1")
        assert two.step(now + 10)
        return gather(*arguments)

    monkeypatch.setattr(duty, "gather", slow)
    assert not one.step(now + 5)
    assert rows(db, "SELECT max(token), count(*) FROM alert_ticks") == [(2, 2)]


def test_a_person_resolves_while_it_is_still_bad(db: Database, worker: Make) -> None:
    now = clock.now()
    store(db, now, blocked=10, approved=90)
    one = worker(RULES.replace('for = "10s"', 'for = 0\nreopen_after = "20s"'))
    one.step(now)
    rows(db, "UPDATE incidents SET status = 'resolved', resolved_at = now(), resolved_by = 'anna' RETURNING 1")
    for seconds in (5, 10, 15, 20):
        one.step(now + seconds)
    assert rows(db, "SELECT count(*) FROM incidents") == [(1,)]
    one.step(now + 25)
    assert rows(db, "SELECT status FROM incidents ORDER BY opened_at") == [("resolved",), ("open",)]


def test_an_incident_keeps_the_words_of_its_rule(db: Database, worker: Make) -> None:
    now = clock.now()
    store(db, now, blocked=10, approved=90)
    one = worker(RULES.replace('unit = "%"', 'words = ["UP", "SLOW", "DOWN"]'))
    for seconds in (0, 5, 10, 15):
        one.step(now + seconds)
    assert rows(db, "SELECT details -> 'words' FROM incidents") == [(["UP", "SLOW", "DOWN"],)]
    assert rows(db, "SELECT count(*) FROM outbox WHERE notice -> 'details' -> 'words' ->> 2 = 'DOWN'") == [(2,)]


def test_a_silence_holds_the_trigger_back_and_not_the_incident(db: Database, worker: Make) -> None:
    now = clock.now()
    store(db, now, blocked=10, approved=90)
    rows(
        db,
        "INSERT INTO silences (rule, owner, reason, starts_at, ends_at, created_at)"
        f" VALUES ('A*', 'anna', 'test', to_timestamp({now - 1}), to_timestamp({now + 12}), now()) RETURNING 1",
    )
    one = worker(RULES.replace('for = "10s"', "for = 0"))
    one.step(now)
    one.step(now + 5)
    assert rows(db, "SELECT status, notified_at FROM incidents") == [("open", None)]
    assert rows(db, "SELECT count(*) FROM outbox") == [(0,)]
    one.step(now + 15)
    assert rows(db, "SELECT count(*) FROM outbox WHERE event = 'trigger'") == [(2,)]
    kinds = [kind for (kind,) in rows(db, "SELECT kind FROM incident_events ORDER BY id")]
    assert kinds == ["opened", "muted", "notified"]


def test_what_was_opened_is_told_again_by_whoever_takes_over(db: Database, worker: Make) -> None:
    now = clock.now()
    store(db, now, blocked=10, approved=90)
    one, two = worker(RULES, "one"), worker(RULES, "two")
    for seconds in (0, 5, 10):
        one.step(now + seconds)
    one.give_up()
    told: list[str] = []
    two._opened = lambda opened: told.extend(item.opening.id for item in opened)
    two.step(now + 15)
    assert told == [row[0] for row in rows(db, "SELECT id FROM incidents")]


def test_a_rule_that_cannot_be_read_does_not_stop_the_others(
    db: Database, worker: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its series are in error, which after a while is an incident of its own; the rest is judged as ever."""
    now = clock.now()
    store(db, now, blocked=10, approved=90)
    broken = (
        RULES
        + """
[[rule]]
id = "host"
title = "CPU"
summary = "cpu"
kind = "host"
severity = "low"
no_data_after = "10s"
parameters = { metric = "cpu", above = 80 }
"""
    )
    one = worker(broken.replace('for = "10s"', "for = 0"))
    rows(db, "ALTER TABLE host_samples RENAME TO away; SELECT 1")
    for seconds in (0, 5, 10):
        assert one.step(now + seconds)
    found = rows(db, "SELECT rule, kind, summary FROM incidents ORDER BY rule")
    assert [row[:2] for row in found] == [("A1", "alert"), ("host", "error")]
    assert "host_samples" in found[1][2]
    rows(db, "ALTER TABLE away RENAME TO host_samples; SELECT 1")
    one.step(now + 15)
    one.step(now + 20)
    assert rows(db, "SELECT health FROM alert_states WHERE rule = 'host'") == [("no_data",)]


def test_an_acknowledged_incident_is_not_told_when_its_silence_ends(db: Database, worker: Make) -> None:
    now = clock.now()
    store(db, now, blocked=10, approved=90)
    rows(
        db,
        "INSERT INTO silences (rule, owner, reason, starts_at, ends_at, created_at)"
        f" VALUES ('A1', 'anna', 'test', to_timestamp({now - 1}), to_timestamp({now + 7}), now()) RETURNING 1",
    )
    one = worker(RULES.replace('for = "10s"', "for = 0"))
    one.step(now)
    rows(db, "UPDATE incidents SET status = 'acknowledged', acknowledged_by = 'anna' RETURNING 1")
    one.step(now + 10)
    assert rows(db, "SELECT count(*) FROM outbox") == [(0,)]
