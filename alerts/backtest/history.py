"""Stored slots of a long span, read in chunks: what a rule would have gathered at any instant of it."""

import numpy as np

from alerts.evaluate.metrics import Metric, WindowCounts, read
from alerts.evaluate.windows import Windows, strict_spans
from core.clock import to_datetime
from core.db.engine import Database
from core.db.queries import query
from core.events import time_buckets
from core.events.time_buckets import Totals
from core.settings import Settings

CHUNK = 6 * 3600
DAY = 86400
FINE_SPAN = 2 * DAY


class History:
    """[start, end) in epoch seconds; windows up to `span` seconds long. Raises DatabaseUnavailable."""

    def __init__(
        self, settings: Settings, database: Database, start: float, end: float, span: float, now: float
    ) -> None:
        self._settings, self._database = settings, database
        self.start, self.end, self._span = start, end, int(span)
        kept = now - settings.config.retention.slot_hours * 3600
        self.width = time_buckets.WIDTH if end - start <= FINE_SPAN and start - span >= kept else time_buckets.MINUTE
        self._chunk: Windows | None = None

    def at(self, now: float, length: int) -> tuple[Totals, int]:
        """The totals of the window of that length at `now`, and what A1 judges as blocked."""
        chunk = self._chunk
        end = time_buckets.floor(now, self.width) + self.width
        if chunk is None or end > chunk.after or end - length < chunk.first:
            first = time_buckets.floor(now, self.width) - self._span - self.width
            chunk = self._chunk = self.windows(first, first + self._span + CHUNK, self.width)
        return chunk.totals(end, length)

    def windows(self, first: float, after: float, width: int) -> Windows:
        """The slots of [first, after)."""
        low, high = time_buckets.floor(first, width), time_buckets.floor(after, width) + width
        bounds = {"start": to_datetime(low), "end": to_datetime(high)}
        with self._database.transaction() as connection:
            found = list(connection.execute(query("rollups.slots"), {"width": width, **bounds}))
            policies = list(connection.execute(query("policy.spans"), bounds))
        packed = [(row[0].timestamp(), time_buckets.pack(list(row[1:-1]), bytes(row[-1]))) for row in found]
        return Windows(packed, low, high, strict_spans(policies, self._settings.config.policy, high), width)

    def minutes(self, metric: Metric, length: int, start: float, end: float) -> tuple[float, np.ndarray]:
        """(first, values): the metric of the windows that end at each whole minute from `first` on, NaN without one."""
        first = time_buckets.floor(start, time_buckets.MINUTE)
        values: list[float] = []
        for begin in range(first, int(end), DAY):
            until = min(begin + DAY, int(end))
            windows = self.windows(begin - length, until, time_buckets.MINUTE)
            for at in range(begin, until, time_buckets.MINUTE):
                value = read(metric, WindowCounts(*windows.totals(at, length), length)).value
                values.append(np.nan if value is None else value)
        return first, np.array(values, dtype=float)
