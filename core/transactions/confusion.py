"""Keeps the confusion matrix by minute exact while predictions and labels arrive in any order.

A prediction counts in the minute of its own time: as unlabelled first, then moved when a label comes or changes. Both
sides run under the locks of sql/queries/pipeline/writer.sql, so that of a prediction and its label one always sees the
other.
"""

from collections import defaultdict
from collections.abc import Callable
from typing import Any

from core.clock import to_datetime
from core.db.engine import execute_values
from core.db.queries import sql
from core.events.time_buckets import MINUTE, floor
from core.events.types import Prediction
from core.transactions import stale_hours

TP, FP, FN, TN, FLAGGED, CLEAR, BLOCKED = range(7)
Deltas = dict[int, list[int]]


def add_predictions(cursor: Any, predictions: list[Prediction]) -> None:
    """Count new predictions, with the labels that came before them."""
    cursor.execute(sql("writer.known_labels"), ([p.transaction_id for p in predictions],))
    known = dict(cursor.fetchall())
    deltas: Deltas = defaultdict(nothing)
    for event in predictions:
        flagged = event.score >= (event.threshold or 0.0)
        count(deltas, event.timestamp, flagged, event.decision, known.get(event.transaction_id), 1)
    apply(cursor, deltas)


def relabel(cursor: Any, ids: list[str], write: Callable[[], None]) -> dict[str, tuple[str | None, str | None]]:
    """Run `write`, which changes the labels of these transactions; settle which one counts and move the predictions.

    The caller holds the lock of labels. Returns the label that counted before and counts after, by transaction.
    """
    cursor.execute(sql("writer.known_labels"), (ids,))
    old = dict(cursor.fetchall())
    cursor.execute(sql("writer.labelled_predictions"), (ids,))
    predictions = cursor.fetchall()
    write()
    cursor.execute(sql("writer.settle_labels"), (ids,))
    cursor.execute(sql("writer.unsettle_labels"), (ids,))
    cursor.execute(sql("writer.known_labels"), (ids,))
    new = dict(cursor.fetchall())
    deltas: Deltas = defaultdict(nothing)
    for transaction_id, when, flagged, decision, before in predictions:
        after = new.get(transaction_id)
        if after != before:
            count(deltas, when, flagged, decision, before, -1)
            count(deltas, when, flagged, decision, after, 1)
    apply(cursor, deltas)
    stale_hours.note(cursor, "predictions", [when for _, when, *_ in predictions])
    cursor.execute(sql("writer.labelled_transactions"), (ids,))
    stale_hours.note(cursor, "transactions", [when for (when,) in cursor.fetchall()])
    return {name: (old.get(name), new.get(name)) for name in ids}


def nothing() -> list[int]:
    """A minute to which nothing was added."""
    return [0] * 7


def count(deltas: Deltas, when: Any, flagged: bool, decision: str | None, label: str | None, step: int) -> None:
    """Add `step` predictions of one kind to the minute of `when` (epoch seconds)."""
    minute = deltas[floor(when, MINUTE)]
    if label is None:
        minute[FLAGGED if flagged else CLEAR] += step
        minute[BLOCKED] += step * (decision == "BLOCKED")
    elif label == "fraud":
        minute[TP if flagged else FN] += step
    else:
        minute[FP if flagged else TN] += step


def apply(cursor: Any, deltas: Deltas) -> None:
    """Put what was added into the table."""
    rows = [(to_datetime(minute), *delta) for minute, delta in sorted(deltas.items()) if any(delta)]
    if rows:
        execute_values(cursor, sql("writer.add_confusion"), rows, page_size=len(rows))
