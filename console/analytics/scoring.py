"""What the page Scoring performance shows: how long predictions took, the slowest, and what requests were answered.

Times are epoch seconds, durations milliseconds. Counts, sums, minima and maxima are exact, quantiles within 1 %. Pure.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

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


def answers(found: Iterable[Code]) -> Answers:
    """Answers with these statuses together."""
    known = list(found)
    failed = sum(one.answers for one in known if one.is_failed)
    refused = sum(one.answers for one in known if one.is_refused)
    others = sum(one.answers for one in known if 400 <= one.status < 500 and not one.is_refused)
    return Answers(sum(one.answers for one in known), failed, refused, others)
