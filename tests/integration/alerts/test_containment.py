"""Nothing that fails ends the evaluation of the rest, and what failed is an incident until recovered."""

import threading
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

from alerts.evaluate import evaluator as duty
from alerts.evaluate import ruleset
from alerts.evaluate.evaluator import Evaluator
from alerts.evaluate.faults import Faults
from alerts.evaluate.progress import Progress, Stalled
from alerts.evaluate.rules import window
from alerts.housekeeping import Housekeeping
from alerts.notify import notifications
from core import clock
from core.db import leases
from core.db.engine import Database
from core.errors import DatabaseUnavailable
from core.settings import Settings
from core.stores import Stores, assemble
from tests.integration.alerts.making import FRAUD, rows, store

OTHER = FRAUD.replace('id = "A1"', 'id = "A9"').replace('actions = ["strict-policy"]', "")
RULES = FRAUD + OTHER
FAULTS = "SELECT series, severity, status FROM incidents WHERE rule = 'alerting' ORDER BY opened_at"
FIRED = "SELECT rule FROM incidents WHERE kind = 'alert' ORDER BY rule"


@pytest.fixture
def known(configure: Callable[[str], Settings]) -> Settings:
    return configure(RULES)


@pytest.fixture
def worker(known: Settings, stores: Stores) -> Evaluator:
    rules = ruleset.load(known)
    chores: list[Housekeeping] = []
    made = Evaluator(known, stores, rules, "one", after=lambda lease, now, judged: chores[0].step(lease, now, judged))
    chores.append(Housekeeping(stores, rules, made.faults))
    return made


def steps(worker: Evaluator, now: float, count: int = 4) -> float:
    for number in range(count):
        worker.step(now + 5 * number)
    return now + 5 * count


@pytest.mark.parametrize(
    "state",
    [
        '{"phase": "snoozed", "since": 1, "incident": "A1-x", "dreams": []}', '{"phase": 7}', "[]", "null", '"x"',
        '{"firings": "many", "since": -1e300}', '{"since": 1e300, "began": 1e300}',
    ],
)  # fmt: skip
def test_a_stored_state_of_another_release_or_damaged(db: Database, worker: Evaluator, state: str) -> None:
    now = clock.now()
    store(db, now, blocked=10, approved=90)
    worker.step(now)
    rows(db, f"UPDATE alert_states SET state = '{state}'::jsonb WHERE rule = 'A1' RETURNING 1")
    steps(worker, now + 5)
    assert ("A9",) in rows(db, FIRED)
    assert rows(db, "SELECT count(*) FROM alert_ticks") == [(5,)]


def test_a_record_of_another_release_and_a_clock_that_was_set_back(db: Database, worker: Evaluator) -> None:
    now = clock.now()
    worker.step(now)
    rows(db, "UPDATE alert_ticks SET readings = 'garbage' RETURNING 1")
    store(db, now - 600, blocked=10, approved=90)
    steps(worker, now - 600)
    assert rows(db, FIRED) == [("A1",), ("A9",)]


def test_what_a_rule_finds_cannot_be_written(db: Database, worker: Evaluator, monkeypatch: pytest.MonkeyPatch) -> None:
    """The others are written; nothing of the rule is lost: it fires as soon as it can be."""
    real = duty.following.write

    def write(connection: Any, changes: list[Any], *rest: Any) -> Any:
        found = real(connection, changes, *rest)
        if any(one.key[0] == "A1" and one.transitions for one in changes):
            connection.exec_driver_sql("SELECT 1/0")
        return found

    monkeypatch.setattr(duty.following, "write", write)
    now = clock.now()
    store(db, now, blocked=10, approved=90)
    now = steps(worker, now)
    assert rows(db, FIRED) == [("A9",)]
    assert rows(db, FAULTS) == [("rule A1", "high", "open")]
    assert rows(db, "SELECT count(*) FROM outbox WHERE incident_id LIKE 'alerting%' AND event = 'trigger'") == [(1,)]
    monkeypatch.setattr(duty.following, "write", real)
    steps(worker, now)
    assert rows(db, FIRED) == [("A1",), ("A9",)]
    assert rows(db, FAULTS) == [("rule A1", "high", "resolved")]


