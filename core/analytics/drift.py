"""What is said of drift over a period: kept reports, and each day's largest KL divergence from training. Pure."""

from datetime import UTC, date, datetime
from typing import NamedTuple

from msgspec import Struct


class Limits(Struct, frozen=True):
    """KL limits in nats, and the predictions of a day below which nothing is said."""

    threshold: float
    watch: float
    minimum: int


class Report(NamedTuple):
    """A kept report, `at` in epoch seconds; `share` (0..1) is that of drifted features, None when none was judged."""

    id: int
    at: float
    model_version: int | None
    verdict: str
    share: float | None
    drifted: int
    judged: int
    summary: str


class Day(NamedTuple):
    """A day's model, its predictions with features, and the largest divergence with its feature; None: too few."""

    day: date
    model_version: int
    n: int
    kl: float | None
    feature: str | None

    @property
    def at(self) -> int:
        """Its midnight UTC, epoch seconds."""
        return int(datetime(self.day.year, self.day.month, self.day.day, tzinfo=UTC).timestamp())
