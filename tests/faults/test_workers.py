"""Three alert workers as processes, killed, paused past the lease, cut off: one incident, one action, never two."""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from core import clock, settings
from core.db.engine import Database
from stack.ports import find_free
from stack.postgres import Postgres
from tests.integration.alerts.making import RULES, rows, store
from tests.tree import ROOT
from tests.waiting import until

pytestmark = pytest.mark.fault
INTERVAL, LEASE = 0.5, 2.0
FAST = RULES.replace('for = "10s"', 'for = "2s"').replace('channels = ["pagerduty", "log"]', 'channels = ["log"]')


class Workers:
    """Alert workers on one database, and a collector: unstored events of their own would hold the windows up."""

    def __init__(self, folder: Path, database_url: str, redis_url: str) -> None:
        config = folder / "config"
        shutil.copytree(settings.ROOT / "config", config)
        (config / "rules.toml").write_text(FAST)
        text = (config / "alerts.toml").read_text()
        text = text.replace("interval = 5.0", f"interval = {INTERVAL}").replace("lease = 15.0", f"lease = {LEASE}")
        (config / "alerts.toml").write_text(text)
        self._env = {name: value for name, value in os.environ.items() if not name.startswith("GATEHOUSE_")}
        self._env |= {"DATABASE_URL": database_url, "REDIS_URL": redis_url, "GATEHOUSE_CONFIG": str(config)}
        self._env |= {"GATEHOUSE_SECRET_KEY": "k" * 40, "GATEHOUSE_DATA": str(folder)}
        self._log = (folder / "log").open("ab")
        self.processes: list[subprocess.Popen[bytes]] = []

    def start(self, room: str = "alerts") -> subprocess.Popen[bytes]:
        """One more."""
        env = self._env | {name: str(find_free()) for name in ("GATEHOUSE_ALERTS_PORT", "GATEHOUSE_METRICS_PORT")}
        command = [sys.executable, "-m", room]
        process = subprocess.Popen(command, cwd=ROOT, env=env, stdout=self._log, stderr=subprocess.STDOUT)
        self.processes.append(process)
        return process

    def leader(self, db: Database) -> subprocess.Popen[bytes]:
        """The one that evaluates."""
        found = rows(db, "SELECT holder FROM leases WHERE name = 'evaluate'")
        pid = int(found[0][0].rsplit("-", 2)[1])
        return next(process for process in self.processes if process.pid == pid)

    def stop(self) -> None:
        """End all, paused ones included."""
        for process in self.processes:
            process.kill()
            process.wait()
        self._log.close()


@pytest.fixture
def workers(tmp_path: Path, database_url: str, redis_url: str) -> Iterator[Workers]:
    found = Workers(tmp_path, database_url, redis_url)
    yield found
    found.stop()


def ticks(db: Database) -> int:
    return int(rows(db, "SELECT count(*) FROM alert_ticks")[0][0])


def fired(db: Database) -> bool:
    return bool(rows(db, "SELECT 1 FROM incidents WHERE rule = 'A1'"))


def check_once(db: Database) -> None:
    """One incident, one message a channel, one request of the action, one audit row."""
    assert rows(db, "SELECT count(*) FROM incidents WHERE rule = 'A1' AND kind = 'alert'") == [(1,)]
    assert rows(db, "SELECT count(*) FROM outbox WHERE event = 'trigger' AND notice->>'rule' = 'A1'") == [(1,)]
    assert rows(db, "SELECT count(*), count(DISTINCT incident_id) FROM action_runs") == [(1, 1)]
    assert rows(
        db, "SELECT count(*) FROM audit_log WHERE action = 'incident.open' AND target LIKE 'incident:A1-%'"
    ) == [(1,)]


def begin(workers: Workers, db: Database) -> None:
    workers.start("collector")
    for _ in range(3):
        workers.start()
    assert until(lambda: ticks(db) >= 2)
    stored = "SELECT 1 FROM security_events WHERE action = 'audit-verified'"
    assert until(lambda: rows(db, stored)), "the collector does not store"


def test_the_evaluating_worker_is_killed_again_and_again(workers: Workers, db: Database) -> None:
    begin(workers, db)
    store(db, clock.now(), blocked=20, approved=20)
    for _ in range(3):
        before = ticks(db)
        workers.leader(db).send_signal(signal.SIGKILL)
        workers.start()
        assert until(lambda before=before: ticks(db) > before), "nobody took over"
    assert until(lambda: fired(db))
    time.sleep(2)
    check_once(db)


def test_a_worker_paused_past_its_lease_does_nothing_when_it_wakes(workers: Workers, db: Database) -> None:
    begin(workers, db)
    store(db, clock.now(), blocked=20, approved=20)
    sleeper = workers.leader(db)
    sleeper.send_signal(signal.SIGSTOP)
    assert until(lambda: workers.leader(db).pid != sleeper.pid), "nobody took over"
    assert until(lambda: fired(db))
    sleeper.send_signal(signal.SIGCONT)
    before = ticks(db)
    assert until(lambda: ticks(db) > before + 4)
    check_once(db)
    tokens = [token for (token,) in rows(db, "SELECT token FROM alert_ticks ORDER BY at")]
    assert tokens == sorted(tokens), "a worker committed with a token that was over"


def test_postgresql_goes_away_and_comes_back(workers: Workers, db: Database, postgres_server: Postgres) -> None:
    begin(workers, db)
    store(db, clock.now(), blocked=20, approved=20)
    name = rows(db, "SELECT current_database()")[0][0]
    db.close()
    postgres_server.run("psql", "-q", "-d", "postgres", "-c", f"ALTER DATABASE {name} ALLOW_CONNECTIONS false")
    try:
        cut = f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'"
        postgres_server.run("psql", "-q", "-d", "postgres", "-c", cut)
        time.sleep(4)
        assert all(process.poll() is None for process in workers.processes), "a worker died with the database"
    finally:
        postgres_server.run("psql", "-q", "-d", "postgres", "-c", f"ALTER DATABASE {name} ALLOW_CONNECTIONS true")
    assert until(lambda: fired(db))
    time.sleep(2)
    check_once(db)
    gaps = rows(
        db,
        "SELECT max(gap) FROM (SELECT extract(epoch FROM at - lag(at) OVER (ORDER BY at)) AS gap FROM alert_ticks) g",
    )
    assert float(gaps[0][0]) < 30
