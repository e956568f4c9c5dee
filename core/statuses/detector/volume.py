"""Volume: a count against its own past, a fast level and a slow one of the same time of day. Pure.

A minute is bad only beyond both: the fast level follows what no calendar knows, the slow one knows what returns every
day and week, and how it was before a launch. Counts are negative binomial, a Poisson whose mean has a noise of its own
that is measured; the log likelihood ratios of some drops and rises go into CUSUMs, divided by the dispersion of longer
blocks. Drops page, rises inform. Nothing is learnt while it fires.
"""

from typing import NamedTuple

import numpy as np

from core.statuses.detector import alarm, dispersion, profile
from core.statuses.detector.arrays import FLOAT, Array, column, kept, push
from core.statuses.detector.composition import Judged
from core.statuses.detector.params import DAY, WEEK, Params

# The first two drops and the first rise are divided by the dispersion of blocks; the others stand against a level that
# may be off by as much as it usually is: less sensitive, and quick where the level wanders.
DROPS, RISES = (0.75, 0.5, 0.6, 0.1), (1.5, 1.5, 4.0)
_AGAINST_WANDERING = np.array([False, False, True, True, False, True, True])[:, None]
TESTS = len(DROPS) + len(RISES)
DELAY = 5  # minutes
LENGTHS = (5, 15)
COUNTS, EXPECTED = 0, 1  # of the fast level: their ratio times the profile is it
SLOW_COUNTS, SLOW_EXPECTED = 2, 3  # the same of a slower level
NOISE, NOISE_OF = 4, 5  # squared relative noise of a minute: their ratio
MINUTES = 6  # of the fast level, without the profile
CUSUM = slice(7, 7 + TESTS)
DELAYED = slice(CUSUM.stop, CUSUM.stop + DELAY)
PREDICTED = slice(DELAYED.stop, DELAYED.stop + DELAY)
PART = slice(PREDICTED.stop, PREDICTED.stop + 2)  # counts and minutes of this part of the day
DIRECTION = PART.stop  # of what fires: 1 up, -1 down
ALARM = slice(DIRECTION + 1, DIRECTION + 1 + alarm.ROWS)
SPREAD = slice(ALARM.stop, ALARM.stop + dispersion.rows_of(LENGTHS))
ROWS = SPREAD.stop
SINCE = slice(profile.ROWS, profile.ROWS + TESTS)  # of the rows in half precision: whole minutes up to 2048

_FACTORS = column(*DROPS, *RISES)
_LOGS = np.log(_FACTORS)
_IS_DROP = np.array([True] * len(DROPS) + [False] * len(RISES))[:, None]
_LEAST = FLOAT(0.02)  # counts a minute: a level below it has no drops
_NOISE_PRIOR = FLOAT(30.0)  # minutes
_MOST_NOISE, _MOST_WANDERING = FLOAT(1.0), FLOAT(0.3)  # squared, and the standard deviation
_FORGET = FLOAT(0.05)
_SETTLED = 15  # minutes until a level is good enough to measure noise by


class State(NamedTuple):
    """Rows in single and in half precision, a column a series."""

    rows: Array
    halves: Array


class Levels(NamedTuple):
    """What a minute should bring: by the fast level, at least and at most; and the profile alone."""

    fast: Array
    low: Array
    high: Array
    base: Array


def start(series: int) -> State:
    """The state of series of which nothing is known."""
    rows = np.zeros((ROWS, series), FLOAT)
    rows[DELAYED] = np.nan
    halves = np.concatenate([profile.start(series), np.zeros((TESTS, series), profile.HALF)])
    return State(rows, halves)


