"""Deleted entries whose publisher is gone: published again from what the collector remembers, or named as lost."""

import secrets
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from alerts.evaluate import security_event_readings
from alerts.evaluate.rules import stream_losses
from collector import stream_watch
from collector.consume import Consume
from collector.stream_watch import StreamWatch
from core import settings
from core.db import keys
from core.events import types as events
from core.events.types import Transaction
from core.pipeline import stream, stream_waiting
from core.pipeline.publisher import EventPublisher
from core.pipeline.stream import Consumer
from core.pipeline.unconfirmed import Kept
from core.stores import Stores, assemble


@pytest.fixture
def stores(database_url: str, redis_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stores]:
    monkeypatch.setattr(EventPublisher, "_watch", lambda _: None)
    found = assemble(settings.load({"DATABASE_URL": database_url, "REDIS_URL": redis_url}))
    yield found
    found.close()


def put(stores: Stores, *names: str) -> None:
    """Entries of a process that ended since."""
    for name in names:
        sale = Transaction(id=name, transaction_id=name, timestamp=time.time(), type="purchase", amount=1.0)
        stream.add(stores.live, events.encode([sale]), 0, secrets.token_hex(8))


def drain(stores: Stores) -> None:
    ingest, idle = settings.load({}).config.ingest, 0
    loop = Consume(Consumer(stores.live, "a"), stores.writer, stores.database, ingest, lambda _: None)
    while idle < 3:
        idle = 0 if loop.step() else idle + 1


def select(stores: Stores, statement: str) -> list[tuple[object, ...]]:
    with stores.database.raw() as connection, connection.cursor() as cursor:
        cursor.execute(statement)
        return list(cursor.fetchall())


SAID = "SELECT severity, action, actor FROM security_events ORDER BY timestamp, action"


def test_what_it_remembers_is_published_again_and_counts_once(stores: Stores) -> None:
    watch, now = StreamWatch(stores.live, stores.database, stores.publisher.publish), time.time()
    put(stores, "a", "b", "c")
    watch.step(now)
    stores.live.redis.delete(keys.STREAM)
    watch.step(now + 2)
    watch.step(now + 2 + stream_watch.GRACE_SECONDS)
    drain(stores)
    assert select(stores, "SELECT transaction_id FROM transactions ORDER BY 1") == [("a",), ("b",), ("c",)]
    assert select(stores, SAID) == [("high", "stream-entries-deleted", None)]
    watch.step(now + 60)
    watch.step(now + 120)
    drain(stores)
    assert select(stores, "SELECT sum(transactions)::int FROM rollups WHERE width = 60") == [(3,)]


def test_an_entry_is_gone_although_another_has_its_id(stores: Stores) -> None:
    """Redis gives an id again when the stream is deleted within its millisecond."""
    watch, now = StreamWatch(stores.live, stores.database, stores.publisher.publish), time.time()
    for name in "abc":
        sale = Transaction(id=name, transaction_id=name, timestamp=now, type="purchase", amount=1.0)
        stores.live.redis.delete(keys.STREAM)
        stores.live.redis.xadd(keys.STREAM, {"e": events.encode([sale])}, id=f"{int(now * 1000)}-0")
        watch.step(now)
    watch.step(now + stream_watch.GRACE_SECONDS)
    drain(stores)
    watch.step(now + 2)
    watch.step(now + 2 + stream_watch.GRACE_SECONDS)
    drain(stores)
    assert select(stores, "SELECT transaction_id FROM transactions ORDER BY 1") == [("a",), ("b",), ("c",)]


def test_what_is_beyond_that_is_named_as_lost_and_fires(stores: Stores, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream_watch, "REMEMBERED", 2)
    watch, now = StreamWatch(stores.live, stores.database, stores.publisher.publish), time.time()
    put(stores, *"abcde")
    watch.step(now)
    stores.live.redis.xtrim(keys.STREAM, maxlen=0, approximate=False)
    watch.step(now + 2)
    watch.step(now + 2 + stream_watch.GRACE_SECONDS)
    drain(stores)
    assert select(stores, "SELECT transaction_id FROM transactions ORDER BY 1") == [("a",), ("b",)]
    assert select(stores, SAID) == [
        ("high", "stream-entries-deleted", None),
        ("critical", "stream-entries-lost", "shard 0"),
    ]
    found = select(
        stores,
        f"SELECT actor, count(*), max(text) FROM security_events WHERE action = '{stream_losses.ACTION}' GROUP BY 1",
    )
    (reading,) = security_event_readings.readings(found, frozenset())
    assert stream_losses.judge(reading, stream_losses.Parameters(above=0)).state == "bad"
    assert str(reading.details["said"]).startswith("Up to 3 entries of shard 0")


