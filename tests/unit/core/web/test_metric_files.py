"""Metrics of many workers: sums over the live and the dead, nobody counted twice, no file left of the dead."""

import multiprocessing
import os
import signal
from pathlib import Path

from core.web.metric_files import MetricFiles
from core.web.metrics import Metrics

FORK = multiprocessing.get_context("fork")


def metrics(count: int) -> Metrics:
    found = Metrics()
    found.counter("served_total", "Served.", ("kind",)).inc("a", by=count)
    found.histogram("took_seconds", "Took.", edges=(0.1, 1.0)).observe(0.5)
    found.gauge("busy", "Busy.").set(count)
    return found


def worker(directory: Path, count: int, ready: object, finish: object) -> None:
    files = MetricFiles(directory)
    files.write(metrics(count).snapshot())
    ready.release()  # type: ignore[attr-defined]
    finish.acquire()  # type: ignore[attr-defined]


def test_counters_of_ended_workers_stay_and_gauges_go(tmp_path: Path) -> None:
    ready, finish = FORK.Semaphore(0), FORK.Semaphore(0)
    workers = [FORK.Process(target=worker, args=(tmp_path, count, ready, finish)) for count in (1, 10, 100)]
    for process in workers:
        process.start()
    for _ in workers:
        ready.acquire()
    mine = MetricFiles(tmp_path)
    mine.write(metrics(1000).snapshot())
    assert values(mine, "served_total") == 1111
    assert values(mine, "busy") == 1111
    os.kill(workers[2].pid or 0, signal.SIGKILL)
    workers[2].join()
    assert values(mine, "served_total") == 1111
    assert values(mine, "busy") == 1011
    for _ in workers:
        finish.release()
    for process in workers:
        process.join()
    for _ in range(2):
        assert values(mine, "served_total") == 1111
        assert values(mine, "busy") == 1000
    cell = mine.collect(metrics(1000).snapshot())["took_seconds"]["cells"][0][1]
    assert cell == [0, 4, 0, 2.0]
    assert len(list(tmp_path.glob("*.json"))) == 2, "mine and the ended ones'"


def test_a_crash_while_compacting_counts_nobody_twice(tmp_path: Path) -> None:
    ready, finish = FORK.Semaphore(0), FORK.Semaphore(1)
    process = FORK.Process(target=worker, args=(tmp_path, 5, ready, finish))
    process.start()
    process.join()
    kept = {path: path.read_bytes() for path in tmp_path.iterdir()}
    files = MetricFiles(tmp_path)
    assert values(files, "served_total", own=0) == 5
    for path, data in kept.items():  # as if the files of the dead had not been removed
        path.write_bytes(data)
    assert values(files, "served_total", own=0) == 5


def values(files: MetricFiles, name: str, own: int = 1000) -> float:
    return sum(value for _, value in files.collect(metrics(own).snapshot())[name]["cells"])
