"""What size of change is seen after how many minutes: changes simulated on the learnt state. Pure, seeded.

Each series goes on from its state at the end of the history, at a usual minute's total, with counts that scatter as
measured; a change sets in, and the minutes until it fires are counted, twenty times.
"""

from typing import NamedTuple

import numpy as np

from core.statuses.detector import composition, volume
from core.statuses.detector.arrays import FLOAT, Array
from core.statuses.detector.composition import Exposure
from core.statuses.detector.params import WEEK, Params
from core.statuses.playback import Playback

RISES = ("x 1.5", "x 2", "x 3", "x 5", "+ 1 a minute", "+ 2 a minute", "+ 5 a minute")
DROPS = ("x 0.75", "x 0.5", "x 0.25", "x 0")
RUNS, LONGEST = 20, 60
_SEED = 14


class Power(NamedTuple):
    """Minutes until each change is seen in half of the runs; None: not within an hour."""

    series: str
    minutes: dict[str, int | None]


def table(played: Playback, p: Params) -> list[Power]:
    """A row for each series, compositions first."""
    return _shares(played, p) + _volumes(played, p)


def _changed(mean: Array, change: str) -> Array:
    sign, size = change.split()[:2]
    found: Array = mean * float(size) if sign == "x" else mean + float(size)
    return found


def _shares(played: Playback, p: Params) -> list[Power]:
    names, typical = played.history.statuses, float(played.state.source.typical[0])
    rows = played.state.composition
    mean = np.minimum((rows[composition.DAY_COUNTS] + 0.5) / (rows[composition.DAY_EXPOSURE] + typical), 1) * typical
    spread = composition.scatter(rows)
    each = np.repeat(np.arange(len(names)), RUNS)
    table: list[Power] = [Power(name, {}) for name in names]
    for change in RISES:
        random = np.random.default_rng([_SEED, RISES.index(change)])
        state = composition.quiet(rows[:, each])
        usual, after = mean[each], _changed(mean, change)[each]
        fired = np.full(len(each), LONGEST + 1)
        ages = np.full(len(each), played.state.source.age[0], FLOAT)
        usuals = np.full(len(each), typical, FLOAT)
        before = np.full((composition.DELAY, len(each)), np.nan, FLOAT)
        for minute in range(1, LONGEST + 1):
            counts = _drawn(random, after, spread[each])
            totals = (typical - usual + counts).astype(FLOAT)
            exposure = Exposure(totals, before, usuals, ages)
            state, judged = composition.step(state, counts, exposure, minute, played.line, p)
            fired = np.where(judged.change.fired, np.minimum(fired, minute), fired)
        _note(table, fired.reshape(len(names), RUNS), change)
    return table


def _volumes(played: Playback, p: Params) -> list[Power]:
    names = [track.name for series, track in played.tracks.items() if series.kind == "volume"]
    table: list[Power] = [Power(name, {}) for name in names]
    if not names or not played.history.minutes:
        return table
    end, age = played.history.first + played.history.minutes, float(played.state.source.age[0])
    level, noise = volume.outlook(played.state.volume, np.full(len(names), age + 1, FLOAT), end, p)
    each = np.repeat(np.arange(len(names)), RUNS)
    for change in DROPS:
        random = np.random.default_rng([_SEED, len(RISES) + DROPS.index(change)])
        state = volume.quiet(played.state.volume, each)
        after = _changed(level, change)[each]
        fired = np.full(len(each), LONGEST + 1)
        for minute in range(LONGEST):
            counts = _drawn(random, after, 1 + noise[each] * after)
            ages = np.full(len(each), min(age + 1 + minute, 9 * WEEK), FLOAT)
            state, judged, direction = volume.step(state, counts, ages, end + minute, played.line, p)
            fired = np.where(judged.change.fired & (direction < 0), np.minimum(fired, minute + 1), fired)
        _note(table, fired.reshape(len(names), RUNS), change)
    return table


def _drawn(random: np.random.Generator, mean: Array, spread: Array) -> Array:
    """Counts of that mean, their variance so many times it."""
    wide = np.maximum(spread - 1, 1e-6)
    rate = random.gamma(np.maximum(mean, 1e-9) / wide, wide)
    counts: Array = random.poisson(rate).astype(FLOAT)
    return counts


def _note(table: list[Power], fired: Array, change: str) -> None:
    for power, minutes in zip(table, np.median(fired, axis=1), strict=True):
        power.minutes[change] = int(np.ceil(minutes)) if minutes <= LONGEST else None
