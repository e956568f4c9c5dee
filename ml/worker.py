"""`python -m ml worker`: does the training runs that are due, and sees to it that the weekly one is asked for (L8).

A separate process, of low priority, because training is heavy: scoring and pages do not wait for it. Any number may
run; one run is done at a time. A worker that is killed loses its lease, and the run is taken up again.
"""

import os
import secrets
import signal
import socket
import threading
import time

from core import clock, log, tasks
from core.errors import GatehouseError, Unreachable
from core.schedule import next_weekly
from core.settings import Settings
from core.store import training_runs
from core.store.assembly import Stores
from core.store.training_runs import Run
from core.tasks import Task
from core.web import sidecar
from core.web.metrics import Metrics
from ml import retraining
from ml.config import ModelConfig, RetrainingConfig
from ml.errands import Errands

RENEW_SECONDS = training_runs.LEASE_SECONDS / 4
SCHEDULE_SECONDS = 60.0
STOP_SECONDS = 1.0  # how often a run asks whether somebody stopped it
NICE = 10
SCHEDULER = "schedule"
_log = log.get(__name__)


def run(settings: Settings, stores: Stores, config: ModelConfig) -> int:
    """Work until SIGTERM or SIGINT. A run that is under way then is left to its lease."""
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda _number, _frame: stop.set())
    os.nice(NICE)
    metrics = Metrics()
    errors = metrics.counter("training_errors_total", "Duties that met an error", ["task"])
    worker = Worker(stores, config, metrics)
    errands = Errands(stores, settings)
    server = sidecar.serve(settings.host, settings.ports["trainer"], metrics, {"postgres": stores.database.ping})
    duties = [
        Task("training", config.retraining.look_seconds, worker.step),
        Task("schedule", SCHEDULE_SECONDS, lambda now: ask_weekly(stores, config.retraining, now)),
        Task("renew", RENEW_SECONDS, lambda now: worker.renew(now)),
        Task("look", errands.LOOK_SECONDS, errands.look),
        Task("drift", errands.LOOK_SECONDS, errands.drift),
    ]
    training, *_ = tasks.start(duties, stop, lambda name: errors.inc(name), daemon=True)
    _log.info("started", worker=worker.name)
    stop.wait()
    training.join(timeout=5)
    server.shutdown()
    return 0


def ask_weekly(stores: Stores, config: RetrainingConfig, now: float) -> int:
    """Ask for the next scheduled run, once however often and by however many it is called; returns its id."""
    due = next_weekly(config.day, config.time, clock.to_datetime(now))
    with stores.database.transaction() as connection:
        return training_runs.request(
            connection, "scheduled", due.timestamp(), "weekly", f"scheduled:{due:%Y-%m-%dT%H:%M}", SCHEDULER
        )


class Worker:
    """Claims runs and does them, keeping the lease of the one in hand."""

    def __init__(self, stores: Stores, config: ModelConfig, metrics: Metrics) -> None:
        self.name = f"{socket.gethostname()}-{os.getpid()}-{secrets.token_hex(3)}"
        self._stores = stores
        self._config = config
        self._runs = metrics.counter("training_runs_total", "Training runs done, by how they ended", ["state"])
        self._seconds = metrics.gauge("training_last_run_seconds", "How long the newest training run took.")
        self._run: Run | None = None
        self._said = (0.0, "started")
        self._asked = 0.0

    def step(self, now: float) -> bool:
        """Do one run if one is due; whether there was one."""
        run = training_runs.claim(self._stores.database, self.name, now)
        if run is None:
            return False
        self._run, self._said, self._asked = run, (0.0, "started"), 0.0
        began = time.monotonic()
        _log.info("training", run=run.id, kind=run.kind, reason=run.reason, attempt=run.attempts)
        try:
            state = retraining.perform(run, self.name, self._stores, self._config, now, self.tell)
        except retraining.Lost:
            _log.warning("the run was taken over by another worker", run=run.id)
            return True
        except retraining.Stopped as stop:
            state = retraining.end(
                run, self.name, self._stores, "cancelled", f"stopped by {stop}; nothing was promoted"
            )
        except Unreachable:  # the lease runs out, and the run is taken up again
            raise
        except Exception as error:
            state = self._failed(run, error)
        finally:
            self._run = None
        self._runs.inc(state)
        self._seconds.set(time.monotonic() - began)
        _log.info("trained", run=run.id, state=state)
        return True

    def tell(self, share: float, what: str) -> None:
        """Note how far the run is; `renew` and the next whole percent write it down. Raises Stopped when asked to."""
        noticeable = share - self._said[0] >= 0.05 or what.split(",")[0] != self._said[1].split(",")[0]
        if noticeable:
            self._said = share, what
            self.renew(clock.now())
        run, seen = self._run, time.monotonic()
        if run is not None and seen - self._asked >= STOP_SECONDS:
            self._asked = seen
            if by := training_runs.stop_asked(self._stores.database, run.id):
                raise retraining.Stopped(by)

    def renew(self, now: float) -> None:
        """Keep the lease of the run in hand and write down how far it is."""
        run = self._run
        if run is not None:
            training_runs.progress(self._stores.database, run.id, self.name, *self._said, now)

    def _failed(self, run: Run, error: Exception) -> str:
        """A bug or a full disk must not be tried for ever."""
        _log.error("the run failed", run=run.id, exc_info=error)
        message = f"an error of ours: {type(error).__name__}; the log of the training worker has more"
        if isinstance(error, GatehouseError):
            message = str(error)
        with self._stores.database.transaction() as connection:
            training_runs.finish(connection, run.id, self.name, "failed", message, clock.now())
        return "failed"
