"""A simulated year of the platform's metrics, minute by minute, with what happened in it (N2).

Rates have the simulator's day, week and launches. Real incidents are planted from every scenario of the simulator, with
lengths and strengths of their own, and a few that no scenario has (outages, a busy machine, transactions held back).
What is not real is planted too: short bursts of errors and latency at backups, blips of probes, wrong phones at the
second factor, odd batches of partners, large launches; and rates vary by chance. All is drawn from one seed.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

import numpy as np

from alerts.backtest.history import History
from alerts.evaluate.windows import Windows
from core.events import time_buckets
from core.events.time_buckets import COUNTERS
from core.settings import Settings
from simulator import config as simulator_config
from simulator import rhythm

MINUTE, DAY = 60, 86_400
BEFORE = 8  # days before the first that is judged: what is usual is learnt from them
START = 1_798_761_600  # Friday, 2027-01-01
SERVICES = ("backend", "postgres", "redis", "ml", "rpc", "siem")
PAIR = np.dtype([("bucket", "<u2"), ("count", "<u4")])


class Happening(NamedTuple):
    """What happened in [start, end): `rules` are those that it is reason for, with the series where there are several.

    `real`: people have to know. `name` is the scenario's.
    """

    name: str
    start: float
    end: float
    real: bool
    rules: Mapping[str, tuple[str, ...]]
    strength: float = 1.0
    number: int = 0


class Kind(NamedTuple):
    """How often a year, minutes, strength, the rules it is reason for; `hours` of the day in which it happens."""

    a_year: float
    minutes: tuple[float, float]
    strength: tuple[float, float] = (1.0, 1.0)
    rules: Mapping[str, tuple[str, ...]] = {}
    hours: tuple[float, float] = (0.0, 24.0)


ONE = ("",)
REAL = {
    # every scenario of the simulator
    "fraud-spike": Kind(18, (25, 120), (0.3, 1.5), {
        "A1": ONE, "K2": ONE, "approval-rate": ONE, "traffic-anomaly": ONE}),
    "slow-api": Kind(14, (20, 90), (0.6, 1.3), {
        "A2": ONE, "K3": ONE, "error-rate": ONE, "response-time": ("checkout",)}),
    "pool-exhausted": Kind(10, (12, 60), (0.8, 1.5), {"error-rate": ONE, "response-time": ("api",)}),
    "silent-feed": Kind(6, (10, 60), rules={"statuses": ("feed",)}),
    "gateway-down": Kind(8, (20, 90), (20, 300), {"statuses": ("failed",)}),
    "issuer-declines": Kind(8, (20, 90), (20, 300), {"statuses": ("denied",)}),
    "backend-reversals": Kind(8, (20, 90), (20, 300), {"statuses": ("backend_reversed",)}),
    "mfa-attack": Kind(8, (5, 30), (2, 6), {"A4": ("operator.kim",)}),
    "new-error": Kind(20, (20, 90), (10, 40), {"new-error": ()}),
    "bad-deploy": Kind(10, (60, 300), rules={"regression": ("POST /orders", "GET /tickets/{id}")}),
    "drift": Kind(5, (3 * 1440, 8 * 1440), (0.22, 0.5), {"A3": ONE}),
    # by design nobody is paged of these by the shipped rules
    "ip-flood": Kind(12, (5, 40)),
    "rpc-slow": Kind(12, (20, 120)),
    "slow-endpoint": Kind(12, (20, 90)),
    # beside the scenarios
    "outage": Kind(7, (12, 60), rules={
        "feed": ONE, "service-down": SERVICES, "error-rate": ONE, "K1": ONE, "K4": ONE, "traffic-anomaly": ONE}),
    "overload": Kind(8, (15, 60), (86, 98), {"cpu": ONE}),
    "held-back": Kind(5, (20, 60), (0.62, 0.9), {"approval-rate": ONE}),
}  # fmt: skip
NOISE = {
    "launch": Kind(24, (60, 150), (2.0, 6.0), hours=(9, 21)),
    "odd-batch": Kind(60, (12, 22), (1.5, 3.0)),
    "backup": Kind(130, (6, 9), (3.2, 4.4), hours=(1, 4)),
    "warm-up": Kind(50, (5, 8), (4.0, 6.0), hours=(8, 18)),
    "bad-client": Kind(70, (3, 6), (6.0, 9.0)),
    "batch-job": Kind(90, (6, 12), (82, 90)),
    "blip": Kind(100, (2, 4)),
    "network-blip": Kind(14, (3, 6)),
    "report": Kind(60, (3, 6), (5.2, 8.0)),
    "wrong-phone": Kind(25, (3, 5)),
    "one-client": Kind(40, (4, 10), (10, 14)),
    "odd-mix": Kind(10, (5, 15), (5, 30)),
    "holiday-mix": Kind(6, (6 * 60, 20 * 60), (0.152, 0.17)),
    "maintenance": Kind(8, (11, 14)),
    "holiday": Kind(6, (240, 240), (0.3, 0.42), hours=(17.9, 18)),
    "chance-deploy": Kind(8, (1440, 1440)),
}


class World:
    """The year of a seed; `start` to `end` is what is judged. Columns have one value a minute, from `first` on."""

    def __init__(self, settings: Settings, days: int, seed: int) -> None:
        self.settings, self.days = settings, days
        self._dice = np.random.default_rng([20_270_101, days, seed])
        self.first, self.start, self.end = START - BEFORE * DAY, START, START + days * DAY
        self.minutes = (BEFORE + days) * DAY // MINUTE
        self.happenings = sorted(self._drawn(), key=lambda one: one.start)
        self.counts, self.latencies = self._made()

    def times(self, step: int = MINUTE) -> range:
        """The minutes that are judged, or every few of them."""
        return range(self.start, self.end, step)

    def of(self, *names: str) -> Iterator[Happening]:
        """What happened of these kinds."""
        return (one for one in self.happenings if one.name in names)

    def spread(self, name: str, usual: float = 0.0, plus: Callable[[float], float] = lambda x: x) -> np.ndarray:
        """A column that has something of each such happening's strength while it lasts."""
        column = np.full(self.minutes, usual)
        for one in self.of(name):
            column[self._cut(one)] = plus(one.strength)
        return column

    def history(self, span: float) -> "Remembered":
        """What the rules of slots read."""
        return Remembered(self, span)

    def packed(self, low: int, high: int) -> list[tuple[float, bytes]]:
        """The minutes that start in [low, high), as they are stored."""
        first, after = (max(0, min(self.minutes, (at - self.first) // MINUTE)) for at in (low, high))
        ends, pairs = self.latencies
        return [
            (float(self.first + MINUTE * i), self.counts[i].tobytes() + pairs[ends[i] : ends[i + 1]].tobytes())
            for i in range(first, after)
        ]

    def _cut(self, one: Happening) -> slice:
        return slice(*((int(at) - self.first) // MINUTE for at in (one.start, one.end)))

    def _drawn(self) -> list[Happening]:
        """Real ones are hours apart from each other of the same kind; what is not real comes as it comes."""
        found: list[Happening] = []
        for is_real, kinds in ((True, REAL), (False, NOISE)):
            for name, kind in kinds.items():
                count = max(1 if is_real else 0, round(kind.a_year * self.days / 365))
                taken: list[tuple[float, float]] = []
                for number in range(count):
                    one = self._one(name, kind, is_real, number, taken)
                    if one is not None:
                        found.append(one)
                        taken.append((one.start, one.end))
        return found

    def _one(
        self, name: str, kind: Kind, is_real: bool, number: int, taken: list[tuple[float, float]]
    ) -> Happening | None:
        dice = self._dice
        for _ in range(200):
            length = MINUTE * int(dice.integers(int(kind.minutes[0]), int(kind.minutes[1]) + 1))
            day = int(dice.integers(0, self.days))
            start = self.start + day * DAY + MINUTE * int(60 * dice.uniform(*kind.hours))
            free = all(start > end + 6 * 3600 or start + length < begin - 6 * 3600 for begin, end in taken)
            if free and start + length < self.end - 3600:
                strength = float(dice.uniform(*kind.strength))
                return Happening(name, start, start + length, is_real, kind.rules, strength, number)
        return None

    def _made(self) -> tuple[np.ndarray, tuple[np.ndarray, np.ndarray]]:
        """The counters of each minute, and the histograms of latencies: where each minute's begin, and all pairs."""
        dice, config, n = self._dice, simulator_config.load(self.settings), self.minutes
        at = [float(self.first + MINUTE * i) for i in range(n)]
        busy = np.array([rhythm.traffic(when, config) for when in at])
        for one in self.of("launch", "holiday"):
            busy[self._cut(one)] *= one.strength
        for one in self.of("outage", "maintenance"):
            busy[self._cut(one)] = 0.0
        transactions = dice.poisson(config.transactions_per_hour / 60 * busy * _wander(dice, n, 0.03))
        spikes = dice.poisson(5.0 * self.spread("fraud-spike"))
        predictions = transactions + spikes
        share = 0.014 * _wander(dice, n, 0.12) + self.spread("odd-batch", plus=lambda points: points / 100)
        blocked = dice.binomial(transactions, np.clip(share, 0, 1)) + dice.binomial(spikes, 0.8)
        review = dice.binomial(predictions - blocked, np.maximum(0.03, self.spread("held-back")))
        slow = self.spread("slow-api")
        flood = 420.0 * (self.spread("ip-flood") > 0)
        requests = dice.poisson(config.requests_per_minute * busy + flood + 120.0 * slow)
        failing = np.maximum(0.004, self.spread("bad-client", plus=lambda points: points / 100))
        failing = np.maximum(failing, self.spread("pool-exhausted", plus=lambda strength: 0.1 * strength))
        failing = np.where(self.spread("outage") > 0, 0.6, failing)
        errors = dice.binomial(requests, failing) + dice.binomial(dice.poisson(120.0 * slow), 0.12)
        requests = np.maximum(requests, errors)
        purchases = dice.binomial(transactions, config.purchase_share)
        revenue = (purchases * dice.lognormal(np.log(11_000.0), 0.2, n)).astype(np.int64)
        columns = {
            "transactions": transactions, "purchases": purchases, "revenue_cents": revenue, "predictions": predictions,
            "approved": predictions - blocked - review, "review": review, "blocked": blocked, "blocked_normal": blocked,
            "requests": requests, "errors": errors,
        }  # fmt: skip
        counts = np.stack([columns[name] for name in COUNTERS], axis=1).astype("<i8")
        return counts, self._histograms(predictions, dice.poisson(60.0 * slow))

    def _histograms(self, usual: np.ndarray, elsewhere: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Latencies of the usual predictions, and of those of a slow region, as pairs of bucket and count."""
        slower = np.maximum(self.spread("backup", 1.0), self.spread("warm-up", 1.0))
        ends, pairs = [0], []
        for first in range(0, self.minutes, 1440):
            cut = slice(first, min(first + 1440, self.minutes))
            places = np.repeat(np.arange(cut.stop - first), usual[cut])
            took = 22.0 * np.exp(self._dice.normal(0, 0.4, len(places))) * slower[cut][places]
            late = np.repeat(np.arange(cut.stop - first), elsewhere[cut])
            took = np.concatenate([took, 260.0 * np.exp(self._dice.normal(0, 0.4, len(late)))])
            buckets = np.ceil(35 * np.log2(took / 50.0)).astype(np.int64) + 350
            keys, count = np.unique(np.concatenate([places, late]) * 2048 + buckets, return_counts=True)
            found = np.empty(len(keys), PAIR)
            found["bucket"], found["count"] = keys % 2048, count
            pairs.append(found)
            each = np.bincount(keys // 2048, minlength=cut.stop - first)
            ends += (ends[-1] + np.cumsum(each)).tolist()
        return np.array(ends), np.concatenate(pairs)


class Remembered(History):
    """The year as the production readers of stored slots take it, from memory instead of from PostgreSQL."""

    def __init__(self, world: World, span: float) -> None:
        self._world, self._span = world, int(span)
        self.start, self.end = float(world.start), float(world.end)
        self.width = time_buckets.MINUTE
        self._chunk: Windows | None = None

    def windows(self, first: float, after: float, width: int) -> Windows:
        """The slots of [first, after)."""
        low, high = time_buckets.floor(first, width), time_buckets.floor(after, width) + width
        return Windows(self._world.packed(low, high), low, high, (), width)


def _wander(dice: np.random.Generator, n: int, spread: float) -> np.ndarray:
    """A factor around 1 that wanders within hours."""
    hours = n // 60 + 2
    steps, level = dice.normal(0, 1, hours), 0.0
    found = np.empty(hours)
    for hour in range(hours):
        level = 0.9 * level + np.sqrt(1 - 0.81) * steps[hour]
        found[hour] = level
    return np.exp(spread * np.interp(np.arange(n) / 60, np.arange(hours), found))
