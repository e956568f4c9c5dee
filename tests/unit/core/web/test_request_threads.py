"""The threads that answer requests: order, errors, and how the main thread gets connections back."""

import threading
from collections.abc import Callable, Iterator
from queue import Queue
from typing import Any, cast

import pytest

from core.web.connection import Connection
from core.web.request_threads import RequestThreads
from tests.waiting import until


class Link:
    """What the threads know of a connection."""

    keeps = False
    failure: BaseException | None = None

    def __init__(self, number: int) -> None:
        self.number = number


class Rig:
    """`threads` whose answers wait for `go`; `called` has what the main thread is asked to do."""

    def __init__(self, count: int) -> None:
        self.go = threading.Semaphore(0)
        self.waiting_again: set[int] = set()
        self.answered: list[int] = []
        self.done: list[Link] = []
        self.called: Queue[Callable[[], None]] = Queue()
        self.threads = RequestThreads(
            count, self._answer, lambda conn: cast(Any, conn).number in self.waiting_again, self.called.put,
            lambda conn: self.done.append(cast(Any, conn)),
        )  # fmt: skip

    def put(self, *numbers: int) -> None:
        """Connections with requests that are there whole."""
        for number in numbers:
            self.threads.put(cast(Connection, Link(number)))

    def _answer(self, conn: Connection) -> bool:
        assert self.go.acquire(timeout=20)
        number = cast(Any, conn).number
        self.answered.append(number)
        if number < 0:
            raise SystemExit(number)
        return number % 2 == 1


@pytest.fixture
def rig() -> Iterator[Callable[[int], Rig]]:
    made: list[Rig] = []

    def make(count: int) -> Rig:
        made.append(Rig(count))
        return made[-1]

    yield make
    for one in made:
        one.threads.shutdown()
        one.go.release(1_000)


def test_one_thread_answers_in_order_and_one_call_gives_back_what_is_done(rig: Callable[[int], Rig]) -> None:
    one = rig(1)
    one.put(1, 2, 3)
    assert until(lambda: one.threads.waiting() == 2)
    one.go.release(3)
    assert until(lambda: len(one.answered) == 3 and one.threads.waiting() == 0)
    one.called.get(timeout=20)()
    assert until(lambda: len(one.done) == 3, look=lambda: None if one.called.empty() else one.called.get()())
    assert [(link.number, link.keeps, link.failure) for link in one.done] == [
        (1, True, None), (2, False, None), (3, True, None),
    ]  # fmt: skip


def test_whoever_waits_again_is_not_given_back(rig: Callable[[int], Rig]) -> None:
    one = rig(1)
    one.waiting_again = {1}
    one.put(1, 3)
    one.go.release(2)
    one.called.get(timeout=20)()
    assert [link.number for link in one.done] == [3]


def test_what_a_thread_meets_is_told_and_the_thread_goes_on(rig: Callable[[int], Rig]) -> None:
    one = rig(1)
    one.put(-1, 4)
    one.go.release(2)
    assert until(lambda: len(one.done) == 2, look=lambda: None if one.called.empty() else one.called.get()())
    assert isinstance(one.done[0].failure, SystemExit)
    assert one.done[1].failure is None


def test_there_are_as_many_threads_as_may_be_and_they_end(rig: Callable[[int], Rig]) -> None:
    one = rig(2)
    one.put(*range(5))
    assert until(lambda: one.threads.waiting() == 3), "two have theirs"
    one.threads.shutdown()
    one.go.release(5)
    assert until(lambda: len(one.answered) == 5), "what waits is answered first"
    assert until(lambda: not any(thread.is_alive() for thread in one.threads._threads))
