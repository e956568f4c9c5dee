"""What endpoints did, added to their minutes in PostgreSQL: whatever many processes say of a minute adds up.

An event counts once by its key, as every event does, so adding is all there is to do. The hours of the minutes are
noted in the same transaction, and summed up anew by the collector (`collector/rollup.py`).
"""

from collections.abc import Sequence
from typing import Any

from core.clock import to_datetime
from core.events.endpoint_series import EndpointKey
from core.events.performance.endpoint import Endpoint
from core.events.types import Event
from core.pipeline.minute_sums import LONG as LONG
from core.pipeline.minute_sums import Tally, Topic

MOST_SERIES = 2_000  # of a service in a day
TOPIC = Topic("endpoint_counts", ("services", "versions", "routes", "methods", "statuses", "errors"))


def put(cursor: Any, events: Sequence[Event], now: float, most_series: int = MOST_SERIES) -> None:
    """Add what endpoints did to their minutes; what is beyond `most_series` of a service in a day counts together.

    Services beyond the room for all count together, too; our own have theirs.
    """
    told = [event for event in events if isinstance(event, Endpoint)]
    if not told:
        return
    keys = TOPIC.numbers(cursor, dict.fromkeys(map(key_of, told)), to_datetime(now).date(), most_series)
    tallies: dict[tuple[int, int], Tally] = {}
    for event in told:
        place = int(float(event.timestamp or 0)) // 60 * 60, keys[key_of(event)]
        tallies.setdefault(place, Tally()).add(event)
    TOPIC.add(cursor, tallies)


def key_of(event: Endpoint) -> EndpointKey:
    """The series of an event."""
    return EndpointKey(
        event.service, event.version, event.route, event.method, event.status, event.error_type
    )  # fmt: skip
