"""The largest KL divergence of the champion's features, the last days against training (A3), as on the page (M4).

One reading for the whole model: features drift together, and five of them want one message and one retraining.
"""

from datetime import timedelta
from typing import Annotated

import numpy as np
from msgspec import Meta

from alerts.evaluate.context import RuleContext
from alerts.evaluate.rule import Assessment, Limits, Reading, against
from core.clock import to_datetime
from core.errors import BadInput
from core.models import registry
from core.models.drift.features import divergences
from core.models.registry import ReferenceBins

KIND = "drift"
FACTS = {"feature": "amount", "largest": "amount 0.210"}
REFRESH = 30.0
NAMED = 5


class Parameters(Limits, frozen=True, kw_only=True):
    """Divergence in nats; `days` until now count."""

    days: Annotated[int, Meta(ge=1, le=366)] = 7


def gather(context: RuleContext, parameters: Parameters) -> list[Reading]:
    """One reading, read again every half minute; what older versions kept of each feature is gone."""
    key = (KIND, parameters.days)
    found = context.memory.remember(key, context.now, REFRESH, lambda: _read(context, parameters.days))
    return [found, *(Reading(name, None, gone=True) for name in sorted(context.known_series() - {""}))]


def judge(reading: Reading, parameters: Parameters) -> Assessment:
    """Plain limits."""
    return against(parameters, reading)


def reading(reference: list[ReferenceBins], days: list[tuple[int, list[int]]]) -> Reading:
    """The largest divergence, from each day's (predictions, counts of all bins); its details name it and the next."""
    width = sum(len(bins.counts) for bins in reference)
    usable = [(n, np.asarray(counts)) for n, counts in days if len(counts) == width]
    n = sum(count for count, _ in usable)
    found = divergences(reference, np.sum([counts for _, counts in usable], axis=0)) if n else []
    if not found:
        return Reading("", None, details={"missing": "no predictions", "feature": "–", "largest": "–"})
    ordered = sorted(found, key=lambda one: one[1], reverse=True)
    largest = ", ".join(f"{name} {value:.3f}" for name, value in ordered[:NAMED])
    return Reading("", round(ordered[0][1], 5), n, details={"feature": ordered[0][0], "largest": largest})


def _read(context: RuleContext, days: int) -> Reading:
    version = registry.champion(context.live, context.database)
    try:
        reference = [] if version is None else registry.reference(context.database, version)
    except BadInput:
        reference = []
    last = to_datetime(context.now).date()
    first = last - timedelta(days=days - 1)
    rows = context.rows("histograms.days", version=version or 0, first=first, last=last)
    return reading(reference, [(row[1], row[2]) for row in rows])
