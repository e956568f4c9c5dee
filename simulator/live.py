"""Live traffic: what the platform does now, sent as it happens.

Threads of their own score transactions, report those that went through, send labels, counts of statuses, and everything
else. What is sent
is a function of the time that passed, so a peer that is away only delays it; the first look reaches a little back, over
the pause between back-fill and start, and what was sent already counts once by its key.
"""

import threading
from collections import deque
from collections.abc import Callable
from typing import Any

from core import clock
from core.settings import Settings
from core.statuses.episode import MINUTE
from simulator import labels, requests, rpc, security, statuses, traffic
from simulator.config import SimulatorConfig
from simulator.sender import GaveUp, Sender
from simulator.status_changes import Changes

REACH_BACK = 180.0
_MOST_BEHIND = 600.0
_TICK = 1.0
_HEARTBEAT = 10.0
_LABEL_AHEAD = 3600.0


class Live:
    """The running platform. `run` returns when `stop` is called."""

    def __init__(self, settings: Settings, config: SimulatorConfig, tell: Callable[[str], None]) -> None:
        self._settings = settings
        self._config = config
        self._tell = tell
        self._stop = threading.Event()
        self._sender = Sender(settings, float("inf"), tell, self._stop.wait)
        self._done: deque[dict[str, Any]] = deque(maxlen=100_000)
        self._start = clock.now() - REACH_BACK
        self._changes = Changes(config.statuses)

    def stop(self) -> None:
        """End all threads soon."""
        self._stop.set()

    def run(self) -> None:
        """Send until stopped."""
        try:
            port = self._settings.ports["rpc"]
            emulated = rpc.serve(self._settings.host, port, self._config.seed, self._changes)
        except OSError as error:
            emulated = None
            self._tell(f"the emulated RPC does not start on port {self._settings.ports['rpc']}: {error.strerror}")
        works = (self._score, self._report, self._everything_else, self._statuses)
        threads = [threading.Thread(target=self._keep_doing, args=(work,), name=work.__name__) for work in works]
        threads.append(threading.Thread(target=self._labels, name="labels"))
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        if emulated:
            emulated.shutdown()

    def _keep_doing(self, work: Callable[[float, float], None]) -> None:
        cursor = self._start
        while not self._stop.wait(_TICK):
            now = clock.now()
            cursor = max(cursor, now - _MOST_BEHIND)
            try:
                work(cursor, now)
            except GaveUp as error:
                if not self._stop.is_set():
                    self._tell(str(error))
            cursor = now

    def _score(self, start: float, end: float) -> None:
        for item in traffic.between(start, end, self._config):
            if self._sender.score(item.to_score())["decision"] != "BLOCKED":
                self._done.append(item.to_event())
            if self._stop.is_set():
                return

    def _report(self, start: float, end: float) -> None:
        waiting = [self._done.popleft() for _ in range(len(self._done))]
        if waiting:
            self._sender.events(waiting)

    def _everything_else(self, start: float, end: float) -> None:
        events = [*requests.between(start, end, self._config), *security.between(start, end, self._config)]
        if int(start // _HEARTBEAT) != int(end // _HEARTBEAT):
            events.append(heartbeat(end))
        if events:
            self._sender.events(events)

    def _statuses(self, start: float, end: float) -> None:
        """The running minute as far as it has come, and what ended; each count replaces the one before."""
        every = self._config.statuses.every_seconds
        if int(start // every) == int(end // every):
            return
        found: list[dict[str, Any]] = []
        for minute in range(int((start - every) // MINUTE), int(end // MINUTE) + 1):
            found += statuses.rows(minute, self._config, self._changes.of(minute), end)
        self._sender.statuses(found)

    def _labels(self) -> None:
        """Labels that fall due; the next hour's are worked out at once, because that looks at two weeks."""
        known: deque[tuple[float, dict[str, Any]]] = deque()
        horizon = self._start
        while True:
            now = clock.now()
            if horizon <= now:
                found = labels.becoming_known(horizon, now + _LABEL_AHEAD, self._config)
                known.extend(sorted(found, key=lambda item: item[0]))
                horizon = now + _LABEL_AHEAD
            due = []
            while known and known[0][0] <= now:
                due.append(known.popleft()[1])
            if due:
                try:
                    self._sender.events(due)
                except GaveUp:
                    return
            if self._stop.wait(2 * _TICK):
                return


def heartbeat(when: float) -> dict[str, Any]:
    """The SIEM Log Collector says that it lives; its own round trip is a few milliseconds and repeats with the time."""
    return {
        "kind": "heartbeat",
        "id": f"hb-siem-{int(when // _HEARTBEAT)}",
        "timestamp": when,
        "service": "siem-collector",
        "status": "UP",
        "latency_ms": 4.0 + when % 3,
    }
