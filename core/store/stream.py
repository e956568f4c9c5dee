"""The event stream in Redis: a buffer with one consumer group between those who take events in and the collectors."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import redis

from core.store import keys
from core.store.live import Live

Entry = tuple[bytes, bytes]
_ADD = b"*5\r\n$4\r\nXADD\r\n$%d\r\n%s\r\n$1\r\n*\r\n$1\r\ne\r\n$" % (len(keys.STREAM), keys.STREAM.encode())


def add(live: Live, payload: bytes) -> bytes:
    """Append one entry (a JSON list of events); returns its id. Raises RedisAway."""
    if live.is_cluster:
        with live.reach() as client:
            return bytes(client.xadd(keys.STREAM, {"e": payload}))
    return bytes(live.send(b"%s%d\r\n%s\r\n" % (_ADD, len(payload), payload)))


def number(entry_id: bytes) -> tuple[int, int]:
    """An entry id as a comparable pair."""
    first, _, second = entry_id.partition(b"-")
    return int(first), int(second or 0)


@dataclass(frozen=True, slots=True)
class Backlog:
    """What waits: entries in the stream, entries read but not stored, and the id up to which all are stored."""

    length: int
    pending: int
    stored_to: tuple[int, int]


def backlog(live: Live) -> Backlog:
    """The state of the group; all zero before it exists."""
    with live.reach() as client:
        try:
            groups = client.xinfo_groups(keys.STREAM)
        except redis.ResponseError:
            return Backlog(0, 0, (0, 0))
        mine = next((g for g in groups if _text(g["name"]) == keys.GROUP), None)
        length = int(client.xlen(keys.STREAM))
        if mine is None:
            return Backlog(length, 0, (0, 0))
        if not mine["pending"]:
            return Backlog(length, 0, number(_bytes(mine["last-delivered-id"])))
        summary = client.xpending(keys.STREAM, keys.GROUP)
        if summary["min"] is None:
            return Backlog(length, 0, number(_bytes(mine["last-delivered-id"])))
        first, second = number(_bytes(summary["min"]))
        return Backlog(length, int(mine["pending"]), (first, second - 1))


def waiting_since(live: Live) -> float | None:
    """Epoch seconds at which the oldest entry that is not stored yet came in; None when nothing waits."""
    with live.reach() as client:
        first = client.xrange(keys.STREAM, count=1)
    return number(first[0][0])[0] / 1000 if first else None


class Consumer:
    """One collector's place in the group. Entries are read, stored elsewhere, then acknowledged."""

    def __init__(self, live: Live, name: str) -> None:
        self._live = live
        self.name = name

    def read(self, count: int, block_ms: int) -> list[Entry]:
        """New entries, waiting up to `block_ms` for the first; makes the group when Redis came back empty."""
        with self._live.reach() as client:
            try:
                found = client.xreadgroup(keys.GROUP, self.name, {keys.STREAM: ">"}, count=count, block=block_ms)
            except redis.ResponseError as error:
                self._make_group(client, error)
                return []
        return _entries(found)

    def unfinished(self, count: int) -> list[Entry]:
        """Entries that this consumer read before and did not acknowledge (after a restart under the same name)."""
        with self._live.reach() as client:
            try:
                found = client.xreadgroup(keys.GROUP, self.name, {keys.STREAM: "0"}, count=count)
            except redis.ResponseError as error:
                self._make_group(client, error)
                return []
        return _entries(found)

    def abandoned(self, idle_ms: int, count: int) -> list[Entry]:
        """Entries that any consumer read and left unacknowledged for `idle_ms`; they become this one's."""
        with self._live.reach() as client:
            try:
                answer = client.xautoclaim(keys.STREAM, keys.GROUP, self.name, idle_ms, count=count)
            except redis.ResponseError as error:
                self._make_group(client, error)
                return []
        return [(entry_id, fields[b"e"]) for entry_id, fields in answer[1] if fields]

    def acknowledge(self, ids: Sequence[bytes]) -> None:
        """Take stored entries out of the stream.

        In one step: an entry acknowledged but not deleted would stay for ever, and the KPIs would wait for it.
        """
        with self._live.reach() as client:
            pipeline = client.pipeline(transaction=True)
            pipeline.xack(keys.STREAM, keys.GROUP, *ids)
            pipeline.xdel(keys.STREAM, *ids)
            pipeline.execute()

    def _make_group(self, client: Any, error: redis.ResponseError) -> None:
        if not str(error).startswith(("NOGROUP", "UNBLOCKED")):
            raise error
        try:
            client.xgroup_create(keys.STREAM, keys.GROUP, id="0", mkstream=True)
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
