"""Reads of the roll-ups as totals: the slots of [start, end), ten seconds wide where they are kept, else minutes."""

from api.context import ResourceContext
from core.clock import to_datetime
from core.db.queries import query
from core.events import time_buckets
from core.events.time_buckets import Totals

_FINE_SPAN = 6 * 3600


def width_for(context: ResourceContext, start: float, end: float) -> int:
    """Ten seconds for spans up to six hours that retention still covers, else sixty."""
    kept_from = context.now - context.settings.config.retention.slot_hours * 3600
    return time_buckets.WIDTH if end - start <= _FINE_SPAN and start >= kept_from else time_buckets.MINUTE


def packed(context: ResourceContext, start: float, end: float, width: int) -> list[tuple[float, bytes]]:
    """(start of the slot, packed slot) of that width in [start, end), ascending; slots without events are absent."""
    rows = context.tuples(query("rollups.slots"), width=width, start=to_datetime(start), end=to_datetime(end))
    return [(row[0].timestamp(), time_buckets.pack(list(row[1:-1]), bytes(row[-1]))) for row in rows]


def total(found: list[tuple[float, bytes]], start: float, end: float) -> Totals:
    """The sum of the packed slots that start in [start, end)."""
    return time_buckets.total([data for at, data in found if start <= at < end])
