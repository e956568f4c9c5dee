"""An application records what its statements and Redis commands take: by name, by endpoint, into minutes; and what
each endpoint takes is the sum of its queries and its own code.
"""

from pathlib import Path

import pytest

from api.app import create_app
from collector.consume import Consume
from core import settings
from core.db import query_times
from core.db.engine import Database
from core.db.redis_client import Live
from core.pipeline.stream import Consumer
from core.pipeline.writer import Writer
from tests import endpoint_world as world

SUMS = """
SELECT route, method, sum(sum_ns)::bigint FROM query_minutes JOIN query_series ON id = series_id
WHERE kind IN ('database', 'redis', 'pool', 'own') AND route <> '(background)' GROUP BY 1, 2
"""
TOTALS = """
SELECT route, method, sum(sum_ns)::bigint FROM endpoint_minutes JOIN endpoint_series ON id = series_id GROUP BY 1, 2
"""
CALLS = """
SELECT kind, query, sum(hits)::int, sum(rows)::int, sum(errors)::int
FROM query_minutes JOIN query_series ON id = series_id WHERE route = %s GROUP BY 1, 2
"""


@pytest.fixture
def served(database_url: str, redis_url: str, db: Database, live: Live, tmp_path: Path) -> None:
    """Some requests of an API, stored."""
    known = settings.load({
        "DATABASE_URL": database_url, "REDIS_URL": redis_url, "GATEHOUSE_DATA": str(tmp_path), "GATEHOUSE_AUTH": "off",
        "GATEHOUSE_SECRET_KEY": "k" * 40, "GATEHOUSE_VERSION": "4.18",
    })  # fmt: skip
    query_times.taken()
    app = create_app(known)
    client = app.test_client()
    for number in range(20):
        client.get(f"/api/v1/incidents/none-{number}")
        client.post("/api/v1/events", json={"kind": "heartbeat", "service": "shop"})
    for path in ("/readyz", "/api/v1/endpoints", "/api/v1/endpoints?service=a", "/api/monitoring/snapshot", "/nothing"):
        client.get(path)
    app.close()
    loop = Consume(Consumer(live, "a"), Writer(db, 0.7), db, known.config.ingest, lambda _: None)
    idle = 0
    while idle < 3:
        idle = 0 if loop.step() else idle + 1


@pytest.mark.usefixtures("served")
def test_the_time_of_an_endpoint_is_that_of_its_queries_and_its_own_code(db: Database) -> None:
    sums = {row[:2]: row[2] for row in world.asked(db, SUMS)}
    totals = {row[:2]: row[2] for row in world.asked(db, TOTALS)}
    assert sums.keys() == totals.keys()
    assert len(totals) >= 6
    for endpoint, total in totals.items():
        assert sums[endpoint] == pytest.approx(total, rel=0.02), endpoint


@pytest.mark.usefixtures("served")
def test_queries_count_by_their_names(db: Database) -> None:
    rows = world.asked(db, CALLS.replace("%s", "'/api/v1/incidents/<incident_id>'"))
    found = {row[:2]: row[2:] for row in rows}
    assert found["own", "(own code)"][0] == 20
    assert found["pool", "(wait for a connection)"][0] == 20
    named = [one for one in found if one[0] == "database" and not one[1].startswith("(")]
    assert named
    assert all(found[one][0] == 20 for one in named)
    of_events = {
        row[1]: row[2] for row in world.asked(db, CALLS.replace("%s", "'/api/v1/events'")) if row[0] == "redis"
    }
    assert of_events["pipeline of HSET, XADD"] == 20
    assert world.asked(db, CALLS.replace("%s", "'(background)'"))
