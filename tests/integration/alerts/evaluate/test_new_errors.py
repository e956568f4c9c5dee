"""From an exception to an incident: a new one that comes often opens one, deciding about it resolves it, and its coming
back opens another.
"""

from collections.abc import Callable
from typing import Any

from alerts.evaluate.evaluator import Evaluator
from core.db.engine import Database
from core.pipeline.writer import Writer
from tests.exception_world import report
from tests.integration.alerts.making import rows

RULE = """
[[rule]]
id = "new-error"
title = "New exception"
summary = "{what}: {type} in {culprit} ({service}, version {version}), {value:.0f} times: {message}"
kind = "new-error"
severity = "medium"
no_data_after = 0
channels = ["log"]
parameters = { occurrences = 10, window = "10m", except_services = ["quiet"] }
"""
BEGIN = 29_000_000 * 60.0


def come(db: Database, at: float, number: int, **more: Any) -> None:
    """So many of one bug within five minutes before a time."""
    made = [report(f"{at}-{n}-{sorted(more.items())}", at - 300 * n / number, **more) for n in range(number)]
    Writer(db, normal_block_from=0.7).store(list(made), at)


def incidents(db: Database) -> list[Any]:
    return rows(db, "SELECT series, status, summary FROM incidents WHERE rule = 'new-error' ORDER BY opened_at")


def decide(db: Database, state: str, at: float) -> None:
    with db.raw() as connection, connection.cursor() as cursor:
        cursor.execute("UPDATE exception_groups SET state = %s, state_at = to_timestamp(%s)", (state, at))


def test_a_new_one_that_comes_often_is_an_incident_until_somebody_decides(
    worker: Callable[..., Evaluator], db: Database
) -> None:
    evaluator = worker(RULE)
    come(db, BEGIN, 9)
    come(db, BEGIN, 50, service="quiet")
    come(db, BEGIN, 50, service="old", type="OldError")
    with db.raw() as connection, connection.cursor() as cursor:
        cursor.execute("UPDATE exception_groups SET first_seen = first_seen - interval '2 days' WHERE service = 'old'")
    evaluator.step(BEGIN + 1)
    assert incidents(db) == []
    come(db, BEGIN + 60, 3)
    evaluator.step(BEGIN + 61)
    ((series, status, summary),) = incidents(db)
    assert (series.partition(" #")[0], status) == ("shop", "open")
    assert summary.startswith("New exception: ValueError in shop.cart.total (shop, version 1.0), 12 times: no order")
    decide(db, "resolved", BEGIN + 70)
    evaluator.step(BEGIN + 71)
    assert [one[1] for one in incidents(db)] == ["resolved"]
    come(db, BEGIN + 1000, 12)
    evaluator.step(BEGIN + 1001)
    assert [one[1] for one in incidents(db)] == ["resolved", "open"]
    assert incidents(db)[1][2].startswith("Exception came back: ValueError")
    evaluator.step(BEGIN + 1001 + 3700)  # it has not come for an hour
    assert [one[1] for one in incidents(db)] == ["resolved", "resolved"]


def test_a_flood_of_different_ones_opens_a_bounded_number(worker: Callable[..., Evaluator], db: Database) -> None:
    evaluator = worker(RULE.replace("window =", "most = 3, window ="))
    for number in range(8):
        come(db, BEGIN + number, 12, type=f"Error{number}")
    evaluator.step(BEGIN + 10)
    evaluator.step(BEGIN + 15)
    assert len(incidents(db)) == 3
