"""Reads of statuses: recent rows page by page, statistics equal to plain arithmetic, health that is always JSON."""

import statistics
import time
from dataclasses import replace
from typing import Any

import pytest
from flask.testing import FlaskClient

from api import status_rows
from api.status_rows import StatusRow
from core.db.engine import Database
from core.errors import DatabaseUnavailable
from core.pipeline.writer import Writer
from core.settings import Settings
from core.statuses.detector.params import Params
from core.web.app import App
from statuses.judge import Judge

MINUTE = int(time.time() // 60) - 5


def row(minute: int, status: str, count: int, source: str = "shop", code: str = "", dimensions: str = "") -> StatusRow:
    return StatusRow(0, minute, source, status, code, dimensions, count, False)


@pytest.fixture
def put(db: Database) -> Any:
    """Stores rows as the collector does."""
    writer = Writer(db, 0.7)
    return lambda rows: writer.store([status_rows.event(rows, time.time(), "token:t")], time.time())


def test_recent_rows_come_page_by_page_each_once(client: FlaskClient, put: Any) -> None:
    rows = [row(MINUTE - n // 6, f"s{n % 3}", n, source="ab"[n % 2], code=f"{n % 6}") for n in range(60)]
    put([*rows, row(MINUTE, "s0", 7, "a", dimensions='{"gateway":"g"}')])
    seen: list[dict[str, Any]] = []
    before = ""
    while before is not None:
        page = client.get("/api/transactions", query_string={"limit": 7, "before": before}).json
        seen += page["rows"]
        before = page["next"]
    assert len({(one["timestamp"], one["source"], one["status"], one["auth_code"]) for one in seen}) == 61
    assert len(seen) == 61
    assert [one["timestamp"] for one in seen] == sorted((one["timestamp"] for one in seen), reverse=True)
    assert [one["dimensions"] for one in seen if one["count"] == 7 and not one["auth_code"]] == [{"gateway": "g"}]


def test_recent_rows_of_a_source_a_status_and_a_time(client: FlaskClient, put: Any) -> None:
    put([row(MINUTE - n, status, 1, source) for n in range(3) for status in "xy" for source in "ab"])
    found = client.get("/api/transactions?source=A&status=x").json["rows"]
    assert [(one["source"], one["status"]) for one in found] == [("a", "x")] * 3
    older = client.get("/api/transactions", query_string={"before": MINUTE * 60 - 60, "source": "a"}).json["rows"]
    assert len(older) == 2


@pytest.mark.parametrize(
    "wrong", ["limit=0", "limit=1001", "before=soon", "before=1e400", "before=nan", "x=1", "status=a&status=b"]
)
def test_wrong_arguments_are_named(client: FlaskClient, wrong: str) -> None:
    answer = client.get(f"/api/transactions?{wrong}")
    assert answer.status_code == 400
    assert answer.json["field"].startswith("?")


def test_statistics_are_those_of_plain_arithmetic(client: FlaskClient, put: Any) -> None:
    denied = [n * 7 % 5 for n in range(120)]
    put([row(MINUTE - n, "approved", 100 + n % 10) for n in range(120)])
    put([row(MINUTE - n, "denied", count) for n, count in enumerate(denied) if count])
    put([row(MINUTE - n, "", 1, code="51") for n in range(0, 120, 2)])
    [found] = client.get("/api/stats").json["sources"]
    series = {(one["kind"], one["name"]): one for one in found["series"]}
    assert list(series) == [("volume", "total"), ("status", "approved"), ("status", "denied"), ("code", "51")]
    mine = series["status", "denied"]
    assert (mine["minutes"], mine["total"], mine["maximum"]) == (120, sum(denied), max(denied))
    assert mine["mean"] == pytest.approx(statistics.mean(denied))
    assert mine["deviation"] == pytest.approx(statistics.pstdev(denied))
    assert mine["zeros"] == pytest.approx(denied.count(0) / 120)
    assert mine["quantiles"]["50%"] == statistics.median(denied)
    assert series["code", "51"]["zeros"] == pytest.approx(0.5, abs=0.01)
    assert client.get("/api/stats?source=other&hours=168").json == {"sources": []}


def test_what_is_judged_has_thresholds_the_total_too(client: FlaskClient, put: Any, db: Database) -> None:
    assert client.get("/api/stats").json == {"sources": []}
    put([row(MINUTE - n, "approved", 100 + n % 10) for n in range(90)])
    put([row(MINUTE - n, "denied", n % 5) for n in range(90)])
    Judge(db, Params(), "one").step(time.time())
    [found] = client.get("/api/stats").json["sources"]
    limits = {(one["kind"], one["name"]): one["threshold"]["expected"] for one in found["series"]}
    assert 60 < limits["volume", "total"]["low"] < 107 < limits["volume", "total"]["high"]
    assert 3 < limits["status", "denied"]["high"] < 9
    assert found["series"][0]["threshold"]["line"] > 10


def test_an_hour_is_no_day(client: FlaskClient, put: Any) -> None:
    put([row(MINUTE - n, "approved", 1) for n in range(90)])
    [found] = client.get("/api/stats?hours=1").json["sources"]
    assert found["series"][0]["total"] == 60


def test_health_tells_the_age_of_each_feed(client: FlaskClient, put: Any, db: Database) -> None:
    assert client.get("/api/health").json == {"status": "ok", "redis": True, "postgres": True, "feeds": []}
    put([row(MINUTE, "approved", 1), row(MINUTE - 1, "approved", 1, "b")])
    found = client.get("/api/health").json
    assert found["status"] == "ok"
    assert [one["source"] for one in found["feeds"]] == ["b", "shop"]
    assert abs(found["feeds"][1]["age_seconds"] - (time.time() - (MINUTE + 1) * 60)) < 30
    assert found["feeds"][1]["judged"] is None
    with db.raw() as connection, connection.cursor() as cursor:
        cursor.execute("UPDATE status_changes SET received_at = now() - interval '5 minutes'")
    assert client.get("/api/health").json["status"] == "degraded"


def test_health_answers_while_a_store_is_away(app: App, client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*_: object) -> None:
        raise DatabaseUnavailable("gone")

    monkeypatch.setattr(Database, "transaction", away)
    answer = client.get("/api/health")
    assert answer.status_code == 200
    assert answer.json == {"status": "degraded", "redis": True, "postgres": False, "feeds": []}


def test_health_keeps_details_from_strangers(known: Settings, make_app: Any, put: Any) -> None:
    put([row(MINUTE, "approved", 1)])
    client = make_app(replace(known, auth=True)).test_client()
    answer = client.get("/api/health", environ_base={"REMOTE_ADDR": "203.0.113.9"})
    assert answer.json == {"status": "ok"}
