"""Slots of time in PostgreSQL: what a batch adds to each, in the writer's transaction."""

from typing import Any

from core.clock import to_datetime
from core.db.engine import execute_values
from core.db.queries import sql
from core.events import time_buckets as slots
from core.events.time_buckets import Bucket


def add_to_slots(cursor: Any, filled: dict[tuple[int, int], Bucket]) -> dict[int, bytes]:
    """Add to slots by (width, start); returns the ten-second slots as they are now, packed."""
    if not filled:
        return {}
    ordered = sorted(filled)
    places = [(width, to_datetime(start)) for width, start in ordered]
    size = len(places)
    execute_values(cursor, sql("writer.make_slots"), places, page_size=size)
    stored = execute_values(
        cursor, sql("writer.lock_slots"), places, template="(%s, %s::timestamptz)", page_size=size, fetch=True
    )
    known = {(width, start): bytes(latency) for width, start, latency in stored}
    changes = []
    for place, (width, start) in zip(places, ordered, strict=True):
        slot = filled[width, start]
        latency = known[width, start]
        if slot.latency:
            merged = slots.unpack_latency(latency)
            for bucket, count in slot.latency.items():
                merged[bucket] = merged.get(bucket, 0) + count
            latency = slots.pack_latency({bucket: count for bucket, count in merged.items() if count > 0})
        changes.append((*place, *slot.counts, latency))
    template = "(%s, %s::timestamptz" + ", %s::bigint" * len(slots.COUNTERS) + ", %s::bytea)"
    result = execute_values(cursor, sql("writer.add_to_slots"), changes, template=template, page_size=size, fetch=True)
    return {
        start: slots.pack(list(counts), bytes(latency))
        for width, start, *counts, latency in result
        if width == slots.WIDTH
    }
