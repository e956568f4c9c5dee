"""A worker process does its tasks, answers about itself, and ends with SIGTERM once what is in hand is finished."""

import os
import signal
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest
import urllib3

from core import settings
from core.errors import DatabaseUnavailable
from core.events.performance.exception import ExceptionReport
from core.events.types import Event
from core.pipeline.publisher import EventPublisher
from core.tasks import Task
from core.web import worker_process
from core.web.metrics import Metrics
from stack.ports import find_free
from tests.waiting import until

SECONDS = 30.0


@pytest.fixture(autouse=True)
def signals() -> Iterator[None]:
    """Those of the test run are put back."""
    kept = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
    yield
    for number, handler in kept.items():
        signal.signal(number, handler)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_serves_until_a_signal_and_finishes_what_is_in_hand(number: signal.Signals) -> None:
    port = find_free()
    known = settings.load({"GATEHOUSE_STATUSES_PORT": str(port)})
    begun, ended, seen, failed = threading.Event(), [], [], []

    def work(_: float) -> None:
        begun.set()
        until(lambda: bool(seen), SECONDS)
        time.sleep(0.2)  # the signal has come meanwhile
        ended.append(1)

    def fail(_: float) -> None:
        raise ValueError("wrong")

    def outside() -> None:
        begun.wait(SECONDS)
        until(lambda: bool(failed), SECONDS)  # each task has its thread; the other may come later
        seen.append(urllib3.request("GET", f"http://127.0.0.1:{port}/healthz").status)
        os.kill(os.getpid(), number)

    threading.Thread(target=outside).start()
    tasks = [Task("works", 60.0, work), Task("fails", 60.0, fail)]
    worker_process.run(known, "statuses", tasks, Metrics(), {}, failed.append)
    assert (seen, ended, failed) == ([200], [1], ["fails"])
    with pytest.raises(urllib3.exceptions.HTTPError):
        urllib3.request("GET", f"http://127.0.0.1:{port}/healthz", retries=False, timeout=1)


def test_a_task_that_does_not_end_is_left_after_a_while() -> None:
    known = settings.load({"GATEHOUSE_STATUSES_PORT": str(find_free())})
    free = threading.Event()

    def endless(_: float) -> None:
        threading.Timer(0.1, os.kill, (os.getpid(), signal.SIGTERM)).start()
        free.wait(SECONDS)

    began = time.monotonic()
    tasks = [Task("endless", 0.0, endless)]
    worker_process.run(known, "statuses", tasks, Metrics(), {}, lambda _: None, patience=0.5, daemon=True)
    assert not free.is_set()
    assert time.monotonic() - began < SECONDS
    free.set()


def test_what_a_task_did_not_expect_is_an_exception_of_the_process(tmp_path: Path) -> None:
    known = settings.load({"GATEHOUSE_STATUSES_PORT": str(find_free()), "GATEHOUSE_DATA": str(tmp_path)})
    failed: list[str] = []

    def fail(_: float) -> None:
        raise ValueError("wrong")

    def away(_: float) -> None:
        raise DatabaseUnavailable("gone")

    def outside() -> None:
        until(lambda: {"fails", "away"} <= set(failed), SECONDS)
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=outside).start()
    sent: list[Event] = []
    publisher = cast(EventPublisher, SimpleNamespace(publish=sent.extend, published=dict))
    tasks = [Task("fails", 60.0, fail), Task("away", 60.0, away)]
    worker_process.run(known, "statuses", tasks, Metrics(), {}, failed.append, publisher=publisher)
    (found,) = [event for event in sent if isinstance(event, ExceptionReport)]
    assert (found.type, found.route, found.service, found.count) == ("ValueError", "task fails", "statuses", 1)
