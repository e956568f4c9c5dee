"""How often the 95 % intervals of the scorecard hold the truth, over 300 histories whose truth is known.

Rates and the Gini coefficient must hold in 93 to 97 of 100, up to the chance of 300 histories (seeds [3, history] and
[4, history]). `GATEHOUSE_BENCH_PAIRS=50` runs fewer histories.
"""

import os
import sys
from collections import defaultdict
from collections.abc import Iterator

import numpy as np

from bench._scorecard_worlds import AFTER, BEFORE, K, history, truth, vintages
from console.analytics.scorecard import score_bins
from console.analytics.scorecard.capture import capture, cut
from console.analytics.scorecard.ranking import gini
from console.analytics.scorecard.reliability import reliability
from console.analytics.scorecard.swaps import of_policies
from console.analytics.scorecard.vintages import chain_ladder

HISTORIES = 300
LOW, HIGH = 0.93, 0.97
Held = tuple[str, bool]


def main() -> int:
    """Print the coverage of every figure; 0 when all are 95 ± 2 % up to chance."""
    runs = min(HISTORIES, int(os.environ.get("GATEHOUSE_BENCH_PAIRS", "1000000")))
    found = coverage(runs)
    met = True
    for name, (share, intervals) in found.items():
        room = 2 * np.sqrt(0.05 * 0.95 / max(runs, 1))
        fine = LOW - room <= share <= HIGH + room
        met = met and fine
        inside = "93 to 97 %" if LOW <= share <= HIGH else "within chance of it" if fine else "NOT MET"
        print(f"{name:<34} {100 * share:5.1f} % of {intervals:,} intervals hold the truth  {inside}", flush=True)
    return 0 if met else 1


def coverage(runs: int) -> dict[str, tuple[float, int]]:
    """By figure: the share of intervals that hold the truth, and how many there were."""
    held: dict[str, list[bool]] = defaultdict(list)
    for run in range(runs):
        for name, holds in [*_scores(run), *_vintages(run)]:
            held[name].append(holds)
    return {name: (float(np.mean(one)), len(one)) for name, one in held.items()}


def _scores(run: int) -> Iterator[Held]:
    """Gini, calibration, capture and swap set of one history."""
    real, seen = truth(), history([3, run])
    bad, good = seen.frauds.sum(0), seen.legit.sum(0)
    true_bad, true_good = real.frauds.sum(0), real.legit.sum(0)
    sharp, whole = gini(bad, good), gini(true_bad, true_good)
    assert sharp
    assert whole
    yield "Gini coefficient", sharp.low <= whole.value <= sharp.high
    fit = reliability(bad, good, score_bins.MIDDLES, score_bins.BOUNDS)
    assert fit
    yield "calibration slope", fit.slope_low <= 1 <= fit.slope_high
    yield "calibration intercept", fit.intercept_low <= 0 <= fit.intercept_high
    yield "calibration error beyond chance", fit.ece <= fit.by_chance
    for group in fit.groups:
        inside = slice(*np.searchsorted(score_bins.BOUNDS, [group.low_score, group.high_score]))
        rate = true_bad[inside].sum() / (true_bad + true_good)[inside].sum()
        yield "observed share of a score group", group.low <= rate <= group.high
    top = capture(K, seen.rows, seen.frauds, seen.legit, seen.amounts, seen.squares)
    assert top
    taken = cut(real.rows, K)
    yield "capture by number", top.low <= (real.frauds * taken).sum() / real.frauds.sum() <= top.high
    money = (real.amounts * taken).sum() / real.amounts.sum()
    yield "capture by amount", _holds(top.amount_low, money, top.amount_high)
    right = (real.frauds * taken).sum() / ((real.frauds + real.legit) * taken).sum()
    yield "precision of the top k", _holds(top.precision_low, right, top.precision_high)
    swaps = of_policies(seen.rows.sum(0), bad, good, BEFORE, AFTER).swaps
    real_swaps = {(s.before, s.after): s for s in of_policies(true_bad, true_bad, true_good, BEFORE, AFTER).swaps}
    for swap in swaps:
        rate = real_swaps[swap.before, swap.after].rate
        if swap.rate is not None and rate is not None:
            yield "fraud rate of a swap", _holds(swap.low, rate, swap.high)


def _vintages(run: int) -> Iterator[Held]:
    """The completed frauds of each week that is not complete."""
    counts, ages, whole = vintages([4, run])
    ladder = chain_ladder(counts, ages)
    assert ladder
    for vintage, real in zip(ladder.vintages, whole, strict=True):
        if vintage.age < counts.shape[1] and vintage.completed is not None:
            yield "completed frauds of a week", _holds(vintage.low, real, vintage.high)


def _holds(low: float | None, truth: float, high: float | None) -> bool:
    return low is not None and high is not None and low <= truth <= high


if __name__ == "__main__":
    sys.exit(main())
