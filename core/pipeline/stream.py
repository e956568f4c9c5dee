"""The event stream in Redis: a buffer with one consumer group between those who take events in and the collectors.

It has `Live.shards` shards, each a key of its own, because a Redis Cluster keeps a key on one node. An entry goes to
any of them; every collector reads all.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from core.config import MOST_SHARDS
from core.db import keys, redis_refusals
from core.db.redis_client import Live, ResponseError
from core.errors import RedisRefuses
from core.pipeline import accepted, collector_kinds, stream_news
from core.pipeline.stream_replies import Id, as_bytes, as_text, number
from core.pipeline.stream_replies import entries as entries_of

Entry = tuple[bytes, bytes]
_ADD = b"*%d\r\n$4\r\nXADD\r\n$%d\r\n%s\r\n$1\r\n*\r\n$1\r\ne\r\n$%d\r\n%s\r\n%s"
_BY = b"$1\r\np\r\n$%d\r\n%s\r\n$1\r\nk\r\n$%d\r\n%s\r\n"


def add(live: Live, payload: bytes, shard: int = 0, publisher: str = "", name: bytes = b"") -> bytes:
    """Append one entry (a JSON list of events) to a shard; returns its id. Raises RedisUnavailable.

    A `publisher` hears through `stream_news` when the entry is stored; until then its `name` is among what that
    accepted.
    """
    key = keys.stream(shard)
    if live.is_cluster:
        return _add_to_cluster(live, key, payload, shard, publisher, name)
    if not publisher:
        return bytes(live.send(_ADD % (5, len(key), key.encode(), len(payload), payload, b""), "XADD"))
    by = _BY % (len(publisher), publisher.encode(), len(name), name)
    entry = _ADD % (9, len(key), key.encode(), len(payload), payload, by)
    return bytes(live.send(accepted.packed(shard, publisher, name) + entry, "pipeline of HSET, XADD", answers=2))


def _add_to_cluster(live: Live, key: str, payload: bytes, shard: int, publisher: str, name: bytes) -> bytes:
    with live.reach(key) as client:
        if not publisher:
            return bytes(client.xadd(key, {"e": payload}))
        pipeline = client.pipeline()
        pipeline.hset(*accepted.note(shard, publisher, name))
        pipeline.xadd(key, {"e": payload, "p": publisher, "k": name})
        return bytes(pipeline.execute()[-1])


@dataclass(frozen=True, slots=True)
class Backlog:
    """What waits in a shard: its entries, those read but not stored, and the id up to which all are stored."""

    length: int
    pending: int
    stored_to: Id


def waiting(live: Live) -> tuple[int, int]:
    """Entries in the stream, and how many of them are read but not stored, over all shards. Raises RedisUnavailable."""
    found = [backlog(live, shard) for shard in range(live.shards)]
    return sum(one.length for one in found), sum(one.pending for one in found)


def backlog(live: Live, shard: int = 0) -> Backlog:
    """The state of a shard's group; all zero before it exists. Raises RedisUnavailable."""
    key = keys.stream(shard)
    with live.reach(key) as client:
        try:
            groups = client.xinfo_groups(key)
        except ResponseError as error:
            if "no such key" not in str(error):
                raise
            return Backlog(0, 0, (0, 0))
        mine = next((g for g in groups if as_text(g["name"]) == keys.GROUP), None)
        length = int(client.xlen(key))
        if mine is None:
            return Backlog(length, 0, (0, 0))
        if not mine["pending"]:
            return Backlog(length, 0, number(as_bytes(mine["last-delivered-id"])))
        summary = client.xpending(key, keys.GROUP)
        if summary["min"] is None:
            return Backlog(length, 0, number(as_bytes(mine["last-delivered-id"])))
        first, second = number(as_bytes(summary["min"]))
        return Backlog(length, int(mine["pending"]), (first, second - 1))


def waiting_since(live: Live) -> float | None:
    """Epoch seconds at which the oldest entry that is not stored yet came in; None when nothing waits.

    Raises RedisUnavailable also when one shard cannot be asked: what waits there is not known.
    """
    found: list[float] = []
    for shard in range(live.shards):
        key = keys.stream(shard)
        with live.reach(key) as client:
            found += [number(entry)[0] / 1000 for entry, _ in client.xrange(key, count=1)]
    return min(found, default=None)


def oldest(live: Live, shard: int, most: int) -> tuple[dict[Id, bytes], int]:
    """The payloads of a shard's oldest entries by id, and how many entries it has. Raises RedisUnavailable."""
    key = keys.stream(shard)
    with live.reach(key) as client:
        rows, length = client.xrange(key, count=most), int(client.xlen(key))
    return {number(as_bytes(entry)): fields.get(b"e", b"") for entry, fields in rows}, length


def has_any(live: Live, shard: int, first: float, last: float) -> bool:
    """Whether a shard has an entry of between two times (epoch seconds, the last included). Raises RedisUnavailable."""
    key = keys.stream(shard)
    with live.reach(key) as client:
        return bool(client.xrange(key, f"{round(first * 1000)}-0", f"{round(last * 1000)}", count=1))


