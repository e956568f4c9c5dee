"""The one way in for events: the stream, or PostgreSQL when Redis is away (D2).

What was put in the stream is kept here until a collector has stored it. When Redis comes back emptied or as another
process, everything kept is put in again; events count once by their keys, so that costs nothing but the repetition.
The one case left: Redis loses its data and this process dies too, before the next look (half a second).
`durability = "postgres"` in ingest.toml closes it.
"""

import secrets
import threading
from collections import deque

from core import clock, log
from core import events as wire
from core.config import IngestConfig
from core.errors import DatabaseAway, RedisAway, StorageAway
from core.events import Event
from core.store import keys, stream
from core.store.live import Live
from core.store.writer import Writer

LOOK_SECONDS = 0.5


class Outlet:
    """Takes events for good or says that it cannot. Safe between threads; make one a process, after forking."""

    def __init__(self, live: Live, writer: Writer, config: IngestConfig) -> None:
        self._live = live
        self._writer = writer
        self._first = config.durability
        self._most_kept = config.keep_unconfirmed_mb * 1024 * 1024
        self._kept: deque[tuple[tuple[int, int], bytes]] = deque()
        self._kept_bytes = 0
        self._lock = threading.Lock()
        self._life: bytes | None = None
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
        return len(self._kept)

    def close(self) -> None:
        """Stop looking after what is kept."""
        self._closed.set()

    def look(self) -> None:
        """Forget what is stored; put everything kept in again when Redis is not the one it was. Raises RedisAway."""
        stored_to = stream.backlog(self._live).stored_to
        life = self._life_of_redis()  # asked last: what another life of Redis has stored says nothing of ours
        if life != self._life:
            self._publish_again()
            self._life = life
            return
        with self._lock:
            while self._kept and self._kept[0][0] <= stored_to:
                self._kept_bytes -= len(self._kept.popleft()[1])

    def _publish_again(self) -> None:
        """Put everything kept in once more, and wait for the new entries instead of the lost ones."""
        with self._lock:
            waiting = list(self._kept)
        if not waiting:
            return
        log.get("outlet").warning("redis came back without its data or anew; publishing again", entries=len(waiting))
        moved = [(stream.number(stream.add(self._live, payload)), payload) for _, payload in waiting]
        lost = {entry for entry, _ in waiting}
        with self._lock:
            later = [kept for kept in self._kept if kept[0] not in lost]
            self._kept = deque(sorted(moved + later))
            self._kept_bytes = sum(len(payload) for _, payload in self._kept)

    def _to_stream(self, events: list[Event]) -> None:
        self._watch()
        payload = wire.encode(events)
        try:
            if self._life is None:  # known before the first entry, or its loss could not be noticed
                self._life = self._life_of_redis()
            entry_id = stream.add(self._live, payload)
        except RedisAway as error:
            raise StorageAway(str(error)) from error
        with self._lock:
            self._kept.append((stream.number(entry_id), payload))
            self._kept_bytes += len(payload)
            while self._kept_bytes > self._most_kept:
                self._kept_bytes -= len(self._kept.popleft()[1])

    def _life_of_redis(self) -> bytes:
        """What changes when Redis is emptied (the marker is gone) or restarted (its run id is another)."""
        with self._live.reach() as client:
            client.set(keys.INCARNATION, secrets.token_hex(8), nx=True)
            marker = client.get(keys.INCARNATION) or b""
        return bytes(marker) + self._live.run_id(keys.INCARNATION)

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
