"""Stores predictions by the hundred thousand that are drawn from patterns, as `Writer.store` would have stored each.

What differs from one drawn prediction to the next is its name and its time; everything else is its pattern's. So rows
are made by a join inside PostgreSQL, and every roll-up is a sum over how often each pattern was drawn. For sizing an
installation (`python -m simulator grow`); a test holds it equal to the writer, table by table.
"""

import io
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

import msgspec
import numpy as np

from core.clock import to_datetime
from core.db import copy_rows as rows
from core.db.engine import Database
from core.db.queries import sql
from core.events import time_buckets as slots
from core.events.time_buckets import Bucket
from core.events.types import Event, Prediction, Transaction
from core.pipeline import feature_rows
from core.pipeline.feature_rows import histogram
from core.pipeline.prediction_quality import Judged
from core.pipeline.slot_rows import add_to_slots
from core.pipeline.writer import Writer, key_of
from core.transactions import confusion, stale_hours


class Pattern(msgspec.Struct, frozen=True):
    """A prediction to draw, and the sale that it let through, if any. Their names and times do not count."""

    prediction: Prediction
    sale: Transaction | None = None


class Draw(msgspec.Struct, frozen=True):
    """Predictions in order of time: their names, times (epoch microseconds) and the places of their patterns."""

    names: list[str]
    times: np.ndarray
    which: np.ndarray

    def events(self, patterns: Sequence[Pattern]) -> list[Event]:
        """What is drawn, written out: each prediction, and behind it its sale."""
        found: list[Event] = []
        for name, microseconds, place in zip(self.names, self.times.tolist(), self.which.tolist(), strict=True):
            pattern = patterns[place]
            own = {"id": name, "transaction_id": name, "timestamp": microseconds / 1e6}
            found.append(msgspec.structs.replace(pattern.prediction, **own))
            if pattern.sale is not None:
                found.append(msgspec.structs.replace(pattern.sale, **own))
        return found


