"""The live traffic sends counts of statuses every few seconds, each minute at last whole; scenarios change them."""

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from api.app import create_app as create_api
from core.clock import now
from core.db.engine import Database
from core.db.redis_client import Live as Redis
from core.settings import load
from simulator import statuses
from simulator.live import Live
from tests.integration.simulator.test_backfill import serving, store
from tests.unit.simulator.scenarios.play import CONFIG

START = 60.0 * 29_400_000 + 5


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[list[dict[str, Any]]]:
    found: list[list[dict[str, Any]]] = []
    monkeypatch.setattr("simulator.sender.Sender.statuses", lambda _, rows: found.append(rows))
    return found


def test_each_minute_ends_up_whole(sent: list[list[dict[str, Any]]]) -> None:
    live = Live(load({}), CONFIG, print)
    for second in range(190):
        live._statuses(START + second, START + second + 1)
    assert len(sent) == 19
    stored: dict[tuple[str, ...], int] = {}
    for rows in sent:
        stored |= {tuple(str(v) for name, v in row.items() if name != "count"): row["count"] for row in rows}
    whole = sum(statuses.counts(29_400_000 + at, CONFIG).sum() for at in range(-1, 3))
    begun = statuses.counts(29_400_003, CONFIG, until=START + 186).sum()
    assert sum(stored.values()) == whole + begun


def test_a_scenario_changes_whole_minutes(sent: list[list[dict[str, Any]]]) -> None:
    live = Live(load({}), CONFIG, print)
    live._changes.begin([{"times": 0}], 60, START)
    for second in range(0, 200, 10):
        live._statuses(START + second, START + second + 10)
    assert {row["timestamp"][14:16] for rows in sent for row in rows} == {"59", "00", "02", "03"}


def test_the_real_entrance_takes_what_is_sent(
    db: Database, live: Redis, database_url: str, redis_url: str, tmp_path: Path
) -> None:
    environ = {"DATABASE_URL": database_url, "REDIS_URL": redis_url, "GATEHOUSE_DATA": str(tmp_path)}
    environ["GATEHOUSE_INTERNAL_TOKEN"] = "the processes of this test know one another"
    settings, told = load(environ), list[str]()
    api = create_api(settings)
    minute = int(now() // 60) - 2
    with serving(api) as url:
        platform = Live(load({**environ, "GATEHOUSE_API_URL": url}), CONFIG, told.append)
        platform._statuses(60.0 * minute + 35, 60.0 * minute + 45)
        platform._statuses(60.0 * minute + 55, 60.0 * minute + 65)
    store(settings, live)
    api.close()
    with db.transaction() as connection:
        values = {"at": 60.0 * minute}
        stored = text(
            "SELECT sum(count) FROM status_counts WHERE source = 'payments' AND timestamp = to_timestamp(:at)"
        )
        assert int(connection.execute(stored, values).scalar_one()) == statuses.counts(minute, CONFIG).sum()
    assert told == []
