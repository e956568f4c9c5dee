"""Stores what processes report of their own work, each kind by its own module, in the writer's transaction.

An event counts once by its key, as every event does: a module only adds what it is given.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from core.events.types import Event
from core.pipeline import endpoint_counts, exception_counts, outliers, process_reports, profile_counts, query_counts


@dataclass(frozen=True, slots=True)
class Bounds:
    """How much one service may store in a day: `endpoint_series` endpoints by method, status, version and error,
    `query_series` queries by endpoint, so many `outliers`, `profile_series` endpoints by version with samples,
    `profile_names` new functions, and new stacks. `exception_groups` are the different exceptions at all.
    """

    endpoint_series: int = endpoint_counts.MOST_SERIES
    query_series: int = query_counts.MOST_SERIES
    outliers: int = outliers.MOST
    profile_series: int = profile_counts.SERIES
    profile_names: int = profile_counts.NAMES
    exception_groups: int = exception_counts.MOST_GROUPS


def _endpoints(cursor: Any, events: Sequence[Event], now: float, bounds: Bounds) -> None:
    endpoint_counts.put(cursor, events, now, bounds.endpoint_series)


def _exceptions(cursor: Any, events: Sequence[Event], now: float, bounds: Bounds) -> None:
    exception_counts.put(cursor, events, now, bounds.exception_groups)


def _outliers(cursor: Any, events: Sequence[Event], now: float, bounds: Bounds) -> None:
    outliers.put(cursor, events, now, bounds.outliers)


def _queries(cursor: Any, events: Sequence[Event], now: float, bounds: Bounds) -> None:
    query_counts.put(cursor, events, now, bounds.query_series)


def _processes(cursor: Any, events: Sequence[Event], now: float, _: Bounds) -> None:
    process_reports.put(cursor, events, now)


def _profiles(cursor: Any, events: Sequence[Event], now: float, bounds: Bounds) -> None:
    profile_counts.put(cursor, events, now, bounds.profile_series, bounds.profile_names)


USUAL = Bounds()
STORES: tuple[Callable[[Any, Sequence[Event], float, Bounds], None], ...] = (
    _endpoints,
    _exceptions,
    _outliers,
    _processes,
    _queries,
    _profiles,
)


def put(cursor: Any, events: Sequence[Event], now: float, bounds: Bounds) -> None:
    """Store the reports among the events; each is new, and none comes twice."""
    for store in STORES:
        store(cursor, events, now, bounds)
