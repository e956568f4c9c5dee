"""Drift (M4): KL divergence of each feature, the current week against training, and the largest of each day."""

from datetime import date
from typing import Any

import numpy as np

from api.config import DriftConfig
from api.context import ResourceContext, milliseconds
from api.drift_week import week
from api.window import Window
from core.models import drift
from core.models.registry import ReferenceBins
from core.monitoring.drift import DayDivergence, Drift, FeatureDivergence

NAME = "drift"
REFRESH = 60.0


def read(context: ResourceContext, window: Window) -> Drift:
    """The seven days that end with the window, of the champion's predictions."""
    found = week(context, window)
    return judged(found.reference, found.counted, found.days, context.config.drift, found.version)


def judged(
    reference: list[ReferenceBins],
    counted: dict[date, tuple[int, list[int]]],
    days: list[date],
    config: DriftConfig,
    version: int | None = None,
) -> Drift:
    """The resource from each day's (predictions, counts of all bins); pure."""
    fitted = drift.Window([bins.name for bins in reference], [bins.counts for bins in reference])
    usable = {day: (n, np.asarray(counts)) for day, (n, counts) in counted.items() if len(counts) == fitted.width}
    n = sum(count for count, _ in usable.values())
    found: list[drift.FeatureDrift] = []
    if n >= config.minimum:
        week = sum((counts for _, counts in usable.values()), np.zeros(fitted.width))
        found = fitted.judge(week, config.watch, config.threshold)
    features = [FeatureDivergence(name=one.name, kl=round(one.kl, 5), status=one.status) for one in found]
    return Drift(
        threshold=config.threshold,
        watch=config.watch,
        minimum=config.minimum,
        features=features,
        largest=features[0].kl if features else None,
        days=[_day(fitted, day, *usable.get(day, (0, np.zeros(fitted.width))), config.minimum) for day in days],
        status=features[0].status if features else "unknown",
        n=n,
        version=version,
    )


def _day(fitted: drift.Window, day: date, n: int, counts: Any, minimum: int) -> DayDivergence:
    found = fitted.judge(counts) if n >= minimum else []
    midnight = int((day - date(1970, 1, 1)).total_seconds())
    return DayDivergence(
        day=milliseconds(midnight),
        kl=round(found[0].kl, 5) if found else None,
        feature=found[0].name if found else None,
        n=n,
    )
