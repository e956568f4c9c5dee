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

from console.analytics.fraud_cost.cells import FRAUD, UNKNOWN, Cells, Flags, Floats, Whole, codes, collapse, trend
from console.analytics.fraud_cost.regression import Design, Effects, fit

_FACTORS = ("week", "model", "policy", "band", "score")
_BAND = 3
_STEPS, _RAKED, _LEAST = 5, 30, 1e-9


@dataclass(frozen=True, slots=True)
class BlockedDraws:
    """Unlabelled blocked cells: their keys, counts and cents (c,), and draws (d, c) of how many of them were fraud."""

    week: Whole
    model: Whole
    policy: Whole
    n: Floats
    cents: Floats
    fraud: Floats

    @property
    def fraud_cents(self) -> Floats:
        """Draws (d, c) of the money of those that were fraud, at the cell's mean amount."""
        return self.fraud * (self.cents / np.maximum(self.n, 1))

    def where(self, chosen: Flags) -> "BlockedDraws":
        """The cells chosen."""
        return BlockedDraws(
            self.week[chosen], self.model[chosen], self.policy[chosen], self.n[chosen],
            self.cents[chosen], self.fraud[:, chosen],
        )  # fmt: skip


def covered(cells: Cells) -> Flags:
    """Which cells have a score that the hold-out has too; what the threat list blocked, at any score, may have none."""
    least = int(cells.score[cells.held].min()) if cells.held.any() else 99
    found: Flags = cells.score >= least
    return found


def labelled_held_out(cells: Cells) -> int:
    """How many held-out transactions have a label."""
    return int(cells.n[cells.held & (cells.label != UNKNOWN)].sum())


@dataclass(frozen=True, slots=True)
class Shares:
    """What a history says of the share of fraud among what is blocked: the values of each factor, and their effects."""

    levels: list[Whole]
    effects: Effects


def learn(history: Cells) -> Shares:
    """The shares of fraud that the labelled held-out ones of a history show; there has to be one."""
    held = history.where(history.held & (history.label != UNKNOWN))
    spoken = history.where(history.held | history.is_blocked)
    levels = [np.unique(getattr(spoken, name)) for name in _FACTORS]
    keys, (fraud, of) = collapse(_keys(levels, held), held.n * (held.label == FRAUD), held.n)
    return Shares(levels, fit("share", _design(levels, keys), fraud, of, _guess(fraud, of)))


def estimate(shares: Shares, chosen: Cells, draws: int, random: np.random.Generator) -> BlockedDraws:
    """Draws for the blocked ones of `chosen`, a part of the history that the shares are learnt from."""
    cells = chosen.where(chosen.is_blocked)
    known = cells.label != UNKNOWN
    keys, (cents, n_unknown, cents_unknown) = collapse(
        _keys(shares.levels, cells), cells.cents, cells.n * ~known, cells.cents * ~known
    )
    predictors = shares.effects.predictors(_design(shares.levels, keys), draws, random)
    left = (_share(predictors) @ cents) - float(cells.cents[cells.label == FRAUD].sum())
    moved = _share(predictors + _moved(predictors, cents_unknown, left)[:, None])
    drawn = random.binomial(n_unknown.astype(np.int64), moved).astype(float)
    week, model, policy = (level[key] for level, key in zip(shares.levels[:3], keys[:3], strict=True))
    return BlockedDraws(week, model, policy, n_unknown, cents_unknown, drawn)


def shares(fraud: Floats, of: Floats, draws: int, random: np.random.Generator) -> Floats:
    """Draws (d, g) of the share of fraud of groups of which so many (g,) were held out and labelled."""
    design = Design([np.arange(len(of))], [len(of)], np.zeros(len(of)))
    pooled = (fraud.sum() + 1) / (of.sum() + 2)
    return _share(
        fit("share", design, fraud, of, float(np.log(pooled / (1 - pooled)))).predictors(design, draws, random)
    )


def raked(drawn: Floats, whole: Floats, most: Floats) -> Floats:
    """Draws (d, g) of groups that sum up to those of the whole (d,), none above what its group has."""
    predictors = _log_odds(drawn / np.maximum(most, 1.0))
    found: Floats = most * _share(predictors + _moved(predictors, most, whole, _RAKED)[:, None])
    return found


def _keys(levels: Sequence[Whole], cells: Cells) -> list[Whole]:
    return [codes(level, getattr(cells, name)) for level, name in zip(levels, _FACTORS, strict=True)]


def _guess(fraud: Floats, of: Floats) -> float:
    """The log-odds of fraud among all."""
    pooled = (fraud.sum() + 1) / (of.sum() + 2)
    return float(np.log(pooled / (1 - pooled)))


def _design(levels: Sequence[Whole], keys: Sequence[Whole]) -> Design:
    """Cells with these codes; the amount's band is the trend as well."""
    return Design(keys, [len(level) for level in levels], trend(levels[_BAND], keys[_BAND]))


def _moved(predictors: Floats, cents: Floats, target: Floats, steps: int = _STEPS) -> Floats:
    """By draw, what is added to the log-odds so that the fraud's money is `target`, within what there is.

    Each step adds by how much the log-odds of the whole are off, which is right where all cells are alike.
    """
    whole = float(cents.sum())
    wanted = _log_odds(target / max(whole, 1.0))
    found = np.zeros(len(predictors))
    for _ in range(steps):
        found += wanted - _log_odds(_share(predictors + found[:, None]) @ cents / max(whole, 1.0))
    return found


def _log_odds(share: Floats) -> Floats:
    within = np.clip(share, _LEAST, 1 - _LEAST)
    found: Floats = np.log(within / (1 - within))
    return found


def _share(predictors: Floats) -> Floats:
    found: Floats = 1 / (1 + np.exp(-predictors))
    return found