def test_what_a_rule_found_cannot_be_told(db: Database, worker: Evaluator, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its incident is there, and told as soon as it can be; the others are told at once."""
    real = notifications.group.plan

    def plan(candidates: list[Any], *rest: Any) -> Any:
        if any(one.key[0] == "A1" for one in candidates):
            raise RuntimeError("no")
        return real(candidates, *rest)

    monkeypatch.setattr(notifications.group, "plan", plan)
    now = clock.now()
    store(db, now, blocked=10, approved=90)
    now = steps(worker, now)
    assert rows(db, FIRED) == [("A1",), ("A9",)]
    told = "SELECT DISTINCT notice ->> 'rule' FROM outbox WHERE event = 'trigger' ORDER BY 1"
    assert rows(db, told) == [("A9",), ("alerting",)]
    assert rows(db, FAULTS) == [("rule A1", "high", "open")]
    monkeypatch.setattr(notifications.group, "plan", real)
    steps(worker, now)
    assert rows(db, told) == [("A1",), ("A9",), ("alerting",)]
    assert rows(db, FAULTS) == [("rule A1", "high", "resolved")]


def test_a_rule_that_raises_is_told_though_it_has_no_channel(
    db: Database, configure: Callable[[str], Settings], monkeypatch: pytest.MonkeyPatch
) -> None:
    known = configure(RULES.replace('channels = ["pagerduty", "log"]\n', "", 1))
    stores = assemble(known)
    real = window.gather

    def gather(context: Any, parameters: Any) -> Any:
        if context.rule == "A1":
            raise RuntimeError("the moon is full")
        return real(context, parameters)

    monkeypatch.setattr(window, "gather", gather)
    worker = Evaluator(known, stores, ruleset.load(known), "one")
    now = clock.now()
    store(db, now, blocked=10, approved=90)
    now = steps(worker, now, 14)
    assert rows(db, FIRED) == [("A9",)]
    [(rule, summary, status)] = rows(db, "SELECT rule, summary, status FROM incidents WHERE kind = 'error'")
    assert (rule, status) == ("A1", "open")
    assert "the moon is full" in summary
    assert rows(db, "SELECT channel FROM outbox WHERE incident_id LIKE 'A1-%'") == [("log",)]
    monkeypatch.setattr(window, "gather", real)
    steps(worker, now, 2)
    assert rows(db, "SELECT status FROM incidents WHERE kind = 'error'") == [("resolved",)]
    stores.close()


def test_a_chore_that_fails_keeps_no_other_from_being_done(
    db: Database, worker: Evaluator, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: Any) -> bool:
        raise RuntimeError("no")

    real = Housekeeping._escalate
    monkeypatch.setattr(Housekeeping, "_escalate", fail)
    now = steps(worker, clock.now())
    assert rows(db, FAULTS) == [("chore escalation", "high", "open")]
    assert rows(db, "SELECT count(*) FROM outbox WHERE event = 'canary'") == [(1,)]
    monkeypatch.setattr(Housekeeping, "_escalate", real)
    steps(worker, now, 1)
    assert rows(db, FAULTS) == [("chore escalation", "high", "resolved")]


def test_without_evaluation_chores_are_done_and_no_canary_says_that_all_is_well(
    db: Database, worker: Evaluator, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: Any) -> Any:
        raise RuntimeError("no commit")

    monkeypatch.setattr(Evaluator, "_commit", fail)
    monkeypatch.setattr(Housekeeping, "_warn", fail)
    now = clock.now()
    for _ in range(3):
        with pytest.raises(RuntimeError, match="no commit"):
            worker.step(now)
    assert rows(db, FAULTS) == [("chore warnings of silences", "high", "open")]
    assert rows(db, "SELECT count(*) FROM outbox WHERE event = 'canary'") == [(0,)]
    assert not worker.is_healthy(now)


def test_an_evaluation_in_which_every_rule_fails_is_none(
    db: Database, worker: Evaluator, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: Any) -> Any:
        raise RuntimeError("no")

    now = clock.now()
    worker.step(now)
    assert worker.is_healthy(now)
    monkeypatch.setattr(window, "gather", fail)
    later = steps(worker, now + 5, 5)
    assert not worker.is_healthy(later)


def test_opening_told_to_nobody_does_not_stop_the_evaluation(db: Database, known: Settings, stores: Stores) -> None:
    def fail(_: Any) -> None:
        raise RuntimeError("no")

    worker = Evaluator(known, stores, ruleset.load(known), "one", fail)
    now = clock.now()
    store(db, now, blocked=10, approved=90)
    steps(worker, now)
    assert rows(db, FIRED) == [("A1",), ("A9",)]


class Watch:
    """Progress with a clock that tests move."""

    def __init__(self, stores: Stores, known: Settings, has_duty: bool) -> None:
        rules = ruleset.load(known)
        self.at = 1000.0
        self.evaluator: Any = SimpleNamespace(has_duty=has_duty, judged=None)
        faults = Faults(stores.audit, rules, "http://console")
        self.progress = Progress(stores, self.evaluator, faults, 5.0, 15.0, lambda: self.at)

    def look(self, seconds: int, tick: Callable[[], object] = lambda: None) -> None:
        for _ in range(0, seconds, 5):
            tick()
            self.progress.step(clock.now())
            self.at += 5.0

    @property
    def ready(self) -> bool:
        try:
            self.progress.check()
        except Stalled:
            return False
        return True


def tick(db: Database) -> Callable[[], object]:
    return lambda: rows(
        db, "INSERT INTO alert_ticks (at, token, readings) VALUES (clock_timestamp(), 1, 'x') RETURNING 1"
    )


@pytest.mark.parametrize("has_duty", [True, False])
def test_nothing_evaluated_is_red_after_three_intervals_and_an_incident_later(
    db: Database, known: Settings, stores: Stores, has_duty: bool
) -> None:
    watch = Watch(stores, known, has_duty)
    watch.look(15)
    assert watch.ready
    watch.look(5)
    assert not watch.ready
    assert rows(db, FAULTS) == []
    watch.progress.failed(KeyError("something"))
    watch.look(60)
    assert rows(db, FAULTS) == [("evaluation", "critical", "open")]
    [(summary, told)] = rows(db, "SELECT summary, notified_at IS NOT NULL FROM incidents WHERE rule = 'alerting'")
    assert "something" in summary
    assert told
    watch.evaluator.judged = watch.at
    watch.look(5, tick(db))
    assert watch.ready
    assert rows(db, FAULTS) == [("evaluation", "critical", "resolved")]


def test_who_stands_by_is_ready_while_another_evaluates(db: Database, known: Settings, stores: Stores) -> None:
    watch = Watch(stores, known, False)
    watch.look(120, tick(db))
    assert watch.ready
    assert rows(db, FAULTS) == []


def test_many_workers_open_one_incident(db: Database, known: Settings, stores: Stores) -> None:
    watches = [Watch(stores, known, False) for _ in range(4)]
    threads = [threading.Thread(target=watch.look, args=(60,)) for watch in watches]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert rows(db, FAULTS) == [("evaluation", "critical", "open")]


def test_a_worker_that_has_just_started_ends_no_incident_that_it_knows_nothing_of(
    db: Database, known: Settings, stores: Stores
) -> None:
    tick(db)()
    Watch(stores, known, False).look(60)
    assert rows(db, FAULTS) == [("evaluation", "critical", "open")]
    fresh = Watch(stores, known, False)
    fresh.look(10)
    assert rows(db, FAULTS) == [("evaluation", "critical", "open")]
    fresh.look(10, tick(db))
    assert rows(db, FAULTS) == [("evaluation", "critical", "resolved")]


def test_a_pause_of_the_watch_itself_proves_nothing(db: Database, known: Settings, stores: Stores) -> None:
    watch = Watch(stores, known, False)
    watch.look(10, tick(db))
    watch.at += 3600
    watch.look(10)
    assert rows(db, FAULTS) == []


def test_a_duty_that_somebody_holds_locked_is_waited_for_no_longer_than_the_lease(db: Database) -> None:
    held = leases.take(db, "evaluate", "one", 60.0)
    assert held is not None
    with db.transaction() as connection:
        leases.hold(connection, held, 60.0)
        with pytest.raises(DatabaseUnavailable, match="lock timeout"):
            leases.take(db, "evaluate", "two", 0.3)
