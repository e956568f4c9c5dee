"""The KPI part agrees with the four Redis keys and with plain SQL."""

import time

import numpy as np
import pytest
from flask.testing import FlaskClient

from collector.windows import Windows
from core import slots
from core.store import keys
from core.store.db import Database
from core.store.live import Live
from tests.integration.api.making import Store, get, prediction, sale


def test_kpis_agree_with_redis_keys_and_with_sql(client: FlaskClient, store: Store, db: Database, live: Live) -> None:
    now = time.time()
    random = np.random.default_rng(5)
    latencies = random.gamma(4.0, 9.0, 400)
    scores = random.random(400).tolist()
    store([sale(n, now - n * 9) for n in range(400)], now)
    store(
        [
            prediction(n, now - n * 9, score, "BLOCKED" if score > 0.9 else "APPROVED", latency_ms=float(ms))
            for n, (score, ms) in enumerate(zip(scores, latencies, strict=True))
        ],
        now,
    )
    windows = Windows(live, db)
    windows.refresh(time.time(), whole=True)
    windows.publish(time.time())
    data = get(client, "/api/monitoring/kpis")
    for name, key in keys.PLAIN_KPIS.items():
        assert data[name] == pytest.approx(float(live.redis.get(key)))
    span = tuple(data["window"][end] / 1000 for end in ("from", "to"))
    with db.raw() as connection, connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*), sum(amount + platform_fee) FROM transactions"
            " WHERE timestamp >= to_timestamp(%s) AND timestamp < to_timestamp(%s)",
            span,
        )
        count, revenue = cursor.fetchone()
        cursor.execute(
            "SELECT 100.0 * count(*) FILTER (WHERE decision = 'BLOCKED') / count(*),"
            " percentile_disc(0.95) WITHIN GROUP (ORDER BY latency_ms) FROM fraud_predictions"
            " WHERE timestamp >= to_timestamp(%s) AND timestamp < to_timestamp(%s)",
            span,
        )
        rate, p95 = cursor.fetchone()
    assert data["transactions_per_hour"] == count
    assert data["revenue_per_hour"] == pytest.approx(float(revenue))
    assert data["fraud_rate"] == pytest.approx(float(rate), abs=0.001)
    assert data["api_latency_p95"] == pytest.approx(p95, rel=0.011)
    assert [card["id"] for card in data["cards"]] == ["K1", "K2", "K3", "K4"]
    assert {len(card["spark"]) for card in data["cards"]} == {60}
    for other in ("15m", "24h"):
        assert get(client, f"/api/monitoring/kpis?range={other}")["fraud_rate"] == data["fraud_rate"]


def test_kpis_without_a_collector_come_from_postgres(client: FlaskClient, store: Store) -> None:
    now = time.time()
    store([sale(n, now - n) for n in range(30)], now)
    assert get(client, "/api/monitoring/kpis")["transactions_per_hour"] == 30
    start, end = slots.floor(now) - 20, slots.floor(now) - 10
    inside = sum(start <= now - n < end for n in range(30))
    absolute = get(client, f"/api/monitoring/kpis?from={start}&to={end}")
    assert absolute["transactions_per_hour"] == inside * 360
