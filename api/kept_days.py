"""What was read of whole days of queries, kept as long as they have as many rows and calls: 90 days are read once."""

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
    """Days for a filter, in one transaction."""

    def __init__(self, connection: Connection, kept: ProcessCache, filtered: tuple[str, ...]) -> None:
        self._connection = connection
        self._kept = kept
        self._filtered = filtered
        self._known: dict[endpoint_spans.Span, tuple[Hashable, ...]] = {}

    def remember(self, what: Hashable, span: endpoint_spans.Span, read: Callable[[], T]) -> T:
        """What was read of a span before, or is read now; of narrower rows than days always the latter."""
        if span.width != endpoint_spans.DAY:
            return read()
        if span not in self._known:
            self._known[span] = tuple(self._connection.execute(query("queries.known_days"), span.values()).one())
        key = (what, span, self._filtered, self._known[span])
        return self._kept.remember(key, KEPT, read)
