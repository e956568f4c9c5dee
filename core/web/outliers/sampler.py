"""Takes stacks of requests while they run, and hands over those that turn out to be outliers.

A sampler of `core.web.watcher`. A request is first looked at when a part of its endpoint's limit has gone by, then
again and again; a long one in ever longer steps, so that a few stacks cover all of it. What is noted of one that ends
in time is dropped.
"""

import time
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import FrameType

from core.events.performance.outlier import MOST_NEIGHBOURS, MOST_STACKS, Machine, Neighbour
from core.web.in_flight import Entry, InFlight
from core.web.outliers import context, machine, stacks
from core.web.outliers.stacks import Raw
from core.web.outliers.usual import Usual
from core.web.watcher import TICK_SECONDS, Watcher

EARLY = TICK_SECONDS / 2  # a tick that comes so much too early counts
FIRST = 0.15  # of the limit: from then on a request is looked at, and as often
ENOUGH = 3  # stacks: with fewer, one that may soon be over its limit makes the watcher tick faster
MEASURED = 0.6  # of the limit: from then on an outlier is likely, and the machine is measured
READY = 500  # that wait for their event


@dataclass(slots=True)
class Capture:
    """What is noted of one request in flight; seconds since its beginning, and CPU seconds."""

    entry: Entry
    limit: float
    began: float  # CPU seconds of the process at the first stack
    native_id: int | None
    every: float
    due: float
    taken: list[tuple[float, float | None, Raw]] = field(default_factory=list)
    machine: Machine | None = None
    in_flight: int = 0
    neighbours: list[Neighbour] = field(default_factory=list)
    reported: bool = False


@dataclass(frozen=True, slots=True)
class Slow:
    """An outlier: the request, seconds taken so far or in all, status (0: still running), and what was noted."""

    one: InFlight
    seconds: float
    status: int
    limit: float
    capture: Capture | None


class Sampler:
    """`ready` has the outliers; one that runs for `patience` seconds is one before it ends.

    `pools` are asked when one is likely, and have to answer at once.
    """

    every_seconds = 0.0
    from_seconds = TICK_SECONDS

    def __init__(
        self, usual: Usual, watcher: Watcher, patience: float, pools: Mapping[str, machine.PoolUse] | None = None
    ) -> None:
        self.ready: deque[Slow] = deque(maxlen=READY)
        self._usual = usual
        self._watcher = watcher
        self._pools = pools or {}
        self._patience = patience
        self._captures: dict[int, Capture] = {}  # by thread
        self._native: dict[int, int] = {}

    def __call__(self, in_flight: Sequence[InFlight], frames: Mapping[int, FrameType]) -> None:
        """Look at each request that is due."""
        self._end()
        now = time.perf_counter()
        for one in in_flight:
            age = now - one.start
            if age < TICK_SECONDS:
                continue
            capture = self._captures.get(one.thread)
            if capture is None or capture.entry is not one.entry:
                capture = self._captures[one.thread] = self._capture(one)
            if age >= capture.due and one.thread in frames:
                self._take(capture, age, frames[one.thread])
            if len(capture.taken) < ENOUGH and capture.every < 2 * TICK_SECONDS:
                self._watcher.is_eager = True
            if capture.machine is None and capture.taken and age >= MEASURED * capture.limit:
                self._measure(capture, in_flight, now)
            if age > self._patience and not capture.reported:
                capture.reported = True
                self.ready.append(_slow(one, age, 0, capture.limit, capture))
        if not in_flight:
            self._captures.clear()

    def unfinished(self) -> None:
        """Hand over what is slow and still runs: nobody will see it end."""
        self._end()
        now = time.perf_counter()
        for one in self._watcher.in_flight():
            capture = self._captures.get(one.thread)
            if capture is not None and capture.entry is one.entry and now - one.start > capture.limit:
                self.ready.append(_slow(one, now - one.start, 0, capture.limit, capture))

    def _end(self) -> None:
        finished = self._watcher.ended
        while finished:
            ended = finished.popleft()
            one = InFlight(ended.entry)
            capture = self._captures.get(one.thread)
            if capture is None or capture.entry is not ended.entry:
                capture = None
            else:
                del self._captures[one.thread]
            limit = capture.limit if capture else self._usual.limit(one.route, one.method)
            if ended.seconds > limit:
                if capture is not None and capture.machine is None:  # it was seen early only; its end was just now
                    capture.machine = machine.measure(None, self._watcher.queue, self._pools)
                self.ready.append(_slow(one, ended.seconds, ended.status, limit, capture))

    def _capture(self, one: InFlight) -> Capture:
        limit = self._usual.limit(one.route, one.method)
        if one.thread not in self._native:
            self._native = machine.native_ids()
        every = FIRST * limit
        return Capture(one.entry, limit, time.process_time(), self._native.get(one.thread), every, every - EARLY)

    def _take(self, capture: Capture, age: float, frame: FrameType) -> None:
        if len(capture.taken) >= MOST_STACKS:
            del capture.taken[1::2]
            capture.every *= 2
        capture.taken.append((age, machine.thread_cpu(capture.native_id), stacks.raw(frame)))
        capture.due = age + capture.every - EARLY

    def _measure(self, capture: Capture, in_flight: Sequence[InFlight], now: float) -> None:
        """What else goes on while it runs."""
        age = now - capture.entry[1]
        since = age - capture.taken[0][0]
        cpu = (time.process_time() - capture.began) / since if since > 0 else None
        capture.machine = machine.measure(cpu, self._watcher.queue, self._pools)
        others = sorted((one for one in in_flight if one.entry is not capture.entry), key=lambda one: one.start)
        capture.in_flight = len(others)
        capture.neighbours = [
            Neighbour(one.route[:300], one.method, round((now - one.start) * 1000, 1)) for one in others
        ][:MOST_NEIGHBOURS]  # fmt: skip


def _slow(one: InFlight, seconds: float, status: int, limit: float, capture: Capture | None) -> Slow:
    """As it is now, without the rest of the request's environment, which may hold its body."""
    environ = {key: one.environ[key] for key in context.NEEDED if key in one.environ}
    entry = (one.thread, one.start, environ, one.entry[3])
    kept = replace(capture, entry=entry, taken=list(capture.taken)) if capture else None
    return Slow(InFlight(entry), seconds, status, limit, kept)
