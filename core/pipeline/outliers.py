"""Outliers in PostgreSQL, one row a request: what is reported of one again replaces it, if it took longer.

A service stores a bounded number a day, the services of others ten times as many together; what is beyond is counted
beside what was kept.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from core import codec
from core.clock import to_datetime
from core.db.queries import sql
from core.endpoints.outliers import own_place
from core.events import senders
from core.events.endpoint_series import nano
from core.events.performance.outlier import Outlier
from core.events.types import Event

MOST = 5_000  # of a service in a day
SERVICES = 10  # so many times that are of all services of others together
DETAIL = (
    "correlation_id", "user", "ip", "headers", "parameters", "frames", "stacks", "store_seconds", "in_flight",
    "neighbours", "machine",
)  # fmt: skip


def put(cursor: Any, events: Sequence[Event], now: float, most: int = MOST) -> None:
    """Store the outliers among the events, as many as their services have room for today."""
    told: dict[tuple[str, str], Outlier] = {}
    for event in events:
        if isinstance(event, Outlier):
            known = told.get((event.service, event.request))
            if known is None or known.seconds < event.seconds:
                told[event.service, event.request] = event
    if not told:
        return
    keys = {"services": [service for service, _ in told], "requests": [request for _, request in told]}
    cursor.execute(sql("stored_outliers.known"), keys)
    known_keys = {(service, request) for service, request in cursor.fetchall()}
    day = to_datetime(now).date()
    cursor.execute(sql("stored_outliers.kept"), {"day": day})
    kept, dropped = _admitted([key for key in told if key not in known_keys], Counter(dict(cursor.fetchall())), most)
    if counted := sorted({service for service, _ in kept} | set(dropped)):
        added = Counter(service for service, _ in kept)
        counts = {"kept": [added[one] for one in counted], "dropped": [dropped[one] for one in counted]}
        cursor.execute(sql("stored_outliers.count"), {"day": day, "services": counted, **counts})
    if stored := [told[key] for key in told if key in known_keys or key in kept]:
        cursor.execute(sql("stored_outliers.put"), _columns(stored))


def _admitted(
    new: Iterable[tuple[str, str]], today: Counter[str], most: int
) -> tuple[set[tuple[str, str]], Counter[str]]:
    """Which of the new ones there is room for, and how many of each service there is none for."""
    kept: set[tuple[str, str]] = set()
    dropped: Counter[str] = Counter()
    others = sum(count for service, count in today.items() if not senders.is_reserved(service))
    for service, request in new:
        is_ours = senders.is_reserved(service)
        if today[service] < most and (is_ours or others < SERVICES * most):
            kept.add((service, request))
            today[service] += 1
            others += not is_ours
        else:
            # Of services that have no row of their own, one row for all.
            dropped[service if service in today or is_ours else "(other)"] += 1
    return kept, dropped


def _columns(told: Sequence[Outlier]) -> dict[str, list[Any]]:
    return {
        "timestamps": [to_datetime(float(one.timestamp or 0)) for one in told],
        "services": [one.service for one in told],
        "requests": [one.request for one in told],
        "versions": [one.version for one in told],
        "routes": [one.route for one in told],
        "methods": [one.method for one in told],
        "statuses": [one.status for one in told],
        "runnings": [one.running for one in told],
        "durations": [nano(one.seconds) for one in told],
        "limits": [nano(one.limit_seconds) for one in told],
        "stacks": [len(one.stacks) for one in told],
        "places": [own_place(one.frames, one.stacks) for one in told],
        "details": [codec.encode({name: getattr(one, name) for name in DETAIL}).decode() for one in told],
    }
