"""The event stream in several shards: entries spread, each is kept until it is stored, none waits for ever."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from collector.__main__ import take
from collector.consume import Consume
from collector.orphaned_shards import Strays
from core import settings
from core.db import keys
from core.db.redis_client import Live
from core.errors import RedisUnavailable
from core.events.types import Heartbeat
from core.pipeline import stream, stream_news
from core.pipeline.publisher import EventPublisher
from core.pipeline.stream import Consumer
from core.pipeline.stream_replies import number
from core.stores import Stores, assemble
from tests.redis_cluster import RedisCluster
from tests.waiting import until

SHARDS = 6


def assembled(database_url: str, redis_url: str, shards: int) -> Stores:
    environ = {"DATABASE_URL": database_url, "REDIS_URL": redis_url, "GATEHOUSE_STREAM_SHARDS": str(shards)}
    return assemble(settings.load(environ))


@pytest.fixture
def wide(database_url: str, redis_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stores]:
    """A producer that knows of six shards, whose publisher looks only when it is told to."""
    monkeypatch.setattr(EventPublisher, "_watch", lambda _: None)
    made = assembled(database_url, redis_url, SHARDS)
    yield made
    made.close()


def publish(stores: Stores, numbers: range) -> None:
    for each in numbers:
        stores.publisher.publish([Heartbeat(id=str(each), service=f"s{each}", timestamp=time.time())])


def consumes(stores: Stores, shard: int) -> Consume:
    config = settings.load({}).config.ingest
    consumer = Consumer(stores.live, "a", shard)
    return Consume(consumer, stores.writer, stores.database, config, lambda _: None)


def drain(stores: Stores, shards: range) -> None:
    for shard in shards:
        loop = consumes(stores, shard)
        idle = 0
        while idle < 3:
            idle = 0 if loop.step() else idle + 1


def lengths(stores: Stores) -> list[int]:
    return [stores.live.redis.xlen(keys.stream(shard)) for shard in range(SHARDS)]


def stored(stores: Stores) -> tuple[int, int]:
    """Rows, and different ones."""
    with stores.database.raw() as connection, connection.cursor() as cursor:
        cursor.execute("SELECT count(*), count(DISTINCT service) FROM heartbeats")
        return cursor.fetchone()


def test_entries_spread_and_each_is_kept_until_its_shard_has_stored_it(wide: Stores) -> None:
    publish(wide, range(60))
    assert lengths(wide) == [10] * SHARDS
    assert stream.waiting(wide.live) == (60, 0)
    assert wide.publisher.unconfirmed() == 60
    wide.publisher.reconcile()
    drain(wide, range(2))
    wide.publisher.reconcile()
    assert wide.publisher.unconfirmed() == 40
    oldest = wide.live.redis.xrange(keys.stream(2), count=1)[0][0]
    assert stream.waiting_since(wide.live) == number(oldest)[0] / 1000
    drain(wide, range(2, SHARDS))
    wide.publisher.reconcile()
    assert (wide.publisher.unconfirmed(), stream.waiting_since(wide.live), stored(wide)) == (0, None, (60, 60))


def test_a_shard_that_lost_its_data_gets_what_was_not_stored_once_more(wide: Stores) -> None:
    publish(wide, range(60))
    wide.publisher.reconcile()
    wide.live.redis.delete(keys.stream(3), keys.incarnation(3))  # as when one node of a cluster comes back empty
    wide.publisher.reconcile()
    wide.publisher.reconcile()
    assert lengths(wide) == [10] * SHARDS
    drain(wide, range(SHARDS))
    assert stored(wide) == (60, 60)


def test_a_collector_that_knows_of_fewer_shards_drains_the_others_too(
    wide: Stores, database_url: str, redis_url: str
) -> None:
    narrow = assembled(database_url, redis_url, 1)
    publish(wide, range(30))
    assert stream.strays(narrow.live) == [1, 2, 3, 4, 5]
    strays = Strays(narrow.live, lambda shard: consumes(narrow, shard))
    for _ in range(3):
        strays.step()
    assert lengths(wide) == [5, 0, 0, 0, 0, 0]
    drain(narrow, range(1))
    assert stored(narrow) == (30, 30)
    narrow.close()


def test_a_publication_asks_three_shards_and_then_postgresql(wide: Stores, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []

    def away(_live: object, _payload: bytes, shard: int, *_: object) -> bytes:
        asked.append(shard)
        raise RedisUnavailable("gone")

    monkeypatch.setattr(stream, "add", away)
    publish(wide, range(1))
    assert (asked, stored(wide)) == ([0, 1, 2], (1, 1))


def test_a_shard_that_cannot_be_asked_holds_up_no_other(wide: Stores, monkeypatch: pytest.MonkeyPatch) -> None:
    publish(wide, range(SHARDS))
    drain(wide, range(SHARDS))
    news = stream_news.news

    def partly(live: Live, shard: int, publisher: str) -> stream_news.News:
        if shard == 0:
            raise RedisUnavailable("gone")
        return news(live, shard, publisher)

    with monkeypatch.context() as patch:
        patch.setattr(stream_news, "news", partly)
        with pytest.raises(RedisUnavailable):
            wide.publisher.reconcile()
    assert wide.publisher.unconfirmed() == 1
    wide.publisher.reconcile()
    assert wide.publisher.unconfirmed() == 0


def test_a_node_that_is_away_holds_up_no_other_shard(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(EventPublisher, "_watch", lambda _: None)
    cluster = RedisCluster(tmp_path, "secret", whole=False)
    cluster.start()
    try:
        made = assembled(database_url, cluster.url(), SHARDS)
        loops = [consumes(made, shard) for shard in range(SHARDS)]
        take(loops)
        home = made.live.redis.get_node_from_key(keys.STREAM).port
        gone = next(node for node in cluster.nodes if node.port != home)
        lost = [k for k in range(SHARDS) if made.live.redis.get_node_from_key(keys.stream(k)).port == gone.port]
        publish(made, range(60))
        made.publisher.reconcile()
        gone.kill()
        publish(made, range(60, 120))
        direct = stored(made)[0]
        assert direct <= 10, "a publication goes to a shard that is there, not to PostgreSQL"
        with pytest.raises(RedisUnavailable):
            made.publisher.reconcile()
        with pytest.raises(RedisUnavailable):
            stream.waiting_since(made.live)
        assert until(lambda: take(loops) == 0 and stored(made)[1] == 120 - 10 * len(lost))
        gone.start()

        def whole() -> bool:
            try:
                made.publisher.reconcile()
                take(loops)
            except RedisUnavailable:
                return False
            return made.publisher.unconfirmed() == 0

        assert until(whole)
        assert stored(made) == (120, 120)
        made.close()
    finally:
        cluster.stop()


def test_a_cluster_spreads_the_shards_over_its_nodes(database_url: str, tmp_path: Path) -> None:
    cluster = RedisCluster(tmp_path, "secret")
    cluster.start()
    try:
        made = assembled(database_url, cluster.url(), SHARDS)
        nodes = [made.live.redis.get_node_from_key(keys.stream(shard)).port for shard in range(SHARDS)]
        assert sorted(nodes.count(port) for port in set(nodes)) == [2, 2, 2]
        same = [made.live.redis.get_node_from_key(keys.incarnation(shard)).port for shard in range(SHARDS)]
        assert same == nodes, "the marker tells of the node that has the shard"
        publish(made, range(30))
        drain(made, range(SHARDS))
        assert stored(made) == (30, 30)
        assert stream.strays(made.live) == []
        made.close()
    finally:
        cluster.stop()
