"""Where an incident is: how often the slice that failed is named first among some 7,000, and what the search costs.

`python -m bench statuses_slices`. Worlds of `_slice_worlds.py`: six attributes, 60,000 transactions before and 10,000
during. In each a part of one slice's transactions fails on top of what always does; right is only the slice with
exactly those conditions. Where all transactions fail alike, or nothing does, no slice may be named. Time is that of one
core, over raw rows, beside a plain group-by: for each set of one to three attributes the rows are sorted into their
distinct values (`numpy.unique`) and counted. `GATEHOUSE_BENCH_WORLDS=20` runs fewer worlds.
"""

import os
import sys
import time
from collections.abc import Callable
from itertools import combinations
from statistics import median

import numpy as np

from bench._slice_worlds import MORE_VALUES, Array, make
from core.statuses.slices.rows import Rows
from core.statuses.slices.search import find

WORLDS, TIMED = 200, 15
FAULTS = {0.35: 0.95, 0.15: 0.88}  # part of the slice that fails: share of worlds in which it must be first
QUIET = 0.05  # of the worlds in which no slice failed, at most
MOST_MS, SLICES = 300.0, 10_000


def main() -> int:
    """Print a line for each goal; 0 when all are met."""
    worlds, met = int(os.environ.get("GATEHOUSE_BENCH_WORLDS", str(WORLDS))), True
    for failing, goal in FAULTS.items():
        right, named, tried = accuracy(worlds, failing)
        fine = right >= goal * worlds
        met = met and fine
        print(
            f"{failing:.0%} of a slice fail: first in {right} of {worlds} ({right / worlds:.1%}, goal {goal:.0%}), "
            f"a slice named in {named}; {tried:,.0f} slices {'met' if fine else 'NOT MET'}",
            flush=True,
        )
    for failing, text in ((0.35, "35 % of all fail"), (0.0, "nothing fails")):
        named = sum(bool(find(make(seed, failing, True).rows, "up").slices) for seed in range(worlds))
        fine = named <= QUIET * worlds
        met = met and fine
        print(f"{text}: a slice named in {named} of {worlds} (goal {QUIET:.0%}) {'met' if fine else 'NOT MET'}")
    return 0 if cost() and met else 1


def accuracy(worlds: int, failing: float) -> tuple[int, int, float]:
    """In how many worlds the slice that failed is named first, in how many any is, and how many slices there are."""
    right = named = 0
    tried = []
    for seed in range(worlds):
        world = make(seed, failing)
        found = find(world.rows, "up")
        named += bool(found.slices)
        right += bool(found.slices) and found.slices[0].conditions == world.fault
        tried.append(found.tried)
    return right, named, median(tried)


def cost() -> bool:
    """Print milliseconds of one core and the ratio to a plain group-by of the same rows."""
    ours, usual, tried = [], [], []
    for seed in range(TIMED):
        rows = make(seed, 0.35, sizes=MORE_VALUES).rows
        tried.append(find(rows, "up").tried)
        ours.append(milliseconds(lambda rows=rows: find(rows, "up")))
        usual.append(milliseconds(lambda rows=rows: grouped(rows)))
    own = median(ours)
    fine = own <= MOST_MS and min(tried) >= SLICES
    print(
        f"{median(tried):,.0f} slices of {rows.codes.shape[1]:,} rows: {own:.0f} ms of one core, {min(ours):.0f} to "
        f"{max(ours):.0f} (goal {MOST_MS:g}), {own / median(usual):.2f} x a plain group-by ({median(usual):.0f} ms) "
        f"{'met' if fine else 'NOT MET'}"
    )
    return fine


def milliseconds(work: Callable[[], object]) -> float:
    """CPU time of one call: other processes cost it nothing."""
    start = time.process_time()
    work()
    return 1000 * (time.process_time() - start)


def grouped(rows: Rows) -> list[Array]:
    """Rows and bad rows of each combination of values, before and during."""
    found = []
    for depth in (1, 2, 3):
        for chosen in combinations(range(len(rows.names)), depth):
            keys = np.zeros(rows.codes.shape[1], np.int64)
            for i in chosen:
                keys = keys * len(rows.values[i]) + rows.codes[i]
            _, group = np.unique(keys, return_inverse=True)
            both = 2 * group + rows.during
            found += [np.bincount(both, rows.total), np.bincount(both, rows.bad)]
    return found


if __name__ == "__main__":
    sys.exit(main())
