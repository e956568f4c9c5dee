"""The history of a span, counted once and kept for a minute, and which span an address asks for."""

import threading
from collections.abc import Mapping
from datetime import datetime, timedelta
from weakref import WeakKeyDictionary

from console.auth.context import AuthContext
from console.thresholds import history as threshold_history
from console.thresholds.history import History
from core import clock
from core.db.engine import Database
from core.db.replica import ReplicaRead
from core.transactions import search_filter
from core.transactions.search_filter import Asked

USUAL = "30d"
KEPT_SECONDS = 60.0
KEPT = 16
LONGEST_DAYS = 92


class Counted:
    """Histories by span; one thread counts a span, the others wait for it."""

    def __init__(self, auth: AuthContext) -> None:
        self._history = auth.history
        self._rules = auth.settings.config.policy.holdout
        self._kept: dict[str, tuple[float, ReplicaRead[History]]] = {}
        self._lock = threading.Lock()

    def of(self, name: str, start: datetime, end: datetime) -> ReplicaRead[History]:
        """The history of a span, and how far behind the replica was that counted it.

        Raises BadInput when it is too much, DatabaseUnavailable.
        """
        with self._lock:
            found = self._kept.get(name)
            if found is None or clock.now() - found[0] > KEPT_SECONDS:
                counted = self._history.read(
                    lambda database: threshold_history.history(database, start, end, self._rules)
                )
                found = self._kept[name] = (clock.now(), counted)
                while len(self._kept) > KEPT:
                    self._kept.pop(next(iter(self._kept)))
            return found[1]


_KEPT: WeakKeyDictionary[Database, Counted] = WeakKeyDictionary()


def counted(auth: AuthContext) -> Counted:
    """Those of a console's stores."""
    return _KEPT.setdefault(auth.database, Counted(auth))


def span_of(text: str, wrong: dict[str, str]) -> tuple[str, Asked]:
    """A span by its name, or `2026-01-01..2026-01-31` (days, UTC); what is wrong goes to `wrong`."""
    text = text[:60] or USUAL
    first, marks, last = text.partition("..")
    given: Mapping[str, str] = {"from": first, "to": last} if marks else {"span": text}
    asked, bad = search_filter.parse(given, clock.now())
    if asked.end - asked.start > timedelta(days=LONGEST_DAYS):
        bad["span"] = f"At most {LONGEST_DAYS - 2} days."
    if bad:
        wrong["span"] = next(iter(bad.values()))
    return text, asked
