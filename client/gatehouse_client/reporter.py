"""Sends what was folded: one daemon thread a process (and address), which waits, retries, and gives up the oldest.

The thread starts with the first request, so a process that only forks others has none. A forked child starts empty:
what its parent counted, the parent sends. Everything that is kept is bounded; what is given up is counted, told to the
server in the next batch, and readable in `status`.
"""

from __future__ import annotations

import atexit
import logging
import os
import random
import secrets
import time
from asyncio import CancelledError
from collections import deque
from threading import Event, Lock, Thread
from typing import NamedTuple

from gatehouse_client import batch
from gatehouse_client.batch import LONGEST_NAME, LONGEST_ROUTE, Batch, text
from gatehouse_client.exceptions import Exceptions
from gatehouse_client.fold import Fold
from gatehouse_client.transport import Answer, Transport

MOST_WAITING_BYTES = 3 * 1024 * 1024
MOST_AT_ONCE = 5  # batches a tick: who was away must not be met by a burst, and may count requests
TIMEOUT = 10.0
EXIT_SECONDS = 2.0
FIRST_PAUSE, LONGEST_PAUSE = 1.0, 60.0
NO_BUG = (CancelledError, GeneratorExit, KeyboardInterrupt, SystemExit)
_log = logging.getLogger("gatehouse_client")


class Status(NamedTuple):
    """What became of the requests of this process: `recorded` is the sum of `delivered`, `waiting` and `lost`.

    `faults` are errors within our own hooks, each of which left a request unrecorded. `last_delivery` is in epoch
    seconds; `problem` is empty when the last batch was delivered. `exceptions` are those that were delivered.
    """

    recorded: int = 0
    delivered: int = 0
    waiting: int = 0
    waiting_bytes: int = 0
    lost: int = 0
    faults: int = 0
    last_delivery: float = 0.0
    problem: str = ""
    exceptions: int = 0
    exceptions_lost: int = 0


