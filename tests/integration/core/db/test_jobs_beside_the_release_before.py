"""Upgrade: what is open is carried over, and processes of the release before share jobs with today's (0045_jobs.sql).

The statements of the release before are those of its `sql/queries`.
"""

import secrets
import time
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import text

from core.alerting import backtests
from core.audit.chain import Audit
from core.db.engine import Database
from core.db.jobs import queue
from core.db.jobs.queue import Lost
from core.models import drift_requests, training_runs, uploads
from core.models.drift_requests import Wanted
from core.settings import ROOT
from stack.postgres import Postgres
from tests.jobs import claim_run, claimed, end

NOW = time.time()
AUDIT = Audit("k" * 40)
ASK = """INSERT INTO training_runs (key, kind, due_at, reason, requested_by, correlation_id, options, source, upload)
VALUES (:key, :kind, to_timestamp(:now), '', 'ann', NULL, '{}', 'stored', NULL)
ON CONFLICT (key) DO NOTHING RETURNING id"""
CLAIM = """UPDATE training_runs SET state = 'running', claimed_by = 'old', attempts = attempts + 1, progress = 0,
       lease_until = to_timestamp(:now + 60), started_at = to_timestamp(:now), message = 'started'
WHERE id = (
    SELECT id FROM training_runs
    WHERE (state = 'queued' AND (due_at <= to_timestamp(:now) OR kind = 'emergency'))
       OR (state = 'running' AND lease_until < to_timestamp(:now))
    ORDER BY (kind = 'emergency') DESC, due_at, id LIMIT 1)
  AND NOT EXISTS (SELECT 1 FROM training_runs WHERE state = 'running' AND lease_until >= to_timestamp(:now))
RETURNING id"""
PROGRESS = """UPDATE training_runs SET progress = 0.5, message = 'boosting', lease_until = to_timestamp(:now + 60)
WHERE id = :id AND state = 'running' AND claimed_by = 'old'"""
FINISH = """UPDATE training_runs SET state = 'failed', message = 'said by the old one',
       finished_at = to_timestamp(:now), lease_until = NULL
WHERE id = :id AND state = 'running' AND claimed_by = 'old'"""
STOP = "UPDATE training_runs SET stop_by = COALESCE(stop_by, 'olga') WHERE id = :id AND state = 'running'"
# The three other tables were claimed alike.
TAKE = """UPDATE {table} SET state = '{running}', {more} claimed_until = :until WHERE id = (
    SELECT id FROM {table} WHERE state = '{waiting}' OR (state = '{running}' AND claimed_until < :now)
    ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED) RETURNING id"""


def do(db: Database, statement: str, **values: object) -> Any:
    with db.transaction() as connection:
        found = connection.execute(text(statement), values)
        return found.scalar() if found.returns_rows else found.rowcount


def ask_old(db: Database, key: str, kind: str = "manual") -> int:
    return int(do(db, ASK, key=key, kind=kind, now=NOW))


def ask_new(db: Database, key: str, kind: training_runs.Kind = "manual") -> int:
    with db.transaction() as connection:
        return training_runs.request(connection, kind, NOW, "", key, "ann")


def stand(db: Database, run: int) -> tuple[str, str]:
    """State and message by today's code, which the columns of the release before must agree with."""
    found = training_runs.one(db, run)
    assert found is not None
    with db.transaction() as connection:
        row = connection.execute(text("SELECT * FROM training_runs WHERE id = :id"), {"id": run}).one()
    assert (row.state, row.message, row.attempts) == (found.state, found.message, found.attempts)
    assert (row.progress, row.stop_by, row.lease_until) == (found.progress, found.stop_by, found.lease_until)
    return found.state, found.message


def test_a_run_that_the_old_console_asks_for_is_done_by_the_new_worker(db: Database) -> None:
    run = ask_old(db, "a", "emergency")
    assert ask_new(db, "a", "emergency") == run
    job, found = claim_run(db, "new", NOW) or pytest.fail("nothing is due")
    assert found.id == run
    assert stand(db, run) == ("running", "started")
    assert do(db, CLAIM, now=NOW) is None, "the old worker takes what the new one has"
    queue.renew(db, job, 0.4, "boosting", NOW)
    assert stand(db, run) == ("running", "boosting")
    do(db, STOP, id=run)
    with pytest.raises(queue.Stopped):
        queue.renew(db, job, 0.5, "boosting", NOW)
    end(db, job, "cancelled", "stopped", NOW)
    assert stand(db, run) == ("cancelled", "stopped")
    assert do(db, CLAIM, now=NOW + 1000) is None


def test_a_run_that_the_new_console_asks_for_is_done_by_the_old_worker(db: Database) -> None:
    run = ask_new(db, "a")
    assert do(db, ASK, key="a", kind="manual", now=NOW) is None
    assert do(db, CLAIM, now=NOW) == run
    assert stand(db, run) == ("running", "started")
    assert claim_run(db, "new", NOW + 1) is None, "the new worker takes what the old one has"
    assert do(db, PROGRESS, id=run, now=NOW + 30) == 1
    assert stand(db, run) == ("running", "boosting")
    assert claim_run(db, "new", NOW + 61) is None
    assert do(db, FINISH, id=run, now=NOW + 70) == 1
    assert stand(db, run) == ("failed", "said by the old one")
    with db.transaction() as connection:
        assert training_runs.open_run(connection, "manual") is None


