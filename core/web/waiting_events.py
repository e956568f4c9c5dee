"""Events of our own that wait until they can be stored: a bounded number, the oldest go first, and are counted."""

from collections import deque
from collections.abc import Callable, Iterable

from core import log
from core.errors import GatehouseError
from core.events.types import Event
from core.web.metrics import Counter

_log = log.get(__name__)


class WaitingEvents:
    """`put` adds some and publishes all that wait as one entry; `most` wait, `dropped` counts the rest.

    They keep the ids that they have, so that each counts once. `what` they are is said in the log.
    """

    def __init__(self, what: str, most: int, publish: Callable[[list[Event]], None], dropped: Counter) -> None:
        self._what = what
        self._most = most
        self._publish = publish
        self._dropped = dropped
        self._waiting: deque[Event] = deque()

    def put(self, events: Iterable[Event]) -> None:
        """Add these and publish; where that fails they wait for the next time."""
        self._waiting.extend(events)
        while len(self._waiting) > self._most:
            self._waiting.popleft()
            self._dropped.inc()
        if not self._waiting:
            return
        try:
            self._publish(list(self._waiting))
        except GatehouseError as error:
            _log.warning(f"{self._what} wait", waiting=len(self._waiting), detail=str(error))
            return
        self._waiting.clear()

    def forget(self) -> None:
        """A process that was forked leaves them to its parent."""
        self._waiting.clear()
