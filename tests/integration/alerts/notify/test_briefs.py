"""The first message of an incident says what changed before it; it goes without that when that cannot be read."""

from collections.abc import Callable
from typing import Any

import msgspec
import pytest
from sqlalchemy import text

from alerts.evaluate.evaluator import Evaluator
from alerts.notify import message_format
from core import clock
from core.alerting.brief import read
from core.alerting.notification import Notice
from core.clock import to_datetime
from core.db.engine import Connection, Database
from tests.integration.alerts.making import FRAUD, rows, store

Make = Callable[..., Evaluator]


def fire(db: Database, worker: Make) -> list[Notice]:
    """A fraud rate above its limit, two minutes after the policy changed; the first messages."""
    now = clock.now()
    with db.transaction() as connection:
        connection.execute(
            text(
                "INSERT INTO policy_versions (created_at, profile, fraud_threshold, review_from, block_from, actor)"
                " VALUES (:before, 'normal', 0.7, 0.5, 0.7, 'seed'), (:at, 'strict', 0.6, 0.4, 0.6, 'ann')"
            ),
            {"before": to_datetime(now - 7200), "at": to_datetime(now - 120)},
        )
    one = worker(FRAUD)
    store(db, now, blocked=10, approved=10)
    for step in range(4):
        one.step(now + 5 * step)
    found = rows(db, "SELECT notice FROM outbox WHERE event = 'trigger' ORDER BY id")
    return [msgspec.convert(notice, Notice) for (notice,) in found]


def test_the_first_message_says_what_changed_before(db: Database, worker: Make) -> None:
    notices = fire(db, worker)
    assert len(notices) == 2
    for notice in notices:
        assert [label for label, _ in notice.brief] == ["Changed"]
        assert "the policy changed from normal 0.7 to strict 0.6 by ann." in notice.brief[0][1]
        assert "\nChanged: 2 min before: the policy changed" in message_format.text(message_format.harmless(notice))


def broken(connection: Connection, *_: Any) -> Any:
    connection.exec_driver_sql("SELECT nothing FROM nowhere")


def slow(connection: Connection, *_: Any) -> Any:
    connection.exec_driver_sql("SELECT pg_sleep(30)")


@pytest.mark.parametrize("fault", [broken, slow])
def test_a_message_goes_without_it(db: Database, worker: Make, monkeypatch: pytest.MonkeyPatch, fault: Any) -> None:
    monkeypatch.setattr(read, "facts", fault)
    assert [notice.brief for notice in fire(db, worker)] == [[], []]
