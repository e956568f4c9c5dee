"""Holds every connection of a pool for a bounded time, as a leak would: for drills (scenario `pool-exhausted`)."""

import threading
import time
from contextlib import ExitStack

from core.db.engine import Database
from core.errors import DatabaseUnavailable

MOST_SECONDS = 30.0
PAUSE = 0.05


class PoolDrill:
    """One at a time; it ends by itself, whoever asked for it."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._lock = threading.Lock()

    def start(self, seconds: float) -> bool:
        """Hold the pool for so many seconds, 30 at most, in a thread; False where that is done already."""
        if not self._lock.acquire(blocking=False):
            return False
        threading.Thread(target=self._hold, args=(min(seconds, MOST_SECONDS),), name="pool drill", daemon=True).start()
        return True

    def _hold(self, seconds: float) -> None:
        end = time.monotonic() + seconds
        try:
            with ExitStack() as held:
                while time.monotonic() < end:
                    try:
                        held.enter_context(self._database.raw())
                    except DatabaseUnavailable:  # all are taken, or there is none to take
                        time.sleep(PAUSE)
        finally:
            self._lock.release()
