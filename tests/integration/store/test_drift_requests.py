"""Drift reports asked for: answered once, by one worker at a time."""

import time

from core.store import audit, drift_requests
from core.store.audit import Audit
from core.store.db import Database
from core.store.drift_requests import Wanted

NOW = time.time()
WANTED = Wanted(NOW - 100, NOW, 3, 0.4)


def ask(db: Database) -> int:
    with db.transaction() as connection:
        return drift_requests.request(connection, Audit("k" * 40), WANTED, "ann")


def test_a_request_is_claimed_by_one_and_answered(db: Database) -> None:
    number = ask(db)
    one = drift_requests.claim(db, NOW, 30)
    assert one is not None
    assert (one.id, one.spec, one.requested_by) == (number, WANTED, "ann")
    assert drift_requests.claim(db, NOW + 5, 30) is None
    drift_requests.finish(db, number, NOW + 6, None, "no model has been promoted yet")
    with db.transaction() as connection:
        (done,) = drift_requests.newest(connection)
    assert (done.state, done.message, done.report) == ("failed", "no model has been promoted yet", None)
    assert drift_requests.claim(db, NOW + 99, 30) is None
    assert audit.listed(db, audit.Filter(action="drift.request"))[0].actor == "ann"


def test_a_worker_that_dies_is_followed_three_times_at_most(db: Database) -> None:
    ask(db)
    for n in range(drift_requests.MOST_ATTEMPTS):
        assert drift_requests.claim(db, NOW + 31 * n, 30) is not None
    assert drift_requests.claim(db, NOW + 31 * 3, 30) is None
    with db.transaction() as connection:
        assert drift_requests.newest(connection)[0].state == "failed"
