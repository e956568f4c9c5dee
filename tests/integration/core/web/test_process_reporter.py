"""Gunicorn's workers report themselves: which worker, what its threads did, and that they ended."""

from pathlib import Path

import urllib3

from collector.consume import Consume
from core import settings
from core.db.engine import Database
from core.db.redis_client import Live
from core.pipeline.stream import Consumer
from core.pipeline.writer import Writer
from tests import endpoint_world as world
from tests.serving import served

ASKED = 20


def test_workers_of_a_server_report_their_load_and_their_end(
    database_url: str, redis_url: str, db: Database, live: Live, tmp_path: Path
) -> None:
    with served(database_url, redis_url, tmp_path, workers=2, variables={"GATEHOUSE_VERSION": "4.18"}) as (url, server):
        pids = sorted(child.pid for child in server.children())
        for _ in range(ASKED):
            assert urllib3.request("GET", f"{url}/api/v1/processes", timeout=20).status == 200
    known = settings.load({"DATABASE_URL": database_url, "REDIS_URL": redis_url, "GATEHOUSE_SECRET_KEY": "k" * 40})
    loop = Consume(Consumer(live, "a"), Writer(db, 0.7), db, known.config.ingest, lambda _: None)
    idle = 0
    while idle < 3:
        idle = 0 if loop.step() else idle + 1
    rows = world.asked(db, "SELECT service, version, pid, worker, ended FROM processes ORDER BY pid")
    assert rows == [("api", "4.18", pid, rows[at][3], True) for at, pid in enumerate(pids)]
    assert {row[3] for row in rows} == {"1", "2"}
    ((requests, busy, threads, memory, records, fold),) = world.asked(
        db, "SELECT sum(requests), sum(busy_seconds), min(capacity), min(memory), sum(records), sum(fold_seconds)"
        " FROM process_samples",
    )  # fmt: skip
    assert requests > ASKED  # and the question whether it is there
    assert busy > 0
    assert (threads, records > 0, fold > 0) == (8, True, True)
    assert memory > 10_000_000
    kinds = {row[0] for row in world.asked(db, "SELECT what FROM monitoring_days WHERE number > 0 AND NOT is_drop")}
    assert "request" in kinds
