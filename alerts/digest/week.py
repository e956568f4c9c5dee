"""What endpoints did in the week of a digest and in the weeks before it, read once for all sections.

A week is seven whole days UTC. Figures are of days that the collector has summed up.
"""

from collections import defaultdict
from collections.abc import Iterable
from typing import NamedTuple

from core.db.engine import Connection
from core.db.queries import query
from core.endpoints import histogram
from core.events.endpoint_series import LOST

DAY = 86_400.0
WEEK = 7 * DAY
WEEKS = 5  # the week itself, the one before, and those that say what is usual


class Figures(NamedTuple):
    """Of one week; p95 in seconds, None where it is not known."""

    hits: int = 0
    errors: int = 0
    p95: float | None = None

    @property
    def error_rate(self) -> float | None:
        """Errors of all hits, 0..1."""
        return self.errors / self.hits if self.hits else None


class Endpoint(NamedTuple):
    """Service, method and route, and its figures by week, the newest first."""

    service: str
    method: str
    route: str
    weeks: list[Figures]

    @property
    def name(self) -> str:
        """As a line calls it."""
        return f"{self.service} {self.method} {self.route}"


class Week(NamedTuple):
    """`start` and `end` in epoch seconds, both midnights UTC; services and endpoints with their figures by week."""

    start: float
    end: float
    services: list[Endpoint]
    endpoints: list[Endpoint]


def read(connection: Connection, end: float) -> Week:
    """The week that ends at `end`. Raises DatabaseUnavailable."""
    rows = connection.execute(query("digest.endpoints"), {"end": end, "weeks": WEEKS, "lost": LOST}).all()
    found: dict[tuple[str, str, str], dict[int, tuple[int, int, bytes]]] = defaultdict(dict)
    services: dict[tuple[str, str, str], dict[int, tuple[int, int, bytes]]] = defaultdict(dict)
    for row in rows:
        figures = int(row.hits), int(row.errors), bytes(row.sketch or b"")
        found[row.service, row.method, row.route][row.week] = figures
        hits, errors, sketch = services[row.service, "", ""].get(row.week, (0, 0, b""))
        services[row.service, "", ""][row.week] = hits + figures[0], errors + figures[1], sketch + figures[2]
    return Week(end - WEEK, end, _figures(services), _figures(found))


def _figures(found: dict[tuple[str, str, str], dict[int, tuple[int, int, bytes]]]) -> list[Endpoint]:
    keys = sorted(found)
    places = [(key, week) for key in keys for week in range(2) if week in found[key]]
    p95 = dict(zip(places, _p95(found[key][week][2] for key, week in places), strict=True))
    return [
        Endpoint(
            *key,
            [
                Figures(*found[key][week][:2], p95.get((key, week))) if week in found[key] else Figures()
                for week in range(WEEKS)
            ],
        )
        for key in keys
    ]


def _p95(sketches: Iterable[bytes]) -> list[float]:
    listed = list(sketches)
    return [float(one) for one in histogram.quantiles(histogram.rows(listed), (0.95,))[:, 0]] if listed else []
