"""A metric that is far from what is usual: trailing, and at this time of the last days. Robust (`baseline.py`).

The usual range spans what both say: a value is unusual only when it is far from the last hours and, where the days
before are known, far from this time of day too. So the evening rise is no anomaly, and neither is a day unlike others.

Shares are compared as arcsines of their roots, whose scatter by counting is the same everywhere (Anscombe 1948:
1 / (2 sqrt n)): near 0 and 100 % small differences are large ones, and few transactions say little.

A metric that is neither a count nor a share (latency, revenue) is compared with the records of its past instead; see
alerts/evaluate/records.py.
"""

from collections.abc import Callable, Iterator, Sequence
from math import inf
from typing import Annotated, Literal

import numpy as np
from msgspec import Meta

from alerts.backtest.history import History
from alerts.durations import Duration, check_least, seconds
from alerts.evaluate.baseline import Usual, usual
from alerts.evaluate.context import RuleContext
from alerts.evaluate.metrics import RATES, Metric, WindowCounts, kept, read
from alerts.evaluate.records import Records
from alerts.evaluate.records_learner import Learner
from alerts.evaluate.rule import Assessment, Reading
from alerts.evaluate.usual_share import limited
from alerts.evaluate.windows import Windows
from core.config import Count, Frozen, Positive, Share
from core.events import time_buckets
from core.settings import Settings

KIND = "anomaly"
FACTS = {"part": 12, "of": 240, "blocked_in_force": 12, "low": 800.0, "high": 1600.0}
Points = Sequence[tuple[float, float | None]]
REFRESH = 60.0
AROUND = 1800.0
DAY = 86400.0
LEAST = 20
INNER = 0.7  # of the usual range: what counts as recovered
UNCOUNTED = ("latency_p50", "latency_p95", "latency_p99", "revenue_per_hour")
LOCAL = 288  # windows of the local past that records are measured against: a day of five minutes


class Parameters(Frozen, frozen=True, kw_only=True):
    """`window` is the metric's length, `trailing` how far back usual is learnt, `days` at how many days' same time.

    `deviations` from the centre are unusual, on `side`; fewer than `minimum` samples in the window are missing data.
    `detector` is how: by the spread of counts and shares, by the records of other metrics (`auto`). With records, what
    exceeds the greatest residual of `horizon` by `factor` is unusual. `below_usual`, `above_usual`: `usual_share.py`.
    """

    metric: Metric
    window: Duration = "5m"
    trailing: Duration = "3h"
    days: Annotated[int, Meta(ge=0, le=28)] = 7
    deviations: Positive = 6.0
    side: Literal["both", "above", "below"] = "both"
    minimum: Count = 1
    detector: Literal["auto", "spread", "records"] = "auto"
    factor: Annotated[float, Meta(gt=1, le=10)] = 1.3
    horizon: Duration = "56d"
    below_usual: Share | None = None
    above_usual: Share | None = None

    @property
    def by_records(self) -> bool:
        """Whether the records of the past decide."""
        return self.detector == "records" or (self.detector == "auto" and self.metric in UNCOUNTED)

    def __post_init__(self) -> None:
        check_least("window", self.window, time_buckets.WIDTH)
        check_least(
            "trailing", self.trailing, LEAST * time_buckets.MINUTE, f"{LEAST} minutes of history are the minimum"
        )
        if seconds(self.trailing) > 28 * DAY:
            raise ValueError("trailing must be at most 28d")
        if not 3 * DAY <= seconds(self.horizon) <= 90 * DAY:
            raise ValueError("horizon must be 3d to 90d")
        if (self.below_usual, self.above_usual) != (None, None) and (self.metric not in RATES or self.by_records):
            raise ValueError("below_usual and above_usual are limits of shares")


def check(parameters: Parameters, settings: Settings) -> list[str]:
    """The window must lie within what is kept."""
    return kept(parameters.window, settings)


def span(parameters: Parameters) -> float:
    """How many seconds of slots the rule needs beside what it reads itself."""
    return seconds(parameters.window)


def gather(context: RuleContext, parameters: Parameters) -> list[Reading]:
    """One reading with the usual range; what is usual is learnt anew every minute, of records with every window."""
    if context.behind:
        return [Reading("", None, details={"missing": context.behind})]
    length = int(seconds(parameters.window))
    reading = read(parameters.metric, WindowCounts(*context.windows().at(context.as_of, length), length))
    if parameters.by_records:
        learner = context.memory.remember(
            (KIND, parameters), context.now, inf, lambda: learner_of(parameters, context.as_of)
        )
        learner.follow(context.history, context.as_of)
        return [ranged(reading, learner.band(context.as_of))]
    key = (KIND, parameters.metric, length, parameters.trailing, parameters.days)
    samples = context.memory.remember(key, context.now, REFRESH, lambda: _learn(context, parameters, length))
    return [banded(reading, *samples, parameters)]


