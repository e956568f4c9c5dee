"""What regulators ask of alerts and cases over a span, from sums by hour and from incidents.

Cases are predictions that were flagged (held for review or blocked); alerts are incidents. Queries stand in
`sql/queries/analytics/` (cases, case_times, coverage, regulators).
"""

from collections.abc import Mapping, Sequence
from itertools import pairwise
from math import ceil, floor, sqrt
from statistics import NormalDist
from typing import NamedTuple

from core.analytics.periods import HOUR, Span
from core.audit.actors import SYSTEM
from core.clock import to_datetime
from core.db.engine import Connection
from core.db.queries import query
from core.models.performance.interval import LEVEL, Interval

Z = NormalDist().inv_cdf(0.5 + LEVEL / 2)
EDGES = (1, 4, 24, 72, 168)  # hours: the ages of what is open


class Cases(NamedTuple):
    """Predictions of a span, flagged or not, and what became of them; money of what was fraud, in USD."""

    scored: int = 0
    reviewed: int = 0
    closed: int = 0
    fraud: int = 0
    legit: int = 0
    by_analyst: int = 0
    by_chargeback: int = 0
    by_appeal: int = 0
    disputed: int = 0
    fraud_usd: float = 0.0


class Alerts(NamedTuple):
    """Incidents that opened in a span, and how far each came; `right` are those that people called so."""

    opened: int
    notified: int
    handled: int
    judged: int
    right: int


class Times(NamedTuple):
    """How long something took in seconds: how many there are, median and 90 % with intervals of 95 %."""

    n: int
    median: float | None = None
    median_between: Interval | None = None
    p90: float | None = None
    p90_between: Interval | None = None


class Coverage(NamedTuple):
    """What is watched: transactions and those scored; minutes judged of how many; rules, and those with a value now."""

    transactions: int
    scored: int
    judged_minutes: int
    minutes: int
    rules: int
    rules_well: int


class Found(NamedTuple):
    """Everything. `open_cases` and `open_alerts` are counts by the ages of `EDGES`, the youngest first."""

    flagged: Cases
    passed: Cases
    alerts: Alerts
    open_cases: tuple[int, ...]
    open_alerts: tuple[int, ...]
    case_times: Times
    acknowledged: Times
    resolved: Times
    coverage: Coverage


def read(connection: Connection, span: Span, finished: Span, now: float) -> Found:
    """All figures of a span; judging is counted over its finished hours. Raises DatabaseUnavailable."""
    given = {**span.given, "now": to_datetime(now), "system": SYSTEM}
    cases = {row.flagged: Cases(*row[1:]) for row in connection.execute(query("cases.totals"), span.given)}
    took = [(60.0 * row.minutes, row.cases) for row in connection.execute(query("case_times.counts"), span.given)]
    alerts = list(connection.execute(query("regulators.alert_times"), span.given))
    open_cases, open_alerts = (
        _by_age({row.age: row.cases for row in connection.execute(query(name), given)})
        for name in ("cases.open", "regulators.open_alerts")
    )
    return Found(
        cases.get(True, Cases()),
        cases.get(False, Cases()),
        Alerts(*connection.execute(query("regulators.alerts"), given).one()),
        open_cases,
        open_alerts,
        times(took),
        times([(row.acknowledged, 1) for row in alerts if row.acknowledged is not None]),
        times([(row.resolved, 1) for row in alerts if row.resolved is not None]),
        _coverage(connection, span, finished),
    )


def times(took: Sequence[tuple[float, int]]) -> Times:
    """Quantiles (nearest rank) of values with their counts.

    Their intervals are order statistics: ranks n q ± 1.96 sqrt(n q (1 - q)), the binomial's normal approximation
    (Conover 1999, 3.2); beyond the first or last value there is none further.
    """
    ordered = sorted((max(0.0, value), count) for value, count in took)
    n = sum(count for _, count in ordered)
    if not n:
        return Times(0)
    (median, median_between), (p90, p90_between) = (_quantile(ordered, n, q) for q in (0.5, 0.9))
    return Times(n, median, median_between, p90, p90_between)


def _quantile(ordered: Sequence[tuple[float, int]], n: int, q: float) -> tuple[float, Interval]:
    half = Z * sqrt(n * q * (1 - q))
    ranks = (max(1, ceil(n * q)), max(1, floor(n * q - half)), min(n, ceil(n * q + half) + 1))
    middle, low, high = (_at_rank(ordered, rank) for rank in ranks)
    return middle, (low, high)


def _at_rank(ordered: Sequence[tuple[float, int]], rank: int) -> float:
    seen = 0
    for value, count in ordered:
        seen += count
        if seen >= rank:
            return value
    return ordered[-1][0]


def _by_age(counts: Mapping[int, int]) -> tuple[int, ...]:
    """Counts by hours of age, summed up between the edges."""
    bounds = (0, *EDGES, 10**9)
    return tuple(sum(count for age, count in counts.items() if low <= age < high) for low, high in pairwise(bounds))


def _coverage(connection: Connection, span: Span, finished: Span) -> Coverage:
    scored = connection.execute(query("coverage.totals"), span.given).one()
    judged = connection.execute(query("regulators.judged"), finished.given).one()
    rules = connection.execute(query("regulators.rules")).one()
    start = finished.end if judged.first is None else max(finished.start, int(judged.first // HOUR * HOUR))
    minutes = max(0, finished.end - start) // 60
    return Coverage(scored.transactions, scored.scored, judged.minutes, minutes, rules.rules, rules.well)
