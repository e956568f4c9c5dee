"""The approval rate: APPROVED of all that were decided, with Wilson's interval of 95 %. Pure.

Decided are predictions with a decision: requests that failed and the scores of models in shadow have none, and replayed
ones are left out. What the hold-out let through to REVIEW counts as decided so, and is named beside the rate.
"""

from typing import NamedTuple

from core.models.performance.interval import Interval, wilson

LEAST = 50  # decided ones, below which there is no rate


class Decided(NamedTuple):
    """How many were decided, by decision; `held` of those in review would have been blocked but for the hold-out."""

    approved: int = 0
    review: int = 0
    blocked: int = 0
    held: int = 0

    @property
    def total(self) -> int:
        """All of them."""
        return self.approved + self.review + self.blocked

    @property
    def rate(self) -> float | None:
        """The approval rate, 0..1; None below `LEAST`."""
        return self.approved / self.total if self.total >= LEAST else None

    @property
    def interval(self) -> Interval | None:
        """Its 95 % interval."""
        return wilson(self.approved, self.total) if self.total >= LEAST else None
