"""The usual level at each time of day, and how each weekday deviates from it, as logarithms. Pure.

32 parts of a day of 45 minutes and 28 of a week of six hours, in half precision: 120 bytes a series. Read between the
middles of two parts, so that a slope is no staircase.
"""

from typing import NamedTuple

import numpy as np

from core.statuses.detector.arrays import FLOAT, Array
from core.statuses.detector.params import DAY, WEEK

PART, BLOCK = 45, 360  # minutes
PARTS, BLOCKS = DAY // PART, WEEK // BLOCK
ROWS = PARTS + BLOCKS
HALF = np.float16


class Usual(NamedTuple):
    """Logarithms of the level at a minute: between two parts, and the lower and the higher of the two."""

    level: Array
    low: Array
    high: Array


def start(series: int) -> Array:
    """Nothing known: a part of the day that was never learnt is NaN."""
    rows = np.zeros((ROWS, series), HALF)
    rows[:PARTS] = np.nan
    return rows


def usual(rows: Array, at: int, weekdays: Array, unknown: Array) -> Usual:
    """The level at minute `at` of the epoch, by day and, where `weekdays`, by week; `unknown` where never learnt."""
    first, part = _place(at % DAY, PART)
    one, two = rows[first % PARTS].astype(FLOAT), rows[(first + 1) % PARTS].astype(FLOAT)
    one, two = np.where(np.isnan(one), two, one), np.where(np.isnan(two), one, two)
    one, two = np.where(np.isnan(one), unknown, one), np.where(np.isnan(two), unknown, two)
    if weekdays.any():
        shift = np.where(weekdays, _deviation(rows, at), 0)
        one, two = one + shift, two + shift
    return Usual(one + part * (two - one), np.minimum(one, two), np.maximum(one, two))


def fill(rows: Array, series: Array, level: Array) -> None:
    """Give parts of the day that some series never learnt a level, in place."""
    rows[:PARTS] = np.where(series & np.isnan(rows[:PARTS]), level, rows[:PARTS])


def learn(rows: Array, at: int, level: Array, learnt: Array, weekdays: Array, weights: tuple[Array, float]) -> None:
    """Take in, in place, the logarithm of the level of the part that ends with minute `at`; weights of day and week."""
    here, block = (at % DAY) // PART, PARTS + (at % WEEK) // BLOCK
    before = rows[here].astype(FLOAT)
    new = np.isnan(before)
    deviation = _deviation(rows, at - PART // 2)
    residual = np.where(new, 0, level - before)
    moved = before + weights[0] * (residual - np.where(weekdays, deviation, 0))
    rows[here] = np.where(learnt, np.where(new, level, moved), before)
    rows[block] = np.where(learnt & ~new, rows[block] + weights[1] * (residual - deviation), rows[block])


def _place(minute: int, length: int) -> tuple[int, float]:
    """The part whose middle lies before a minute, and how far the minute is on the way to the next middle."""
    place = minute / length - 0.5
    first = int(np.floor(place))
    return first, place - first


def _deviation(rows: Array, at: int) -> Array:
    first, part = _place(at % WEEK, BLOCK)
    blocks = rows[PARTS:]
    one, two = blocks[first % BLOCKS].astype(FLOAT), blocks[(first + 1) % BLOCKS].astype(FLOAT)
    between: Array = one + FLOAT(part) * (two - one)
    return between
