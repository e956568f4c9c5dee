"""What one unit of work costs each of our processes: the real process under load, its CPU time read from the kernel.

CPU seconds rather than wall clock: what a process can do on a core of its own does not depend on who else is busy.
"""

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import msgspec
import numpy as np
from argon2 import PasswordHasher

from alerts.evaluate import ruleset
from alerts.evaluate.evaluator import Evaluator
from bench import _limits, alert_latency, harness, live_tick
from core import clock, codec
from core.db import keys
from core.db.redis_client import Live
from core.events.types import Event, Transaction, encode
from core.pipeline import stream
from core.settings import ROOT
from core.stores import Stores
from stack.ports import find_free
from tests.growth.person import Person

CONNECTIONS = 4
WARM, SECONDS = 1.0, 4.0
WORKER = ("--worker-class", "core.web.patient.PatientWorker")


@dataclass(frozen=True)
class Cost:
    """`count` units of work took `wall` seconds, and CPU seconds of the process, of PostgreSQL and of Redis.

    `memory` is what the process holds, in bytes.
    """

    name: str
    unit: str
    count: int
    wall: float
    own: float
    postgres: float = 0.0
    redis: float = 0.0
    memory: int = 0

    @property
    def per_core(self) -> float:
        """Units that one core does in a second."""
        return self.count / self.own


@dataclass(frozen=True)
class Servers:
    """Where PostgreSQL and Redis are, and the process ids of both."""

    database_url: str
    redis_url: str
    postgres: int
    redis: int


def web(
    name: str, unit: str, servers: Servers, application: str, environ: dict[str, str], path: str, bodies: Path,
    units: int = 1, options: tuple[str, ...] = (),
) -> Cost:  # fmt: skip
    """One gunicorn worker of an application under a closed loop of posts, each of which is `units` of work."""
    with harness.gunicorn(application, environ, *options) as (port, master):
        command = [sys.executable, "-m", "bench._post_load", str(port), str(CONNECTIONS)]

        def drive(seconds: float) -> int:
            done = subprocess.run([*command, str(seconds), str(bodies), path], cwd=ROOT, capture_output=True, text=True)
            if done.returncode != 0:
                raise SystemExit(f"{name}: {done.stderr[-500:]}")
            return int(json.loads(done.stdout)["requests"])

        drive(WARM)
        parties = ([master], [servers.postgres], [servers.redis])
        before = [_limits.cpu_seconds(pids) for pids in parties]
        begun = time.perf_counter()
        count = drive(SECONDS)
        wall = time.perf_counter() - begun
        own, postgres, redis = (_limits.cpu_seconds(pids) - was for pids, was in zip(parties, before, strict=True))
        memory = _limits.resident(master)
    return Cost(name, unit, count * units, min(wall, SECONDS), own, postgres, redis, memory)


