"""Reads of the page Scoring performance, from the sums by hour and from the hours of endpoints."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

import numpy as np

from console.analytics.scoring import NO_MODEL, QUANTILES, ROUTES, SERVICE, Box, Code, Latencies, Latency, Slow
from core.analytics.periods import Span
from core.db.engine import Connection
from core.db.queries import query
from core.endpoints import histogram


class _Sum:
    """Rows of one kind, added up."""

    def __init__(self) -> None:
        self.predictions, self.total = 0, 0.0
        self.least, self.most = float("inf"), 0.0
        self.counts: histogram.Counts = np.zeros(histogram.BUCKETS, np.int64)

    def add(self, row: Any, counts: histogram.Counts) -> None:
        self.predictions += row.predictions
        self.total += row.sum_ms
        self.least, self.most = min(self.least, row.min_ms), max(self.most, row.max_ms)
        self.counts += counts


def latencies(connection: Connection, span: Span, step: int) -> Latencies:
    """How long the predictions of a span took, in bins of `step` seconds."""
    rows = list(connection.execute(query("latency.bins"), {**span.given, "step": step}))
    sketches = histogram.rows([bytes(row.sketch) for row in rows])
    bins: dict[tuple[int, int], _Sum] = defaultdict(_Sum)
    models: dict[int, _Sum] = defaultdict(_Sum)
    whole: dict[int, _Sum] = defaultdict(_Sum)
    for row, counts in zip(rows, sketches, strict=True):
        for one in (bins[row.bin, row.model_version], models[row.model_version], whole[0]):
            one.add(row, counts)
    drawn = dict(
        zip([*bins, *models, *whole], _figures([*bins.values(), *models.values(), *whole.values()]), strict=True)
    )
    return Latencies(
        [Box(*key, drawn[key]) for key in sorted(bins)],
        {model: drawn[model] for model in sorted(models)},
        drawn[0] if whole else Latency(),
    )


def whole(connection: Connection, span: Span) -> Latency:
    """How long the predictions of a span took, all together."""
    length = max(1, span.end - span.start)
    return latencies(connection, span, length).whole


def slowest(connection: Connection, span: Span) -> list[Slow]:
    """The ten slowest predictions of a span."""
    return [
        Slow(at, name, latency, score, decision, NO_MODEL if model is None else model)
        for at, name, latency, score, decision, model in connection.execute(query("slowest.top"), span.given)
    ]


def codes(connection: Connection, span: Span, step: int) -> list[Code]:
    """Answers of the scoring endpoints by status, in bins of `step` seconds from the first whole one on."""
    first, after = span.start // step, -(-span.end // step)
    given = {**span.given, "step": step, "service": SERVICE, "routes": list(ROUTES)}
    found: dict[int, list[int]] = defaultdict(lambda: [0] * (after - first))
    for row in connection.execute(query("answers.bins"), given):
        found[row.status][row.bin // step - first] += row.hits
    return [Code(status, sum(bins), bins) for status, bins in sorted(found.items())]


def _figures(sums: Sequence[_Sum]) -> list[Latency]:
    """Of each sum, which has predictions, its figures."""
    if not sums:
        return []
    counted = np.array([one.counts for one in sums])
    least, most = (np.array([getattr(one, name) for one in sums]) / 1000 for name in ("least", "most"))
    found = 1000 * histogram.quantiles(counted, QUANTILES, least, most)
    return [
        Latency(one.predictions, one.total / one.predictions, one.least, p25, p50, p75, p95, p99, one.most)
        for one, (p25, p50, p75, p95, p99) in zip(sums, found.tolist(), strict=True)
    ]
