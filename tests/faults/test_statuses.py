"""Three judges of statuses as processes, killed while rows come in late and in any order: the episodes are those of one
that was left alone, each once.
"""

import os
import random
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.clock import now
from core.db.engine import Database
from core.statuses.store import DUTY
from stack.ports import find_free
from tests.integration.alerts.making import rows
from tests.integration.statuses import test_judge as making
from tests.tree import ROOT
from tests.waiting import until

pytestmark = pytest.mark.fault
KILLS = 2
PIECES = 30


class Judges:
    """`python -m statuses worker`, several on one database."""

    def __init__(self, folder: Path, database_url: str, redis_url: str) -> None:
        self._env = {name: value for name, value in os.environ.items() if not name.startswith("GATEHOUSE_")}
        self._env |= {"DATABASE_URL": database_url, "REDIS_URL": redis_url, "GATEHOUSE_DATA": str(folder)}
        self._log = (folder / "log").open("ab")
        self.processes: list[subprocess.Popen[bytes]] = []

    def start(self) -> None:
        """One more."""
        env = self._env | {"GATEHOUSE_STATUSES_PORT": str(find_free())}
        command = [sys.executable, "-m", "statuses", "worker"]
        self.processes.append(subprocess.Popen(command, cwd=ROOT, env=env, stdout=self._log, stderr=subprocess.STDOUT))

    def kill_the_leader(self, db: Database) -> None:
        """kill -9, another in its place, and wait until one has taken over."""
        held = holder(db)
        (process,) = [one for one in self.processes if one.pid == int(held.rsplit("-", 2)[1])]
        assert process.poll() is None
        process.kill()
        self.start()
        until(lambda: holder(db) != held, 60)

    def stop(self) -> None:
        """End all."""
        for process in self.processes:
            process.kill()
            process.wait()
        self._log.close()


def holder(db: Database) -> str:
    """Who judges; "" for nobody."""
    found = rows(db, f"SELECT holder FROM leases WHERE name = '{DUTY}'")
    return str(found[0][0]) if found else ""


@pytest.fixture
def judges(tmp_path: Path, database_url: str, redis_url: str) -> Iterator[Judges]:
    found = Judges(tmp_path, database_url, redis_url)
    for _ in range(3):
        found.start()
    yield found
    found.stop()


def test_no_episode_is_lost_doubled_or_different(judges: Judges, db: Database) -> None:
    draw = random.Random(7)
    world = making.world(3)
    pieces = sorted(world, key=lambda row: row[0] + draw.uniform(-60, 60))
    until(lambda: bool(holder(db)), 60)
    size = len(pieces) // PIECES + 1
    kill_at = set(draw.sample(range(2, PIECES), KILLS))
    for number in range(PIECES):
        making.put(db, pieces[number * size : (number + 1) * size], now(), "killed")
        if number in kill_at:
            judges.kill_the_leader(db)
    making.put(db, world, now(), "killed")  # the same file once more
    making.put(db, world, now() - 60, "alone")
    done = "SELECT 1 FROM status_sources WHERE NOT EXISTS (SELECT 1 FROM status_changes) AND judged = newest"
    until(lambda: len(rows(db, done)) == 2, 110)
    found = {name: [one for one in making.episodes(db) if one.source == name] for name in ("killed", "alone")}
    told = {name: [(one.onset, one.fired, one.ended, one.evidence) for one in found[name]] for name in found}
    print(f"{len(told['killed'])} episodes of {len(told['alone'])}, {KILLS} judges killed")
    assert told["killed"] == told["alone"]
    assert len(told["alone"]) == 1
