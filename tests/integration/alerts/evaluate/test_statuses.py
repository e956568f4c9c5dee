"""From counts to an incident: an episode opens one through the rule of kind `status`, and its end resolves it."""

from collections.abc import Callable

from alerts.evaluate.evaluator import Evaluator
from core.db.engine import Database
from core.statuses.detector.params import Params
from statuses.judge import Judge
from tests.integration.alerts.making import rows
from tests.integration.statuses.test_judge import BEGIN, put, world

RULE = """
[[rule]]
id = "statuses"
title = "Transaction statuses"
summary = "{series}: {headline}"
kind = "status"
severity = "high"
keep_firing_for = 0
no_data_after = "10m"
unit = "nats"
channels = ["log"]
parameters = { quiet_volume = "%s", may_end = ["%s"] }
"""


def live(db: Database, evaluator: Evaluator, source: str, last: int) -> None:
    """Counts up to minute `last`, the last ten as they come: each judged and evaluated a moment after its end."""
    judge = Judge(db, Params(), "one")
    given = world(incident=range(200, 206))
    begun = BEGIN + 195
    put(db, [row for row in given if row[0] < begun], begun * 60.0, source)
    for minute in range(begun, BEGIN + last):
        now = minute * 60 + 78.0
        put(db, [row for row in given if row[0] == minute], now - 15, source)
        while judge.step(now):
            pass
        evaluator.step(now)


def incidents(db: Database) -> list[tuple[str, str, str]]:
    return rows(db, "SELECT series, status, summary FROM incidents WHERE rule = 'statuses'")


def test_an_episode_is_one_incident_and_its_end_resolves_it(worker: Callable[..., Evaluator], db: Database) -> None:
    live(db, worker(RULE % ("", "test")), "shop", 220)
    ((series, status, summary),) = incidents(db)
    assert (series, status) == ("shop", "resolved")
    assert summary.startswith("shop: ")
    assert "denied" in summary.lower()


def test_shares_page_of_a_source_that_may_end_too(worker: Callable[..., Evaluator], db: Database) -> None:
    live(db, worker(RULE % ("event_launches", "shop")), "shop", 204)
    assert [one[1] for one in incidents(db)] == ["open"]
