"""What the page Business shows: amounts, profiles, events, fraud in basis points, and reviews against the score.

Times are epoch seconds, amounts US dollars, shares 0..1. A fraud is what the label that counts calls so. Pure.
"""

from collections import defaultdict
from collections.abc import Iterable
from typing import NamedTuple

BASIS = 10_000.0
DECISIONS = ("APPROVED", "REVIEW", "BLOCKED")


class Money(NamedTuple):
    """Predictions (or transactions), their amounts, and of them what has a label and what is fraud."""

    predictions: int = 0
    usd: float = 0.0
    labelled: int = 0
    frauds: int = 0
    fraud_usd: float = 0.0

    @property
    def by_amount(self) -> float | None:
        """Fraud in basis points of the amount; None without an amount."""
        return BASIS * self.fraud_usd / self.usd if self.usd else None

    @property
    def by_number(self) -> float | None:
        """Fraud in basis points of the number."""
        return BASIS * self.frauds / self.predictions if self.predictions else None

    @property
    def maturity(self) -> float | None:
        """The share that has a label."""
        return self.labelled / self.predictions if self.predictions else None

    def plus(self, other: "Money") -> "Money":
        """Both together."""
        return Money(
            self.predictions + other.predictions, self.usd + other.usd, self.labelled + other.labelled,
            self.frauds + other.frauds, self.fraud_usd + other.fraud_usd,
        )  # fmt: skip


class Kind(NamedTuple):
    """Predictions that are told apart: `normal` is what the normal profile would have decided; profile '': none was
    in force yet; `reported` by another system.
    """

    decision: str
    normal: str
    profile: str
    band: int
    reported: bool
    money: Money


class Bin(NamedTuple):
    """Predictions of a bin: how they were decided, how the normal profile would have, and what was approved."""

    start: int
    decided: dict[str, int]
    as_normal: dict[str, int]
    approved: Money


class EventSum(NamedTuple):
    """Completed transactions of one ticketed event ('': none named); `transfers` of them are transfers."""

    event_id: str
    transfers: int
    fee_usd: float
    money: Money


class Said(NamedTuple):
    """What analysts said of predictions. `flagged`: the score meant fraud; `contradicted` by what outranks them."""

    decision: str
    flagged: bool
    said: str
    contradicted: bool
    predictions: int
    usd: float

    @property
    def is_override(self) -> bool:
        """Whether the analyst decided against the score."""
        return self.said != "unsure" and (self.said == "fraud") != self.flagged


def together(found: Iterable[Money]) -> Money:
    """Several together."""
    whole = Money()
    for one in found:
        whole = whole.plus(one)
    return whole


def by_band(found: Iterable[Kind]) -> dict[int, dict[str, Money]]:
    """Predictions by amount band and decision, in the order of the bands."""
    sums: dict[int, dict[str, Money]] = defaultdict(lambda: dict.fromkeys(DECISIONS, Money()))
    for one in found:
        sums[one.band][one.decision] = sums[one.band][one.decision].plus(one.money)
    return {band: sums[band] for band in sorted(sums)}


def by_profile(found: Iterable[Kind]) -> dict[str, tuple[dict[str, int], dict[str, int]]]:
    """By profile in force: how predictions were decided, and how the normal profile would have decided them."""
    sums: dict[str, tuple[dict[str, int], dict[str, int]]] = defaultdict(
        lambda: (dict.fromkeys(DECISIONS, 0), dict.fromkeys(DECISIONS, 0))
    )
    for one in found:
        sums[one.profile][0][one.decision] += one.money.predictions
        sums[one.profile][1][one.normal] += one.money.predictions
    return {profile: sums[profile] for profile in sorted(sums)}
