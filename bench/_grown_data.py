"""The data of the growth benchmark: a champion, the last day as the platform would have made it, and years of history.

The day is the same on both sides of the comparison; what grows behind it is drawn from it.
"""

import time
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import msgspec

from core import clock, settings
from core.db import partitions
from core.db.engine import Database
from core.events.types import Event, Prediction
from core.models import registry as models
from core.models.registry import Model
from core.policy import decide
from core.stores import Stores
from core.transactions import policies
from ml import config as model_config
from ml import registry
from ml.data import table
from ml.serve.scoring import Scorer
from ml.train import training
from simulator import dataset, growth, labels, requests, security, traffic
from simulator.config import SimulatorConfig

DAYS = 60.0
DAY = 86400.0
REQUEST_HOURS = 2.0
BATCH = 10_000
# Room to write in: checkpoints by time instead of by volume, as on a server that is filled on purpose.
OPTIONS = {"max_wal_size": "8GB", "checkpoint_timeout": "15min", "shared_buffers": "1GB", "work_mem": "16MB"}


def prepare(folder: Path, known: settings.Settings, stores: Stores, platform: SimulatorConfig) -> None:
    """A champion, and the last day, scored by it."""
    data = folder / "training.csv"
    dataset.write(data, 60_000, clock.now() - 7 * DAY, platform)
    read = table.read(data, "is_fraud", "timestamp", ignore=["transaction_id"])
    version = registry.save(stores.database, training.train(read, model_config.load(known)))
    models.promote(stores.live, stores.database, version)
    partitions.ensure(stores.database, behind=4)
    policies.ensure(stores.live, stores.database, known.config.policy)
    now = clock.now()
    sold = list(traffic.between(now - DAY, now, platform))
    store(stores, scored(models.load(stores.database, version), stores, sold))
    told = labels.becoming_known(now - DAY, now, platform)
    days = {item.id for item in sold}
    store(stores, _events(event for _, event in told if event["transaction_id"] in days))
    store(stores, platform_requests(now - REQUEST_HOURS * 3600, platform))
    store(stores, _events(security.between(now - DAY, now, platform)))
    analyse(stores)


def scored(model: Model, stores: Stores, sold: list[traffic.Transaction]) -> Iterator[Event]:
    """Predictions with the scores that the model gives, and the sales that it lets through."""
    scorer, profile = Scorer(model), policies.newest(stores.database)
    values = [scorer.encoder.values(item.features) for item in sold]
    scores = scorer.score_many(scorer.encoder.rows(values)).tolist()
    top = scorer.encoder.names[0]
    for number, (item, row, score) in enumerate(zip(sold, values, scores, strict=True)):
        decision = decide(score, profile)
        yield Prediction(
            id=item.id, transaction_id=item.id, timestamp=item.when, score=score, decision=decision,
            threshold=profile.fraud_threshold, top_feature=top, top_value=row[0], model_version=model.version,
            latency_ms=1.5 + number % 97 / 20, amount=item.amount, wallet=item.wallet, ip=item.ip,
            feature_values=list(row),
        )  # fmt: skip
        if decision != "BLOCKED":
            yield from _events([item.to_event()])


def platform_requests(start: float, platform: SimulatorConfig) -> Iterator[Event]:
    """What the platform's other services answered since `start`."""
    return _events(requests.between(start, clock.now(), platform))


def fill(stores: Stores, count: int, platform: SimulatorConfig) -> None:
    """Put `count` predictions more into the days before; prints the rate and what PostgreSQL holds then."""
    began = time.perf_counter()
    new = growth.grow(stores.database, stores.writer, count, DAYS, platform.seed + count, lambda _: None)
    seconds = time.perf_counter() - began
    analyse(stores)
    with stores.database.raw() as connection, connection.cursor() as cursor:
        cursor.execute("SELECT pg_database_size(current_database()) / 1e9")
        size = float(cursor.fetchone()[0])
    rate = f"{new:,} predictions stored in {seconds:.0f} s, {new / seconds:,.0f} a second"
    print(f"{rate}; the database has {size:.2f} GB", flush=True)


def copy_of(stores: Stores, url: str) -> str:
    """The URL of a second database in the same server that holds the same; nobody else may be connected."""
    stores.database.close()
    server = Database(url.rsplit("/", 1)[0] + "/postgres")
    with server.raw() as connection:
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute("CREATE DATABASE grown TEMPLATE gatehouse STRATEGY file_copy")
        connection.autocommit = False
    server.close()
    return url.rsplit("/", 1)[0] + "/grown"


def analyse(stores: Stores) -> None:
    """What autovacuum does in its own time."""
    with stores.database.raw() as connection:
        connection.autocommit = True
        with connection.cursor() as cursor:
            for name in ("fraud_predictions", "transactions", "labels", "effective_labels", "event_keys", "rollups"):
                cursor.execute(f"VACUUM (ANALYZE) {name}")
        connection.autocommit = False


def store(stores: Stores, events: Iterable[Event]) -> None:
    """Store events as a collector does."""
    rest = iter(events)
    while batch := list(islice(rest, BATCH)):
        stores.writer.store(batch, clock.now())


def _events(bodies: Iterable[dict[str, Any]]) -> Iterator[Event]:
    """Bodies of the ingest endpoint as events."""
    for body in bodies:
        event = msgspec.convert(body, Event)
        event.id = event.id or body.get("transaction_id")
        yield event
