"""`python -m statuses worker`: judges what comes in until SIGTERM. Any number may run; one of them holds the lease."""

import os
import secrets
import signal
import socket
import threading

from core import log, tasks
from core.settings import Settings
from core.statuses.detector import params
from core.stores import Stores
from core.tasks import Task
from core.web import sidecar
from core.web.metrics import Metrics
from statuses.judge import Judge

JUDGE_SECONDS = 0.5


def run(known: Settings, stores: Stores) -> int:
    """Work until SIGTERM or SIGINT, then finish what is in hand. Raises ConfigError before anything starts."""
    own = params.load(known)
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda _number, _frame: stop.set())
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

    checks = {"postgres": stores.database.ping}
    server = sidecar.serve(known.host, known.ports["statuses"], metrics, checks, known.config.limits)
    threads = tasks.start([Task("judge", JUDGE_SECONDS, step)], stop, lambda name: errors.inc(name))
    log.get("statuses").info("started")
    stop.wait()
    for thread in threads:
        thread.join(timeout=10)
    judge.give_up()
    server.shutdown()
    stores.close()
    return 0
