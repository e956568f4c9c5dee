"""A line of the ledger: what is counted of some transactions and, beside it, what is estimated. Pure.

Money is exact in cents where it is counted; an estimate is the mean of its draws, its interval their 2.5 % and 97.5 %
quantiles with the counted part added.
"""

from typing import NamedTuple

import numpy as np

from console.analytics.fraud_cost.blocked import BlockedDraws
from console.analytics.fraud_cost.cells import FRAUD, LEGIT, UNKNOWN, Cells, Flags, Floats
from console.analytics.fraud_cost.late import LateDraws
from console.analytics.fraud_cost.prices import fraud_value, margin_value, review_value, worth
from core.fraud_cost_config import FraudCostConfig

BOUNDS = (0.025, 0.975)


class Figure(NamedTuple):
    """Money in cents: `counted`, and `estimated` besides with the bounds of both together; None where unknown."""

    counted: int
    estimated: float | None = None
    low: float | None = None
    high: float | None = None

    @property
    def total(self) -> float | None:
        """Counted and estimated; None where there is no estimate."""
        return None if self.estimated is None else self.counted + self.estimated


class Line(NamedTuple):
    """The figures of the whole or of one group, and how many transactions are behind them.

    `mature` is the share of the frauds that went through whose label is there; None where that is not known.
    """

    saved: Figure
    lost: Figure
    wrong: Figure
    review: Figure
    saved_n: int
    lost_n: int
    wrong_n: int
    reviews: int
    unknown_n: int
    unknown_cents: int
    mature: float | None = None

    @property
    def cost(self) -> int:
        """What is counted of all that fraud costs: lost, wrongly blocked, reviews."""
        return self.lost.counted + self.wrong.counted + self.review.counted


class Draws(NamedTuple):
    """Draws of one part of the period: None where nothing can be said."""

    blocked: BlockedDraws | None
    late: LateDraws | None


def line(cells: Cells, draws: Draws, prices: FraudCostConfig) -> Line:
    """The figures of some cells and their draws."""
    stopped, wrong = cells.is_blocked & (cells.label == FRAUD), cells.is_blocked & (cells.label == LEGIT)
    saved, lost, unknown = stopped | cells.is_caught, cells.is_lost, cells.is_blocked & (cells.label == UNKNOWN)

    def summed(chosen: Flags, of: str = "n") -> int:
        return int(getattr(cells, of)[chosen].sum())

    banks = summed(lost & cells.bank)
    fraud = draws.blocked.fraud.sum(axis=1) if draws.blocked else None
    money = draws.blocked.fraud_cents.sum(axis=1) if draws.blocked else None
    coming = draws.late.fraud.sum(axis=1) if draws.late else None
    known = summed(lost)
    return Line(
        saved=figure(fraud_value(prices, summed(saved, "cents"), summed(saved)), worth(prices, money, fraud)),
        lost=figure(
            fraud_value(prices, summed(lost, "cents"), banks),
            worth(prices, draws.late.cents.sum(axis=1) if draws.late else None, coming),
        ),
        wrong=figure(
            margin_value(prices, summed(wrong, "cents")),
            None if money is None or draws.blocked is None else prices.margin * (draws.blocked.cents.sum() - money),
        ),
        review=Figure(review_value(prices, summed(cells.n > 0, "reviews"))),
        saved_n=summed(saved),
        lost_n=known,
        wrong_n=summed(wrong),
        reviews=summed(cells.n > 0, "reviews"),
        unknown_n=summed(unknown),
        unknown_cents=summed(unknown, "cents"),
        mature=None if coming is None or known + coming.mean() <= 0 else float(known / (known + coming.mean())),
    )


def figure(counted: int, drawn: Floats | None) -> Figure:
    """A figure of what is counted and of draws of what comes besides; without draws there is no estimate."""
    if drawn is None:
        return Figure(counted)
    low, high = np.quantile(drawn, BOUNDS)
    return Figure(counted, float(drawn.mean()), counted + float(low), counted + float(high))
