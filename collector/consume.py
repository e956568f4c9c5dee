"""Stream to PostgreSQL: read, store in one transaction, acknowledge.

An entry that cannot be read, and an event that PostgreSQL refuses, is set aside with the reason, never lost.
"""

import os
import signal
import time
from collections.abc import Callable

from core import clock, log
from core.config import IngestConfig
from core.db.engine import Database
from core.db.queries import sql
from core.errors import BadInput, Refused
from core.events import types as wire
from core.events.retention import DAY, Kept
from core.events.types import Event
from core.pipeline.stream import Consumer, Entry
from core.pipeline.writer import Writer

ABANDONED_MS = 5_000
ENTRIES = 500
Touched = Callable[[dict[int, bytes]], None]


class Consume:
    """One collector's reading loop. `step` reports whether it did work; `touched` is told of the slots that changed."""

    def __init__(
        self,
        consumer: Consumer,
        writer: Writer,
        database: Database,
        config: IngestConfig,
        touched: Touched,
        failpoint: str = "",
        kept: Kept | None = None,
    ) -> None:
        self._kept = kept or Kept()
        self._consumer = consumer
        self._writer = writer
        self._database = database
        self._config = config
        self._touched = touched
        self._failpoint = failpoint
        self._own_first = True
        self._next_claim = 0.0

    def step(self) -> bool:
        """Take what there is, at most one batch. Raises RedisUnavailable or DatabaseUnavailable; entries then stay in
        the stream.
        """
        self._consumer.announce()
        entries = self._entries()
        if not entries:
            self._own_first = False
            return False
        own, self._own_first = self._own_first, True
        self._store(entries)
        if self._failpoint == "collector.after_commit":
            os.kill(os.getpid(), signal.SIGKILL)
        self._consumer.acknowledge([entry_id for entry_id, _ in entries])
        self._own_first = own
        return True

    def _entries(self) -> list[Entry]:
        """First what this collector read and did not finish, then what another abandoned, then what is new."""
        if self._own_first:
            return self._consumer.unfinished(ENTRIES)
        if time.monotonic() >= self._next_claim:
            if gone := self._consumer.forget_deleted(ABANDONED_MS):
                log.get("consume").warning("entries were deleted from the stream while they were pending", entries=gone)
            if entries := self._consumer.abandoned(ABANDONED_MS, ENTRIES):
                return entries
            self._next_claim = time.monotonic() + ABANDONED_MS / 3000
        return self._consumer.read(ENTRIES, self._config.batch_wait_ms)

    def _store(self, entries: list[Entry]) -> None:
        batch: list[Event] = []
        for entry_id, payload in entries:
            try:
                batch.extend(self._in_time(entry_id, wire.decode(payload)))
            except ValueError as error:
                self._set_aside(entry_id, payload, str(error))
            if sum(map(wire.weight, batch)) >= self._config.batch_events:
                self._write(batch)
                batch = []
        self._write(batch)

    def _in_time(self, entry_id: bytes, events: list[Event]) -> list[Event]:
        """The events that will be kept. Others are set aside: roll-ups would count what is dropped within the hour.

        Entrances refuse them; a day's grace is for what waited here meanwhile.
        """
        since, good = clock.now() - DAY, []
        for event in events:
            try:
                self._kept.check(str(event.__struct_config__.tag), float(event.timestamp or 0), since)
                good.append(event)
            except BadInput as error:
                self._set_aside(entry_id, wire.encode([event]), str(error))
        return good

    def _write(self, batch: list[Event]) -> None:
        """Store a batch; when PostgreSQL refuses it, store its events one by one and set aside those at fault."""
        try:
            self._touched(self._writer.store(batch, clock.now()).slots)
        except (Refused, ValueError, TypeError, ArithmeticError) as error:
            if len(batch) == 1:
                self._set_aside(b"", wire.encode(batch), str(error))
                return
            log.get("consume").warning("a batch was refused; storing its events one by one", reason=str(error)[:300])
            middle = len(batch) // 2
            self._write(batch[:middle])
            self._write(batch[middle:])

    def _set_aside(self, entry_id: bytes, payload: bytes, reason: str) -> None:
        log.get("consume").error("an entry was set aside", entry=entry_id.decode(), reason=reason[:300])
        with self._database.raw() as connection, connection.cursor() as cursor:
            cursor.execute(sql("collector.set_aside"), (payload, reason[:2000]))
