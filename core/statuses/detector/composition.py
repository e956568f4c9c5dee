"""Composition: a status or code, given the total of its minute as exposure. Launches and nights cancel. Pure.

The rate has a Gamma posterior (1/2 counts and one usual minute before anything is seen) that forgets; it is learnt five
minutes late, and never while the series is suspicious or fires. Usual is the upper bound of that rate and a tolerance;
against it stand rates of so many times that and so many more a minute. Each log likelihood ratio (Poisson), divided by
the dispersion, goes into a CUSUM. A new code needs no history, and a series of zeros is no special case.
"""

from typing import NamedTuple

import numpy as np

from core.statuses.detector import alarm, dispersion
from core.statuses.detector.alarm import Change
from core.statuses.detector.arrays import FLOAT, Array, column, kept, push
from core.statuses.detector.params import DAY, Params

RATIOS, ADDED = (1.5, 2.0, 3.0, 5.0, 10.0), (1.0, 2.0, 4.0)
TESTS = len(RATIOS) + len(ADDED)
DELAY = 5  # minutes
LENGTHS = (1, 5, 15)
# Of the posterior, without the prior: the last hours', and the last day's, which rare series need to be known by.
COUNTS, EXPOSURE, DAY_COUNTS, DAY_EXPOSURE = range(4)
CUSUM, SINCE = slice(4, 4 + TESTS), slice(4 + TESTS, 4 + 2 * TESTS)
DELAYED = slice(SINCE.stop, SINCE.stop + DELAY)  # counts, the newest first
SPREAD = slice(DELAYED.stop, DELAYED.stop + dispersion.rows_of(LENGTHS))
ALARM = slice(SPREAD.stop, SPREAD.stop + alarm.ROWS)
ROWS = ALARM.stop

_RATIOS, _LOGS, _ADDED = column(*RATIOS), np.log(column(*RATIOS)), column(*ADDED)
_LEAST = FLOAT(1e-6)


class Exposure(NamedTuple):
    """The totals behind each series: this minute's, those before (the newest first), a usual minute's, and the age."""

    now: Array
    before: Array
    typical: Array
    age: Array


class Judged(NamedTuple):
    """Of each series: the strongest CUSUM in nats, what was expected at most, the dispersion, what changed."""

    evidence: Array
    expected: Array
    dispersion: Array
    change: Change


def start(series: int) -> Array:
    """The state of series of which nothing is known."""
    rows = np.zeros((ROWS, series), FLOAT)
    rows[DELAYED] = np.nan
    return rows


def rate(rows: Array, typical: Array, bound: float) -> Array:
    """The higher of the posteriors' upper bounds (Wilson and Hilferty's cube), in counts a count of the total."""
    shape = rows[COUNTS:DAY_EXPOSURE:2] + FLOAT(0.5)
    cube = 1 - 1 / (9 * shape) + FLOAT(bound) / (3 * np.sqrt(shape))
    upper: Array = (shape * cube**3 / (rows[EXPOSURE : DAY_EXPOSURE + 1 : 2] + typical)).max(axis=0)
    return upper


