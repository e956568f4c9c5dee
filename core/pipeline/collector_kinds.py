"""Which kinds of events the collectors take: those that run say so in Redis, and a publisher asks before it uses one.

While releases run side by side, and after an upgrade was undone, an older collector does not know what newer processes
report of their work, and would set it aside. Such events then go to PostgreSQL without the stream
(`EventPublisher`). A collector of an older release announces nothing and takes what the first release did.
"""

import threading
import time
from collections.abc import Iterable
from typing import Any, get_args

from core import codec
from core.db import keys
from core.db.redis_client import Live, ResponseError
from core.errors import RedisUnavailable
from core.events.performance.kinds import KINDS as REPORTS
from core.events.types import Event
from core.pipeline.stream_replies import as_text, named

ANNOUNCE_SECONDS = 2.0
# Collectors of which something was heard within so long of the last one run side by side. Redis before 7.2 hears of a
# reader only when there is something to read; too long costs nothing but events that go to PostgreSQL directly.
TOGETHER_MS = 120_000
WORD_MS = 10_000  # how much older than its newest read the word of a collector may be
FRESH_SECONDS = 1.0  # how long a publisher believes what it read
FORGET_MS = 86_400_000  # after which the word of a collector that is gone is dropped
TAKEN = sorted(str(kind.__struct_config__.tag) for kind in get_args(Event))
NEWER: dict[type, str] = {kind: str(kind.__struct_config__.tag) for kind in REPORTS}


def announce(live: Live, consumer: str) -> None:
    """Say which kinds the collector that reads as `consumer` takes. Raises RedisUnavailable."""
    with live.reach(keys.COLLECTOR_KINDS) as client:
        now = _milliseconds(client.time())
        said = {as_text(name): codec.decode(value) for name, value in client.hgetall(keys.COLLECTOR_KINDS).items()}
        pipeline = client.pipeline(transaction=False)
        if gone := [name for name, one in said.items() if one["at"] < now - FORGET_MS]:
            pipeline.hdel(keys.COLLECTOR_KINDS, *gone)
        pipeline.hset(keys.COLLECTOR_KINDS, consumer, codec.encode({"at": now, "kinds": TAKEN}))
        pipeline.expire(keys.COLLECTOR_KINDS, keys.COLLECTOR_KINDS_TTL)
        pipeline.execute()


def refused(live: Live) -> frozenset[str]:
    """Newer kinds that a collector that runs, or ran last, does not take. Raises RedisUnavailable."""
    with live.reach(keys.STREAM) as client:
        try:
            consumers = [named(row) for row in client.xinfo_consumers(keys.STREAM, keys.GROUP)]
        except ResponseError as error:
            if not str(error).startswith(("NOGROUP", "no such key", "ERR no such key")):
                raise
            return frozenset()  # nobody has read yet
        now = _milliseconds(client.time())
        said = client.hgetall(keys.COLLECTOR_KINDS)
    announced = {as_text(name): codec.decode(value) for name, value in said.items()}
    read_at = {as_text(one["name"]): now - int(one["idle"]) for one in consumers}
    heard_at = {name: max(one["at"], read_at.get(name, 0)) for name, one in announced.items()}
    heard_at = {**read_at, **heard_at}
    newest = max(heard_at.values(), default=0)
    running = [name for name, at in heard_at.items() if at >= newest - TOGETHER_MS]
    taken = [_kinds(announced.get(name), read_at.get(name, 0)) for name in running]
    return frozenset(NEWER.values()) - (frozenset.intersection(*taken) if taken else frozenset())


def _kinds(said: dict[str, Any] | None, read_at: int) -> frozenset[str]:
    """What a collector takes that read last at a time; an older one may have the name of one that announced."""
    return frozenset(said["kinds"] if said and said["at"] >= read_at - WORD_MS else ())


def _milliseconds(time_of_redis: tuple[int, int]) -> int:
    seconds, micros = time_of_redis
    return int(seconds) * 1000 + int(micros) // 1000


class CollectorKinds:
    """What a publisher knows of the collectors; it asks again after a second.

    `never`: newer kinds do not use the stream at all. A collector's own do not: when an upgrade is undone it runs
    beside an older one that has just begun, and what that one takes is known a second too late.
    """

    def __init__(self, live: Live) -> None:
        self.never = False
        self._live = live
        self._refused: frozenset[str] = frozenset()
        self._until = float("-inf")
        self._lock = threading.Lock()

    def check(self, events: Iterable[Event]) -> None:
        """Raise RedisUnavailable where one of the events is of a kind that a collector does not take."""
        wanted = {NEWER[kind] for kind in set(map(type, events)) if kind in NEWER}
        if not wanted:
            return
        if self.never:
            raise RedisUnavailable(f"events of kind {', '.join(sorted(wanted))} are stored by this process itself")
        with self._lock:
            if time.monotonic() >= self._until:
                self._refused = refused(self._live)
                self._until = time.monotonic() + FRESH_SECONDS
            unknown = sorted(wanted & self._refused)
        if unknown:
            raise RedisUnavailable(f"an older collector does not take events of kind {', '.join(unknown)}")
