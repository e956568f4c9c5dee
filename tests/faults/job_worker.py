"""`python -m tests.faults.job_worker URL`: a worker of one kind of job, each of which leaves a mark with its end."""

import sys
import threading
import time
from types import SimpleNamespace

from sqlalchemy import text

from core import tasks
from core.db.engine import Database
from core.db.jobs.queue import Kind
from core.db.jobs.runner import Done, Runner, Work

KIND = Kind("mark", most_alive=2, most_attempts=1000, lease=1.0, look_seconds=0.0)
SECONDS = 0.3
MARK = text("INSERT INTO marks (number, claim) VALUES (:number, :claim)")


def run(_: None, work: Work) -> Done:
    """Work a while, saying so; the mark is written with the end."""
    for step in range(5):
        work.tell(step / 5, f"step {step}")
        time.sleep(SECONDS / 5)
    values = {"number": work.job.payload["number"], "claim": work.job.claim}
    return Done(write=lambda connection: connection.execute(MARK, values))


def main(url: str) -> None:
    """Work until killed."""
    runner = Runner(Database(url, pool_size=3), [SimpleNamespace(KIND=KIND, run=run)], None, "test worker")
    for thread in tasks.start(runner.tasks(), threading.Event(), lambda _: None):
        thread.join()


if __name__ == "__main__":
    main(sys.argv[1])
