"""Overrides: where an analyst said otherwise than the score, and who turned out to be right. Pure.

What an analyst says is an opinion; an appeal or a chargeback, which outrank it, is the truth that judges both. Only
transactions that have both can be judged, and these are no random choice: the page says how many there are.
"""

from collections.abc import Iterable

from msgspec import Struct

from console.analytics.scorecard.bounds import bounds
from core.models.performance.interval import wilson

MINIMUM = 20  # judged overrides below which no share is stated
# flagged by the score, the analyst's word (True: fraud), the truth (True: fraud, None: not known), how many
Counts = tuple[bool, bool, bool | None, int]


class Overrides(Struct, frozen=True):
    """One direction: of `reviewed` that the score flagged (or did not), analysts contradicted `overridden`; of those
    with a truth, `judged`, the analyst was `right`. Shares with 95 % bounds, None where too few."""

    flagged: bool
    reviewed: int
    overridden: int
    rate: float | None
    rate_low: float | None
    rate_high: float | None
    judged: int
    right: int
    share: float | None
    low: float | None
    high: float | None


def overrides(cells: Iterable[Counts], minimum: int = MINIMUM) -> list[Overrides]:
    """Both directions: flagged and released by an analyst, not flagged and called fraud."""
    known = list(cells)
    return [_direction(flagged, [cell for cell in known if cell[0] == flagged], minimum) for flagged in (True, False)]


def _direction(flagged: bool, cells: list[Counts], minimum: int) -> Overrides:
    reviewed = sum(n for *_, n in cells)
    against = [cell for cell in cells if cell[1] != flagged]
    overridden = sum(n for *_, n in against)
    judged = sum(n for _, _, truth, n in against if truth is not None)
    right = sum(n for _, word, truth, n in against if truth is word)
    rate = wilson(overridden, reviewed) if reviewed >= minimum else None
    share = wilson(right, judged) if judged >= minimum else None
    return Overrides(
        flagged, reviewed, overridden, overridden / reviewed if rate else None, *bounds(rate),
        judged, right, right / judged if share else None, *bounds(share),
    )  # fmt: skip
