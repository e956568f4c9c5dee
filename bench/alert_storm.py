"""A critical page during a storm: how long it takes beside 10,000 series of another rule that fire, and then end.

`python -m bench alert_storm`: a real worker's duties (evaluate, deliver) on a real PostgreSQL and Redis, one channel at
one message a second, a receiver on loopback. The same rounds are run undisturbed, while 10,000 services fail and
recover again and again with their messages grouped, and with grouping off, where thousands of messages wait. A round
stores three wrong codes of one account at a random moment of the interval and waits for the critical page about it. The
limit: from its intent to the receiver's acceptance a critical message takes at most 5 s (p99); the ratio against the
undisturbed rounds is printed beside it.
"""

import math
import os
import random
import secrets
import shutil
import statistics
import tempfile
import threading
import time
from pathlib import Path
from typing import NamedTuple

from alerts.evaluate import ruleset
from alerts.evaluate.evaluator import Evaluator
from alerts.notify.delivery import Deliver
from bench.alert_latency import one_round, receiver
from bench.harness import report, servers
from core import settings, tasks
from core.events.types import Request
from core.stores import Stores, assemble
from core.tasks import Task
from core.web.metrics import Metrics

INTERVAL, LIMIT = 5.0, 5.0
ROUNDS = int(os.environ.get("GATEHOUSE_BENCH_ROUNDS", "20"))
SERIES = int(os.environ.get("GATEHOUSE_BENCH_SERIES", "10000"))
RULES = """
[[rule]]
id = "A4"
title = "Failed MFA attempts"
summary = "{{value:.0f}} for {{account}}"
kind = "mfa"
severity = "critical"
channels = ["receiver"]
group = false

[[rule]]
id = "noisy"
title = "Error rate of a service"
summary = "{{value:.0f}} %"
kind = "requests"
severity = "high"
channels = ["receiver"]
no_data_after = 0
group = {group}
parameters = {{ metric = "errors", window = "10m", above = 51 }}
"""
CHANNEL = """
[delivery]
last_resort = "log"

[[channel]]
name = "receiver"
kind = "webhook"
url = "GATEHOUSE_WEBHOOK_URL"
key = "GATEHOUSE_WEBHOOK_KEY"
maximum_age_minutes = 600
per_minute = 60
burst = 1

[[channel]]
name = "log"
kind = "log"
"""


class Measured(NamedTuple):
    """Seconds of each round: from the stored event, and from the intent; what the storm opened; messages that wait."""

    event: list[float]
    intent: list[float]
    incidents: int
    messages: int
    slowest: float


def main() -> int:
    """Prints p50 and p99 of each case; exit code 1 when a critical message took too long."""
    cases = {"undisturbed": ("true", 0), "grouped": ("true", SERIES), "ungrouped": ("false", SERIES)}
    found = {}
    for name, (group, series) in cases.items():
        with servers() as (database_url, redis_url), tempfile.TemporaryDirectory() as folder:
            found[name] = measure(Path(folder), database_url, redis_url, group, series)
    good = True
    quiet = p99(found["undisturbed"].event)
    for name, one in found.items():
        detail = {
            "rounds": len(one.event),
            "event_p50_s": round(statistics.median(one.event), 2),
            "event_p99_s": round(p99(one.event), 2),
            "event_p99_against_undisturbed": round(p99(one.event) / quiet, 2),
            "message_p50_s": round(statistics.median(one.intent), 2),
            "message_p99_s": round(p99(one.intent), 2),
            "incidents": one.incidents,
            "messages": one.messages,
            "slowest_evaluation_s": round(one.slowest, 2),
        }
        good &= report(f"critical message, {name}", LIMIT / p99(one.intent), 1.0, detail)
    return 0 if good else 1


def p99(values: list[float]) -> float:
    """The 99th percentile; with few rounds the worst."""
    return sorted(values)[math.ceil(0.99 * len(values)) - 1]


def measure(folder: Path, database_url: str, redis_url: str, group: str, series: int) -> Measured:
    """Rounds beside a storm of so many series."""
    with receiver() as (port, arrived):
        stores, known = assembled(folder, database_url, redis_url, port, group)
        evaluator = Evaluator(known, stores, ruleset.load(known), "bench")
        taken: list[float] = []

        def evaluate(now: float) -> None:
            began = time.monotonic()
            evaluator.step(now)
            taken.append(time.monotonic() - began)

        stop = threading.Event()
        duties = [Task("evaluate", INTERVAL, evaluate), *Deliver(known, stores, Metrics()).tasks()]
        duties += [Task("storm", 40.0, Storm(stores, series).step)] if series else []
        threads = tasks.start(duties, stop, lambda _: None)
        time.sleep(12 if series else 2)
        event = [one_round(stores, arrived, number) for number in range(ROUNDS)]
        time.sleep(2)
        stop.set()
        for thread in threads:
            thread.join()
        with stores.database.raw() as connection, connection.cursor() as cursor:
            cursor.execute(
                "SELECT extract(epoch FROM finished_at - created_at)::float8 FROM outbox"
                " WHERE notice ->> 'rule' = 'A4' AND event = 'trigger' AND state = 'sent' ORDER BY id"
            )
            intent = [row[0] for row in cursor.fetchall()]
            cursor.execute("SELECT (SELECT count(*) FROM incidents), (SELECT count(*) FROM outbox)")
            incidents, messages = cursor.fetchone()
        stores.close()
    return Measured(event, intent, int(incidents), int(messages), max(taken))


class Storm:
    """All services fail, then all recover, and again."""

    def __init__(self, stores: Stores, series: int) -> None:
        self._stores, self._series, self._turn = stores, series, 0

    def step(self, now: float) -> None:
        """One turn: a failed request of each service, or a good one, which makes the share of failed ones half."""
        fails = self._turn % 2 == 0
        for first in range(0, self._series, 1000):
            span = range(first, min(first + 1000, self._series))
            self._stores.writer.store([self._request(number, now, fails) for number in span], now)
        self._turn += 1

    def _request(self, number: int, now: float, fails: bool) -> Request:
        return Request(
            id=secrets.token_hex(8), timestamp=now, ip="10.0.0.1", method="GET", path="/", duration_ms=5.0,
            status=500 if fails else 200, service=f"service-{number:05}",
        )  # fmt: skip


def assembled(
    folder: Path, database_url: str, redis_url: str, port: int, group: str
) -> tuple[Stores, settings.Settings]:
    """Stores and settings with the two rules and the one slow channel."""
    random.seed(11)
    config = folder / "config"
    shutil.copytree(settings.ROOT / "config", config)
    (config / "rules.toml").write_text(RULES.format(group=group))
    (config / "channels.toml").write_text(CHANNEL)
    known = settings.load(
        {
            "DATABASE_URL": database_url,
            "REDIS_URL": redis_url,
            "GATEHOUSE_CONFIG": str(config),
            "GATEHOUSE_SECRET_KEY": "k" * 40,
            "GATEHOUSE_WEBHOOK_URL": f"http://127.0.0.1:{port}/hook",
            "GATEHOUSE_WEBHOOK_KEY": "k" * 40,
        }
    )
    return assemble(known), known
