"""The KPI part agrees with the four Redis keys and with plain SQL."""

import time
from datetime import datetime

import numpy as np
import pytest
from flask.testing import FlaskClient

from collector.windows import Windows
from core.db import keys
from core.db.engine import Database
from core.db.redis_client import Live
from core.events import time_buckets
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
    start, end = time_buckets.floor(now) - 20, time_buckets.floor(now) - 10
    inside = sum(start <= now - n < end for n in range(30))
    absolute = get(client, f"/api/monitoring/kpis?from={start}&to={end}")
    assert absolute["transactions_per_hour"] == inside * 360


@pytest.mark.parametrize("hours_ago", [0, 72])
def test_steady_traffic_draws_a_level_sparkline(client: FlaskClient, store: Store, hours_ago: int) -> None:
    """Fifteen minutes do not divide into sixty whole slots, and old slots are a minute wide."""
    now = time.time()
    end = time_buckets.floor(now, 60) - 3600 * hours_ago
    store([sale(n, end - 1 - n * 5) for n in range(240)], now)
    path = f"from={end - 600}&to={end}" if hours_ago else "range=15m"
    card = get(client, f"/api/monitoring/kpis?{path}")["cards"][0]
    drawn = [point["v"] for point in card["spark"]]
    assert len(drawn) <= 60
    assert {value for value in drawn[1:-5] if value is not None} == {720}


def test_a_span_at_the_edge_of_ten_second_slots_counts_all_of_it(client: FlaskClient, store: Store) -> None:
    now = time.time()
    start = time_buckets.floor(now, 60) - 6 * 3600 + 35
    store([sale(n, start + 5) for n in range(300)], now)
    data = get(client, f"/api/monitoring/kpis?from={start}&to={start + 5 * 3600}")
    span = (data["window"]["to"] - data["window"]["from"]) / 1000
    assert data["transactions_per_hour"] == round(300 * 3600 / span)


def test_without_published_kpis_what_waits_makes_the_answer_old(client: FlaskClient, live: Live) -> None:
    """A collector that is dead for longer than its KPIs are kept must not look alive."""
    live.redis.xadd(keys.STREAM, {"e": b"[]"}, id=f"{int((time.time() - 7200) * 1000)}-0")
    answer = client.get("/api/monitoring/kpis")
    assert datetime.fromisoformat(answer.headers["X-As-Of"]).timestamp() == pytest.approx(time.time() - 7200, abs=5)
