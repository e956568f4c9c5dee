"""The load of a worker's threads: busy time of all, of those that still work too, and how long requests waited."""

import threading
import time

import pytest

from core.web import worker_load
from core.web.worker_load import WorkerLoad


class Clock:
    """A clock that moves when it is told."""

    def __init__(self) -> None:
        self.now = 100.0

    def monotonic(self) -> float:
        """Now."""
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock()
    monkeypatch.setattr(worker_load, "time", made)
    return made


def test_busy_time_is_that_of_all_threads(clock: Clock) -> None:
    load = WorkerLoad(4)
    load.begin(99.5)
    clock.now += 2
    load.begin(0.0)
    clock.now += 3
    load.end()
    clock.now += 1
    assert load.take() == (2, 2 + 2 * 3 + 1, 0.5, 0.5, 4)
    clock.now += 10
    assert load.take() == (0, 10.0, 0.0, 0.0, 4), "a request that lasts counts as long as it lasts"
    load.end()
    clock.now += 10
    assert load.take() == (0, 0.0, 0.0, 0.0, 4)


def test_threads_side_by_side_lose_nothing() -> None:
    load = WorkerLoad(8)

    def work() -> None:
        for _ in range(500):
            load.begin(time.monotonic())
            load.end()

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert load.take().requests == 4000
