"""The sampler of stacks: counts, on the watcher's thread, which functions each request under way is in.

A sample of a request is counted by its minute and its endpoint; some times a minute what was counted is published as
events of kind `profile`. On demand it samples more often for a bounded time, and these samples count apart. Time that
a request waits counts as time that it runs: a profile says where requests are, not what takes the processor.
"""

import os
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import CodeType, FrameType

from core import clock
from core.events.endpoint_series import OTHER
from core.events.performance.profile import MOST_FRAMES, MOST_PLACES, Profile
from core.events.types import Event
from core.performance_config import ProfilerConfig
from core.web.event_ids import event_id
from core.web.frame_names import FrameNames, Name
from core.web.in_flight import InFlight
from core.web.metrics import Metrics
from core.web.request_batch import RequestRecord
from core.web.waiting_events import WaitingEvents
from core.web.watcher import TICK_SECONDS

EVERY_SECONDS = 20.0  # between two times that it publishes
ENDPOINTS = 500  # of a minute in one process
KEEP = 2_000  # events that wait
MOST_WALKED = 2_000  # frames of a stack
SELF = "/internal/profile"  # a request that waits for a profile is not in it
Ids = tuple[int, ...]
Key = tuple[int, str, str, str]  # minute, route, method, run


class Stacks:
    """Samples by stack, a stack being the ids of the code of its functions, the innermost first."""

    __slots__ = ("codes", "samples")

    def __init__(self) -> None:
        self.samples: Counter[Ids] = Counter()
        self.codes: dict[int, CodeType] = {}  # what has these ids; none goes while it is here

    def add(self, ids: Ids, codes: Sequence[CodeType]) -> None:
        """Count a stack: the ids of these."""
        if ids not in self.samples:
            self.codes.update(zip(ids, codes, strict=True))
        self.samples[ids] += 1

    def named(self, names: FrameNames) -> Counter[tuple[Name, ...]]:
        """Samples by the names of functions, the outermost first."""
        found: Counter[tuple[Name, ...]] = Counter()
        for ids, samples in self.samples.items():
            found[names.stack([self.codes[one] for one in ids])] += samples
        return found


@dataclass(slots=True)
class Run:
    """A profile on demand: it samples every so many seconds until a time of `time.perf_counter`."""

    id: str
    every_seconds: float
    until: float
    due: float = 0.0
    stacks: Stacks | None = None  # of what is asked for here alone, and published nowhere


