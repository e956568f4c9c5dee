"""What each process has in the event stream and nobody has stored for a while, noted in PostgreSQL.

While collectors work, entries wait a fraction of a second and nothing is noted. Without a collector the stream alone
has what was accepted, and only the process that took it could notice a deletion. Its note outlives both: the next
collector compares (`collector.dead_publishers`). An entry is known by the key of its first event.
"""

import itertools
import threading
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from core.db import event_keys
from core.db.engine import Database
from core.db.queries import sql
from core.errors import DatabaseUnavailable
from core.pipeline import accepted
from core.pipeline.stream_replies import Id
from core.pipeline.unconfirmed import Kept

LATE_SECONDS = 1.5  # an entry that waits for longer is noted
NEWS_SECONDS = 1.0  # at most one note in this time
ANEW_SECONDS = 5.0  # who lives says so
DEAD_SECONDS = 30.0
MOST_KEYS = 2_000  # of the oldest entries; more are counted only
PAUSE_SECONDS = 10.0  # after PostgreSQL did not answer


class Notes:
    """The notes of one process. `note` is called at every look; it never fails its caller."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._noted: dict[tuple[str, int], tuple[tuple[int, Id, Id], float]] = {}
        self._pause_until = 0.0
        self._lock = threading.Lock()  # the last word comes from another thread

    def note(self, publisher: str, shard: int, waiting: Mapping[Id, Kept], now: float, last: bool = False) -> bool:
        """Write down the names of what waits, when it has waited for long or this is the `last` word; take the note
        away when nothing does. Whether nothing is left to be written.
        """
        with self._lock:
            known = self._noted.get((publisher, shard))
            late = bool(waiting) and (last or now - next(iter(waiting))[0] / 1000 > LATE_SECONDS)
            if not (late or known):
                return True
            if now < self._pause_until:
                return False
            try:
                if not late:
                    self._forget(publisher, shard)
                    return True
                state = len(waiting), min(waiting), max(waiting)
                if known and now - known[1] < (ANEW_SECONDS if known[0] == state else NEWS_SECONDS) and not last:
                    return True
                names = [accepted.pair(one.name) for one in itertools.islice(waiting.values(), MOST_KEYS)]
                row = (publisher, shard, state[0], state[1][0], state[2][0], names, now)
                with self._database.raw() as connection, connection.cursor() as cursor:
                    cursor.execute(sql("stream_waiting.note"), row)
                self._noted[publisher, shard] = state, now
                return True
            except DatabaseUnavailable:
                self._pause_until = now + PAUSE_SECONDS
                return False

    def _forget(self, publisher: str, shard: int) -> None:
        with self._database.raw() as connection, connection.cursor() as cursor:
            cursor.execute(sql("stream_waiting.forget"), (publisher, shard))
        del self._noted[publisher, shard]


@dataclass(frozen=True, slots=True)
class Forsaken:
    """What a process that ended had in a shard; `lost` counts its known entries that are not stored, at most `entries`.

    `first` and `last` are epoch seconds.
    """

    publisher: str
    shard: int
    entries: int
    first: float
    last: float
    lost: int


def forsaken(database: Database, now: float) -> list[Forsaken]:
    """The notes of processes that live no more, compared with what is stored. Raises DatabaseUnavailable.

    Not of those that were seen since: they are judged by what they accepted (`core.pipeline.stream_publishers`).
    """
    with database.raw() as connection, connection.cursor() as cursor:
        cursor.execute(sql("stream_waiting.forsaken"), {"before": now - DEAD_SECONDS})
        rows = cursor.fetchall()
        found = []
        for publisher, shard, entries, first, last, keys in rows:
            lost = len(unstored(cursor, keys))
            beyond = entries - len(keys) if lost else 0
            found.append(Forsaken(publisher, shard, entries, first / 1000, last / 1000, lost + beyond))
        return found


def unstored(cursor: Any, pairs: Collection[str]) -> list[str]:
    """The entries, by pairs of keys, of which nothing is stored."""
    known = event_keys.known(cursor, sorted({key for pair in pairs for key in pair.split(" ")}))
    return [pair for pair in pairs if known.isdisjoint(pair.split(" "))]


def settle(database: Database, one: Forsaken) -> None:
    """Take a dead process's note away. Raises DatabaseUnavailable."""
    with database.raw() as connection, connection.cursor() as cursor:
        cursor.execute(sql("stream_waiting.forget"), (one.publisher, one.shard))