def step(before: Array, counts: Array, exposure: Exposure, at: int, line: float, p: Params) -> tuple[Array, Judged]:
    """The state after minute number `at`, and what it says. A count or total that is NaN was not reported."""
    rows, own, common = before.copy(), p.composition, p.common
    seen = np.isfinite(counts) & np.isfinite(exposure.now)
    x, n = np.where(seen, counts, 0).astype(FLOAT), np.where(seen, exposure.now, 0).astype(FLOAT)
    firing = rows[ALARM][alarm.FIRED] > 0
    ready = exposure.age >= own.warm_up
    spread = dispersion.factor(rows[SPREAD], LENGTHS)
    tolerance = np.where(exposure.age < DAY, FLOAT(own.first_day), FLOAT(own.tolerance))
    usual = rate(rows, exposure.typical, own.bound) * n + _LEAST
    null = usual * (1 + tolerance)

    llr = np.empty((TESTS, len(x)), FLOAT)
    llr[: len(RATIOS)] = x * _LOGS - null * (_RATIOS - 1)
    llr[len(RATIOS) :] = x * np.log1p(_ADDED / null) - _ADDED
    llr /= spread
    clip = common.rare_clip + (common.clip - common.rare_clip) * np.minimum(null, 1)
    np.minimum(llr, (clip * line).astype(FLOAT), out=llr)
    llr *= seen
    cusum, since = rows[CUSUM], rows[SINCE]
    alarm.raise_cusum(cusum, since, llr, ready & ~firing, common.longest)
    evidence = cusum.max(axis=0)

    delayed, delayed_n = rows[DELAYED][-1].copy(), exposure.before[DELAY - 1]
    held = firing | alarm.suspicious(cusum, since, line, common)
    learnt = ~held & np.isfinite(delayed) & np.isfinite(delayed_n)
    _learn(rows, delayed, delayed_n, exposure, learnt, at, p)
    rows_n = np.concatenate([exposure.now[None], exposure.before[: DELAY - 1]])
    push(rows[DELAYED], np.where(seen, x, np.nan))

    fired = alarm.fire(rows[ALARM], cusum, since, line, rows[DELAYED], rows_n)
    back = _reverse(rows, x, n, usual, spread, seen) if firing.any() else evidence
    change = alarm.advance(rows[ALARM], firing, back, x, n, common, np.array(common.new_normal))
    _renew(rows, change.renewed)
    evidence = np.where(fired, np.maximum(evidence, line), evidence)
    onset = np.where(fired, rows[ALARM][alarm.ONSET], change.onset)
    return rows, Judged(evidence, null, spread, change._replace(fired=fired, onset=onset))


def _learn(rows: Array, x: Array, n: Array, exposure: Exposure, learnt: Array, at: int, p: Params) -> None:
    x, n = np.where(learnt, x, 0), np.where(learnt, n, 0)
    mean = (rows[COUNTS] + FLOAT(0.5)) / (rows[EXPOSURE] + exposure.typical) * n
    known = learnt & (exposure.age >= p.composition.warm_up)
    residual, mean = np.where(known, x - mean, 0), np.where(known, mean, 0)
    dispersion.learn(rows[SPREAD], LENGTHS, residual, mean, at, kept(p.common.spread_half_life), p.common.trim)
    for first, half_life in ((COUNTS, p.composition.half_life), (DAY_COUNTS, p.composition.long_half_life)):
        rows[first : first + 2] *= np.where(learnt, FLOAT(kept(half_life)), FLOAT(1))
        rows[first] += x
        rows[first + 1] += n


def _reverse(rows: Array, x: Array, n: Array, usual: Array, spread: Array, seen: Array) -> Array:
    """Evidence that the minute is as usual and not as the incident."""
    level = rows[ALARM]
    incident = np.maximum(level[alarm.LEVEL] / np.maximum(level[alarm.EXPOSURE], 1) * n, FLOAT(1.5) * usual)
    llr: Array = seen * (incident - usual - x * np.log(incident / usual)) / spread
    return llr


def _renew(rows: Array, renewed: Array) -> None:
    """The level of an incident becomes the usual rate."""
    if renewed.any():
        for first in (COUNTS, DAY_COUNTS):
            rows[first] = np.where(renewed, rows[ALARM][alarm.LEVEL], rows[first])
            rows[first + 1] = np.where(renewed, rows[ALARM][alarm.EXPOSURE], rows[first + 1])


def scatter(rows: Array) -> Array:
    """The dispersion of each series, at least 1."""
    return dispersion.factor(rows[SPREAD], LENGTHS)


def quiet(rows: Array) -> Array:
    """The state with what was learnt, as if nothing were suspicious or fired."""
    rows = rows.copy()
    rows[CUSUM] = rows[SINCE] = rows[ALARM] = 0
    rows[DELAYED] = np.nan
    return rows
