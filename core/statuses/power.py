"""What size of change is seen after how many minutes: changes simulated on the learnt state. Pure, seeded.

Each series goes on from its state, at a usual minute's total, with counts that scatter as measured; a change sets in,
and the minutes until it fires are counted, twenty times.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from core.statuses.detector import composition, volume
from core.statuses.detector.arrays import FLOAT, Array
from core.statuses.detector.composition import Exposure
from core.statuses.detector.params import WEEK, Params

RISES = ("x 1.5", "x 2", "x 3", "x 5", "+ 1 a minute", "+ 2 a minute", "+ 5 a minute")
DROPS = ("x 0.75", "x 0.5", "x 0.25", "x 0")
RUNS, LONGEST = 20, 60
_SEED = 14


class Power(NamedTuple):
    """Minutes until each change is seen in half of the runs; None: not within an hour."""

    series: str
    minutes: dict[str, int | None]


class Shares(NamedTuple):
    """Series that are shares: names, their columns of state, and for each its usual total and age."""

    names: Sequence[str]
    rows: Array
    typical: Array
    age: Array


class Volumes(NamedTuple):
    """Series that are volumes: names, their state, their age, and the minute after the newest."""

    names: Sequence[str]
    state: volume.State
    age: float
    end: int


def of_shares(found: Shares, line: float, p: Params) -> list[Power]:
    """A row for each share, for rises. All changes of all series advance together."""
    rows, typical = found.rows, found.typical
    mean = np.minimum((rows[composition.DAY_COUNTS] + 0.5) / (rows[composition.DAY_EXPOSURE] + typical), 1) * typical
    spread = composition.scatter(rows)
    each = np.repeat(np.arange(len(found.names)), RUNS)
    every = np.tile(each, len(RISES))
    randoms = [np.random.default_rng([_SEED, place]) for place in range(len(RISES))]
    after = [_changed(mean, change)[each] for change in RISES]
    state = composition.quiet(rows[:, every])
    fired = np.full(len(every), LONGEST + 1)
    usual, ages = typical[every].astype(FLOAT), found.age[every].astype(FLOAT)
    before = np.full((composition.DELAY, len(every)), np.nan, FLOAT)
    for minute in range(1, LONGEST + 1):
        counts = np.concatenate([_drawn(r, a, spread[each]) for r, a in zip(randoms, after, strict=True)])
        totals = (usual - mean[every] + counts).astype(FLOAT)
        state, judged = composition.step(state, counts, Exposure(totals, before, usual, ages), minute, line, p)
        fired = np.where(judged.change.fired, np.minimum(fired, minute), fired)
    return _table(found.names, RISES, fired)


def of_volumes(found: Volumes, line: float, p: Params) -> list[Power]:
    """A row for each volume, for drops."""
    names, age = found.names, found.age
    if not names:
        return []
    level, noise = volume.outlook(found.state, np.full(len(names), age + 1, FLOAT), found.end, p)
    each = np.repeat(np.arange(len(names)), RUNS)
    every = np.tile(each, len(DROPS))
    randoms = [np.random.default_rng([_SEED, len(RISES) + place]) for place in range(len(DROPS))]
    after = [_changed(level, change)[each] for change in DROPS]
    state = volume.quiet(found.state, every)
    fired = np.full(len(every), LONGEST + 1)
    for minute in range(LONGEST):
        counts = np.concatenate([_drawn(r, a, 1 + noise[each] * a) for r, a in zip(randoms, after, strict=True)])
        ages = np.full(len(every), min(age + 1 + minute, 9 * WEEK), FLOAT)
        state, judged, direction = volume.step(state, counts, ages, found.end + minute, line, p)
        fired = np.where(judged.change.fired & (direction < 0), np.minimum(fired, minute + 1), fired)
    return _table(names, DROPS, fired)


def _changed(mean: Array, change: str) -> Array:
    sign, size = change.split()[:2]
    found: Array = mean * float(size) if sign == "x" else mean + float(size)
    return found


def _drawn(random: np.random.Generator, mean: Array, spread: Array) -> Array:
    """Counts of that mean, their variance so many times it."""
    wide = np.maximum(spread - 1, 1e-6)
    rate = random.gamma(np.maximum(mean, 1e-9) / wide, wide)
    counts: Array = random.poisson(rate).astype(FLOAT)
    return counts


def _table(names: Sequence[str], changes: Sequence[str], fired: Array) -> list[Power]:
    """`fired` is the minute of each run, runs of a series together, changes one after another."""
    middle = np.median(fired.reshape(len(changes), len(names), RUNS), axis=2)
    return [
        Power(name, {change: _minutes(middle[row, place]) for row, change in enumerate(changes)})
        for place, name in enumerate(names)
    ]


def _minutes(value: float) -> int | None:
    return int(np.ceil(value)) if value <= LONGEST else None
