"""What a part may use to read: the stores, the configuration, the scoring service, and the time."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Lock
from typing import Any, Generic, Protocol, TypeVar

from api.config import MonitoringConfig
from core.db.engine import Database
from core.db.redis_client import Live
from core.errors import DatabaseUnavailable
from core.http import HttpClient
from core.settings import Settings

T = TypeVar("T")
AWAY_SECONDS = 1.0


class ProcessCache:
    """Values worth keeping for a while within one process. The oldest go when there are many."""

    def __init__(self, most: int = 64) -> None:
        self.away_until = 0.0  # monotonic seconds until which PostgreSQL is taken as away
        self._most = most
        self._kept: dict[Any, tuple[float, Any]] = {}
        self._lock = Lock()

    def remember(self, key: Any, seconds: float, make: Callable[[], T]) -> T:
        """The value made less than `seconds` ago, else a new one; what `make` raises is not kept."""
        found = self._kept.get(key)
        if found and time.monotonic() - found[0] < seconds:
            value: T = found[1]
            return value
        value = make()
        with self._lock:
            self._kept.pop(key, None)
            self._kept[key] = (time.monotonic(), value)
            while len(self._kept) > self._most:
                self._kept.pop(next(iter(self._kept)))
        return value


@dataclass(frozen=True)
class Dated(Generic[T]):
    """A resource with how far its data reach (epoch ms), where that is not the moment of the read; None: it is."""

    data: T
    as_of: float | None


class Other(Protocol):
    """Gives the newest data of another resource, of the last hour; None while there are none."""

    def __call__(self, name: str, kind: type[T]) -> T | None: ...


@dataclass(frozen=True)
class ResourceContext:
    """Handed to every `read`. `now` is epoch seconds; `resource(name, type)` is another one's newest data or None."""

    settings: Settings
    config: MonitoringConfig
    database: Database
    live: Live
    scoring: HttpClient
    now: float
    resource: Other
    memory: ProcessCache = field(default_factory=ProcessCache)

    def rows(self, query: Any, **parameters: Any) -> list[dict[str, Any]]:
        """The rows of a named query (`core.db.queries.query`) as dictionaries."""
        with self.transaction() as connection:
            return [dict(row) for row in connection.execute(query, parameters).mappings()]

    def tuples(self, query: Any, **parameters: Any) -> list[Any]:
        """The rows of a named query as tuples."""
        with self.transaction() as connection:
            return list(connection.execute(query, parameters))

    @contextmanager
    def transaction(self) -> Iterator[Any]:
        """A transaction; after a failure the next second's are refused at once: ten parts must not wait in turn."""
        if time.monotonic() < self.memory.away_until:
            raise DatabaseUnavailable("it did not respond a moment ago")
        try:
            with self.database.transaction() as connection:
                yield connection
        except DatabaseUnavailable:
            self.memory.away_until = time.monotonic() + AWAY_SECONDS
            raise


def milliseconds(moment: Any) -> int:
    """Epoch milliseconds of an aware datetime or of epoch seconds."""
    return round((moment if isinstance(moment, (int, float)) else moment.timestamp()) * 1000)
