"""Counts of statuses or codes by the minute: what a file, or a store, holds of one source. Pure values."""

from dataclasses import dataclass

import numpy as np

from core.statuses.detector.arrays import FLOAT, Array

SILENT = 3  # minutes without any row
# A gap in which so many transactions were due is silence; where fewer were, nothing happened in it.
_DUE = 7.0


@dataclass(frozen=True, slots=True)
class History:
    """`counts` has a row a status and a column a minute from minute `first` of the epoch; a minute in which nothing was
    reported is NaN in all rows. Without `dated`, times of day had no date: day 0 is the file's first.
    """

    name: str
    statuses: tuple[str, ...]
    first: int
    counts: Array
    dated: bool = True

    @property
    def minutes(self) -> int:
        """How many there are."""
        return int(self.counts.shape[1])

    @property
    def totals(self) -> Array:
        """The total of each minute, NaN where nothing was reported."""
        total: Array = self.counts.sum(axis=0)
        return total

    def silences(self) -> list[tuple[int, int]]:
        """First minute and length of each stretch of at least three minutes in which nothing was reported."""
        return [(start, length) for start, length in stretches(np.isnan(self.totals)) if length >= SILENT]


def stretches(mask: Array) -> list[tuple[int, int]]:
    """Start and length of each run of true values."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], mask, [False]]).astype(np.int8)))
    return [(int(start), int(end - start)) for start, end in zip(edges[::2], edges[1::2], strict=True)]


def gathered(statuses: Array, minutes: Array, counts: Array, number: int) -> tuple[int, Array]:
    """The first minute and the table of counts, from one entry a status and minute; several of one are added.

    Statuses that a minute does not name were 0. A minute that names none was silent (NaN) where transactions were due.
    """
    first, last = int(minutes.min()), int(minutes.max())
    table = np.zeros((number, last - first + 1), FLOAT)
    np.add.at(table, (statuses, minutes - first), counts)
    named = np.zeros(last - first + 1, bool)
    named[minutes - first] = True
    rate = float(table.sum()) / len(named)
    for start, length in stretches(~named):
        if rate * length >= _DUE:
            table[:, start : start + length] = np.nan
    return first, table
