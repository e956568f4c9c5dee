"""`python -m ml worker`: does the jobs of training, and sees to it that the weekly run is asked for (L8).

A separate process, of low priority, because training is heavy: scoring and pages do not wait for it. Any number may
run. Its jobs are the modules of `ml/jobs`; `core.db.jobs` claims them, keeps them and ends them.
"""

import os

from core import clock, discovery
from core.db.jobs.runner import Runner
from core.models import training_runs
from core.schedule import next_weekly
from core.settings import Settings
from core.stores import Stores
from core.tasks import Task
from core.web import worker_process
from core.web.metrics import Metrics
from ml.config import ModelConfig, RetrainingConfig
from ml.jobs._hands import JobContext

SCHEDULE_SECONDS = 60.0
GRACE_SECONDS = 5.0  # for short jobs to end; a run is left to its lease
NICE = 10
SCHEDULER = "schedule"


def run(settings: Settings, stores: Stores, config: ModelConfig) -> int:
    """Work until SIGTERM or SIGINT. A run that is under way then is left to its lease."""
    os.nice(NICE)
    metrics = Metrics()
    errors = metrics.counter("training_errors_total", "Duties that met an error", ["task"])
    runner = jobs(settings, stores, config, metrics)
    checks = {"postgres": stores.database.ping}
    duties = [
        *runner.tasks({training_runs.JOB.name: config.retraining.look_seconds}),
        Task("schedule", SCHEDULE_SECONDS, lambda now: ask_weekly(stores, config.retraining, now)),
    ]
    worker_process.run(
        settings,
        "trainer",
        duties,
        metrics,
        checks,
        errors.inc,
        patience=GRACE_SECONDS,
        daemon=True,
        publisher=stores.publisher,
        worker=runner.name,
    )
    return 0


def jobs(settings: Settings, stores: Stores, config: ModelConfig, metrics: Metrics) -> Runner[JobContext]:
    """What does the jobs of `ml/jobs`; training runs are counted and timed."""
    runs = metrics.counter("training_runs_total", "Finished training runs by result", ["state"])
    newest = metrics.gauge("training_last_run_seconds", "Duration of the newest training run.")

    def ended(kind: str, word: str, seconds: float) -> None:
        if kind == training_runs.JOB.name:
            runs.inc(word)
            newest.set(seconds)

    found = discovery.kinds("ml.jobs", "run").values()
    return Runner(stores.database, found, JobContext(stores, settings, config), "training worker", ended)


def ask_weekly(stores: Stores, config: RetrainingConfig, now: float) -> int:
    """Ask for the next scheduled run, once however often and by however many it is called; returns its id."""
    due = next_weekly(config.day, config.time, clock.to_datetime(now))
    with stores.database.transaction() as connection:
        return training_runs.request(
            connection, "scheduled", due.timestamp(), "weekly", f"scheduled:{due:%Y-%m-%dT%H:%M}", SCHEDULER
        )
