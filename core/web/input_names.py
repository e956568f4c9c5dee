"""Counts, by caller, the names in requests that nothing knows and the features that were left out.

Requests only append to a queue; the recorder's thread sums it up, for `/metrics` and, by minute, for the chart of the
Model page: a broken integration shows within a minute.
"""

from collections import Counter, deque
from collections.abc import Iterable, Sequence

from core import clock
from core.db.redis_client import Live
from core.errors import RedisUnavailable
from core.input_names import LONGEST, Unknown
from core.web import input_counts
from core.web.input_counts import MINUTE, Cell, Kind
from core.web.metrics import Metrics

MOST_NAMES = 20  # that one process keeps apart for a caller and a kind in a minute
KEPT_MINUTES = 10  # that wait while Redis is away
MOST_WAITING = 200_000  # requests that are not summed up yet


class InputNames:
    """One process's counts. Safe from any thread; `tick` is a recorder's listener."""

    def __init__(self, metrics: Metrics, live: Live | None) -> None:
        self._live = live
        self._unknown = metrics.counter(
            "gatehouse_unknown_names_total", "Unknown names in requests.", ("caller", "kind")
        )
        self._missing = metrics.counter(
            "gatehouse_missing_features_total", "Features of the model that requests left out.", ("caller",)
        )
        self._seen: deque[tuple[str, int, Kind, tuple[tuple[str, str], ...], int]] = deque(maxlen=MOST_WAITING)
        self._minutes: dict[int, Counter[Cell]] = {}

    def requests(self, caller: str, count: int = 1) -> None:
        """So many transactions or events came."""
        self._seen.append((caller, _minute(), "requests", (("", ""),), count))

    def unknown(self, caller: str, kind: Kind, found: Iterable[Unknown], count: int | None = None) -> None:
        """Names that were not used; `count` is how many there were, where not all of them are given."""
        names = tuple((one.name, one.nearest or "") for one in found)
        self._seen.append((caller, _minute(), kind, names, 1))
        if count is not None and count > len(names):
            self._seen.append((caller, _minute(), kind, (("", ""),), count - len(names)))

    def missing(self, caller: str, names: Iterable[str]) -> None:
        """Features that a transaction left out."""
        self._seen.append((caller, _minute(), "missing", tuple((name[:LONGEST], "") for name in names), 1))

    def tick(self, _: Sequence[object] = ()) -> None:
        """Sum up what came, and share it; what Redis does not take waits."""
        self._sum_up()
        if self._live is None:
            return
        for minute in sorted(self._minutes):
            try:
                input_counts.add(self._live, minute, self._minutes[minute])
            except RedisUnavailable:
                break
            del self._minutes[minute]
        for minute in sorted(self._minutes)[:-KEPT_MINUTES]:
            del self._minutes[minute]

    def _sum_up(self) -> None:
        for _ in range(len(self._seen)):
            caller, minute, kind, names, count = self._seen.popleft()
            counts = self._minutes.setdefault(minute, Counter())
            for name, nearest in names:
                counts[self._cell(counts, caller, kind, name, nearest)] += count
            if kind == "missing":
                self._missing.inc(caller, by=count * len(names))
            elif kind != "requests":
                self._unknown.inc(caller, kind, by=count * len(names))

    @staticmethod
    def _cell(counts: Counter[Cell], caller: str, kind: Kind, name: str, nearest: str) -> Cell:
        cell = Cell(caller, kind, name, nearest)
        if name and cell not in counts and sum(one[:2] == cell[:2] for one in counts) >= MOST_NAMES:
            return Cell(caller, kind)
        return cell


def _minute() -> int:
    return MINUTE * int(clock.now() // MINUTE)
