"""The KPIs from the API, from the four Redis keys, from SQL over the stored events: the same numbers (K1-K4, D3)."""

import random
import time
from pathlib import Path

import pytest

from api.app import create_app
from collector.consume import Consume
from collector.windows import Windows
from core import clock, codec, settings
from core.pipeline.stream import Consumer
from core.stores import assemble

SQL = """
SELECT (SELECT count(*) FROM transactions WHERE timestamp >= %(start)s AND timestamp < %(end)s),
       (SELECT 100.0 * count(*) FILTER (WHERE decision = 'BLOCKED') / count(*) FROM fraud_predictions
        WHERE timestamp >= %(start)s AND timestamp < %(end)s),
       (SELECT percentile_disc(0.95) WITHIN GROUP (ORDER BY latency_ms) FROM fraud_predictions
        WHERE timestamp >= %(start)s AND timestamp < %(end)s),
       (SELECT sum(platform_fee + CASE type WHEN 'purchase' THEN amount ELSE 0 END) FROM transactions
        WHERE timestamp >= %(start)s AND timestamp < %(end)s)
"""


def test_the_kpis_are_the_same_wherever_one_reads_them(database_url: str, redis_url: str, tmp_path: Path) -> None:
    environ = {"DATABASE_URL": database_url, "REDIS_URL": redis_url, "GATEHOUSE_DATA": str(tmp_path)}
    known = settings.load({**environ, "GATEHOUSE_AUTH": "off"})
    stores = assemble(known)
    windows = Windows(stores.live, stores.database)
    consume = Consume(
        Consumer(stores.live, "a"),
        stores.writer,
        stores.database,
        known.config.ingest,
        lambda packed: windows.put(packed, time.time()),
    )
    app = create_app(known)
    client = app.test_client()
    rng = random.Random(5)
    now = time.time()
    for start in range(0, 1500, 500):
        body = []
        for number in range(start, start + 500):
            when = now - rng.random() * 7000
            body.append(
                {
                    "kind": "transaction",
                    "transaction_id": f"t{number}",
                    "timestamp": when,
                    "amount": 12.34,
                    "type": rng.choice(["purchase", "transfer"]),
                    "platform_fee": round(rng.random(), 2),
                }
            )
            body.append(
                {
                    "kind": "prediction",
                    "transaction_id": f"t{number}",
                    "timestamp": when,
                    "score": rng.random(),
                    "latency_ms": rng.lognormvariate(3, 0.6),
                }
            )
        for chunk in (body[:500], body[500:], body[:100]):
            answer = client.post("/api/v1/events", data=codec.encode(chunk), content_type="application/json")
            assert answer.status_code == 202
    idle = 0
    while idle < 3:
        idle = 0 if consume.step() else idle + 1
    document = windows.publish(time.time())
    api = client.get("/api/monitoring/kpis").get_json()
    with stores.live.reach() as redis:
        keys = [
            float(redis.get(f"kpi:{name}"))
            for name in ("txn_per_hour", "fraud_rate", "latency_p95", "revenue_per_hour")
        ]
    span = {
        name: clock.to_datetime(document["window"][side] / 1000) for name, side in (("start", "from"), ("end", "to"))
    }
    with stores.database.raw() as connection, connection.cursor() as cursor:
        cursor.execute(SQL, span)
        transactions, fraud_rate, p95, revenue = (float(value) for value in cursor.fetchone())
    names = ("transactions_per_hour", "fraud_rate", "api_latency_p95", "revenue_per_hour")
    assert [api[name] for name in names] == keys == [document["values"][name] for name in names]
    assert keys[0] == transactions
    assert keys[1] == pytest.approx(fraud_rate, abs=1e-4)
    assert keys[2] == pytest.approx(p95, rel=0.0105)
    assert keys[3] == pytest.approx(revenue, abs=0.005)
    app.close()
