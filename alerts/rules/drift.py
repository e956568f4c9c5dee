"""KL divergence of each feature of the champion, the last days against training (A3), as on the page (M4)."""

from datetime import timedelta

import numpy as np

from alerts.context import Context
from alerts.rule import Limits, Reading, Verdict, against
from core.clock import to_datetime
from core.config import Count
from core.drift.features import divergences
from core.errors import BadInput
from core.store import models
from core.store.models import ReferenceBins

KIND = "drift"
REFRESH = 30.0


class Parameters(Limits, frozen=True, kw_only=True):
    """Divergence in nats; `days` until now count."""

    days: Count = 7


def gather(context: Context, parameters: Parameters) -> list[Reading]:
    """One reading for each feature; read again every half minute."""
    key = (KIND, parameters.days)
    found = context.memory.remember(key, context.now, REFRESH, lambda: _read(context, parameters.days))
    features = {reading.series for reading in found}
    return found + [Reading(name, None, gone=True) for name in sorted(context.known_series() - features)]


def judge(reading: Reading, parameters: Parameters) -> Verdict:
    """Plain limits."""
    return against(parameters, reading)


def readings(reference: list[ReferenceBins], days: list[tuple[int, list[int]]]) -> list[Reading]:
    """A reading for each feature from each day's (predictions, counts of all bins); pure."""
    width = sum(len(bins.counts) for bins in reference)
    usable = [(n, np.asarray(counts)) for n, counts in days if len(counts) == width]
    n = sum(count for count, _ in usable)
    if not n:
        return [Reading(bins.name, None, details={"missing": "no predictions"}) for bins in reference]
    week = np.sum([counts for _, counts in usable], axis=0)
    return [Reading(name, round(value, 5), n) for name, value in divergences(reference, week)]


def _read(context: Context, days: int) -> list[Reading]:
    version = models.champion(context.live, context.database)
    try:
        reference = [] if version is None else models.reference(context.database, version)
    except BadInput:
        reference = []
    last = to_datetime(context.now).date()
    first = last - timedelta(days=days - 1)
    rows = context.rows("histograms.days", version=version or 0, first=first, last=last)
    return readings(reference, [(row[1], row[2]) for row in rows])
