"""The sampler counts what requests are in, publishes every sample once, and stays within its bounds."""

import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any

import pytest

from core.errors import StorageUnavailable
from core.events import types as events
from core.events.endpoint_series import OTHER
from core.events.performance.profile import DEEPEST, Profile
from core.events.types import Event
from core.performance_config import ProfilerConfig
from core.serving import Serving
from core.web import profile_sampler
from core.web.frame_names import DEEPER, FrameNames
from core.web.in_flight import InFlight
from core.web.metrics import Metrics
from core.web.profile_sampler import SELF, ProfileSampler
from core.web.watcher import Watcher


class Taking:
    """What takes events, unless it is away."""

    def __init__(self) -> None:
        self.away = False
        self.events: list[Profile] = []

    def __call__(self, batch: list[Event]) -> None:
        if self.away:
            raise StorageUnavailable("both")
        self.events += [one for one in batch if isinstance(one, Profile)]


def sampler(taking: Taking, metrics: Metrics | None = None, **config: Any) -> ProfileSampler:
    return ProfileSampler("api", "v1", ProfilerConfig(**config), taking, metrics or Metrics())


def outer(waits: threading.Event, ready: threading.Event) -> None:
    inner(waits, ready)


def inner(waits: threading.Event, ready: threading.Event) -> None:
    ready.set()
    waits.wait()


@contextmanager
def under_way(work: Any = outer) -> Iterator[int]:
    """A thread that is in some function, by its number."""
    waits, ready = threading.Event(), threading.Event()
    thread = threading.Thread(target=work, args=(waits, ready))
    thread.start()
    ready.wait()
    try:
        yield thread.ident or 0
    finally:
        waits.set()
        thread.join()


def request(thread: int, route: str = "/a", path: str = "/a") -> InFlight:
    return InFlight((thread, 0.0, {"REQUEST_METHOD": "GET", "PATH_INFO": path}, Serving("api", "GET", route)))


def look(one: ProfileSampler, *requests: InFlight, times: int = 1) -> None:
    """Sample so many times, as if the watcher had waited in between."""
    for _ in range(times):
        one(requests, sys._current_frames())
        for run in (one._usual, *one._runs):
            run.due = 0.0


def folded(event: Profile) -> dict[str, int]:
    return {
        ";".join(event.frames[place] for place in stack): count
        for stack, count in zip(event.stacks, event.counts, strict=True)
    }


def test_samples_of_an_endpoint_are_a_valid_event_with_its_functions() -> None:
    taking, metrics = Taking(), Metrics()
    one = sampler(taking, metrics)
    with under_way() as thread:
        look(one, request(thread), request(thread, "/b"), times=3)
        one.listen([])
        assert taking.events == [], "not each half second"
    one.flush()
    found = {event.route: event for event in taking.events}
    assert set(found) == {"/a", "/b"}
    event = found["/a"]
    assert (event.service, event.version, event.method, event.run) == ("api", "v1", "GET", "")
    ((stack, samples),) = folded(event).items()
    own = f"{__name__}.outer;{__name__}.inner"
    assert (stack.startswith(own), samples) == (True, 3), "without the thread around it"
    assert {event.frames[place] for place in event.own} == set(own.split(";"))
    assert "threading.Event.wait" in event.frames, "libraries have their names, too"
    event.complete()
    assert events.decode(events.encode([*taking.events])) == taking.events
    one.flush()
    assert len(taking.events) == 2, "each sample once"
    assert metrics.snapshot()["gatehouse_profile_samples_total"]["cells"], "what was taken is a metric"


class GoingOn:
    """A frame of a thread that is not stopped: below it lies another function each time that one asks."""

    def __init__(self) -> None:
        self.f_code = outer.__code__
        self._below = iter([inner.__code__, look.__code__, folded.__code__])

    @property
    def f_back(self) -> Any:
        return SimpleNamespace(f_code=next(self._below), f_back=None)


def test_a_thread_that_goes_on_while_its_stack_is_read_is_counted_as_it_was_read() -> None:
    taking = Taking()
    one = sampler(taking)
    one([request(7)], {7: GoingOn()})  # type: ignore[dict-item]
    one.flush()
    ((stack, samples),) = folded(taking.events[0]).items()
    assert (stack, samples) == (f"{__name__}.inner;{__name__}.outer", 1)


def test_what_cannot_be_published_waits() -> None:
    taking = Taking()
    taking.away = True
    one = sampler(taking)
    with under_way() as thread:
        look(one, request(thread))
        one.flush()
        taking.away = False
        look(one, request(thread))
        one.flush()
    assert sum(sum(event.counts) for event in taking.events) == 2
    assert len({event.id for event in taking.events}) == 2


