"""`python -m statuses worker`: judges what comes in until SIGTERM. Any number may run; one of them holds the lease."""

import os
import secrets
import socket
import time

from core import clock
from core.settings import Settings
from core.statuses.detector import params
from core.statuses.episode import MINUTE
from core.stores import Stores
from core.tasks import Task
from core.web import worker_process
from core.web.metrics import Metrics
from statuses.judge import GRACE, Judge

JUDGE_SECONDS = 0.5


def run(known: Settings, stores: Stores) -> int:
    """Work until SIGTERM or SIGINT, then finish what is in hand. Raises ConfigError before anything starts."""
    own = params.load(known)
    metrics = Metrics()
    errors = metrics.counter("statuses_errors_total", "Tasks that failed", ["task"])
    minutes = metrics.counter("statuses_minutes_total", "Minutes that were judged", [])
    leads = metrics.gauge("statuses_leader", "Whether this process judges: 1 or 0", [])
    judge = Judge(stores.database, own, f"{socket.gethostname()}-{os.getpid()}-{secrets.token_hex(4)}")

    def step(now: float) -> None:
        try:
            minutes.inc(by=judge.step(now))
        finally:
            leads.set(float(judge.leads))
        time.sleep(pause(clock.now()))

    checks = {"postgres": stores.database.ping}
    worker_process.run(
        known, "statuses", [Task("judge", 0.0, step)], metrics, checks, errors.inc, publisher=stores.publisher
    )
    judge.give_up()
    stores.close()
    return 0


def pause(now: float) -> float:
    """Seconds until the judge looks again: no longer than until the next minute closes, for which people may wait."""
    closes = ((now - GRACE) // MINUTE + 1) * MINUTE + GRACE
    return min(JUDGE_SECONDS, closes - now)
