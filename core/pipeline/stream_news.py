"""What collectors tell a publisher of its entries: a list in Redis for each, filled with the acknowledgement.

An id alone does not say which entry was stored: Redis gives it again when the stream was deleted within its
millisecond.
"""

import secrets
from dataclasses import dataclass

from core.db import keys, redis_refusals
from core.db.redis_client import Live
from core.pipeline.stream_replies import Id, as_bytes, as_text, named, number

_NAMED = "n-"


def new_publisher() -> str:
    """A name under which collectors speak to a process, and tell the names of entries, too.

    Publishers of releases before 2026-12 have names without this beginning and understand ids only.
    """
    return f"{_NAMED}{secrets.token_hex(8)}"


def word(publisher: str, entry: bytes, name: bytes) -> bytes:
    """What is told to a publisher when this entry was stored."""
    return entry + b" " + name if name and publisher.startswith(_NAMED) else entry


@dataclass(frozen=True, slots=True)
class News:
    """A shard at one instant: what was stored of a publisher's entries since it last asked, with their names (none from
    an older collector), the first entry that is there (None: none), and the id up to which nothing waits any more. What
    is before either and was not stored is gone.
    """

    confirmed: list[tuple[Id, bytes]]
    first: Id | None
    stored_to: Id

    def lacks(self, entry: Id) -> bool:
        """Whether an entry that was there, and is not confirmed, is gone."""
        return self.first is None or entry < self.first or entry <= self.stored_to


def news(live: Live, shard: int, publisher: str, most: int = 100_000) -> News:
    """What became of a publisher's entries. Raises RedisUnavailable."""
    key, told = keys.stream(shard), keys.confirmed(shard, publisher)
    with live.reach(key) as client:
        pipeline = client.pipeline(transaction=True)
        pipeline.lpop(told, most)
        pipeline.xrange(key, count=1)
        pipeline.xinfo_groups(key)
        pipeline.xpending(key, keys.GROUP)
        confirmed, entries, groups, pending = pipeline.execute(raise_on_error=False)
        for answer in (confirmed, entries, groups, pending):
            if isinstance(answer, Exception) and (redis_refusals.code(answer) or answer in (confirmed, entries)):
                raise answer
    first = number(as_bytes(entries[0][0])) if entries else None
    ids = [_read(as_bytes(one)) for one in confirmed or []]
    mine = [] if isinstance(groups, Exception) else [g for g in map(named, groups) if as_text(g["name"]) == keys.GROUP]
    if not mine:
        return News(ids, first, (0, 0))
    raw = isinstance(pending, list)  # a cluster's transaction hands answers on as they came
    waits = None if isinstance(pending, Exception) else pending[1] if raw else pending["min"]
    if waits is None:
        return News(ids, first, number(as_bytes(mine[0]["last-delivered-id"])))
    milliseconds, sequence = number(as_bytes(waits))
    return News(ids, first, (milliseconds, sequence - 1))


def _read(told: bytes) -> tuple[Id, bytes]:
    entry, _, name = told.partition(b" ")
    return number(entry), name
