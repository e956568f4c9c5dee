"""What the page Processes shows: the answer of `GET /api/v1/processes`.

Minutes are minutes of the epoch, other times epoch seconds. CPU is in cores: 1.0 is one core all the time. `busy` is
the share of a worker's threads that answered requests, waits are seconds that requests waited for a thread. None where
nothing was reported.
"""

from typing import Final, Literal

from msgspec import Struct

ROUTE: Final = "/api/v1/processes"
SILENT_SECONDS = 90.0  # without a report, after which a process is not taken as running
State = Literal["running", "silent", "ended"]


class Usage(Struct, frozen=True, kw_only=True):
    """What processes used on average over a span; `pause` is the share of time in garbage collections."""

    cpu: float | None = None
    memory: float | None = None
    busy: float | None = None
    requests: int = 0
    wait: float | None = None
    wait_max: float | None = None
    pause: float | None = None
    collections: int = 0


class ProcessRow(Struct, frozen=True, kw_only=True):
    """A process over the range; `cpu_trend` has its CPU by bin. `threads` and `files` are the most there were."""

    service: str
    version: str
    host: str
    pid: int
    worker: str
    started: float
    seen: float
    state: State
    usage: Usage
    memory_max: int
    threads: int
    files: int
    cpu_trend: list[float]


class Line(Struct, frozen=True, kw_only=True):
    """A service, or a process of the one service that was asked for, by bin."""

    name: str
    bins: list[Usage]


class HostLine(Struct, frozen=True, kw_only=True):
    """A machine by bin: shares of its CPU, memory and disk, 0..1, as its processes see them."""

    name: str
    cpu: list[float | None]
    memory: list[float | None]
    disk: list[float | None]


class ProcessesOverview(Struct, frozen=True, kw_only=True):
    """Processes that reported within [first, after), those that run first; `more` are not listed."""

    now: float
    first: int
    after: int
    step: int
    total: Usage
    running: int
    rows: list[ProcessRow]
    more: int
    lines: list[Line]
    hosts: list[HostLine]
    services: list[str]
