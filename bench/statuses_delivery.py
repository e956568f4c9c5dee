"""From the POST of a row to the page about it: how long after the report that makes an incident certain it is told.

`python -m bench statuses_delivery` runs the real processes (the API under gunicorn, collector, judge of statuses, alert
worker) on a real PostgreSQL and Redis, with the shipped configuration and a webhook's receiver on loopback. Forty
sources report each minute as it ends, after a usual hour and a half that is sent at once. A quarter of them goes wrong
with each minute, so it takes five. A source's time is from the POST of the minute that fired to its message's arrival;
a minute is reported at its end, so it holds all of the grace. Goal for the p99: evaluation interval + grace + 1 s.

When the alert worker evaluates within the minute decides up to an interval of it: it is started anew before each wave
and so evaluates at another moment. Messages are not grouped (`group = false`): a storm is to be told at leisure.
"""

import os
import random
import re
import secrets
import shutil
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from alerts.evaluate import ruleset
from bench.alert_storm import p99
from bench.harness import gunicorn, report, running, servers
from core import codec, settings
from core.db.engine import Database
from core.http import HttpClient
from stack.ports import find_free
from statuses.judge import GRACE

SOURCES = 40
WAVES = int(os.environ.get("GATEHOUSE_BENCH_ROUNDS", "4"))
HISTORY, MINUTE = 90, 60
USUAL = {"approved": 60.0, "denied": 4.0, "failed": 0.5}
BAD = {"approved": 24.0, "denied": 40.0, "failed": 0.5}
PORTS = ("metrics", "statuses", "alerts")
STOPPED = "SELECT count(*) FROM status_sources WHERE judged = newest AND problem = ''"
OPENED = "SELECT series, extract(epoch FROM opened_at)::float8 FROM incidents WHERE rule = 'statuses'"
FIRED = "SELECT source, min(fired) FROM status_episodes GROUP BY source"


def main() -> int:
    """Print p50 and p99; 0 when the p99 is within the goal."""
    with servers() as urls, tempfile.TemporaryDirectory() as folder, receiver() as (port, arrived):
        environ = _environment(Path(folder), urls, port)
        interval = _interval(environ)
        limit = interval + GRACE + 1.0
        with ExitStack() as stack:
            world = World(stack.enter_context(gunicorn("monitoring_api:app", environ))[0])
            for name, module in (("metrics", ["collector"]), ("statuses", ["statuses", "worker"])):
                stack.enter_context(running(*_process(environ, name, *module)))
            database = Database(urls[0])
            stack.callback(database.close)
            _warm(world, database)
            _play(world, arrived, environ, interval)
            opened: dict[str, float] = dict(_rows(database, OPENED))
            fired: dict[str, int] = dict(_rows(database, FIRED))
    missing = [name for name in world.sources if name not in arrived]
    false = [name for name, minute in fired.items() if minute < world.wrong_since(name)]
    told = [name for name in world.sources if name not in missing + false]
    whole = [arrived[name] - world.posted[name, fired[name]] for name in told]
    judged = [opened[name] - world.posted[name, fired[name]] for name in told]
    detail: dict[str, object] = {
        "pages": len(whole),
        "untold": missing,
        "sources": SOURCES,
        "before_anything_was_wrong": len(false),
        "p50_s": round(statistics.median(whole), 2),
        "p99_s": round(p99(whole), 2),
        "goal_s": limit,
        "post_to_incident_p50_s": round(statistics.median(judged), 2),
        "incident_to_page_p99_s": round(p99([arrived[name] - opened[name] for name in told]), 2),
    }
    met = report("POST to page on a channel", limit / p99(whole), 1.0, detail)
    return 0 if met and not missing and not false else 1


class World:
    """Sources that report each minute when it ends."""

    def __init__(self, port: int) -> None:
        self.sources = [f"shop-{number:02}" for number in range(SOURCES)]
        self.posted: dict[tuple[str, int], float] = {}
        self.first = 0  # minute in which the first wave goes wrong
        self._client = HttpClient(f"http://127.0.0.1:{port}", timeout=30.0)
        self._draw = random.Random(14)

    def wrong_since(self, source: str) -> int:
        """The minute from which a source's counts are wrong."""
        return self.first + self.sources.index(source) % WAVES

    def report(self, first: int, after: int) -> None:
        """Each source sends its minutes [first, after) in a request of its own."""
        for source in self.sources:
            rows = [row for minute in range(first, after) for row in self._minute(source, minute)]
            self.posted[source, after - 1] = time.time()
            answer = self._client.post_json("/api/transaction", rows)
            assert answer.status == 200, answer.body[:300]

    def _minute(self, source: str, minute: int) -> Iterator[dict[str, object]]:
        means = BAD if self.first and minute >= self.wrong_since(source) else USUAL
        for status, mean in means.items():
            count = max(0, round(self._draw.gauss(mean, mean**0.5)))
            yield {"timestamp": minute * MINUTE, "source": source, "status": status, "count": count}


