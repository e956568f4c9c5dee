"""Whether a hold-out speaks for what a span blocked, and with which weight: post-stratified by time. Pure.

A hold-out that ran only part of a span knows nothing of the rest, and one of few cases knows nothing at all. The direct
check is that of survey statistics: the held-out ones, each 1/share times, should sum up to everything that was blocked
or held out. It is made by strata: runs of whole days, each long enough that `expected` held-out ones were to be
expected. A stratum in which they sum up to less than the share `represented` is not covered and is left out.

In a covered stratum each held-out one counts 1/share times the ratio of would-be blocked to the sum of 1/share over the
held-out (Hajek's ratio, post-stratified: Holt and Smith 1979), so that they stand for exactly what was blocked then.
Given how many were held out, which ones is chance alone, so leaving strata out by that number biases nothing about
those that are counted.
Below `least_labelled` labelled ones, or where the covered strata hold less than the share `covered` of what was
blocked, the hold-out is not used.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Literal, NamedTuple

from msgspec import Struct

from core.config import HoldoutConfig

Way = Literal["none", "few", "partial", "weighted"]


class Day(NamedTuple):
    """What a day blocked, and what it held out: how many, and the sum of 1/share over them. `start`: midnight, UTC."""

    start: datetime
    blocked: int
    held: int = 0
    weight: float = 0.0


class Coverage(Struct, frozen=True):
    """How a hold-out covers a span. `factors` of the covered days: what 1/share is multiplied by.

    `would_block` is everything blocked or held out, `covered_block` what of it is on covered days, `summed` what the
    held-out of all days sum up to.
    """

    days: int
    factors: dict[datetime, float]
    held: int
    would_block: int
    covered_block: int
    summed: float

    @property
    def share(self) -> float:
        """Of what was blocked, the share on covered days."""
        return self.covered_block / self.would_block if self.would_block else 0.0


def coverage(days: Iterable[Day], rules: HoldoutConfig) -> Coverage:
    """Which days of a span the hold-out speaks for, and with which factor."""
    ordered = sorted(days)
    held, summed = sum(day.held for day in ordered), sum(day.weight for day in ordered)
    factors: dict[datetime, float] = {}
    covered = 0
    for stratum in _strata(ordered, rules.expected * summed / held) if held else []:
        total, weight = _would_block(stratum), sum(day.weight for day in stratum)
        if weight < rules.represented * total:
            continue
        covered += total
        factors.update((day.start, total / weight if weight else 1.0) for day in stratum)
    return Coverage(len(ordered), factors, held, _would_block(ordered), covered, summed)


def way(found: Coverage, labelled: int, rules: HoldoutConfig) -> Way:
    """Whether to weight by the hold-out of which `labelled` on covered days have a label, or why not."""
    if not found.held:
        return "none"
    if found.share < rules.covered:
        return "partial"
    return "weighted" if labelled >= rules.least_labelled else "few"


def _strata(days: Sequence[Day], least: float) -> list[list[Day]]:
    """Runs of days that each would block `least`; the rest goes to the last one."""
    found: list[list[Day]] = []
    run: list[Day] = []
    for day in days:
        run.append(day)
        if _would_block(run) >= least:
            found.append(run)
            run = []
    if run and found:
        found[-1] = [*found[-1], *run]
    elif run:
        found.append(run)
    return found


def _would_block(days: Iterable[Day]) -> int:
    return sum(day.blocked + day.held for day in days)
