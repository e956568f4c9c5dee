"""Old rows become compressed CSV files that hold each of them once; nothing is deleted, a failure leaves no file."""

import csv
import gzip
import hashlib
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from alerts.evaluate import ruleset
from alerts.jobs.archive import KIND
from alerts.worker import jobs
from core.db.engine import Database
from core.endpoints import storage_jobs
from core.endpoints.storage_jobs import FOLDER
from core.errors import BadInput
from core.events.types import Request, RequestCounts
from core.pipeline.writer import Writer
from core.settings import Settings
from core.stores import Stores
from tests import endpoint_world as world
from tests.integration.alerts.making import RULES

DAY = 86_400.0


@pytest.fixture
def known(configure: Callable[[str], Settings]) -> Settings:
    return configure(RULES)


def fill(db: Database, now: float) -> None:
    events = [
        Request(
            id=f"{n}", timestamp=now - n * DAY, ip="192.0.2.1", method="GET", path=f'/a,"{n}"', status=200,
            duration_ms=1.0,
        )
        for n in range(40)
    ]  # fmt: skip
    Writer(db, 0.7).store([*events, RequestCounts(id="x", timestamp=now - 20 * DAY, service="api", hits=7)], now)


def day(at: float) -> str:
    return time.strftime("%Y-%m-%d", time.gmtime(at))


def ask(stores: Stores, job: object, before: str, kind: str = "requests") -> int:
    with stores.database.transaction() as connection:
        return storage_jobs.request(connection, stores.audit, job, kind, before, "ann", time.time())  # type: ignore[arg-type]


def test_rows_before_a_day_are_in_files_and_stay(known: Settings, stores: Stores, db: Database) -> None:
    now = time.time()
    fill(db, now)
    before = day(now - 10 * DAY)
    ask(stores, KIND, before)
    worker = jobs(known, stores, ruleset.load(known))
    assert worker.step(KIND.name, now)
    ((state, message),) = world.asked(db, "SELECT state, message FROM jobs")
    assert state == "done", message
    found = world.asked(db, "SELECT file, rows, bytes, sha256, actor FROM storage_archives ORDER BY file")
    older = world.asked(db, "SELECT count(*) FROM api_requests WHERE timestamp < %s::date", before)[0][0]
    assert [(row[1], row[4]) for row in found] == [(older, "ann"), (1, "ann")]
    for file, rows, size, digest, _ in found:
        path = known.data_dir / FOLDER / file
        assert (path.stat().st_size, hashlib.sha256(path.read_bytes()).hexdigest()) == (size, digest)
        with gzip.open(path, "rt", newline="") as text:
            lines = list(csv.DictReader(text))
        assert len(lines) == rows
        assert all(line["timestamp"] < before for line in lines)
        assert any(line.get("path") == '/a,"12"' for line in lines) or rows == 1
    assert world.asked(db, "SELECT count(*) FROM api_requests") == [(40,)]
    actions = world.asked(db, "SELECT action, target FROM audit_log WHERE action LIKE 'storage.%%'")
    assert actions == [("storage.archive", "storage:requests")]


def test_what_cannot_be_written_fails_and_leaves_no_file(known: Settings, stores: Stores, db: Database) -> None:
    known.data_dir.mkdir(parents=True, exist_ok=True)
    (known.data_dir / FOLDER).write_text("in the way")
    ask(stores, KIND, "2026-01-01")
    assert jobs(known, stores, ruleset.load(known)).step(KIND.name, time.time())
    ((state, message),) = world.asked(db, "SELECT state, message FROM jobs")
    assert (state, "cannot write to" in message) == ("failed", True)
    assert world.asked(db, "SELECT count(*) FROM storage_archives") == [(0,)]


@pytest.mark.parametrize(
    ("kind", "before"),
    [
        ("labels", "2026-01-01"), ("audit", "2026-01-01"), ("x; DROP", "2026-01-01"), ("requests", "soon"),
        ("requests", "9999-01-01"), ("requests", ""),
    ],
)  # fmt: skip
def test_other_data_and_odd_days_are_refused(stores: Stores, kind: str, before: str) -> None:
    with pytest.raises(BadInput):
        ask(stores, KIND, before, kind)


def test_files_of_one_day_have_names_of_their_own(known: Settings, stores: Stores, db: Database) -> None:
    worker = jobs(known, stores, ruleset.load(known))
    for _ in range(2):
        ask(stores, KIND, "2026-01-01", "security")
        worker.step(KIND.name, time.time())
    names = world.asked(db, "SELECT file FROM storage_archives")
    assert len(set(names)) == 2
    assert {Path(name).suffix for (name,) in names} == {".gz"}
