"""What to beware of in a model's data: few frauds, no times, a column that tells the label, rows that come twice. Pure.

Each caution is one sentence of the model card; none of them is an error, because each may be right.
"""

from collections.abc import Iterator
from itertools import chain
from typing import Any

import numpy as np
import numpy.typing as npt

from core import days
from ml import metrics
from ml.metrics import Array
from ml.split import Split
from ml.table import Table

ALONE = 0.98  # an AUC that one column alone should not have
FEW_FRAUDS = 30
SMALL_TIMES = 1e8  # seconds; nobody sold tickets before March 1973, so smaller times are durations or days
REPEATED = 0.5  # share of the test rows that the model has seen, from which on they are worth a word
_SPREAD = np.uint64(0x9E3779B97F4A7C15)  # an odd number whose bits are mixed: 2^64 over the golden ratio
VARIED = 0.5  # share of all rows that differ, below which equal rows are no wonder


def of(table: Table, split: Split, scores: Array) -> list[str]:
    """The cautions of a model; `scores` (m,) are of the rows `split.newer`."""
    return [*table.notes, *_frauds(table, split), *_times(table), *_columns(table, split), *_rows(table, split, scores)]


def _frauds(table: Table, split: Split) -> Iterator[str]:
    frauds = int(table.labels[split.newer].sum())
    if frauds < FEW_FRAUDS:
        yield f"Only {frauds} frauds judge this model: every figure below is a rough one."


def _times(table: Table) -> Iterator[str]:
    if table.times is None:
        yield "The rows have no time; the order of the file was taken for the order of time."
    elif days.are_serial([table.times[0], table.times[-1]]):
        yield (
            f"The times ({table.times[0]:g} to {table.times[-1]:g}) may be Excel's days since 1900, but were taken for "
            "seconds: their order holds; whatever counts days is wrong. Write them as 2024-12-31 17:05:00, or call the "
            "column a date."
        )
    elif table.times[-1] < SMALL_TIMES:
        yield (
            f"The times are small numbers ({table.times[0]:g} to {table.times[-1]:g}), taken for seconds: their order "
            "holds, but whatever counts days is wrong where they are none."
        )


def _columns(table: Table, split: Split) -> Iterator[str]:
    """Columns that tell the label, and those that only number the rows."""
    labels = table.labels[split.newer]
    for column, feature in enumerate(table.features):
        values = np.nan_to_num(table.rows[split.newer, column].astype(np.float64), nan=-1e30)
        auc = metrics.auc_roc(labels, values)
        if max(auc, 1 - auc) >= ALONE:
            yield (
                f"Column {feature.name!r} alone separates the classes (AUC {max(auc, 1 - auc):.3f}): "
                "is it known when a transaction is scored?"
            )
        elif feature.kind == "number" and _numbers_rows(table.rows[:, column]):
            yield f"Column {feature.name!r} only numbers the rows (each whole number once): leave it out."


def _numbers_rows(values: npt.NDArray[np.float32]) -> bool:
    """Whether each whole number from the smallest to the largest is there once."""
    low, high = float(values.min()), float(values.max())
    if high - low != len(values) - 1 or not low.is_integer():  # so too when a value is missing
        return False
    return bool((np.sort(values) == np.arange(low, high + 1, dtype=np.float32)).all())


def _rows(table: Table, split: Split, scores: Array) -> Iterator[str]:
    """Test rows that the model has learnt from, where rows differ enough for that to be no chance."""
    keys = _keys(table)
    if len(np.unique(keys)) < VARIED * len(keys):
        return
    repeated = np.isin(keys[split.newer], keys[split.older])
    if (share := float(repeated.mean())) >= REPEATED:
        rest = _rest(table.labels[split.newer][~repeated], scores[~repeated])
        yield f"{100 * share:.0f} % of the rows that judge are equal to rows that were learnt from{rest}."


def _keys(table: Table) -> npt.NDArray[np.uint64]:
    """A number for each row, the same for rows that are equal in all that is known of them."""
    parts: list[npt.NDArray[Any]] = [
        part.view(np.uint64) for part in (table.times, table.entities, table.amounts) if part is not None
    ]
    columns = (np.ascontiguousarray(column).view(np.uint32) for column in table.rows.T)
    keys = table.labels.astype(np.uint64)
    for bits in chain(parts, columns):
        keys = (keys ^ bits.astype(np.uint64)) * _SPREAD
        keys ^= keys >> np.uint64(32)
    return keys


def _rest(labels: Array, scores: Array) -> str:
    """How good the model is on rows that it has not seen, where both classes are left."""
    if len(np.unique(labels)) < 2:
        return ""
    return f"; on the others AUC ROC is {metrics.auc_roc(labels, scores):.3f}"
