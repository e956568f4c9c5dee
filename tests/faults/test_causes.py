"""A collector that is stopped for real is one page and one end (A14), though thirteen rules lose their data sooner."""

import os
import secrets
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from core import clock, settings
from core.db.engine import Database
from core.events.types import Prediction
from core.stores import assemble
from stack.ports import find_free
from tests.integration.alerts.making import rows
from tests.tree import ROOT
from tests.waiting import until

pytestmark = [pytest.mark.fault, pytest.mark.timeout(300)]
COUNT = 13
PROCESSES = """
[[rule]]
id = "processes"
title = "Process down"
summary = "{series} does not answer"
kind = "processes"
severity = "critical"
for = "2s"
keep_firing_for = "2s"
channels = ["log"]
parameters = { above = 0.5, fallback = "nothing", targets = { collector = "{collector_url}/healthz" } }
"""
WINDOW = """
[[rule]]
id = "R{number}"
title = "Rate {number}"
summary = "{{value}}"
kind = "window"
severity = "high"
no_data_after = "2s"
channels = ["log"]
depends_on = ["collector"]
parameters = {{ metric = "fraud_rate", window = "10m", above = 99 }}
"""


class Small:
    """A collector, a worker, and somebody who sends predictions all the time."""

    def __init__(self, folder: Path, database_url: str, redis_url: str) -> None:
        config = folder / "config"
        shutil.copytree(settings.ROOT / "config", config)
        (config / "rules.toml").write_text(PROCESSES + "".join(WINDOW.format(number=n) for n in range(COUNT)))
        text = (config / "alerts.toml").read_text()
        for old, new in (("interval = 5.0", "interval = 0.5"), ("behind = 30.0", "behind = 6.0"), ('"1m"', '"30s"')):
            assert old in text
            text = text.replace(old, new)
        (config / "alerts.toml").write_text(text.replace('grace = "5m"', 'grace = "20s"'))
        self._environ = {
            "DATABASE_URL": database_url,
            "REDIS_URL": redis_url,
            "GATEHOUSE_CONFIG": str(config),
            "GATEHOUSE_SECRET_KEY": "k" * 40,
            "GATEHOUSE_DATA": str(folder),
            "GATEHOUSE_METRICS_PORT": str(find_free()),
            "GATEHOUSE_ALERTS_PORT": str(find_free()),
        }
        self._log = (folder / "log").open("ab")
        self._running: list[subprocess.Popen[bytes]] = []
        self._stop = threading.Event()
        self._sender = threading.Thread(target=self._send, daemon=True)
        self._sender.start()

    def start(self, module: str) -> subprocess.Popen[bytes]:
        """One of our processes."""
        known = {name: value for name, value in os.environ.items() if not name.startswith("GATEHOUSE_")}
        command = [sys.executable, "-m", module]
        found = subprocess.Popen(
            command, cwd=ROOT, env=known | self._environ, stdout=self._log, stderr=subprocess.STDOUT
        )
        self._running.append(found)
        return found

    def stop(self) -> None:
        """End everything."""
        self._stop.set()
        self._sender.join()
        for process in self._running:
            process.kill()
            process.wait()
        self._log.close()

    def _send(self) -> None:
        stores = assemble(settings.load(self._environ))
        while not self._stop.wait(0.2):
            name = secrets.token_hex(8)
            now = clock.now()
            stores.publisher.publish(
                [Prediction(id=name, transaction_id=name, timestamp=now, score=0.1, decision="APPROVED")]
            )
        stores.close()


@pytest.fixture
def small(tmp_path: Path, database_url: str, redis_url: str, db: Database) -> Iterator[Small]:
    found = Small(tmp_path, database_url, redis_url)
    yield found
    found.stop()


def told(db: Database) -> list[Any]:
    return rows(db, "SELECT notice ->> 'rule', event, state FROM outbox WHERE event <> 'canary' ORDER BY id")


def missing(db: Database, extra: str = "") -> int:
    return int(rows(db, f"SELECT count(*) FROM incidents WHERE kind = 'no_data' AND rule LIKE 'R%' {extra}")[0][0])


def test_a_stopped_collector_is_one_page_and_one_end(small: Small, db: Database) -> None:
    collector = small.start("collector")
    small.start("alerts")
    good = "SELECT count(*) FROM alert_states WHERE health = 'ok' AND value IS NOT NULL"
    assert until(lambda: rows(db, good) == [(COUNT + 1,)]), "everything is judged and good"
    collector.send_signal(signal.SIGTERM)
    collector.wait()
    assert until(lambda: missing(db) == COUNT and len(told(db)) >= 1)
    assert until(lambda: missing(db, "AND inhibited_by IS NOT NULL") == COUNT)
    assert [(rule, event) for rule, event, _ in told(db)] == [("processes", "trigger")]
    small.start("collector")
    assert until(lambda: rows(db, "SELECT count(*) FROM incidents WHERE status <> 'resolved'") == [(0,)])
    assert until(lambda: {state for _, _, state in told(db)} == {"sent"})
    assert [(rule, event) for rule, event, _ in told(db)] == [("processes", "trigger"), ("processes", "resolve")]
