"""From condition to receiver: how long after an event is stored its page arrives, and what an evaluation costs.

`python -m bench alert_latency`: a real worker's duties (evaluate, deliver) on a real PostgreSQL and Redis, a receiver
on loopback, and 10, 100 and 1,000 rules. Each round stores a burst at a random moment of the interval and waits for
the page. The limit is the evaluation interval: the p99 must be below one interval plus a second for evaluation and
delivery, and an evaluation of 1,000 rules must fit into one interval on one core: CPU seconds of the worker's thread.
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
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

from alerts.evaluate import ruleset
from alerts.evaluate.evaluator import Evaluator
from alerts.notify.delivery import Deliver
from bench.harness import report, servers
from core import clock, settings, tasks
from core.events.types import Security
from core.stores import Stores, assemble
from core.tasks import Task
from core.web.metrics import Metrics

INTERVAL = 5.0
ROUNDS = int(os.environ.get("GATEHOUSE_BENCH_ROUNDS", "20"))
METRICS = ("fraud_rate", "approval_rate", "latency_p95", "error_rate", "transactions_per_hour", "requests_per_minute")
MFA = """
[[rule]]
id = "A4"
title = "Failed MFA attempts"
summary = "{value:.0f} for {account}"
kind = "mfa"
severity = "critical"
channels = ["receiver"]
group = false
"""
CHANNEL = """
[delivery]
look_seconds = 0.5
claim_seconds = 60.0
first_pause = 1.0
longest_pause = 60.0
last_resort = "log"

[[channel]]
name = "receiver"
kind = "webhook"
url = "GATEHOUSE_WEBHOOK_URL"
key = "GATEHOUSE_WEBHOOK_KEY"

[[channel]]
name = "log"
kind = "log"
"""


def main() -> int:
    """Prints p50 and p99 for each number of rules; exit code 1 when a limit is passed."""
    good = True
    costs = {}
    for count in (10, 100, 1000):
        with servers() as (database_url, redis_url), tempfile.TemporaryDirectory() as folder:
            latencies, costs[count] = measure(Path(folder), database_url, redis_url, count)
        p50, p99 = statistics.median(latencies), sorted(latencies)[math.ceil(0.99 * len(latencies)) - 1]
        detail = {
            "rules": count,
            "rounds": len(latencies),
            "p50_s": round(p50, 2),
            "p99_s": round(p99, 2),
            "evaluation_cpu_ms": round(1000 * costs[count]),
        }
        good &= report(f"condition to receiver, {count} rules", (INTERVAL + 1.0) / p99, 1.0, detail)
    good &= report(
        "evaluation of 1,000 rules in one interval", INTERVAL / costs[1000], 1.0, {"cpu_seconds": round(costs[1000], 3)}
    )
    linear = 10 * costs[100] / costs[1000]
    return 0 if report("ten times the rules cost at most ten times", linear, 1.0, {}) and good else 1


def measure(folder: Path, database_url: str, redis_url: str, count: int) -> tuple[list[float], float]:
    """(seconds from the stored event to the receiver, median CPU seconds of an evaluation)."""
    with receiver() as (port, arrived):
        stores, known = assembled(folder, database_url, redis_url, port, count)
        rules = ruleset.load(known)
        evaluator = Evaluator(known, stores, rules, "bench")
        taken: list[float] = []

        def evaluate(now: float) -> None:
            began = time.thread_time()
            evaluator.step(now)
            taken.append(time.thread_time() - began)

        stop = threading.Event()
        duties = [Task("evaluate", INTERVAL, evaluate), *Deliver(known, stores, Metrics()).tasks()]
        threads = tasks.start(duties, stop, lambda _: None)
        time.sleep(2)
        latencies = [one_round(stores, arrived, number) for number in range(ROUNDS)]
        stop.set()
        for thread in threads:
            thread.join()
        stores.close()
    return latencies, statistics.median(taken[1:])


def one_round(stores: Stores, arrived: dict[str, float], number: int) -> float:
    """Three wrong codes at a random moment of the interval; seconds until the page about them arrived."""
    time.sleep(random.uniform(0, INTERVAL))
    account = f"account-{number}"
    now = clock.now()
    events = [
        Security(
            id=secrets.token_hex(8), timestamp=now, severity="medium", text="wrong code", category="authentication",
            action="mfa", outcome="failure", actor=account,
        )
        for _ in range(3)
    ]  # fmt: skip
    stores.writer.store(events, now)
    began = time.monotonic()
    while account not in arrived:
        if time.monotonic() - began > 60:
            raise SystemExit(f"no page about {account} within a minute")
        time.sleep(0.01)
    return arrived[account] - began


def assembled(
    folder: Path, database_url: str, redis_url: str, port: int, count: int
) -> tuple[Stores, settings.Settings]:
    """Stores and settings with `count` rules that all read."""
    config = folder / "config"
    shutil.copytree(settings.ROOT / "config", config)
    rules = [MFA]
    for i in range(count - 1):
        parameters = f'metric = "{METRICS[i % len(METRICS)]}", window = "{60 + 10 * (i % 300)}s", above = {10**9}'
        rules.append(
            f'[[rule]]\nid = "R{i}"\ntitle = "R"\nsummary = "s"\nkind = "window"\nseverity = "low"\nno_data_after = 0\n'
            f"parameters = {{ {parameters} }}\n"
        )
    (config / "rules.toml").write_text("\n".join(rules))
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


@contextmanager
def receiver() -> Iterator[tuple[int, dict[str, float]]]:
    """A web server that notes when a body about an account arrived first."""
    arrived: dict[str, float] = {}

    class Answer(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            for part in body.split("platform:")[1:]:
                arrived.setdefault(part.split('"')[0].split(" ")[0].split(")")[0], time.monotonic())
            self.send_response(200)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None: ...

    server = HTTPServer(("127.0.0.1", 0), Answer)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server.server_port, arrived
    server.shutdown()
