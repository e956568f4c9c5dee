"""History: the last hours in full and a sample of the days before, through the same entrance as live traffic.

Everything has the key it would have had live, so a second back-fill, or one that was cut off, adds nothing twice.
"""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from typing import Any

from core import clock
from simulator import labels, requests, security, traffic
from simulator.config import SimulatorConfig
from simulator.sender import Sender
from simulator.traffic import HOUR, Transaction

_DAY = 24 * HOUR
_SINGLE_THREADS = 2


class Backfill:
    """One run: `hours` in full up to `now`, and the rest of `days` as a sample."""

    def __init__(
        self, sender: Sender, config: SimulatorConfig, hours: float, days: float, tell: Callable[[str], None]
    ) -> None:
        self._sender = sender
        self._config = config
        self._tell = tell
        self.now = clock.now()
        self.full_from = self.now - hours * HOUR
        self.single_from = max(self.full_from, self.now - config.backfill.single_hours * HOUR)
        self.sample_from = min(self.full_from, self.now - days * _DAY)
        self._counts: dict[str, int] = {}
        self._lock = threading.Lock()

    def run(self) -> dict[str, int]:
        """Send it all; returns how many of each were sent. Raises GaveUp."""
        with ThreadPoolExecutor(2) as pool:
            for done in (pool.submit(self._scored), pool.submit(self._others)):
                done.result()
        return self._counts

    def _scored(self) -> None:
        self._older()
        hour = self.full_from
        while hour < self.single_from:
            end = min(hour + HOUR, self.single_from)
            transactions = list(traffic.between(hour, end, self._config))
            for part in _batches(iter(transactions), self._config.backfill.batch):
                self._report(part, self._sender.score_many([item.to_score() for item in part]))
            hour = end
            self._tell(f"scored up to {(self.now - hour) / HOUR:.0f} h ago")
        newest = list(traffic.between(self.single_from, self.now, self._config))
        with ThreadPoolExecutor(_SINGLE_THREADS) as pool:
            answers = list(pool.map(lambda item: self._sender.score_many([item.to_score()])[0], newest))
        self._report(newest, answers)
        self._tell("scored up to now")

    def _older(self) -> None:
        """A sample of the days before, for drift: predictions and labels."""
        stride = max(1, round(1 / self._config.backfill.older_share))
        sample = islice(traffic.between(self.sample_from, self.full_from, self._config), 0, None, stride)
        for part in _batches(sample, self._config.backfill.batch):
            self._sender.score_many([item.to_score() for item in part])
            self._count("sampled predictions", len(part))
            self._tell(f"sampled up to {(self.now - part[-1].when) / _DAY:.1f} days ago")

    def _report(self, transactions: list[Transaction], answers: list[dict[str, Any]]) -> None:
        through = [
            item.to_event()
            for item, answer in zip(transactions, answers, strict=True)
            if answer["decision"] != "BLOCKED"
        ]
        self._sender.events(through, self._config.backfill.batch)
        self._count("predictions", len(transactions))
        self._count("transactions", len(through))

    def _others(self) -> None:
        batch = self._config.backfill.batch
        first = max(self.full_from, self.now - self._config.backfill.request_hours * HOUR)
        self._count("labels", self._sender.events(self._labels(), batch))
        self._count(
            "security events", self._sender.events(security.between(self.full_from, self.now, self._config), batch)
        )
        step = 2 * HOUR
        while first < self.now:
            end = min(first + step, self.now)
            self._count("API requests", self._sender.events(requests.between(first, end, self._config), batch))
            first = end
            self._tell(f"API requests up to {(self.now - first) / HOUR:.0f} h ago")

    def _labels(self) -> Iterator[dict[str, Any]]:
        """What is known by now about the transactions of the full hours and of the sample."""
        stride = max(1, round(1 / self._config.backfill.older_share))
        sampled = {
            item.id for item in islice(traffic.between(self.sample_from, self.full_from, self._config), 0, None, stride)
        }
        for number in range(int(self.sample_from // HOUR), int(self.now // HOUR) + 1):
            for due, item, event in labels.of_hour(number, self._config):
                if due <= self.now and (item.when >= self.full_from or item.id in sampled):
                    yield event

    def _count(self, name: str, more: int) -> None:
        with self._lock:
            self._counts[name] = self._counts.get(name, 0) + more


def _batches(items: Iterator[Transaction], size: int) -> Iterator[list[Transaction]]:
    while batch := list(islice(items, size)):
        yield batch
