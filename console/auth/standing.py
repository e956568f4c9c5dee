"""Whether a session is good, asked of PostgreSQL for every request, and what holds while PostgreSQL is away.

Nobody can change an account then, so a session that this process saw good at most `OUTAGE_SECONDS` ago goes on, and the
live page stays; any other session has to wait.
"""

import time
from collections import OrderedDict
from threading import Lock

from console.auth import session_store as register
from console.auth.session_store import Named
from core.db.engine import Database
from core.errors import DatabaseUnavailable

OUTAGE_SECONDS = 900.0
_PAUSE = 1.0
_REMEMBERED = 4096


class Standing:
    """The judgement of one process."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._known: OrderedDict[Named, tuple[float, str]] = OrderedDict()
        self._lock = Lock()
        self._away_until = 0.0

    def role(self, named: Named) -> str | None:
        """The role of a session that is good, or None. Raises DatabaseUnavailable when that cannot be known."""
        if time.monotonic() >= self._away_until:
            try:
                role = register.standing(self._database, named)
            except DatabaseUnavailable:
                self._away_until = time.monotonic() + _PAUSE
            else:
                self._note(named, role)
                return role
        at, role = self._known.get(named, (0.0, None))
        if role is None or time.monotonic() - at > OUTAGE_SECONDS:
            raise DatabaseUnavailable("the session cannot be checked")
        return role

    def forget(self, named: Named) -> None:
        """It ended here."""
        self._note(named, None)

    def _note(self, named: Named, role: str | None) -> None:
        with self._lock:
            self._known.pop(named, None)
            if role is not None:
                self._known[named] = (time.monotonic(), role)
                while len(self._known) > _REMEMBERED:
                    self._known.popitem(last=False)
