"""The event stream in Redis: a buffer with one consumer group between those who take events in and the collectors.

It has `Live.shards` shards, each a key of its own, because a Redis Cluster keeps a key on one node. An entry goes to
any of them; every collector reads all.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import redis

from core.config import MOST_SHARDS
from core.store import keys
from core.store.live import Live

Entry = tuple[bytes, bytes]
_ADD = b"*5\r\n$4\r\nXADD\r\n$%d\r\n%s\r\n$1\r\n*\r\n$1\r\ne\r\n$%d\r\n%s\r\n"


def add(live: Live, payload: bytes, shard: int = 0) -> bytes:
    """Append one entry (a JSON list of events) to a shard; returns its id. Raises RedisAway."""
    key = keys.stream(shard)
    if live.is_cluster:
        with live.reach(key) as client:
            return bytes(client.xadd(key, {"e": payload}))
    return bytes(live.send(_ADD % (len(key), key.encode(), len(payload), payload)))


def number(entry_id: bytes) -> tuple[int, int]:
    """An entry id as a comparable pair."""
    first, _, second = entry_id.partition(b"-")
    return int(first), int(second or 0)


@dataclass(frozen=True, slots=True)
class Backlog:
    """What waits in a shard: its entries, those read but not stored, and the id up to which all are stored."""

    length: int
    pending: int
    stored_to: tuple[int, int]


def waiting(live: Live) -> tuple[int, int]:
    """Entries in the stream, and how many of them are read but not stored, over all shards. Raises RedisAway."""
    found = [backlog(live, shard) for shard in range(live.shards)]
    return sum(one.length for one in found), sum(one.pending for one in found)


def backlog(live: Live, shard: int = 0) -> Backlog:
    """The state of a shard's group; all zero before it exists. Raises RedisAway."""
    key = keys.stream(shard)
    with live.reach(key) as client:
        try:
            groups = client.xinfo_groups(key)
        except redis.ResponseError:
            return Backlog(0, 0, (0, 0))
        mine = next((g for g in groups if _text(g["name"]) == keys.GROUP), None)
        length = int(client.xlen(key))
        if mine is None:
            return Backlog(length, 0, (0, 0))
        if not mine["pending"]:
            return Backlog(length, 0, number(_bytes(mine["last-delivered-id"])))
        summary = client.xpending(key, keys.GROUP)
        if summary["min"] is None:
            return Backlog(length, 0, number(_bytes(mine["last-delivered-id"])))
        first, second = number(_bytes(summary["min"]))
        return Backlog(length, int(mine["pending"]), (first, second - 1))


def waiting_since(live: Live) -> float | None:
    """Epoch seconds at which the oldest entry that is not stored yet came in; None when nothing waits.

    Raises RedisAway also when one shard cannot be asked: what waits there is not known.
    """
    found: list[float] = []
    for shard in range(live.shards):
        key = keys.stream(shard)
        with live.reach(key) as client:
            found += [number(entry)[0] / 1000 for entry, _ in client.xrange(key, count=1)]
    return min(found, default=None)


def strays(live: Live) -> list[int]:
    """Shards beyond ours in which entries wait: others know of more, or did before a change. Raises RedisAway."""
    beyond = range(live.shards, MOST_SHARDS)
    with live.reach("strays") as client:
        pipeline = client.pipeline(transaction=False)
        for shard in beyond:
            pipeline.xlen(keys.stream(shard))
        return [shard for shard, length in zip(beyond, pipeline.execute(), strict=True) if length]


class Consumer:
    """One collector's place in the group of a shard. Entries are read, stored elsewhere, then acknowledged."""

    def __init__(self, live: Live, name: str, shard: int = 0) -> None:
        self._live = live
        self._key = keys.stream(shard)
        self.name = name

    def read(self, count: int, block_ms: int) -> list[Entry]:
        """New entries, waiting up to `block_ms` for the first; makes the group when Redis came back empty."""
        with self._live.reach(self._key) as client:
            try:
                found = client.xreadgroup(keys.GROUP, self.name, {self._key: ">"}, count=count, block=block_ms)
            except redis.ResponseError as error:
                self._make_group(client, error)
                return []
        return _entries(found)

    def unfinished(self, count: int) -> list[Entry]:
        """Entries that this consumer read before and did not acknowledge (after a restart under the same name)."""
        with self._live.reach(self._key) as client:
            try:
                found = client.xreadgroup(keys.GROUP, self.name, {self._key: "0"}, count=count)
            except redis.ResponseError as error:
                self._make_group(client, error)
                return []
        return _entries(found)

    def abandoned(self, idle_ms: int, count: int) -> list[Entry]:
        """Entries that any consumer read and left unacknowledged for `idle_ms`; they become this one's."""
        with self._live.reach(self._key) as client:
            try:
                answer = client.xautoclaim(self._key, keys.GROUP, self.name, idle_ms, count=count)
            except redis.ResponseError as error:
                self._make_group(client, error)
                return []
        return [(entry_id, fields[b"e"]) for entry_id, fields in answer[1] if fields]

    def acknowledge(self, ids: Sequence[bytes]) -> None:
        """Take stored entries out of the stream.

        In one step: an entry acknowledged but not deleted would stay for ever, and the KPIs would wait for it.
        """
        with self._live.reach(self._key) as client:
            pipeline = client.pipeline(transaction=True)
            pipeline.xack(self._key, keys.GROUP, *ids)
            pipeline.xdel(self._key, *ids)
            pipeline.execute()

    def _make_group(self, client: Any, error: redis.ResponseError) -> None:
        if not str(error).startswith(("NOGROUP", "UNBLOCKED")):
            raise error
        try:
            client.xgroup_create(self._key, keys.GROUP, id="0", mkstream=True)
        except redis.ResponseError as exists:
            if not str(exists).startswith("BUSYGROUP"):
                raise


def _entries(found: Any) -> list[Entry]:
    """Entries of an answer to XREADGROUP, in RESP2 or RESP3 form; an entry deleted meanwhile has no fields."""
    streams = found.values() if isinstance(found, dict) else [rows for _, rows in found or []]
    flat = []
    for rows in streams:
        for row in rows:
            if row and isinstance(row[0], (list, tuple)):
                flat.extend(row)
            else:
                flat.append(row)
    return [(entry_id, fields[b"e"]) for entry_id, fields in flat if fields]


def _bytes(value: Any) -> bytes:
    return value if isinstance(value, bytes) else str(value).encode()


def _text(value: Any) -> str:
    return value.decode() if isinstance(value, bytes) else str(value)
