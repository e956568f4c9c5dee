"""How much better a count before and a count during an incident fit two rates than one: log likelihood ratios in nats
(the G-test of two samples, halved). All functions take arrays of any one shape. Pure.
"""

import numpy as np

from core.statuses.detector.arrays import Array

DEVIATIONS = 3.0  # within which a slice has the rows that were due


def share_gain(bad0: Array, all0: Array, bad1: Array, all1: Array) -> Array:
    """Of two shares (bad of all, before and during) against a common one: binomial likelihood."""
    gain = _binomial(bad0, all0) + _binomial(bad1, all1) - _binomial(bad0 + bad1, all0 + all1)
    return _positive(gain)


def volume_gain(rows0: Array, rows1: Array, due: float | Array) -> Array:
    """Of two volumes against a common one, where `due` rows during are due for each row before: Poisson likelihood."""
    usual = (rows0 + rows1) / (1.0 + due)
    gain = _xlogy(rows0, rows0) + _xlogy(rows1, rows1) - _xlogy(rows0, usual) - _xlogy(rows1, usual * due)
    return _positive(gain)


def completed(counts: Array, whole: Array) -> Array:
    """Counts (bad and all before, bad and all during; 4 x n) of slices, where rows that came or went beyond chance are
    given the share that the whole had before. So a new slice is judged although nothing is known of it, and a slice of
    many bad rows that grows counts as what raised the share.
    """
    bad0, all0, bad1, all1 = counts
    _, before, _, inside = whole
    if not (before and inside):
        return counts
    share, ratio = whole[0] / before, inside / before
    more, scatter = all1 - all0 * ratio, DEVIATIONS * np.sqrt(ratio * (all0 + all1))  # by counting
    came, went = np.maximum(more - scatter, 0.0) / ratio, np.maximum(-more - scatter, 0.0)
    return np.stack([bad0 + share * came, all0 + came, bad1 + share * went, all1 + went])


def alike(counts: Array, whole: Array) -> list[Array]:
    """The bad rows before that there would be in each slice if the whole of it had changed alike: by the same factor of
    the odds, and with the same part of the good (or, when the share fell, of the bad) rows turned.
    """
    bad, total, bad1, total1 = whole
    was, now = (bad + 0.5) / (total + 1.0), (bad1 + 0.5) / (total1 + 1.0)
    share = np.divide(counts[0], counts[1], out=np.zeros_like(counts[0]), where=counts[1] > 0)
    odds = now / (1.0 - now) * (1.0 - was) / was
    by_odds = share * odds / (1.0 - share + share * odds)
    turned = np.where(now > was, share + (1.0 - share) * (now - was) / (1.0 - was), share * now / was)
    return [by_odds * counts[1], turned * counts[1]]


def _positive(gain: Array) -> Array:
    found: Array = np.maximum(gain, 0.0)
    return found


def _binomial(bad: Array, total: Array) -> Array:
    return _xlogy(bad, bad) + _xlogy(total - bad, total - bad) - _xlogy(total, total)


def _xlogy(x: Array, y: Array) -> Array:
    """x ln y, and 0 where x is."""
    found: Array = x * np.log(np.where(x > 0, y, 1.0))
    return found
