"""Each series of a source in figures: moments, quantiles, share of zeros. Pure.

A minute that names some statuses had none of the others. Where nearly every minute has rows, one without was not
reported and does not count; elsewhere it was zero.
"""

from collections.abc import Mapping

import numpy as np
from msgspec import Struct

from api.status_advice import TOTAL, Threshold
from core.statuses.feed import DENSE, KINDS, Counts

QUANTILES = {"50%": 0.5, "90%": 0.9, "99%": 0.99}


class SeriesStats(Struct, frozen=True):
    """Counts a minute of a status, of a code, or of all transactions (kind volume), over `minutes` minutes.

    `zeros` is the share of minutes without any; `threshold` is null while nothing is learnt.
    """

    kind: str
    name: str
    minutes: int
    total: int
    mean: float
    deviation: float
    quantiles: dict[str, float]
    maximum: float
    zeros: float
    threshold: Threshold | None


def figures(
    counts: Mapping[int, Counts], last: int, thresholds: Mapping[tuple[str, str], Threshold]
) -> list[SeriesStats]:
    """The series of counts by minute up to minute `last`, the total first, then by how many there were."""
    found: list[SeriesStats] = []
    for kind, name in enumerate(KINDS):
        known = {minute: both[kind] for minute, both in counts.items() if both[kind] is not None}
        if not known:
            continue
        span = last - min(known) + 1
        minutes = len(known) if len(known) >= DENSE * span else span
        series: dict[str, list[float]] = {}
        for given in known.values():
            for word, count in (given or {}).items():
                series.setdefault(word, []).append(count)
        if name == "status":
            sums = [sum((given or {}).values()) for given in known.values()]
            found.append(_stats("volume", TOTAL, sums, minutes, thresholds))
        made = [_stats(name, word, values, minutes, thresholds) for word, values in series.items()]
        found += sorted(made, key=lambda one: (-one.total, one.name))
    return found


def _stats(
    kind: str, name: str, values: list[float], minutes: int, thresholds: Mapping[tuple[str, str], Threshold]
) -> SeriesStats:
    every = np.zeros(minutes)
    every[: len(values)] = values
    quantiles = np.quantile(every, list(QUANTILES.values()))
    return SeriesStats(
        kind,
        name,
        minutes,
        int(every.sum()),
        float(every.mean()),
        float(every.std()),
        dict(zip(QUANTILES, quantiles.tolist(), strict=True)),
        float(every.max()),
        float(np.mean(every == 0)),
        thresholds.get((kind, name)),
    )
