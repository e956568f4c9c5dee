"""The traffic part equals an independent count."""

import time

from flask.testing import FlaskClient

from core.db.engine import Database
from core.events import time_buckets
from tests.integration.api.making import Store, get, requests


def test_traffic_counts_requests(client: FlaskClient, store: Store, db: Database) -> None:
    now = time.time()
    store(requests(now), now)
    with db.raw() as connection, connection.cursor() as cursor:
        cursor.execute("INSERT INTO ip_blocks VALUES ('192.0.2.4', now(), now() + interval '1 hour', 'too fast')")
    data = get(client, "/api/monitoring/traffic")
    assert data["top_ips"][0] == {"ip": "192.0.2.4", "n": 96, "limited": True}
    assert data["limited_ips"] == 1
    start = time_buckets.floor(now - 120, 60)
    absolute = get(client, f"/api/monitoring/traffic?from={start}&to={start + 180}")
    assert sum(minute["n"] for minute in absolute["per_minute"]) == absolute["total"] >= 100
    assert sum(minute["errors"] for minute in absolute["per_minute"]) == 1
