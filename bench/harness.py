"""What benchmarks share: real servers on loopback, alternating runs, and one way to print a ratio with its runs."""

import json
import secrets
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from core.db.engine import Database
from core.db.migrate import migrate
from core.errors import HttpUnavailable
from core.http import HttpClient
from core.settings import ROOT
from stack.ports import find_free
from stack.postgres import Postgres
from stack.redis import Redis


@contextmanager
def servers(options: Mapping[str, str] | None = None) -> Iterator[tuple[str, str]]:
    """URLs of a migrated PostgreSQL (with server settings of its own) and an empty Redis, both durable as usual."""
    with running_servers(options) as (postgres, redis):
        yield postgres.url(), redis.url()


@contextmanager
def running_servers(options: Mapping[str, str] | None = None) -> Iterator[tuple[Postgres, Redis]]:
    """The servers themselves."""
    with tempfile.TemporaryDirectory(prefix="gatehouse-bench-") as folder:
        root = Path(folder)
        root.chmod(0o755)
        postgres = Postgres(root / "postgres", find_free(), secrets.token_urlsafe(12), root / "postgres.log", options)
        redis = Redis(root / "redis", find_free(), secrets.token_urlsafe(12), root / "redis.log")
        postgres.start()
        try:
            redis.start()
            try:
                database = Database(postgres.url())
                migrate(database)
                database.close()
                yield postgres, redis
            finally:
                redis.stop()
        finally:
            postgres.stop()


def copied(url: str, name: str) -> str:
    """The address of another database with the same, empty tables on the same server."""
    server, _, template = url.rpartition("/")
    database = Database(f"{server}/postgres")
    with database.raw() as connection:
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
        connection.autocommit = False
    database.close()
    return f"{server}/{name}"


@contextmanager
def gunicorn(application: str, environ: dict[str, str], *options: str) -> Iterator[tuple[int, int]]:
    """One worker of an application on a free port: (its port, the pid of its master)."""
    port = find_free()
    usual = ["-c", "core/web/gunicorn_conf.py", "--workers", "1", "--bind", f"127.0.0.1:{port}"]
    with running([sys.executable, "-m", "gunicorn", *usual, *options, application], environ, port) as master:
        yield port, master


@contextmanager
def running(command: list[str], environ: dict[str, str], port: int) -> Iterator[int]:
    """The pid of a server process, from its first answer to its end. Raises HttpUnavailable when it never answers."""
    process = subprocess.Popen(command, cwd=ROOT, env=environ, stderr=subprocess.DEVNULL)
    client, deadline = HttpClient(f"http://127.0.0.1:{port}"), time.monotonic() + 60
    try:
        while True:
            try:
                client.get("/metrics")
                break
            except HttpUnavailable:
                if time.monotonic() > deadline or process.poll() is not None:
                    raise
                time.sleep(0.2)
        yield process.pid
    finally:
        process.terminate()
        process.wait(30)


def seconds(work: Callable[[], object]) -> float:
    """Wall seconds of one call."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def alternate(runs: int, *works: Callable[[], object]) -> list[list[float]]:
    """Wall seconds of every work, taken in turn `runs` times so that a slow moment hits all alike."""
    found: list[list[float]] = [[] for _ in works]
    for _ in range(runs):
        for times, work in zip(found, works, strict=True):
            times.append(seconds(work))
    return found


def report(name: str, ratio: float, goal: float, detail: dict[str, object]) -> bool:
    """Print one result line and whether the goal (at least) is met."""
    met = ratio >= goal
    print(f"{name}: {ratio:.3g} x (goal {goal:g} x) {'met' if met else 'NOT MET'}  {json.dumps(detail)}", flush=True)
    return met


def median(values: list[float]) -> float:
    """Median, rounded for printing."""
    return float(f"{statistics.median(values):.4g}")
