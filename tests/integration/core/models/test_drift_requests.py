"""Drift reports asked for: answered once, by one worker at a time."""

import time

from core.audit import chain
from core.audit.chain import Audit
from core.db.engine import Database
from core.db.jobs import queue
from core.models import drift_requests
from core.models.drift_requests import Wanted
from tests.jobs import claimed, end

NOW = time.time()
WANTED = Wanted(NOW - 100, NOW, 3, 0.4)


def ask(db: Database) -> int:
    with db.transaction() as connection:
        return drift_requests.request(connection, Audit("k" * 40), WANTED, "ann")


def test_a_request_is_claimed_by_one_and_answered(db: Database) -> None:
    number = ask(db)
    job = claimed(db, drift_requests.JOB, NOW, 30)
    one = drift_requests.of_job(db, job.id)
    assert (one.id, one.spec, one.requested_by) == (number, WANTED, "ann")
    assert queue.claim(db, drift_requests.JOB, "w", NOW + 5, 30) is None
    end(db, job, "failed", "no model has been promoted yet", NOW + 6)
    with db.transaction() as connection:
        (done,) = drift_requests.newest(connection)
    assert (done.state, done.message, done.report) == ("failed", "no model has been promoted yet", None)
    assert queue.claim(db, drift_requests.JOB, "w", NOW + 99, 30) is None
    assert chain.listed(db, chain.Filter(action="drift.request"))[0].actor == "ann"


def test_a_worker_that_dies_is_followed_three_times_at_most(db: Database) -> None:
    ask(db)
    for n in range(queue.MOST_ATTEMPTS):
        claimed(db, drift_requests.JOB, NOW + 31 * n, 30)
    assert queue.claim(db, drift_requests.JOB, "w", NOW + 31 * 3, 30) is None
    with db.transaction() as connection:
        assert drift_requests.newest(connection)[0].state == "failed"
