"""Request metrics at the price of one list append a request; one thread a process does the sums.

`App.full_dispatch_request` appends what it saw. Twice a second the thread folds it into the request families of
`Metrics`, hands it to the listeners (request events, block list) and shares the snapshot with the other workers.
The thread belongs to the process that serves: gunicorn's worker starts it once it is ready, and where nobody does the
first request starts it.
"""

import atexit
import os
import threading
from collections import deque
from collections.abc import Callable
from time import thread_time
from typing import Any, NamedTuple

import psutil

from core import log
from core.web.metric_files import Families, MetricFiles
from core.web.metrics import LATENCY_EDGES, Labels, Metrics
from core.web.request_batch import RequestBatch, RequestRecord, places
from core.web.watcher import Watcher

EVERY_SECONDS = 0.5
SHARE_SECONDS = 2.0
MOST_MEASURED = 1_000
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_log = log.get(__name__)


class Cost(NamedTuple):
    """What recording cost since the cost before: requests, CPU seconds of adding them up, and how much longer each of
    `records` measured requests took for being recorded, in seconds together."""

    requests: int
    fold_seconds: float
    records: int
    record_seconds: float


Listener = Callable[[RequestBatch], None]


class RequestRecorder:
    """What one process serves, counted. `listeners` get every batch, an empty one too, on the recorder's thread."""

    def __init__(self, metrics: Metrics, files: MetricFiles | None = None) -> None:
        self.metrics = metrics
        self.files = files
        self.watcher = Watcher()  # sees requests while they run
        self.listeners: list[Listener] = []
        self.at_end: list[Callable[[], None]] = []  # called after the last fold
        self._seen: deque[tuple[Any, ...]] = deque()  # of RequestRecord's fields: a plain tuple is cheaper to make
        self._untold = RequestBatch()
        self.append = self._seen.append
        self.running = self._ended = False
        self._folding = threading.Lock()
        self._stop = threading.Event()
        self._shared = 0.0
        self.measures = True  # whether the next request measures what recording it takes: one each tick
        self._counted, self._fold_seconds = 0, 0.0
        self._measured: list[float] = []
        self._requests = metrics.counter(
            "gatehouse_http_requests_total", "HTTP requests answered.", ("endpoint", "method", "status")
        )
        self._durations = metrics.histogram(
            "gatehouse_http_request_duration_seconds", "Time to answer an HTTP request.", ("endpoint", "method")
        )
        self._memory = metrics.gauge("gatehouse_resident_memory_bytes", "Resident memory of the server's workers.")
        self._cpu = metrics.gauge("gatehouse_cpu_seconds", "CPU time used by the server's live workers.")
        self._workers = metrics.gauge("gatehouse_workers", "Live workers of the server.")
        os.register_at_fork(after_in_child=self._forked)

    def start(self) -> None:
        """Start the thread; does nothing when it runs, nor after its end: a late request must not wake it."""
        with self._folding:
            if self.running or self._ended:
                return
            self.running = True
        self._stop.clear()
        self._shared = SHARE_SECONDS  # the other workers know of this one from its first tick on
        threading.Thread(target=self._run, name="recorder", daemon=True).start()
        self.watcher.start()
        atexit.register(self.stop)

    def stop(self) -> None:
        """End the thread after one last fold."""
        self._ended = True
        if self.running:
            self.running = False
            self._stop.set()
            self.watcher.stop()
            atexit.unregister(self.stop)
            self.tick(share=True)
            for work in self.at_end:
                work()

    def tick(self, share: bool = False) -> None:
        """Fold, tell the listeners, and share the snapshot when it is due. A failing listener is logged."""
        began = thread_time()
        self._tick(share)
        self._fold_seconds += thread_time() - began
        self.measures = True

    def measured(self, seconds: float) -> None:
        """A request took so much longer for being recorded."""
        self.measures = False
        if len(self._measured) < MOST_MEASURED:
            self._measured.append(seconds)

    def take_cost(self) -> Cost:
        """What recording cost since the call before."""
        measured, self._measured = self._measured, []
        found = Cost(self._counted, self._fold_seconds, len(measured), sum(measured))
        self._counted, self._fold_seconds = 0, 0.0
        return found

    def _tick(self, share: bool) -> None:
        self.fold()
        with self._folding:
            batch, self._untold = self._untold, RequestBatch()
        for listener in self.listeners:
            try:
                listener(batch)
            except Exception as error:  # one listener's bug must not end the others' work
                _log.error("request listener failed", exc_info=error)
        self._shared += EVERY_SECONDS
        if self.files and (share or self._shared >= SHARE_SECONDS):
            self._shared = 0.0
            self._measure()
            try:
                self.files.write(self.metrics.snapshot())
            except OSError as error:
                _log.warning("metrics cannot be shared between workers", detail=str(error))
                self.files = None

    def fold(self) -> None:
        """Count everything seen since the last fold; the listeners hear of it at the next tick."""
        with self._folding:
            seen = self._seen
            batch = RequestBatch(map(RequestRecord._make, [seen.popleft() for _ in range(len(seen))]))
            # Usually there are none yet, and the listeners get this one with what is worked out here.
            self._untold = RequestBatch([*self._untold, *batch]) if self._untold else batch
        self._counted += len(batch)
        named: dict[tuple[Labels, int], tuple[str, float, float]] = {}
        for group in batch.groups:
            endpoint, status = group.endpoint, group.status
            method = group.method if group.method in _METHODS else "OTHER"
            cell = [0] * (len(LATENCY_EDGES) + 1) + [sum(group.seconds)]
            for bucket, one in zip(places(group.seconds, LATENCY_EDGES), group.requests, strict=True):
                cell[bucket] += 1
                if one[9]:
                    named[(endpoint, method), bucket] = one[9], one[1], one[0]
            self._requests.inc(endpoint, method, str(status), by=len(group.seconds))
            self._durations.add(cell, endpoint, method)
        self._durations.remember(named)

    def families(self) -> Families:
        """The metrics of all workers of this server, ended ones included, as of now."""
        self.fold()
        self._measure()
        own = self.metrics.snapshot()
        if self.files is None:
            return own
        try:
            return self.files.collect(own)
        except OSError as error:
            _log.warning("metrics of the other workers cannot be read", detail=str(error))
            return own

    def _measure(self) -> None:
        """What this worker uses now, and that it lives."""
        process = psutil.Process()
        self._memory.set(process.memory_info().rss)
        times = process.cpu_times()
        self._cpu.set(times.user + times.system)
        self._workers.set(1)

    def _run(self) -> None:
        while not self._stop.wait(EVERY_SECONDS):
            self.tick()

    def _forked(self) -> None:
        """A child starts clean: its parent's thread, batch and file stay with the parent."""
        self.running = self._ended = False
        self._seen.clear()
        self._untold = RequestBatch()
        self._folding = threading.Lock()
        self._stop = threading.Event()
        if self.files:
            self.files = self.files.fresh()
