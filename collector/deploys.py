"""Notes versions that are first seen, and compares each deploy with what went before, endpoint by endpoint.

A deploy is compared at each of `looks` (`performance.toml`): minutes of its version against those of other versions in
the hour before. A service that reports no versions is compared by time. One collector does it at a time.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np

from core.clock import to_datetime
from core.db.engine import Database, execute_values
from core.db.queries import sql
from core.endpoints import deploys, histogram, regression
from core.endpoints.regression import Bounds, Result, Side
from core.events.endpoint_series import LOST, OTHER
from core.performance_config import DeploysConfig

MINUTE = 60
GRACE = 20  # seconds after its end that a minute is read: by then its last events are here
SHORTEST = 15  # minutes that what went before must have, or the deploy before it is no limit
MOST_ENDPOINTS = 300  # of a deploy, those with most requests
Endpoint = tuple[str, str]


class Due(NamedTuple):
    """A deploy to compare; `next_at` and `last_at` are when the deploys after and before it were."""

    id: int
    service: str
    version: str
    at: float
    looks: int
    next_at: float | None
    last_at: float | None


class Span(NamedTuple):
    """Minutes of the epoch: [first, split) is before the deploy, [split, after) after it."""

    first: int
    split: int
    after: int


@dataclass(slots=True)
class Gathered:
    """An endpoint's minutes on one side: bytes of histograms of requests that did not fail, hits, errors."""

    sketches: dict[int, bytes] = field(default_factory=dict)
    hits: dict[int, int] = field(default_factory=lambda: defaultdict(int))
    errors: dict[int, int] = field(default_factory=lambda: defaultdict(int))

    @property
    def total(self) -> int:
        """All hits."""
        return sum(self.hits.values())

    def side(self) -> Side:
        """As the comparison takes it: a row for each minute with requests."""
        minutes = sorted(self.hits)
        counts = histogram.rows([self.sketches.get(minute, histogram.EMPTY) for minute in minutes])
        numbers = [np.array([of[minute] for minute in minutes], np.int64) for of in (self.hits, self.errors)]
        return Side(counts, *numbers)


class Compared(NamedTuple):
    """An endpoint with both sides and what is said of it."""

    before: Side
    after: Side
    result: Result


class DeployWatch:
    """A duty of the collector. `beyond` is how many versions had no room at the newest round."""

    def __init__(self, database: Database, config: DeploysConfig) -> None:
        self._database, self._config = database, config
        self.beyond = 0

    def step(self, now: float) -> int:
        """One round; how many deploys were noted or compared. Raises DatabaseUnavailable."""
        noted, self.beyond = deploys.note_seen(self._database, now, self._config.most_a_day)
        done = 0
        with self._database.raw() as connection, connection.cursor() as cursor:
            cursor.execute(sql("deploys.only_one"))
            if not cursor.fetchone()[0]:
                return noted
            cursor.execute(sql("deploys.due"), {"now": now, "looks": len(self._config.looks)})
            found = [Due(*row) for row in cursor.fetchall()]
        for one in found:
            done += self._compare(one, now)
        return noted + done

    def _compare(self, one: Due, now: float) -> bool:
        """The newest look that is due; False where none is."""
        looks = due(one, self._config, now)
        if looks <= one.looks:
            return False
        with self._database.raw() as connection, connection.cursor() as cursor:
            cursor.execute(sql("deploys.only_one"))
            if not cursor.fetchone()[0]:
                return False
            cursor.execute(sql("deploys.has_version"), {"service": one.service, "version": one.version})
            by_version = bool(cursor.fetchone()[0])
            span = minutes_of(one, self._config, self._config.looks[looks - 1], by_version)
            values = {
                "service": one.service, "version": one.version, "aside": [LOST, OTHER], "start": span.first * MINUTE,
                "end": span.after * MINUTE,
            }  # fmt: skip
            cursor.execute(sql("deploys.minutes"), values)
            results = compared(*sides(cursor.fetchall(), span, by_version), bounds(self._config))
            if results:
                rows = [_row(one.id, *given, now) for given in results.items()]
                execute_values(cursor, sql("deploys.put"), rows, page_size=100)
            cursor.execute(sql("deploys.looked"), {"id": one.id, "looks": looks, "now": now})
        return True


