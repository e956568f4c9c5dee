"""Every part over stored events: the contract's fields, and figures equal to independent counts."""

import time
from collections.abc import Callable
from typing import Any

import msgspec
import numpy as np
import pytest
from flask.testing import FlaskClient

from api.parts import fraud_scatter
from api.reads import part_modules
from collector.windows import Windows
from core import slots
from core.config import PolicyConfig
from core.events import Event, Label, Prediction, Request, Security, Transaction
from core.settings import Settings
from core.store import keys, models, policies
from core.store.db import Database
from core.store.live import Live
from core.store.models import ReferenceBins
from core.web import App

Store = Callable[[list[Event], float], None]


@pytest.fixture
def client(app: App) -> FlaskClient:
    return app.test_client()


def get(client: FlaskClient, path: str) -> Any:
    answer = client.get(path)
    assert answer.status_code == 200, answer.json
    return answer.json


def prediction(n: int, at: float, score: float, decision: Any, **more: Any) -> Prediction:
    return Prediction(id=f"p{n}", timestamp=at, transaction_id=f"t{n}", score=score, decision=decision, threshold=0.6,
                      **more)


def sale(n: int, at: float, amount: float = 100.0) -> Transaction:
    return Transaction(id=f"t{n}", timestamp=at, transaction_id=f"t{n}", type="purchase", amount=amount,
                       platform_fee=5.0, wallet=f"w{n % 3}", ip=f"192.0.2.{n % 7}")


def test_every_part_answers_its_type_without_any_data(client: FlaskClient) -> None:
    for name, module in part_modules().items():
        msgspec.convert(get(client, f"/api/monitoring/{name}"), module.Data)


def test_kpis_agree_with_redis_keys_and_with_sql(
    client: FlaskClient, store: Store, db: Database, live: Live
) -> None:
    now = time.time()
    random = np.random.default_rng(5)
    latencies = random.gamma(4.0, 9.0, 400)
    scores = random.random(400).tolist()
    store([sale(n, now - n * 9) for n in range(400)], now)
    store([prediction(n, now - n * 9, score, "BLOCKED" if score > 0.9 else "APPROVED", latency_ms=float(ms))
           for n, (score, ms) in enumerate(zip(scores, latencies, strict=True))], now)
    windows = Windows(live, db)
    windows.refresh(time.time(), whole=True)
    windows.publish(time.time())
    data = get(client, "/api/monitoring/kpis")
    for name, key in keys.PLAIN_KPIS.items():
        assert data[name] == pytest.approx(float(live.redis.get(key)))
    span = tuple(data["window"][end] / 1000 for end in ("from", "to"))
    with db.raw() as connection, connection.cursor() as cursor:
        cursor.execute("SELECT count(*), sum(amount + platform_fee) FROM transactions"
                       " WHERE timestamp >= to_timestamp(%s) AND timestamp < to_timestamp(%s)", span)
        count, revenue = cursor.fetchone()
        cursor.execute("SELECT 100.0 * count(*) FILTER (WHERE decision = 'BLOCKED') / count(*),"
                       " percentile_disc(0.95) WITHIN GROUP (ORDER BY latency_ms) FROM fraud_predictions"
                       " WHERE timestamp >= to_timestamp(%s) AND timestamp < to_timestamp(%s)", span)
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


def test_the_feed_has_the_promised_fields(client: FlaskClient, store: Store) -> None:
    now = time.time()
    store([sale(n, now - n) for n in range(80)], now)
    store([prediction(n, now - n, 0.9 if n % 2 else 0.65, "BLOCKED", top_feature="txn_velocity_1h", top_value=12.0)
           for n in range(80)], now)
    store([prediction(900, now + 1, 0.7, "REVIEW", top_feature="wallet_age", top_value=0.5),
           prediction(901, now + 2, 0.7, "REVIEW", top_feature="geo_velocity", top_value=1.0)], now)
    rows = get(client, "/api/monitoring/fraud_feed")
    assert len(rows) == 42
    shown = [row["top_feature_text"] for row in rows[:3]]
    assert shown == ["geo_velocity=true", "wallet_age=0.5d", "txn_velocity_1h=12"]
    assert rows[2] == {"time": rows[2]["time"], "txn_id": "t1", "score": 0.9, "decision": "BLOCKED", "amount": 100.0,
                       "top_feature": "txn_velocity_1h", "top_value": 12.0, "top_feature_text": "txn_velocity_1h=12"}
    assert rows == sorted(rows, key=lambda row: row["time"], reverse=True)


