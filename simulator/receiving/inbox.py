"""What the receivers got: every request with its verdict, newest last, for pages and for tests that count."""

from collections import deque
from threading import Lock
from typing import Any, NamedTuple

from core import clock

KEPT = 5000


class Arrival(NamedTuple):
    """One request. `taken`: the receiver has it, whatever it answered; `key` identifies the message to the receiver."""

    at: float
    receiver: str
    key: str
    event: str
    taken: bool
    answer: str
    fault: str
    text: str
    body: Any


class Inbox:
    """Safe to share between threads."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._kept: deque[Arrival] = deque(maxlen=KEPT)

    def add(
        self, receiver: str, key: str, event: str, taken: bool, answer: str, fault: str, text: str, body: Any
    ) -> None:
        """Keep one."""
        with self._lock:
            self._kept.append(Arrival(clock.now(), receiver, key, event, taken, answer, fault, text, body))

    def arrivals(self, receiver: str = "") -> list[Arrival]:
        """Oldest first; of one receiver, or of all."""
        with self._lock:
            return [one for one in self._kept if receiver in ("", one.receiver)]

    def taken(self, receiver: str) -> list[Arrival]:
        """Those that the receiver took."""
        return [one for one in self.arrivals(receiver) if one.taken]

    def clear(self) -> None:
        """Forget everything."""
        with self._lock:
            self._kept.clear()