def _warm(world: World, database: Database) -> None:
    """A usual past, until all of it is judged; then the first wave is due with the next minute."""
    now = int(time.time() // MINUTE)
    world.report(now - HISTORY, now)
    deadline = time.monotonic() + 50
    while _rows(database, STOPPED)[0][0] < SOURCES:
        assert time.monotonic() < deadline, "the past is not judged"
        time.sleep(0.2)
    world.first = int(time.time() // MINUTE) + 1
    for minute in range(now, world.first):
        _sleep_until((minute + 1) * MINUTE)
        world.report(minute, minute + 1)


def _play(world: World, arrived: dict[str, float], environ: dict[str, str], interval: float) -> None:
    """A wave a minute, and a minute more until the last is certain; then as long as its pages may take."""
    draw = random.Random()  # the phase of an evaluation is to be any
    last = world.first + WAVES
    for minute in range(world.first, last + 1):
        with running(*_process(environ, "alerts", "alerts")):
            _sleep_until((minute + 1) * MINUTE)
            world.report(minute, minute + 1)
            _sleep_until((minute + 1) * MINUTE + 2 * (interval + GRACE + 1) - interval)
        time.sleep(draw.uniform(0, interval))
    print(f"{len(arrived)} pages from {len(world.sources)} sources", flush=True)


def _sleep_until(at: float) -> None:
    time.sleep(max(0.0, at - time.time()))


def _process(environ: dict[str, str], port: str, *module: str) -> tuple[list[str], dict[str, str], int]:
    return [sys.executable, "-m", *module], environ, int(environ[f"GATEHOUSE_{port.upper()}_PORT"])


def _environment(folder: Path, urls: tuple[str, str], port: int) -> dict[str, str]:
    """The shipped configuration; the rule `statuses` tells the webhook of each incident by itself."""
    config = folder / "config"
    shutil.copytree(settings.ROOT / "config", config)
    rules = (config / "rules.toml").read_text()
    head, mark, rest = rules.partition('id = "statuses"\n')
    assert mark
    rest, changed = re.subn(r"channels = \[.*\]", 'channels = ["webhook"]\ngroup = false', rest, count=1)
    assert changed
    (config / "rules.toml").write_text(head + mark + rest)
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("GATEHOUSE_")}
    return inherited | {
        "DATABASE_URL": urls[0],
        "REDIS_URL": urls[1],
        "GATEHOUSE_AUTH": "off",
        "GATEHOUSE_CONFIG": str(config),
        "GATEHOUSE_DATA": str(folder / "data"),
        "GATEHOUSE_SECRET_KEY": secrets.token_hex(20),
        "GATEHOUSE_WEBHOOK_URL": f"http://127.0.0.1:{port}/",
        "GATEHOUSE_WEBHOOK_KEY": secrets.token_hex(20),
        **{f"GATEHOUSE_{name.upper()}_PORT": str(find_free()) for name in PORTS},
    }


def _interval(environ: dict[str, str]) -> float:
    return ruleset.load(settings.load(environ)).settings.interval


def _rows(database: Database, sql: str) -> list[tuple[Any, ...]]:
    with database.raw() as connection, connection.cursor() as cursor:
        cursor.execute(sql)
        return list(cursor.fetchall())


@contextmanager
def receiver() -> Iterator[tuple[int, dict[str, float]]]:
    """A web server that notes when the first message about a source arrived."""
    arrived: dict[str, float] = {}

    class Answer(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            at = time.time()
            notice = codec.decode(self.rfile.read(int(self.headers["Content-Length"])))
            if (notice["rule"], notice["event"]) == ("statuses", "trigger"):
                arrived.setdefault(notice["series"], at)
            self.send_response(200)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server.server_port, arrived
    server.shutdown()


if __name__ == "__main__":
    sys.exit(main())
