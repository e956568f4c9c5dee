"""How long requests of each endpoint usually take, as this process sees it, and from when on one is an outlier.

Durations are counted in the buckets of `core.events.endpoint_series`; what was counted weighs half after ten minutes,
so that an endpoint that becomes slow is usual again soon.
"""

import threading
import time
from collections.abc import Mapping

from core.events.endpoint_series import GROWTH

HALF_LIFE_SECONDS = 600.0
ENDPOINTS = 1_000
LEAST_WEIGHT = 0.01
Endpoint = tuple[str, str]  # route, method


class _Durations:
    __slots__ = ("at", "limit", "weights")

    def __init__(self, at: float) -> None:
        self.at = at
        self.limit = 0.0
        self.weights: dict[int, float] = {}


class Usual:
    """The `quantile` of each endpoint's durations; no limit is below `least` seconds."""

    def __init__(self, quantile: float, least: float) -> None:
        self._quantile = quantile
        self._least = least
        self._known: dict[Endpoint, _Durations] = {}
        self._lock = threading.Lock()

    def limit(self, route: str, method: str) -> float:
        """Seconds from which a request of this endpoint is an outlier."""
        known = self._known.get((route, method))
        return self._least if known is None else max(self._least, known.limit)

    def add(self, route: str, method: str, buckets: Mapping[int, int], now: float | None = None) -> None:
        """Add hits by bucket; of more than ENDPOINTS endpoints the one that was used longest ago goes."""
        at = time.monotonic() if now is None else now
        with self._lock:
            known = self._known.pop((route, method), None) or _Durations(at)
            if len(self._known) >= ENDPOINTS:
                self._known.pop(next(iter(self._known)))
            self._known[route, method] = known  # now the newest
            fade = 0.5 ** ((at - known.at) / HALF_LIFE_SECONDS)
            known.at = at
            weights = {place: weight * fade for place, weight in known.weights.items() if weight * fade > LEAST_WEIGHT}
            for place, count in buckets.items():
                weights[place] = weights.get(place, 0.0) + count
            known.weights = weights
            known.limit = self._at_quantile(weights)

    def _at_quantile(self, weights: Mapping[int, float]) -> float:
        """The upper edge of the bucket at the quantile, nearest rank."""
        wanted = self._quantile * sum(weights.values()) - 1e-9
        reached = 0.0
        for place in sorted(weights):
            reached += weights[place]
            if reached >= wanted:
                return GROWTH**place
        return 0.0
