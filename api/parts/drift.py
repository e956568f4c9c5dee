"""Drift (M4): KL divergence of each feature, the current week against training, and the largest of each day."""

from datetime import date, timedelta
from typing import Any, Literal, TypedDict

import numpy as np

from api.config import DriftConfig
from api.context import Context, milliseconds
from api.window import Window
from core import drift
from core.clock import to_datetime
from core.drift.features import divergences
from core.errors import BadInput
from core.store import models
from core.store.models import ReferenceBins
from core.store.queries import query

NAME = "drift"
REFRESH = 60.0
DAYS = 7


class FeatureDrift(TypedDict):
    """One feature's divergence in nats."""

    name: str
    kl: float
    status: Literal["healthy", "watch", "drifted"]


class DayDrift(TypedDict):
    """The largest divergence of one day (from `day`, ms); None with too few predictions."""

    day: int
    kl: float | None
    feature: str | None
    n: int


class Data(TypedDict):
    """Features with the largest divergence first; `n` predictions of the week count."""

    threshold: float
    watch: float
    features: list[FeatureDrift]
    largest: float | None
    days: list[DayDrift]
    status: Literal["healthy", "watch", "drifted", "unknown"]
    n: int
    version: int | None


def read(context: Context, window: Window) -> dict[str, Any]:
    """The seven days that end with the window, of the champion's predictions."""
    last = to_datetime(window.end - 0.001).date()
    days = [last - timedelta(days=back) for back in range(DAYS - 1, -1, -1)]
    version = models.champion(context.live, context.database)
    try:
        reference = [] if version is None else models.reference(context.database, version)
    except BadInput:
        reference = []
    rows = context.tuples(query("histograms.days"), version=version or 0, first=days[0], last=last)
    return {
        **judged(reference, {row[0]: (row[1], row[2]) for row in rows}, days, context.config.drift),
        "version": version,
    }


def judged(
    reference: list[ReferenceBins], counted: dict[date, tuple[int, list[int]]], days: list[date], config: DriftConfig
) -> dict[str, Any]:
    """The part from each day's (predictions, counts of all bins); pure."""
    width = sum(len(bins.counts) for bins in reference)
    usable = {day: (n, np.asarray(counts)) for day, (n, counts) in counted.items() if len(counts) == width}
    n = sum(count for count, _ in usable.values())
    features = []
    if n >= config.minimum:
        week = sum((counts for _, counts in usable.values()), np.zeros(width))
        for name, value in divergences(reference, week):
            features.append(
                {"name": name, "kl": round(value, 5), "status": drift.status(value, config.watch, config.threshold)}
            )
    largest = features[0]["kl"] if features else None
    return {
        "threshold": config.threshold,
        "watch": config.watch,
        "features": features,
        "largest": largest,
        "days": [_day(reference, day, *usable.get(day, (0, np.zeros(width))), config.minimum) for day in days],
        "status": features[0]["status"] if features else "unknown",
        "n": n,
    }


def _day(reference: list[ReferenceBins], day: date, n: int, counts: Any, minimum: int) -> dict[str, Any]:
    found = divergences(reference, counts) if n >= minimum else []
    midnight = int((day - date(1970, 1, 1)).total_seconds())
    return {
        "day": milliseconds(midnight),
        "kl": round(found[0][1], 5) if found else None,
        "feature": found[0][0] if found else None,
        "n": n,
    }
