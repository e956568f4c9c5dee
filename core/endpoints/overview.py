"""What the pages Performance and Endpoint show: the answers of `GET /api/v1/endpoints` and `GET /api/v1/endpoint`.

Minutes are minutes of the epoch, other times are seconds. Hits, sums, minima and maxima are exact, quantiles within
1 %; None where nothing was counted. An error is a status from 500 on, or a hit with an `error_type`. A bin has `step`
minutes and begins at a multiple of them.
"""

from typing import Final

from msgspec import Struct

ROUTE, ROUTE_OF_ONE = "/api/v1/endpoints", "/api/v1/endpoint"
LENGTHS = {"1h": 60, "6h": 360, "24h": 1440, "7d": 10_080, "30d": 43_200, "90d": 129_600}  # minutes
USUAL: Final = "1h"
QUANTILES = (0.5, 0.95, 0.99)


class Figures(Struct, frozen=True, kw_only=True):
    """What some hits came to: seconds in all, the least and the most of one, and quantiles."""

    hits: int = 0
    errors: int = 0
    seconds: float = 0.0
    least: float | None = None
    most: float | None = None
    p50: float | None = None
    p95: float | None = None
    p99: float | None = None

    @property
    def error_rate(self) -> float | None:
        """Errors of all hits, 0..1."""
        return self.errors / self.hits if self.hits else None

    @property
    def mean(self) -> float | None:
        """Seconds a hit."""
        return self.seconds / self.hits if self.hits else None


class EndpointRow(Struct, frozen=True, kw_only=True):
    """An endpoint over the range; `trend` has its hits in each bin."""

    service: str
    route: str
    method: str
    figures: Figures
    trend: list[int]


class EndpointsOverview(Struct, frozen=True, kw_only=True):
    """All endpoints of a filter over [first, after), those with the most time first; `more` are not listed.

    `hits` and `errors` are those of each bin. `lost` are requests that senders counted and could not report; they are
    in no other figure. `services`, `methods` and `versions` (the newest first) are what can be chosen.
    """

    now: float
    first: int
    after: int
    step: int
    total: Figures
    rows: list[EndpointRow]
    more: int
    lost: int = 0
    hits: list[int]
    errors: list[int]
    services: list[str]
    methods: list[str]
    versions: list[str]


class Named(Struct, frozen=True, kw_only=True):
    """A version, or a status with its error type, and its figures; minutes of its first and last bin."""

    name: str
    error_type: str = ""
    figures: Figures
    first: int
    last: int


class EndpointDetail(Struct, frozen=True, kw_only=True):
    """One endpoint over [first, after).

    By bin: `classes` are hits by the first digit of the status (0: none was sent), `bins` the figures. `histogram` has
    pairs of an upper edge in seconds and the hits between it and the edge before. `week` has 7 rows (Monday first) of
    24 hours UTC: mean hits an hour and p95 in the four weeks before `after`. `statuses` and `versions` are over the
    range.
    """

    now: float
    first: int
    after: int
    step: int
    service: str
    route: str
    method: str
    total: Figures
    bins: list[Figures]
    classes: dict[int, list[int]]
    histogram: list[tuple[float, int]]
    statuses: list[Named]
    versions: list[Named]
    week_hits: list[list[float | None]]
    week_p95: list[list[float | None]]
