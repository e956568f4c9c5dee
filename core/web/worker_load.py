"""How busy a gunicorn worker's threads are, and how long requests wait for one; two short locked sums a request."""

import threading
import time
from typing import NamedTuple


class Load(NamedTuple):
    """Since the load before: requests, seconds of busy threads, seconds that requests waited for one together and the
    longest, and how many threads there are."""

    requests: int = 0
    busy_seconds: float = 0.0
    wait_seconds: float = 0.0
    wait_max: float = 0.0
    capacity: int = 0


class WorkerLoad:
    """`begin` and `end` are called around each request in its thread; `take` gives the load since it was called last.

    Requests that are still answered count with the time that they have taken so far.
    """

    def __init__(self, threads: int) -> None:
        self._threads = threads
        self._lock = threading.Lock()
        self._active = 0
        self._changed = time.monotonic()
        self._requests, self._busy, self._waited, self._longest = 0, 0.0, 0.0, 0.0

    def begin(self, queued: float) -> None:
        """A thread has a request that waited since `queued` (monotonic seconds; 0: it did not wait)."""
        now = time.monotonic()
        waited = max(0.0, now - queued) if queued else 0.0
        with self._lock:
            self._advance(now)
            self._active += 1
            self._requests += 1
            self._waited += waited
            self._longest = max(self._longest, waited)

    def end(self) -> None:
        """Its thread is done with it."""
        with self._lock:
            self._advance(time.monotonic())
            self._active -= 1

    def take(self) -> Load:
        """The load since the call before."""
        with self._lock:
            self._advance(time.monotonic())
            found = Load(self._requests, self._busy, self._waited, self._longest, self._threads)
            self._requests, self._busy, self._waited, self._longest = 0, 0.0, 0.0, 0.0
        return found

    def _advance(self, now: float) -> None:
        # Two threads may come to the lock in another order than they read the clock.
        if now > self._changed:
            self._busy += self._active * (now - self._changed)
            self._changed = now
