"""An application of ours is profiled: from a slow view over the watcher and the stream to the read, also on demand."""

import threading
import time
from pathlib import Path

import pytest

from api.app import create_app
from api.endpoint_profile import ProfileQuery, answer
from collector.consume import Consume
from core import settings
from core.db.engine import Database
from core.db.redis_client import Live
from core.endpoints import profile_runs
from core.endpoints.profiles import Profile
from core.pipeline.stream import Consumer
from core.pipeline.writer import Writer
from core.web.app import App
from tests.waiting import until


def counted() -> None:
    end = time.perf_counter() + 0.15
    while time.perf_counter() < end:
        sum(range(200))


def waited() -> None:
    threading.Event().wait(0.3)


@pytest.fixture
def app(database_url: str, redis_url: str, live: Live, db: Database, tmp_path: Path) -> App:
    known = settings.load({
        "DATABASE_URL": database_url, "REDIS_URL": redis_url, "GATEHOUSE_DATA": str(tmp_path), "GATEHOUSE_AUTH": "off",
        "GATEHOUSE_SECRET_KEY": "k" * 40, "GATEHOUSE_VERSION": "4.18",
    })  # fmt: skip
    app = create_app(known)

    @app.get("/slow/<int:number>")
    def slow(number: int) -> str:
        counted()
        waited()
        return "ok"

    return app


def consume(live: Live, db: Database) -> None:
    loop = Consume(Consumer(live, "a"), Writer(db, 0.7), db, settings.load({}).config.ingest, lambda _: None)
    idle = 0
    while idle < 3:
        idle = 0 if loop.step() else idle + 1


def read(db: Database, **asked: str) -> Profile:
    now = int(time.time() // 60)
    return answer(db, ProfileQuery(service="api", **asked), (now - 10, now + 1), now * 60.0)  # type: ignore[arg-type]


def test_a_slow_view_is_where_its_samples_are(app: App, live: Live, db: Database) -> None:
    client = app.test_client()
    client.get("/readyz")
    for number in range(3):
        client.get(f"/slow/{number}")
    app.recorder.tick()
    assert profile_runs.ask(live, "api", 100, 60) is not None
    assert profile_runs.ask(live, "api", 100, 60) is None, "one at a time"
    time.sleep(1.1)  # a worker looks once a second
    app.recorder.tick()
    client.get("/slow/9")
    app.close()
    taken = app.recorder.metrics.snapshot()["gatehouse_profile_samples_total"]["cells"][0][1]
    consume(live, db)
    (run,) = {row[0] for row in rows(db, "SELECT run FROM profile_series WHERE run <> ''")}
    usual, demanded = read(db, route="/slow/<int:number>", method="GET"), read(db, run=run)
    assert taken == sum(row[0] for row in rows(db, "SELECT samples FROM profile_minutes"))
    for found in (usual, demanded):
        total = {found.frames[one.frame][0].rpartition(".")[2]: one.total for one in found.functions}
        assert total["slow"] == pytest.approx(found.samples, abs=found.samples * 0.2)
        assert total["waited"] > total["counted"] * 1.2
    assert usual.versions == ["4.18"]
    assert demanded.samples > usual.samples / 4 * 2, "it is sampled five times as often"


def rows(db: Database, statement: str) -> list[tuple[object, ...]]:
    with db.raw() as connection, connection.cursor() as cursor:
        cursor.execute(statement)
        found: list[tuple[object, ...]] = cursor.fetchall()
        return found


def test_an_idle_process_takes_no_samples_and_its_watcher_sleeps(app: App) -> None:
    app.test_client().get("/readyz")
    until(lambda: app.recorder.watcher.is_asleep, 10)
    before = app.recorder.metrics.snapshot()["gatehouse_profile_samples_total"]["cells"]
    time.sleep(0.3)
    assert app.recorder.watcher.is_asleep
    assert app.recorder.metrics.snapshot()["gatehouse_profile_samples_total"]["cells"] == before
    app.close()
