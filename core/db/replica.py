"""Where reads of long history go: a read replica while it keeps up, else the primary.

Searches by machines, exports and the threshold simulator may look at millions of rows; nothing that people act on and
read again at once, and nothing of the live page, is read here. The replica is asked every LOOK_SECONDS how far it is;
one that is away, that lags by more than MOST_BEHIND, or that was promoted and is no replica any more, is passed over.
"""

import threading
import time
from collections.abc import Callable
from typing import Generic, NamedTuple, TypeVar

from core import log
from core.db.engine import Database
from core.db.queries import sql
from core.errors import DatabaseUnavailable

T = TypeVar("T")
LOOK_SECONDS = 2.0
MOST_BEHIND = 30.0


class ReplicaRead(NamedTuple, Generic[T]):
    """What was read, and how many seconds behind it may be; None when it came from the primary."""

    found: T
    behind: float | None


class HistoryReader:
    """Reads history. Safe between threads; opens nothing until it is used."""

    def __init__(self, primary: Database, url: str = "", most_behind: float = MOST_BEHIND) -> None:
        self._primary = primary
        self._replica = Database(url) if url else None
        self._most_behind = most_behind
        self._lock = threading.Lock()
        self._looked = -LOOK_SECONDS
        self._behind: float | None = None

    def read(self, work: Callable[[Database], T]) -> ReplicaRead[T]:
        """Run `work` on the replica, or on the primary when there is none to trust or it fails meanwhile.

        Raises DatabaseUnavailable when the primary cannot be reached either.
        """
        database, behind = self.place()
        if behind is not None:
            try:
                return ReplicaRead(work(database), behind)
            except DatabaseUnavailable as away:  # it ended the query, too: rows that it shows were being removed
                log.get("history").warning("the read replica failed; reading from the primary", reason=str(away))
                with self._lock:
                    self._behind = None
        return ReplicaRead(work(self._primary), None)

    def place(self) -> tuple[Database, float | None]:
        """The database to read from, and how many seconds it may be behind; None for the primary."""
        if self._replica is None:
            return self._primary, None
        with self._lock:
            if time.monotonic() - self._looked >= LOOK_SECONDS:
                self._behind, self._looked = _behind(self._replica), time.monotonic()
            behind = self._behind
        if behind is None or behind > self._most_behind:
            return self._primary, None
        return self._replica, behind

    def close(self) -> None:
        """Close the connections to the replica; the primary is somebody else's."""
        if self._replica is not None:
            self._replica.close()


def _behind(replica: Database) -> float | None:
    """Seconds since the newest commit that a replica has replayed; None when it is away or none."""
    try:
        with replica.raw() as connection, connection.cursor() as cursor:
            cursor.execute(sql("replica.behind"))
            (found,) = cursor.fetchone()
    except DatabaseUnavailable:
        return None
    return None if found is None else float(found)
