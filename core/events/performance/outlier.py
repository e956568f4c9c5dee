"""One request that was much slower than its endpoint usually is, and what it did while it ran."""

from typing import Annotated, ClassVar

from msgspec import Meta, Struct

from core.errors import BadInput
from core.events import endpoint_series
from core.events.addresses import address
from core.events.base import Key
from core.events.performance.reported import Reported

MOST_STACKS, MOST_DEPTH, MOST_FRAMES = 12, 100, 400
MOST_NEIGHBOURS, MOST_HEADERS, MOST_PARAMETERS, MOST_POOLS = 20, 12, 20, 8
Words = Annotated[str, Meta(max_length=300, pattern=endpoint_series.LINE)]
Count = Annotated[int, Meta(ge=0, le=10**9)]
Millis = Annotated[float, Meta(ge=0, le=1e9)]
Place = Annotated[int, Meta(ge=0, lt=MOST_FRAMES)]


class Frame(Struct, frozen=True, omit_defaults=True):
    """A function by its qualified name; file and line where it is the application's own code."""

    name: Words
    file: Words = ""
    line: Count = 0


class Stack(Struct, frozen=True, omit_defaults=True):
    """What the request did `ms` after its beginning: places in `frames`, the innermost last.

    `cpu_ms` is what its thread has used of the processor since the first stack.
    """

    ms: Millis
    frames: Annotated[list[Place], Meta(max_length=MOST_DEPTH)]
    cpu_ms: Millis | None = None


class Neighbour(Struct, frozen=True):
    """Another request in flight, and since when."""

    route: endpoint_series.Route
    method: endpoint_series.Method
    ms: Millis


class Pool(Struct, frozen=True):
    """Connections of a pool that are in use, of so many that there may be (`most`); 0 of 0 where nothing is known."""

    name: endpoint_series.Word
    used: Count
    most: Count


class Machine(Struct, frozen=True, omit_defaults=True):
    """The process and its machine while the request ran; None is not known.

    `cpu` is how many cores the process used, `load` the run queue of the machine (a minute's mean) with `cores`,
    `queue` how many requests waited for a thread.
    """

    cpu: Annotated[float, Meta(ge=0, le=10_000)] | None = None
    load: Annotated[float, Meta(ge=0, le=1e6)] | None = None
    cores: Count | None = None
    memory_bytes: Annotated[int, Meta(ge=0, le=2**60)] | None = None
    threads: Count | None = None
    queue: Count | None = None
    pools: Annotated[list[Pool], Meta(max_length=MOST_POOLS)] = []


class Outlier(Reported, tag="outlier", kw_only=True):
    """A request slower than `limit_seconds`, the p99.5 of its endpoint and at least 50 ms. Its time is its beginning.

    `request` names it within its service: what is reported of one again replaces what was there, if it took longer.
    One that is still `running` has the status 0. Of what it carried there are harmless headers and the names of query
    parameters, never a value, a cookie or a body. `store_seconds` is what its queries
    and commands took that had ended, `in_flight` how many other requests were, `neighbours` the oldest of them.
    """

    kept_by: ClassVar[str] = "outlier_days"
    request: Key
    route: endpoint_series.Route
    method: endpoint_series.Method
    status: endpoint_series.Status
    seconds: endpoint_series.Seconds
    limit_seconds: endpoint_series.Seconds
    running: bool = False
    correlation_id: endpoint_series.Text = ""
    user: endpoint_series.Text = ""
    ip: str | None = None
    headers: Annotated[dict[endpoint_series.Text, Words], Meta(max_length=MOST_HEADERS)] = {}
    parameters: Annotated[list[endpoint_series.Text], Meta(max_length=MOST_PARAMETERS)] = []
    frames: Annotated[list[Frame], Meta(max_length=MOST_FRAMES)] = []
    stacks: Annotated[list[Stack], Meta(max_length=MOST_STACKS)] = []
    store_seconds: endpoint_series.Seconds | None = None
    in_flight: Count = 0
    neighbours: Annotated[list[Neighbour], Meta(max_length=MOST_NEIGHBOURS)] = []
    machine: Machine = Machine()

    def complete(self) -> None:
        """Canonical address. Raises BadInput for a stack of frames that there are not."""
        if self.ip is not None:
            self.ip = address(self.ip)
        if any(place >= len(self.frames) for stack in self.stacks for place in stack.frames):
            raise BadInput("$.stacks", "refer to frames that are not in `frames`")
