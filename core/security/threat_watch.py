"""A process's own copy of the threat list: read once at first use, looked after once a second by the recorder's thread.

While neither Redis nor PostgreSQL answers, the last copy stays in force, each entry until its own end.
"""

import threading
import time

from core import clock, log
from core.errors import Unreachable
from core.security import threat_store
from core.security.threats import Listed, ThreatKind
from core.stores import Stores

REFRESH_SECONDS = 1.0


class ThreatWatch:
    """Safe between threads: readers take one reference, `refresh` replaces it. Without stores nothing is listed."""

    def __init__(self, stores: Stores | None) -> None:
        self._stores = stores
        self._listed: Listed | None = None if stores else Listed()
        self._lock = threading.Lock()
        self._looked = 0.0
        self._quiet = False

    def listed(self) -> Listed:
        """The copy; the first caller reads it."""
        return self._listed if self._listed is not None else self._first()

    def hit(self, wallet: str | None, ip: str | None) -> ThreatKind | None:
        """What of a transaction is listed now."""
        known = self._listed if self._listed is not None else self._first()
        if not known.wallets and not known.ips:
            return None
        return known.hit(wallet, ip, clock.now())

    def tick(self) -> None:
        """Refresh when the last look is a second old and the list was ever asked for."""
        if self._listed is not None and time.monotonic() - self._looked >= REFRESH_SECONDS:
            self.refresh()

    def refresh(self) -> None:
        """Look whether there is a newer list; never fails."""
        if self._stores is None:
            return
        self._looked = time.monotonic()
        known = self._listed or Listed()
        try:
            self._listed = threat_store.copy(self._stores.database, self._stores.live, known, clock.now())
            self._quiet = False
        except Unreachable as error:
            if not self._quiet:
                log.get(__name__).warning("the threat list cannot be read; the last copy serves", detail=str(error))
            self._quiet = True

    def _first(self) -> Listed:
        with self._lock:
            if self._listed is None:
                self.refresh()
            return self._listed or Listed()
