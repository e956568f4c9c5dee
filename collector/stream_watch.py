"""Notices entries of the event stream that are gone and were not stored: somebody deleted or trimmed them.

Every look remembers the oldest entries of each shard. Of one that is gone PostgreSQL says whether it was stored. What
was not is left to whoever published it for a moment (`EventPublisher`), and then published again from here. What was
deleted beyond the entries that are remembered, and its publisher no longer lives, is lost: that is named, and fires the
rule `stream-losses`. So is what was deleted while no collector ran and its publisher died
(`collector.dead_publishers`).
"""

from collections.abc import Callable

from collector.dead_publishers import DeadPublishers, say_lost
from core import log
from core.db.engine import Database
from core.db.redis_client import Live
from core.events import security
from core.events.types import Event
from core.pipeline import stored, stream
from core.pipeline.stream_replies import Id

REMEMBERED = 1_000  # entries of a shard
GRACE_SECONDS = 10.0
_log = log.get("stream-watch")


class StreamWatch:
    """`step(now)` is one look. Raises RedisUnavailable and DatabaseUnavailable."""

    def __init__(self, live: Live, database: Database, publish: Callable[[list[Event]], None]) -> None:
        self._live = live
        self._database = database
        self._publish = publish
        self._seen: dict[int, tuple[dict[Id, bytes], int]] = {}
        self._gone: dict[tuple[int, Id, bytes], float] = {}  # by payload, too: Redis may give an id again
        self._beyond: dict[int, int] = {}
        self._dead = DeadPublishers(live, database, publish)

    def step(self, now: float) -> None:
        """Look at every shard, then judge what is gone."""
        for shard in range(self._live.shards):
            self._look(shard, now)
        if self._gone:
            self._judge(now)
        self._dead.step(now)

    def _look(self, shard: int, now: float) -> None:
        there, length = stream.oldest(self._live, shard, REMEMBERED)
        before, was = self._seen.get(shard, ({}, 0))
        self._seen[shard] = there, length
        for entry, payload in before.items():
            if there.get(entry) != payload:
                self._gone.setdefault((shard, entry, payload), now)
        if before and not before.keys() & there.keys() and was > len(before):
            self._beyond[shard] = was - len(before)

    def _judge(self, now: float) -> None:
        waiting = list(self._gone.items())
        found = stored.missing(self._database, [place[2] for place, _ in waiting])
        lost: dict[int, list[Event]] = {}
        for (place, since), events in zip(waiting, found, strict=True):
            if not events:
                del self._gone[place]
            elif now - since >= GRACE_SECONDS and self._is_past(place[0], since):
                del self._gone[place]
                lost.setdefault(place[0], []).extend(events)
        for shard, events in lost.items():
            self._make_good(shard, events, now)
        for shard in set(self._beyond) - {place[0] for place in self._gone}:
            beyond = self._beyond.pop(shard)
            if shard in lost:
                self._name(shard, beyond, now)

    def _is_past(self, shard: int, since: float) -> bool:
        """Whether everything that came in until a moment after is stored: what was published again, too."""
        there, _ = self._seen[shard]
        return not there or min(there)[0] / 1000 > since + GRACE_SECONDS / 2

    def _make_good(self, shard: int, events: list[Event], now: float) -> None:
        _log.error(
            "events were deleted from the stream and no publisher kept them; publishing again", events=len(events)
        )
        self._publish(events)
        security.emit(
            self._publish,
            "high",
            f"{len(events):,} events were deleted from the event stream before they were stored, and the process that "
            "accepted them is gone; the collector republished its copies",
            action="stream-entries-deleted",
            category="database",
            event_id=f"stream-deleted:{shard}:{int(now)}",
            at=now,
        )

    def _name(self, shard: int, beyond: int, now: float) -> None:
        say_lost(
            self._publish,
            shard,
            f"Up to {beyond:,} entries of shard {shard} of the event stream were deleted before they were stored, and "
            "no copy exists: ask the senders to resend the last minutes with the same keys",
            f"stream-lost:{shard}:{int(now)}",
            now,
        )
