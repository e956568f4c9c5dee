"""What blocked transactions without a label were: estimated from the hold-out. Pure.

A random share of what would have been blocked is let through to review, so the share of fraud among its labelled ones
speaks for everything that was blocked. Plain weights (Horvitz and Thompson 1952) fail with heavy-tailed amounts: few
transactions carry most of the money, and mostly none of them is in the sample. So the share of fraud is estimated by
band of amount, band of score, week, model and policy with `regression`, and multiplied by the money that is known to
have been blocked there (poststratification; Gelman and Little 1997).

What is labelled among the blocked is a choice (appeals come from honest customers), so it takes no part in the share;
but it is counted, and what is unlabelled is drawn from what is left: the log-odds of the unlabelled are moved by one
number until counted and unlabelled together have the fraud that the share says.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from core.analytics.fraud_cost.cells import FRAUD, UNKNOWN, Cells, Floats, Whole, codes, collapse, trend
from core.analytics.fraud_cost.regression import Design, fit

_FACTORS = ("week", "model", "policy", "band", "score")
_BAND = 3
_STEPS, _LEAST = 6, 1e-9


@dataclass(frozen=True, slots=True)
class BlockedDraws:
    """Unlabelled blocked cells: their keys, counts and cents (c,), and draws (d, c) of how many of them were fraud."""

    week: Whole
    age: Whole
    model: Whole
    policy: Whole
    n: Floats
    cents: Floats
    fraud: Floats

    @property
    def fraud_cents(self) -> Floats:
        """Draws (d, c) of the money of those that were fraud, at the cell's mean amount."""
        return self.fraud * (self.cents / np.maximum(self.n, 1))


def labelled_held_out(cells: Cells) -> int:
    """How many held-out transactions have a label."""
    return int(cells.n[cells.held & (cells.label != UNKNOWN)].sum())


def estimate(history: Cells, chosen: Cells, draws: int, random: np.random.Generator) -> BlockedDraws:
    """Draws for the blocked ones of `chosen`, learnt from the hold-out of `history`, of which some have a label."""
    held = history.where(history.held & (history.label != UNKNOWN))
    blocked = chosen.where(chosen.is_blocked)
    levels = [np.union1d(getattr(held, name), getattr(blocked, name)) for name in _FACTORS]
    keys, (fraud, of) = collapse(
        [codes(level, getattr(held, name)) for level, name in zip(levels, _FACTORS, strict=True)],
        held.n * (held.label == FRAUD), held.n,
    )  # fmt: skip
    pooled = (fraud.sum() + 1) / (of.sum() + 2)
    effects = fit("share", _design(levels, keys), fraud, of, float(np.log(pooled / (1 - pooled))))
    known = blocked.label != UNKNOWN
    (age, *cell_keys), (n, cents, n_unknown, cents_unknown) = collapse(
        [blocked.age, *(codes(level, getattr(blocked, name)) for level, name in zip(levels, _FACTORS, strict=True))],
        blocked.n, blocked.cents, blocked.n * ~known, blocked.cents * ~known,
    )  # fmt: skip
    predictors = effects.predictors(_design(levels, cell_keys), draws, random)
    counted = float(blocked.cents[blocked.label == FRAUD].sum())
    left = (_share(predictors) @ cents) - counted
    shares = _share(predictors + _moved(predictors, cents_unknown, left)[:, None])
    drawn = random.binomial(n_unknown.astype(np.int64), shares).astype(float)
    week, model, policy = (level[key] for level, key in zip(levels[:3], cell_keys[:3], strict=True))
    return BlockedDraws(week, age, model, policy, n_unknown, cents_unknown, drawn)


def _design(levels: Sequence[Whole], keys: Sequence[Whole]) -> Design:
    """Cells with these codes; the amount's band is the trend as well."""
    return Design(keys, [len(level) for level in levels], trend(levels[_BAND], keys[_BAND]))


def _moved(predictors: Floats, cents: Floats, target: Floats) -> Floats:
    """By draw, what is added to the log-odds so that the fraud's money is `target`, within what there is.

    Each step adds by how much the log-odds of the whole are off, which is right where all cells are alike.
    """
    whole = float(cents.sum())
    wanted = _log_odds(target / max(whole, 1.0))
    found = np.zeros(len(predictors))
    for _ in range(_STEPS):
        found += wanted - _log_odds(_share(predictors + found[:, None]) @ cents / max(whole, 1.0))
    return found


def _log_odds(share: Floats) -> Floats:
    within = np.clip(share, _LEAST, 1 - _LEAST)
    found: Floats = np.log(within / (1 - within))
    return found


def _share(predictors: Floats) -> Floats:
    found: Floats = 1 / (1 + np.exp(-predictors))
    return found
