"""Performance without labels: our confidence-based estimate against NannyML's on the same data, and its coverage.

20,000 labelled reference rows, ten chunks of 5,000 rows that drift further and further. The estimates must agree to
three digits; ours have intervals, in which the labels that came later must lie at the stated rate.
"""

import sys
from typing import Any

from api.performance.estimate import Estimate, calibrations, estimate
from bench import _scored_data as data
from bench import peers
from bench.harness import median, report, seconds
from core.models.performance.calibration import fit

GOAL, DIGITS = 20.0, 5e-4
RUNS, PEER_RUNS, COVERAGE_RUNS = 9, 3, 60
NAMES = {"precision": "precision", "recall": "recall", "f1": "f1", "roc_auc": "auc_roc"}


def main() -> int:
    """Run and report."""
    try:
        theirs = peers.ask("bench._peer_performance", PEER_RUNS)
    except peers.NoPeers as error:
        print(error, file=sys.stderr)
        return 1
    found: list[Estimate] = []
    reference, (_, later) = data.reference(), data.analysis()

    def work() -> None:
        found[:] = estimates(*reference, later)

    mine, peer = median([seconds(work) for _ in range(RUNS)]), median(theirs["seconds"])
    fast = report("estimate without labels", peer / mine, GOAL, {"ours_s": mine, "nannyml_s": peer})
    worst = max(
        abs((one.rates[ours] or 0.0) - value)
        for name, ours in NAMES.items()
        for one, value in zip(found, theirs["values"][name], strict=True)
    )
    equal = worst < DIGITS
    word = "met" if equal else "NOT MET"
    print(f"largest difference of {4 * len(found)} estimates: {worst:.2g} (goal {DIGITS:g}) {word}")
    return 0 if _covered() and fast and equal else 1


def estimates(labels: Any, reference: Any, scores: Any) -> list[Estimate]:
    """Fit and estimate, intervals included."""
    fitted = fit(labels, reference)
    drawn = calibrations(fitted)
    chunks = [scores[start : start + data.CHUNK] for start in range(0, len(scores), data.CHUNK)]
    return [estimate(fitted, chunk, chunk >= data.THRESHOLD, drawn=drawn) for chunk in chunks]


def _covered() -> bool:
    """How often the measured precision and recall of drifted, held-out data lie in the 95 % interval."""
    inside = cases = 0
    for run in range(COVERAGE_RUNS):
        fitted = fit(*data.scored(20_000, 0.0, [3, run]))
        for shift in (0.2, 0.4, 0.6):
            labels, scores = data.scored(data.CHUNK, shift, [4, run, int(10 * shift)])
            flagged = scores >= data.THRESHOLD
            one = estimate(fitted, scores, flagged)
            hits = int(labels[flagged].sum())
            for name, value in (("precision", hits / flagged.sum()), ("recall", hits / labels.sum())):
                bounds = one.intervals[name]
                inside += bounds is not None and bounds[0] <= value <= bounds[1]
                cases += 1
    share = inside / cases
    fine = share >= 0.93
    word = "met" if fine else "NOT MET"
    print(f"measured rates of drifted data inside the 95 % interval: {100 * share:.1f} % of {cases} {word}")
    return fine


if __name__ == "__main__":
    sys.exit(main())