def strays(live: Live) -> list[int]:
    """Shards beyond ours in which entries wait: others know of more, or did before a change. Raises
    RedisUnavailable.
    """
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
        self._shard = shard
        self._key = keys.stream(shard)
        self._publishers: dict[bytes, tuple[str, bytes]] = {}  # of the entries in hand, and their names
        self._announce_at = float("-inf")
        self.name = name

    def announce(self) -> None:
        """Say now and then which kinds of events are taken here, as long as entries are read; once for all shards."""
        if self._shard == 0 and time.monotonic() >= self._announce_at:
            collector_kinds.announce(self._live, self.name)
            self._announce_at = time.monotonic() + collector_kinds.ANNOUNCE_SECONDS

    def read(self, count: int, block_ms: int) -> list[Entry]:
        """New entries, waiting up to `block_ms` for the first; makes the group when Redis came back empty."""
        with self._live.reach(self._key) as client:
            try:
                found = client.xreadgroup(keys.GROUP, self.name, {self._key: ">"}, count=count, block=block_ms)
            except ResponseError as error:
                self._make_group(client, error)
                return []
        return self._taken(entries_of(found))

    def unfinished(self, count: int) -> list[Entry]:
        """Entries that this consumer read before and did not acknowledge (after a restart under the same name)."""
        with self._live.reach(self._key) as client:
            try:
                found = client.xreadgroup(keys.GROUP, self.name, {self._key: "0"}, count=count)
            except ResponseError as error:
                self._make_group(client, error)
                return []
        return self._taken(entries_of(found))

    def abandoned(self, idle_ms: int, count: int) -> list[Entry]:
        """Entries that any consumer read and left unacknowledged for `idle_ms`; they become this one's."""
        with self._live.reach(self._key) as client:
            try:
                answer = client.xautoclaim(self._key, keys.GROUP, self.name, idle_ms, count=count)
            except ResponseError as error:
                self._make_group(client, error)
                return []
        # Redis 6.2 gives a deleted entry without its id, too: `forget_deleted` finds those.
        return self._taken([row for row in answer[1] if row and row[0] is not None])

    def forget_deleted(self, idle_ms: int, count: int = 1000) -> int:
        """Entries that wait `idle_ms` for an acknowledgement, and were deleted from the stream, wait no more; how many.

        Whoever has one in hand stores it all the same; whoever published it finds it gone.
        """
        with self._live.reach(self._key) as client:
            try:
                waiting = client.xpending_range(self._key, keys.GROUP, "-", "+", count, idle=idle_ms)
            except ResponseError as error:
                if redis_refusals.code(error):
                    raise
                return 0
            ids = [as_bytes(one["message_id"]) for one in waiting]
            pipeline = client.pipeline(transaction=False)
            for one in ids:
                pipeline.xrange(self._key, one, one)
            gone = [one for one, found in zip(ids, pipeline.execute(), strict=True) if not found] if ids else []
            if gone:
                client.xack(self._key, keys.GROUP, *gone)
        return len(gone)

    def acknowledge(self, ids: Sequence[bytes]) -> None:
        """Take stored entries out of the stream, and tell those who published them.

        In one step: an entry acknowledged but not deleted would stay for ever, and the KPIs would wait for it. A full
        Redis takes no transaction and no word for the publishers: entries are then deleted first, so that it has room
        again, and who published them asks PostgreSQL.
        """
        told: dict[str, list[tuple[bytes, bytes]]] = {}
        for one in ids:
            if known := self._publishers.get(one):
                told.setdefault(known[0], []).append((one, known[1]))
        try:
            self._acknowledge(ids, told)
        except RedisRefuses:
            with self._live.reach(self._key) as client:
                client.xdel(self._key, *ids)
                client.xack(self._key, keys.GROUP, *ids)
        for one in ids:
            self._publishers.pop(one, None)

    def _acknowledge(self, ids: Sequence[bytes], told: dict[str, list[tuple[bytes, bytes]]]) -> None:
        with self._live.reach(self._key) as client:
            pipeline = client.pipeline(transaction=True)
            for publisher, stored in told.items():
                key = keys.confirmed(self._shard, publisher)
                pipeline.rpush(key, *(stream_news.word(publisher, *one) for one in stored))
                pipeline.expire(key, keys.CONFIRMED_TTL)
                if names := [name for _, name in stored if name]:
                    pipeline.hdel(keys.accepted(self._shard, publisher), *names)
            pipeline.xack(self._key, keys.GROUP, *ids)
            pipeline.xdel(self._key, *ids)
            pipeline.execute()

    def _taken(self, rows: list[Any]) -> list[Entry]:
        """Entries without those that were deleted meanwhile, which have no fields; notes who published them."""
        found = []
        for entry_id, fields in rows:
            if fields and b"e" in fields:
                found.append((entry_id, fields[b"e"]))
                if by := fields.get(b"p"):
                    self._publishers[entry_id] = by.decode("ascii", "replace"), fields.get(b"k", b"")
            elif fields:
                found.append((entry_id, b""))  # not ours: it is set aside
        return found

    def _make_group(self, client: Any, error: ResponseError) -> None:
        if not str(error).startswith(("NOGROUP", "UNBLOCKED")):
            raise error
        try:
            client.xgroup_create(self._key, keys.GROUP, id="0", mkstream=True)
        except ResponseError as exists:
            if not str(exists).startswith("BUSYGROUP"):
                raise
