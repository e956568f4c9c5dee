"""An application of ours keeps its outliers: from slow requests, through the stream, into rows with their stacks."""

import threading
import time
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

import pytest

from api.app import create_app
from collector.consume import Consume
from core import settings
from core.db.engine import Database
from core.db.redis_client import Live
from core.events.endpoint_series import bucket
from core.pipeline.stream import Consumer
from core.pipeline.writer import Writer
from core.web.app import App
from core.web.outliers.recorder import OutlierRecorder
from tests import endpoint_world as world
from tests.waiting import until

SECRET = "hunter2-s3cr3t"
SLOW = 40


@pytest.fixture
def app(database_url: str, redis_url: str, live: Live, db: Database, tmp_path: Path) -> Iterator[App]:
    known = settings.load({
        "DATABASE_URL": database_url, "REDIS_URL": redis_url, "GATEHOUSE_DATA": str(tmp_path), "GATEHOUSE_AUTH": "off",
        "GATEHOUSE_SECRET_KEY": "k" * 40, "GATEHOUSE_VERSION": "4.18",
    })  # fmt: skip
    app = create_app(known)
    app.add_url_rule("/shop/<seconds>", "shop", shop)
    app.recorder.start()
    gate = app.extensions["gate"] = threading.Event()
    app.add_url_rule("/held", "held", lambda: str(gate.wait(60)))
    yield app
    gate.set()
    app.close()


def shop(seconds: str) -> str:
    wait(float(seconds))
    return "ok"


def wait(seconds: float) -> None:
    time.sleep(seconds)


def stored(db: Database, live: Live) -> list[Any]:
    loop = Consume(Consumer(live, "a"), Writer(db, 0.7), db, settings.load({}).config.ingest, lambda _: None)
    idle = 0
    while idle < 3:
        idle = 0 if loop.step() else idle + 1
    return world.asked(
        db, "SELECT route, method, status, running, duration_ns / 1e9, stacks, place, detail FROM outliers ORDER BY id"
    )


def recorder(app: App) -> OutlierRecorder:
    return next(one for one in app.recorder.listeners if isinstance(one, OutlierRecorder))


def test_slow_requests_of_a_busy_process_are_kept_with_three_stacks_and_without_secrets(
    app: App, db: Database, live: Live
) -> None:
    recorder(app).usual.add("/shop/<seconds>", "GET", {bucket(0.002): 10_000})
    recorder(app)._per_minute = 10 * SLOW
    dice = Random(3)
    waits = [0.002] * 600 + [dice.uniform(0.06, 0.4) for _ in range(SLOW)]
    dice.shuffle(waits)
    headers = {"Authorization": f"Bearer {SECRET}", "X-Api-Key": SECRET, "Cookie": f"session={SECRET}"}

    def ask(part: list[float]) -> None:
        client = app.test_client()
        for seconds in part:
            client.get(f"/shop/{seconds:.4f}?card={SECRET}", headers=headers)

    threads = [threading.Thread(target=ask, args=(waits[number::8],)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    app.close()
    rows = [row for row in stored(db, live) if row[0] == "/shop/<seconds>" and row[4] > 0.06]
    assert len(rows) >= 0.95 * SLOW
    assert sum(row[5] >= 3 for row in rows) >= 0.95 * SLOW
    place = "tests.integration.core.web.test_outliers.wait"
    assert sum(row[6].startswith(place) for row in rows) >= 0.9 * SLOW
    for row in rows:
        assert SECRET not in str(row)
        assert row[7]["parameters"] == ["card"]
        if row[5]:  # of one that no tick saw nothing is known (tests/unit/core/web/outliers/test_sampler.py)
            assert row[7]["machine"]["pools"][0]["name"] == "postgres"
    assert any(row[7]["neighbours"] for row in rows)


def held(app: App) -> threading.Thread:
    """A request that is answered when the gate opens, and is slow already."""
    thread = threading.Thread(target=lambda: app.test_client().get("/held"))
    thread.start()
    sampler = recorder(app).sampler
    assert until(lambda: any(len(one.taken) >= 9 for one in list(sampler._captures.values())))
    return thread


def test_one_that_does_not_end_is_kept_while_it_runs_and_replaced_when_it_does(
    app: App, db: Database, live: Live
) -> None:
    recorder(app).sampler._patience = 0.2
    thread = held(app)
    assert until(lambda: stored(db, live))
    (running,) = stored(db, live)
    assert running[:4] == ("/held", "GET", 0, True)
    app.extensions["gate"].set()
    thread.join()
    app.close()
    (ended,) = stored(db, live)
    assert ended[:4] == ("/held", "GET", 200, False)
    assert ended[4] > running[4]
    assert ended[5] >= 3
    assert world.asked(db, "SELECT service, kept, dropped FROM outlier_days") == [("api", 1, 0)]


def test_what_still_runs_when_the_process_ends_is_kept(app: App, db: Database, live: Live) -> None:
    thread = held(app)
    app.recorder.stop()
    (row,) = stored(db, live)
    assert row[:4] == ("/held", "GET", 0, True)
    app.extensions["gate"].set()
    thread.join()
