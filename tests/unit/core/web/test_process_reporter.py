"""A process reports itself: valid events with what it used, what it published and dropped, and one more at its end."""

import gc
import os
import threading
from pathlib import Path

import pytest

from core.errors import StorageUnavailable
from core.events import types as events
from core.events.performance.process import Process
from core.events.types import Event
from core.policy import Policy
from core.web import process_reporter
from core.web.metrics import Metrics
from core.web.process_reporter import ProcessReporter
from core.web.process_sampler import ProcessSampler
from core.web.recorder import RequestRecorder
from core.web.request_batch import RequestRecord
from core.web.worker_load import WorkerLoad

POLICY = Policy(0, "normal", 0.6, 0.4, 0.7)


class Taking:
    """What takes reports, unless it is away."""

    def __init__(self) -> None:
        self.away = False
        self.reports: list[Process] = []

    def __call__(self, batch: list[Event]) -> None:
        if self.away:
            raise StorageUnavailable("both")
        self.reports += [one for one in batch if isinstance(one, Process)]


def work() -> int:
    return sum(number * number for number in range(400_000))


def test_a_report_says_what_was_used_since_the_one_before(tmp_path: Path) -> None:
    taking, metrics = Taking(), Metrics()
    dropped = metrics.counter("gatehouse_x_dropped_total", "x", ["kind"])
    metrics.counter("gatehouse_y_total", "y").inc(by=5)
    dropped.inc("a", by=7)  # before there was a reporter
    published = {"request": (10, 1000)}
    recorder = RequestRecorder(metrics)
    reporter = ProcessReporter("api", "v1", taking, metrics, tmp_path / "no" / "folder", lambda: published, recorder)
    load = WorkerLoad(8)
    reporter.serves(load, "3")
    reporter()
    assert taking.reports == [], "the first call begins to count"
    load.begin(0.0)
    load.end()
    dropped.inc("b", by=2)
    published |= {"request": (14, 1500), "endpoint": (1, 90)}
    work()
    gc.collect()
    recorder.append(tuple(RequestRecord(1.0, 0.1, "view", "GET", 200, "192.0.2.1", "/a", 1, None)))
    recorder.tick()
    recorder.measured(2e-6)
    reporter.report()
    (one,) = taking.reports
    assert (one.service, one.version, one.worker, one.pid) == ("api", "v1", "3", os.getpid())
    assert one.cpu_seconds > 0
    assert one.memory > 1_000_000
    assert one.threads >= 1
    assert one.files > 2
    assert one.collections >= 1
    assert one.pause_seconds > 0
    assert (one.requests, one.capacity) == (1, 8)
    assert (one.records, one.record_seconds) == (1, 2e-6)
    assert one.fold_seconds > 0
    assert (one.published, one.published_bytes) == ({"request": 4, "endpoint": 1}, {"request": 500, "endpoint": 90})
    assert one.dropped == {"gatehouse_x_dropped_total": 2}
    assert one.host_memory is not None
    assert 0 < one.host_memory < 1
    one.complete()
    assert events.decode(events.encode([one])) == [one]
    reporter.close()
    last = taking.reports[-1]
    assert (last.ended, last.published, last.dropped) == (True, {}, {})
    reporter.close()
    assert len(taking.reports) == 2


def test_reports_wait_and_names_are_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(process_reporter, "KEEP", 2)
    monkeypatch.setattr(process_reporter, "EVERY_SECONDS", 0.0)
    taking, metrics = Taking(), Metrics()
    published: dict[str, tuple[int, int]] = {}
    reporter = ProcessReporter("api", "", taking, metrics, tmp_path, lambda: published)
    reporter()
    published |= {f"kind-{n}": (1, 1) for n in range(200)}
    for number in range(200):
        metrics.counter(f"gatehouse_{number}_dropped_total", "x").inc(by=number)
    taking.away = True
    for _ in range(3):
        reporter()
    taking.away = False
    reporter()
    reporter.close()
    first = taking.reports[0]
    assert len(taking.reports) == 3
    assert metrics.snapshot()["gatehouse_process_events_dropped_total"]["cells"] == [([], 2)]
    assert len(first.published) <= process_reporter.MOST_NAMES
    assert len({one.id for one in taking.reports}) == 3


def test_threads_that_monitor_are_apart(tmp_path: Path) -> None:
    sampler = ProcessSampler(tmp_path)
    stop = threading.Event()

    def busy() -> None:
        while not stop.is_set():
            work()

    threads = [threading.Thread(target=busy, name=name, daemon=True) for name in ("monitor-x", "answering")]
    for thread in threads:
        thread.start()
    try:
        shares = []
        for _ in range(40):
            work()
            found = sampler.sample()
            shares.append((found.overhead_seconds, found.cpu_seconds))
            if sum(one for one, _ in shares) > 0.05:
                break
    finally:
        stop.set()
        for thread in threads:
            thread.join()
        sampler.close()
    overhead, whole = (sum(column) for column in zip(*shares, strict=True))
    assert 0 < overhead < whole


def test_a_contradiction_is_refused() -> None:
    body = (
        b'{"kind":"process","service":"s","host":"h","pid":1,"started":1,"seconds":30,"capacity":1,"busy_seconds":60}'
    )
    good, bad = events.parse(body, 2_000_000_000.0, POLICY, sender="token:t")
    assert (good, bad[0].field) == ([], "$.busy_seconds")
    good, bad = events.parse(body.replace(b"60", b"6"), 2_000_000_000.0, POLICY, sender="token:t")
    assert bad == []
