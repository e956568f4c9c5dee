"""Rolling windows of a simulated year for all minutes at once (N2).

What `alerts/evaluate/metrics.py` reads of one window by the production reader; a test compares the two.
"""

import numpy as np

from alerts.backtest.track import Track
from alerts.evaluate.metrics import Metric
from bench._alert_year import MINUTE, World
from core.events.time_buckets import _VALUES, BUCKETS, COUNTERS

DAY = 1440


def track(world: World, metric: Metric, window: float) -> Track:
    """The readings of a rule of slots, minute by minute."""
    value, n = latency(world, metric, int(window)) if metric.startswith("latency_") else counted(world, metric, window)
    times = np.array(world.times())
    return Track.of_columns(times, {"": (value, n)}, float(MINUTE))


def counted(world: World, metric: str, window: float) -> tuple[np.ndarray, np.ndarray]:
    """Values and samples of a metric that counts."""
    length, last = int(window) // MINUTE, world.minutes
    sums = np.concatenate([np.zeros((1, len(COUNTERS)), np.int64), np.cumsum(world.counts, axis=0)])
    first = last - len(world.times())
    within = sums[first + 1 : last + 1] - sums[first + 1 - length : last + 1 - length]
    of = {name: within[:, place] for place, name in enumerate(COUNTERS)}
    hour = 3600.0 / window
    events = of["transactions"] + of["predictions"]
    with np.errstate(divide="ignore", invalid="ignore"):
        if metric in ("transactions_per_hour", "revenue_per_hour", "events_per_minute"):
            value = {
                "transactions_per_hour": of["transactions"] * hour,
                "revenue_per_hour": of["revenue_cents"] / 100 * hour,
                "events_per_minute": events * hour / 60,
            }[metric]
            return value, np.maximum(1, events)
        part, whole = {
            "fraud_rate": (of["blocked"], of["predictions"]),
            "approval_rate": (of["approved"], of["predictions"]),
            "error_rate": (of["errors"], of["requests"]),
        }[metric]
        return np.round(100.0 * part / whole, 4), whole


def latency(world: World, metric: str, window: int) -> tuple[np.ndarray, np.ndarray]:
    """A quantile of latencies and their number, a day at a time."""
    q, length = int(metric.removeprefix("latency_p")) / 100, window // MINUTE
    ends, pairs = world.latencies
    values, samples = [], []
    for begin in range(world.minutes - len(world.times()), world.minutes, DAY):
        after = min(begin + DAY, world.minutes)
        first = begin + 1 - length
        minute = np.repeat(np.arange(after - first), np.diff(ends[first : after + 1]))
        found = pairs[ends[first] : ends[after]]
        dense = np.zeros((after - first + 1, BUCKETS), np.int32)
        np.add.at(dense, (minute + 1, found["bucket"].astype(np.int64)), found["count"].astype(np.int32))
        sums = dense.cumsum(axis=0)
        within = (sums[length:] - sums[: len(sums) - length]).cumsum(axis=1)
        total = within[:, -1]
        rank = np.maximum(1, np.ceil(q * total))
        place = np.minimum((within < rank[:, None]).sum(axis=1), BUCKETS - 1)
        values.append(np.where(total > 0, np.round(_VALUES[place], 2), np.nan))
        samples.append(total)
    return np.concatenate(values), np.concatenate(samples)
