"""The one thread of a process that looks at requests while they run, and the table of those that do.

While requests come in it wakes a hundred times a second, and each sampler is called when it is due, with the requests
in flight and the frames of all threads; it is called once more when the last request has ended. When there was none
for a second the thread sleeps until the next one wakes it, so an idle process pays nothing.
"""

import gc
import os
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from threading import get_ident
from types import FrameType
from typing import Any, NamedTuple, Protocol

from core import log
from core.serving import Serving, by_thread
from core.web.in_flight import Entry, InFlight

TICK_SECONDS = 0.01
EAGER_SECONDS = 0.005  # between ticks while a sampler is eager
AWAKE_SECONDS = 1.0  # after the last request in flight
ENDED = 100  # slow requests: so many wait for the next tick, the oldest go
FAILED = float("inf")
_log = log.get(__name__)


class Ended(NamedTuple):
    """A slow request that was answered: its entry, seconds taken, and status."""

    entry: Entry
    seconds: float
    status: int


class Sampler(Protocol):
    """What looks at requests in flight, on the watcher's thread; it keeps no frame beyond the call."""

    every_seconds: float  # at most so often
    from_seconds: float  # and only once a request has taken so long, or has just ended and was slow

    def __call__(self, in_flight: Sequence[InFlight], frames: Mapping[int, FrameType]) -> None:
        """Look at the requests in flight (none: the last has ended), and at the frame of each thread."""


class Watcher:
    """`samplers` are called while requests are in flight; one that fails is logged and not called again.

    `ended` has the requests that took longer than `slow_seconds`, as they end; whoever sets that has to take them out.
    `queue` says how many whole requests wait for a thread, where the server knows.
    """

    def __init__(self) -> None:
        self.samplers: list[Sampler] = []
        self.slow_seconds = float("inf")
        self.ended: deque[Ended] = deque(maxlen=ENDED)
        self.queue: Callable[[], int] | None = None
        self.is_eager = False  # set by a sampler: it wants the next tick sooner
        self.is_asleep = False
        self._table: dict[int, Entry] = {}
        self._due: dict[int, float] = {}  # of each sampler, by its place
        self._shown: set[int] = set()  # the samplers that saw requests, and are to see that there are none
        self._wake = threading.Event()
        self._thread: threading.Thread | None = None
        os.register_at_fork(after_in_child=self._forked)

    # What a request calls.

    def enter(self, environ: dict[str, Any], serving: Serving, start: float) -> Entry:
        """A request begins, in this thread: from now on calls are on its behalf."""
        thread = get_ident()
        by_thread[thread] = serving
        entry = self._table[thread] = (thread, start, environ, serving)
        if self.is_asleep:
            self._wake.set()
        return entry

    def leave(self, entry: Entry) -> None:
        """It is over, however it ended."""
        thread = entry[0]
        self._table.pop(thread, None)
        by_thread.pop(thread, None)

    def answered(self, entry: Entry, seconds: float, status: int) -> None:
        """It took so long; to be called before `leave`, for those slower than `slow_seconds`."""
        self.ended.append(Ended(entry, seconds, status))

    # The thread.

    def start(self) -> None:
        """Start the thread; does nothing when it runs, or when nobody wants samples."""
        if self._thread is not None or not self.samplers:
            return
        self._thread = threading.Thread(target=self._run, name="watcher", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End the thread at its next tick."""
        self._thread = None
        self._wake.set()

    def in_flight(self) -> list[InFlight]:
        """The requests under way."""
        return [InFlight(entry) for entry in list(self._table.values())]

    def tick(self, now: float) -> bool:
        """Call the samplers that are due at `now` (perf_counter); whether anything was in flight."""
        in_flight = self.in_flight()
        if not in_flight and not self._shown and not self.ended:
            return False
        self.is_eager = False
        if due := self._due_at(now, in_flight):
            with _uncollected():
                frames = sys._current_frames()
                try:
                    for place in due:
                        self._call(place, now, in_flight, frames)
                finally:
                    frames.clear()  # it holds this frame too
            self._shown = self._shown.union(due) if in_flight else set()
        return bool(in_flight)

    def _due_at(self, now: float, in_flight: list[InFlight]) -> list[int]:
        """Which samplers are to look: frames are taken for these alone, since they cost more than all the rest."""
        if not in_flight:
            return [place for place in range(len(self.samplers)) if self.ended or place in self._shown]
        longest = now - min(one.start for one in in_flight)
        return [
            place
            for place, sampler in enumerate(self.samplers)
            if now >= self._due.get(place, 0.0) and (self.ended or longest >= sampler.from_seconds)
        ]

    def _call(self, place: int, now: float, in_flight: list[InFlight], frames: dict[int, FrameType]) -> None:
        sampler = self.samplers[place]
        if self._due.get(place) == FAILED:
            return
        # A tick that comes a little early counts, or every second one would be lost.
        self._due[place] = now + sampler.every_seconds - TICK_SECONDS / 2
        try:
            sampler(in_flight, frames)
        except Exception as error:  # a bug of one ends neither the others nor the thread
            self._due[place] = FAILED
            _log.error("sampler failed, and is not called again", exc_info=error)

    def _run(self) -> None:
        busy = time.perf_counter()
        while self._thread is threading.current_thread():
            now = time.perf_counter()
            if self.tick(now):
                busy = now
            if now - busy < AWAKE_SECONDS:
                time.sleep(EAGER_SECONDS if self.is_eager else TICK_SECONDS)
            else:
                self._sleep()
                busy = time.perf_counter()

    def _sleep(self) -> None:
        """Until a request comes. It either sees that this thread is asleep, or its entry is seen here."""
        self._wake.clear()
        self.is_asleep = True
        if not self._table and self._thread is threading.current_thread():
            self._wake.wait()
        self.is_asleep = False

    def _forked(self) -> None:
        """A child begins without its parent's requests, and without its thread."""
        self._thread, self.is_asleep = None, False
        self._table, self._due, self._shown = {}, {}, set()
        self.ended.clear()
        self._wake = threading.Event()


@contextmanager
def _uncollected() -> Iterator[None]:
    """No garbage is collected meanwhile. Python 3.11 may collect it whenever it makes an object, a frame's too.

    What is collected may give way to other threads, and one of them leave the function whose frame is being made:
    that frame then leads into memory that is in use for something else.
    """
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()
