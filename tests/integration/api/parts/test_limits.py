"""The limits part: used, near, blocked."""

import time

from flask.testing import FlaskClient

from core.events import Request
from core.store.db import Database
from tests.integration.api.making import Store, get


def test_limits_count_the_last_minute(client: FlaskClient, store: Store, db: Database) -> None:
    now = time.time()
    store(
        [
            Request(
                id=f"r{n}",
                timestamp=now - 1 - n * 0.3,
                ip=f"192.0.2.{min(n, 4)}",
                method="GET",
                path="/",
                status=500 if n == 7 else 200,
                duration_ms=3.0,
            )
            for n in range(100)
        ],
        now,
    )
    with db.raw() as connection, connection.cursor() as cursor:
        cursor.execute("INSERT INTO ip_blocks VALUES ('192.0.2.4', now(), now() + interval '1 hour', 'too fast')")
    limits = get(client, "/api/monitoring/limits")
    assert limits["global"]["limit"] == 10000
    assert {"ip": "192.0.2.4", "used": 96, "limit": 100} in limits["near"]
    assert limits["blocked"][0]["reason"] == "too fast"
