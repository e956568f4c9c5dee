"""Stream to PostgreSQL to the published KPIs, with real servers."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from collector import upkeep
from collector.consume import Consume
from collector.health import Health
from collector.ip_blocks import Blocks
from collector.windows import Windows
from core import settings
from core.db import keys
from core.errors import ConfigError
from core.events.types import Heartbeat, Prediction, Request, Transaction
from core.pipeline import stream
from core.pipeline.stream import Consumer
from core.stores import Stores, assemble


@pytest.fixture
def known(database_url: str, redis_url: str, tmp_path: Path) -> settings.Settings:
    return settings.load(
        {
            "DATABASE_URL": database_url,
            "REDIS_URL": redis_url,
            "GATEHOUSE_DATA": str(tmp_path / "d"),
            "GATEHOUSE_API_PORT": "1",
            "GATEHOUSE_SCORING_PORT": "1",
            "GATEHOUSE_RPC_PORT": "1",
        }
    )


@pytest.fixture
def stores(known: settings.Settings) -> Iterator[Stores]:
    made = assemble(known)
    yield made
    made.close()


def consume(known: settings.Settings, stores: Stores, name: str = "a") -> Consume:
    windows = Windows(stores.live, stores.database)
    return Consume(
        Consumer(stores.live, name),
        stores.writer,
        stores.database,
        known.config.ingest,
        lambda packed: windows.put(packed, time.time()),
    )


def drain(loop: Consume) -> None:
    idle = 0
    while idle < 3:
        idle = 0 if loop.step() else idle + 1


def count(stores: Stores, statement: str) -> int:
    with stores.database.raw() as connection, connection.cursor() as cursor:
        cursor.execute(statement)
        return cursor.fetchone()[0]


def test_an_event_becomes_a_kpi(known: settings.Settings, stores: Stores) -> None:
    now = time.time()
    stores.publisher.publish(
        [
            Transaction(id="t", transaction_id="t", timestamp=now, type="purchase", amount=40.0, platform_fee=2.5),
            Prediction(
                id="t", transaction_id="t", timestamp=now, score=0.9, decision="BLOCKED", threshold=0.6, latency_ms=12.0
            ),
            Prediction(
                id="u", transaction_id="u", timestamp=now, score=0.1, decision="APPROVED", threshold=0.6, latency_ms=8.0
            ),
            Prediction(id="v", transaction_id="v", timestamp=now - 3600, score=0.1, decision="APPROVED", threshold=0.6),
        ]
    )
    drain(consume(known, stores))
    windows = Windows(stores.live, stores.database)
    document = windows.publish(time.time())
    assert document["values"]["transactions_per_hour"] == 1
    assert document["values"]["fraud_rate"] == 50.0
    assert document["values"]["revenue_per_hour"] == 42.5
    assert document["values"]["api_latency_p95"] == pytest.approx(12.0, rel=0.011)
    assert document["previous"]["fraud_rate"] == 0.0
    with stores.live.reach() as client:
        assert client.get("kpi:txn_per_hour") == b"1"
        assert float(client.get("kpi:revenue_per_hour")) == 42.5
        client.flushall()
    windows.refresh(time.time())
    assert windows.publish(time.time())["values"] == document["values"]
    assert len(document["sparks"]["fraud_rate"]) == 60


def test_what_was_not_acknowledged_is_taken_over_and_counts_once(known: settings.Settings, stores: Stores) -> None:
    Consumer(stores.live, "dead").read(1, 1)
    stores.publisher.publish([Heartbeat(id="h", service="x", timestamp=time.time())])
    assert len(Consumer(stores.live, "dead").read(10, 100)) == 1
    loop = consume(known, stores, "dead")
    drain(loop)
    assert stream.backlog(stores.live).length == 0
    assert count(stores, "SELECT count(*) FROM event_keys") == 1


def test_an_unreadable_entry_is_set_aside_and_the_rest_goes_on(known: settings.Settings, stores: Stores) -> None:
    loop = consume(known, stores)
    loop.step()
    stream.add(stores.live, b"garbage")
    stores.publisher.publish([Heartbeat(id="h", service="x", timestamp=time.time())])
    drain(loop)
    assert count(stores, "SELECT count(*) FROM set_aside") == 1
    assert count(stores, "SELECT count(*) FROM heartbeats") == 1


def test_an_event_that_cannot_be_written_does_not_stop_the_stream(known: settings.Settings, stores: Stores) -> None:
    stream.add(stores.live, b'[{"kind":"transaction","id":"x","transaction_id":"x","type":"purchase","amount":1}]')
    stores.publisher.publish([Heartbeat(id="h", service="x", timestamp=time.time())])
    drain(consume(known, stores))
    assert count(stores, "SELECT count(*) FROM set_aside") == 1
    assert count(stores, "SELECT count(*) FROM heartbeats") == 1


def test_an_event_that_postgresql_refuses_takes_no_other_with_it(known: settings.Settings, stores: Stores) -> None:
    now = time.time()
    events = [
        Request(
            id=str(n),
            timestamp=now,
            ip="10.0.0.1" if n != 3 else "not-an-ip",
            method="GET",
            path="/",
            status=200,
            duration_ms=1.0,
        )
        for n in range(8)
    ]
    stores.publisher.publish(events)
    drain(consume(known, stores))
    assert count(stores, "SELECT count(*) FROM api_requests") == 7
    assert count(stores, "SELECT count(*) FROM set_aside") == 1


def test_an_ip_over_its_limit_is_blocked_once_and_said_so(known: settings.Settings, stores: Stores) -> None:
    now = time.time()
    for ip in ("203.0.113.9", "127.0.0.1"):
        stores.writer.store(
            [
                Request(id=f"{ip}{n}", timestamp=now - 1, ip=ip, method="GET", path="/", status=200, duration_ms=1.0)
                for n in range(101)
            ],
            now,
        )
    blocks = Blocks(stores.database, stores.live, stores.publisher, known.config.limits)
    assert [blocks.judge(now), blocks.judge(now + 1)] == [1, 0]
    assert list(stores.live.blocked_ips(now)) == ["203.0.113.9"]
    drain(consume(known, stores))
    assert count(stores, "SELECT count(*) FROM security_events WHERE severity = 'medium'") == 1


def test_services_are_judged_up_slow_or_down(known: settings.Settings, stores: Stores) -> None:
    now = time.time()
    stores.writer.store([Heartbeat(id="h", service="siem-collector", timestamp=now - 150)], now)
    health = Health(known, stores.database, stores.live)
    found = health.check(now)
    assert {name: result["status"] for name, result in found.items()} == {
        "backend-api": "DOWN",
        "postgres": "UP",
        "redis": "UP",
        "ml-inference": "DOWN",
        "smart-contract-rpc": "DOWN",
        "siem-collector": "SLOW",
    }
    assert stores.live.get_json(keys.CHECKS)["postgres"]["status"] == "UP"
    assert count(stores, "SELECT count(*) FROM service_checks") == 6
    assert health.sample(now)["memory_total"] > 0
    health.close()


def test_an_unknown_kind_of_check_is_refused() -> None:
    from collector.health import probes

    with pytest.raises(ConfigError, match="telnet"):
        probes(["http", "telnet"])


def test_upkeep_makes_partitions_and_drops_old_ones(known: settings.Settings, stores: Stores) -> None:
    with stores.database.raw() as connection, connection.cursor() as cursor:
        cursor.execute(
            "CREATE TABLE fraud_predictions_2020_01 PARTITION OF fraud_predictions"
            " FOR VALUES FROM ('2020-01-01') TO ('2020-02-01')"
        )
    assert "fraud_predictions_2020_01" in upkeep.run(stores.database, known.config.retention)
    assert upkeep.run(stores.database, known.config.retention) == []


def test_upkeep_forgets_every_key_that_is_too_old(known: settings.Settings, stores: Stores) -> None:
    with stores.database.raw() as connection, connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO event_keys SELECT gen_random_uuid(), now() - interval '91 days' FROM generate_series(1, 50010)"
        )
        cursor.execute("INSERT INTO event_keys VALUES (gen_random_uuid())")
    upkeep.run(stores.database, known.config.retention)
    assert count(stores, "SELECT count(*) FROM event_keys") == 1


def test_minutes_that_nobody_judges_are_forgotten(stores: Stores, known: settings.Settings) -> None:
    with stores.database.raw() as connection, connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO status_changes (source, minute, received_at)"
            " VALUES ('old', 1, now() - interval '25 hours'), ('new', 1, now() - interval '23 hours')"
        )
    upkeep.run(stores.database, known.config.retention)
    assert count(stores, "SELECT string_agg(source, ',') FROM status_changes") == "new"


def test_upkeep_forgets_exceptions_and_makes_room_for_new_ones(known: settings.Settings, stores: Stores) -> None:
    with stores.database.raw() as connection, connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO exception_groups (service, fingerprint, type, culprit, message, first_seen, last_seen,"
            " first_version, last_version, created_at, occurrences) SELECT 'shop', n::text, 'E', '', '', at, at, '',"
            " '', at, 1 FROM generate_series(1, 100) n, LATERAL (SELECT now() - n * interval '1 day' AS at) t"
        )
        for table, columns, values in (
            ("minutes", "occurrences", "1"),
            ("hours", "version, route, method, occurrences", "'', '', '', 1"),
            ("samples", "version, route, method, username, message, stack", "'', '', '', '', '', '{}'"),
        ):
            cursor.execute(
                f"INSERT INTO exception_{table} (group_id, timestamp, {columns})"
                f" SELECT id, last_seen, {values} FROM exception_groups"
            )
        cursor.execute("INSERT INTO exception_users SELECT id, 'u', last_seen, last_seen, 1 FROM exception_groups")
    keep = known.config.retention
    upkeep.run(stores.database, keep)
    assert count(stores, "SELECT count(*) FROM exception_groups") == keep.exception_days - 1
    for table, left in (("minutes", 1), ("hours", 89), ("samples", 89), ("users", 89)):
        assert count(stores, f"SELECT count(*) FROM exception_{table}") == left, table
    upkeep.run(stores.database, keep, exception_groups=10)
    assert count(stores, "SELECT count(*) FROM exception_groups") == 9
