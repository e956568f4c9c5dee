"""The stream's own functions at their edges: what is gone, what waits, who is told, and what stands in the way."""

import time
from typing import Any

import pytest

from core.db import keys
from core.db.redis_client import Live
from core.errors import RedisRefuses
from core.pipeline import stream, stream_news
from core.pipeline.stream import Backlog, Consumer
from core.pipeline.stream_news import News
from core.pipeline.stream_replies import number


@pytest.mark.parametrize(
    ("news", "entry", "is_gone"),
    [
        (News([], None, (0, 0)), (5, 0), True),
        (News([], (5, 0), (0, 0)), (4, 9), True),
        (News([], (5, 0), (0, 0)), (5, 0), False),
        (News([], (1, 0), (5, 0)), (5, 0), True),
        (News([], (1, 0), (5, 0)), (5, 1), False),
    ],
)
def test_an_entry_is_gone_before_the_first_that_is_there_and_up_to_what_is_stored(
    news: News, entry: tuple[int, int], is_gone: bool
) -> None:
    assert news.lacks(entry) is is_gone


def before(entry: bytes) -> tuple[int, int]:
    milliseconds, sequence = number(entry)
    return milliseconds, sequence - 1


def test_an_id_without_its_second_half_is_the_first_of_its_millisecond() -> None:
    assert (number(b"5-7"), number(b"5")) == ((5, 7), (5, 0))


def test_what_waits_is_told_from_before_the_group_to_after_the_last_entry(live: Live) -> None:
    assert stream.backlog(live) == Backlog(0, 0, (0, 0))
    assert stream_news.news(live, 0, "me") == News([], None, (0, 0))
    first = stream.add(live, b"1", publisher="me", name=b"n" * 16)
    assert stream.backlog(live) == Backlog(1, 0, (0, 0)), "nobody reads yet"
    assert stream_news.news(live, 0, "me") == News([], number(first), (0, 0))
    consumer = Consumer(live, "a")
    assert consumer.read(10, 1) == []
    second = stream.add(live, b"2")
    assert [entry for entry, _ in consumer.read(1, 1)] == [first]
    assert stream.backlog(live) == Backlog(2, 1, before(first))
    assert stream_news.news(live, 0, "me") == News([], number(first), before(first))
    assert stream.waiting(live) == (2, 1)
    consumer.acknowledge([first])
    assert stream.backlog(live) == Backlog(1, 0, number(first))
    assert stream_news.news(live, 0, "me") == News([(number(first), b"")], number(second), number(first))
    assert stream_news.news(live, 0, "me") == News([], number(second), number(first)), "it is told once"
    assert stream.waiting_since(live) == number(second)[0] / 1000
    assert [entry for entry, _ in consumer.read(10, 1)] == [second]
    consumer.acknowledge([second])
    assert stream.backlog(live) == Backlog(0, 0, number(second))
    assert stream.waiting_since(live) is None


def test_who_understands_names_is_told_which_entry_of_an_id_was_stored(live: Live) -> None:
    publisher = stream_news.new_publisher()
    consumer = Consumer(live, "a")
    consumer.read(1, 1)
    entry = stream.add(live, b"x", publisher=publisher, name=b"a name - 1 of 16")
    consumer.acknowledge([one for one, _ in consumer.read(10, 1)])
    assert stream_news.news(live, 0, publisher).confirmed == [(number(entry), b"a name - 1 of 16")]


def test_at_most_so_much_is_told_at_once(live: Live) -> None:
    consumer = Consumer(live, "a")
    consumer.read(1, 1)
    entries = [stream.add(live, b"x", publisher="me", name=b"n" * 16) for _ in range(3)]
    consumer.acknowledge([entry for entry, _ in consumer.read(10, 1)])
    assert 0 < live.redis.ttl(keys.confirmed(0, "me")) <= keys.CONFIRMED_TTL
    told = [stream_news.news(live, 0, "me", most=2).confirmed for _ in range(2)]
    assert told == [[(number(entry), b"") for entry in entries[:2]], [(number(entries[2]), b"")]]


def test_the_oldest_entries_are_read_with_how_many_there_are(live: Live) -> None:
    entries = [stream.add(live, payload) for payload in (b"1", b"2", b"3")]
    live.redis.xadd(keys.STREAM, {"another": "field"})
    found, length = stream.oldest(live, 0, 2)
    assert (found, length) == ({number(entries[0]): b"1", number(entries[1]): b"2"}, 4)
    assert list(stream.oldest(live, 0, 9)[0].values()) == [b"1", b"2", b"3", b""]


