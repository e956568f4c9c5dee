"""What one process used and did since its report before: CPU, memory, threads, files, its worker's load."""

from typing import Annotated, ClassVar

from msgspec import Meta

from core.errors import BadInput
from core.events import endpoint_series
from core.events.performance.reported import Reported

Seconds = Annotated[float, Meta(ge=0, le=1e7)]
Number = Annotated[int, Meta(ge=0, le=10**12)]
Bytes = Annotated[int, Meta(ge=0, le=2**60)]
Share = Annotated[float, Meta(ge=0, le=1)]
Counted = Annotated[str, Meta(min_length=1, max_length=100, pattern=r"^[a-z][a-z0-9_-]*$")]
Counts = Annotated[dict[Counted, Number], Meta(max_length=64)]
MOST_PID = 2**31 - 1


class Process(Reported, tag="process", kw_only=True):
    """`seconds` that end at `timestamp`. `started` (epoch seconds), host and process id say which process it is.

    `cpu_seconds` are of all its threads, `overhead_seconds` those of the threads that only monitor. `busy_seconds` are
    seconds of threads that answered requests, of `capacity` threads; `wait_seconds` is how long requests waited for a
    thread, together, `wait_max` the longest. `record_seconds` is what `records` measured requests took longer for being
    recorded, `fold_seconds` the CPU time of adding up all requests. `published` and `published_bytes` are events and
    their bytes by kind, `dropped` what was dropped or counted beyond a limit, by the name of its metric.
    Host figures are shares of what there is.
    """

    kept_by: ClassVar[str] = "process_days"
    host: endpoint_series.Word
    pid: Annotated[int, Meta(ge=0, le=MOST_PID)]
    started: Annotated[float, Meta(ge=0, le=1e11)]
    seconds: Annotated[float, Meta(gt=0, le=3600)]
    worker: endpoint_series.Text = ""
    cpu_seconds: Seconds = 0.0
    memory: Bytes = 0
    threads: Annotated[int, Meta(ge=0, le=10**6)] = 0
    files: Annotated[int, Meta(ge=0, le=10**7)] = 0
    collections: Number = 0
    pause_seconds: Seconds = 0.0
    requests: Number = 0
    busy_seconds: Seconds = 0.0
    capacity: Annotated[int, Meta(ge=0, le=10**5)] = 0
    wait_seconds: Seconds = 0.0
    wait_max: Seconds = 0.0
    overhead_seconds: Seconds = 0.0
    record_seconds: Seconds = 0.0
    records: Number = 0
    fold_seconds: Seconds = 0.0
    host_cpu: Share | None = None
    host_memory: Share | None = None
    host_disk: Share | None = None
    published: Counts = {}
    published_bytes: Counts = {}
    dropped: Counts = {}
    ended: bool = False

    def complete(self) -> None:
        """Raises BadInput where its figures contradict each other."""
        if self.wait_max > self.wait_seconds + 1e-6:
            raise BadInput("$.wait_max", "is greater than wait_seconds")
        if self.busy_seconds > self.capacity * self.seconds * 1.1 + 1:
            raise BadInput("$.busy_seconds", "is more than capacity times seconds")
