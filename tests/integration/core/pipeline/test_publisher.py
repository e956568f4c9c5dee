"""The way in: the stream, PostgreSQL when Redis is away, and again when Redis was emptied."""

import time
from collections.abc import Iterator

import pytest

from core import settings
from core.db import keys
from core.db.redis_client import Live
from core.errors import DatabaseUnavailable, StorageUnavailable
from core.events import types as wire
from core.events.types import Heartbeat, Security
from core.pipeline import accepted, stream
from core.pipeline.publisher import EventPublisher
from core.pipeline.stream import Consumer
from core.pipeline.stream_waiting import Notes
from core.stores import Stores, assemble

DEAD_REDIS = "redis://127.0.0.1:1"
DEAD_POSTGRES = "postgresql://x@127.0.0.1:1/x"


def beat(number: int) -> Heartbeat:
    return Heartbeat(id=str(number), service=f"s{number}", timestamp=time.time())


_made: list[Stores] = []


def stores(database_url: str, redis_url: str, **more: str) -> Stores:
    _made.append(assemble(settings.load({"DATABASE_URL": database_url, "REDIS_URL": redis_url, **more})))
    return _made[-1]


@pytest.fixture(autouse=True)
def closed() -> Iterator[None]:
    """A publisher left open would publish what it keeps into the next test's Redis."""
    yield
    while _made:
        _made.pop().close()


def stored(made: Stores) -> int:
    with made.database.raw() as connection, connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM heartbeats")
        return cursor.fetchone()[0]


def test_an_entry_goes_through_the_group_once(database_url: str, redis_url: str) -> None:
    made = stores(database_url, redis_url)
    consumer = Consumer(made.live, "a")
    assert consumer.read(10, 1) == []
    made.publisher.publish([beat(1), beat(2)])
    [(entry, payload)] = consumer.read(10, 100)
    assert [e.service for e in wire.decode(payload)] == ["s1", "s2"]
    assert consumer.unfinished(10) == [(entry, payload)]
    assert stream.backlog(made.live).pending == 1
    assert Consumer(made.live, "b").abandoned(0, 10) == [(entry, payload)]
    made.publisher.reconcile()
    assert made.publisher.unconfirmed() == 1
    consumer.acknowledge([entry])
    made.publisher.reconcile()
    assert (made.publisher.unconfirmed(), stream.backlog(made.live).length) == (0, 0)


def test_redis_away_means_postgresql(database_url: str) -> None:
    made = stores(database_url, DEAD_REDIS)
    made.publisher.publish([beat(1)])
    made.publisher.publish([beat(2)])
    assert stored(made) == 2


def test_both_away_is_said(redis_url: str) -> None:
    made = stores(DEAD_POSTGRES, DEAD_REDIS)
    made.publisher.publish([])
    with pytest.raises(StorageUnavailable) as told:
        made.publisher.publish([beat(1)])
    assert "; " in told.value.detail, "why Redis did not take it, and why PostgreSQL did not"


def test_what_is_not_stored_is_published_again_when_redis_was_emptied(
    database_url: str, live: Live, redis_url: str
) -> None:
    made = stores(database_url, redis_url)
    made.publisher.reconcile()
    made.publisher.publish([beat(1)])
    with live.reach() as client:
        client.flushall()
    made.publisher.reconcile()
    consumer = Consumer(made.live, "a")
    consumer.read(10, 1)
    assert len(consumer.read(10, 100)) >= 1


def test_durable_ingest_commits_before_it_answers(database_url: str, redis_url: str) -> None:
    made = stores(database_url, redis_url, GATEHOUSE_DURABILITY="postgres")
    made.publisher.publish([beat(1)])
    assert stored(made) == 1


def test_durable_ingest_goes_to_the_stream_while_postgresql_is_away(redis_url: str) -> None:
    made = stores(DEAD_POSTGRES, redis_url, GATEHOUSE_DURABILITY="postgres")
    made.publisher.publish([beat(1)])
    assert stream.backlog(made.live).length == 1
    nowhere = stores(DEAD_POSTGRES, DEAD_REDIS, GATEHOUSE_DURABILITY="postgres")
    with pytest.raises(StorageUnavailable):
        nowhere.publisher.publish([beat(1)])