def test_what_is_stored_or_set_aside_is_not_gone(stores: Stores) -> None:
    watch, now = StreamWatch(stores.live, stores.database, stores.publisher.publish), time.time()
    drain(stores)
    for round_ in range(4):
        put(stores, f"{round_}", f"{round_}x")
        stream.add(stores.live, b"garbage")
        watch.step(now + 20 * round_)
        drain(stores)
    watch.step(now + 100)
    watch.step(now + 200)
    drain(stores)
    assert select(stores, SAID) == []
    assert len(select(stores, "SELECT 1 FROM transactions")) == 8


def accepted(stores: Stores, *names: str) -> None:
    """Events that a process of ours takes, each in an entry of its own."""
    for name in names:
        sale = Transaction(id=name, transaction_id=name, timestamp=time.time(), type="purchase", amount=1.0)
        stores.publisher.publish([sale])


def emptied(stores: Stores) -> None:
    stores.live.redis.flushall()


def deleted(stores: Stores) -> None:
    stores.live.redis.delete(keys.STREAM)


@pytest.mark.parametrize("lose", [deleted, emptied])
@pytest.mark.parametrize("ends", ["in order", "killed"])
def test_what_was_lost_while_nobody_ran_is_named_at_the_next_start(
    stores: Stores, monkeypatch: pytest.MonkeyPatch, lose: Callable[[Stores], None], ends: str
) -> None:
    accepted(stores, *"abc")
    if ends == "killed":
        monkeypatch.setattr(stream_waiting, "LATE_SECONDS", 0.0)
        stores.publisher.reconcile()
    else:
        stores.publisher.close()
    lose(stores)
    watch, later = collector_of_later(stores)
    watch.step(later)
    drain(stores)
    ((severity, action, shard, text),) = select(stores, "SELECT severity, action, actor, text FROM security_events")
    assert (severity, action, shard) == ("critical", stream_losses.ACTION, "shard 0")
    assert str(text).startswith("3 of the 3 entries that a process accepted between 20")
    watch.step(later + 60)
    drain(stores)
    assert len(select(stores, SAID)) == 1, "named once"
    assert select(stores, "SELECT * FROM stream_waiting") == []


def test_what_is_stored_or_waits_still_is_not_called_lost(stores: Stores, monkeypatch: pytest.MonkeyPatch) -> None:
    accepted(stores, *"ab")
    stores.publisher.close()
    watch, later = collector_of_later(stores)
    watch.step(later)
    assert select(stores, "SELECT entries FROM stream_waiting") == [(2,)], "they wait for a collector"
    drain(stores)
    watch.step(later + 60)
    drain(stores)
    assert (select(stores, SAID), select(stores, "SELECT * FROM stream_waiting")) == ([], [])
    assert len(select(stores, "SELECT 1 FROM transactions")) == 2


def test_of_a_part_that_is_lost_the_part_is_named(stores: Stores, monkeypatch: pytest.MonkeyPatch) -> None:
    accepted(stores, *"abcd")
    stores.publisher.close()
    stores.live.redis.xtrim(keys.STREAM, maxlen=1, approximate=False)
    drain(stores)
    watch, later = collector_of_later(stores)
    watch.step(later)
    drain(stores)
    ((text,),) = select(stores, "SELECT text FROM security_events")
    assert str(text).startswith("3 of the 4 entries")


def test_a_process_that_lives_and_a_steady_stream_are_left_alone(
    stores: Stores, monkeypatch: pytest.MonkeyPatch
) -> None:
    accepted(stores, "a")
    stores.publisher.reconcile()
    assert select(stores, "SELECT * FROM stream_waiting") == [], "it has only just come"
    monkeypatch.setattr(stream_waiting, "LATE_SECONDS", 0.0)
    stores.publisher.reconcile()
    assert select(stores, "SELECT entries, cardinality(keys) FROM stream_waiting") == [(1, 1)]
    StreamWatch(stores.live, stores.database, stores.publisher.publish).step(time.time())
    drain(stores)
    stores.publisher.reconcile()
    assert (select(stores, "SELECT * FROM stream_waiting"), select(stores, SAID)) == ([], [])


def test_the_last_word_may_come_while_another_thread_looks(stores: Stores, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream_waiting, "LATE_SECONDS", 0.0)
    notes = stream_waiting.Notes(stores.database)
    for round_ in range(20):
        notes.note("p", 0, {(1, round_): Kept(b"", b"n" * 16)}, time.time() + round_ * 10)
        with ThreadPoolExecutor(4) as pool:
            done = [pool.submit(notes.note, "p", 0, {}, time.time() + round_ * 10) for _ in range(4)]
        assert [one.result() for one in done] == [True] * 4
    assert select(stores, "SELECT * FROM stream_waiting") == []


def collector_of_later(stores: Stores) -> tuple[StreamWatch, float]:
    """The collector that begins when the process before has said nothing for long; it has a publisher of its own."""
    publisher = EventPublisher(stores.live, stores.writer, settings.load({}).config.ingest)
    return StreamWatch(stores.live, stores.database, publisher.publish), time.time() + stream_waiting.DEAD_SECONDS + 1
