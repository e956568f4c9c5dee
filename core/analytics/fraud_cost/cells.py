"""Cells of the fraud ledger: transactions counted by everything that the figures tell apart. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Whole = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
APPROVED, REVIEW, BLOCKED = 0, 1, 2
UNKNOWN, FRAUD, LEGIT = 0, 1, 2
NO_DELAY = -1


@dataclass(frozen=True, slots=True)
class Cells:
    """Columns of equal length. `n` transactions of `cents` together, `reviews` of them with an analyst's judgement.

    `week` counts weeks, `age` whole days that all of a cell have had for a label to come; `decision` and `label` are
    the constants above; `bank`: a chargeback says so; `held`: let through by the hold-out; `band` of the amount (powers
    of 2), `score` in tenths (of what was blocked or held, else 0); `delay` whole days until the label, of fraud only.
    """

    week: Whole
    age: Whole
    model: Whole
    policy: Whole
    decision: Whole
    label: Whole
    bank: Flags
    held: Flags
    band: Whole
    score: Whole
    delay: Whole
    n: Whole
    cents: Whole
    reviews: Whole

    def where(self, chosen: Flags) -> "Cells":
        """The cells chosen."""
        return Cells(*(getattr(self, field.name)[chosen] for field in fields(self)))

    @property
    def is_blocked(self) -> Flags:
        """Blocked for good."""
        found: Flags = self.decision == BLOCKED
        return found

    @property
    def is_lost(self) -> Flags:
        """Fraud that went through: approved, or let through by review, which only a bank can tell."""
        through = (self.decision == APPROVED) | ((self.decision == REVIEW) & self.bank)
        found: Flags = (self.label == FRAUD) & through
        return found

    @property
    def is_caught(self) -> Flags:
        """Fraud that review found."""
        found: Flags = (self.label == FRAUD) & (self.decision == REVIEW) & ~self.bank
        return found


def collapse(columns: Sequence[Whole], *sums: Whole) -> tuple[list[Whole], list[Floats]]:
    """The distinct combinations of some columns, and sums of others over each of them."""
    if not len(columns[0]):
        return [column[:0] for column in columns], [np.zeros(0) for _ in sums]
    found, place = np.unique(np.stack(columns), axis=1, return_inverse=True)
    place = place.reshape(-1)
    added = [np.bincount(place, weights=values, minlength=found.shape[1]) for values in sums]
    return list(found), added


def codes(levels: Whole, values: Whole) -> Whole:
    """The place of each value among the sorted `levels`."""
    return np.searchsorted(levels, values).astype(np.int64)
