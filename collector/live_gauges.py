"""Gauges of what Redis knows: the stream's backlog, the KPIs by window, the service checks, the blocked addresses.

With these and `stored_gauges` a Prometheus judges A1-A4 by itself (deploy/prometheus/rules), also while the alert
worker is down. Every collector publishes the same numbers, so ask for `max`. What is not known is absent, never stale.
"""

from typing import Any

from core.db import keys
from core.db.redis_client import Live
from core.errors import Unreachable
from core.events import time_buckets
from core.events.time_buckets import Totals
from core.pipeline import stream
from core.web.metrics import Gauge, Labels, Metrics

WINDOWS = {"1h": 3600, "10m": 600, "5m": 300, "1m": 60}
Cells = dict[Labels, float | None]


class LiveGauges:
    """Sets its gauges at every `step`."""

    def __init__(self, metrics: Metrics, live: Live) -> None:
        self._live = live
        window = ("window",)
        self._gauges = {
            "entries": metrics.gauge("gatehouse_stream_entries", "Entries of the event stream not stored yet."),
            "pending": metrics.gauge("gatehouse_stream_pending_entries", "Entries read and not stored yet."),
            "age": metrics.gauge("gatehouse_stream_oldest_seconds", "Age of the oldest entry not stored; 0: none."),
            "predictions": metrics.gauge("gatehouse_predictions_in_window", "Predictions in the window.", window),
            "fraud": metrics.gauge(
                "gatehouse_fraud_rate_ratio",
                "Blocked share of the predictions: as decided, and as the normal profile would have (A11).",
                ("window", "policy"),
            ),
            "p95": metrics.gauge("gatehouse_api_latency_p95_seconds", "p95 of the scoring latency.", window),
            "transactions": metrics.gauge(
                "gatehouse_transactions_per_hour", "Transactions per hour, extrapolated.", window
            ),
            "revenue": metrics.gauge("gatehouse_revenue_usd_per_hour", "Revenue in USD scaled to an hour.", window),
            "up": metrics.gauge("gatehouse_service_up", "Newest check: 1 UP, 0.5 SLOW, 0 DOWN.", ("service",)),
            "latency": metrics.gauge("gatehouse_service_latency_seconds", "Latency of the newest check.", ("service",)),
            "blocked": metrics.gauge("gatehouse_blocked_ips", "Addresses that are blocked now."),
        }

    def step(self, now: float) -> None:
        """Read and set. Raises RedisUnavailable; every gauge is then absent."""
        try:
            entries, pending = stream.waiting(self._live)
            since = stream.waiting_since(self._live)
            cells: dict[str, Cells] = {
                "entries": {(): entries},
                "pending": {(): pending},
                "age": {(): max(0.0, now - since) if since is not None else 0.0},
                "blocked": {(): len(self._live.blocked_ips(now))},
                **kpis(self._slots(now), now),
                **services(self._live.get_json(keys.CHECKS) or {}),
            }
        except Unreachable:
            put(self._gauges, {})
            raise
        put(self._gauges, cells)

    def _slots(self, now: float) -> dict[int, bytes]:
        first, after = time_buckets.window(now, time_buckets.HOUR)
        starts = list(range(first, after, time_buckets.WIDTH))
        return {start: data for start, data in zip(starts, self._live.slots(starts), strict=True) if data}


def put(gauges: dict[str, Gauge], cells: dict[str, Cells]) -> None:
    """Each gauge gets its cells, and those without any get none."""
    for name, gauge in gauges.items():
        gauge.replace(cells.get(name, {}))


def kpis(packed: dict[int, bytes], now: float) -> dict[str, Cells]:
    """The KPIs of each window that ends now, from packed slots by start; pure. Ratios 0..1, seconds, USD."""
    found: dict[str, Cells] = {name: {} for name in ("predictions", "fraud", "p95", "transactions", "revenue")}
    for label, length in WINDOWS.items():
        first, after = time_buckets.window(now, length)
        totals = time_buckets.total([data for start, data in packed.items() if first <= start < after])
        counts, scale = totals.counts, 3600 / length
        found["predictions"][label,] = counts["predictions"]
        found["fraud"][label, "in_force"] = _share(totals, "blocked")
        found["fraud"][label, "normal"] = _share(totals, "blocked_normal")
        p95 = totals.quantile(0.95)
        found["p95"][label,] = None if p95 is None else p95 / 1000
        found["transactions"][label,] = counts["transactions"] * scale
        found["revenue"][label,] = counts["revenue_cents"] * scale / 100
    return found


def services(checks: dict[str, dict[str, Any]]) -> dict[str, Cells]:
    """The newest result of each configured check; pure. One that never ran is absent."""
    worth = {"UP": 1.0, "SLOW": 0.5, "DOWN": 0.0}
    latencies = {name: result.get("latency_ms") for name, result in checks.items()}
    return {
        "up": {(name,): worth.get(result["status"]) for name, result in checks.items()},
        "latency": {(name,): None if ms is None else ms / 1000 for name, ms in latencies.items()},
    }


def _share(totals: Totals, counter: str) -> float | None:
    predictions = totals.counts["predictions"]
    return totals.counts[counter] / predictions if predictions else None
