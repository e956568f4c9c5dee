"""Stacks are taken from a part of the limit on, ever more rarely; what ends in time leaves nothing."""

import sys
import threading
from types import FrameType

import pytest

from core.events.endpoint_series import bucket
from core.events.performance.outlier import MOST_STACKS
from core.serving import Serving
from core.web.in_flight import InFlight
from core.web.outliers import sampler as module
from core.web.outliers.sampler import ENOUGH, Sampler
from core.web.outliers.usual import Usual
from core.web.watcher import Watcher

LIMIT = 0.1


class Clock:
    """`perf_counter` by hand."""

    def __init__(self) -> None:
        self.now = 1000.0

    def perf_counter(self) -> float:
        return self.now

    def process_time(self) -> float:
        return self.now / 4


class Desk:
    """A sampler with a watcher whose ticks are by hand."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.watcher = Watcher()
        self.watcher.slow_seconds = 0.05
        usual = Usual(0.995, 0.05)
        usual.add("/a", "GET", {bucket(LIMIT): 1000})
        self.sampler = Sampler(usual, self.watcher, 5.0, {"postgres": lambda: (3, 16)})

    def run(self, seconds: float) -> None:
        """Tick for so long, a hundred times a second."""
        for _ in range(round(seconds * 100)):
            self.clock.now += 0.01
            self.tick()

    def tick(self) -> None:
        frames: dict[int, FrameType] = {threading.get_ident(): sys._getframe()}
        self.sampler(self.watcher.in_flight(), frames)

    def end(self, entry: tuple, seconds: float, status: int = 200) -> None:  # type: ignore[type-arg]
        if seconds > self.watcher.slow_seconds:
            self.watcher.answered(entry, seconds, status)
        self.watcher.leave(entry)
        self.tick()


@pytest.fixture
def desk(monkeypatch: pytest.MonkeyPatch) -> Desk:
    clock = Clock()
    monkeypatch.setattr(module, "time", clock)
    return Desk(clock)


def enter(desk: Desk) -> tuple:  # type: ignore[type-arg]
    return desk.watcher.enter({"REQUEST_METHOD": "GET"}, Serving("api", "GET", "/a"), desk.clock.now)


def test_a_request_just_over_its_limit_has_three_stacks_and_more(desk: Desk) -> None:
    entry = enter(desk)
    desk.run(0.105)
    desk.end(entry, 0.105)
    (slow,) = desk.sampler.ready
    assert slow.capture is not None
    ages = [age for age, _, _ in slow.capture.taken]
    assert len(ages) >= 5
    assert ages[0] <= 0.03
    assert (slow.seconds, slow.status, slow.one.entry) == (0.105, 200, entry)
    assert slow.capture.machine is not None
    assert slow.capture.machine.cpu == pytest.approx(0.25)
    assert slow.capture.machine.pools[0].used == 3


def test_one_within_its_limit_leaves_nothing(desk: Desk) -> None:
    entry = enter(desk)
    desk.run(0.09)
    desk.end(entry, 0.09)
    assert not desk.sampler.ready
    assert not desk.sampler._captures


def test_a_long_one_has_few_stacks_over_all_of_it(desk: Desk) -> None:
    entry = enter(desk)
    desk.run(4.0)
    desk.end(entry, 4.0)
    (slow,) = desk.sampler.ready
    assert slow.capture is not None
    ages = [age for age, _, _ in slow.capture.taken]
    assert ENOUGH <= len(ages) <= MOST_STACKS
    assert ages[0] < 0.2
    assert ages[-1] > 3.0


def test_one_that_does_not_end_is_told_of_once_while_it_runs(desk: Desk) -> None:
    entry = enter(desk)
    desk.run(6.0)
    (running,) = desk.sampler.ready
    assert (running.status, running.one.entry) == (0, entry)
    desk.run(1.0)
    desk.end(entry, 7.0, 504)
    assert [one.status for one in desk.sampler.ready] == [0, 504]


def test_a_slow_one_that_no_tick_saw_is_kept_without_stacks(desk: Desk) -> None:
    entry = enter(desk)
    desk.clock.now += 0.3
    desk.end(entry, 0.3)
    (slow,) = desk.sampler.ready
    assert slow.capture is None
    assert slow.limit == pytest.approx(LIMIT, rel=0.02)


def test_one_that_was_seen_early_only_has_the_machine_of_its_end(desk: Desk) -> None:
    entry = enter(desk)
    desk.run(0.02)
    desk.clock.now += 0.3
    desk.end(entry, 0.32)
    (slow,) = desk.sampler.ready
    assert slow.capture is not None
    assert slow.capture.machine is not None


def test_the_next_request_of_a_thread_is_another_one(desk: Desk) -> None:
    first = enter(desk)
    desk.run(0.3)
    desk.watcher.answered(first, 0.3, 200)
    desk.watcher.leave(first)
    second = enter(desk)
    desk.run(0.2)
    desk.end(second, 0.2)
    assert [(one.one.entry, one.seconds) for one in desk.sampler.ready] == [(first, 0.3), (second, 0.2)]
    captures = [one.capture for one in desk.sampler.ready]
    assert [capture and capture.entry for capture in captures] == [first, second]


def test_others_in_flight_are_noted_the_oldest_first(desk: Desk) -> None:
    entry = enter(desk)
    others = [
        (-number, desk.clock.now - number, {"REQUEST_METHOD": "POST"}, Serving("api", "POST", f"/{number}"))
        for number in range(1, 31)
    ]  # of threads that there are not
    desk.watcher._table.update({entry[0]: entry for entry in others})
    desk.run(0.2)
    desk.end(entry, 0.2)
    (slow,) = [one for one in desk.sampler.ready if one.one.entry == entry]
    assert slow.capture is not None
    assert slow.capture.in_flight == 30
    assert [one.route for one in slow.capture.neighbours[:2]] == ["/30", "/29"]
    assert slow.capture.neighbours[0].ms >= 30_000


def test_at_the_end_of_the_process_what_is_slow_is_told_of(desk: Desk) -> None:
    enter(desk)
    desk.run(0.05)
    desk.sampler.unfinished()
    assert not desk.sampler.ready
    desk.run(0.2)
    desk.sampler.unfinished()
    (slow,) = desk.sampler.ready
    assert slow.status == 0
    assert isinstance(slow.one, InFlight)


def test_of_a_requests_environment_only_what_is_needed_is_held(desk: Desk) -> None:
    body = object()
    environ = {"REQUEST_METHOD": "GET", "wsgi.input": body, "HTTP_COOKIE": "a=b", "HTTP_USER_AGENT": "curl"}
    entry = desk.watcher.enter(environ, Serving("api", "GET", "/a"), desk.clock.now)
    desk.run(0.3)
    desk.end(entry, 0.3)
    (slow,) = desk.sampler.ready
    assert slow.one.environ == {"REQUEST_METHOD": "GET", "HTTP_USER_AGENT": "curl"}
    assert slow.capture is not None
    assert slow.capture.entry[2] == slow.one.environ
    assert not desk.sampler._captures
