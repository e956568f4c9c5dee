"""The one way in for events: the stream, or PostgreSQL when Redis is away (D2) or an older collector runs, for events
that it does not know (`core.pipeline.collector_kinds`).

What was put in the stream is kept here until a collector says, entry by entry, that it stored it. When Redis comes back
emptied or as another process, everything kept is put in again; so is an entry that was deleted or trimmed by somebody
else, which shows by its id. Events count once by their keys, so that costs nothing but the repetition.
The one case left: Redis loses its data and this process dies too, before the next look (half a second).
`durability = "postgres"` in ingest.toml closes it. A process notes in PostgreSQL that it publishes before its first
answer (`stream_publishers`), in Redis what it accepted (`accepted`), and what waits for longer in PostgreSQL, too
(`stream_waiting`): so the next collector names what was lost with the stream and with the process.
"""

import itertools
import os
import secrets
import threading
from collections import Counter
from typing import Any

from core import clock, log
from core.config import IngestConfig
from core.db import keys
from core.db.redis_client import Live
from core.errors import DatabaseUnavailable, RedisUnavailable, StorageUnavailable
from core.events import security
from core.events import types as wire
from core.events.types import Event
from core.pipeline import accepted, stream, stream_news
from core.pipeline.collector_kinds import CollectorKinds
from core.pipeline.stored import missing
from core.pipeline.stream_publishers import Register
from core.pipeline.stream_replies import Id, number
from core.pipeline.stream_waiting import Notes
from core.pipeline.unconfirmed import Kept, Unconfirmed
from core.pipeline.writer import Writer

LOOK_SECONDS = 0.5
TRIES = 3  # shards that a publication asks before it goes to PostgreSQL; their nodes may be away
_log = log.get("outlet")


