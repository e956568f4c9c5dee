"""Every page of Analytics with 10 million stored predictions against 100,000, over each of its periods.

`python -m bench analytics_pages`. Both histories lie in the same thirty days and were summed up as the collector does.
Timed is a page as a browser asks for it: the console's whole answer to somebody who is logged in, with what it reads
from PostgreSQL and from the monitoring API. Pages of both sizes are asked for in turn, so that other work on the
machine slows both. Goals: p95 of 300 ms at most at 10 million, and 1.3 times the time at 100,000. `BENCH_ROWS` takes
fewer, `BENCH_DAYS` other days, `BENCH_PAGES` only pages whose path has this in it.
"""

import os
import secrets
import statistics
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from argon2 import PasswordHasher
from flask.testing import FlaskClient

from bench import harness
from bench._analytics_data import OPTIONS, fill
from console.app import PREFIX, create_app
from console.page import discover_pages
from core import clock, settings
from core.analytics.periods import LENGTHS
from core.db.engine import Database
from tests.people import Authenticator, log_in

SMALL, LARGE = 100_000, int(os.environ.get("BENCH_ROWS", "10000000"))
DAYS = int(os.environ.get("BENCH_DAYS", "30"))
RUNS, WARM = 15, 3
MOST_MILLISECONDS, MOST_RATIO = 300.0, 1.3
PERIODS = (*LENGTHS, "all")
PASSWORD, KEY = secrets.token_urlsafe(12), secrets.token_urlsafe(32)


@dataclass
class Side:
    """A console over one of the databases, and somebody who is logged in."""

    client: FlaskClient

    def seconds(self, address: str) -> float:
        """Wall seconds of one answer, which has to be a page."""

        def ask() -> None:
            answer = self.client.get(PREFIX + address)
            assert answer.status_code == 200, (address, answer.status_code)
            answer.get_data()

        return harness.seconds(ask)


def main() -> int:
    """Print each page's p95 and ratio; 0 when both goals are met everywhere."""
    now = clock.now()
    with harness.servers(OPTIONS) as (url, redis_url), tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        keep = settings.load({"DATABASE_URL": url, "REDIS_URL": redis_url}).config.retention
        sides = []
        for count in (SMALL, LARGE):
            own = harness.copied(url, f"of_{count}")
            database = Database(own)
            fill(database, count, DAYS, now, keep)
            database.close()
            sides.append(stack.enter_context(_side(own, redis_url, Path(folder) / str(count))))
        met = [_compared(sides, path, period) for path in paths() for period in PERIODS]
    return 0 if all(met) else 1


def paths() -> list[str]:
    """The pages below Analytics that have an address of their own, those that BENCH_PAGES names."""
    wanted = os.environ.get("BENCH_PAGES", "")
    known = sorted(page.path for page in discover_pages().values() if page.path.split("/")[0] == "analytics")
    return [path for path in known if "<" not in path and wanted in path]


@contextmanager
def _side(url: str, redis_url: str, folder: Path) -> Iterator[Side]:
    """A monitoring API and a console over a database."""
    folder.mkdir()
    environ = {
        "REDIS_URL": redis_url, "DATABASE_URL": url, "GATEHOUSE_SECRET_KEY": KEY, "GATEHOUSE_DATA": str(folder),
        "GATEHOUSE_ADMIN_PASSWORD_HASH": PasswordHasher(1, 8192, 1).hash(PASSWORD),
    }  # fmt: skip
    with harness.gunicorn("monitoring_api:app", {**os.environ, **environ}) as (port, _):
        app = create_app(settings.load({**environ, "GATEHOUSE_API_URL": f"http://127.0.0.1:{port}"}))
        client = app.test_client()
        assert log_in(client, PREFIX, "admin", PASSWORD, Authenticator()).status_code == 200
        yield Side(client)
        app.close()


def _compared(sides: list[Side], path: str, period: str) -> bool:
    """Time one page over one period and report it."""
    address = path if period == "24h" else f"{path}?period={period}"
    found: list[list[float]] = [[], []]
    for run in range(RUNS + WARM):
        for times, side in zip(found, sides, strict=True):
            took = side.seconds(address)
            if run >= WARM:
                times.append(1000 * took)
    p95 = float(np.quantile(found[1], 0.95))
    ratio = statistics.median(large / small for small, large in zip(*found, strict=True))
    met = p95 <= MOST_MILLISECONDS and ratio <= MOST_RATIO
    print(
        f"{path} {period}: p95 {p95:.0f} ms (goal {MOST_MILLISECONDS:g}), median {statistics.median(found[0]):.0f} ->"
        f" {statistics.median(found[1]):.0f} ms, {ratio:.2f} of its time at {SMALL:,} (goal {MOST_RATIO:g})"
        f" {'met' if met else 'NOT MET'}",
        flush=True,
    )
    return met


if __name__ == "__main__":
    sys.exit(main())
