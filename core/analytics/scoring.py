"""What the page Scoring performance shows: how long predictions took, the slowest of them, and answers that are errors.

Times are epoch seconds, durations milliseconds. Counts, sums, minima and maxima are exact, quantiles within 1 %.
"""

from typing import Final

from msgspec import Struct

ROUTE: Final = "/api/v1/analytics/scoring"
QUANTILES = (0.25, 0.5, 0.75, 0.95, 0.99)
NO_MODEL: Final = -1  # the model of predictions that name none


class Latency(Struct, frozen=True, kw_only=True):
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


class Box(Struct, frozen=True, kw_only=True):
    """The predictions of one model in the bin that begins at `start`."""

    start: int
    model: int
    latency: Latency


class ModelLatency(Struct, frozen=True, kw_only=True):
    """The predictions of one model over the period."""

    model: int
    latency: Latency


class Slow(Struct, frozen=True, kw_only=True):
    """One of the slowest predictions; `t` in epoch ms."""

    t: int
    transaction_id: str
    latency_ms: float
    score: float
    decision: str
    model: int


class Code(Struct, frozen=True, kw_only=True):
    """Answers of the scoring service with one status (0: none was sent), by bin and in all."""

    status: int
    answers: int
    bins: list[int]


class Answers(Struct, frozen=True, kw_only=True):
    """Requests of the scoring endpoints: how many, server errors (from 500, or no answer), refused input (422)."""

    requests: int = 0
    failed: int = 0
    refused: int = 0
