"""Jobs of the queue for tests: claimed and ended as a worker would, without its work."""

from typing import Any

from core.alerting import backtests
from core.db.engine import Database
from core.db.jobs import queue
from core.db.jobs.queue import Ended, Job, Kind
from core.models import training_runs
from core.models.training_runs import Run


def claim_run(db: Database, worker: str, now: float, lease: float = queue.LEASE_SECONDS) -> tuple[Job, Run] | None:
    """The next training run, as its worker has it."""
    job = queue.claim(db, training_runs.JOB, worker, now, lease)
    return None if job is None else (job, training_runs.of_job(db, job.id))


def claimed(db: Database, kind: Kind, now: float, lease: float = queue.LEASE_SECONDS) -> Job:
    """The next job of a kind, which there is."""
    job = queue.claim(db, kind, "w", now, lease)
    assert job is not None
    return job


def answer_backtest(db: Database, job: Job, result: dict[str, Any], now: float) -> None:
    """End a claimed backtest with its result."""
    with db.transaction() as connection:
        queue.finish(connection, job, "done", "", now)
        backtests.answer(connection, backtests.of_job(connection, job.id).id, result)


def end(db: Database, job: Job, state: Ended, message: str, now: float) -> None:
    """End a claimed job. Raises Lost."""
    with db.transaction() as connection:
        queue.finish(connection, job, state, message, now)
