"""What the page Outliers shows: the answers of `GET /api/v1/outliers` and `GET /api/v1/outlier`.

Times are epoch seconds, minutes those of the epoch, durations seconds. An outlier is a request that took longer than
its limit: the p99.5 of its endpoint as its process knew it, and at least 50 ms.
"""

from collections.abc import Iterable, Sequence
from typing import Final, Literal

from msgspec import Struct

from core.events.performance.outlier import Frame, Machine, Neighbour, Stack

ROUTE, ROUTE_OF_ONE = "/api/v1/outliers", "/api/v1/outlier"
ORDERS: Final = ("newest", "slowest")
PLUMBING = "core/db/"
Order = Literal["newest", "slowest"]


def own_place(frames: Sequence[Frame], stacks: Iterable[Stack]) -> str:
    """The innermost function of the application that most stacks were in, with its file and line; '' for none.

    What every query of ours goes through counts only where there is nothing else.
    """
    counts: dict[tuple[str, str], list[Frame]] = {}
    for stack in stacks:
        own = [frames[place] for place in reversed(stack.frames) if frames[place].file]
        if own:
            inner = next((frame for frame in own if not frame.file.startswith(PLUMBING)), own[0])
            counts.setdefault((inner.name, inner.file), []).append(inner)
    if not counts:
        return ""
    most = max(counts.values(), key=len)[-1]
    return f"{most.name} ({most.file}:{most.line})"


class OutlierRow(Struct, frozen=True, kw_only=True):
    """One outlier: when it began, how long it took, what it had to exceed, and where most of its stacks were."""

    id: int
    at: float
    service: str
    version: str
    route: str
    method: str
    status: int
    running: bool
    seconds: float
    limit: float
    stacks: int
    place: str


class EndpointOutliers(Struct, frozen=True, kw_only=True):
    """How many outliers an endpoint has in the range."""

    service: str
    route: str
    method: str
    outliers: int
    slowest: float


class OutliersOverview(Struct, frozen=True, kw_only=True):
    """The outliers of a filter over minutes [first, after), in the order asked for; `more` are not listed.

    `bins` has how many began in each `step` minutes. `endpoints` are those with most outliers, of the whole filter;
    `dropped` are outliers of the days of the range that were not stored, because their service had too many.
    """

    now: float
    first: int
    after: int
    step: int
    rows: list[OutlierRow]
    total: int
    more: int
    bins: list[int]
    endpoints: list[EndpointOutliers]
    services: list[str]
    dropped: int = 0


class OutlierDetail(Struct, frozen=True, kw_only=True):
    """One outlier with everything that was noted of it (`core.events.performance.outlier`)."""

    now: float
    row: OutlierRow
    correlation_id: str = ""
    user: str = ""
    ip: str | None = None
    headers: dict[str, str] = {}
    parameters: list[str] = []
    frames: list[Frame] = []
    stacks: list[Stack] = []
    store_seconds: float | None = None
    in_flight: int = 0
    neighbours: list[Neighbour] = []
    machine: Machine = Machine()