def test_a_profile_on_demand_is_apart_and_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    taking = Taking()
    one = sampler(taking, hz=10)
    assert one.every_seconds == pytest.approx(0.1)
    with under_way() as thread:
        one.begin("r1", 500, 0.2)
        assert one.every_seconds == pytest.approx(0.01), "not more often than the watcher looks"
        look(one, request(thread), times=4)
        later = time.perf_counter() + 1
        monkeypatch.setattr(time, "perf_counter", lambda: later)
        one.listen([])
        assert {event.run: sum(event.counts) for event in taking.events} == {"": 4, "r1": 4}
        assert one.every_seconds == pytest.approx(0.1)
        look(one, request(thread))
    one.flush()
    assert {event.run for event in taking.events[2:]} == {""}


def test_without_continuous_sampling_only_what_is_asked_for_is_taken() -> None:
    taking = Taking()
    one = sampler(taking, continuous=False)
    with under_way() as thread:
        look(one, request(thread))
        one.begin("r1", 100, 60.0)
        look(one, request(thread))
    one.flush()
    assert [(event.run, sum(event.counts)) for event in taking.events] == [("r1", 1)]


def test_this_process_alone_is_sampled_on_the_watcher_and_published_nowhere() -> None:
    taking = Taking()
    one, watcher = sampler(taking, continuous=False), Watcher()
    watcher.samplers.append(one)
    watcher.start()
    with under_way() as thread:
        watcher._table[thread] = (thread, 0.0, {"PATH_INFO": "/a"}, Serving("api", "GET", "/a"))
        watcher._table[1] = (threading.get_ident(), 0.0, {"PATH_INFO": SELF}, Serving("api", "GET", SELF))
        watcher._wake.set()
        found = one.collect(100, 0.3)
    watcher.stop()
    assert len(found) == 1
    ((stack, samples),) = found.items()
    assert stack[:2] == (f"{__name__}.outer", f"{__name__}.inner")
    assert samples >= 3
    one.flush()
    assert taking.events == []


def deep(waits: threading.Event, ready: threading.Event, left: int = 400) -> None:
    if left:
        deep(waits, ready, left - 1)
    else:
        inner(waits, ready)


def test_depth_stacks_and_endpoints_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(profile_sampler, "ENDPOINTS", 3)
    taking, metrics = Taking(), Metrics()
    one = sampler(taking, metrics, minute_stacks=10)
    with under_way(deep) as thread:
        look(one, request(thread, "/deep"))
        codes = [compile("pass", f"/srv/app{n}.py", "exec") for n in range(40)]
        counted = one._counts[next(iter(one._counts))]
        for n, code in enumerate(codes):
            counted.codes[id(code)] = code
            counted.samples[(id(code),)] = n + 2
        for n in range(9):
            look(one, request(thread, f"/{n}"))
    one.flush()
    found = {event.route: event for event in taking.events}
    assert set(found) == {"/deep", "/0", "/1", OTHER}
    assert sum(found[OTHER].counts) == 7
    assert len(found["/deep"].stacks) == 10
    assert sum(found["/deep"].counts) == 1 + sum(range(2, 42))
    assert folded(found["/deep"])[OTHER] > 0
    stack = max(found["/0"].stacks, key=len)
    assert len(stack) == DEEPEST
    assert found["/0"].frames[stack[-1]] == DEEPER
    for event in taking.events:
        event.complete()


def test_a_child_leaves_its_parents_samples_to_it(monkeypatch: pytest.MonkeyPatch) -> None:
    taking = Taking()
    one = sampler(taking)
    with under_way() as thread:
        look(one, request(thread))
    monkeypatch.setattr(profile_sampler.os, "getpid", lambda: -1)
    one.listen([])
    one.flush()
    assert taking.events == []


def test_names_have_their_module_and_no_control_characters() -> None:
    names = FrameNames()
    assert names.of(outer.__code__) == (f"{__name__}.outer", True)
    assert names.of(threading.Event.wait.__code__) == ("threading.Event.wait", False)
    assert names.of(pytest.fixture.__code__).is_own is False
    odd = compile("pass", "<string>\x1b[31m\u202e", "exec")
    text, is_own = names.of(odd)
    assert (is_own, text.isprintable()) == (False, True)
    generated = compile("pass", "/" + "x" * 900 + ".py", "exec")
    assert len(names.of(generated).text) <= 200
    assert names.stack([]) == (("(unknown)", False),)
