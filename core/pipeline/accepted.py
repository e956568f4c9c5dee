"""What each process accepted and no collector has stored yet, in Redis beside the stream.

A field an entry, written with it in one go and taken away with its acknowledgement, so what is left of a process that
was killed are its entries that wait, and those that somebody deleted with the stream. An entry goes by the keys of its
first event (`core.db.event_keys`), so one that is published again is still one.
"""

from collections.abc import Sequence
from itertools import islice

from core import clock
from core.db import event_keys, keys
from core.db.redis_client import Live
from core.events.types import Event
from core.pipeline.writer import key_of

_NOTE = b"*4\r\n$4\r\nHSET\r\n$%d\r\n%s\r\n$%d\r\n%s\r\n$%d\r\n%d\r\n"
_HALF = 16
MOST = 100_000  # entries of a process that are compared one by one


def name(event: Event) -> bytes:
    """The name of an entry that begins with this event: its key, then ours of that id where that is another."""
    key = key_of(event)
    own = event_keys.key(str(event.__struct_config__.tag), event.id) if event.sender else key
    return bytes.fromhex(key if own == key else key + own)


def pair(entry: bytes) -> str:
    """The two keys of an entry's name, as `stream_waiting` writes them."""
    return f"{entry[:_HALF].hex()} {entry[-_HALF:].hex()}"


def note(shard: int, publisher: str, entry: bytes) -> tuple[str, bytes, int]:
    """Key, field and value of a new entry; the value is the time in milliseconds."""
    return keys.accepted(shard, publisher), entry, int(clock.now() * 1000)


def packed(shard: int, publisher: str, entry: bytes) -> bytes:
    """The command that notes a new entry, as it is sent."""
    key, field, value = note(shard, publisher, entry)
    return _NOTE % (len(key), key.encode(), len(field), field, len(str(value)), value)


def left(live: Live, shard: int, publisher: str) -> tuple[dict[str, float], int]:
    """What a process accepted and nobody stored, as pairs of keys, with the time of each, and how many that are in all:
    at most `MOST` are read. Raises RedisUnavailable.
    """
    key = keys.accepted(shard, publisher)
    with live.reach(key) as client:
        found = islice(client.hscan_iter(key, count=1000), MOST)
        return {pair(field): int(at) / 1000 for field, at in found}, int(client.hlen(key))


def stored(live: Live, shard: int, publisher: str, entries: Sequence[bytes]) -> None:
    """Take away entries of which PostgreSQL said that they are stored. Raises RedisUnavailable."""
    key = keys.accepted(shard, publisher)
    with live.reach(key) as client:
        client.hdel(key, *entries)


def forget(live: Live, shard: int, publisher: str) -> None:
    """Take away everything of a process. Raises RedisUnavailable."""
    key = keys.accepted(shard, publisher)
    with live.reach(key) as client:
        client.delete(key)
