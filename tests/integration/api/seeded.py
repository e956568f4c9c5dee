"""A world at one fixed moment, with something in every resource of the monitoring API: its answers never change."""

import time
from datetime import timedelta

import pytest
from sqlalchemy import text

from collector.windows import Windows
from core.alerting import silence_store
from core.audit.chain import Audit
from core.clock import to_datetime
from core.db import keys
from core.db.engine import Database
from core.db.redis_client import Live
from core.events.types import Event, Security
from core.pipeline.writer import Writer
from core.settings import Settings
from core.transactions import policies
from core.web import input_counts
from core.web.input_counts import MINUTE, Cell
from tests import model_world
from tests.alerting import fire, rule
from tests.integration.api.making import prediction, requests, sale

NOW = 1_793_795_696.25  # 2026-11-04T12:34:56.250Z, a Wednesday
AUDIT = Audit("k" * 40)


def stop_the_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is NOW in this process."""
    monkeypatch.setattr(time, "time", lambda: NOW)


def fill(db: Database, live: Live, known: Settings) -> None:
    """Store it all; what PostgreSQL dates by itself is set to NOW, as the clock of the process is."""
    life = model_world.fill(db, live)
    policies.ensure(live, db, known.config.policy)
    with db.transaction() as connection:
        policies.put(connection, AUDIT, known.config.policy, "strict", "ann")
    live.redis.persist(keys.POLICY)  # the hint of the normal profile, which would end in the middle of a slow test
    Writer(db, 0.7).store(_events(life.champion), NOW)
    _alerts(db)
    _health(db, live)
    input_counts.add(
        live,
        MINUTE * int(NOW // MINUTE),
        {
            Cell("token:ab", "requests"): 5,
            Cell("token:ab", "feature", "Amount", "amount"): 5,
            Cell("token:ab", "missing", "velocity"): 2,
            Cell("token:ab", "field", "colour"): 1,
        },
    )
    with db.transaction() as connection:
        at = {"at": to_datetime(NOW - 1800), "until": to_datetime(NOW + 1800)}
        connection.execute(text("UPDATE policy_versions SET created_at = :at"), at)
        connection.execute(text("UPDATE model_roles SET since = :at"), at)
        connection.execute(text("INSERT INTO ip_blocks VALUES ('192.0.2.4', :at, :until, 'too fast')"), at)
    windows = Windows(live, db)
    windows.refresh(NOW, whole=True)
    windows.publish(NOW)


def _events(champion: int) -> list[Event]:
    risky: list[Event] = [
        prediction(
            n, NOW - 40 - n * 11, round(0.6 + n / 100, 4), "BLOCKED" if n > 9 else "REVIEW", top_feature="velocity",
            top_value=3.5 + n, model_version=champion, latency_ms=4.0 + n, amount=100.0 if n % 4 else None,
        )
        for n in range(30)
    ]  # fmt: skip
    told: list[Event] = [
        Security(
            id=f"s{n}", timestamp=NOW - 9 - n * 4, severity="high" if n % 3 else "low", text=f"login {n} <b>",
            ip="192.0.2.9" if n % 2 else None, actor="ann" if n % 5 else None, correlation_id=f"c{n}",
        )
        for n in range(230)
    ]  # fmt: skip
    return [*(sale(n, NOW - n * 31) for n in range(200)), *risky, *requests(NOW), *told]


def _alerts(db: Database) -> None:
    above = {"kind": "window", "unit": "%", "parameters": {"metric": "fraud_rate", "above": 3}}
    rule(db, "A1", "Fraud rate above 3 %", "high", above)
    rule(db, "A3", "Drift", "medium", {"kind": "drift", "unit": "nats", "parameters": {"above": 0.15}})
    rule(db, "W0", "Watchdog", "low", {"incident": False})
    fire(db, "A1", "i1", NOW - 600, severity="high", value=4.2, limit=3.0)
    fire(db, "A3", "i2", NOW - 500, series="amount", resolved=NOW - 100)
    fire(db, "A3", "i3", NOW - 300, series="velocity", limit=0.15, unit="nats")
    at = to_datetime(NOW - 60)
    with db.transaction() as connection:
        silence_store.create(
            connection, AUDIT, "ann", owner="ann", reason="drill", starts_at=at, ends_at=at + timedelta(hours=1),
            now=NOW, rule="A*", pattern=True,
        )  # fmt: skip


def _health(db: Database, live: Live) -> None:
    down = {"status": "DOWN", "latency_ms": None, "detail": "refused", "checked_at": int(NOW * 1000)}
    up = {"status": "UP", "latency_ms": 1.5, "detail": "", "checked_at": int(NOW * 1000)}
    live.set_json(keys.CHECKS, {"redis": down, "postgres": up})
    host = {
        "cpu_percent": 12.5, "cores": 4, "memory_used": 2**33, "memory_total": 2**34, "disk_used": 2**36,
        "disk_total": 2**38, "load1": 0.5, "at": int(NOW * 1000),
    }  # fmt: skip
    live.set_json(keys.HOST, host)
    with db.transaction() as connection:
        for back, status in ((60, "UP"), (40, "UP"), (20, "SLOW"), (5, "DOWN")):
            connection.execute(
                text("INSERT INTO service_checks VALUES (:at, 'redis', :status, 1.0, '')"),
                {"at": to_datetime(NOW - back), "status": status},
            )
