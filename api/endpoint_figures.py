"""Figures of endpoints out of rows that are sums of minutes: exact counts and times, quantiles within 1 %. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from core.endpoints import histogram
from core.endpoints.overview import QUANTILES, Figures
from core.events.endpoint_series import NANO

WIDE = 4  # buckets that a bar of a histogram holds: 8 % of its value


@dataclass(slots=True)
class Gathered:
    """What some rows came to; times in nanoseconds, `sketch` histograms one after another."""

    hits: int = 0
    errors: int = 0
    total: int = 0
    least: int | None = None
    most: int = 0
    sketch: bytearray = field(default_factory=bytearray)

    def add(self, hits: int, errors: int, total: Any, least: int, most: int, sketch: bytes | bytearray) -> None:
        """Add a row."""
        self.hits += hits
        self.errors += errors
        self.total += int(total)
        self.least = least if self.least is None else min(self.least, least)
        self.most = max(self.most, most)
        self.sketch += sketch

    def include(self, other: "Gathered") -> None:
        """Add what other rows came to."""
        if other.least is not None:
            self.add(other.hits, other.errors, other.total, other.least, other.most, other.sketch)


def compacted(gathered: Mapping[Any, Gathered]) -> dict[Any, Gathered]:
    """The same with one histogram each."""
    counted = histogram.rows([bytes(one.sketch) for one in gathered.values()])
    return {
        name: replace(one, sketch=bytearray(histogram.of_row(row)))
        for (name, one), row in zip(gathered.items(), counted, strict=True)
    }


def of_counts(gathered: Sequence[Gathered], counted: histogram.Counts) -> list[Figures]:
    """The figures of each, whose histograms are the rows of counts."""
    least = np.array([(one.least or 0) / NANO for one in gathered])
    most = np.array([one.most / NANO for one in gathered])
    found = histogram.quantiles(counted, QUANTILES, least, most)
    return [
        Figures(
            hits=one.hits, errors=one.errors, seconds=one.total / NANO, least=(one.least or 0) / NANO,
            most=one.most / NANO, p50=float(row[0]), p95=float(row[1]), p99=float(row[2]),
        )
        if one.hits
        else Figures()
        for one, row in zip(gathered, found, strict=True)
    ]  # fmt: skip


def summed(gathered: Iterable[Gathered]) -> Gathered:
    """All together."""
    found = Gathered()
    for one in gathered:
        found.include(one)
    return found


def of_all(gathered: Mapping[Any, Gathered]) -> tuple[Figures, dict[Any, Figures]]:
    """The figures of all together and of each by its key."""
    listed = list(gathered.values())
    counted = histogram.rows([bytes(one.sketch) for one in listed])
    whole = summed(listed)
    total = of_counts([whole], counted.sum(axis=0, keepdims=True))[0] if listed else Figures()
    return total, dict(zip(gathered, of_counts(listed, counted), strict=True))


def bars(counted: histogram.Counts) -> list[tuple[float, int]]:
    """One histogram as pairs of an upper edge in seconds and hits, from the first bar with any to the last."""
    places = np.flatnonzero(counted)
    if not len(places):
        return []
    first, last = places[0] // WIDE, places[-1] // WIDE
    padded = np.concatenate([counted, np.zeros(-len(counted) % WIDE, np.int64)]).reshape(-1, WIDE).sum(axis=1)
    edges = [float(histogram.UPPER[min(at * WIDE + WIDE - 1, histogram.BUCKETS - 1)]) for at in range(first, last + 1)]
    return list(zip(edges, padded[first : last + 1].tolist(), strict=True))
