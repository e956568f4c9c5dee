"""Sums by series and minute in PostgreSQL, of what is reported many times: numbers of series, and adding to minutes.

Two kinds of report are stored so, endpoints and queries; each has its tables and its named queries `series`, `active`,
`make_series`, `see_series`, `add`, `make_compact` and `note` in a topic of its own.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, TypeVar

from core.db.queries import sql
from core.endpoints import histogram
from core.events import senders
from core.events.endpoint_series import MOST_NANO, OTHER, nano

SERVICES = 10  # so many times a service's series are of all services together, or no further service has its own
LONG = 512  # bytes of a minute's histograms, from where they are made one
HOUR = 3600
MOST_COUNT = 10**15  # of rows and errors, whatever is added


K = TypeVar("K", bound=Any)  # a series: a named tuple in the order of its topic's arrays, with `service` and `beyond`


@dataclass(slots=True)
class Tally:
    """What is added to one minute of one series; times in nanoseconds."""

    hits: int = 0
    rows: int = 0
    errors: int = 0
    total: int = 0
    least: int = MOST_NANO
    most: int = 0
    buckets: Counter[int] = field(default_factory=Counter)

    def add(self, event: Any) -> None:
        """Add a report: hits, seconds and buckets, with rows and errors where it has them."""
        self.hits += event.hits
        self.rows = min(self.rows + getattr(event, "rows", 0), MOST_COUNT)
        self.errors += getattr(event, "errors", 0)
        self.total = min(self.total + nano(event.seconds_sum), MOST_NANO)
        self.least = min(self.least, nano(event.seconds_min))
        self.most = max(self.most, nano(event.seconds_max))
        self.buckets.update(event.buckets)


@dataclass(frozen=True)
class Topic:
    """Where a kind of report is stored: the topic of its named queries, and the names of its series' arrays."""

    name: str
    arrays: tuple[str, ...]

    def numbers(self, cursor: Any, wanted: Iterable[K], day: date, most: int) -> dict[K, int]:
        """The number of each series; new ones are made as long as their service has room."""
        keys = list(wanted)
        known = self._known(cursor, keys)
        if old := [number for number, seen in known.values() if seen < day]:
            cursor.execute(sql(f"{self.name}.see_series"), {"ids": old, "day": day})
        new = [key for key in keys if key not in known]
        if not new:
            return {key: known[key][0] for key in keys}
        cursor.execute(sql(f"{self.name}.active"), (day,))
        placed = _placed(new, Counter(dict(cursor.fetchall())), most)
        made = self._known(cursor, places := list(dict.fromkeys(placed.values())))
        if missing := [key for key in places if key not in made]:
            cursor.execute(sql(f"{self.name}.make_series"), self._columns(missing) | {"day": day})
            made |= self._known(cursor, missing)
        return {key: (known.get(key) or made[placed[key]])[0] for key in keys}

    def add(self, cursor: Any, tallies: Mapping[tuple[int, int], Tally]) -> None:
        """Add to minutes (epoch seconds and the number of a series), and note their hours."""
        sums = tallies.values()
        given = {
            "minutes": [minute for minute, _ in tallies], "ids": [number for _, number in tallies],
            "hits": [one.hits for one in sums], "rows": [one.rows for one in sums],
            "errors": [one.errors for one in sums], "sums": [one.total for one in sums],
            "mins": [one.least for one in sums], "maxs": [one.most for one in sums],
            "sketches": [histogram.encode(one.buckets) for one in sums], "most": MOST_NANO, "long": LONG,
        }  # fmt: skip
        cursor.execute(sql(f"{self.name}.add"), given)
        long = [(at, number, bytes(sketch)) for at, number, sketch in cursor.fetchall() if at is not None]
        if long:
            times, numbers, sketches = map(list, zip(*long, strict=True))
            made = [histogram.of_row(row) for row in histogram.rows(sketches)]
            cursor.execute(sql(f"{self.name}.make_compact"), {"times": times, "ids": numbers, "sketches": made})
        cursor.execute(sql(f"{self.name}.note"), (sorted({minute // HOUR * HOUR for minute, _ in tallies}),))

    def _known(self, cursor: Any, keys: Sequence[K]) -> dict[K, tuple[int, date]]:
        cursor.execute(sql(f"{self.name}.series"), self._columns(keys))
        return {keys[place - 1]: (number, seen) for place, number, seen in cursor.fetchall()}

    def _columns(self, keys: Iterable[Any]) -> dict[str, list[Any]]:
        return dict(zip(self.arrays, map(list, zip(*keys, strict=True)), strict=True))


def _placed(new: Sequence[K], active: Counter[str], most: int) -> dict[K, K]:
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