def step(before: State, counts: Array, age: Array, at: int, line: float, p: Params) -> tuple[State, Judged, Array]:
    """The state after minute number `at` of the epoch, what it says, and the direction (1 up, -1 down) of each series.

    `age` is in minutes; a count that is NaN was not reported.
    """
    rows, halves = before.rows.copy(), before.halves.copy()
    own, common = p.volume, p.common
    seen = np.isfinite(counts)
    y = np.where(seen, counts, 0).astype(FLOAT)
    firing = rows[ALARM][alarm.FIRED] > 0
    levels = _levels(rows, halves, age, at)
    noise = _noise(rows, own.noise)
    spread, wanders = _scatter(rows, levels.fast, noise)
    tolerance = _tolerance(age, p)
    null = np.where(_IS_DROP, levels.low * (1 - tolerance), levels.high / (1 - tolerance)) + _LEAST

    off = np.exp(FLOAT(own.wandering) * wanders)
    null = np.where(_AGAINST_WANDERING, np.where(_IS_DROP, null / off, null * off), null)

    llr = _ratio(y, null, _FACTORS, _LOGS, 1 / noise)
    llr /= np.where(_AGAINST_WANDERING, FLOAT(1), spread)
    np.minimum(llr, FLOAT(common.clip * line), out=llr)
    llr *= seen
    cusum, since = rows[CUSUM], halves[SINCE]
    alarm.raise_cusum(cusum, since, llr, (age >= own.warm_up) & ~firing, common.longest)
    evidence = cusum.max(axis=0)
    upward = cusum.argmax(axis=0) >= len(DROPS)

    suspicious = alarm.suspicious(cusum, since, line, common)
    # A young profile must follow, whatever it suspects; how much a level scatters is never learnt from that.
    held = firing | (suspicious & (age >= 2 * WEEK))
    _learn(rows, halves, levels, (~held, ~held & ~suspicious), age, at, p)
    push(rows[DELAYED], np.where(seen, y, np.nan))
    push(rows[PREDICTED], levels.fast)

    fired = alarm.fire(rows[ALARM], cusum, since, line, rows[DELAYED], rows[PREDICTED])
    rows[DIRECTION] = np.where(fired, np.where(upward, 1, -1), rows[DIRECTION])
    back = _reverse(rows, y, levels, noise, spread, seen) if firing.any() else evidence
    lasts = np.where(age < DAY, own.first_day_normal, common.new_normal)
    change = alarm.advance(rows[ALARM], firing, back, y, levels.fast, common, lasts)
    _renew(rows, change.renewed)
    evidence = np.where(fired, np.maximum(evidence, line), evidence)
    onset = np.where(fired, rows[ALARM][alarm.ONSET], change.onset)
    expected = np.where(rows[DIRECTION] > 0, null[-1], null[0])
    judged = Judged(evidence, expected, spread, change._replace(fired=fired, onset=onset))
    return State(rows, halves), judged, rows[DIRECTION].copy()


def _tolerance(age: Array, p: Params) -> Array:
    own = p.volume
    young: Array = np.where(age < 2 * WEEK, own.first_fortnight, own.tolerance)
    return np.where(age < DAY, own.first_day, young).astype(FLOAT)


def _levels(rows: Array, halves: Array, age: Array, at: int) -> Levels:
    young, turning = age < DAY, age == DAY
    fast, slow = _ratios(rows)
    by_day = profile.usual(halves, at, age >= 2 * WEEK, np.log(slow))
    if turning.any():
        profile.fill(halves, turning, np.log(fast))
        by_day = profile.usual(halves, at, age >= 2 * WEEK, np.log(fast))
        _turn(rows, turning, np.exp(by_day.level))
        fast, slow = _ratios(rows)
    base = np.where(young, FLOAT(1), np.exp(by_day.level))
    low, high = np.where(young, FLOAT(1), np.exp(by_day.low)), np.where(young, FLOAT(1), np.exp(by_day.high))
    level = fast * base
    low, high = np.minimum(level, slow * low), np.maximum(level, slow * high)
    # One odd day is much of a young profile: it needs the level of the last hour, whatever day it is, on its side.
    plain = np.where(age < 2 * WEEK, (rows[COUNTS] + FLOAT(0.5)) / (rows[MINUTES] + FLOAT(0.5)), level)
    return Levels(level, np.minimum(low, plain), np.maximum(high, plain), base)


def _ratios(rows: Array) -> tuple[Array, Array]:
    fast = (rows[COUNTS] + FLOAT(0.5)) / (rows[EXPECTED] + FLOAT(0.5))
    slow = (rows[SLOW_COUNTS] + FLOAT(0.5)) / (rows[SLOW_EXPECTED] + FLOAT(0.5))
    return fast, slow


def _turn(rows: Array, turning: Array, base: Array) -> None:
    """After a day the levels become relative to the profile, in place, and how they scatter is measured again."""
    rows[EXPECTED] *= np.where(turning, base, 1)
    # The slow level is hours behind the time of day; how today differs from the profile, the fast one tells.
    fast, _ = _ratios(rows)
    rows[SLOW_EXPECTED] = np.where(turning, rows[SLOW_COUNTS] / np.maximum(fast, FLOAT(1e-3)), rows[SLOW_EXPECTED])
    for part in (rows[SPREAD], rows[NOISE : NOISE_OF + 1]):
        part *= np.where(turning, _FORGET, 1)


def _noise(rows: Array, prior: float) -> Array:
    """The squared relative noise of a minute's mean."""
    measured: Array = (rows[NOISE] + _NOISE_PRIOR * FLOAT(prior**2)) / (rows[NOISE_OF] + _NOISE_PRIOR)
    return measured.clip(FLOAT(1e-4), _MOST_NOISE)


def _scatter(rows: Array, level: Array, noise: Array) -> tuple[Array, Array]:
    """The dispersion of blocks, and the standard deviation of the level's logarithm that explains it."""
    ratios = dispersion.ratios(rows[SPREAD], LENGTHS)
    beyond = np.maximum((ratios - 1) / column(*LENGTHS), 0).max(axis=0)
    wanders = np.sqrt(beyond * (1 / np.maximum(level, FLOAT(0.1)) + noise))
    return np.maximum(ratios.max(axis=0), FLOAT(1)), np.minimum(wanders, _MOST_WANDERING)


