"""Histories of transactions whose truth is known, for the estimates of the fraud ledger.

A world draws its own fraud rate, how well its model's scores are calibrated, how heavy the tail of its amounts is, how
fraud grows with the amount, how weeks differ, the share of its hold-out, how late labels come and how many blocked
honest customers appeal. Half way its policy changes.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from console.analytics.fraud_cost import cells
from console.analytics.fraud_cost.cells import APPROVED, BLOCKED, REVIEW, Cells

DAY = 86_400.0
DAYS, SPAN = 90, 30  # of history; of the period that is looked at, its last days
Array = npt.NDArray[np.float64]
Whole = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class World:
    """One row a transaction; times in days since the beginning, `label_at` NaN where no label ever comes.

    `reviewed_at`: when an analyst looked, NaN for never. The label is the truth. `chargeback`: who says it is a bank.
    """

    at: Array
    cents: Whole
    score: Array
    fraud: Flags
    decision: Whole
    held: Flags
    policy: Whole
    model: Whole
    label_at: Array
    chargeback: Flags
    reviewed_at: Array

    @property
    def labelled(self) -> Flags:
        """Whether the label is there at the end."""
        found: Flags = self.label_at <= DAYS
        return found


def world(seed: int, rows: int = 60_000) -> World:
    """The history of this seed."""
    random = np.random.default_rng([20260316, seed])
    at = np.sort(random.uniform(0, DAYS, rows))
    heavy = random.random() < 0.5
    amounts = np.exp(random.normal(4.2, random.uniform(0.8, 1.4), rows))
    if heavy:
        amounts = np.where(random.random(rows) < 0.1, 60 * (1 + random.pareto(random.uniform(1.6, 2.5), rows)), amounts)
    cents = np.round(np.clip(amounts, 0.5, 1e6) * 100).astype(np.int64)
    week = random.normal(0, random.uniform(0.1, 0.5), DAYS // 7 + 1)[(at // 7).astype(int)]
    day = random.normal(0, random.uniform(0.0, 0.4), DAYS)[at.astype(int)]
    dear = random.uniform(0.0, 0.35) * (np.log(cents / 100) - 4.2)
    risk = random.normal(0, 1.6, rows)
    truth = -np.abs(random.normal(0, 0.5)) - random.uniform(4.2, 5.2) + 1.35 * risk + week + day + dear
    fraud = random.random(rows) < 1 / (1 + np.exp(-truth))
    known = random.uniform(0.7, 1.0)  # of the risk that the model sees
    seen = known * risk + np.sqrt(1 - known**2) * random.normal(0, 1.6, rows)
    score = 1 / (1 + np.exp(-(random.uniform(-3.2, -2.4) + random.uniform(1.0, 1.5) * seen)))
    late = at > random.uniform(30, 80)
    block = np.where(late, random.uniform(0.55, 0.75), random.uniform(0.65, 0.8))
    decision = np.where(score >= block, BLOCKED, np.where(score >= block - 0.2, REVIEW, APPROVED))
    held = (decision == BLOCKED) & (random.random(rows) < random.choice([0.02, 0.05, 0.1]))
    decision = np.where(held, REVIEW, decision)
    return World(
        at, cents, score, fraud, decision, held, late.astype(np.int64) + 1, (at > 45).astype(np.int64) + 1,
        *_labels(random, at, fraud, decision, held),
    )  # fmt: skip


def _labels(
    random: np.random.Generator, at: Array, fraud: Flags, decision: Whole, held: Flags
) -> tuple[Array, Flags, Array]:
    """When labels come, whether a bank says so, and when analysts look."""
    rows = len(at)
    looked = (decision == REVIEW) & (random.random(rows) < np.where(held, 0.95, random.uniform(0.5, 0.95)))
    reviewed = np.where(looked, at + random.exponential(random.uniform(0.1, 1.5), rows), np.nan)
    delay = random.gamma(random.uniform(1.2, 3), random.uniform(3, 8), rows)
    banks = fraud & (decision != BLOCKED) & ~looked & (delay < 60)
    appeals = (decision == BLOCKED) & ~fraud & (random.random(rows) < random.uniform(0, 0.4))
    found = (decision == BLOCKED) & fraud & (random.random(rows) < random.uniform(0, 0.3))
    bought = (decision == APPROVED) & ~fraud & (random.random(rows) < random.uniform(0, 0.1))
    label = np.where(looked, reviewed, np.nan)
    label = np.where(banks, at + delay, label)
    label = np.where(appeals | found | bought, at + random.exponential(3, rows), label)
    return label, banks, reviewed


def counted(one: World) -> Cells:
    """The cells that the roll-up of this history would have at its end."""
    labelled = one.labelled
    label = np.where(labelled, np.where(one.fraud, cells.FRAUD, cells.LEGIT), cells.UNKNOWN)
    lost = labelled & one.fraud & ((one.decision == APPROVED) | ((one.decision == REVIEW) & one.chargeback))
    would_block = (one.decision == BLOCKED) | one.held
    columns = [
        (one.at // 7), DAYS - np.ceil(one.at), one.model, one.policy, one.decision, label, one.chargeback & labelled,
        one.held, np.log2(one.cents), np.where(would_block, one.score * 10, 0),
        np.where(lost, one.label_at - one.at, cells.NO_DELAY),
    ]  # fmt: skip
    keys, (n, cents, reviews) = cells.collapse(
        [np.floor(column).astype(np.int64) for column in columns],
        np.ones(len(one.at), np.int64), one.cents, (one.reviewed_at <= DAYS).astype(np.int64),
    )  # fmt: skip
    whole = [values.round().astype(np.int64) for values in (n, cents, reviews)]
    return cells.from_columns([*keys, *whole])
