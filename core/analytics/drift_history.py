"""Drift over a period: the kept reports, and each day's largest KL divergence from training.

A day's divergence is that of the model with most predictions on it, against that model's own training.
"""

from datetime import date, datetime, timedelta

import numpy as np
from msgspec import Struct

from core.analytics.drift import Day, Limits, Report
from core.analytics.periods import Span
from core.clock import to_datetime
from core.db.engine import Connection
from core.db.queries import query
from core.models.drift import Window
from core.settings import Settings


class _File(Struct, frozen=True):
    drift: Limits


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
