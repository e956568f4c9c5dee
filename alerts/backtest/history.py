"""Stored slots of a long span, read in chunks: what a rule would have gathered at any instant of it."""

import numpy as np

from alerts.metrics import Metric, Seen, read
from alerts.windows import Windows, strict_spans
from core import slots
from core.clock import to_datetime
from core.settings import Settings
from core.slots import Totals
from core.store.db import Database
from core.store.queries import query

CHUNK = 6 * 3600
DAY = 86400
FINE_SPAN = 2 * DAY


class History:
    """[start, end) in epoch seconds; windows up to `span` seconds long. Raises DatabaseAway."""

    def __init__(
        self, settings: Settings, database: Database, start: float, end: float, span: float, now: float
    ) -> None:
        self._settings, self._database = settings, database
        self.start, self.end, self._span = start, end, int(span)
        kept = now - settings.config.retention.slot_hours * 3600
        self.width = slots.WIDTH if end - start <= FINE_SPAN and start - span >= kept else slots.MINUTE
        self._chunk: Windows | None = None

    def at(self, now: float, length: int) -> tuple[Totals, int]:
        """The totals of the window of that length at `now`, and what A1 judges as blocked."""
        chunk = self._chunk
        end = slots.floor(now, self.width) + self.width
        if chunk is None or end > chunk.after or end - length < chunk.first:
            first = slots.floor(now, self.width) - self._span - self.width
            chunk = self._chunk = self.windows(first, first + self._span + CHUNK, self.width)
        return chunk.totals(end, length)

    def windows(self, first: float, after: float, width: int) -> Windows:
        """The slots of [first, after)."""
        low, high = slots.floor(first, width), slots.floor(after, width) + width
        bounds = {"start": to_datetime(low), "end": to_datetime(high)}
        with self._database.transaction() as connection:
            found = list(connection.execute(query("rollups.slots"), {"width": width, **bounds}))
            policies = list(connection.execute(query("policy.spans"), bounds))
        packed = [(row[0].timestamp(), slots.pack(list(row[1:-1]), bytes(row[-1]))) for row in found]
        return Windows(packed, low, high, strict_spans(policies, self._settings.config.policy, high), width)

    def minutes(self, metric: Metric, length: int, start: float, end: float) -> tuple[float, np.ndarray]:
        """(first, values): the metric of the windows that end at each whole minute from `first` on, NaN without one."""
        first = slots.floor(start, slots.MINUTE)
        values: list[float] = []
        for begin in range(first, int(end), DAY):
            until = min(begin + DAY, int(end))
            windows = self.windows(begin - length, until, slots.MINUTE)
            for at in range(begin, until, slots.MINUTE):
                value = read(metric, Seen(*windows.totals(at, length), length)).value
                values.append(np.nan if value is None else value)
        return first, np.array(values, dtype=float)
