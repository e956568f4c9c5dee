"""What the page Business shows: amounts, profiles, events, fraud in basis points, and reviews against the score.

Times are epoch seconds, amounts US dollars, shares 0..1. A fraud is a prediction whose label that counts says so.
"""

from typing import Final

from msgspec import Struct

ROUTE: Final = "/api/v1/analytics/business"
BASIS = 10_000.0


class Money(Struct, frozen=True, kw_only=True):
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
            predictions=self.predictions + other.predictions, usd=self.usd + other.usd,
            labelled=self.labelled + other.labelled, frauds=self.frauds + other.frauds,
            fraud_usd=self.fraud_usd + other.fraud_usd,
        )  # fmt: skip


class BandRow(Struct, frozen=True, kw_only=True):
    """Predictions of one amount band by decision."""

    band: int
    decisions: dict[str, Money]


class ProfileRow(Struct, frozen=True, kw_only=True):
    """Predictions while a profile was in force ('': before the first) by decision, and as the normal one would have
    decided them.
    """

    profile: str
    decided: dict[str, int]
    as_normal: dict[str, int]


class Bin(Struct, frozen=True, kw_only=True):
    """The predictions of a bin by decision, as the normal profile would have decided, and what was approved."""

    start: int
    decided: dict[str, int]
    as_normal: dict[str, int]
    approved: Money


class EventRow(Struct, frozen=True, kw_only=True):
    """Completed transactions of one ticketed event ('': none named); `transfers` of them are transfers."""

    event_id: str
    transfers: int
    fee_usd: float
    money: Money


class Said(Struct, frozen=True, kw_only=True):
    """What analysts said of predictions; `flagged`: the score meant fraud. `contradicted` by what outranks them."""

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