def _ratio(y: Array, mean: Array, factor: Array, log: Array, shape: Array) -> Array:
    """Log likelihood ratio of a negative binomial with `factor` times the mean against one with the mean."""
    ratio: Array = y * log - (y + shape) * np.log((shape + factor * mean) / (shape + mean))
    return ratio


def _learn(
    rows: Array, halves: Array, levels: Levels, may: tuple[Array, Array], age: Array, at: int, p: Params
) -> None:
    own = p.volume
    y, mean = rows[DELAYED][-1].copy(), rows[PREDICTED][-1].copy()
    learnt = may[0] & np.isfinite(y)
    y = np.where(learnt, y, 0)
    keep = np.where(learnt, FLOAT(kept(own.half_life)), FLOAT(1))
    rows[COUNTS] = rows[COUNTS] * keep + y
    rows[EXPECTED] = rows[EXPECTED] * keep + np.where(learnt, levels.base, 0)
    rows[MINUTES] = rows[MINUTES] * keep + learnt
    keep = np.where(learnt, FLOAT(kept(own.slow_half_life)), FLOAT(1))
    rows[SLOW_COUNTS] = rows[SLOW_COUNTS] * keep + y
    rows[SLOW_EXPECTED] = rows[SLOW_EXPECTED] * keep + np.where(learnt, levels.base, 0)
    known = learnt & may[1] & (age >= _SETTLED)
    _spread(rows, y, np.where(known, mean, 0), known, at, p)
    part = rows[PART]
    part[0] += y
    part[1] += learnt
    if at % profile.PART == (DELAY - 1) % profile.PART:
        enough = part[1] >= profile.PART / 3
        level = np.log((part[0] + FLOAT(0.5)) / np.maximum(part[1], 1))
        days = np.maximum(FLOAT(own.day_weight), 1 / (age // DAY + 1)).astype(FLOAT)
        weights = (days, own.weekday_weight)
        profile.learn(halves, at - DELAY, level, enough, age >= 2 * WEEK, weights)
        part[:] = 0


def _spread(rows: Array, y: Array, mean: Array, known: Array, at: int, p: Params) -> None:
    noise = _noise(rows, p.volume.noise)
    variance = np.where(known, mean + noise * mean * mean, 0)
    residual = np.where(known, y - mean, 0)
    square = np.minimum(residual * residual, FLOAT(p.common.trim**2) * (variance + 1))
    keep = np.where(known, FLOAT(kept(p.common.spread_half_life)), FLOAT(1))
    # Weighted by how much noise a minute can show: where the mean is small the Poisson part hides it.
    weight = mean / (mean + 10)
    relative = (square - mean) / np.maximum(mean * mean, FLOAT(1e-6))
    rows[NOISE] = np.maximum(rows[NOISE] * keep + weight * np.where(known, relative, 0), 0)
    rows[NOISE_OF] = rows[NOISE_OF] * keep + weight
    half = kept(p.common.spread_half_life)
    dispersion.learn(rows[SPREAD], LENGTHS, residual, variance, at, half, p.common.trim)


def _reverse(rows: Array, y: Array, levels: Levels, noise: Array, spread: Array, seen: Array) -> Array:
    """Evidence that the minute is as usual and not as the incident."""
    level, up = rows[ALARM], rows[DIRECTION] > 0
    usual = np.where(up, levels.high, levels.low) + _LEAST
    factor = level[alarm.LEVEL] / np.maximum(level[alarm.EXPOSURE], FLOAT(1e-3)) * levels.fast / usual
    factor = np.where(up, np.maximum(factor, 1.3), np.clip(factor, 0.02, 0.8)).astype(FLOAT)
    ratio: Array = seen * -_ratio(y, usual, factor, np.log(factor), 1 / noise) / spread
    return ratio


def _renew(rows: Array, renewed: Array) -> None:
    """The level of an incident becomes the fast and the slow level."""
    if renewed.any():
        scale = rows[ALARM][alarm.LEVEL] / np.maximum(rows[ALARM][alarm.EXPOSURE], FLOAT(1e-3))
        for row in (COUNTS, SLOW_COUNTS):
            rows[row] = np.where(renewed, rows[row] * scale, rows[row])


def outlook(state: State, age: Array, at: int, p: Params) -> tuple[Array, Array]:
    """What minute `at` should bring, and the squared relative noise of a minute."""
    return _levels(state.rows.copy(), state.halves, age, at).fast, _noise(state.rows, p.volume.noise)


def limits(state: State, age: Array, at: int, p: Params) -> tuple[Array, Array]:
    """The counts below and above which minute `at` is no usual one."""
    levels = _levels(state.rows.copy(), state.halves.copy(), age, at)
    tolerance = _tolerance(age, p)
    return levels.low * (1 - tolerance), levels.high / (1 - tolerance)


def quiet(state: State, series: Array) -> State:
    """The state of some series (by number, also repeated) with what was learnt, as if nothing were suspicious."""
    rows, halves = state.rows[:, series].copy(), state.halves[:, series].copy()
    rows[CUSUM] = rows[ALARM] = halves[SINCE] = 0
    rows[DELAYED] = np.nan
    return State(rows, halves)
