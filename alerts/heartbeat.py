"""The dead-man's switch (O4): an outside monitor hears from us only while evaluation is healthy.

Whoever stops hearing raises the alarm: an uptime service, or a monitor of one's own. The URL is a secret.
"""

from collections.abc import Callable

from core import log
from core.errors import HttpUnavailable
from core.http import HttpClient
from core.web.metrics import Metrics


class Heartbeat:
    """`step(now)` pings when `healthy(now)` says so. Without a URL it does nothing."""

    def __init__(self, url: str, healthy: Callable[[float], bool], metrics: Metrics) -> None:
        self._url, self._healthy = url, healthy
        self._pings = metrics.counter("alerts_heartbeats_total", "Pings of the dead-man's switch", ["result"])

    def step(self, now: float) -> bool:
        """One ping; False when there was none. The URL is never logged."""
        if not self._url or not self._healthy(now):
            return False
        base, slash, path = self._url.partition("://")[2].partition("/")
        scheme = self._url.partition("://")[0]
        try:
            status = HttpClient(f"{scheme}://{base}", timeout=5.0, connections=1).get(slash + path).status
        except HttpUnavailable:
            status = 0
        if not 200 <= status < 300:
            log.get("heartbeat").warning("the heartbeat was not accepted", status=status or "no answer")
        self._pings.inc("taken" if 200 <= status < 300 else "refused")
        return 200 <= status < 300
