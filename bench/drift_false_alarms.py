"""How often a report alarms though nothing changed, at every size, and how often it sees a change of a stated size.

Without drift: pairs of samples of ten columns of many kinds (heavy tails, ties, gaps, rare flags, few and many
categories) from one distribution; any alarm of the report counts, in chunks also a category that came or went. The rate
must be at or under the nominal one, up to chance. `GATEHOUSE_BENCH_PAIRS=100` runs fewer pairs.
"""

import os
import sys
from collections.abc import Callable
from typing import Any

import numpy as np

from core.models.drift.baseline import fit
from core.models.drift.params import DriftParams
from ml.drift.chunks import Chunk, Chunks
from ml.drift.judge import judge
from tests.unit.core.models.drift.making import table, words

PAIRS = {50: 1000, 500: 1000, 5_000: 1000, 50_000: 1000, 1_000_000: 20}
CHUNKED, CHUNKED_PAIRS = ((5_000, 100), (5_000, 1_000), (50_000, 5_000)), 200
POWER_ROWS, POWER_PAIRS = (50, 200, 500, 2_000, 10_000), 200
PARAMS = DriftParams()


def main() -> int:
    """Print both tables; 0 when no rate is above nominal beyond chance."""
    fewer = int(os.environ.get("GATEHOUSE_BENCH_PAIRS", "1000000"))
    met = True
    for n, pairs in PAIRS.items():
        runs = min(pairs, fewer)
        alarms = sum(alarm(table, table, n, [n, run]) for run in range(runs))
        limit = PARAMS.alpha + 2 * np.sqrt(PARAMS.alpha * (1 - PARAMS.alpha) / runs)
        fine = alarms / runs <= limit
        met = met and fine
        print(
            f"no drift, {n:>9,} rows: {alarms:>3} of {runs:,} reports alarm = {100 * alarms / runs:.1f} % "
            f"(nominal {100 * PARAMS.alpha:g} %) {'met' if fine else 'NOT MET'}",
            flush=True,
        )
    for n, size in CHUNKED:
        runs = min(CHUNKED_PAIRS, fewer)
        alarms = sum(alarm_in_chunks(n, size, [11, size, run]) for run in range(runs))
        limit = PARAMS.alpha + 2 * np.sqrt(PARAMS.alpha * (1 - PARAMS.alpha) / runs)
        fine = alarms / runs <= limit
        met = met and fine
        print(
            f"no drift, {n:>9,} rows in chunks of {size:,}: {alarms:>3} of {runs:,} reports alarm = "
            f"{100 * alarms / runs:.1f} % (nominal {100 * PARAMS.alpha:g} %) {'met' if fine else 'NOT MET'}",
            flush=True,
        )
    runs = min(POWER_PAIRS, fewer)
    print("power: share of reports in which the changed column of ten alarms")
    print(f"{'change':<44}" + "".join(f"{n:>8,}" for n in POWER_ROWS))
    for name, change in SHIFTS.items():
        found = [sum(seen(change, n, [7, n, run]) for run in range(runs)) / runs for n in POWER_ROWS]
        print(f"{name:<44}" + "".join(f"{100 * share:>7.0f}%" for share in found), flush=True)
    return 0 if met else 1


def alarm(before: Callable[..., Any], after: Callable[..., Any], n: int, seed: list[int]) -> bool:
    """Whether a report on `n` against `n` rows names a drifted column."""
    random = np.random.default_rng(seed)
    return judge(fit(before(random, n)), after(random, n), PARAMS, 0.0).drifted > 0


def alarm_in_chunks(n: int, size: int, seed: list[int]) -> bool:
    """Whether a report on `n` against `n` rows, in chunks of `size`, names a column that drifted or whose categories
    came or went.
    """
    random = np.random.default_rng(seed)
    parts = [Chunk(str(start), np.arange(start, min(n, start + size))) for start in range(0, n, size)]
    baseline, current = fit(table(random, n)), table(random, n)
    report = judge(baseline, current, PARAMS, 0.0, None, Chunks(f"{size} rows", parts, str))
    return any(column.state == "drifted" or column.turned for column in report.columns)


Change = tuple[str, Callable[[np.random.Generator, int], Any]]


def seen(change: Change, n: int, seed: list[int]) -> bool:
    """Whether the changed column is named among the ten; the reference has 10,000 rows."""
    random = np.random.default_rng(seed)
    name, make = change
    report = judge(fit(table(random, 10_000)), {**table(random, n), name: make(random, n)}, PARAMS, 0.0)
    return any(column.name == name and column.state == "drifted" for column in report.columns)


def _without(random: np.random.Generator, n: int) -> Any:
    return words(11)[random.integers(0, 11, n)]


SHIFTS: dict[str, Change] = {
    "mean + 0.1 standard deviations (too small)": ("normal", lambda random, n: random.normal(0.1, 1, n)),
    "mean + 0.3 standard deviations": ("normal", lambda random, n: random.normal(0.3, 1, n)),
    "mean + 0.5 standard deviations": ("normal", lambda random, n: random.normal(0.5, 1, n)),
    "mean + 1 standard deviation": ("normal", lambda random, n: random.normal(1.0, 1, n)),
    "spread x 1.5": ("normal", lambda random, n: random.normal(0, 1.5, n)),
    "amounts x 1.5": ("tailed", lambda random, n: 1.5 * random.lognormal(0, 1.5, n)),
    "amounts x 3": ("tailed", lambda random, n: 3 * random.lognormal(0, 1.5, n)),
    "missing 10 % -> 20 %": (
        "gaps",
        lambda random, n: np.where(random.random(n) < 0.2, np.nan, random.normal(size=n)),
    ),
    "flag 2 % -> 5 %": ("flag", lambda random, n: (random.random(n) < 0.05).astype(float)),
    "one of twelve categories gone": ("twelve", _without),
}


if __name__ == "__main__":
    sys.exit(main())
