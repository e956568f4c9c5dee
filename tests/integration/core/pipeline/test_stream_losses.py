"""Entries that somebody deletes or trims while they wait: found out by their ids, published again, counted once."""

import itertools
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from collector import consume
from collector.consume import Consume
from core import settings
from core.db import keys
from core.events.types import Transaction
from core.pipeline import stream, stream_news
from core.pipeline.publisher import EventPublisher
from core.pipeline.stream import Consumer
from core.stores import Stores, assemble


@pytest.fixture
def stores(database_url: str, redis_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stores]:
    """Nobody looks after the stream but the test."""
    monkeypatch.setattr(EventPublisher, "_watch", lambda _: None)
    found = assemble(settings.load({"DATABASE_URL": database_url, "REDIS_URL": redis_url}))
    yield found
    found.close()


def publish(stores: Stores, *names: str) -> None:
    for name in names:
        sale = Transaction(id=name, transaction_id=name, timestamp=time.time(), type="purchase", amount=1.0)
        stores.publisher.publish([sale])


def collector(stores: Stores, name: str = "a") -> Consume:
    ingest = settings.load({}).config.ingest
    return Consume(Consumer(stores.live, name), stores.writer, stores.database, ingest, lambda _: None)


def drain(loop: Consume) -> None:
    idle = 0
    while idle < 3:
        idle = 0 if loop.step() else idle + 1


def stored(stores: Stores) -> list[str]:
    with stores.database.raw() as connection, connection.cursor() as cursor:
        cursor.execute("SELECT transaction_id FROM transactions ORDER BY 1")
        return [row[0] for row in cursor.fetchall()]


def rolled_up(stores: Stores) -> int:
    with stores.database.raw() as connection, connection.cursor() as cursor:
        cursor.execute("SELECT sum(transactions)::int FROM rollups WHERE width = 60")
        return int(cursor.fetchone()[0] or 0)


def delete_key(client: Any) -> None:
    client.delete(keys.STREAM)


def trim_all(client: Any) -> None:
    client.xtrim(keys.STREAM, maxlen=0, approximate=False)


def trim_some(client: Any) -> None:
    client.xtrim(keys.STREAM, maxlen=1, approximate=False)


def delete_one(client: Any) -> None:
    client.xdel(keys.STREAM, client.xrange(keys.STREAM)[1][0])


WAYS = [delete_key, trim_all, trim_some, delete_one]


@pytest.mark.parametrize("way", WAYS)
def test_what_waits_unread_and_is_deleted_is_published_again(stores: Stores, way: Callable[[Any], None]) -> None:
    loop = collector(stores)
    drain(loop)
    publish(stores, "a", "b", "c")
    way(stores.live.redis)
    publish(stores, "d")  # read and stored later: what is behind it must not be taken for stored
    drain(loop)
    stores.publisher.reconcile()
    drain(loop)
    assert stored(stores) == ["a", "b", "c", "d"]
    stores.publisher.reconcile()
    drain(loop)
    stores.publisher.reconcile()
    assert (stores.publisher.unconfirmed(), stream.waiting(stores.live), rolled_up(stores)) == (0, (0, 0), 4)


@pytest.mark.parametrize("way", WAYS)
def test_what_is_read_and_deleted_by_somebody_is_no_longer_pending(
    stores: Stores, monkeypatch: pytest.MonkeyPatch, way: Callable[[Any], None]
) -> None:
    drain(collector(stores))
    publish(stores, "a", "b", "c")
    dead = Consumer(stores.live, "dead")
    assert len(dead.read(10, 100)) == 3
    way(stores.live.redis)
    monkeypatch.setattr(consume, "ABANDONED_MS", 0)
    loop = collector(stores)
    drain(loop)
    stores.publisher.reconcile()
    drain(loop)
    stores.publisher.reconcile()
    drain(loop)
    stores.publisher.reconcile()
    assert stored(stores) == ["a", "b", "c"]
    assert (stores.publisher.unconfirmed(), stream.waiting(stores.live), rolled_up(stores)) == (0, (0, 0), 3)