class Bulk:
    """Stores draws from one set of patterns."""

    def __init__(self, database: Database, writer: Writer, patterns: Sequence[Pattern]) -> None:
        self._database = database
        self._writer = writer
        self._patterns = patterns
        self._references = writer.references([pattern.prediction for pattern in patterns])
        self._sold = np.array([pattern.sale is not None for pattern in patterns])
        counted = [writer.counted(_events(pattern)) for pattern in patterns]
        self._counts = np.array([slot.counts for slot in counted], dtype=np.int64)
        self._buckets = np.array([next(iter(slot.latency), -1) for slot in counted])
        self._flagged = np.array([p.prediction.score >= (p.prediction.threshold or 0.0) for p in patterns])
        self._blocked = np.array([p.prediction.decision == "BLOCKED" for p in patterns])
        self._bins = self._binned()
        self._lines = "".join(map(self._line, range(len(patterns)), self._judged()))

    def store(self, draw: Draw, now: float) -> int:
        """Store a draw in one transaction; how many predictions were new. Raises DatabaseUnavailable.

        What is there already, a prediction or its sale, is left as it is.
        """
        while True:
            with self._database.raw() as connection, connection.cursor() as cursor:
                cursor.execute(sql("writer.lock_predictions"))
                if self._claim(cursor, draw):
                    self._store_new(cursor, draw, now)
                    return len(draw.names)
                connection.rollback()
                cursor.execute(sql("writer.lock_predictions"))
                self._copy(cursor, draw)
                draw = self._without(draw, self._known(cursor))
                connection.rollback()

    def _claim(self, cursor: Any, draw: Draw) -> bool:
        """Claim every key; False when somebody did before."""
        self._copy(cursor, draw)
        cursor.execute(sql("bulk.claim"))
        return int(cursor.rowcount) == len(draw.names) + int(self._sold[draw.which].sum())

    def _copy(self, cursor: Any, draw: Draw) -> None:
        cursor.execute(sql("bulk.make_draw"))
        cursor.copy_expert(sql("bulk.copy_draw"), io.StringIO(self._drawn(draw)))
        cursor.execute(sql("bulk.analyse_draw"))

    def _known(self, cursor: Any) -> set[str]:
        cursor.execute(sql("bulk.known"))
        return {name for (name,) in cursor.fetchall()}

    def _without(self, draw: Draw, known: set[str]) -> Draw:
        kept = np.array([name not in known for name in draw.names], dtype=bool)
        return Draw([name for name in draw.names if name not in known], draw.times[kept], draw.which[kept])

    def _store_new(self, cursor: Any, draw: Draw, now: float) -> None:
        if not draw.names:
            return
        cursor.execute(sql("bulk.make_patterns"))
        cursor.copy_expert(sql("bulk.copy_patterns"), io.StringIO(self._lines))
        cursor.execute(sql("bulk.analyse_patterns"))
        cursor.execute(sql("bulk.insert_predictions"))
        cursor.execute(sql("bulk.insert_sales"))
        cursor.execute(sql("bulk.known_labels"))
        self._add_confusion(cursor, draw, dict(cursor.fetchall()))
        self._add_features(cursor, draw)
        add_to_slots(cursor, self._slots_of(draw, now))
        hours = np.unique(draw.times // 3_600_000_000) * 3600
        stale_hours.note(cursor, "predictions", hours.tolist())
        stale_hours.note(cursor, "transactions", hours.tolist())

    def _judged(self) -> list[Judged]:
        """How sure each pattern is and how good its input; a pattern without a version of the policy has no time."""
        made = [pattern.prediction for pattern in self._patterns]
        with self._database.raw() as connection, connection.cursor() as cursor:
            return self._writer.judge.judge(cursor, made, feature_rows.by_model(made, self._references))

    def _line(self, place: int, judged: Judged) -> str:
        """A pattern as a line of `patterns`: its columns behind its place; name and time stay empty."""
        pattern = self._patterns[place]
        names = [bins.name for bins in self._references.get(pattern.prediction.model_version or 0, [])]
        scored = rows.prediction(msgspec.structs.replace(pattern.prediction, timestamp=0.0), names or None, *judged)
        sold = "\t".join([rows.NULL] * len(rows.TRANSACTIONS[1].split(","))) + "\n"
        if pattern.sale is not None:
            sold = rows.transaction(msgspec.structs.replace(pattern.sale, timestamp=0.0))
        return f"{place}\t{scored[:-1]}\t{sold}"

    def _drawn(self, draw: Draw) -> str:
        """Lines of `draw`: key of the prediction, key of the sale or NULL, name, time, pattern."""
        sold = self._sold[draw.which].tolist()
        times, which = draw.times.tolist(), draw.which.tolist()
        scored, sale = (
            Prediction(transaction_id="", score=0.0),
            Transaction(transaction_id="", type="purchase", amount=0),
        )
        lines = []
        for name, when, place, through in zip(draw.names, times, which, sold, strict=True):
            scored.id = sale.id = name
            lines.append(
                f"{key_of(scored)}\t{key_of(sale) if through else rows.NULL}\t{rows.text(name)}\t{when}\t{place}\n"
            )
        return "".join(lines)

    def _slots_of(self, draw: Draw, now: float) -> dict[tuple[int, int], Bucket]:
        """What the draw adds, by (width, start), as the writer would count it."""
        seconds = draw.times / 1e6
        found = self._summed(draw, seconds, slots.MINUTE)
        recent = np.floor(seconds / slots.WIDTH) * slots.WIDTH >= now - self._writer.slot_seconds
        if recent.any():
            part = Draw([], draw.times[recent], draw.which[recent])
            found |= self._summed(part, seconds[recent], slots.WIDTH)
        return found

    def _summed(self, draw: Draw, seconds: np.ndarray, width: int) -> dict[tuple[int, int], Bucket]:
        starts, place = np.unique((seconds // width).astype(np.int64) * width, return_inverse=True)
        drawn = self._counts[draw.which]
        counts = [np.bincount(place, drawn[:, column], len(starts)) for column in range(drawn.shape[1])]
        found = {
            (width, start): Bucket(list(values))
            for start, *values in zip(starts.tolist(), *(c.astype(np.int64).tolist() for c in counts), strict=True)
        }
        buckets = self._buckets[draw.which]
        timed = buckets >= 0
        cells, times = np.unique(place[timed] * slots.BUCKETS + buckets[timed], return_counts=True)
        for start, index, count in zip(
            starts[cells // slots.BUCKETS].tolist(), (cells % slots.BUCKETS).tolist(), times.tolist(), strict=True
        ):
            found[width, start].latency[index] = count
        return found

    def _add_confusion(self, cursor: Any, draw: Draw, labels: dict[str, str]) -> None:
        minutes, place = np.unique((draw.times // 60_000_000) * 60, return_inverse=True)
        flagged, blocked = self._flagged[draw.which], self._blocked[draw.which]
        sums = [np.bincount(place, mask, len(minutes)).astype(np.int64) for mask in (flagged, ~flagged, blocked)]
        found: confusion.Deltas = defaultdict(confusion.nothing)
        for minute, *counts in zip(minutes.tolist(), *(values.tolist() for values in sums), strict=True):
            found[minute] = [0, 0, 0, 0, *counts]
        if labels:
            for name, when, pattern in zip(draw.names, draw.times.tolist(), draw.which.tolist(), strict=True):
                if name in labels:
                    kind = bool(self._flagged[pattern]), self._patterns[pattern].prediction.decision
                    confusion.count(found, when / 1e6, *kind, None, -1)
                    confusion.count(found, when / 1e6, *kind, labels[name], 1)
        confusion.apply(cursor, found)

    def _add_features(self, cursor: Any, draw: Draw) -> None:
        """Each day's histograms: of each model, the bins of its patterns times how often they were drawn."""
        days, place = np.unique(draw.times // 86_400_000_000, return_inverse=True)
        width = len(self._patterns)
        drawn = np.bincount(place * width + draw.which, minlength=len(days) * width).reshape(len(days), width)
        for version, (members, bins) in sorted(self._bins.items()):
            for day, times in zip(days.tolist(), drawn[:, members], strict=True):
                if n := int(times.sum()):
                    day_of = to_datetime(day * 86_400.0).date()
                    cursor.execute(sql("writer.add_features"), (day_of, version, n, (times @ bins).tolist()))

    def _binned(self) -> dict[int, tuple[list[int], np.ndarray]]:
        """By model: the places of its patterns that have features, and a row of counts of all bins for each."""
        found: dict[int, tuple[list[int], list[np.ndarray]]] = defaultdict(lambda: ([], []))
        for place, pattern in enumerate(self._patterns):
            version = pattern.prediction.model_version or 0
            values, bins = pattern.prediction.feature_values, self._references.get(version)
            if bins and values is not None and len(values) == len(bins):
                found[version][0].append(place)
                found[version][1].append(histogram(np.array([values], dtype=float), bins))
        return {version: (places, np.array(counts)) for version, (places, counts) in found.items()}


def _events(pattern: Pattern) -> list[Event]:
    return [pattern.prediction] if pattern.sale is None else [pattern.prediction, pattern.sale]
