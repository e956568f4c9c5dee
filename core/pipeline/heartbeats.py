"""The newest heartbeat of each service in PostgreSQL."""

from collections.abc import Sequence
from typing import Any

from core.clock import to_datetime
from core.db.engine import execute_values
from core.db.queries import sql
from core.events.types import Heartbeat


def put(cursor: Any, events: Sequence[Heartbeat]) -> None:
    """Store them; one that is older than what is known changes nothing."""
    newest = {e.service: e for e in sorted(events, key=lambda item: float(item.timestamp or 0))}
    values = [
        (e.service, to_datetime(float(e.timestamp or 0)), e.status, _single(e.latency_ms), e.detail)
        for _, e in sorted(newest.items())
    ]
    execute_values(cursor, sql("writer.put_heartbeats"), values, page_size=len(values))


def _single(value: float | None) -> float | None:
    """A value that fits float4: one that is too small becomes 0."""
    return value if value is None or value > 1e-30 else 0.0
