"""The health part: newest check, uptime, suggestion."""

import time

from flask.testing import FlaskClient

from core.db import keys
from core.db.engine import Database
from core.db.redis_client import Live
from tests.integration.api.making import get


def test_health_shows_the_newest_check_and_the_uptime(client: FlaskClient, db: Database, live: Live) -> None:
    now = time.time()
    live.set_json(
        keys.CHECKS,
        {"redis": {"status": "DOWN", "latency_ms": None, "detail": "refused", "checked_at": int(now * 1000)}},
    )
    with db.raw() as connection, connection.cursor() as cursor:
        for back, status in ((60, "UP"), (40, "UP"), (20, "SLOW"), (5, "DOWN")):
            cursor.execute(
                "INSERT INTO service_checks VALUES (to_timestamp(%s), 'redis', %s, 1.0, '')", (now - back, status)
            )
    redis = next(one for one in get(client, "/api/monitoring/health")["services"] if one["name"] == "redis")
    assert (redis["status"], redis["uptime_percent"]) == ("DOWN", 75.0)
    assert "Redis" in redis["suggestion"]
