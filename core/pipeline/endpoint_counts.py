"""What endpoints did, added to their minutes in PostgreSQL: whatever many processes say of a minute adds up.

An event counts once by its key, as every event does, so adding is all there is to do. The hours of the minutes are
noted in the same transaction, and summed up anew by the collector (`core/endpoints/rollup.py`).
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from core.clock import to_datetime
from core.db.queries import sql
from core.endpoints import histogram
from core.events import senders
from core.events.endpoint_series import MOST_NANO, OTHER, EndpointKey, nano
from core.events.performance.endpoint import Endpoint
from core.events.types import Event

MOST_SERIES = 2_000  # of a service in a day
SERVICES = 10  # so many times that are of all services together, or no further service has series of its own
LONG = 512  # bytes of a minute's histograms, from where they are made one
HOUR = 3600


@dataclass(slots=True)
class Tally:
    """What is added to one minute of one series; times in nanoseconds."""

    hits: int = 0
    total: int = 0
    least: int = MOST_NANO
    most: int = 0
    buckets: Counter[int] = field(default_factory=Counter)

    def add(self, event: Endpoint) -> None:
        """Add an event."""
        self.hits += event.hits
        self.total = min(self.total + nano(event.seconds_sum), MOST_NANO)
        self.least = min(self.least, nano(event.seconds_min))
        self.most = max(self.most, nano(event.seconds_max))
        self.buckets.update(event.buckets)


def put(cursor: Any, events: Sequence[Event], now: float, most_series: int = MOST_SERIES) -> None:
    """Add what endpoints did to their minutes; what is beyond `most_series` of a service in a day counts together.

    Services beyond the room for all count together, too; our own have theirs.
    """
    told = [event for event in events if isinstance(event, Endpoint)]
    if not told:
        return
    keys = _numbers(cursor, dict.fromkeys(map(key_of, told)), to_datetime(now).date(), most_series)
    tallies: dict[tuple[int, int], Tally] = {}
    for event in told:
        place = int(float(event.timestamp or 0)) // 60 * 60, keys[key_of(event)]
        tallies.setdefault(place, Tally()).add(event)
    _add(cursor, tallies)
    cursor.execute(sql("endpoint_counts.note"), (sorted({minute // HOUR * HOUR for minute, _ in tallies}),))


def key_of(event: Endpoint) -> EndpointKey:
    """The series of an event."""
    return EndpointKey(
        event.service, event.version, event.route, event.method, event.status, event.error_type
    )  # fmt: skip


def _numbers(cursor: Any, wanted: Iterable[EndpointKey], day: date, most: int) -> dict[EndpointKey, int]:
    """The number of each series; new ones are made as long as their service has room."""
    keys = list(wanted)
    known = _known(cursor, keys)
    if old := [number for number, seen in known.values() if seen < day]:
        cursor.execute(sql("endpoint_counts.see_series"), {"ids": old, "day": day})
    new = [key for key in keys if key not in known]
    if not new:
        return {key: known[key][0] for key in keys}
    cursor.execute(sql("endpoint_counts.active"), (day,))
    placed = _placed(new, Counter(dict(cursor.fetchall())), most)
    made = _known(cursor, places := list(dict.fromkeys(placed.values())))
    if missing := [key for key in places if key not in made]:
        cursor.execute(sql("endpoint_counts.make_series"), _arrays(missing) | {"day": day})
        made |= _known(cursor, missing)
    return {key: (known.get(key) or made[placed[key]])[0] for key in keys}


def _placed(new: Sequence[EndpointKey], active: Counter[str], most: int) -> dict[EndpointKey, EndpointKey]:
    """Where each new series counts: by itself, with the rest of its service, or with the rest of all services.

    `active` are the series of each service that are in use.
    """
    total, placed = active.total(), {}
    for key in new:
        has_room = key.service in active or total < SERVICES * most or senders.is_reserved(key.service)
        place = (key if active[key.service] < most else key.beyond) if has_room else key.beyond._replace(service=OTHER)
        active[place.service] += 1
        total += 1
        placed[key] = place
    return placed


def _known(cursor: Any, keys: Sequence[EndpointKey]) -> dict[EndpointKey, tuple[int, date]]:
    cursor.execute(sql("endpoint_counts.series"), _arrays(keys))
    return {keys[place - 1]: (number, seen) for place, number, seen in cursor.fetchall()}


def _arrays(keys: Iterable[EndpointKey]) -> dict[str, list[Any]]:
    columns = map(list, zip(*keys, strict=True))
    return dict(zip(("services", "versions", "routes", "methods", "statuses", "errors"), columns, strict=True))


def _add(cursor: Any, tallies: Mapping[tuple[int, int], Tally]) -> None:
    given = {
        "minutes": [minute for minute, _ in tallies],
        "ids": [number for _, number in tallies],
        "hits": [one.hits for one in tallies.values()],
        "sums": [one.total for one in tallies.values()],
        "mins": [one.least for one in tallies.values()],
        "maxs": [one.most for one in tallies.values()],
        "sketches": [histogram.encode(one.buckets) for one in tallies.values()],
        "most": MOST_NANO,
        "long": LONG,
    }
    cursor.execute(sql("endpoint_counts.add"), given)
    long = [(at, number, bytes(sketch)) for at, number, sketch in cursor.fetchall() if at is not None]
    if long:
        times, numbers, sketches = map(list, zip(*long, strict=True))
        made = [histogram.of_row(row) for row in histogram.rows(sketches)]
        cursor.execute(sql("endpoint_counts.make_compact"), {"times": times, "ids": numbers, "sketches": made})
