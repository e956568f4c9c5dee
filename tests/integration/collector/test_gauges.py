"""The collector's gauges: pure parts by value, and on real stores what is absent when a store is away."""

import time
from pathlib import Path

import pytest

from collector.live_gauges import LiveGauges, kpis, services
from collector.stored_gauges import StoredGauges, largest
from core import settings
from core.db.engine import Database
from core.db.redis_client import Live
from core.errors import DatabaseUnavailable, RedisUnavailable
from core.events import time_buckets
from core.events.time_buckets import Bucket
from core.models import drift
from core.models.registry import ReferenceBins
from core.stores import assemble
from core.transactions import policies
from core.web.metrics import Metrics

NOW = 1_700_000_000.0


def packed(at: float, latencies: list[float], **counts: int) -> tuple[int, bytes]:
    """One slot."""
    slot = Bucket([counts.get(name, 0) for name in time_buckets.COUNTERS])
    for latency in latencies:
        slot.add_latency(latency)
    return time_buckets.floor(at), time_buckets.pack(slot.counts, time_buckets.pack_latency(slot.latency))


def test_windows_are_scaled_and_rates_are_shares() -> None:
    found = kpis(
        dict(
            [
                packed(NOW, [20.0] * 19 + [200.0], predictions=20, blocked=3, blocked_normal=1, transactions=10),
                packed(NOW - 400, [], predictions=20, revenue_cents=5_000),
            ]
        ),
        NOW,
    )
    assert found["predictions"] == {("1h",): 40, ("10m",): 40, ("5m",): 20, ("1m",): 20}
    assert found["fraud"]["10m", "in_force"] == pytest.approx(3 / 40)
    assert found["fraud"]["10m", "normal"] == pytest.approx(1 / 40)
    assert found["fraud"]["1m", "in_force"] == pytest.approx(3 / 20)
    assert found["p95"]["5m",] == pytest.approx(0.020, rel=0.01)
    assert found["transactions"]["1m",] == 600
    assert found["revenue"]["10m",] == pytest.approx(300)


def test_without_data_a_rate_is_unknown_and_a_count_is_zero() -> None:
    found = kpis({}, NOW)
    assert found["fraud"]["10m", "in_force"] is None
    assert found["p95"]["10m",] is None
    assert found["predictions"]["10m",] == 0


def test_services_by_their_newest_check() -> None:
    found = services({"redis": {"status": "UP", "latency_ms": 2.0}, "rpc": {"status": "DOWN", "latency_ms": None}})
    assert found == {
        "up": {("redis",): 1.0, ("rpc",): 0.0},
        "latency": {("redis",): 0.002, ("rpc",): None},
    }


def test_the_largest_divergence_is_of_the_feature_that_moved() -> None:
    still = ReferenceBins("still", [1.0], [500, 500, 0])
    moved = ReferenceBins("moved", [1.0], [900, 100, 0])
    day = [100, 100, 0, 100, 100, 0]
    value, n = largest([still, moved], [(200, day), (200, day)])
    assert value == pytest.approx(drift.kl([200, 200, 0], [900, 100, 0]))
    assert value is not None
    assert value > 0.15
    assert n == 400
    assert largest([still, moved], [(500, [250, 250])]) == (None, 0), "another feature list"
    assert largest([], []) == (None, 0)


def test_gauges_follow_the_stores(database_url: str, redis_url: str, tmp_path: Path) -> None:
    variables = {"DATABASE_URL": database_url, "REDIS_URL": redis_url, "GATEHOUSE_DATA": str(tmp_path)}
    known = settings.load({**variables, "GATEHOUSE_SECRET_KEY": "s" * 32})
    stores = assemble(known)
    metrics = Metrics()
    stored = StoredGauges(metrics, stores.database, stores.live, known.config.policy)
    live = LiveGauges(metrics, stores.live)
    try:
        policies.ensure(stores.live, stores.database, known.config.policy)
        now = time.time()
        stored.step(now)
        live.step(now)
        assert value(metrics, "gatehouse_policy_strict") == 0
        assert value(metrics, "gatehouse_mfa_failures") == 0
        assert value(metrics, "gatehouse_last_event_timestamp_seconds") is None
        assert value(metrics, "gatehouse_stream_entries") == 0
        assert value(metrics, "gatehouse_stream_oldest_seconds") == 0
        stores.live.redis.xadd("gatehouse:{live}:events", {"e": b"[]"})
        with stores.database.raw() as connection, connection.cursor() as cursor:
            cursor.execute("INSERT INTO users (name, role, passkey_handle) VALUES ('anna', 'viewer', 'x') RETURNING id")
            user = cursor.fetchone()[0]
            for age in (10, 20, 400):
                cursor.execute(
                    "INSERT INTO mfa_failures (user_id, at) VALUES (%s, now() - %s * interval '1 second')", (user, age)
                )
        policies.change(stores.live, stores.database, stores.audit, known.config.policy, "strict", "test")
        stored.step(now)
        live.step(now + 30)
        assert value(metrics, "gatehouse_policy_strict") == 1
        assert value(metrics, "gatehouse_mfa_failures") == 2
        assert value(metrics, "gatehouse_stream_entries") == 1
        assert 29 < (value(metrics, "gatehouse_stream_oldest_seconds") or 0) < 32
    finally:
        stores.close()


def test_a_store_that_is_away_leaves_no_stale_number() -> None:
    metrics = Metrics()
    nowhere = Live("redis://127.0.0.1:1/0", timeout=0.2)
    live = LiveGauges(metrics, nowhere)
    metrics.gauge("gatehouse_stream_entries", "Entries of the event stream not stored yet.").set(5)
    with pytest.raises(RedisUnavailable):
        live.step(NOW)
    known = settings.load({})
    stored = StoredGauges(metrics, Database("postgresql://nobody@127.0.0.1:1/x"), nowhere, known.config.policy)
    with pytest.raises(DatabaseUnavailable):
        stored.step(NOW)
    assert all(family["cells"] == [] for family in metrics.snapshot().values())


def value(metrics: Metrics, name: str) -> float | None:
    """The only cell of a gauge, or None."""
    cells = metrics.snapshot()[name]["cells"]
    return cells[0][1] if cells else None
