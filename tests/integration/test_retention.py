"""What would be dropped within the hour is refused by name at every entrance; what is taken is there after upkeep."""

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from werkzeug.test import Client

from api.app import create_app as create_api
from collector import upkeep
from collector.consume import Consume
from core import clock, settings
from core.db import partitions
from core.events.retention import DAY, Kept
from core.events.types import Transaction
from core.models import registry as models
from core.pipeline.stream import Consumer
from core.settings import Settings
from core.stores import Stores, assemble
from core.web.app import App
from ml import registry
from ml.serve.app import create as create_scoring
from tests.unit.ml.examples import trained

SALE = {"kind": "transaction", "transaction_id": "t", "type": "purchase", "amount": 3}
SCORED = {"kind": "prediction", "transaction_id": "p", "score": 0.4}
SEEN = {"kind": "security", "severity": "low", "text": "x"}
ASKED = {"kind": "request", "ip": "192.0.2.1", "method": "GET", "path": "/", "status": 200, "duration_ms": 1}
DOCUMENT = {"event": {"category": ["process"], "action": "start"}, "message": "x"}


@pytest.fixture
def known(database_url: str, redis_url: str, tmp_path: Path) -> Settings:
    given = {"DATABASE_URL": database_url, "REDIS_URL": redis_url, "GATEHOUSE_DATA": str(tmp_path)}
    return settings.load({**given, "GATEHOUSE_AUTH": "off", "GATEHOUSE_SECRET_KEY": "k" * 40})


@pytest.fixture
def stores(known: Settings) -> Iterator[Stores]:
    found = assemble(known)
    yield found
    found.close()


@pytest.fixture
def api(known: Settings) -> Iterator[App]:
    found = create_api(known)
    yield found
    found.close()


def rows(stores: Stores, statement: str) -> list[Any]:
    with stores.database.raw() as connection, connection.cursor() as cursor:
        cursor.execute(statement)
        return [row[0] for row in cursor.fetchall()]


@pytest.mark.parametrize("event", [SALE, SCORED, SEEN, ASKED], ids=lambda event: str(event["kind"]))
def test_an_event_older_than_retention_is_refused_with_the_oldest_time(
    known: Settings, api: App, event: dict[str, Any]
) -> None:
    now = time.time()
    days = known.config.retention.raw_days
    old = {**event, "timestamp": now - (days + 1) * DAY}
    answer = api.test_client().post("/api/v1/events", json={"events": [old, {**event, "id": "new"}]})
    assert (answer.status_code, answer.json["accepted"]) == (202, 1)
    (refused,) = answer.json["rejected"]
    assert (refused["index"], refused["field"]) == (0, "$.timestamp")
    assert f"the oldest accepted time is {clock.iso(now - days * DAY)[:10]}" in refused["reason"]
    assert api.test_client().post("/api/v1/events", json=old).status_code == 400


def test_an_ecs_document_too(known: Settings, api: App) -> None:
    old = clock.iso(time.time() - (known.config.retention.raw_days + 1) * DAY)
    answer = api.test_client().post("/api/v1/events", json={"@timestamp": old, **DOCUMENT})
    assert answer.status_code == 400
    assert "the oldest accepted time is" in answer.json["rejected"][0]["reason"]


def test_the_far_future_is_refused_with_the_latest_time(api: App) -> None:
    for stamp in (time.time() + 400 * DAY, "9999-12-31T23:59:59Z", time.time() * 1000):
        answer = api.test_client().post("/api/v1/events", json={**SALE, "timestamp": stamp})
        assert answer.status_code == 400
        assert f"the latest time is {clock.iso(time.time())[:10]}" in answer.json["rejected"][0]["reason"]


def test_scoring_refuses_what_would_not_be_kept(known: Settings, stores: Stores) -> None:
    version = registry.save(stores.database, trained())
    models.promote(stores.live, stores.database, version)
    app = create_scoring(known)
    try:
        inside = {"REMOTE_ADDR": "127.0.0.1"}
        old = {"transaction_id": "t", "features": {"speed": 1}, "timestamp": time.time() - 400 * DAY}
        one = Client(app).post("/api/v1/ml/predict", json=old, environ_base=inside)
        assert (one.status_code, one.json["field"]) == (400, "$.timestamp")
        assert "the oldest accepted time is" in one.json["detail"]
        fresh = {"transaction_id": "u", "features": {"speed": 1}}
        many = Client(app).post("/predict-batch", json={"transactions": [fresh, old]}, environ_base=inside)
        assert (many.status_code, many.json["field"]) == (400, "$.transactions[1].timestamp")
    finally:
        app.extensions["serving"].stop()
        app.close()


def test_what_is_taken_at_the_edge_is_kept_and_found(known: Settings, api: App, stores: Stores) -> None:
    partitions.ensure(stores.database, behind=6)
    edge = time.time() - known.config.retention.raw_days * DAY + 60
    assert api.test_client().post("/api/v1/events", json={**SALE, "timestamp": edge}).status_code == 202
    loop = collector(known, stores)
    while loop.step():
        pass
    loop.step()
    upkeep.run(stores.database, known.config.retention)
    assert rows(stores, "SELECT transaction_id FROM transactions") == ["t"]


def test_a_label_outlives_what_it_is_about(known: Settings, api: App, stores: Stores) -> None:
    label = {"transaction_id": "t", "label": "fraud", "source": "chargeback", "timestamp": time.time() - 400 * DAY}
    assert api.test_client().post("/api/v1/labels", json=label).status_code == 200
    upkeep.run(stores.database, known.config.retention)
    assert rows(stores, "SELECT transaction_id FROM labels") == ["t"]


def test_the_stream_keeps_what_is_too_old_out_of_the_roll_ups(known: Settings, stores: Stores) -> None:
    loop = collector(known, stores)
    loop.step()
    now = time.time()
    stores.publisher.publish(
        [
            Transaction(id=name, transaction_id=name, timestamp=at, type="purchase", amount=1.0)
            for name, at in (("old", now - 400 * DAY), ("new", now))
        ]
    )
    while loop.step():
        pass
    assert rows(stores, "SELECT transaction_id FROM transactions") == ["new"]
    assert rows(stores, "SELECT sum(transactions)::int FROM rollups WHERE width = 60") == [1]
    (reason,) = rows(stores, "SELECT reason FROM set_aside")
    assert "older than the retention period" in reason


def collector(known: Settings, stores: Stores) -> Consume:
    ingest, kept = known.config.ingest, Kept.of(known.config.retention)
    return Consume(Consumer(stores.live, "a"), stores.writer, stores.database, ingest, lambda _: None, kept=kept)
