"""GET /api/v1/outliers and /api/v1/outlier: range, filter, order, one whole; and events of others at the entrance."""

import time
from typing import Any
from urllib.parse import quote

import msgspec
import pytest
from flask.testing import FlaskClient

from collector.consume import Consume
from core import settings
from core.db.engine import Database
from core.db.redis_client import Live
from core.pipeline.stream import Consumer
from core.pipeline.writer import Writer
from tests import endpoint_world, outlier_world
from tests.integration.api.making import get
from tests.outlier_world import outlier
from tests.waiting import until


@pytest.fixture
def told(client: FlaskClient, db: Database) -> float:
    """Five of two endpoints within the hour, and one of two hours ago."""
    now = time.time()
    outlier_world.store(
        db, now,
        *[outlier(f"a{number}", now - 100 * number - 60, seconds=0.2 + number, version="v1") for number in range(3)],
        *[outlier(f"b{number}", now - 150 * number - 60, route="/pay", method="POST") for number in range(2)],
        outlier("c", now - 7200, service="billing", seconds=60.0),
    )  # fmt: skip
    return now


def overview(client: FlaskClient, **arguments: str) -> Any:
    query = "&".join(f"{name}={quote(value)}" for name, value in arguments.items())
    return get(client, f"/api/v1/outliers?{query}")


@pytest.mark.usefixtures("told")
def test_the_range_the_filter_and_the_order_are_heeded(client: FlaskClient) -> None:
    found = overview(client)
    assert [row["route"] for row in found["rows"][2:]] == ["/cart/{id}", "/pay", "/cart/{id}"]
    assert (found["total"], found["more"], sum(found["bins"]), found["dropped"]) == (5, 0, 5, 0)
    assert found["services"] == ["shop"]
    assert [(one["route"], one["outliers"], one["slowest"]) for one in found["endpoints"]] == [
        ("/cart/{id}", 3, 2.2), ("/pay", 2, 0.4),
    ]  # fmt: skip
    assert [row["seconds"] for row in overview(client, order="slowest")["rows"]] == [2.2, 1.2, 0.4, 0.4, 0.2]
    day = overview(client, range="24h")
    assert (day["total"], day["services"]) == (6, ["billing", "shop"])
    for filtered, count in (({"route": "/pay"}, 2), ({"version": "v1"}, 3), ({"method": "POST"}, 2),
                            ({"service": "nobody"}, 0)):  # fmt: skip
        assert overview(client, **filtered)["total"] == count


@pytest.mark.usefixtures("told")
def test_one_has_everything_that_was_noted(client: FlaskClient) -> None:
    row = overview(client, order="slowest")["rows"][0]
    found = get(client, f"/api/v1/outlier?id={row['id']}")
    assert found["row"] == row
    assert row["place"] == "shop.prices.load (shop/prices.py:88)"
    assert found["frames"][2] == {"name": "shop.prices.load", "file": "shop/prices.py", "line": 88}
    assert found["machine"]["queue"] == 3
    assert found["neighbours"] == [{"route": "/pay", "method": "POST", "ms": 812.0}]
    assert (found["user"], found["ip"], found["headers"], found["parameters"]) == (
        "token 7", "192.0.2.7", {"User-Agent": "curl/8"}, ["page"],
    )  # fmt: skip


@pytest.mark.parametrize(("path", "status"), [
    ("outlier?id=99", 404), ("outlier", 400), ("outlier?id=0", 400), ("outlier?id=x", 400),
    (f"outlier?id={2**63}", 400), ("outliers?order=best", 400), ("outliers?range=2h", 400),
    ("outliers?from=2026-02-01", 400), ("outliers?service=%00", 400), (f"outliers?route={'x' * 301}", 400),
])  # fmt: skip
def test_what_makes_no_sense_is_refused(client: FlaskClient, path: str, status: int) -> None:
    assert client.get(f"/api/v1/{path}").status_code == status


def test_an_outlier_of_another_service_comes_as_an_event(client: FlaskClient, db: Database, live: Live) -> None:
    now = time.time()
    good = msgspec.to_builtins(outlier("a", now, service="api"))
    bad = [
        {**good, "stacks": [{"ms": 1.0, "frames": [9]}]}, {**good, "ip": "nowhere"}, {**good, "request": ""},
        {**good, "frames": [{"name": "x\u0000"}]}, {**good, "headers": {str(n): "" for n in range(20)}},
        {**good, "seconds": -1.0}, {**good, "stacks": [{"ms": 1.0, "frames": [0]}] * 13},
    ]  # fmt: skip
    answer = client.post("/api/v1/events", json=[good, *bad])
    assert answer.status_code == 202
    assert (answer.json["accepted"], len(answer.json["rejected"])) == (1, len(bad))
    assert answer.json["rejected"][0]["field"] == "$.stacks"
    loop = Consume(Consumer(live, "a"), Writer(db, 0.7), db, settings.load({}).config.ingest, lambda _: None)
    assert until(lambda: loop.step() and endpoint_world.asked(db, "SELECT service FROM outliers"))
    assert endpoint_world.asked(db, "SELECT service, request FROM outliers") == [("reported:api", "a")]