def test_the_scatter_counts_everything(
    client: FlaskClient, store: Store, db: Database, live: Live, known: Settings
) -> None:
    config: PolicyConfig = known.config.policy
    policies.ensure(live, db, config)
    now = time.time()
    scores = np.random.default_rng(3).beta(1, 6, 3000)
    decisions = ["BLOCKED" if s >= 0.7 else "REVIEW" if s >= 0.4 else "APPROVED" for s in scores]
    scored = enumerate(zip(scores.tolist(), decisions, strict=True))
    store([prediction(n, now - n * 1.1, score, decision) for n, (score, decision) in scored], now)
    data = get(client, "/api/monitoring/fraud_scatter")
    assert data["policy"]["block_from"] == 0.7
    assert data["counts"] == {name: decisions.count(name) for name in ("APPROVED", "REVIEW", "BLOCKED")}
    assert np.sum(data["density"]["z"]) == decisions.count("APPROVED")
    assert len(data["points"]["REVIEW"]["id"]) == decisions.count("REVIEW")
    assert not data["truncated"]
    step = data["density"]["dt"]
    first = min(now - n * 1.1 for n, d in enumerate(decisions) if d == "APPROVED") * 1000
    filled = [x for x in range(120) if any(row[x] for row in data["density"]["z"])]
    assert filled[0] == int((first - data["density"]["t0"]) // step)


def test_a_past_column_follows_late_events_and_the_newest_follow_at_once(app: App, store: Store) -> None:
    reads = app.extensions["reads"]
    now = time.time()
    store([prediction(1, now - 5, 0.1, "APPROVED")], now)
    window = fraud_scatter.Window("1h", *slots.window(now, 3600), live=True)
    assert np.sum(fraud_scatter.read(reads.context(), window)["density"]["z"]) == 1
    store([prediction(2, now - 4, 0.1, "APPROVED")], now)
    assert np.sum(fraud_scatter.read(reads.context(), window)["density"]["z"]) == 2


def test_traffic_and_limits_count_requests(client: FlaskClient, store: Store, db: Database) -> None:
    now = time.time()
    store([Request(id=f"r{n}", timestamp=now - 1 - n * 0.3, ip=f"192.0.2.{min(n, 4)}", method="GET", path="/",
                   status=500 if n == 7 else 200, duration_ms=3.0) for n in range(100)], now)
    with db.raw() as connection, connection.cursor() as cursor:
        cursor.execute("INSERT INTO ip_blocks VALUES ('192.0.2.4', now(), now() + interval '1 hour', 'too fast')")
    data = get(client, "/api/monitoring/traffic")
    assert data["top_ips"][0] == {"ip": "192.0.2.4", "n": 96, "limited": True}
    assert data["limited_ips"] == 1
    start = slots.floor(now - 120, 60)
    absolute = get(client, f"/api/monitoring/traffic?from={start}&to={start + 180}")
    assert sum(minute["n"] for minute in absolute["per_minute"]) == absolute["total"] >= 100
    assert sum(minute["errors"] for minute in absolute["per_minute"]) == 1
    limits = get(client, "/api/monitoring/limits")
    assert limits["global"]["limit"] == 10000
    assert {"ip": "192.0.2.4", "used": 96, "limit": 100} in limits["near"]
    assert limits["blocked"][0]["reason"] == "too fast"


def test_model_counts_labels_and_warns(client: FlaskClient, store: Store) -> None:
    now = time.time()
    store([prediction(n, now - 60, *((0.8, "BLOCKED") if n < 10 else (0.1, "APPROVED"))) for n in range(40)], now)
    store([Label(id=f"l{n}", timestamp=now, transaction_id=f"t{n}", label="fraud" if n < 4 else "legit",
                 source="chargeback") for n in range(20)], now)
    data = get(client, "/api/monitoring/model")
    assert data["matrix"] == {"tp": 4, "fp": 6, "fn": 0, "tn": 10}
    assert data["precision"] == pytest.approx(0.4)
    assert data["maturity"]["percent"] == pytest.approx(50)
    assert data["warning"]["next_retraining"] > now * 1000
    trouble = get(client, "/api/monitoring/trouble")
    assert next(row for row in trouble if row["id"] == "model-precision")["target"] == "#model"
    assert trouble[0]["id"] == "kpi-fraud_rate"


def test_drift_finds_the_feature_that_moved(client: FlaskClient, store: Store, db: Database, live: Live) -> None:
    bins = [ReferenceBins(name, [0.25, 0.5, 0.75], [100, 100, 100, 100, 0]) for name in ("steady", "moved")]
    version = models.save(db, algorithm="boosted", artefact=b"x", features=["steady", "moved"], reference=bins,
                          metrics={}, fingerprint="f")
    models.promote(live, db, version)
    now = time.time()
    random = np.random.default_rng(1)
    store([prediction(n, now - 30, 0.1, "APPROVED", model_version=version,
                      feature_values=[float(random.random()), float(random.random() ** 4)]) for n in range(400)], now)
    data = get(client, "/api/monitoring/drift")
    assert (data["status"], data["features"][0]["name"], data["n"]) == ("drifted", "moved", 400)
    assert data["features"][1]["status"] == "healthy"
    assert len(data["days"]) == 7
    assert data["days"][-1]["feature"] == "moved"
    detail = get(client, "/api/v1/transactions/t5")
    assert {one["name"] for one in detail["prediction"]["features"]} == {"steady", "moved"}
    assert detail["prediction"]["explained"] == "unavailable"


def test_health_security_and_transactions(client: FlaskClient, store: Store, db: Database, live: Live) -> None:
    now = time.time()
    live.set_json(keys.CHECKS, {"redis": {"status": "DOWN", "latency_ms": None, "detail": "refused",
                                          "checked_at": int(now * 1000)}})
    with db.raw() as connection, connection.cursor() as cursor:
        for back, status in ((60, "UP"), (40, "UP"), (20, "SLOW"), (5, "DOWN")):
            cursor.execute("INSERT INTO service_checks VALUES (to_timestamp(%s), 'redis', %s, 1.0, '')",
                           (now - back, status))
    redis = next(one for one in get(client, "/api/monitoring/health")["services"] if one["name"] == "redis")
    assert (redis["status"], redis["uptime_percent"]) == ("DOWN", 75.0)
    assert "Redis" in redis["suggestion"]
    store([Security(id=f"s{n}", timestamp=now - n, severity="high" if n % 2 else "low", text=f"login {n}",
                    ip="192.0.2.9") for n in range(300)], now)
    data = get(client, "/api/monitoring/security")
    assert data["counts"] == {"critical": 0, "high": 150, "medium": 0, "low": 150}
    assert len(data["events"]) == 200
    assert (data["total"], data["events"][0]["text"]) == (300, "login 0")
    store([sale(n, now - n) for n in range(9)], now)
    store([prediction(0, now, 0.93, "BLOCKED", features={"a": 1.0}, contributions={"a": 0.4})], now)
    detail = get(client, "/api/v1/transactions/t0")
    assert detail["transaction"]["wallet"] == "w0"
    assert detail["prediction"]["features"] == [{"name": "a", "value": 1.0, "contribution": 0.4}]
    assert [row["transaction_id"] for row in detail["wallet_history"]["transactions"]] == ["t0", "t3", "t6"]
    assert [row["transaction_id"] for row in get(client, "/api/v1/transactions?ip=192.0.2.1")] == ["t1", "t8"]
    assert len(get(client, "/api/v1/transactions?limit=5")) == 5
    assert client.get("/api/v1/transactions/none").status_code == 404
