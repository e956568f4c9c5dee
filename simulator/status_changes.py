"""What scenarios do to the counts that the live platform sends: begun and ended over `/control` of its emulated RPC.

Changes hold for whole minutes, from the next one on, so that a minute which is sent in pieces is one thing.
"""

import threading
from collections import deque
from typing import Any

import msgspec

from core.errors import BadInput, HttpUnavailable
from core.settings import Settings
from core.statuses.episode import MINUTE
from core.statuses.mix import Change, cells, changed
from core.statuses.scenarios import SCENARIOS
from simulator import rpc
from simulator.config import StatusesConfig
from simulator.scenario import Happening, Moment, Scenario

_REMEMBERED = 16


class Changes:
    """The changes of each minute; safe to share between threads."""

    def __init__(self, config: StatusesConfig) -> None:
        self._cells = cells(config)
        self._spans: deque[tuple[int, int, tuple[Change, ...]]] = deque(maxlen=_REMEMBERED)
        self._lock = threading.Lock()

    def begin(self, given: Any, seconds: float, now: float) -> None:
        """Put changes in force for `seconds`; what was in force ends. Raises BadInput."""
        try:
            changes = msgspec.convert(given, tuple[Change, ...])
        except msgspec.ValidationError as error:
            raise BadInput("$.statuses", str(error)) from None
        changed(self._cells, changes)
        start = int(now // MINUTE) + 1
        with self._lock:
            self._spans = deque([(a, min(b, start), old) for a, b, old in self._spans], _REMEMBERED)
            self._spans.append((start, start + max(1, round(seconds / MINUTE)) if changes else start, changes))

    def of(self, minute: int) -> tuple[Change, ...]:
        """What is in force in a minute of the epoch."""
        with self._lock:
            return next((changes for start, end, changes in reversed(self._spans) if start <= minute < end), ())


def scenario(name: str) -> Scenario:
    """A scenario of `core/statuses/scenarios.py`: it changes the live traffic's counts and sends nothing of its own."""
    summary, changes = SCENARIOS[name]

    def begin(settings: Settings, seconds: float) -> None:
        rpc.control(settings, {"statuses": msgspec.to_builtins(changes), "seconds": seconds})

    def finish(settings: Settings) -> None:
        try:
            rpc.control(settings, {"statuses": []})
        except HttpUnavailable:
            return

    return Scenario(summary, _happen, begin, finish)


def _happen(moment: Moment) -> Happening:
    return Happening()
