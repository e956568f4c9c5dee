"""The one way in for events: the stream, or PostgreSQL when Redis is away (D2).

What was put in the stream is kept here until a collector has stored it. When Redis comes back emptied or as another
process, everything kept is put in again; events count once by their keys, so that costs nothing but the repetition.
The one case left: Redis loses its data and this process dies too, before the next look (half a second).
`durability = "postgres"` in ingest.toml closes it.
"""

import itertools
import secrets
import threading
from collections import deque
from dataclasses import dataclass, field

from core import clock, log
from core import events as wire
from core.config import IngestConfig
from core.errors import DatabaseAway, RedisAway, StorageAway
from core.events import Event
from core.store import keys, stream
from core.store.live import Live
from core.store.writer import Writer

LOOK_SECONDS = 0.5
TRIES = 3  # shards that a publication asks before it goes to PostgreSQL; their nodes may be away


@dataclass(slots=True)
class _Shard:
    """What this process put in a shard of the stream and no collector has stored yet, by entry id; and the life of the
    shard's Redis in which it did."""

    number: int
    kept: deque[tuple[tuple[int, int], bytes]] = field(default_factory=deque)
    size: int = 0
    life: bytes | None = None

    def forget(self) -> None:
        """Drop the oldest."""
        self.size -= len(self.kept.popleft()[1])


class Outlet:
    """Takes events for good or says that it cannot. Safe between threads; make one a process, after forking."""

    def __init__(self, live: Live, writer: Writer, config: IngestConfig) -> None:
        self._live = live
        self._writer = writer
        self._first = config.durability
        self._shards = [_Shard(number) for number in range(live.shards)]
        self._most_kept = config.keep_unconfirmed_mb * 1024 * 1024 // live.shards
        self._turns = itertools.cycle(self._shards)
        self._lock = threading.Lock()
        self._watcher: threading.Thread | None = None
        self._closed = threading.Event()

    def publish(self, events: list[Event]) -> None:
        """Return when all events are in the stream or in PostgreSQL. Raises StorageAway when neither takes them."""
        if not events:
            return
        if self._first == "postgres":
            try:
                self._writer.store(events, clock.now())
                return
            except DatabaseAway:
                self._to_stream(events)
                return
        try:
            self._to_stream(events)
        except StorageAway as away:
            try:
                self._writer.store(events, clock.now())
            except DatabaseAway as error:
                raise StorageAway(f"{away.detail}; {error}") from error

    def kept(self) -> int:
        """How many publications wait to be stored, as far as this process knows."""
        return sum(len(shard.kept) for shard in self._shards)

    def close(self) -> None:
        """Stop looking after what is kept."""
        self._closed.set()

    def look(self) -> None:
        """Forget what is stored; put everything kept in again when Redis is not the one it was. Raises RedisAway."""
        away: RedisAway | None = None
        for shard in self._shards:
            try:
                self._look_at(shard)
            except RedisAway as error:  # one node of a cluster; the others' shards are looked after all the same
                away = error
        if away:
            raise away

    def _look_at(self, shard: _Shard) -> None:
        stored_to = stream.backlog(self._live, shard.number).stored_to
        life = self._life_of_redis(shard)  # asked last: what another life of Redis has stored says nothing of ours
        if life != shard.life:
            self._publish_again(shard)
            shard.life = life
            return
        with self._lock:
            while shard.kept and shard.kept[0][0] <= stored_to:
                shard.forget()

    def _publish_again(self, shard: _Shard) -> None:
        """Put everything kept in once more, and wait for the new entries instead of the lost ones."""
        with self._lock:
            waiting = list(shard.kept)
        if not waiting:
            return
        log.get("outlet").warning("redis came back without its data or anew; publishing again", entries=len(waiting))
        moved = [(stream.number(stream.add(self._live, payload, shard.number)), payload) for _, payload in waiting]
        lost = {entry for entry, _ in waiting}
        with self._lock:
            later = [kept for kept in shard.kept if kept[0] not in lost]
            shard.kept = deque(sorted(moved + later))
            shard.size = sum(len(payload) for _, payload in shard.kept)

    def _to_stream(self, events: list[Event]) -> None:
        self._watch()
        payload = wire.encode(events)
        for left in range(min(TRIES, len(self._shards)) - 1, -1, -1):
            shard = next(self._turns)
            try:
                if shard.life is None:  # known before the first entry, or its loss could not be noticed
                    shard.life = self._life_of_redis(shard)
                entry_id = stream.add(self._live, payload, shard.number)
                break
            except RedisAway as error:
                if not left:
                    raise StorageAway(str(error)) from error
        with self._lock:
            shard.kept.append((stream.number(entry_id), payload))
            shard.size += len(payload)
            while shard.size > self._most_kept:
                shard.forget()

    def _life_of_redis(self, shard: _Shard) -> bytes:
        """What changes when a shard's Redis is emptied (the marker is gone) or restarted (its run id is another)."""
        key = keys.incarnation(shard.number)
        with self._live.reach(key) as client:
            client.set(key, secrets.token_hex(8), nx=True)
            marker = client.get(key) or b""
        return bytes(marker) + self._live.run_id(key)

    def _watch(self) -> None:
        if self._watcher is None:
            with self._lock:
                if self._watcher is None:
                    self._watcher = threading.Thread(target=self._look_for_ever, name="outlet", daemon=True)
                    self._watcher.start()

    def _look_for_ever(self) -> None:
        while not self._closed.is_set():
            try:
                self.look()
            except RedisAway:
                pass
            except Exception:
                log.get("outlet").exception("looking after the stream failed")
            self._closed.wait(LOOK_SECONDS)
