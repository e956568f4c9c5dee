"""Metrics of a window of slots: what rules, backtests and charts mean by `fraud_rate` and the others. Pure."""

from collections.abc import Callable
from typing import Any, Literal, NamedTuple

from alerts.durations import Duration, seconds
from alerts.evaluate.rule import Reading
from core.events.time_buckets import Totals
from core.settings import Settings
from core.transactions import kpis

Metric = Literal[
    "fraud_rate",
    "approval_rate",
    "review_rate",
    "latency_p50",
    "latency_p95",
    "latency_p99",
    "transactions_per_hour",
    "revenue_per_hour",
    "predictions_per_hour",
    "requests_per_minute",
    "events_per_minute",
    "error_rate",
]


class WindowCounts(NamedTuple):
    """A window: totals, what A1 judges as blocked, and its length in seconds."""

    totals: Totals
    judged: int
    length: float


def kept(window: Duration, settings: Settings) -> list[str]:
    """What is wrong with a window that is longer than ten-second slots are kept."""
    hours = settings.config.retention.slot_hours
    return [] if seconds(window) <= hours * 3600 else [f"window is longer than slot_hours ({hours}) of retention.toml"]


def read(metric: Metric, seen: WindowCounts) -> Reading:
    """The metric of a window; pure. A rate without samples, and a latency without calls, is missing data."""
    counts = seen.totals.counts
    if metric in PER_HOUR:
        value = PER_HOUR[metric](kpis.values(seen.totals, seen.length), counts, seen.length)
        return Reading("", value, max(1, counts["predictions"] + counts["transactions"]))
    if metric.startswith("latency_"):
        n = int(seen.totals.latency.sum())
        quantile = seen.totals.quantile(int(metric.removeprefix("latency_p")) / 100)
        return Reading("", None if quantile is None else round(quantile, 2), n, details=_none("calls", n))
    part, whole, name = RATES[metric](counts, seen.judged)
    value = round(100.0 * part / whole, 4) if whole else None
    details: dict[str, Any] = {"part": part, "of": whole, **_none(name, whole)}
    if metric == "fraud_rate" and seen.judged != counts["blocked"]:
        details["blocked_in_force"] = counts["blocked"]
    return Reading("", value, whole, details=details)


def _none(what: str, n: int) -> dict[str, Any]:
    return {} if n else {"missing": f"no {what} in the window"}


Rate = Callable[[dict[str, int], int], tuple[int, int, str]]
RATES: dict[str, Rate] = {
    "fraud_rate": lambda c, judged: (judged, c["predictions"], "predictions"),
    "approval_rate": lambda c, _: (c["approved"], c["predictions"], "predictions"),
    "review_rate": lambda c, _: (c["review"], c["predictions"], "predictions"),
    "error_rate": lambda c, _: (c["errors"], c["requests"], "requests"),
}
PER_HOUR: dict[str, Callable[[dict[str, float | None], dict[str, int], float], float | None]] = {
    "transactions_per_hour": lambda k, c, s: k["transactions_per_hour"],
    "revenue_per_hour": lambda k, c, s: k["revenue_per_hour"],
    "predictions_per_hour": lambda k, c, s: c["predictions"] * 3600.0 / s,
    "requests_per_minute": lambda k, c, s: c["requests"] * 60.0 / s,
    "events_per_minute": lambda k, c, s: (c["transactions"] + c["predictions"]) * 60.0 / s,
}
