"""Columns that tell the label: alone, or by whether they hold anything. Pure.

Both sides of the split are looked at, for a column may be filled on one side only.
"""

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from ml.data.split import Split
from ml.data.table import Table
from ml.train import metrics
from ml.train.metrics import Array

ALONE = 0.98  # an AUC that one column alone should not have
BY_CHANCE = 1e-6  # how improbable it must be that missing values fell into one class by chance
LEAST = 5  # frauds, and honest rows, that a side needs to be looked at
BINS = 32


def of(table: Table, split: Split) -> Iterator[str]:
    """A sentence for each."""
    sides = [split.newer, split.older, np.concatenate([split.older, split.newer])]
    for column, feature in enumerate(table.features):
        values = table.rows[:, column].astype(np.float64)
        best = max(_alone(values[rows], table.labels[rows]) for rows in sides)
        if best >= ALONE:
            yield (
                f"Column {feature.name!r} separates the classes on its own (AUC {best:.3f}): is it known when a "
                "transaction is scored?"
            )
        elif said := _missing(~np.isfinite(values[sides[2]]), table.labels[sides[2]]):
            yield f"Column {feature.name!r} is {said}: is it filled in before the label is known?"


def _alone(values: Array, labels: Array) -> float:
    """The best AUC of a column by its size, either way, by where it is missing, or by ranges that every other row
    found out on the rest.
    """
    if min(labels.sum(), (1 - labels).sum()) < LEAST:
        return 0.5
    found = 0.5
    for missing in (-1e30, 1e30):
        auc = metrics.auc_roc(labels, np.nan_to_num(values, nan=missing, posinf=1e29, neginf=-1e29))
        found = max(found, auc, 1 - auc)
    return max(found, _by_ranges(values, labels))


def _by_ranges(values: Array, labels: Array) -> float:
    known = np.isfinite(values)
    if not known.any():
        return 0.5
    edges = np.unique(np.quantile(values[known], np.linspace(0, 1, BINS + 1)[1:-1]))
    places = np.where(known, np.searchsorted(edges, np.where(known, values, 0.0), side="right"), len(edges) + 1)
    rates = np.zeros(len(labels))
    for side in (0, 1):
        learn, judge = np.arange(len(labels)) % 2 == side, np.arange(len(labels)) % 2 != side
        count = np.bincount(places[learn], minlength=len(edges) + 2)
        frauds = np.bincount(places[learn], weights=labels[learn], minlength=len(edges) + 2)
        rates[judge] = ((frauds + labels.mean()) / (count + 1))[places[judge]]
    return metrics.auc_roc(labels, rates)


def _missing(missing: npt.NDArray[np.bool_], labels: Array) -> str:
    """How missing, or present, values lie in one class alone, where chance would not put them there."""
    rate = float(labels.mean())
    for what, there in (("missing", missing), ("present", ~missing)):
        count, frauds = int(there.sum()), int(labels[there].sum())
        if not LEAST <= count <= len(labels) - LEAST:
            continue
        for kind, share, inside in (("fraud", rate, frauds), ("honest", 1 - rate, count - frauds)):
            if inside == count and share**count < BY_CHANCE:
                return f"{what} in {count:,} rows, all of them {kind}"
    return ""