def test_entries_of_a_span_are_found_with_both_its_ends(live: Live) -> None:
    live.redis.xadd(keys.STREAM, {"e": "x"}, id="5000-3")
    assert stream.has_any(live, 0, 5.0, 5.0)
    assert stream.has_any(live, 0, 4.9996, 4.9999), "to the nearest millisecond"
    assert not stream.has_any(live, 0, 4.0, 4.999)
    assert not stream.has_any(live, 0, 5.001, 6.0)
    assert not stream.has_any(live, 1, 0.0, 9.0)


def test_another_process_goes_on_with_what_was_left_for_long_enough(live: Live) -> None:
    gone, other = Consumer(live, "gone"), Consumer(live, "other")
    gone.read(1, 1)
    entry = stream.add(live, b"x", publisher="me", name=b"n" * 16)
    assert gone.read(10, 1) == [(entry, b"x")]
    assert other.unfinished(10) == []
    assert other.abandoned(60_000, 10) == []
    assert Consumer(live, "gone").unfinished(10) == [(entry, b"x")], "under the same name, after a restart"
    assert other.abandoned(0, 10) == [(entry, b"x")]
    other.acknowledge([entry])
    assert stream_news.news(live, 0, "me").confirmed == [(number(entry), b"")]


def test_an_entry_that_is_not_ours_is_handed_on_empty(live: Live) -> None:
    consumer = Consumer(live, "a")
    consumer.read(1, 1)
    entry = live.redis.xadd(keys.STREAM, {"another": "field"})
    assert consumer.read(1, 1) == [(entry, b"")]


def test_deleted_entries_wait_no_more_once_they_waited_for_long(live: Live) -> None:
    consumer = Consumer(live, "a")
    assert consumer.forget_deleted(0) == 0, "before there is a group"
    consumer.read(1, 1)
    entries = [stream.add(live, b"x") for _ in range(3)]
    consumer.read(10, 1)
    assert consumer.forget_deleted(0) == 0
    live.redis.xdel(keys.STREAM, *entries[:2])
    assert consumer.forget_deleted(60_000) == 0
    time.sleep(0.005)
    assert consumer.forget_deleted(1, count=1) == 1
    assert consumer.forget_deleted(1) == 1
    assert stream.backlog(live).pending == 1


@pytest.mark.parametrize("ask", ["read", "unfinished", "abandoned", "backlog", "news"])
def test_a_key_of_another_kind_is_an_error_and_not_an_empty_stream(live: Live, ask: str) -> None:
    consumer = Consumer(live, "a")
    live.redis.set(keys.STREAM, "another's")
    asks: dict[str, Any] = {
        "read": lambda: consumer.read(1, 1), "unfinished": lambda: consumer.unfinished(1),
        "abandoned": lambda: consumer.abandoned(0, 1), "backlog": lambda: stream.backlog(live),
        "news": lambda: stream_news.news(live, 0, "me"),
    }  # fmt: skip
    with pytest.raises(RedisRefuses, match="WRONGTYPE"):
        asks[ask]()


@pytest.mark.parametrize("command", ["xinfo", "xpending"])
def test_what_redis_refuses_to_tell_is_not_taken_for_nothing(live: Live, command: str) -> None:
    if live.is_cluster:
        pytest.skip("the rights of one server")
    consumer = Consumer(live, "a")
    consumer.read(1, 1)
    live.redis.execute_command("ACL", "SETUSER", "default", f"-{command}")
    try:
        with pytest.raises(RedisRefuses):
            stream_news.news(live, 0, "me")
        if command == "xpending":
            with pytest.raises(RedisRefuses):
                consumer.forget_deleted(0)
    finally:
        live.redis.execute_command("ACL", "SETUSER", "default", f"+{command}")


@pytest.mark.parametrize("ask", ["read", "unfinished", "abandoned"])
def test_a_group_that_is_not_there_is_made_from_the_first_entry_on(live: Live, ask: str) -> None:
    entry = stream.add(live, b"x")
    consumer = Consumer(live, "a")
    asks = {
        "read": lambda: consumer.read(1, 1), "unfinished": lambda: consumer.unfinished(1),
        "abandoned": lambda: consumer.abandoned(0, 1),
    }  # fmt: skip
    assert asks[ask]() == []
    assert consumer.read(1, 1) == [(entry, b"x")]


def test_shards_beyond_ours_are_named_where_something_waits(live: Live) -> None:
    assert stream.strays(live) == []
    stream.add(live, b"x", shard=2)
    stream.add(live, b"x", shard=0)
    assert stream.strays(live) == [2]
