"""Counters, gauges and histograms of one process: plain numbers under one lock each, no file and no thread.

`Metrics` is the registry of a process. Its `snapshot()` is JSON-able; `metric_files` shares snapshots between the
workers of one server and `exposition` turns them into Prometheus text.
"""

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from threading import Lock
from typing import Any, Literal, NotRequired, TypedDict, TypeVar

from core import clock

LATENCY_EDGES = tuple(0.0005 * 2 ** (step / 2) for step in range(31))  # seconds: 0.5 ms .. 16.4 s, 41 % apart

Kind = Literal["counter", "gauge", "histogram"]
Labels = tuple[str, ...]
Exemplar = tuple[list[str], int, str, float, float]  # labels, bucket, correlation id, value, epoch seconds


class FamilySnapshot(TypedDict):
    """One metric family: `cells` pairs label values with a number, or with bucket counts followed by the sum.

    `exemplars` of a histogram name one observation for each bucket that has any to name.
    """

    kind: Kind
    help: str
    labels: list[str]
    edges: list[float]
    cells: list[tuple[list[str], Any]]
    exemplars: NotRequired[list[Exemplar]]


class Family:
    """What the three kinds share: a name, label names and one cell for each combination of label values."""

    kind: Kind

    def __init__(self, name: str, help_text: str, labels: Sequence[str] = ()) -> None:
        self.name = name
        self.help = help_text
        self.labels = tuple(labels)
        self.edges: tuple[float, ...] = ()
        self._cells: dict[Labels, Any] = {}
        self._lock = Lock()

    def snapshot(self) -> FamilySnapshot:
        """The family as it is now."""
        with self._lock:
            cells = [(list(key), list(cell) if isinstance(cell, list) else cell) for key, cell in self._cells.items()]
        return {
            "kind": self.kind,
            "help": self.help,
            "labels": list(self.labels),
            "edges": list(self.edges),
            "cells": cells,
        }


class Counter(Family):
    """Only grows. One without labels says 0 from the start, so that its first increase is seen as one."""

    kind = "counter"

    def __init__(self, name: str, help_text: str, labels: Sequence[str] = ()) -> None:
        super().__init__(name, help_text, labels)
        if not self.labels:
            self._cells[()] = 0

    def inc(self, *labels: str, by: float = 1) -> None:
        """Add `by` (≥ 0) to the cell of these label values."""
        with self._lock:
            self._cells[labels] = self._cells.get(labels, 0) + by


class Gauge(Family):
    """A present value; the workers of one server are summed."""

    kind = "gauge"

    def set(self, value: float, *labels: str) -> None:
        """Replace the cell of these label values."""
        with self._lock:
            self._cells[labels] = value

    def replace(self, values: Mapping[Labels, float | None]) -> None:
        """Have these cells and no others; None is no cell, so that what is unknown is absent and not stale."""
        with self._lock:
            self._cells = {labels: value for labels, value in values.items() if value is not None}


class Histogram(Family):
    """Counts of observations by upper edge, and their sum. Each bucket names one of them by its correlation id."""

    kind = "histogram"

    def __init__(
        self, name: str, help_text: str, labels: Sequence[str] = (), edges: Sequence[float] = LATENCY_EDGES
    ) -> None:
        super().__init__(name, help_text, labels)
        self.edges = tuple(edges)
        if not self.labels:
            self._cells[()] = [0] * (len(self.edges) + 1) + [0.0]
        self._exemplars: dict[tuple[Labels, int], tuple[str, float, float]] = {}

    def observe(self, value: float, *labels: str, exemplar: str | None = None) -> None:
        """Count one value (seconds, for a latency); `exemplar` is the correlation id under which it was seen."""
        bucket = bisect_left(self.edges, value)
        if exemplar:
            self._exemplars[labels, bucket] = exemplar, value, clock.now()
        with self._lock:
            cell = self._cells.get(labels)
            if cell is None:
                cell = self._cells[labels] = [0] * (len(self.edges) + 1) + [0.0]
            cell[bucket] += 1
            cell[-1] += value

    def add(self, more: Sequence[float], *labels: str) -> None:
        """Add many observations at once: counts for each bucket, then their sum."""
        with self._lock:
            cell = self._cells.get(labels)
            self._cells[labels] = [a + b for a, b in zip(cell, more, strict=True)] if cell else list(more)

    def remember(self, named: Mapping[tuple[Labels, int], tuple[str, float, float]]) -> None:
        """Name observations that `add` counts, by labels and bucket: correlation id, value, epoch seconds."""
        self._exemplars.update(named)

    def snapshot(self) -> FamilySnapshot:
        """The family as it is now, exemplars included."""
        found = super().snapshot()
        kept = list(self._exemplars.items())  # one step of the interpreter: no writer comes between
        found["exemplars"] = [(list(labels), bucket, *what) for (labels, bucket), what in kept]
        return found


F = TypeVar("F", bound=Family)


class Metrics:
    """The registry of one process. Asking twice for one name gives the same family."""

    def __init__(self) -> None:
        self._families: dict[str, Family] = {}

    def counter(self, name: str, help_text: str, labels: Sequence[str] = ()) -> Counter:
        """A counter; its name ends in `_total`."""
        return self._keep(Counter(name, help_text, labels))

    def gauge(self, name: str, help_text: str, labels: Sequence[str] = ()) -> Gauge:
        """A gauge."""
        return self._keep(Gauge(name, help_text, labels))

    def histogram(
        self, name: str, help_text: str, labels: Sequence[str] = (), edges: Sequence[float] = LATENCY_EDGES
    ) -> Histogram:
        """A histogram over ascending upper edges."""
        return self._keep(Histogram(name, help_text, labels, edges))

    def snapshot(self) -> dict[str, FamilySnapshot]:
        """Every family by name."""
        return {name: family.snapshot() for name, family in list(self._families.items())}

    def _keep(self, family: F) -> F:
        kept = self._families.setdefault(family.name, family)
        if type(kept) is not type(family) or kept.labels != family.labels:
            raise ValueError(f"metric {family.name} is already defined differently")
        return kept
