"""The limits part: used, near, blocked."""

import time

from flask.testing import FlaskClient

from core.db.engine import Database
from tests.integration.api.making import Store, get, requests


def test_limits_count_the_last_minute(client: FlaskClient, store: Store, db: Database) -> None:
    now = time.time()
    store(requests(now), now)
    with db.raw() as connection, connection.cursor() as cursor:
        cursor.execute("INSERT INTO ip_blocks VALUES ('192.0.2.4', now(), now() + interval '1 hour', 'too fast')")
    limits = get(client, "/api/monitoring/limits")
    assert limits["global"]["limit"] == 10000
    assert {"ip": "192.0.2.4", "used": 96, "limit": 100} in limits["near"]
    assert limits["blocked"][0]["reason"] == "too fast"
