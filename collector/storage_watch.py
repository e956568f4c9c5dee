"""When the sizes of data are measured: at the start, a few times soon after, and every 15 minutes from then on.

A platform that was just installed has no data at its first measurement; without the next ones soon after, the page
Storage would show none for 15 minutes.
"""

from core.db import storage_sizes
from core.db.engine import Database

EVERY_SECONDS = 30.0  # between looks whether it is time
SOON_SECONDS = 60.0  # from the first measurement to the second; each later pause is twice as long
LONGEST_SECONDS = 900.0


class StorageWatch:
    """Measures when it is time; what could not be measured is measured at the next look."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._due = 0.0
        self._pause = SOON_SECONDS

    def step(self, now: float) -> None:
        """Measure if it is time at `now`, epoch seconds. Raises DatabaseUnavailable."""
        if self._due - LONGEST_SECONDS <= now < self._due:  # a clock that was put back does not stop it
            return
        storage_sizes.measure(self._database, now)
        self._due = now + self._pause
        self._pause = min(LONGEST_SECONDS, 2 * self._pause)
