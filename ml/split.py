"""Which rows a model learns from and which judge it: the published protocol for card fraud.

Rows are in order of time. The newest are the test; before it lies the time that labels take to arrive, whose rows are
used by nobody; and cards or wallets whose fraud is known by then are no test, because they would be blocked already
(Le Borgne et al., Reproducible Machine Learning for Credit Card Fraud Detection, chapter 5).
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from core.errors import BadInput
from ml.mistakes import BadColumn, WayOut
from ml.table import Table

DAY = 86400.0


@dataclass(frozen=True, slots=True)
class Protocol:
    """`delay_days`: how long labels take; `drop_known`: whether entities known as fraudulent leave the test.

    `test_rows`: how many of the newest rows judge, where it is not the configured share.
    """

    delay_days: float = 0.0
    drop_known: bool = True
    test_rows: int | None = None


@dataclass(frozen=True, slots=True)
class Split:
    """Indices of rows, and how many were used by neither."""

    older: npt.NDArray[np.int64]
    newer: npt.NDArray[np.int64]
    waiting: int
    known: int


def by_time(table: Table, test_share: float, protocol: Protocol) -> Split:
    """The newest `test_share` of the rows and those older than it by the delay. Raises BadInput when the delay needs a
    time that the table has not, or leaves nothing; BadColumn when a class is missing on a side.
    """
    count = len(table.labels)
    start = round(count * (1 - test_share)) if protocol.test_rows is None else count - protocol.test_rows
    older, newer = np.arange(start), np.arange(start, count)
    if protocol.delay_days:
        if table.times is None:
            raise BadInput("delay", "a label delay needs a column of times")
        older = older[table.times[older] < table.times[min(start, count - 1)] - protocol.delay_days * DAY]
        if not len(older):
            raise BadInput("delay", f"no row is more than {protocol.delay_days:g} days older than the test rows")
    known = _known(table, newer, protocol) if protocol.drop_known else np.zeros(len(newer), dtype=bool)
    found = Split(older, newer[~known], start - len(older), int(known.sum()))
    for name, rows in (("older", found.older), ("newer", found.newer)):
        frauds = int(table.labels[rows].sum())
        if frauds in (0, len(rows)):
            has = "no row" if not len(rows) else "only fraud" if frauds else "no fraud"
            reason = f"the {name} part of the time-ordered split has {has}: both classes are needed"
            why, way_out = _why(name, known, table)
            raise BadColumn(table.place, "rows", reason + why, way_out)
    return found


def _why(name: str, known: npt.NDArray[np.bool_], table: Table) -> tuple[str, WayOut | None]:
    """Why a side lacks a class and what a person can do about it, where that is plain."""
    if name == "newer" and (count := int(known.sum())):
        return f" ({count:,} rows of entities whose fraud was known are not judged)", "keep_known"
    if table.times is None:
        return " (the order of the file counts; it may be sorted by its label)", "time"
    return "", None


def _known(table: Table, newer: npt.NDArray[np.int64], protocol: Protocol) -> npt.NDArray[np.bool_]:
    """Which of the newer rows belong to an entity whose fraud had been labelled by then."""
    entities = table.entities
    if entities is None:
        return np.zeros(len(newer), dtype=bool)
    first: dict[int, int] = {}
    for row in np.flatnonzero((table.labels == 1) & (entities >= 0)).tolist():
        first.setdefault(int(entities[row]), row)
    earliest = np.array([first.get(int(entity), len(entities)) for entity in entities[newer]], dtype=np.int64)
    known = earliest < newer
    if table.times is not None and protocol.delay_days:
        at = np.append(table.times, np.inf)[earliest]
        known &= at <= table.times[newer] - protocol.delay_days * DAY
    return known


def told(table: Table, split: Split, protocol: Protocol) -> dict[str, Any]:
    """What the model card says of the split."""
    return {
        "train_rows": len(split.older),
        "train_frauds": int(table.labels[split.older].sum()),
        "test_rows": len(split.newer),
        "test_frauds": int(table.labels[split.newer].sum()),
        "test_from": None if table.times is None else float(table.times[split.newer[0]]),
        "delay_days": protocol.delay_days,
        "rows_within_delay": split.waiting,
        "rows_of_known_entities": split.known,
    }
