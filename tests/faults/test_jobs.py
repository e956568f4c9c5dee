"""Three workers of the job queue, one killed at a random moment again and again: each job is done once."""

import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator

import pytest

from core.db.engine import Database
from core.db.jobs import queue
from tests.faults.job_worker import KIND, SECONDS
from tests.integration.alerts.making import rows
from tests.tree import ROOT
from tests.waiting import until

pytestmark = pytest.mark.fault
JOBS, KILLS = 40, 10


@pytest.fixture
def workers(database_url: str) -> Iterator[list[subprocess.Popen[bytes]]]:
    found = [start(database_url) for _ in range(3)]
    yield found
    for process in found:
        process.kill()
        process.wait()


def start(url: str) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "tests.faults.job_worker", url]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def test_killed_at_any_moment_each_job_is_done_once(
    db: Database, database_url: str, workers: list[subprocess.Popen[bytes]], capsys: pytest.CaptureFixture[str]
) -> None:
    with db.raw() as connection, connection.cursor() as cursor:
        cursor.execute("CREATE TABLE marks (number integer NOT NULL, claim integer NOT NULL)")
    with db.transaction() as connection:
        for number in range(JOBS):
            queue.enqueue(connection, KIND, payload={"number": number})
    chance, kills, most_alive = random.Random(7), 0, 0
    while kills < KILLS and (at_work := until(lambda: working(db, workers))):
        most_alive = max(most_alive, len(at_work))
        victim = chance.choice(at_work)
        time.sleep(chance.uniform(0, 1.5 * SECONDS))  # in the middle of its job, at its end, or in the next one
        workers[victim].send_signal(signal.SIGKILL)
        workers[victim].wait()
        workers[victim] = start(database_url)
        kills += 1
    assert until(lambda: not rows(db, "SELECT 1 FROM jobs WHERE state IN ('queued', 'running')"), 90)
    marks = [number for (number,) in rows(db, "SELECT number FROM marks")]
    lost, doubled = JOBS - len(set(marks)), len(marks) - len(set(marks))
    again = rows(db, "SELECT count(*) FROM jobs WHERE attempts > 1")[0][0]
    with capsys.disabled():
        print(f"\n  {JOBS} jobs, {kills} kills, {again} taken up again: lost {lost}, doubled {doubled}", end="")
    assert (lost, doubled) == (0, 0)
    assert {state for (state,) in rows(db, "SELECT DISTINCT state FROM jobs")} == {"done"}
    assert again > 0, "no kill met a job"
    assert most_alive <= 2
    assert rows(db, "SELECT count(*) FROM marks m JOIN jobs j ON (j.payload ->> 'number')::integer = m.number"
                    " WHERE m.claim <> j.claim") == [(0,)]  # fmt: skip


def working(db: Database, workers: list[subprocess.Popen[bytes]]) -> list[int]:
    """The places of the workers that have a job now."""
    names = [
        name for (name,) in rows(db, "SELECT claimed_by FROM jobs WHERE state = 'running' AND claimed_until > now()")
    ]
    return [place for place, one in enumerate(workers) if any(f"-{one.pid}-" in name for name in names)]
