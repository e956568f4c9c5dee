"""What the page Scoring performance shows: how long predictions took, the slowest, and what requests were answered.

Times are epoch seconds, durations milliseconds. Counts, sums, minima and maxima are exact, quantiles within 1 %.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, NamedTuple

import numpy as np

from core.analytics.periods import Span
from core.db.engine import Connection
from core.db.queries import query
from core.endpoints import histogram

QUANTILES = (0.25, 0.5, 0.75, 0.95, 0.99)
NO_MODEL = -1  # the model of predictions that name none
SERVICE = "scoring"
PREFIXES = ("/api/v1/ml", "")
ROUTES = tuple(f"{prefix}/predict{kind}" for prefix in PREFIXES for kind in ("/fraud", "", "-batch"))
REFUSED = 422


class Latency(NamedTuple):
    """How long some predictions took; None where none stored it."""

    predictions: int = 0
    mean: float | None = None
    least: float | None = None
    p25: float | None = None
    p50: float | None = None
    p75: float | None = None
    p95: float | None = None
    p99: float | None = None
    most: float | None = None


class Box(NamedTuple):
    """The predictions of one model in the bin that begins at `start`."""

    start: int
    model: int
    latency: Latency


class Latencies(NamedTuple):
    """A span: by bin and model, by model, and all together."""

    boxes: list[Box]
    models: dict[int, Latency]
    whole: Latency


class Slow(NamedTuple):
    """One of the slowest predictions."""

    at: datetime
    transaction_id: str
    latency_ms: float
    score: float
    decision: str
    model: int


class Code(NamedTuple):
    """Answers with one status (0: none was sent), in all and by bin."""

    status: int
    answers: int
    bins: list[int]

    @property
    def is_failed(self) -> bool:
        """Whether the server did not do what it was asked to."""
        return self.status >= 500 or self.status == 0

    @property
    def is_refused(self) -> bool:
        """Whether the input was refused."""
        return self.status == REFUSED


class Answers(NamedTuple):
    """How many requests were answered; of them failed, refused as input, refused otherwise."""

    requests: int = 0
    failed: int = 0
    refused: int = 0
    others: int = 0

    @property
    def failed_share(self) -> float | None:
        """Failed of all, 0..1."""
        return self.failed / self.requests if self.requests else None

    @property
    def refused_share(self) -> float | None:
        """Refused input of all, 0..1."""
        return self.refused / self.requests if self.requests else None


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


def answers(found: Iterable[Code]) -> Answers:
    """Answers with these statuses together."""
    known = list(found)
    failed = sum(one.answers for one in known if one.is_failed)
    refused = sum(one.answers for one in known if one.is_refused)
    others = sum(one.answers for one in known if 400 <= one.status < 500 and not one.is_refused)
    return Answers(sum(one.answers for one in known), failed, refused, others)


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
