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

    `week` counts weeks, `age` days that a cell has had for a label to come; `decision` and `label` are
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


def from_columns(given: Sequence[Whole]) -> Cells:
    """Cells of whole numbers in the order of the columns."""
    week, age, model, policy, decision, label, bank, held, band, score, delay, n, cents, reviews = given
    return Cells(
        week, age, model, policy, decision, label, bank > 0, held > 0, band, score, delay, n, cents, reviews
    )  # fmt: skip


def collapse(columns: Sequence[Whole], *sums: Whole) -> tuple[list[Whole], list[Floats]]:
    """The distinct combinations of some columns, and sums of others over each of them."""
    if not len(columns[0]):
        return [column[:0] for column in columns], [np.zeros(0) for _ in sums]
    least = [int(column.min()) for column in columns]
    shape = [int(column.max()) - low + 1 for column, low in zip(columns, least, strict=True)]
    number = np.ravel_multi_index([column - low for column, low in zip(columns, least, strict=True)], shape)
    found, place = np.unique(number, return_inverse=True)
    added = [np.bincount(place, weights=values, minlength=len(found)).astype(np.float64) for values in sums]
    keys = np.unravel_index(found, shape)
    return [key.astype(np.int64) + low for key, low in zip(keys, least, strict=True)], added


def codes(levels: Whole, values: Whole) -> Whole:
    """The place of each value among the sorted `levels`."""
    return np.searchsorted(levels, values).astype(np.int64)


def trend(levels: Whole, place: Whole) -> Floats:
    """A band of amount as a trend: 0 in the middle of the bands that there are, 1 four bands on."""
    middle = float(levels.mean()) if len(levels) else 0.0
    found: Floats = (levels[place] - middle) / 4
    return found
