"""Compares what processes accepted, and left when they were killed, with the event stream and with what is stored.

Without a collector the stream alone has what was accepted. Should it be deleted, and the process that took the events
die, nobody could publish them again; so they are named, and the rule `stream-losses` fires. What is compared is in
Redis beside the stream (`core.pipeline.accepted`), and in PostgreSQL of those that ended in order or had waited for
long (`core.pipeline.stream_waiting`). Where Redis was emptied, too, the time is named.
"""

from collections.abc import Callable

from core import clock, log
from core.db import keys
from core.db.engine import Database
from core.db.redis_client import Live
from core.events import security
from core.events.types import Event
from core.pipeline import accepted, stream, stream_publishers, stream_waiting
from core.pipeline.stream_publishers import RENEW_SECONDS, Dead
from core.pipeline.stream_waiting import Forsaken

LOOK_SECONDS = 10.0
LOST = "stream-entries-lost"
AGAIN = "ask the senders to resend that period with the same keys"
Publish = Callable[[list[Event]], None]
_log = log.get("dead-publishers")


class DeadPublishers:
    """`step(now)` looks every ten seconds. Raises RedisUnavailable and DatabaseUnavailable."""

    def __init__(self, live: Live, database: Database, publish: Publish) -> None:
        self._live = live
        self._database = database
        self._publish = publish
        self._looked = float("-inf")

    def step(self, now: float) -> None:
        """Judge every process that is gone."""
        if now - self._looked < LOOK_SECONDS:
            return
        self._looked = now
        notes = {(one.publisher, one.shard): one for one in stream_waiting.forsaken(self._database, now)}
        for one in stream_publishers.dead(self._database, now):
            self._judge(one, notes.pop((one.publisher, one.shard), None), now)
        for note in notes.values():
            self._judge_note(note, now)

    def _judge(self, one: Dead, note: Forsaken | None, now: float) -> None:
        """A process that was killed: all that it accepted is known, unless Redis was emptied since."""
        if stream.has_any(self._live, one.shard, 0, one.end):
            return  # a collector gets to it
        left, entries = accepted.left(self._live, one.shard, one.publisher)
        with self._database.raw() as connection, connection.cursor() as cursor:
            unstored = stream_waiting.unstored(cursor, left)
        lost = len(unstored) + (entries - len(left) if unstored else 0)
        if self._marker(one.shard) != one.life:
            self._say_emptied(one, max(lost, note.lost if note else 0), note, now)
        elif lost:
            times = [left[entry] for entry in unstored]
            self._say(one.publisher, one.shard, lost, entries, (min(times), max(times)), now)
        accepted.forget(self._live, one.shard, one.publisher)
        if note:
            stream_waiting.settle(self._database, note)
        stream_publishers.settle(self._database, one)

    def _judge_note(self, note: Forsaken, now: float) -> None:
        """A process that ended in order: its note tells all."""
        if note.lost and stream.has_any(self._live, note.shard, note.first, note.last):
            return  # a collector gets to it
        if note.lost:
            self._say(note.publisher, note.shard, note.lost, note.entries, (note.first, note.last), now)
        stream_waiting.settle(self._database, note)

    def _marker(self, shard: int) -> str:
        key = keys.incarnation(shard)
        with self._live.reach(key) as client:
            return bytes(client.get(key) or b"").decode()

    def _say(
        self, publisher: str, shard: int, lost: int, entries: int, span: tuple[float, float], now: float, more: str = ""
    ) -> None:
        begin, end = map(clock.iso, span)
        text = (
            f"{lost:,} of the {entries:,} entries that a process accepted between {begin} and {end} were deleted from "
            f"the event stream (shard {shard}) before they were stored, and the process has ended: {AGAIN}{more}"
        )
        say_lost(self._publish, shard, text, f"stream-lost:{publisher}:{shard}", now)

    def _say_emptied(self, one: Dead, lost: int, note: Forsaken | None, now: float) -> None:
        begin, end = clock.iso(one.seen), clock.iso(one.seen + RENEW_SECONDS)
        if note and lost:
            more = f". What it accepted afterwards, until {end} at the latest, is unknown"
            self._say(one.publisher, one.shard, lost, note.entries, (note.first, note.last), now, more)
            return
        text = (
            f"Redis was emptied, and a process that accepted events (shard {one.shard}) was killed: what it accepted "
            f"between {begin} and {end} and was not stored yet is lost (amount unknown): {AGAIN}"
        )
        say_lost(self._publish, one.shard, text, f"stream-lost:{one.publisher}:{one.shard}", now)


def say_lost(publish: Publish, shard: int, text: str, event_id: str, now: float) -> None:
    """Name a loss: in the log, and as a security event for which the rule `stream-losses` fires."""
    _log.error("entries of the stream are lost", shard=shard, reason=text)
    security.emit(
        publish,
        "critical",
        text,
        action=LOST,
        category="database",
        outcome="failure",
        actor=f"shard {shard}",
        event_id=event_id,
        at=now,
    )
