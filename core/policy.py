"""The decision policy: from a score to APPROVED, REVIEW or BLOCKED. Pure."""

from typing import Literal

from msgspec import Struct

Decision = Literal["APPROVED", "REVIEW", "BLOCKED"]


class Policy(Struct, frozen=True):
    """One version of the policy; scores 0..1.

    `fraud_threshold` is the score from which a transaction counts as predicted fraud, `review_from` and `block_from`
    where REVIEW and BLOCKED begin.
    """

    version: int
    profile: str
    fraud_threshold: float
    review_from: float
    block_from: float


def decide(score: float, policy: Policy) -> Decision:
    """The decision for a score under a policy."""
    if score >= policy.block_from:
        return "BLOCKED"
    return "REVIEW" if score >= policy.review_from else "APPROVED"
