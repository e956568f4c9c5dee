"""The swap set: who would be decided differently by another policy or another model, and how much of it is fraud. Pure.

The swap-in and swap-out sets of credit scoring (Siddiqi 2006): what both decide alike says nothing about which is
better. Rates are of labelled rows, with Wilson's interval; blocked rows seldom have a label, and `labelled` says so.
"""

from collections.abc import Iterable, Sequence

import numpy as np
import numpy.typing as npt
from msgspec import Struct
from numpy.typing import ArrayLike

from console.analytics.scorecard import score_bins
from console.analytics.scorecard.bounds import bounds
from core.models.performance.interval import wilson
from core.policy import Decision

DECISIONS: tuple[Decision, ...] = ("APPROVED", "REVIEW", "BLOCKED")
MINIMUM = 50  # labelled rows below which no rate is stated
Counts = tuple[Decision, Decision, int, int, int]  # before, after, rows, labelled, frauds


class Swap(Struct, frozen=True):
    """Rows that go from one decision to another: `n`, of which `labelled`, of which `frauds`; the rate of fraud among
    the labelled with 95 % bounds, None where fewer than MINIMUM are labelled."""

    before: Decision
    after: Decision
    n: int
    labelled: int
    frauds: int
    rate: float | None
    low: float | None
    high: float | None


class SwapSet(Struct, frozen=True):
    """`n` rows, of which `same` keep their decision; `swaps` are the others by what they change, the largest first."""

    n: int
    same: int
    swaps: list[Swap]


def of_policies(
    rows: ArrayLike, frauds: ArrayLike, legit: ArrayLike, before: tuple[float, float], after: tuple[float, float]
) -> SwapSet:
    """From counts (B,) by score bin and two policies' (review_from, block_from)."""
    n, bad, good = (np.asarray(v, float) for v in (rows, frauds, legit))
    first, second = _decided(before), _decided(after)
    cells = []
    for at, was in enumerate(DECISIONS):
        for to, now in enumerate(DECISIONS):
            here = (first == at) & (second == to)
            labelled = int((bad + good)[here].sum())
            cells.append((was, now, int(n[here].sum()), labelled, int(bad[here].sum())))
    return of_counts(cells)


def of_counts(cells: Iterable[Counts]) -> SwapSet:
    """From counts by both decisions, as two models gave them on the same rows."""
    known = [cell for cell in cells if cell[2]]
    same = sum(n for before, after, n, _, _ in known if before == after)
    swaps = [_swap(*cell) for cell in known if cell[0] != cell[1]]
    return SwapSet(sum(cell[2] for cell in known), same, sorted(swaps, key=lambda swap: -swap.n))


def moved(thresholds: Sequence[float]) -> list[float]:
    """Thresholds that are no edge of the score bins, and are therefore counted at the nearest."""
    return [at for at in thresholds if abs(score_bins.BOUNDS[score_bins.from_threshold(at)] - at) > 1e-9]


def _decided(policy: tuple[float, float]) -> npt.NDArray[np.intp]:
    review, block = map(score_bins.from_threshold, policy)
    at = np.arange(score_bins.BINS)
    return np.where(at >= block, 2, np.where(at >= review, 1, 0))


def _swap(before: Decision, after: Decision, n: int, labelled: int, frauds: int) -> Swap:
    found = wilson(frauds, labelled) if labelled >= MINIMUM else None
    return Swap(before, after, n, labelled, frauds, frauds / labelled if found else None, *bounds(found))