def test_an_entry_lost_before_the_first_look_is_published_again(
    database_url: str, redis_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(EventPublisher, "_watch", lambda _: None)
    made = stores(database_url, redis_url)
    made.publisher.publish([beat(1)])
    made.live.redis.flushall()
    made.publisher.reconcile()
    assert stream.backlog(made.live).length == 1


def test_nothing_is_published_again_while_nothing_was_lost(
    database_url: str, redis_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(EventPublisher, "_watch", lambda _: None)
    made = stores(database_url, redis_url)
    made.publisher.publish([beat(1)])
    made.publisher.reconcile()
    made.publisher.publish([beat(2)])
    made.publisher.reconcile()
    assert stream.backlog(made.live).length == 2


def test_a_loss_is_noticed_although_something_was_published_since(
    database_url: str, redis_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(EventPublisher, "_watch", lambda _: None)
    made = stores(database_url, redis_url)
    made.publisher.publish([beat(1)])
    made.live.redis.flushall()
    made.publisher.publish([beat(2)])
    made.publisher.reconcile()
    consumer = Consumer(made.live, "a")
    consumer.read(1, 1)
    found = [event for _, payload in consumer.read(10, 100) for event in wire.decode(payload)]
    assert {event.service for event in found if isinstance(event, Heartbeat)} == {"s1", "s2"}
    assert all(isinstance(event, Heartbeat) for event in found), "Redis was emptied; nobody deleted single entries"


def test_what_was_published_again_is_kept_until_it_is_stored(
    database_url: str, redis_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(EventPublisher, "_watch", lambda _: None)
    made = stores(database_url, redis_url)
    made.publisher.publish([beat(1)])
    made.live.redis.flushall()
    stream.add(made.live, wire.encode([beat(2)]))
    consumer = Consumer(made.live, "a")
    consumer.read(1, 1)
    [(other, _)] = consumer.read(1, 1)
    consumer.acknowledge([other])  # newer than what we keep, and says nothing of it
    made.publisher.reconcile()
    made.publisher.reconcile()
    assert made.publisher.unconfirmed() == 1
    [(entry, payload)] = consumer.read(1, 1)
    assert [e.service for e in wire.decode(payload)] == ["s1"]
    consumer.acknowledge([entry])
    made.publisher.reconcile()
    assert made.publisher.unconfirmed() == 0


def test_an_entry_is_acknowledged_and_deleted_in_one_step(database_url: str, redis_url: str) -> None:
    made = stores(database_url, redis_url)
    if made.live.is_cluster:
        pytest.skip("MONITOR watches one server")
    consumer = Consumer(made.live, "a")
    consumer.read(1, 1)
    stream.add(made.live, wire.encode([beat(1)]))
    [(entry, _)] = consumer.read(1, 1)
    with made.live.redis.monitor() as monitor:
        consumer.acknowledge([entry])
        made.live.redis.set("end", 1)
        done = list(iter(lambda: next(monitor.listen())["command"].split()[0], "SET"))
    assert done[-4:] == ["MULTI", "XACK", "XDEL", "EXEC"]


def test_what_a_process_accepted_is_noted_until_it_is_stored(
    database_url: str, redis_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(EventPublisher, "_watch", lambda _: None)
    made = stores(database_url, redis_url)
    consumer, me = Consumer(made.live, "a"), made.publisher._me()
    consumer.read(1, 1)
    made.publisher.publish([beat(1), beat(2)])
    made.publisher.publish([beat(3)])
    assert publishers(made) == [(me, 0)], "before its first answer"
    assert len(accepted.left(made.live, 0, me)[0]) == 2
    for left in (1, 0):
        [(entry, _)] = consumer.read(1, 1)
        consumer.acknowledge([entry])
        assert accepted.left(made.live, 0, me)[1] == left
    made.publisher.reconcile()
    made.publisher.close()
    assert publishers(made) == [], "it ended in order"


def test_an_entry_that_cannot_be_noted_goes_to_postgresql_and_the_connection_goes_on(
    database_url: str, redis_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(EventPublisher, "_watch", lambda _: None)
    made = stores(database_url, redis_url)
    key = keys.accepted(0, made.publisher._me())
    made.live.redis.set(key, "another's")
    made.publisher.publish([beat(1)])
    assert stored(made) == 1
    made.live.redis.delete(key)
    made.publisher.publish([beat(2)])
    assert made.publisher.unconfirmed() == 1


def publishers(made: Stores) -> list[tuple[str, int]]:
    with made.database.raw() as connection, connection.cursor() as cursor:
        cursor.execute("SELECT publisher, shard FROM stream_publishers")
        return list(cursor.fetchall())


def test_what_was_deleted_while_postgresql_is_away_is_published_again(
    database_url: str, redis_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whether it was stored cannot be known then, and storing it twice counts once."""

    def away(*_: object) -> None:
        raise DatabaseUnavailable("gone")

    monkeypatch.setattr(EventPublisher, "_watch", lambda _: None)
    made = stores(database_url, redis_url)
    made.publisher.publish([beat(1)])
    made.live.redis.delete(keys.STREAM)
    with monkeypatch.context() as patch:
        patch.setattr("core.pipeline.publisher.missing", away)
        made.publisher.reconcile()
    payloads = [wire.decode(payload) for payload in stream.oldest(made.live, 0, 10)[0].values()]
    again, event = (one[0] for one in payloads)
    assert isinstance(again, Heartbeat)
    assert isinstance(event, Security)
    assert event.id.startswith(f"own:stream-deleted:{made.publisher._me()}:0:")
    assert made.publisher.unconfirmed() == 2


def test_what_is_known_to_be_stored_is_accepted_no_more(
    database_url: str, redis_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(EventPublisher, "_watch", lambda _: None)
    made = stores(database_url, redis_url)
    known, lost = beat(1), beat(2)
    made.publisher.publish([known])
    made.publisher.publish([lost])
    made.writer.store([known], time.time())
    made.live.redis.delete(keys.STREAM)
    made.publisher.reconcile()
    kept, count = accepted.left(made.live, 0, made.publisher._me())
    assert count == 2, "the lost one, published again, and the event about it"
    assert accepted.pair(accepted.name(lost)) in kept
    assert accepted.pair(accepted.name(known)) not in kept
    assert made.publisher.unconfirmed() == 2
    made.publisher.reconcile()
    assert made.publisher.unconfirmed() == 2


def test_who_ends_in_order_leaves_a_note_of_what_waits_and_nothing_in_redis(
    database_url: str, redis_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(EventPublisher, "_watch", lambda _: None)
    made = stores(database_url, redis_url)
    made.publisher.publish([beat(1)])
    me = made.publisher._me()
    made.publisher.close()
    assert accepted.left(made.live, 0, me) == ({}, 0)
    with made.database.raw() as connection, connection.cursor() as cursor:
        cursor.execute("SELECT publisher, shard, entries FROM stream_waiting")
        assert cursor.fetchall() == [(me, 0, 1)]
    made.publisher.reconcile()
    assert publishers(made) == [], "whose last word stands"


def test_who_is_closed_looks_no_more(database_url: str, redis_url: str) -> None:
    made = stores(database_url, redis_url)
    made.publisher.publish([beat(1)])
    watcher = made.publisher._watcher
    assert watcher
    assert watcher.is_alive()
    made.publisher.close()
    watcher.join(20)
    assert not watcher.is_alive()


def test_who_cannot_leave_a_note_leaves_what_it_accepted(
    database_url: str, redis_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(EventPublisher, "_watch", lambda _: None)
    made = stores(database_url, redis_url)
    made.publisher.publish([beat(1)])
    monkeypatch.setattr(Notes, "note", lambda *_: False)
    made.publisher.close()
    assert publishers(made) == [(made.publisher._me(), 0)]
    assert accepted.left(made.live, 0, made.publisher._me())[1] == 1


def test_a_redis_that_was_emptied_is_registered_anew_and_one_that_was_not_is_left_alone(
    database_url: str, redis_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(EventPublisher, "_watch", lambda _: None)
    made = stores(database_url, redis_url)

    def life() -> str:
        with made.database.raw() as connection, connection.cursor() as cursor:
            cursor.execute("SELECT life FROM stream_publishers")
            return str(cursor.fetchone()[0])

    made.publisher.reconcile()
    assert publishers(made) == [], "who publishes nothing is not registered"
    made.publisher.publish([beat(1)])
    first = life()
    assert first == made.live.redis.get(keys.INCARNATION).decode()
    made.publisher.reconcile()
    assert life() == first
    made.live.redis.flushall()
    made.publisher.reconcile()
    assert life() == made.live.redis.get(keys.INCARNATION).decode() != first
