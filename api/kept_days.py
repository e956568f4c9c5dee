"""What was read of whole days, kept as long as they have as many rows and hits: so 90 days are read once."""

from collections.abc import Callable, Hashable
from typing import TypeVar

from api import endpoint_spans
from api.context import ProcessCache
from core.db.engine import Connection
from core.db.queries import query

KEPT = 86_400.0  # seconds
MOST_DAYS = 24  # that a process keeps
T = TypeVar("T")


class Days:
    """Days of a topic (`endpoints`, `queries`) for a filter, in one transaction."""

    def __init__(
        self, connection: Connection, kept: ProcessCache, filtered: tuple[str, ...], topic: str = "endpoints"
    ) -> None:  # fmt: skip
        self._connection = connection
        self._kept = kept
        self._filtered = filtered
        self._topic = topic
        self._known: dict[endpoint_spans.Span, tuple[Hashable, ...]] = {}

    def remember(self, what: Hashable, span: endpoint_spans.Span, read: Callable[[], T]) -> T:
        """What was read of a span before, or is read now; of narrower rows than days always the latter."""
        if span.width != endpoint_spans.DAY:
            return read()
        if span not in self._known:
            statement = query(f"{self._topic}.known_days")
            self._known[span] = tuple(self._connection.execute(statement, span.values()).one())
        key = (self._topic, what, span, self._filtered, self._known[span])
        return self._kept.remember(key, KEPT, read)
