"""The ledger by event, from sums that tell events apart but nothing else. Pure."""

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

import numpy as np

from console.analytics.fraud_cost import blocked
from console.analytics.fraud_cost.cells import APPROVED, BLOCKED, FRAUD, LEGIT, REVIEW, UNKNOWN, Floats
from console.analytics.fraud_cost.line import Draws, Figure, Line, figure
from console.analytics.fraud_cost.prices import fraud_value, margin_value, review_value, worth
from core.fraud_cost_config import FraudCostConfig

OTHER = "\0other"


class EventRow(NamedTuple):
    """Transactions of one event with one decision and label; `other`: of events beyond the ones that are kept."""

    event: str
    other: bool
    decision: int
    label: int
    bank: bool
    held: bool
    n: int
    cents: int
    reviews: int


def lines(
    rows: Sequence[EventRow], draws: Draws, prices: FraudCostConfig, random: np.random.Generator
) -> dict[str, Line]:
    """By event, "" where nobody said which and OTHER for those beyond the ones kept."""
    groups: dict[str, list[EventRow]] = {}
    for row in rows:
        groups.setdefault(OTHER if row.other else row.event, []).append(row)
    shares = _event_shares(groups, draws, random)
    return {name: _event(some, shares.get(name), prices) for name, some in groups.items()}


def _event_shares(
    groups: Mapping[str, Sequence[EventRow]], draws: Draws, random: np.random.Generator
) -> dict[str, tuple[Floats, Floats]]:
    """Draws of how many unlabelled blocked ones of each event were fraud, and of their cents: as its held-out ones say,
    in so far as they are many enough, and together as many as of the whole.
    """
    if draws.blocked is None:
        return {}
    names = list(groups)
    held = _tally(groups, lambda row: row.held and row.label != UNKNOWN, "n")
    fraud = _tally(groups, lambda row: row.held and row.label == FRAUD, "n")
    n = _tally(groups, lambda row: row.decision == BLOCKED and row.label == UNKNOWN, "n")
    cents = _tally(groups, lambda row: row.decision == BLOCKED and row.label == UNKNOWN, "cents")
    share = blocked.shares(fraud, held, len(draws.blocked.fraud), random)
    drawn = random.binomial(n.astype(np.int64), share).astype(float)
    whole = draws.blocked.fraud.sum(axis=1), draws.blocked.fraud_cents.sum(axis=1)
    money = blocked.raked(drawn * (cents / np.maximum(n, 1)), whole[1], cents)
    many = blocked.raked(drawn, whole[0], n)
    return {name: (many[:, at], money[:, at]) for at, name in enumerate(names)}


def _tally(groups: Mapping[str, Sequence[EventRow]], chosen: Callable[[EventRow], bool], of: str) -> Floats:
    return np.array([sum(getattr(row, of) for row in rows if chosen(row)) for rows in groups.values()], float)


def _event(rows: Sequence[EventRow], share: tuple[Floats, Floats] | None, prices: FraudCostConfig) -> Line:
    """The figures of an event. Labels to come are not estimated here."""

    def both(chosen: Callable[[EventRow], bool]) -> tuple[int, int]:
        some = [row for row in rows if chosen(row)]
        return sum(row.n for row in some), sum(row.cents for row in some)

    lost_ones = [
        row for row in rows if row.label == FRAUD and row.decision != BLOCKED and (row.bank or row.decision == APPROVED)
    ]
    saved = both(
        lambda row: row.label == FRAUD and (row.decision == BLOCKED or (row.decision == REVIEW and not row.bank))
    )
    wrong = both(lambda row: row.label == LEGIT and row.decision == BLOCKED)
    unknown = both(lambda row: row.label == UNKNOWN and row.decision == BLOCKED)
    reviews = sum(row.reviews for row in rows)
    lost_cents, banks = sum(row.cents for row in lost_ones), sum(row.n for row in lost_ones if row.bank)
    return Line(
        saved=figure(fraud_value(prices, saved[1], saved[0]), share and worth(prices, share[1], share[0])),
        lost=Figure(fraud_value(prices, lost_cents, banks)),
        wrong=figure(margin_value(prices, wrong[1]), share and prices.margin * (unknown[1] - share[1])),
        review=Figure(review_value(prices, reviews)),
        saved_n=saved[0], lost_n=sum(row.n for row in lost_ones), wrong_n=wrong[0], reviews=reviews,
        unknown_n=unknown[0], unknown_cents=unknown[1],
    )  # fmt: skip