def collector(name: str, servers: Servers, environ: dict[str, str], events: list[Event], entry: int) -> Cost:
    """A collector that finds `events` waiting in the stream, `entry` of them in each entry, until all are stored."""
    live = Live(servers.redis_url)
    with live.reach() as client:
        client.delete(keys.STREAM)
    first = min(200, len(events) // (4 * entry)) * entry  # what is stored while it still warms up
    for start in range(0, len(events), entry):
        stream.add(live, encode(events[start : start + entry]))
    entries = -(-len(events) // entry)
    with _started([sys.executable, "-m", "collector"], environ) as pid:
        while stream.backlog(live).length > entries - first // entry:
            time.sleep(0.01)
        begun, left = time.perf_counter(), stream.backlog(live).length
        parties = ([pid], [servers.postgres], [servers.redis])
        before = [_limits.cpu_seconds(pids) for pids in parties]
        while stream.backlog(live).length:
            time.sleep(0.01)
        wall = time.perf_counter() - begun
        own, postgres, redis = (_limits.cpu_seconds(pids) - was for pids, was in zip(parties, before, strict=True))
        memory = _limits.resident(pid)
    live.close()
    return Cost(name, "events", left * entry, wall, own, postgres, redis, memory)


def writer(name: str, servers: Servers, stores: Stores, events: list[Event], batch: int) -> Cost:
    """The writer in this process: the collector's share without reading the stream."""
    before, cpu, begun = _limits.cpu_seconds([servers.postgres]), time.process_time(), time.perf_counter()
    for start in range(0, len(events), batch):
        stores.writer.store(events[start : start + batch], clock.now())
    wall, own = time.perf_counter() - begun, time.process_time() - cpu
    return Cost(name, "rows", len(events), wall, own, _limits.cpu_seconds([servers.postgres]) - before)


def console(name: str, servers: Servers, environ: dict[str, str]) -> Cost:
    """A console with a thousand operators on one worker; the unit is one look of one operator."""
    data, password = find_free(), "bench-password-of-no-one"
    environ = environ | {
        "GATEHOUSE_API_URL": f"http://127.0.0.1:{data}",
        "GATEHOUSE_ADMIN_PASSWORD_HASH": PasswordHasher(1, 8192, 1).hash(password),
        "BENCH_PER_HOUR": "5000",
    }
    with (
        harness.running([sys.executable, "-m", "bench._live_data", str(data), "5000"], environ, data),
        harness.gunicorn("monitoring_dashboard:app", environ) as (port, master),
    ):
        place = SimpleNamespace(ports={"console": port}, admin_user="admin")
        person = Person(SimpleNamespace(settings=place, stack=SimpleNamespace(first_password=password)))  # type: ignore[arg-type]
        person.come_in()
        found = live_tick.operators(
            f"http://127.0.0.1:{port}{live_tick.OURS}live", person.cookie, live_tick.only_worker(master)
        )
    looks = int(found["asked"])
    return Cost(name, "looks", looks, live_tick.LOAD_SECONDS, found["server_ms"] / 1000 * looks)


def alerts(name: str, servers: Servers, rules: int) -> Cost:
    """Ten evaluations of `rules` rules that all read; the unit is one rule judged once."""
    with tempfile.TemporaryDirectory() as folder:
        stores, known = alert_latency.assembled(Path(folder), servers.database_url, servers.redis_url, 9, rules)
        evaluator = Evaluator(known, stores, ruleset.load(known), "bench")
        evaluator.step(clock.now())
        before = _limits.cpu_seconds([servers.postgres])
        cpu, begun = time.thread_time(), time.perf_counter()
        for _ in range(10):
            evaluator.step(clock.now())
        own, wall = time.thread_time() - cpu, time.perf_counter() - begun
        postgres = _limits.cpu_seconds([servers.postgres]) - before
        stores.close()
    return Cost(name, "rules judged", rules * 10, wall, own, postgres)


def renamed(events: list[Event], series: str, seconds: float = 60.0) -> list[Event]:
    """The same work once more: other names, and times within the last `seconds`."""
    rng, now = np.random.default_rng(1), clock.now()
    times = np.sort(now - rng.random(len(events)) * seconds).tolist()
    found = []
    for event, when in zip(events, times, strict=True):
        name = f"{series}-{event.id}"
        found.append(msgspec.structs.replace(event, id=name, transaction_id=name, timestamp=when))
    return found


def bodies_of_events(path: Path, events: list[Event], each: int) -> Path:
    """One request body of `each` transactions a line."""
    sales = [msgspec.to_builtins(event) for event in events if isinstance(event, Transaction)]
    lines = [codec.encode({"events": sales[start : start + each]}) for start in range(0, len(sales) - each + 1, each)]
    path.write_bytes(b"\n".join(lines))
    return path


def bodies_of_scores(path: Path, singles: Path, each: int) -> Path:
    """One request body of `each` transactions to score a line."""
    items: list[Any] = [codec.decode(line) for line in singles.read_bytes().splitlines()]
    lines = [
        codec.encode({"transactions": items[start : start + each]}) for start in range(0, len(items) - each + 1, each)
    ]
    path.write_bytes(b"\n".join(lines))
    return path


@contextmanager
def _started(command: list[str], environ: dict[str, str]) -> Iterator[int]:
    """The pid of a process until the block ends."""
    process = subprocess.Popen(command, cwd=ROOT, env=environ, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    try:
        yield process.pid
    finally:
        process.terminate()
        process.wait(30)