def bounds(config: DeploysConfig) -> Bounds:
    """Those of the configuration."""
    return Bounds(
        alpha=config.alpha, looks=len(config.looks), duration_factor=config.duration_factor,
        error_factor=config.error_factor, error_points=config.error_points, least=config.least_requests,
    )  # fmt: skip


def due(one: Due, config: DeploysConfig, now: float) -> int:
    """How many looks are due by now; pure."""
    first = int(one.at // MINUTE)
    return sum(now >= (first + look) * MINUTE + GRACE for look in config.looks)


def minutes_of(one: Due, config: DeploysConfig, look: int, by_version: bool) -> Span:
    """Which minutes are compared; pure.

    What went before ends with the deploy, and begins with the one before it where that is not too short. By time, the
    minute of the deploy itself belongs to neither side, and the next deploy ends what came after.
    """
    at = int(one.at // MINUTE)
    first = at - config.before
    if one.last_at is not None:
        last = int(one.last_at // MINUTE) + (not by_version)
        first = max(first, last) if at - last >= SHORTEST else first
    after = at + look
    if not by_version and one.next_at is not None:
        after = min(after, int(one.next_at // MINUTE))
    return Span(first, at, max(after, at))


def sides(rows: list[Any], span: Span, by_version: bool) -> tuple[dict[Endpoint, Gathered], dict[Endpoint, Gathered]]:
    """Rows of (route, method, minute, is of the version, failed, hits, sketch) as what was before and after; pure."""
    before: dict[Endpoint, Gathered] = defaultdict(Gathered)
    after: dict[Endpoint, Gathered] = defaultdict(Gathered)
    for route, method, minute, is_own, failed, hits, sketch in rows:
        if minute < span.split and not is_own:
            found = before[route, method]
        elif (is_own and minute >= span.split) or (not by_version and minute > span.split):
            found = after[route, method]
        else:
            continue
        found.hits[minute] += hits
        if failed:
            found.errors[minute] += hits
        else:
            found.sketches[minute] = found.sketches.get(minute, b"") + bytes(sketch)
    return before, after


def compared(
    before: Mapping[Endpoint, Gathered], after: Mapping[Endpoint, Gathered], limits: Bounds
) -> dict[Endpoint, Compared]:
    """The endpoints that both sides have, or that have enough requests on one; pure."""
    every = {name: (before.get(name, Gathered()), after.get(name, Gathered())) for name in {*before, *after}}
    most = sorted(every, key=lambda name: (-sum(one.total for one in every[name]), name))[:MOST_ENDPOINTS]
    pairs = {name: (every[name][0].side(), every[name][1].side()) for name in most}
    results = regression.decide({name: regression.compare(*pair, limits) for name, pair in pairs.items()}, limits)
    return {name: Compared(*pair, results[name]) for name, pair in pairs.items()}


def _row(deploy: int, endpoint: Endpoint, one: Compared, now: float) -> tuple[Any, ...]:
    result = one.result
    is_worse = result.durations == "slower" or result.errors == "more errors"
    p50, p95 = ([_quantile(side, q) for side in (one.before, one.after)] for q in (0.5, 0.95))
    return (
        deploy, *endpoint, result.durations, result.errors, int(one.before.hits.sum()), int(one.after.hits.sum()),
        int(one.before.errors.sum()), int(one.after.errors.sum()), *p50, *p95, result.ratio, result.low, result.high,
        result.p_durations, result.p_errors, to_datetime(now) if is_worse else None,
    )  # fmt: skip


def _quantile(side: Side, q: float) -> float | None:
    found = float(histogram.quantiles(side.counts.sum(axis=0, keepdims=True), (q,))[0, 0])
    return None if np.isnan(found) else found
