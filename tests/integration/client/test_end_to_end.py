"""From a request of a bound application to the row that the page Performance reads, through the served API."""

from pathlib import Path
from typing import Any

import pytest
from gatehouse_client.reporter import Reporter

from collector.consume import Consume
from core import settings
from core.config import IngestConfig
from core.db.engine import Database
from core.db.redis_client import Live
from core.pipeline.stream import Consumer
from core.pipeline.writer import Writer
from core.settings import ROOT
from tests.client_apps.serving import APPS, serving
from tests.serving import served

ROWS = """
SELECT service, version, route, method, status, error_type, sum(hits)::int, sum(sum_ns)::float / 1e9
FROM endpoint_minutes JOIN endpoint_series ON id = series_id WHERE service <> 'api' GROUP BY 1, 2, 3, 4, 5, 6
"""


@pytest.fixture
def ingest() -> IngestConfig:
    """How the product takes events in."""
    return settings.load({"GATEHOUSE_CONFIG": str(ROOT / "config")}).config.ingest


def stored(db: Database, live: Live, ingest: IngestConfig) -> dict[tuple[Any, ...], tuple[int, float]]:
    """Stores what waits in the stream; hits and seconds by service, version, route, method, status, error type."""
    loop = Consume(Consumer(live, "a"), Writer(db, 0.7), db, ingest, lambda _: None)
    idle = 0
    while idle < 3:
        idle = 0 if loop.step() else idle + 1
    with db.raw() as connection, connection.cursor() as cursor:
        cursor.execute(ROWS)
        return {row[:6]: row[6:] for row in cursor.fetchall()}


def test_what_an_application_answers_is_stored(
    database_url: str, redis_url: str, tmp_path: Path, db: Database, live: Live, ingest: IngestConfig
) -> None:
    bound = tmp_path / "bound"
    bound.mkdir()
    with served(database_url, redis_url, tmp_path) as (url, _):
        with serving("gunicorn", "flask_app:app", url, bound, "--workers", "2") as flask:
            for number in range(40):
                assert flask.call("GET", f"/items/{number}").status == 200
            assert flask.call("GET", "/boom").status == 500
            assert flask.call("GET", "/nowhere").status == 404
            assert flask.stop() == 0
        with serving("uvicorn", "fastapi_app:app", url, bound) as fast:
            for number in range(5):
                assert fast.call("POST", f"/items/{number}").status == 201
            fast.stop()
    found = stored(db, live, ingest)
    assert {key: hits for key, (hits, _) in found.items()} == {
        ("flask-shop", "7", "/items/<int:number>", "GET", 200, ""): 40,
        ("flask-shop", "7", "/boom", "GET", 500, f"{APPS}.flask_app.Trouble"): 1,
        ("flask-shop", "7", "(unmatched)", "GET", 404, ""): 1,
        ("fast-shop", "", "/items/{number}", "POST", 201, ""): 5,
    }
    assert all(seconds > 0 for _, seconds in found.values())


def test_every_series_that_the_client_can_make_is_accepted(
    database_url: str, redis_url: str, tmp_path: Path, db: Database, live: Live, ingest: IngestConfig
) -> None:
    """Odd names, no status, no time at all, eleven days, more series than there is room for, and a loss."""
    with served(database_url, redis_url, tmp_path) as (url, _):
        reporter = Reporter(url, "gate_any", 0.1)
        reporter.running = True
        source = reporter.source("shop\n" + "x" * 500, "v\0")
        for seconds in (0.0, -1.0, 1e-9, 0.1, 1e9, float("inf")):
            for route in ("/a", "/gr\u00fcn\n", "/\ud800", "x" * 1_000):
                source.add(route, "GET", 0, "E" * 400, seconds)
        for number in range(2_000):
            source.add(f"/{number}", "BREW", 200, "", 0.01)
        reporter.refuse()
        for _ in range(4):
            reporter.tick()
        status = reporter.status()
        assert (status.problem, status.waiting, status.delivered, status.lost) == ("", 0, 2_024, 1)
    found = stored(db, live, ingest)
    assert sum(hits for _, (hits, _) in found.items()) == 2_024 + 1
    assert {key[2]: hits for key, (hits, _) in found.items()}["(lost)"] == 1
