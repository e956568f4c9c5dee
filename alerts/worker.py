"""The worker: its duties, each on its own thread, until SIGTERM. Any number of workers share the work."""

import os
import secrets
import signal
import socket
import threading

from alerts import announce, hands, ruleset
from alerts.backtest.queue import LOOK_SECONDS, Backtests
from alerts.chores import Chores
from alerts.delivery import Deliver
from alerts.evaluator import Evaluator
from alerts.heartbeat import Heartbeat
from alerts.measure import Measures
from core import log, tasks
from core.settings import Settings
from core.store.assembly import Stores
from core.tasks import Task
from core.web import sidecar
from core.web.metrics import Metrics


def run(known: Settings, stores: Stores) -> int:
    """Work until SIGTERM or SIGINT, then finish what is in hand. Raises ConfigError before anything starts."""
    known.require("secret_key")
    rules = ruleset.load(known)
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda _number, _frame: stop.set())
    metrics = Metrics()
    errors = metrics.counter("alerts_errors_total", "Duties that met an error", ["duty"])
    holder = f"{socket.gethostname()}-{os.getpid()}-{secrets.token_hex(4)}"
    evaluator = Evaluator(
        known,
        stores,
        rules,
        holder,
        lambda opened: announce.announce(stores.outlet.publish, opened),
        Chores(stores, rules).step,
    )
    measures = Measures(metrics, evaluator, stores)
    beating = rules.settings.heartbeat
    heartbeat = Heartbeat(known.secret(beating.url), evaluator.is_healthy, metrics)
    duties = [
        Task("evaluate", rules.settings.interval, measures.timed(evaluator.step)),
        Task("heartbeat", beating.every, heartbeat.step),
        Task("measure", rules.settings.interval, measures.look),
        Task("backtests", LOOK_SECONDS, Backtests(known, stores, rules).step),
        *Deliver(known, stores, metrics).tasks(),
        *hands.duties(known, stores, metrics),
    ]
    checks = {"postgres": stores.database.ping}
    server = sidecar.serve(known.host, known.ports["alerts"], metrics, checks)
    threads = tasks.start(duties, stop, lambda name: errors.inc(name))
    log.get("alerts").info("started", holder=holder, rules=len(rules.rules))
    stop.wait()
    for thread in threads:
        thread.join(timeout=10)
    evaluator.give_up()
    server.shutdown()
    stores.close()
    return 0