class EventPublisher:
    """Takes events for good or says that it cannot. Safe between threads; make one a process, after forking."""

    def __init__(self, live: Live, writer: Writer, config: IngestConfig) -> None:
        self._live = live
        self._writer = writer
        self._first = config.durability
        self._shards = [Unconfirmed(shard) for shard in range(live.shards)]
        self._most_kept = config.keep_unconfirmed_mb * 1024 * 1024 // live.shards
        self._turns = itertools.cycle(self._shards)
        self._kinds = CollectorKinds(live)
        self._publisher = (0, "")
        self._notes = Notes(writer.database)
        self._register = Register(writer.database)
        self._lock = threading.Lock()
        self._looking = threading.Lock()
        self._watcher: threading.Thread | None = None
        self._published: dict[str, tuple[int, int]] = {}
        self._closed = threading.Event()

    def publish(self, events: list[Event]) -> None:
        """Return when all events are in the stream or in PostgreSQL. Raises StorageUnavailable when neither takes
        them.
        """
        if not events:
            return
        if self._first == "postgres":
            try:
                self._writer.store(events, clock.now())
                self._count(events, len(events) * len(wire.encode(events[:1])))
                return
            except DatabaseUnavailable:
                self._to_stream(events)
                return
        try:
            self._to_stream(events)
        except StorageUnavailable as away:
            try:
                self._writer.store(events, clock.now())
            except DatabaseUnavailable as error:
                raise StorageUnavailable(f"{away.detail}; {error}") from error
            self._count(events, len(events) * len(wire.encode(events[:1])))

    def store_reports(self) -> None:
        """From now on what this process reports of its work goes to PostgreSQL without the stream."""
        self._kinds.never = True

    def published(self) -> dict[str, tuple[int, int]]:
        """Events and their bytes by kind that this process published; bytes of a mixed publication by numbers."""
        with self._lock:
            return dict(self._published)

    def unconfirmed(self) -> int:
        """How many publications wait to be stored, as far as this process knows."""
        return sum(len(shard.entries) for shard in self._shards)

    def close(self) -> None:
        """Stop looking after what is kept, and leave word of it."""
        self._closed.set()
        if self._note(last=True) and self._register.end(self._me()):
            self._forget_accepted()

    def _note(self, last: bool = False) -> bool:
        """Whether PostgreSQL knows what waits."""
        known = True
        for shard in self._shards:
            with self._lock:
                waiting = dict(shard.entries)
            known &= self._notes.note(self._me(), shard.number, waiting, clock.now(), last)
        return known

    def _forget_accepted(self) -> None:
        for shard in self._shards:
            if shard.life is not None:
                try:
                    accepted.forget(self._live, shard.number, self._me())
                except RedisUnavailable:  # what is stored is taken away all the same, and the rest is in the note
                    pass

    def reconcile(self) -> None:
        """Forget what is stored; put in again what is gone, or all when Redis is not what it was. Raises
        RedisUnavailable.
        """
        away: RedisUnavailable | None = None
        with self._looking:
            for shard in self._shards:
                try:
                    self._look_at(shard)
                except (
                    RedisUnavailable
                ) as error:  # one node of a cluster; the others' shards are looked after all the same
                    away = error
            if not self._closed.is_set():  # whose last word stands
                self._note()
                self._register.renew(self._me(), clock.now())
        if away:
            raise away

    def _look_at(self, shard: Unconfirmed) -> None:
        with self._lock:
            before = list(shard.entries)  # what is published from here on is not there yet when Redis is asked
        news = stream_news.news(self._live, shard.number, self._me())
        with self._lock:
            shard.confirm(news.confirmed)
        life = self._redis_epoch(shard)
        with self._lock:
            waiting = [(entry, shard.entries[entry]) for entry in before if entry in shard.entries]
        if life != shard.life:
            if waiting:
                _log.warning("redis came back without its data or anew; publishing again", entries=len(waiting))
            self._publish_again(shard, waiting)
            shard.life = life
            if self._register.knows(self._me(), shard.number):
                self._register.begin(self._me(), shard.number, _marker(life), clock.now())
            return
        if gone := [(entry, kept) for entry, kept in waiting if news.lacks(entry)]:
            self._make_good(shard, gone)

    def _make_good(self, shard: Unconfirmed, gone: list[tuple[Id, Kept]]) -> None:
        """Entries that are not in the stream and of which no collector said that they are stored: PostgreSQL knows."""
        try:
            stored = [not left for left in missing(self._writer.database, [kept.payload for _, kept in gone])]
        except DatabaseUnavailable:
            stored = [False] * len(gone)
        lost = [one for one, known in zip(gone, stored, strict=True) if not known]
        done = [one for one, known in zip(gone, stored, strict=True) if known]
        if done:
            accepted.stored(self._live, shard.number, self._me(), [kept.name for _, kept in done])
        with self._lock:
            for entry, kept in done:
                shard.forget(entry, kept)
        if not lost:
            return
        _log.warning(
            "entries were deleted from the stream before they were stored; publishing again", entries=len(lost)
        )
        self._publish_again(shard, lost)
        security.emit(
            self.publish,
            "high",
            f"{len(lost):,} entries were deleted from the event stream before they were stored; published again",
            action="stream-entries-deleted",
            category="database",
            source="gatehouse",
            event_id=f"stream-deleted:{self._me()}:{shard.number}:{lost[0][0][0]}-{lost[0][0][1]}",
        )

    def _publish_again(self, shard: Unconfirmed, waiting: list[tuple[Id, Kept]]) -> None:
        """Put these in once more, and wait for the new entries instead of the lost ones."""
        for entry, kept in waiting:
            again = number(stream.add(self._live, kept.payload, shard.number, self._me(), kept.name))
            with self._lock:
                shard.forget(entry, kept)
                shard.keep(again, kept, self._most_kept)

    def _to_stream(self, events: list[Event]) -> None:
        self._watch()
        try:
            self._kinds.check(events)
        except RedisUnavailable as error:
            raise StorageUnavailable(str(error)) from error
        payload, name = wire.encode(events), accepted.name(events[0])
        for left in range(min(TRIES, len(self._shards)) - 1, -1, -1):
            shard = next(self._turns)
            try:
                if shard.life is None:  # known before the first entry, or its loss could not be noticed
                    shard.life = self._redis_epoch(shard)
                if not self._register.knows(self._me(), shard.number):
                    self._register.begin(self._me(), shard.number, _marker(shard.life), clock.now())
                entry_id = stream.add(self._live, payload, shard.number, self._me(), name)
                break
            except RedisUnavailable as error:
                if not left:
                    raise StorageUnavailable(str(error)) from error
        with self._lock:
            shard.keep(number(entry_id), Kept(payload, name), self._most_kept)
        self._count(events, len(payload))

    def _count(self, events: list[Event], size: int) -> None:
        kinds: Counter[Any] = Counter(map(type, events))
        with self._lock:
            for kind, number in kinds.items():
                name = str(kind.__struct_config__.tag)
                known, before = self._published.get(name, (0, 0))
                self._published[name] = known + number, before + size * number // len(events)

    def _me(self) -> str:
        """Under which name collectors speak to this process; another in each, were the outlet made before a fork."""
        if self._publisher[0] != os.getpid():
            self._publisher = (os.getpid(), stream_news.new_publisher())
        return self._publisher[1]

    def _redis_epoch(self, shard: Unconfirmed) -> bytes:
        """What changes when a shard's Redis is emptied (the marker is gone) or restarted (its run id is another)."""
        key = keys.incarnation(shard.number)
        with self._live.reach(key) as client:
            client.set(key, secrets.token_hex(8), nx=True)
            marker = client.get(key) or b""
        return bytes(marker) + b"@" + self._live.run_id(key)

    def _watch(self) -> None:
        if self._watcher is None:
            with self._lock:
                if self._watcher is None:
                    self._watcher = threading.Thread(target=self._look_for_ever, name="outlet", daemon=True)
                    self._watcher.start()

    def _look_for_ever(self) -> None:
        while not self._closed.is_set():
            try:
                self.reconcile()
            except RedisUnavailable:
                pass
            except Exception:
                _log.exception("looking after the stream failed")
            self._closed.wait(LOOK_SECONDS)


def _marker(life: bytes) -> str:
    """The part of a life that changes when Redis is emptied, and not when it is restarted."""
    return life.partition(b"@")[0].decode()
