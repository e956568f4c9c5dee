"""History through the real entrances into real stores; a second back-fill adds nothing."""

import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import msgspec
from flask import Flask
from sqlalchemy import text
from werkzeug.serving import make_server

from api.app import create_app as create_api
from core.db import keys
from core.db.engine import Database
from core.db.redis_client import Live
from core.events import types as events
from core.models import registry as models
from core.settings import load
from core.stores import assemble
from ml import config as model_config
from ml import registry
from ml.data import table
from ml.serve.app import create as create_scoring
from ml.train import training
from simulator import config as simulator_config
from simulator import dataset
from simulator.backfill import Backfill
from simulator.sender import Sender

TABLES = ("fraud_predictions", "transactions", "labels", "api_requests", "security_events")


@contextmanager
def serving(app: Flask) -> Iterator[str]:
    """A URL at which the application answers."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()


def test_history_arrives_once(db: Database, live: Live, database_url: str, redis_url: str, tmp_path: Path) -> None:
    environ = {"DATABASE_URL": database_url, "REDIS_URL": redis_url, "GATEHOUSE_DATA": str(tmp_path)}
    environ["GATEHOUSE_INTERNAL_TOKEN"] = "the processes of this test know one another"
    settings = load(environ)
    platform = simulator_config.load(settings)
    platform = msgspec.structs.replace(platform, backfill=msgspec.structs.replace(platform.backfill, single_hours=0.05))
    with ExitStack() as stack:
        api, scoring = create_api(settings), create_scoring(settings)
        told: list[str] = []
        connected = load(
            {
                **environ,
                "GATEHOUSE_API_URL": stack.enter_context(serving(api)),
                "GATEHOUSE_SCORING_URL": stack.enter_context(serving(scoring)),
            }
        )
        sender = Sender(connected, 5.0, told.append)
        run = Backfill(sender, platform, 0.5, 1.0, told.append)
        data = tmp_path / "training.csv"
        dataset.write(data, 20_000, run.now - 7 * 86400, platform)
        read = table.read(data, "is_fraud", "timestamp", ignore=["transaction_id"])
        models.promote(live, db, registry.save(db, training.train(read, model_config.load(settings))))
        counts = run.run()
        store(settings, live)
        first = rows(db)
        assert sender.rejected == 0, told
        assert first["fraud_predictions"] == counts["predictions"] + counts["sampled predictions"]
        assert first["transactions"] == counts["transactions"]
        assert first["labels"] == counts["labels"]
        assert first["security_events"] == counts["security events"]
        again = Backfill(sender, platform, 0.5, 1.0, told.append)
        again.now, again.full_from = run.now, run.full_from
        again.single_from, again.sample_from = run.single_from, run.sample_from
        again.run()
        store(settings, live)
        second = rows(db)
        assert {**second, "api_requests": 0} == {**first, "api_requests": 0}
        scoring.extensions["serving"].stop()
        scoring.close()
        api.close()


def store(settings: object, live: Live) -> None:
    """Do the collector's work: store what waits in the stream."""
    stores = assemble(settings)  # type: ignore[arg-type]
    with live.reach() as client:
        for entry, fields in client.xrange(keys.STREAM):
            stores.writer.store(events.decode(fields[b"e"]), 0.0)
            client.xdel(keys.STREAM, entry)
    stores.close()


def rows(db: Database) -> dict[str, int]:
    """How many rows each table has."""
    with db.transaction() as connection:
        return {name: connection.execute(text(f"SELECT count(*) FROM {name}")).scalar_one() for name in TABLES}
