"""An application of ours records its endpoints: from requests, through the stream, into minutes; also at its end."""

from pathlib import Path

from api.app import create_app
from collector.consume import Consume
from core import settings
from core.db.engine import Database
from core.db.redis_client import Live
from core.pipeline.stream import Consumer
from core.pipeline.writer import Writer
from tests import endpoint_world as world


def test_requests_are_minutes_of_their_routes(
    database_url: str, redis_url: str, db: Database, live: Live, tmp_path: Path
) -> None:
    known = settings.load({
        "DATABASE_URL": database_url, "REDIS_URL": redis_url, "GATEHOUSE_DATA": str(tmp_path), "GATEHOUSE_AUTH": "off",
        "GATEHOUSE_SECRET_KEY": "k" * 40, "GATEHOUSE_VERSION": "4.18",
    })  # fmt: skip
    app = create_app(known)
    client = app.test_client()
    for number in range(7):
        client.get(f"/api/v1/incidents/none-{number}")
    for path in ("/healthz", "/wp-login.php", "/api/v1/endpoints?range=2h", "/secret/4f8a7c2e9b1d4f8a7c2e9b1d"):
        client.get(path)
    app.close()
    assert rows(db) == {}
    loop = Consume(Consumer(live, "a"), Writer(db, 0.7), db, known.config.ingest, lambda _: None)
    idle = 0
    while idle < 3:
        idle = 0 if loop.step() else idle + 1
    assert rows(db) == {
        ("/api/v1/endpoints", "GET", 400): 1, ("/api/v1/incidents/<incident_id>", "GET", 404): 7,
        ("/healthz", "GET", 200): 1, ("(unmatched)", "GET", 404): 2,
    }  # fmt: skip
    services = world.asked(db, "SELECT DISTINCT service, version FROM endpoint_series")
    assert services == [("api", "4.18")]


def rows(db: Database) -> dict[tuple[str, str, int], int]:
    found = world.asked(
        db,
        "SELECT route, method, status, sum(hits)::int FROM endpoint_minutes JOIN endpoint_series ON id = series_id"
        " GROUP BY 1, 2, 3",
    )
    return {(route, method, status): hits for route, method, status, hits in found}
