"""Which rows a model learns from and which judge it: the published protocol for card fraud.

Rows are in order of time. The newest are the test; before it lies the time that labels take to arrive, whose rows are
used by nobody; and cards or wallets whose fraud is known by then are no test, because they would be blocked already
(Le Borgne et al., Reproducible Machine Learning for Credit Card Fraud Detection, chapter 5). What is known goes by day,
as it does there: a fraud of one day is known on the days that come more than the delay later.
"""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from core.clock import iso
from core.errors import BadInput
from ml.data.column_errors import BadColumn, WayOut
from ml.data.table import Table

DAY = 86400.0
Indices = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Protocol:
    """`delay_days`: how long labels take; `drop_known`: whether entities known as fraudulent leave the test.

    The test is the newest `test_rows`, or the rows from `test_from` on (epoch seconds), or the newest `test_days` whole
    days in UTC (of both: that many days from there), or `test_share` of the rows, or the configured share. `folds`: how
    many such windows in a row judge. `shuffle`: rows are drawn by chance instead. `assumed`: nobody gave the delay.
    """

    delay_days: float = 0.0
    drop_known: bool = True
    test_rows: int | None = None
    test_from: float | None = None
    test_days: float | None = None
    test_share: float | None = None
    folds: int = 1
    shuffle: bool = False
    assumed: bool = False


@dataclass(frozen=True, slots=True)
class Split:
    """Indices of rows, and how many were used by neither: those of the delay, those of known entities (with their
    frauds), and those that came after the test.
    """

    older: Indices
    newer: Indices
    waiting: int
    known: int
    known_frauds: int = 0
    after: int = 0


def by_time(table: Table, test_share: float, protocol: Protocol, seed: int = 0) -> Split:
    """The rows that learn and those that judge. Raises BadInput when the protocol needs a time that the table has not,
    or leaves nothing; BadColumn when a class is missing on a side.
    """
    if protocol.shuffle:
        return _checked(table, _shuffled(table, test_share, protocol, seed))
    start, end = _window(table, test_share, protocol)
    older, newer = _before(table, start, protocol), np.arange(start, end)
    known = known_by_day(table, newer, protocol.delay_days) if protocol.drop_known else np.zeros(len(newer), dtype=bool)
    frauds = int(table.labels[newer[known]].sum())
    found = Split(older, newer[~known], start - len(older), int(known.sum()), frauds, len(table.labels) - end)
    return _checked(table, found)


def windows(table: Table, test_share: float, protocol: Protocol) -> list[Split]:
    """The test windows before the newest one, the oldest first, each with what was older then: `folds` - 1 of them.

    Windows without both classes on both sides are left out.
    """
    start, end = _window(table, test_share, protocol)
    begin = _begin(table, protocol)
    found = []
    for back in range(protocol.folds - 1, 0, -1):
        if begin is None:
            rules, part = replace(protocol, test_rows=end - start), table.take(np.arange(end - back * (end - start)))
        else:
            assert table.times is not None
            days = protocol.test_days or (float(table.times[end - 1]) - begin) / DAY
            rules, part = replace(protocol, test_from=begin - back * days * DAY, test_days=days), table
        try:
            found.append(by_time(part, test_share, rules))
        except BadInput:
            continue
    return found


def _window(table: Table, test_share: float, protocol: Protocol) -> tuple[int, int]:
    """The first row of the test and the one behind its last."""
    count, times = len(table.labels), table.times
    if protocol.test_rows is not None:
        return count - protocol.test_rows, count
    begin = _begin(table, protocol)
    if begin is None:
        share = test_share if protocol.test_share is None else protocol.test_share
        return min(count - 1, max(1, round(count * (1 - share)))), count
    assert times is not None
    until = begin + protocol.test_days * DAY if protocol.test_days else np.inf
    start, end = int(np.searchsorted(times, begin)), int(np.searchsorted(times, until))
    if start == 0 or start >= end:
        what = "to train on: no row is older than it" if start == 0 else "in it"
        raise BadInput("test", f"the test begins {iso(begin)}, and no row is left {what}")
    return start, end


def _begin(table: Table, protocol: Protocol) -> float | None:
    """The moment from which a test of days or dates is; None where rows are counted."""
    if protocol.test_rows is not None or (protocol.test_from is None and protocol.test_days is None):
        return None
    if table.times is None:
        raise BadInput("test", "days and dates of the test need a column of times")
    if protocol.test_from is not None:
        return protocol.test_from
    return float(np.floor(table.times[-1] / DAY) + 1 - (protocol.test_days or 0)) * DAY


