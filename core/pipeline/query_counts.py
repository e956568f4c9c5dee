"""What statements and Redis commands took, added to their minutes in PostgreSQL, as endpoints are
(`core/pipeline/minute_sums.py`).
"""

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from core.clock import to_datetime
from core.events.endpoint_series import OTHER
from core.events.performance.queries import BACKGROUND, Queries, QueryRow
from core.events.types import Event
from core.pipeline.minute_sums import Tally, Topic

MOST_SERIES = 5_000  # of a service in a day
TOPIC = Topic("query_counts", ("services", "kinds", "queries", "routes", "methods"))


class QueryKey(NamedTuple):
    """What is counted apart."""

    service: str
    kind: str
    query: str
    route: str
    method: str

    @property
    def beyond(self) -> "QueryKey":
        """Where it counts when its service has too many series."""
        return QueryKey(self.service, self.kind, OTHER, BACKGROUND, "")


def put(cursor: Any, events: Sequence[Event], now: float, most_series: int = MOST_SERIES) -> None:
    """Add what queries took to their minutes; what is beyond `most_series` of a service in a day counts together."""
    told = [event for event in events if isinstance(event, Queries)]
    if not told:
        return
    wanted = dict.fromkeys(key for _, key, _ in _rows(told))
    keys = TOPIC.numbers(cursor, wanted, to_datetime(now).date(), most_series)
    tallies: dict[tuple[int, int], Tally] = {}
    for minute, key, row in _rows(told):
        tallies.setdefault((minute, keys[key]), Tally()).add(row)
    TOPIC.add(cursor, tallies)


def _rows(events: Sequence[Queries]) -> Iterator[tuple[int, QueryKey, QueryRow]]:
    for event in events:
        minute = int(float(event.timestamp or 0)) // 60 * 60
        for row in event.queries:
            yield minute, QueryKey(event.service, row.kind, row.query, row.route, row.method), row
