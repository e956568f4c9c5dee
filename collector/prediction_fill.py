"""Confidence and data quality of predictions that were stored before either was: the newest first, some at a time.

It goes on where it stopped, after a restart too. What cannot be known stays NULL: a row from before the first policy,
features that nobody stored, a model that is no longer registered.
"""

from collections.abc import Sequence
from datetime import datetime
from time import perf_counter
from typing import Any

import numpy as np

from core.db.engine import Database, execute_values
from core.db.queries import sql
from core.events.types import Prediction
from core.pipeline.feature_rows import FeatureRows
from core.pipeline.prediction_quality import Judge
from core.transactions import stale_hours

ROWS = 5_000  # of a transaction
SECONDS = 2.0  # of a round


def run(database: Database, judge: Judge, now: float, seconds: float = SECONDS) -> int:
    """Fill in for so many seconds; how many rows were looked at. Raises DatabaseUnavailable."""
    until, done = perf_counter() + seconds, 0
    while perf_counter() < until and (step := _step(database, judge, now)):
        done += step
    return done


def _step(database: Database, judge: Judge, now: float, most: int = ROWS) -> int:
    """One batch in a transaction; 0 where nothing is left, or another collector is at it."""
    with database.raw() as connection, connection.cursor() as cursor:
        cursor.execute(sql("prediction_fill.only_one"))
        if not cursor.fetchone()[0]:
            return 0
        cursor.execute(sql("prediction_fill.begin"), (now,))
        cursor.execute(sql("prediction_fill.place"))
        before, done = cursor.fetchone()
        if done:
            return 0
        rows = _newest(cursor, before, most)
        _fill(cursor, judge, [row for row in rows if row[5]])
        given = {"to": rows[-1][0] if rows else before, "done": not rows}
        cursor.execute(sql("prediction_fill.filled"), given)
    return len(rows)


def _newest(cursor: Any, before: datetime, most: int) -> list[Any]:
    """The newest rows before a time, as many as may be, and all of each moment: the next batch begins before it."""
    cursor.execute(sql("prediction_fill.rows"), {"before": before, "most": most})
    rows: list[Any] = cursor.fetchall()
    if len(rows) < most:
        return rows
    last = rows[-1][0]
    cursor.execute(sql("prediction_fill.rows_at"), {"at": last})
    return [*(row for row in rows if row[0] > last), *cursor.fetchall()]


def _fill(cursor: Any, judge: Judge, rows: Sequence[Any]) -> None:
    if not rows:
        return
    events = [Prediction(timestamp=row[0].timestamp(), transaction_id=row[1], score=row[2]) for row in rows]
    judged = judge.judge(cursor, events, _features(rows))
    known = [
        (row[0], row[1], *found) for row, found in zip(rows, judged, strict=True) if any(v is not None for v in found)
    ]
    if known:
        execute_values(cursor, sql("prediction_fill.fill"), known, page_size=len(known))
        stale_hours.note(cursor, "predictions", [row[0].timestamp() for row in known])


def _features(rows: Sequence[Any]) -> dict[int, FeatureRows]:
    """Stored features, which stand in the order of their model, by model and number of values."""
    found: dict[int, list[int]] = {}
    for place, row in enumerate(rows):
        if row[3] and row[4]:
            found.setdefault(row[3], []).append(place)
    made = {}
    for version, places in found.items():
        width = len(rows[places[0]][4])
        alike = [place for place in places if len(rows[place][4]) == width]
        made[version] = FeatureRows(alike, np.array([rows[place][4] for place in alike], dtype=float))
    return made
