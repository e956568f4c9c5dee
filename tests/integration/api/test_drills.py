"""A drill lets the pool run out: requests wait, time out and are counted; it ends by itself; only in development."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from api.app import create_app
from api.pool_drill import PoolDrill
from core import settings
from core.db import query_times
from core.db.engine import Database
from core.errors import DatabaseUnavailable
from core.web.app import App
from tests.waiting import until


def api(database_url: str, redis_url: str, tmp_path: Path, environment: str) -> App:
    return create_app(settings.load({
        "DATABASE_URL": database_url, "REDIS_URL": redis_url, "GATEHOUSE_DATA": str(tmp_path), "GATEHOUSE_AUTH": "off",
        "GATEHOUSE_SECRET_KEY": "k" * 40, "GATEHOUSE_ENVIRONMENT": environment, "GATEHOUSE_HOST": "127.0.0.1",
    }))  # fmt: skip


@pytest.fixture
def small(database_url: str) -> Iterator[Database]:
    database = Database(database_url, pool_size=1)
    yield database
    database.close()


def test_requests_wait_and_are_counted_and_it_ends_by_itself(small: Database) -> None:
    query_times.start()
    query_times.taken()
    drill = PoolDrill(small)
    assert drill.start(6.0)
    assert not drill.start(1.0), "one at a time"
    until(lambda: small._engine.pool.checkedout() == 2)  # type: ignore[attr-defined]
    with pytest.raises(DatabaseUnavailable):
        small.ping()
    seen, _ = query_times.taken()
    waited = [one for one in map(query_times.Seen._make, seen) if one.what == query_times.POOLED and one.failed]
    assert any(one.seconds > 4 for one in waited)
    until(lambda: drill.start(0.01))
    until(lambda: small._engine.pool.checkedout() == 0)  # type: ignore[attr-defined]
    small.ping()


def test_only_in_development(database_url: str, redis_url: str, tmp_path: Path) -> None:
    for environment, statuses in (("production", (404, 404)), ("development", (200, 400))):
        app = api(database_url, redis_url, tmp_path / environment, environment)
        client = app.test_client()
        found = [client.post("/api/v1/drills/pool", json={"seconds": one}).status_code for one in (0.01, 1000)]
        assert tuple(found) == statuses
        time.sleep(0.2)
        app.close()
