"""Drift over a period: the kept reports, and each day's largest KL divergence from training.

A day's divergence is that of the model with most predictions on it, against that model's own training.
"""

from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple

import numpy as np
from msgspec import Struct

from core.analytics.periods import Span
from core.clock import to_datetime
from core.db.engine import Connection
from core.db.queries import query
from core.models.drift import Window
from core.settings import Settings


class Limits(Struct, frozen=True):
    """KL limits in nats, and the predictions of a day below which nothing is said."""

    threshold: float
    watch: float
    minimum: int


class _File(Struct, frozen=True):
    drift: Limits


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


def limits(settings: Settings) -> Limits:
    """Those of the Live page. Raises ConfigError."""
    return settings.section("monitoring", _File).drift


def reports(connection: Connection, span: Span) -> list[Report]:
    """Reports made in the span, the oldest first."""
    return [Report(*row) for row in connection.execute(query("drift.reports"), span.given)]


def days(connection: Connection, span: Span, minimum: int) -> list[Day]:
    """The days that the span touches and that have predictions, the oldest first."""
    end = to_datetime(span.end)
    last = end.date() + timedelta(days=end.time() != datetime.min.time())
    given = {"start": to_datetime(span.start).date(), "end": last}
    rows = connection.execute(query("drift.days"), given).all()
    known = {row.version: row.reference for row in connection.execute(query("drift.references"), given)}
    fitted = {
        version: Window([bins["name"] for bins in reference], [bins["counts"] for bins in reference])
        for version, reference in known.items()
    }
    found: dict[date, Day] = {}
    for row in rows:
        if row.day not in found and row.model_version in fitted:
            found[row.day] = _day(row.day, row.model_version, row.n, row.counts, fitted[row.model_version], minimum)
    return list(found.values())


def _day(day: date, version: int, n: int, counts: list[int], window: Window, minimum: int) -> Day:
    if n < minimum or len(counts) != window.width:
        return Day(day, version, n, None, None)
    judged = window.judge(np.asarray(counts))
    return Day(day, version, n, *((round(judged[0].kl, 5), judged[0].name) if judged else (None, None)))