class Source:
    """The requests of one service and version. `add` never raises."""

    def __init__(self, reporter: Reporter, service: str, version: str) -> None:
        self.service = service
        self.version = version
        self.fold = Fold()
        self.exceptions = Exceptions()
        self.with_exceptions = True
        self._reporter = reporter

    def add(self, route: str, method: str, status: int, error_type: str, seconds: float) -> None:
        """Count a request that ended now."""
        reporter = self._reporter
        try:
            if not self.fold.add(int(time.time() // 60), route, method, status, error_type, seconds):
                reporter.refuse()
            if not reporter.running:
                reporter.start()
            elif self.fold.is_filling:
                reporter.wake.set()
        except Exception:
            reporter.faults += 1

    def raised(self, error: BaseException, route: str, method: str, user: str = "") -> None:
        """Count an exception that the application did not handle."""
        try:
            if self.with_exceptions and not isinstance(error, NO_BUG):
                self.exceptions.add(time.time(), error, text(route, LONGEST_ROUTE), method, text(user, LONGEST_NAME))
        except Exception:
            self._reporter.faults += 1

    def flush(self) -> None:
        """Send what is there, for a bounded time: the process is about to end."""
        self._reporter.stop()

    def fault(self) -> None:
        """A request that could not be recorded because of an error of ours."""
        self._reporter.faults += 1


class Reporter:
    """Everything that goes to one address with one token."""

    _thread: Thread | None
    _no_start_before: float

    def __init__(self, url: str, token: str, interval: float = 5.0) -> None:
        self.sources: list[Source] = []
        self.transport = Transport(url, token)
        self.interval = interval
        self.running = False
        self.wake = Event()
        self.faults = 0
        self._begin()
        if hasattr(os, "register_at_fork"):
            os.register_at_fork(after_in_child=self._forked)
        atexit.register(self.stop)

    def source(self, service: str, version: str) -> Source:
        """The source of this name, made once."""
        service, version = text(service, LONGEST_NAME), text(version, LONGEST_NAME)
        for source in self.sources:
            if (source.service, source.version) == (service, version):
                return source
        self.sources.append(Source(self, service, version))
        return self.sources[-1]

    def start(self) -> None:
        """Start the thread; does nothing when it runs, or when starting failed a moment ago."""
        with self._lock:
            if self.running or time.monotonic() < self._no_start_before:
                return
            self._no_start_before = time.monotonic() + self.interval
            thread = Thread(target=self._run, name="gatehouse-client", daemon=True)
            thread.start()
            self._thread, self.running = thread, True

    def stop(self, timeout: float = EXIT_SECONDS) -> None:
        """Send what is there and end the thread; waits no longer than `timeout` seconds. A later request starts another
        one.
        """
        self._until = time.monotonic() + timeout
        self._stopping = True
        thread = self._thread
        if thread is not None:
            self.wake.set()
            thread.join(timeout)
        elif self.status().waiting:
            self.tick()
        if thread is None or not thread.is_alive():
            self._stopping, self._until = False, float("inf")

    def refuse(self) -> None:
        """A request for which there was no room."""
        with self._lock:
            self._refused += 1
        self.wake.set()

    def status(self) -> Status:
        """What became of everything so far."""
        waiting = sum(source.fold.hits for source in self.sources) + sum(sum(one.hits) for one in list(self._waiting))
        lost = self._lost + self._refused
        recorded = self._delivered + waiting + lost
        return Status(
            recorded, self._delivered, waiting, self._size, lost, self.faults, self._last_delivery, self._problem,
            self._exceptions, self._exceptions_lost,
        )  # fmt: skip

    def _begin(self) -> None:
        """The state of a process that has sent nothing."""
        self._lock = Lock()
        self._thread = None
        self._no_start_before = 0.0
        self._stopping = False
        self._until = float("inf")
        self._instance = secrets.token_hex(8)
        self._number = 0
        self._waiting: deque[Batch] = deque()
        self._size = 0
        self._delivered = self._lost = self._refused = self._told = 0
        self._exceptions = self._exceptions_lost = 0
        self._failures = 0
        self._not_before = 0.0
        self._last_delivery = 0.0
        self._problem = ""

    def _forked(self) -> None:
        self.running = False
        self.wake = Event()
        self.faults = 0
        self._begin()
        for source in self.sources:
            source.fold = Fold()
            source.exceptions = Exceptions(source.exceptions.own)

    def _run(self) -> None:
        is_last = False
        while not is_last:
            self.wake.wait(self.interval * random.uniform(0.9, 1.1))
            is_last = self._stopping  # what came during the last tick is collected by one more
            self.wake.clear()
            try:
                self.tick()
            except Exception:
                self.faults += 1
        self._stopping, self._until = False, float("inf")
        self._thread, self.running = None, False

    def tick(self) -> None:
        """Collect, and send what is due; the thread's work."""
        self._collect()
        sent = 0
        while self._waiting and (self._stopping or (sent < MOST_AT_ONCE and time.monotonic() >= self._not_before)):
            sent += 1
            left = min(TIMEOUT, self._until - time.monotonic())
            if left <= 0.0:
                return
            first = self._waiting[0]
            if not self._settle(first, self.transport.post(first.body, first.key, left)):
                return

    def _collect(self) -> None:
        """Make batches of what was folded. While some wait already, the running minute goes on folding: it keeps less
        memory than many small batches.
        """
        is_idle = not self._waiting or self._stopping  # exceptions go on adding up while the server is away
        for source in self.sources:
            hurry = not self._waiting or self._stopping or source.fold.is_filling
            found = source.fold.take(None if hurry else int(time.time() // 60))
            left = sum(series.hits for _, series in found)
            try:
                for made in batch.batches(found, source.service, source.version, self._instance, self._number):
                    self._keep(made)
                    left -= sum(made.hits)
            finally:
                self._lost += left  # nothing, unless making a batch failed, for want of memory say
        for source in self.sources if is_idle else ():
            reports = source.exceptions.take()
            for made in batch.of_exceptions(reports, source.service, source.version, self._instance, self._number):
                self._keep(made)
        lost = self._lost + self._refused - self._told
        if lost and self.sources and len(self._waiting) <= 1:  # or it would wait for nothing but itself
            first = self.sources[0]
            self._told += lost
            minute = int(time.time() // 60)
            self._keep(batch.of_loss(lost, minute, first.service, first.version, self._instance, self._number))
        while self._size > MOST_WAITING_BYTES and len(self._waiting) > 1:
            self._give_up(self._waiting.popleft())

    def _keep(self, made: Batch) -> None:
        self._number += 1
        self._waiting.append(made)
        self._size += len(made.body)

    def _settle(self, sent: Batch, answer: Answer) -> bool:
        """Note what became of a batch; whether the next one may follow."""
        if answer.again:
            self._failures += 1
            pause = min(FIRST_PAUSE * 2.0 ** min(self._failures - 1, 10), LONGEST_PAUSE)
            self._not_before = time.monotonic() + max(answer.pause, pause * random.uniform(0.5, 1.0))
            self._tell(answer.problem)
            return False
        self._waiting.popleft()
        self._failures = 0
        if not answer.delivered:
            self._give_up(sent)
        else:
            refused = sum(sent.hits[index] for index in set(answer.rejected or ()) if 0 <= index < len(sent.hits))
            self._size -= len(sent.body)
            self._delivered += sum(sent.hits) - refused
            self._lost += refused
            self._exceptions += 0 if answer.rejected else sent.exceptions
            self._exceptions_lost += sent.exceptions if answer.rejected else 0
            self._last_delivery = time.time()
        self._tell(answer.problem)
        return True

    def _give_up(self, gone: Batch) -> None:
        """Count a batch that nobody will have; the loss that it would have told is told by the next one."""
        self._size -= len(gone.body)
        self._lost += sum(gone.hits)
        self._exceptions_lost += gone.exceptions
        self._told -= gone.lost

    def _tell(self, problem: str) -> None:
        """Log a change from good to bad, or back; never the same twice."""
        if problem and not self._problem:
            _log.warning("Gatehouse does not take what was recorded: %s", problem)
        elif self._problem and not problem:
            _log.warning("Gatehouse takes what is recorded again")
        self._problem = problem
