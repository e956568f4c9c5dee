"""Which processes publish to the event stream, noted in PostgreSQL before their first answer.

A process that is killed leaves its row, so the next collector knows of it whatever became of Redis, and compares what
it accepted (`core.pipeline.accepted`) with what is stored: `collector.dead_publishers`.
"""

import threading
from dataclasses import dataclass

from core.db.engine import Database, execute_values
from core.db.queries import sql
from core.errors import DatabaseUnavailable
from core.pipeline.stream_waiting import DEAD_SECONDS, PAUSE_SECONDS

RENEW_SECONDS = 10.0


class Register:
    """The rows of one process. It never fails its caller: while PostgreSQL is away the row is written later."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._lives: dict[tuple[str, int], str] = {}
        self._due = 0.0
        self._pause_until = 0.0
        self._lock = threading.Lock()

    def knows(self, publisher: str, shard: int) -> bool:
        """Whether it was told of this shard."""
        return (publisher, shard) in self._lives

    def begin(self, publisher: str, shard: int, life: str, now: float) -> None:
        """The process publishes to a shard whose Redis has this marker; called again when the marker is another."""
        with self._lock:
            if self._lives.get((publisher, shard)) == life:
                return
            self._lives[publisher, shard] = life
            self._write(publisher, now)

    def renew(self, publisher: str, now: float) -> None:
        """The process lives."""
        with self._lock:
            if now >= self._due:
                self._write(publisher, now)

    def end(self, publisher: str) -> bool:
        """The process ends in order; whether PostgreSQL knows."""
        with self._lock:
            if not any(one == publisher for one, _ in self._lives):
                return True
            try:
                with self._database.raw() as connection, connection.cursor() as cursor:
                    cursor.execute(sql("stream_publishers.end"), (publisher,))
            except DatabaseUnavailable:
                return False
            self._lives.clear()
            return True

    def _write(self, publisher: str, now: float) -> None:
        rows = [(who, shard, life, now) for (who, shard), life in self._lives.items() if who == publisher]
        if not rows or now < self._pause_until:
            return
        try:
            with self._database.raw() as connection, connection.cursor() as cursor:
                template = "(%s, %s, %s, to_timestamp(%s))"
                execute_values(cursor, sql("stream_publishers.put"), rows, template=template)
            self._due = now + RENEW_SECONDS
        except DatabaseUnavailable:
            self._due = self._pause_until = now + PAUSE_SECONDS


@dataclass(frozen=True, slots=True)
class Dead:
    """A process that was killed: its shard, the marker of the shard's Redis that it knew, when it was seen last."""

    publisher: str
    shard: int
    life: str
    seen: float

    @property
    def end(self) -> float:
        """Epoch seconds after which it accepted nothing."""
        return self.seen + DEAD_SECONDS


def dead(database: Database, now: float) -> list[Dead]:
    """Processes that were killed, by shard. Raises DatabaseUnavailable."""
    with database.raw() as connection, connection.cursor() as cursor:
        cursor.execute(sql("stream_publishers.dead"), (now - DEAD_SECONDS,))
        return [Dead(*row) for row in cursor.fetchall()]


def settle(database: Database, one: Dead) -> None:
    """Forget a dead process. Raises DatabaseUnavailable."""
    with database.raw() as connection, connection.cursor() as cursor:
        cursor.execute(sql("stream_publishers.settle"), (one.publisher, one.shard))
