"""Frauds that went through and whose label is still to come: completed by the delays of labels. Pure.

Frauds are known only once they are labelled, so their delays are right-truncated: the share known by an age is the
product-limit estimate in reverse time (Lagakos, Barraj and De Gruttola 1988; insurers' chain ladder). A young day has
shown nearly nothing yet, and dividing it by a small share would blow up chance; so the rate of fraud is estimated by
day, band of amount, model and policy with `regression`, each day's exposure being its transactions times the share
known by its age. That lies between chain ladder and Cape Cod (Bornhuetter and Ferguson 1972), as the data say.
Money follows from the bands: how many transactions of which amounts were let through is known.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from console.analytics.fraud_cost.cells import BLOCKED, Cells, Flags, Floats, Whole, codes, collapse, trend
from console.analytics.fraud_cost.regression import Design, Effects, fit

_WEEK = 7
_BAND = 2  # among the columns below


@dataclass(frozen=True, slots=True)
class Delays:
    """`known[k]`: the share of frauds known `k` whole days on, k = 0 … horizon, after which nothing is seen to come.

    `draws` (d, horizon + 1) of the same; `frauds` is how many they rest on.
    """

    known: Floats
    draws: Floats
    frauds: int

    @property
    def horizon(self) -> int:
        """Days after which every fraud of the history was known."""
        return len(self.known) - 1


@dataclass(frozen=True, slots=True)
class LateDraws:
    """Cells of what went through: keys (c,), draws (d, c) of how many frauds are still to come and of their cents."""

    week: Whole
    age: Whole
    model: Whole
    policy: Whole
    fraud: Floats
    cents: Floats

    def where(self, chosen: Flags) -> "LateDraws":
        """The cells chosen."""
        return LateDraws(
            self.week[chosen], self.age[chosen], self.model[chosen], self.policy[chosen], self.fraud[:, chosen],
            self.cents[:, chosen],
        )  # fmt: skip


def delays(history: Cells, draws: int, random: np.random.Generator) -> Delays:
    """How long labels of frauds that went through take. `frauds` is 0 when nothing can be said."""
    lost = history.where(history.is_lost & (history.delay < history.age))
    if not lost.n.sum():
        return Delays(np.zeros(1), np.zeros((draws, 1)), 0)
    horizon = int(lost.delay.max()) + 1
    come, known = np.zeros(horizon), np.zeros(horizon)
    for step in range(horizon):
        seen = lost.age > step
        come[step] = lost.n[seen & (lost.delay == step)].sum()
        known[step] = lost.n[seen & (lost.delay <= step)].sum()
    before = np.where(known > 0, 1 - come / np.maximum(known, 1), 1.0)
    drawn = random.beta(np.maximum(known - come, 1e-9), np.maximum(come, 1e-9), (draws, horizon))
    drawn = np.where(come > 0, drawn, 1.0)
    drawn = np.where(known > come, drawn, 0.0)
    return Delays(_shares(before), _shares(drawn), int(lost.n.sum()))


@dataclass(frozen=True, slots=True)
class Rates:
    """What a history says of the rate of frauds that go through: the values of each factor, their effects, the delays.

    `scale` (d,): a draw of slower delays means that more frauds stand behind the known ones.
    """

    levels: list[Whole]
    effects: Effects
    curve: Delays
    scale: Floats


def learn(history: Cells, curve: Delays) -> Rates:
    """The rates of fraud in what went through, given the delays of labels."""
    through = history.where(history.decision != BLOCKED)
    columns = _columns(through, curve.horizon)
    levels = [np.unique(column) for column in columns]
    (age, *keys), (hits, n) = collapse(
        [np.minimum(through.age, curve.horizon), *map(codes, levels, columns)], through.n * through.is_lost, through.n
    )
    exposure = n * _by(curve.known, age)
    usable = exposure > 0
    guess = float(np.log((hits.sum() + 0.5) / max(float(exposure.sum()), 1.0)))
    effects = fit("rate", _design(levels, [key[usable] for key in keys]), hits[usable], exposure[usable], guess)
    expected = np.exp(effects.at_mode(_design(levels, keys))) * n
    by_age = np.bincount(age, weights=expected, minlength=curve.horizon + 1)
    ages = np.arange(curve.horizon + 1)
    scale = (by_age @ _by(curve.known, ages)) / np.maximum(_by(curve.draws, ages) @ by_age, 1e-9)
    return Rates(levels, effects, curve, scale)


def estimate(rates: Rates, chosen: Cells, random: np.random.Generator) -> LateDraws:
    """Draws for what went through of `chosen`, a part of the history that the rates are learnt from."""
    horizon, draws = rates.curve.horizon, len(rates.scale)
    through = chosen.where((chosen.decision != BLOCKED) & (chosen.age < horizon))
    columns = map(codes, rates.levels, _columns(through, horizon))
    (week, age, *keys), (n, cents) = collapse([through.week, through.age, *columns], through.n, through.cents)
    expected = np.exp(rates.effects.predictors(_design(rates.levels, keys), draws, random)) * rates.scale[:, None] * n
    left = (1 - _by(rates.curve.draws, np.arange(horizon)))[:, age]
    fraud = random.poisson(np.minimum(expected * left, 1e9)).astype(float)
    model, policy = rates.levels[0][keys[0]], rates.levels[1][keys[1]]
    return LateDraws(week, age, model, policy, fraud, fraud * (cents / np.maximum(n, 1)))


def _shares(before: Floats) -> Floats:
    """From the share that was known before each step, of what is known by it, the share known by each age."""
    later = np.cumprod(before[..., ::-1], axis=-1)[..., ::-1]
    last = np.ones((*before.shape[:-1], 1))
    found = np.concatenate([later, last], axis=-1)
    found[..., 0] = 0.0
    return found


def _by(known: Floats, age: Whole) -> Floats:
    """The share known by cells of an age: all have had `age` days, the oldest nearly one more."""
    last = known.shape[-1] - 1
    found: Floats = (known[..., np.minimum(age, last)] + known[..., np.minimum(age + 1, last)]) / 2
    return found


def _design(levels: Sequence[Whole], keys: Sequence[Whole]) -> Design:
    """Cells with these codes; the amount's band is the trend as well."""
    return Design(keys, [len(level) for level in levels], trend(levels[_BAND], keys[_BAND]))


def _columns(cells: Cells, horizon: int) -> list[Whole]:
    """What rates differ by: model, policy, band, week (counted back from now), and day while labels are coming."""
    weeks = cells.age // _WEEK
    return [
        cells.model,
        cells.policy,
        cells.band,
        weeks,
        np.where(cells.age <= horizon, cells.age, horizon + 1 + weeks),
    ]
