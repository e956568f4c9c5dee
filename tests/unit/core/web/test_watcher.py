"""The watcher sees requests while they run, costs nothing while there are none, and survives a failing sampler."""

import threading
import time
from collections.abc import Mapping, Sequence
from types import FrameType

import pytest

from core.events.endpoint_series import UNMATCHED
from core.serving import Serving
from core.web.in_flight import CORRELATION, InFlight
from core.web.watcher import AWAKE_SECONDS, Watcher
from tests.waiting import until


class Noting:
    """A sampler that notes routes and the innermost function of each thread."""

    def __init__(self, every_seconds: float = 0.0, from_seconds: float = 0.0) -> None:
        self.every_seconds, self.from_seconds = every_seconds, from_seconds
        self.seen: list[tuple[str, str]] = []
        self.calls = 0

    def __call__(self, in_flight: Sequence[InFlight], frames: Mapping[int, FrameType]) -> None:
        self.calls += 1
        self.seen += [(one.route, frames[one.thread].f_code.co_name) for one in in_flight]


@pytest.fixture
def watcher() -> Watcher:
    return Watcher()


def test_a_request_is_in_the_table_from_its_beginning_to_its_end(watcher: Watcher) -> None:
    environ = {"REQUEST_METHOD": "POST"}
    entry = watcher.enter(environ, Serving("api", "POST", "/a/<id>"), 5.0)
    (found,) = watcher.in_flight()
    assert (found.thread, found.start, found.route, found.method) == (threading.get_ident(), 5.0, "/a/<id>", "POST")
    assert [one.correlation for one in watcher.in_flight()] == [None]
    environ[CORRELATION] = "c-1"
    assert [one.correlation for one in watcher.in_flight()] == ["c-1"]
    watcher.answered(entry, 0.2, 503)
    watcher.leave(entry)
    watcher.leave(entry)
    assert not watcher.in_flight()
    assert [(one.entry, one.seconds, one.status) for one in watcher.ended] == [(entry, 0.2, 503)]


def test_what_no_route_matched_and_methods_nobody_knows_have_one_name(watcher: Watcher) -> None:
    watcher.enter({"REQUEST_METHOD": "BREW"}, Serving("api", "BREW", UNMATCHED), 0.0)
    (found,) = watcher.in_flight()
    assert (found.route, found.method) == (UNMATCHED, "_OTHER")


def test_each_sampler_is_called_when_it_is_due(watcher: Watcher) -> None:
    often, rarely = Noting(), Noting(0.1)
    watcher.samplers += [often, rarely]
    assert not watcher.tick(99.0)
    watcher.enter({}, Serving("api", "GET", "/a"), 0.0)
    for step in range(20):
        assert watcher.tick(100.0 + step * 0.01)
    assert (often.calls, rarely.calls) == (20, 2)
    assert {route for route, _ in often.seen} == {"/a"}


def test_the_samplers_are_called_once_more_when_the_last_request_has_ended(watcher: Watcher) -> None:
    watcher.samplers.append(noting := Noting(60.0))
    entry = watcher.enter({}, Serving("api", "GET", "/a"), 0.0)
    assert watcher.tick(100.0)
    watcher.leave(entry)
    assert not watcher.tick(100.01)
    assert not watcher.tick(100.02)
    assert (noting.calls, len(noting.seen)) == (2, 1)


def test_a_sampler_of_long_requests_is_not_called_for_short_ones_nor_for_their_end(watcher: Watcher) -> None:
    watcher.samplers.append(noting := Noting(from_seconds=0.05))
    entry = watcher.enter({}, Serving("api", "GET", "/short"), 100.0)
    assert watcher.tick(100.01)
    watcher.leave(entry)
    assert not watcher.tick(100.02)
    assert noting.calls == 0
    entry = watcher.enter({}, Serving("api", "GET", "/long"), 100.0)
    assert watcher.tick(100.06)
    watcher.leave(entry)
    assert not watcher.tick(100.07)
    assert (noting.calls, [route for route, _ in noting.seen]) == (2, ["/long"])


class Taking(Noting):
    """Takes out what has ended, as whoever sets `slow_seconds` has to."""

    def __init__(self, watcher: Watcher) -> None:
        super().__init__(from_seconds=0.05)
        self.ended = watcher.ended

    def __call__(self, in_flight: Sequence[InFlight], frames: Mapping[int, FrameType]) -> None:
        self.calls += 1
        self.ended.clear()


@pytest.mark.parametrize("others", [0, 1])
def test_a_slow_request_that_ended_is_handed_over_whatever_else_is_under_way(watcher: Watcher, others: int) -> None:
    watcher.samplers.append(taking := Taking(watcher))
    watcher._table |= {-n: (-n, 100.0, {}, Serving("api", "GET", "/short")) for n in range(1, others + 1)}
    entry = watcher.enter({}, Serving("api", "GET", "/slow"), 99.0)
    watcher.answered(entry, 1.0, 200)
    watcher.leave(entry)
    watcher.tick(100.01)
    assert (taking.calls, len(watcher.ended)) == (1, 0)


def test_a_sampler_that_fails_is_not_called_again_and_the_others_are(watcher: Watcher) -> None:
    calls = []

    class Failing:
        every_seconds = from_seconds = 0.0

        def __call__(self, in_flight: Sequence[InFlight], frames: Mapping[int, FrameType]) -> None:
            calls.append(in_flight)
            raise ValueError("bug")

    watcher.samplers += [Failing(), noting := Noting()]
    watcher.enter({}, Serving("api", "GET", "/a"), 0.0)
    for step in range(3):
        watcher.tick(100.0 + step)
    assert (len(calls), noting.calls) == (1, 3)


def test_the_thread_wakes_for_a_request_and_sleeps_when_there_is_none(watcher: Watcher) -> None:
    watcher.start()
    assert watcher._thread is None, "nobody wants samples"
    watcher.samplers.append(noting := Noting())
    watcher.start()
    watcher.start()
    assert until(lambda: watcher.is_asleep, AWAKE_SECONDS + 5)
    entry = watcher.enter({}, Serving("api", "GET", "/b"), time.perf_counter())
    assert until(lambda: noting.calls > 3, 5)
    watcher.leave(entry)
    assert until(lambda: watcher.is_asleep, AWAKE_SECONDS + 5)
    thread = watcher._thread
    watcher.stop()
    assert thread is not None
    assert until(lambda: not thread.is_alive(), 5)


def test_a_child_begins_without_its_parents_requests(watcher: Watcher) -> None:
    watcher.answered(watcher.enter({}, Serving("api", "GET", "/a"), 0.0), 0.2, 200)
    watcher._forked()
    assert not watcher.in_flight()
    assert not watcher.ended
