"""The worker: its duties, each on its own thread, until SIGTERM. Any number of workers share the work."""

import os
import secrets
import socket

from alerts.audit_watch import HOUR, AuditWatch
from alerts.digest import schedule
from alerts.evaluate import ruleset
from alerts.evaluate.evaluator import Evaluator
from alerts.evaluate.progress import Progress
from alerts.evaluate.ruleset import Rules
from alerts.heartbeat import Heartbeat
from alerts.housekeeping import Housekeeping
from alerts.jobs._hands import JobContext
from alerts.notify import security_events
from alerts.notify.delivery import Deliver
from alerts.respond import actions_worker
from alerts.worker_metrics import Measures
from core import discovery
from core.db.jobs.runner import Runner
from core.endpoints.config_starts import ConfigStart
from core.settings import Settings
from core.stores import Stores
from core.tasks import Task
from core.web import worker_process
from core.web.metrics import Metrics

ONCE = 30.0  # seconds between tries of what is done once


def run(known: Settings, stores: Stores) -> int:
    """Work until SIGTERM or SIGINT, then finish what is in hand. Raises ConfigError before anything starts."""
    known.require("secret_key")
    rules = ruleset.load(known)
    metrics = Metrics()
    errors = metrics.counter("alerts_errors_total", "Tasks that failed", ["duty"])
    holder = f"{socket.gethostname()}-{os.getpid()}-{secrets.token_hex(4)}"
    evaluator = Evaluator(
        known,
        stores,
        rules,
        holder,
        lambda opened: security_events.announce(stores.publisher.publish, opened),
        lambda lease, at, judged: chores.step(lease, at, judged),
    )
    chores = Housekeeping(stores, rules, evaluator.faults)
    general = rules.settings
    progress = Progress(stores, evaluator, evaluator.faults, general.interval, general.lease)
    measures = Measures(metrics, evaluator, stores, progress)
    beating = rules.settings.heartbeat
    heartbeat = Heartbeat(known.secret(beating.url), evaluator.is_healthy, metrics)
    duties = [
        Task("evaluate", rules.settings.interval, measures.timed(evaluator.step)),
        Task("heartbeat", beating.every, heartbeat.step),
        Task("progress", rules.settings.interval, progress.step),
        Task("measure", rules.settings.interval, measures.look),
        Task("digest", schedule.EVERY, lambda now: schedule.ask_all(stores.database, known, now)),
        Task("audit", HOUR, AuditWatch(stores).step),
        Task("configuration", ONCE, ConfigStart(stores.database, "alerts", known.config_dir).step),
        *jobs(known, stores, rules).tasks(),
        *Deliver(known, stores, metrics).tasks(),
        *actions_worker.duties(known, stores, metrics),
    ]
    checks = {"postgres": stores.database.ping, "evaluation": progress.check}
    worker_process.run(
        known,
        "alerts",
        duties,
        metrics,
        checks,
        errors.inc,
        publisher=stores.publisher,
        holder=holder,
        rules=len(rules.rules),
    )
    evaluator.give_up()
    stores.close()
    return 0


def jobs(known: Settings, stores: Stores, rules: Rules) -> Runner[JobContext]:
    """What does the jobs of `alerts/jobs`."""
    found = discovery.kinds("alerts.jobs", "run").values()
    return Runner(stores.database, found, JobContext(stores, known, rules), "alert worker")
