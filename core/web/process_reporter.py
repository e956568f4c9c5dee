"""What this process uses and does, as a `process` event every half minute and one more when it ends.

A listener of the request recorder where requests are served, a task of its own elsewhere. What cannot be published
waits with the id that it has.
"""

import os
import secrets
import socket
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from core import clock, log
from core.events.performance.process import Process
from core.events.types import Event
from core.web.metrics import Metrics
from core.web.process_sampler import Host, ProcessSampler
from core.web.recorder import RequestRecorder
from core.web.waiting_events import WaitingEvents
from core.web.worker_load import Load, WorkerLoad

EVERY_SECONDS = 30.0
KEEP = 240  # reports that wait: two hours
MOST_NAMES = 60  # kinds and metrics of a report
DROPS = ("_dropped_total", "_beyond_limit_total")
Published = Mapping[str, tuple[int, int]]  # events and bytes by kind, since the process began
_log = log.get(__name__)


class ProcessReporter:
    """Reports the process that calls it; a forked child reports itself.

    `published` says what the process published so far; `recorder` what recording requests cost.
    """

    def __init__(
        self,
        service: str,
        version: str,
        publish: Callable[[list[Event]], None],
        metrics: Metrics,
        folder: Path,
        published: Callable[[], Published] = dict,
        recorder: RequestRecorder | None = None,
    ) -> None:
        self._service, self._version = service, version
        self._host = socket.gethostname()[:100] or "unknown"
        self._metrics, self._folder = metrics, folder
        self._published, self._recorder = published, recorder
        dropped = metrics.counter("gatehouse_process_events_dropped_total", "Process reports that could not be stored.")
        self._waiting = WaitingEvents("process reports", KEEP, publish, dropped)
        self._load: WorkerLoad | None = None
        self._worker = ""
        self._sampler: ProcessSampler | None = None
        self._lock = threading.Lock()
        self._next = 0.0
        self._made = os.getpid()
        self._told, self._lost = dict(published()), _drops(metrics)

    def serves(self, load: WorkerLoad, worker: str) -> None:
        """This process is a worker of a server, and what its threads do is in `load`."""
        self._load, self._worker = load, worker[:100]

    def __call__(self, _: object = None) -> None:
        """Report when it is time; the first call only begins to count."""
        if self._sampler is None or self._sampler.pid != os.getpid():
            self._begin()
        elif time.monotonic() >= self._next:
            self.report()

    def close(self) -> None:
        """Say that the process ends."""
        if self._sampler is not None and self._sampler.pid == os.getpid():
            self.report(ended=True)
            self._sampler.close()
            self._sampler = None

    def report(self, ended: bool = False) -> None:
        """Publish a report now."""
        with self._lock:
            if self._sampler is None:
                return
            self._next = time.monotonic() + EVERY_SECONDS
            self._waiting.put([self._event(self._sampler, ended)])

    def _begin(self) -> None:
        if self._sampler is not None:  # of the parent
            self._sampler.close()
            self._waiting.forget()
        self._lock = threading.Lock()
        self._sampler = ProcessSampler(self._folder)
        self._next = time.monotonic() + EVERY_SECONDS
        if self._made != os.getpid():  # what the parent counted is its own to report
            self._made = os.getpid()
            self._told, self._lost = dict(self._published()), _drops(self._metrics)

    def _event(self, sampler: ProcessSampler, ended: bool) -> Process:
        used = sampler.sample()
        load = self._load.take() if self._load is not None else Load()
        cost = self._recorder.take_cost() if self._recorder is not None else None
        published, dropped = self._since()
        host = _host(sampler)
        return Process(
            id=secrets.token_hex(12), timestamp=clock.now(), service=self._service, version=self._version,
            host=self._host, pid=sampler.pid, started=sampler.started, worker=self._worker,
            seconds=min(used.seconds, 3600.0), cpu_seconds=used.cpu_seconds, memory=used.memory, threads=used.threads,
            files=used.files, collections=used.collections, pause_seconds=used.pause_seconds,
            requests=load.requests if load.capacity else cost.requests if cost else 0,
            busy_seconds=load.busy_seconds, capacity=load.capacity, wait_seconds=load.wait_seconds,
            wait_max=load.wait_max, overhead_seconds=used.overhead_seconds,
            record_seconds=cost.record_seconds if cost else 0.0, records=cost.records if cost else 0,
            fold_seconds=cost.fold_seconds if cost else 0.0,
            host_cpu=host.cpu if host else None, host_memory=host.memory if host else None,
            host_disk=host.disk if host else None,
            published={name: number for name, (number, _) in published.items()},
            published_bytes={name: size for name, (_, size) in published.items()},
            dropped=dropped, ended=ended,
        )  # fmt: skip

    def _since(self) -> tuple[dict[str, tuple[int, int]], dict[str, int]]:
        """What was published and dropped since the report before; the largest where there are too many names."""
        now, lost = dict(self._published()), _drops(self._metrics)
        before = self._told
        published = {
            kind: (number - before.get(kind, (0, 0))[0], size - before.get(kind, (0, 0))[1])
            for kind, (number, size) in now.items()
            if number > before.get(kind, (0, 0))[0]
        }
        dropped = {name: count - self._lost.get(name, 0) for name, count in lost.items()}
        self._told, self._lost = now, lost
        most = sorted(((count, name) for name, count in dropped.items() if count > 0), reverse=True)[:MOST_NAMES]
        return dict(list(published.items())[:MOST_NAMES]), {name: count for count, name in most}


def _drops(metrics: Metrics) -> dict[str, int]:
    """What was dropped so far, by the name of its counter."""
    return {
        name: int(sum(cell for _, cell in family["cells"]))
        for name, family in metrics.snapshot().items()
        if family["kind"] == "counter" and name.endswith(DROPS)
    }


def _host(sampler: ProcessSampler) -> Host | None:
    try:
        return sampler.host()
    except OSError as error:
        _log.warning("the machine's figures cannot be read", detail=str(error))
        return None