def _before(table: Table, start: int, protocol: Protocol) -> Indices:
    """The rows before the test that are older than it by the delay."""
    older = np.arange(start)
    if not protocol.delay_days:
        return older
    if table.times is None:
        raise BadInput("delay", "a label delay needs a column of times")
    begin = _begin(table, protocol)
    begin = float(table.times[min(start, len(table.times) - 1)]) if begin is None else begin
    older = older[table.times[older] < begin - protocol.delay_days * DAY]
    if not len(older):
        raise BadInput("delay", f"no row is more than {protocol.delay_days:g} days older than the test rows")
    return older


def _shuffled(table: Table, test_share: float, protocol: Protocol, seed: int) -> Split:
    """A test drawn by chance. Raises BadInput for what needs the order of time."""
    if protocol.delay_days or protocol.test_from is not None or protocol.test_days is not None or protocol.folds > 1:
        raise BadInput("shuffle", "a random split cannot be combined with a delay, days, dates or windows")
    count = len(table.labels)
    share = test_share if protocol.test_share is None else protocol.test_share
    order = np.random.default_rng(seed).permutation(count)
    start = min(count - 1, max(1, round(count * (1 - share))))
    return Split(np.sort(order[:start]), np.sort(order[start:]), 0, 0)


def _checked(table: Table, found: Split) -> Split:
    for name, rows in (("older", found.older), ("newer", found.newer)):
        frauds = int(table.labels[rows].sum())
        if frauds in (0, len(rows)):
            has = "no row" if not len(rows) else "only fraud" if frauds else "no fraud"
            reason = f"the {name} part of the time-ordered split has {has}: both classes are needed"
            why, way_out = _why(name, found.known, table)
            raise BadColumn(table.place, "rows", reason + why, way_out)
    return found


def _why(name: str, known: int, table: Table) -> tuple[str, WayOut | None]:
    """Why a side lacks a class and what a person can do about it, where that is plain."""
    if name == "newer" and known:
        return f" ({known:,} rows of entities with known fraud are excluded)", "keep_known"
    if table.times is None:
        return " (the order of the file counts; it may be sorted by its label)", "time"
    return "", None


def known_by_day(table: Table, rows: Indices, delay_days: float) -> npt.NDArray[np.bool_]:
    """Which of these rows belong to an entity whose fraud was known on their day. Without days, the order decides."""
    entities = table.entities
    if entities is None:
        return np.zeros(len(rows), dtype=bool)
    first = np.full(int(entities.max(initial=-1)) + 2, len(entities), dtype=np.int64)  # the last entry: nobody
    frauds = np.flatnonzero((table.labels == 1) & (entities >= 0))
    np.minimum.at(first, entities[frauds], frauds)
    earliest = first[entities[rows]]
    if table.times is None or table.times[-1] - table.times[0] < DAY:
        return np.asarray(earliest < rows, dtype=bool)
    days = np.append(np.floor(table.times / DAY), np.inf)
    return np.asarray(days[earliest] < days[rows] - delay_days, dtype=bool)


def described(protocol: Protocol, share: float) -> str:
    """How the rows that judge were chosen, in words."""
    if protocol.shuffle:
        return f"random, {protocol.test_share or share:g} of the rows"
    if protocol.test_rows is not None:
        return f"the newest {protocol.test_rows:,} rows"
    days = f"{protocol.test_days:g} days" if protocol.test_days else ""
    if protocol.test_from is not None:
        return f"from {iso(protocol.test_from)} on" + (f", {days}" if days else "")
    return f"the newest {days} (UTC)" if days else f"the newest {protocol.test_share or share:g} of the rows"


def told(table: Table, split: Split, protocol: Protocol, share: float) -> dict[str, Any]:
    """What the model card says of the split."""
    ends: tuple[str | None, str | None] = (None, None)
    if table.times is not None and not protocol.shuffle:
        ends = iso(float(table.times[split.newer[0]])), iso(float(table.times[split.newer[-1]]))
    return {
        "test": described(protocol, share),
        "train_rows": len(split.older),
        "train_frauds": int(table.labels[split.older].sum()),
        "test_rows": len(split.newer),
        "test_frauds": int(table.labels[split.newer].sum()),
        "test_from": ends[0],
        "test_to": ends[1],
        "delay_days": protocol.delay_days,
        "rows_within_delay": split.waiting,
        "rows_of_known_entities": split.known,
        "frauds_of_known_entities": split.known_frauds,
        "rows_after_the_test": split.after,
    }