def test_each_takes_over_from_the_other_that_died(db: Database) -> None:
    run = ask_new(db, "a")
    ghost, _ = claim_run(db, "new", NOW, 10) or pytest.fail("nothing is due")
    assert do(db, CLAIM, now=NOW + 11) == run
    with pytest.raises(Lost):
        queue.renew(db, ghost, 0.9, "I live", NOW + 12)
    assert claim_run(db, "new", NOW + 72) is not None
    assert do(db, FINISH, id=run, now=NOW + 73) == 0
    assert stand(db, run) == ("running", "started")


@pytest.mark.parametrize(
    ("table", "kind", "waiting", "running", "more"),
    [
        ("uploads", uploads.JOB, "waiting", "looking", "attempts = attempts + 1,"),
        ("drift_requests", drift_requests.JOB, "queued", "running", "attempts = attempts + 1,"),
        ("backtests", backtests.JOB, "queued", "running", ""),
    ],
)
def test_the_other_three_are_shared_too(
    db: Database, table: str, kind: queue.Kind, waiting: str, running: str, more: str
) -> None:
    old = fill(db)[table]
    take = TAKE.format(table=table, running=running, waiting=waiting, more=more)
    job = claimed(db, kind, NOW, 60)
    values = {"now": moment(db, NOW), "until": moment(db, NOW + 60)}
    assert do(db, take, **values) is None
    later = {"now": moment(db, NOW + 61), "until": moment(db, NOW + 121)}
    assert do(db, take, **later) == old
    with pytest.raises(Lost):
        queue.renew(db, job, 0.9, "I live", NOW + 62)
    assert queue.claim(db, kind, "new", NOW + 62) is None
    end(db, claimed(db, kind, NOW + 122), "failed", "why", NOW + 123)
    last = {"uploads": "refused"}.get(table, "failed")
    with db.transaction() as connection:
        row = connection.execute(text(f"SELECT state, message FROM {table}")).one()
    assert tuple(row) == (last, "why")
    assert do(db, take, **later) is None
    do(db, f"DELETE FROM {table}")
    if table != "drift_requests":
        assert do(db, "SELECT count(*) FROM jobs WHERE kind = :kind", kind=kind.name) == 0


def moment(db: Database, at: float) -> Any:
    """A moment as the driver gives it."""
    return do(db, "SELECT to_timestamp(:at)", at=at)


def fill(db: Database) -> dict[str, int]:
    """One open row of each table, written by the release before."""
    return {
        "training_runs": ask_old(db, "weekly", "scheduled"),
        "uploads": do(
            db,
            "INSERT INTO uploads (name, size, sha256, uploaded_by, uploaded_at, expires_at)"
            " VALUES ('f.csv', 1, '', 'ann', now(), now() + interval '1 hour') RETURNING id",
        ),
        "drift_requests": do(
            db,
            "INSERT INTO drift_requests (spec, requested_by)"
            " VALUES (jsonb_build_object('start', 1.0, 'end', 2.0), 'ann') RETURNING id",
        ),
        "backtests": do(
            db,
            "INSERT INTO backtests (requested_at, requested_by, spec)"
            " VALUES (now(), 'ann', jsonb_build_object('rule', 'A1')) RETURNING id",
        ),
    }


@pytest.fixture
def before(postgres_server: Postgres) -> Iterator[tuple[Database, str]]:
    """A database with the schema before the queue, and its name."""
    name = f"before_{secrets.token_hex(4)}"
    postgres_server.create_database(name)
    for path in sorted((ROOT / "sql" / "migrations").glob("*.sql")):
        if path.name < "0045":
            apply(postgres_server, name, path.name)
    found = Database(postgres_server.url(name))
    yield found, name
    found.close()
    postgres_server.run("dropdb", "--force", name)


def apply(server: Postgres, name: str, migration: str) -> None:
    path = ROOT / "sql" / "migrations" / migration
    server.run("psql", "-q", "-v", "ON_ERROR_STOP=1", "--single-transaction", "-d", name, "-f", str(path))


def test_what_is_there_is_carried_over(before: tuple[Database, str], postgres_server: Postgres) -> None:
    db, name = before
    done = ask_old(db, "done")
    do(db, "UPDATE training_runs SET state = 'refused', message = 'no better', attempts = 1, progress = 1")
    running = ask_old(db, "running", "emergency")
    assert do(db, CLAIM, now=NOW) == running
    waiting = fill(db)
    apply(postgres_server, name, "0045_jobs.sql")
    assert [(run.id, run.state, run.key) for run in training_runs.listed(db)] == [
        (waiting["training_runs"], "queued", "weekly"),
        (running, "running", "running"),
        (done, "refused", "done"),
    ]
    assert claim_run(db, "new", NOW + 1) is None
    assert do(db, PROGRESS, id=running, now=NOW + 30) == 1
    job, again = claim_run(db, "new", NOW + 91) or pytest.fail("it is not taken up again")
    assert (job.claim, again.id, again.attempts) == (2, running, 2)
    assert uploads.of_job(db, claimed(db, uploads.JOB, NOW).id).id == waiting["uploads"]
    assert drift_requests.of_job(db, claimed(db, drift_requests.JOB, NOW).id).spec == Wanted(1.0, 2.0)
    with db.transaction() as connection:
        assert backtests.of_job(connection, claimed(db, backtests.JOB, NOW).id).id == waiting["backtests"]
        (one,) = backtests.newest(connection)
    assert (one.state, one.spec) == ("running", {"rule": "A1"})
