"""A4 judges by the time of storing: what arrives late, after an outage or stamped otherwise, counts once."""

from collections.abc import Callable

import pytest

from alerts.evaluate.evaluator import Evaluator
from core import clock
from core.db.engine import Database
from core.events.types import Security
from core.pipeline.writer import Writer
from tests.integration.alerts.making import rows

RULES = """
[[rule]]
id = "A4"
title = "Failed MFA attempts"
summary = "{value:.0f} wrong second factors for {account} ({realm})"
kind = "mfa"
severity = "critical"
keep_firing_for = "10s"
parameters = { attempts = 3, window = "5m" }

[[rule]]
id = "A4-day"
title = "Failed MFA attempts over a day"
summary = "{value:.0f} wrong second factors for {account} ({realm})"
kind = "mfa"
severity = "high"
parameters = { attempts = 10, window = "1d", slower_than = { attempts = 3, window = "5m" } }
"""


def failures(
    db: Database, times: list[float], stored: float, actor: str = "kim", source: str = "platform", run: str = "a"
) -> None:
    """Wrong second factors at these times, all stored at one time."""
    Writer(db, 0.7).store(
        [
            Security(
                id=f"{run}-{actor}-{i}",
                timestamp=at,
                severity="medium",
                text="wrong code",
                category="authentication",
                action="mfa",
                outcome="failure",
                actor=actor,
                ip="192.0.2.1",
                source=source,
            )
            for i, at in enumerate(times)
        ],
        stored,
    )


def fired(db: Database, rule: str = "A4") -> list[str]:
    found = rows(
        db, f"SELECT series FROM incidents WHERE rule = '{rule}' AND kind = 'alert' ORDER BY opened_at, series"
    )
    return [series for (series,) in found]


def run(worker: Evaluator, start: float, seconds: int) -> None:
    for second in range(0, seconds, 5):
        worker.step(start + second)


@pytest.mark.parametrize("age", [6 * 60, 3600, 20 * 3600, -200])
def test_codes_stored_late_or_stamped_ahead_fire_once(
    db: Database, worker: Callable[..., Evaluator], age: float
) -> None:
    now = clock.now()
    one = worker(RULES)
    run(one, now - 60, 30)
    failures(db, [now - age, now - age + 60, now - age + 120], now - 30)
    run(one, now - 30, 900)
    assert fired(db) == ["platform:kim"]


def test_what_was_stored_while_no_worker_ran_is_judged_when_one_runs_again(
    db: Database, worker: Callable[..., Evaluator]
) -> None:
    now = clock.now()
    one = worker(RULES)
    run(one, now - 7200, 30)
    failures(db, [now - 5000, now - 4990, now - 4980], now - 4970)
    run(one, now, 700)
    assert fired(db) == ["platform:kim"]


def test_the_third_code_stored_late_completes_two_that_were_judged(
    db: Database, worker: Callable[..., Evaluator]
) -> None:
    now = clock.now()
    one = worker(RULES)
    failures(db, [now, now + 100], now + 100)
    run(one, now + 100, 60)
    assert fired(db) == []
    failures(db, [now + 290], now + 700, run="b")
    run(one, now + 700, 60)
    assert fired(db) == ["platform:kim"]


def test_history_that_is_imported_locks_nobody(db: Database, worker: Callable[..., Evaluator]) -> None:
    now = clock.now()
    one = worker(RULES)
    run(one, now - 60, 30)
    failures(db, [now - 3 * 86400, now - 3 * 86400 + 1, now - 3 * 86400 + 2], now - 30)
    run(one, now - 30, 60)
    assert fired(db) == []


def test_three_codes_far_apart_are_no_burst_although_they_arrive_together(
    db: Database, worker: Callable[..., Evaluator]
) -> None:
    now = clock.now()
    one = worker(RULES)
    run(one, now - 60, 30)
    failures(db, [now - 3000, now - 2000, now - 1000], now - 30)
    run(one, now - 30, 60)
    assert fired(db) == []


@pytest.mark.parametrize("source", ["console", "gatehouse", "alerts"])
def test_our_own_failures_are_no_customers(db: Database, worker: Callable[..., Evaluator], source: str) -> None:
    now = clock.now()
    one = worker(RULES)
    run(one, now - 60, 30)
    failures(db, [now - 50, now - 40, now - 30], now - 30, "admin", source)
    run(one, now - 30, 60)
    assert fired(db) == []


def test_our_own_export_that_comes_back_is_no_customers(db: Database, worker: Callable[..., Evaluator]) -> None:
    now = clock.now()
    one = worker(RULES)
    run(one, now - 60, 30)
    failures(db, [now - 50, now - 40, now - 30], now - 30, "admin", "log-shipper")
    rows(db, """UPDATE security_events SET document = '{"observer": {"product": "Gatehouse"}}' RETURNING 1""")
    run(one, now - 30, 60)
    assert fired(db) == []


def test_names_that_differ_by_case_are_one_account(db: Database, worker: Callable[..., Evaluator]) -> None:
    now = clock.now()
    one = worker(RULES)
    run(one, now - 60, 30)
    for i, name in enumerate(("Kim", "kim", "KIM")):
        failures(db, [now - 40 + i], now - 30, name)
    run(one, now - 30, 60)
    assert fired(db) == ["platform:kim"]


def test_guessing_slowly_for_hours_is_found_though_the_owner_logs_in_meanwhile(
    db: Database, worker: Callable[..., Evaluator]
) -> None:
    """Our console's own events: a right code clears `mfa_failures`, which A4 reads, and not these."""
    now = clock.now()
    one = worker(RULES)
    for i in range(10):
        at = now - 7200 + 700 * i
        failures(db, [at], at, "anna", "console", run=f"{i}")
        one.step(at + 1)
    run(one, now, 60)
    assert fired(db) == []
    assert fired(db, "A4-day") == ["console:anna"]


def test_a_burst_is_not_told_twice(db: Database, worker: Callable[..., Evaluator]) -> None:
    now = clock.now()
    one = worker(RULES)
    run(one, now - 60, 30)
    failures(db, [now - 30 + i for i in range(20)], now - 5)
    run(one, now, 60)
    assert (fired(db), fired(db, "A4-day")) == (["platform:kim"], [])