def test_it_is_a_security_event(stores: Stores) -> None:
    loop = collector(stores)
    drain(loop)
    publish(stores, "a", "b")
    delete_key(stores.live.redis)
    stores.publisher.reconcile()
    drain(loop)
    with stores.database.raw() as connection, connection.cursor() as cursor:
        cursor.execute("SELECT severity, text FROM security_events WHERE action = 'stream-entries-deleted'")
        assert cursor.fetchall() == [
            ("high", "2 entries were deleted from the event stream before they were stored; published again")
        ]


def test_a_steady_stream_asks_postgresql_for_nothing(stores: Stores, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[object] = []
    monkeypatch.setattr("core.pipeline.publisher.missing", lambda *given: asked.append(given))
    first, second = collector(stores), collector(stores, "b")
    for round_ in range(5):
        publish(stores, *[f"{round_}-{n}" for n in range(7)])
        stores.publisher.reconcile()
        first.step()
        publish(stores, f"{round_}-x")
        second.step()
        stores.publisher.reconcile()
    drain(first)
    drain(second)
    stores.publisher.reconcile()
    assert (asked, stores.publisher.unconfirmed(), len(stored(stores))) == ([], 0, 40)


def test_a_full_redis_takes_acknowledgements_and_postgresql_says_what_is_stored(stores: Stores) -> None:
    if stores.live.is_cluster:
        pytest.skip("the limit of one server")
    loop = collector(stores)
    drain(loop)
    publish(stores, "a", "b")
    stores.live.redis.config_set("maxmemory", "1")
    try:
        drain(loop)
        assert stream.waiting(stores.live) == (0, 0), "or it would be full for ever"
    finally:
        stores.live.redis.config_set("maxmemory", "1gb")
    stores.publisher.reconcile()
    assert (stores.publisher.unconfirmed(), stored(stores)) == (0, ["a", "b"])


def test_what_an_older_collector_stored_is_known_from_postgresql(
    stores: Stores, monkeypatch: pytest.MonkeyPatch
) -> None:
    acknowledge = Consumer._acknowledge
    monkeypatch.setattr(Consumer, "_acknowledge", lambda self, ids, _: acknowledge(self, ids, {}))
    loop = collector(stores)
    drain(loop)
    publish(stores, "a", "b")
    drain(loop)
    stores.publisher.reconcile()
    assert (stores.publisher.unconfirmed(), stream.waiting(stores.live), stored(stores)) == (0, (0, 0), ["a", "b"])


@pytest.mark.parametrize("tells_names", [True, False], ids=["collector of today", "collector of a release before"])
def test_a_stream_deleted_again_and_again_while_much_is_published_loses_nothing(
    stores: Stores, monkeypatch: pytest.MonkeyPatch, tells_names: bool
) -> None:
    """Redis gives an id again when the stream it had given it in was deleted within the same millisecond."""
    if not tells_names:
        monkeypatch.setattr(stream_news, "word", lambda _, entry, __: entry)
    names = [[f"{worker}-{number}" for number in range(400)] for worker in range(3)]
    workers = [threading.Thread(target=publish, args=(stores, *mine)) for mine in names]
    ended = threading.Event()

    def delete() -> None:
        while not ended.is_set():
            stores.live.redis.delete(keys.STREAM)

    def collect() -> None:
        loop = collector(stores)
        while not ended.is_set():
            loop.step()

    others = [threading.Thread(target=delete), threading.Thread(target=collect)]
    for one in others + workers:
        one.start()
    for one in workers:
        one.join()
    for _ in range(5):
        stores.publisher.reconcile()
    ended.set()
    for one in others:
        one.join()
    rounds, last = itertools.count(), collector(stores)
    while stores.publisher.unconfirmed() and next(rounds) < 10:
        stores.publisher.reconcile()
        drain(last)
    assert (stores.publisher.unconfirmed(), stored(stores)) == (0, sorted(itertools.chain(*names)))
