"""The approval rate at an unchanged mix (direct standardisation). Pure, but for `segments`.

When more small purchases come in, the approval rate rises though nobody decides differently. So each segment, a band of
amounts in a quarter of the day, counts with the weight that it had in the period before: what is left is a change of
decisions. Segments that are absent now carry no weight; below `LEAST_COVERED` of the weights there is no rate.
"""

from collections.abc import Mapping
from math import sqrt
from statistics import NormalDist
from typing import NamedTuple

from core.analytics.periods import Span
from core.analytics.rates import LEAST
from core.db.engine import Connection
from core.db.queries import query
from core.models.performance.interval import LEVEL

LEAST_COVERED = 0.9
Segments = Mapping[tuple[int, int], tuple[int, int]]  # decided and approved, by band and quarter of the day


class Adjusted(NamedTuple):
    """The adjusted rate with its 95 % interval, and the share of the weights that segments of now have."""

    rate: float
    low: float
    high: float
    covered: float


def adjusted(now: Segments, before: Segments) -> Adjusted | None:
    """The rate of now with the mix of before; None below `LEAST` decided in either, or with too little in common."""
    total = sum(decided for decided, _ in before.values())
    if min(total, sum(decided for decided, _ in now.values())) < LEAST:
        return None
    known = {key: decided for key, (decided, _) in before.items() if decided and now.get(key, (0, 0))[0]}
    covered = sum(known.values()) / total
    if covered < LEAST_COVERED:
        return None
    rate = variance = 0.0
    for key, weight in known.items():
        decided, approved = now[key]
        share = weight / sum(known.values())
        rate += share * approved / decided
        smooth = (approved + 1) / (decided + 2)  # a segment of few that were all approved is not certain
        variance += share**2 * smooth * (1 - smooth) / decided
    half = NormalDist().inv_cdf(0.5 + LEVEL / 2) * sqrt(variance)
    return Adjusted(rate, max(0.0, rate - half), min(1.0, rate + half), covered)


def segments(connection: Connection, span: Span) -> Segments:
    """Decided and approved of a span, by segment."""
    rows = connection.execute(query("decision_mix.segments"), span.given)
    return {(row.band, row.quarter): (row.decided, row.approved) for row in rows}