def past(history: History, parameters: Parameters) -> Callable[[float], list[Reading]]:
    """What would have been gathered at any instant of the history; what is usual is learnt anew every minute."""
    length, trailing = int(seconds(parameters.window)), seconds(parameters.trailing)
    if parameters.by_records:
        return _past_records(history, parameters)
    reach = max(trailing + length, parameters.days * DAY + AROUND) + DAY / 24
    first, values = history.minutes(parameters.metric, length, history.start - reach, history.end)
    known: dict[int, tuple[np.ndarray, np.ndarray]] = {}

    def cut(start: float, end: float) -> np.ndarray:
        low, high = (max(0, int((at - first) // time_buckets.MINUTE)) for at in (start, end))
        return values[low:high]

    def learnt(now: float) -> tuple[np.ndarray, np.ndarray]:
        days = [cut(now - d * DAY - AROUND, now - d * DAY + AROUND) for d in range(1, parameters.days + 1)]
        there = [one for one in days if np.count_nonzero(one > 0)]
        return cut(now - length - trailing, now - length), np.concatenate(there) if there else np.array([])

    def gathered(now: float) -> list[Reading]:
        minute = time_buckets.floor(now, time_buckets.MINUTE)
        if minute not in known:
            known.clear()
            known[minute] = learnt(minute)
        reading = read(parameters.metric, WindowCounts(*history.at(now, length), length))
        return [banded(reading, *known[minute], parameters)]

    return gathered


def along(points: Points, parameters: Parameters) -> Iterator[tuple[float, list[Reading]]]:
    """The readings of a series of one's own, each with what the points before it call usual."""
    if parameters.by_records:
        yield from _along_records(points, parameters)
        return
    times = np.array([at for at, _ in points])
    values = np.array([np.nan if value is None else value for _, value in points], dtype=float)
    length, trailing = seconds(parameters.window), seconds(parameters.trailing)
    for at, value in points:
        low, high = np.searchsorted(times, [at - length - trailing, at - length], side="right")
        days = [
            values[slice(*np.searchsorted(times, [at - d * DAY - AROUND, at - d * DAY + AROUND]))]
            for d in range(1, parameters.days + 1)
        ]
        band = spanned(values[low:high], np.concatenate(days) if days else np.array([]), parameters.deviations)
        yield at, [Reading("", value, parameters.minimum, band=band)]


def judge(reading: Reading, parameters: Parameters) -> Assessment:
    """Bad outside the usual range, good well inside it. A range from records is lopsided: all inside it is good."""
    value, band = reading.value, reading.band
    if value is None or band is None or reading.n < parameters.minimum:
        why = "not enough history for a baseline" if value is not None and band is None else "no data"
        return Assessment("no_data", None, str(reading.details.get("missing", why)))
    low, high = band
    inner = inf if parameters.by_records else INNER * (high - low) / 2
    middle = (low + high) / 2
    above, below = parameters.side != "below", parameters.side != "above"
    limit = high if above and (value >= middle or not below) else low
    if (above and value > high) or (below and value < low):
        return Assessment("bad", limit)
    near = (above and value > middle + inner) or (below and value < middle - inner)
    return Assessment("between" if near else "good", limit)


def banded(reading: Reading, trailing: np.ndarray, days: np.ndarray, parameters: Parameters) -> Reading:
    """The reading with the range that spans what the last hours and this time of the last days call usual; pure."""
    if parameters.metric in RATES:
        band = shares(trailing, days, parameters.deviations, reading.n)
        band = limited(band, (trailing, days), parameters.below_usual, parameters.above_usual, reading.n)
    else:
        band = spanned(trailing, days, parameters.deviations, _unit(parameters.metric, seconds(parameters.window)))
    return ranged(reading, band)


def ranged(reading: Reading, band: tuple[float, float] | None) -> Reading:
    """The reading with its usual range, as facts too; pure."""
    if band is None:
        return reading
    facts = {**reading.details, "low": max(0.0, band[0]), "high": band[1]}
    return reading._replace(band=band, details=facts)


def spanned(
    trailing: np.ndarray,
    days: np.ndarray,
    deviations: float,
    unit: float = 0.0,
    floor: Callable[[float], float] = lambda centre: 0.02 * abs(centre),
) -> tuple[float, float] | None:
    """The range that spans the usual of both sets of samples; None when too little is known; pure.

    `floor` is the least standard deviation around a centre.
    """
    found: list[Usual] = []
    for samples in (trailing, days):
        centre = float(np.nanmedian(samples)) if np.count_nonzero(~np.isnan(samples)) >= LEAST else None
        learnt = None if centre is None else usual(samples, floor=floor(centre), unit=unit)
        found += [learnt] if learnt is not None else []
    if not found or (found[0].n < LEAST):
        return None
    bands = [one.band(deviations) for one in found]
    return min(low for low, _ in bands), max(high for _, high in bands)


def shares(trailing: np.ndarray, days: np.ndarray, deviations: float, n: int) -> tuple[float, float] | None:
    """`spanned` of percentages of which the newest counts `n`; pure."""

    def angle(percent: np.ndarray) -> np.ndarray:
        return np.arcsin(np.sqrt(np.clip(percent / 100.0, 0.0, 1.0)))

    def percent(angle: float) -> float:
        return float(100.0 * np.sin(np.clip(angle, 0.0, np.pi / 2)) ** 2)

    band = spanned(angle(trailing), angle(days), deviations, floor=lambda _: 0.5 / max(n, 1) ** 0.5)
    return None if band is None else (percent(band[0]), percent(band[1]))


def samples(windows: Windows, metric: Metric, length: int, first: float, after: float) -> np.ndarray:
    """The metric of every window that ends within [first, after), a minute apart; NaN where it has no value; pure."""
    step = max(windows.width, time_buckets.MINUTE)
    ends = range(time_buckets.floor(first, step) + step, time_buckets.floor(after, step) + 1, step)
    values = [read(metric, WindowCounts(*windows.totals(end, length), length)).value for end in ends]
    return np.array([np.nan if value is None else value for value in values], dtype=float)


def _learn(context: RuleContext, parameters: Parameters, length: int) -> tuple[np.ndarray, np.ndarray]:
    until = context.as_of - length
    trailing = _read(context, parameters.metric, length, until - seconds(parameters.trailing), until)
    days = [
        _read(
            context, parameters.metric, length, context.as_of - day * DAY - AROUND, context.as_of - day * DAY + AROUND
        )
        for day in range(1, parameters.days + 1)
    ]
    known = [one for one in days if np.count_nonzero(one > 0)]
    return trailing, np.concatenate(known) if known else np.array([])


def _read(context: RuleContext, metric: Metric, length: int, first: float, after: float) -> np.ndarray:
    windows = context.history(first - length, after)
    return samples(windows, metric, length, first, after)


def _unit(metric: Metric, length: float) -> float:
    """What one event adds to a metric that counts; 0 for one that does not."""
    if metric == "requests_per_minute":
        return 60.0 / length
    return 3600.0 / length if metric in ("transactions_per_hour", "predictions_per_hour") else 0.0


def _past_records(history: History, parameters: Parameters) -> Callable[[float], list[Reading]]:
    """`past` where records decide; the minutes are read a day at a time."""
    learner, length = learner_of(parameters, history.start), int(seconds(parameters.window))
    known: list[Windows] = []

    def stored(first: float, after: float) -> Windows:
        if not known or after > known[0].after:
            known[:] = [history.windows(first, min(max(after, first + length + DAY), history.end), time_buckets.MINUTE)]
        return known[0]

    def gathered(now: float) -> list[Reading]:
        while not learner.follow(stored, now):
            pass
        reading = read(parameters.metric, WindowCounts(*history.at(now, length), length))
        return [ranged(reading, learner.band(now))]

    return gathered


def _along_records(points: Points, parameters: Parameters) -> Iterator[tuple[float, list[Reading]]]:
    """`along` where records decide."""
    known = records(parameters)
    for at, value in points:
        yield at, [Reading("", value, parameters.minimum, band=known.band(at))]
        if value is not None:
            known.add(at, value)


def records(parameters: Parameters) -> Records:
    """Records of nothing yet."""
    local = max(seconds(parameters.trailing), LOCAL * seconds(parameters.window))
    return Records(local, parameters.days, parameters.factor, seconds(parameters.horizon))


def learner_of(parameters: Parameters, now: float) -> Learner:
    """One that begins its horizon before `now`."""
    start = now - seconds(parameters.horizon)
    length = int(seconds(parameters.window))
    return Learner(parameters.metric, length, parameters.minimum, records(parameters), start)