class ProfileSampler:
    """Hang it on the watcher's `samplers`, and on the recorder's `listeners` and `at_end`."""

    from_seconds = 0.0

    def __init__(
        self,
        service: str,
        version: str,
        config: ProfilerConfig,
        publish: Callable[[list[Event]], None],
        metrics: Metrics,
    ) -> None:
        self.every_seconds = 1 / config.hz
        self._service, self._version, self._config = service, version, config
        self._usual = Run("", 1 / config.hz, float("inf") if config.continuous else 0.0)
        self._runs: list[Run] = []
        self._counts: dict[Key, Stacks] = {}
        self._lock = threading.Lock()
        self._names = FrameNames()
        self._process = os.getpid()
        self._next = time.monotonic() + EVERY_SECONDS
        self._taken = metrics.counter("gatehouse_profile_samples_total", "Samples that the profiler took.")
        self._beyond = metrics.counter(
            "gatehouse_profile_samples_beyond_limit_total", "Samples counted under (other): too many stacks."
        )
        dropped = metrics.counter("gatehouse_profile_events_dropped_total", "Profile events that could not be stored.")
        self._waiting = WaitingEvents("profile events", KEEP, publish, dropped)

    # On the watcher's thread.

    def __call__(self, in_flight: Sequence[InFlight], frames: Mapping[int, FrameType]) -> None:
        """Count one sample of each request."""
        now = time.perf_counter()
        with self._lock:
            due = [run for run in (self._usual, *self._runs) if run.due <= now < run.until]
            if not due:
                return
            for run in due:
                run.due = now + run.every_seconds - TICK_SECONDS / 2
            minute = int(clock.now()) // 60
            for request in in_flight:
                frame = frames.get(request.thread)
                if frame is None or request.environ.get("PATH_INFO") == SELF:
                    continue
                codes = list(_codes(frame))  # once: a thread that goes on has another stack a moment later
                ids = tuple(map(id, codes))
                for run in due:
                    stacks = run.stacks
                    if stacks is None:
                        key = minute, request.route, request.method, run.id
                        stacks = self._counts.get(key) or self._endpoint(key)
                    stacks.add(ids, codes)

    def _endpoint(self, key: Key) -> Stacks:
        if len(self._counts) >= ENDPOINTS:
            key = key[0], OTHER, "", key[3]
        return self._counts.setdefault(key, Stacks())

    # On the recorder's thread.

    def listen(self, batch: list[RequestRecord]) -> None:
        """Publish when it is time, and when a run has ended."""
        if self._process != os.getpid():  # what was counted here is its parent's
            self._process, self._lock = os.getpid(), threading.Lock()
            self._counts, self._runs = {}, []
            self._waiting.forget()
        now = time.perf_counter()
        with self._lock:
            over = [run for run in self._runs if run.until <= now]
        if over or time.monotonic() >= self._next:
            self.flush()
        if over:
            self._end(over)

    def flush(self) -> None:
        """Publish what was counted."""
        self._next = time.monotonic() + EVERY_SECONDS
        with self._lock:
            counts, self._counts = self._counts, {}
        self._waiting.put([self._event(key, found) for key, found in counts.items()])

    # On demand, from any thread.

    def begin(self, run_id: str, rate: float, seconds: float, here: bool = False) -> Run:
        """Sample `rate` times a second for some time; `here`: its samples are kept in the run and not published."""
        every = max(TICK_SECONDS, 1 / rate)
        run = Run(run_id, every, time.perf_counter() + seconds, stacks=Stacks() if here else None)
        with self._lock:
            self._runs.append(run)
            self._pace()
        return run

    def collect(self, rate: float, seconds: float) -> dict[tuple[str, ...], int]:
        """The stacks of this process for so many seconds from now, with their samples; it waits for them."""
        run = self.begin("", rate, seconds, here=True)
        time.sleep(seconds)
        self._end([run])
        found: Counter[tuple[str, ...]] = Counter()
        for stack, samples in run.stacks.named(self._names).items() if run.stacks else ():
            found[tuple(name.text for name in stack)] += samples
        return found

    def _end(self, over: Sequence[Run]) -> None:
        with self._lock:
            self._runs = [run for run in self._runs if run not in over]
            self._pace()

    def _pace(self) -> None:
        self.every_seconds = min(run.every_seconds for run in (self._usual, *self._runs))

    def _event(self, key: Key, counted: Stacks) -> Profile:
        minute, route, method, run = key
        named = counted.named(self._names)
        self._taken.inc(by=named.total())
        frames: dict[str, int] = {}
        own: set[int] = set()
        stacks: list[list[int]] = []
        counts: list[int] = []
        places = beyond = 0
        for stack, samples in named.most_common():
            places += len(stack)
            room = len(stacks) < self._config.minute_stacks - 1 and places < MOST_PLACES
            if not room or len(frames) + len(stack) >= MOST_FRAMES - 1:
                beyond += samples
                continue
            for name in stack:
                at = frames.setdefault(name.text, len(frames))
                if name.is_own:
                    own.add(at)
            stacks.append([frames[name.text] for name in stack])
            counts.append(samples)
        if beyond:
            self._beyond.inc(by=beyond)
            stacks.append([frames.setdefault(OTHER, len(frames))])
            counts.append(beyond)
        return Profile(
            id=event_id(), timestamp=minute * 60.0, service=self._service, version=self._version,
            route=route[:300], method=method, run=run, frames=list(frames), own=sorted(own), stacks=stacks,
            counts=counts,
        )  # fmt: skip


def _codes(frame: FrameType) -> Iterator[CodeType]:
    """The functions of a stack, the innermost first."""
    at: FrameType | None = frame
    for _ in range(MOST_WALKED):
        if at is None:
            return
        yield at.f_code
        at = at.f_back
