"""Which request meets which fault: drawn from a seed, so that a run can be repeated.

`late` and `cut_late` take the message and then answer nothing: the sender cannot know, and must send it again.
"""

from random import Random
from threading import Lock
from typing import Literal

Fault = Literal["", "429", "500", "timeout", "late", "cut", "cut_late", "odd_body"]
FAULTS: tuple[Fault, ...] = ("429", "500", "timeout", "late", "cut", "cut_late", "odd_body")
RETRY_AFTER_SECONDS = 2


class Plan:
    """`share` of the requests (0..1) meet a fault of `faults`; each receiver has its own sequence."""

    def __init__(self, seed: int = 0, share: float = 0.0, faults: tuple[Fault, ...] = FAULTS) -> None:
        self._seed, self._share, self._faults = seed, share, faults
        self._counts: dict[str, int] = {}
        self._lock = Lock()

    def draw(self, receiver: str) -> Fault:
        """The fault of the receiver's next request, '' for none."""
        with self._lock:
            number = self._counts[receiver] = self._counts.get(receiver, 0) + 1
        rng = Random(f"{self._seed}/{receiver}/{number}")
        return rng.choice(self._faults) if rng.random() < self._share else ""


class Script(Plan):
    """A fault for each request in turn, then none; for tests of one fault."""

    def __init__(self, *faults: Fault) -> None:
        super().__init__()
        self._left = list(faults)

    def draw(self, receiver: str) -> Fault:
        """The next of the list."""
        with self._lock:
            return self._left.pop(0) if self._left else ""
