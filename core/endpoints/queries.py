"""What the pages Database and Redis show of queries: the answers of `GET /api/v1/queries` and `GET /api/v1/query`.

A query is a named statement, a Redis command, or one of the names in parentheses: `(commit)`, `(own code)` and others.
Its `kind` is `database`, `redis`, `pool` (time to get a connection), `own` (what a request takes beside all of these),
`wait` (a Redis command that waits for something to come) or `held` (a connection in use). The first four add up to the
time of their endpoints. Minutes are minutes of the epoch, other times are seconds.
"""

from typing import Final

from msgspec import Struct

from core.endpoints.overview import Figures

ROUTE, ROUTE_OF_ONE = "/api/v1/queries", "/api/v1/query"
WORK: Final = ("database", "redis", "pool", "own")  # the kinds that add up


class CalledQuery(Struct, frozen=True, kw_only=True):
    """A query over the range; `figures.hits` are its calls, `rows` those that came or were changed (of Redis: how many
    commands), `trend` has its calls in each bin.
    """

    kind: str
    query: str
    figures: Figures
    rows: int
    trend: list[int] = []


class Caller(Struct, frozen=True, kw_only=True):
    """Who calls: an endpoint, or a process in the background (no method); `seconds` by kind, or of one query."""

    service: str
    route: str
    method: str
    figures: Figures
    rows: int = 0
    seconds: dict[str, float] = {}


class QueriesOverview(Struct, frozen=True, kw_only=True):
    """Queries of a filter over [first, after), those with the most time first; `more` are not listed.

    `total` is that of all kinds that add up, `kinds` of each. `seconds` has by kind the seconds in each bin. `callers`
    are endpoints and processes of all filters, those with the most time first.
    """

    now: float
    first: int
    after: int
    step: int
    total: float
    kinds: dict[str, Figures]
    rows: list[CalledQuery]
    more: int
    seconds: dict[str, list[float]]
    callers: list[Caller]
    services: list[str]


class QueryDetail(Struct, frozen=True, kw_only=True):
    """One query over [first, after): its text where it has one, its figures by bin, their histogram, and who calls it.

    `histogram` has pairs of an upper edge in seconds and the calls between it and the edge before. `share` is its part
    of the time of all queries, connections and code, 0..1.
    """

    now: float
    first: int
    after: int
    step: int
    kind: str
    query: str
    text: str
    file: str
    total: Figures
    rows: int
    share: float | None
    bins: list[Figures]
    histogram: list[tuple[float, int]]
    callers: list[Caller]
