"""What an older collector does not know goes to PostgreSQL and not to the stream, as long as one runs or ran last."""

import time
from collections.abc import Iterator

import pytest

from collector.consume import Consume
from core import settings
from core.config import IngestConfig
from core.db import keys
from core.db.engine import Database
from core.db.redis_client import Live
from core.errors import StorageUnavailable
from core.events.performance.endpoint import Endpoint
from core.events.types import Event, Heartbeat
from core.pipeline import collector_kinds, stream
from core.pipeline.collector_kinds import NEWER, announce, refused
from core.pipeline.publisher import EventPublisher
from core.pipeline.stream import Consumer
from core.pipeline.writer import Writer
from core.stores import Stores, assemble

ALL = frozenset(NEWER.values())


@pytest.fixture
def stores(database_url: str, redis_url: str) -> Iterator[Stores]:
    made = assemble(settings.load({"DATABASE_URL": database_url, "REDIS_URL": redis_url}))
    yield made
    made.close()


def seen(number: int) -> Endpoint:
    return Endpoint(
        id=str(number), timestamp=time.time() // 60 * 60, service="shop", route="/", method="GET", status=200, hits=1,
        seconds_sum=0.1, seconds_min=0.1, seconds_max=0.1, buckets={-116: 1},
    )  # fmt: skip


def beat(number: int) -> Heartbeat:
    return Heartbeat(id=str(number), service="s", timestamp=time.time())


def hits(db: Database) -> int:
    with db.raw() as connection, connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(sum(hits), 0)::int FROM endpoint_minutes")
        return int(cursor.fetchone()[0])


def length(live: Live) -> int:
    return stream.waiting(live)[0]


def reads(live: Live, name: str) -> None:
    """A collector of an older release reads and stores something."""
    consumer = Consumer(live, name)
    consumer.read(1, 1)  # makes the group, if there is none
    entry = stream.add(live, b"[]")
    while entry not in [found for found, _ in consumer.read(10, 100)]:
        pass
    consumer.acknowledge([entry])


def fresh(publisher: EventPublisher, *events: Event) -> None:
    """Publish by what is so now, not a second ago."""
    publisher._kinds._until = float("-inf")
    publisher.publish(list(events))


def collects(live: Live, db: Database, ingest: IngestConfig, name: str = "new") -> Consume:
    return Consume(Consumer(live, name), Writer(db, 0.7), db, ingest, lambda _: None)


def test_every_report_of_processes_is_newer() -> None:
    assert "endpoint" in ALL
    assert set(collector_kinds.TAKEN) > ALL


def test_before_any_collector_read_everything_goes_to_the_stream(stores: Stores, live: Live) -> None:
    assert refused(live) == frozenset()
    fresh(stores.publisher, seen(1))
    assert length(live) == 1


def test_what_an_older_collector_does_not_know_is_stored_without_it(stores: Stores, live: Live, db: Database) -> None:
    reads(live, "old")
    assert refused(live) == ALL
    fresh(stores.publisher, seen(1), beat(1))
    fresh(stores.publisher, seen(1))
    assert (length(live), hits(db)) == (0, 1)
    fresh(stores.publisher, beat(2))
    assert length(live) == 1, "what it knows goes its usual way"


def test_old_and_new_together_are_old_and_the_last_one_counts_when_none_runs(
    stores: Stores, live: Live, db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    ingest = settings.load({}).config.ingest
    reads(live, "old")
    new = collects(live, db, ingest)
    new.step()
    assert refused(live) == ALL
    monkeypatch.setattr(collector_kinds, "TOGETHER_MS", 50)
    time.sleep(0.2)
    new = collects(live, db, ingest)  # which announces at its first step
    new.step()
    assert refused(live) == frozenset(), "the old one is gone"
    fresh(stores.publisher, seen(1))
    time.sleep(0.2)
    assert refused(live) == frozenset(), "the new one is away, and comes back"
    assert length(live) == 1
    while new.step():
        pass
    assert hits(db) == 1
    time.sleep(0.2)
    reads(live, "old")
    assert refused(live) == ALL, "an upgrade was undone"


def test_the_word_of_a_newer_one_of_the_same_name_is_not_that_of_an_older_one(
    live: Live, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(collector_kinds, "WORD_MS", 50)
    consumer = Consumer(live, "host-1")
    consumer.announce()
    reads(live, "host-1")
    assert refused(live) == frozenset()
    time.sleep(0.2)
    reads(live, "host-1")
    assert refused(live) == ALL


def test_where_nothing_takes_it_the_sender_is_told_so(redis_url: str, live: Live) -> None:
    reads(live, "old")
    known = {"DATABASE_URL": "postgresql://x@127.0.0.1:1/x", "REDIS_URL": redis_url}
    away = assemble(settings.load(known))
    try:
        with pytest.raises(StorageUnavailable, match="an older collector does not take events of kind endpoint"):
            away.publisher.publish([seen(1)])
        assert length(live) == 0
    finally:
        away.close()


def test_the_word_of_collectors_that_are_gone_is_forgotten(live: Live, monkeypatch: pytest.MonkeyPatch) -> None:
    announce(live, "a")
    monkeypatch.setattr(collector_kinds, "FORGET_MS", -1)
    announce(live, "b")
    assert list(live.redis.hgetall(keys.COLLECTOR_KINDS)) == [b"b"]
    assert live.redis.ttl(keys.COLLECTOR_KINDS) > 0


def test_a_collector_stores_its_own_reports_without_the_stream(stores: Stores, db: Database) -> None:
    """Else an older one that begins beside it, as when an upgrade is undone, would set them aside."""
    announce(stores.live, "new")
    stores.publisher.store_reports()
    before = length(stores.live)
    stores.publisher.publish([seen(1)])
    assert (length(stores.live), hits(db)) == (before, 1)
    stores.publisher.publish([beat(1)])
    assert length(stores.live) == before + 1, "what every release knows still does"
