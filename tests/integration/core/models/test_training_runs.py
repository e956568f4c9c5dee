"""Training runs as jobs: asked for once, claimed by one, taken up again when the worker dies."""

import time
from typing import Literal

import pytest

from core.db.engine import Database
from core.db.jobs import queue
from core.db.jobs.queue import Job, Lost
from core.models import registry, training_runs
from tests.jobs import claim_run

NOW = time.time()


def ask(db: Database, key: str, due: float = NOW, kind: training_runs.Kind = "manual") -> int:
    with db.transaction() as connection:
        return training_runs.request(connection, kind, due, "because", key, "anna", options={"days": 7})


def end(db: Database, job: Job, run: int, state: Literal["done", "refused"], version: int) -> None:
    with db.transaction() as connection:
        queue.finish(connection, job, "done", "well", NOW + 5)
        training_runs.settle(connection, run, state, version, {"better": state == "done"})


def model(db: Database) -> int:
    return registry.save(
        db, algorithm="boosted", artefact=b"x", features=["a"], reference=[], metrics={}, fingerprint="f"
    )


def test_the_same_key_is_the_same_run(db: Database) -> None:
    assert ask(db, "a") == ask(db, "a", NOW + 99) != ask(db, "b")
    assert [run.key for run in training_runs.listed(db)] == ["b", "a"]


def test_a_run_is_claimed_when_it_is_due_and_by_one_worker(db: Database) -> None:
    run = ask(db, "a", NOW + 10)
    assert training_runs.next_due(db) == NOW + 10 or abs((training_runs.next_due(db) or 0) - NOW - 10) < 1e-3
    assert claim_run(db, "w1", NOW) is None
    _, claimed = claim_run(db, "w1", NOW + 11) or pytest.fail("nothing is due")
    assert (claimed.id, claimed.state, claimed.claimed_by, claimed.options) == (run, "running", "w1", {"days": 7})
    assert claim_run(db, "w2", NOW + 12) is None
    assert training_runs.next_due(db) is None


def test_one_run_at_a_time_emergencies_first(db: Database) -> None:
    ask(db, "slow", NOW - 50)
    urgent = ask(db, "urgent", NOW - 1, "emergency")
    job, claimed = claim_run(db, "w1", NOW) or pytest.fail("nothing is due")
    assert claimed.id == urgent
    assert claim_run(db, "w2", NOW) is None
    end(db, job, urgent, "done", model(db))
    assert claim_run(db, "w2", NOW) is not None


def test_a_killed_workers_run_is_taken_up_again_and_its_ghost_is_refused(db: Database) -> None:
    run = ask(db, "a")
    version = model(db)
    ghost, _ = claim_run(db, "w1", NOW, lease=30) or pytest.fail("nothing is due")
    queue.renew(db, ghost, 0.5, "fitting", NOW + 20, lease=30)
    assert claim_run(db, "w2", NOW + 45) is None
    job, again = claim_run(db, "w2", NOW + 51) or pytest.fail("it is not taken up again")
    assert (again.id, again.attempts, again.progress) == (run, 2, 0)
    with pytest.raises(Lost):
        queue.renew(db, ghost, 0.9, "I live", NOW + 52)
    with pytest.raises(Lost):
        end(db, ghost, run, "done", version)
    end(db, job, run, "refused", version)
    done = training_runs.one(db, run)
    assert done is not None
    assert (done.state, done.comparison, done.progress) == ("refused", {"better": False}, 1)


def test_a_run_that_kills_its_workers_is_given_up(db: Database) -> None:
    run = ask(db, "a")
    for number in range(queue.MOST_ATTEMPTS):
        assert claim_run(db, f"w{number}", NOW + 100 * number, lease=10) is not None
    assert claim_run(db, "w9", NOW + 1000) is None
    found = training_runs.one(db, run)
    assert found is not None
    assert found.state == "failed"
    assert "3 times" in found.message


def test_a_finished_run_names_its_model(db: Database) -> None:
    version, run = model(db), ask(db, "a")
    job, _ = claim_run(db, "w1", NOW) or pytest.fail("nothing is due")
    end(db, job, run, "done", version)
    found = training_runs.listed(db)[0]
    assert (found.state, found.version) == ("done", version)
    with db.transaction() as connection:
        assert training_runs.open_run(connection, "manual") is None
