"""The live edge: mirrors the newest slots in Redis and publishes the KPIs from them, at least once a second (D3).

PostgreSQL is the truth: every tick copies the last minutes' slots from it, and now and then all of them, so that
several collectors, an emptied Redis and direct writes all end in the same numbers.
"""

from typing import Any

from core.db import keys
from core.db.engine import Database
from core.db.queries import sql
from core.db.redis_client import Live
from core.events import time_buckets
from core.pipeline import stream
from core.transactions import kpis

HOUR = 3600
KEPT = 2 * HOUR + 2 * time_buckets.MINUTE
RECENT = 180
LENGTHS = {"1h": HOUR, "10m": 600, "5m": 300, "1m": 60}
LATE_SECONDS = 2.0


class Windows:
    """Slots and KPIs in Redis. Raises RedisUnavailable and DatabaseUnavailable."""

    def __init__(self, live: Live, database: Database) -> None:
        self._live = live
        self._database = database

    def put(self, packed: dict[int, bytes], now: float) -> None:
        """Write absolute slots; those older than what is kept are passed over."""
        recent = {start: data for start, data in packed.items() if start >= now - KEPT}
        if recent:
            with self._live.reach() as client:
                pipeline = client.pipeline(transaction=False)
                for start, data in recent.items():
                    pipeline.set(keys.slot(start), data, ex=keys.SLOT_TTL)
                pipeline.execute()

    def refresh(self, now: float, whole: bool = False) -> None:
        """Copy slots from PostgreSQL: the last minutes; all of them when that was long ago or Redis was emptied."""
        with self._live.reach() as client:
            whole = whole or not client.exists(keys.SLOTS_WHOLE)
        with self._database.raw() as connection, connection.cursor() as cursor:
            cursor.execute(sql("writer.slots_since"), (now - (KEPT if whole else RECENT),))
            found = {
                start: time_buckets.pack(list(counts), bytes(latency)) for start, *counts, latency in cursor.fetchall()
            }
        self.put(found, now)
        if whole:
            self._live.set_json(keys.SLOTS_WHOLE, 1, keys.SLOTS_WHOLE_TTL)

    def publish(self, now: float) -> dict[str, Any]:
        """Compute the KPIs as of `now` from the slots in Redis and publish them; returns the document."""
        as_of = self._as_of(now)
        document = compute(self._read(as_of), as_of)
        with self._live.reach() as client:
            pipeline = client.pipeline(transaction=False)
            for name, key in keys.PLAIN_KPIS.items():
                value = document["values"][name]
                if value is None:
                    pipeline.delete(key)
                else:
                    pipeline.set(key, repr(value), ex=keys.KPI_TTL)
            pipeline.execute()
        self._live.set_json(keys.KPIS, document, keys.KPI_TTL)
        return document

    def _read(self, as_of: float) -> dict[int, bytes]:
        first, after = time_buckets.window(as_of, 2 * HOUR)
        starts = list(range(first, after, time_buckets.WIDTH))
        return {start: data for start, data in zip(starts, self._live.slots(starts), strict=True) if data}

    def _as_of(self, now: float) -> float:
        """Now, or the time of the oldest entry that waits in the stream when the collectors are behind."""
        waiting_since = stream.waiting_since(self._live)
        return now if waiting_since is None or now - waiting_since <= LATE_SECONDS else waiting_since


def compute(packed: dict[int, bytes], as_of: float) -> dict[str, Any]:
    """The KPI document from the packed slots of the last two hours; pure. Its shape is in docs/architecture.md."""
    first, after = time_buckets.window(as_of, HOUR)
    hour = kpis.values(_total(packed, first, after))
    previous = kpis.values(_total(packed, first - HOUR, first))
    windows = {}
    for label, length in LENGTHS.items():
        start, end = time_buckets.window(as_of, length)
        windows[label] = kpis.values(_total(packed, start, end), length)
    return {
        "as_of": int(as_of * 1000),
        "window": {"from": first * 1000, "to": after * 1000},
        "values": hour,
        "previous": previous,
        "windows": windows,
        "sparks": _sparks(packed, first, after),
    }


def _total(packed: dict[int, bytes], first: int, after: int) -> time_buckets.Totals:
    return time_buckets.total([data for start, data in packed.items() if first <= start < after])


def _sparks(packed: dict[int, bytes], first: int, after: int) -> dict[str, list[dict[str, Any]]]:
    """Sixty points a KPI, one a minute, scaled to an hour; a minute without data is None."""
    minutes: dict[int, list[bytes]] = {start: [] for start in range(after - HOUR, after, time_buckets.MINUTE)}
    for start, data in packed.items():
        if first <= start < after:
            minutes[after - HOUR + (start - first) // time_buckets.MINUTE * time_buckets.MINUTE].append(data)
    found: dict[str, list[dict[str, Any]]] = {name: [] for name in kpis.KPIS}
    for start, group in minutes.items():
        values = kpis.values(time_buckets.total(group), time_buckets.MINUTE) if group else dict.fromkeys(kpis.KPIS)
        for name in kpis.KPIS:
            found[name].append({"t": start * 1000, "v": values[name]})
    return found
