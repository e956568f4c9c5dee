"""What the page Overhead shows: what monitoring itself costs, the answer of `GET /api/v1/overhead`.

Minutes are minutes of the epoch. Times of recording are measured in the processes: `record_seconds` by real requests,
two a second of a process at most; `fold_seconds` and `thread_share` are CPU time. None where nothing was measured.
"""

from typing import Final

from msgspec import Struct

ROUTE: Final = "/api/v1/overhead"


class Cost(Struct, frozen=True, kw_only=True):
    """What requests cost more for being recorded: seconds in the request, CPU seconds a request of adding up, of which
    a thread of the process does everything; the CPU of all threads that only monitor, in cores, and its share of all.
    """

    service: str
    requests: int
    records: int
    record_seconds: float | None
    fold_seconds: float | None
    thread_cores: float | None
    thread_share: float | None


class Brought(Struct, frozen=True, kw_only=True):
    """Events of a kind, or what a metric counts as dropped, by day; `monitoring` says that nobody but us sends them."""

    what: str
    monitoring: bool
    number: list[int]
    bytes: list[int]


class Overhead(Struct, frozen=True, kw_only=True):
    """Costs over [first, after) by service, `bins` those of all together by `step` minutes; events of the last days."""

    now: float
    first: int
    after: int
    step: int
    total: Cost
    services: list[Cost]
    bins: list[Cost]
    days: list[str]
    published: list[Brought]
    dropped: list[Brought]
