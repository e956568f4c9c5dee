"""A whole drift report and a live window against Evidently's default preset: time, memory, and what is seen at all.

14 columns of numbers and 6 of words; the reference is fitted before, as it is once a model has been trained. Both sides
run in processes of their own, in turn. `GATEHOUSE_BENCH_ROWS=1000,10000` narrows the sizes.
"""

import os
import sys
import time

import numpy as np

from bench import _drift_data as data
from bench import peers
from bench.harness import median, report
from core.models.drift.baseline import fit
from core.models.drift.params import DriftParams
from core.models.drift.window import Window
from ml.drift.judge import judge

GOALS = {1_000: 150.0, 10_000: 150.0, 100_000: 35.0, 1_000_000: 35.0}
RUNS = {1_000: 5, 10_000: 5, 100_000: 3, 1_000_000: 1}
MEMORY_GOAL, WINDOW_GOAL, WINDOW_MS = 10.0, 5000.0, 1.0
PAIRS, ALARM_LIMIT = 300, 0.07


def main() -> int:
    """Run and report."""
    try:
        peers.python()
    except peers.NoPeers as error:
        print(error, file=sys.stderr)
        return 1
    rows = [int(n) for n in os.environ.get("GATEHOUSE_BENCH_ROWS", "").split(",") if n] or list(GOALS)
    met = []
    smallest = 0.0
    for n in rows:
        ours = peers.ask("bench._our_drift", n, 3 * RUNS[n], own=True)
        theirs = peers.ask("bench._peer_drift", n, RUNS[n])
        mine, peer = median(ours["seconds"]), median(theirs["seconds"])
        smallest = smallest or peer
        detail = {"ours_s": mine, "evidently_s": peer, "fit_s": ours["fit_seconds"], "runs": theirs["seconds"]}
        met.append(report(f"drift report, {n:,} rows", peer / mine, GOALS[n], detail))
        least = max(ours["mb"], 0.1)
        met.append(
            report(
                f"its memory, {n:,} rows",
                theirs["mb"] / least,
                MEMORY_GOAL,
                {"ours_mb": ours["mb"], "evidently_mb": theirs["mb"]},
            )
        )
    met.append(_window(smallest))
    met.append(_cases())
    return 0 if all(met) else 1


def _window(peer: float) -> bool:
    """All 20 features of a live window, from counts to the sorted list."""
    random = np.random.default_rng(3)
    window = Window([f"x{i}" for i in range(20)], [random.integers(50, 900, 12).tolist() for _ in range(20)])
    counts = random.integers(0, 90, 240)
    times = []
    for _ in range(200):
        start = time.perf_counter()
        window.judge(counts)
        times.append(time.perf_counter() - start)
    mine = median(times)
    fine = report("live window of 20 features", peer / mine, WINDOW_GOAL, {"ours_ms": mine * 1000})
    return fine and mine * 1000 <= WINDOW_MS


def _cases() -> bool:
    """What must be seen, and what must not."""
    theirs = peers.ask("bench._peer_drift", "cases", PAIRS)
    params = DriftParams()
    caught = {}
    for name, (before, after) in {"amounts": data.amounts(), "gaps": data.gaps()}.items():
        (column,) = judge(fit({name: before}), {name: after}, params, 0.0).columns
        caught[name] = column.state == "drifted"
        word = "caught" if caught[name] else "MISSED"
        print(f"{name}: {word} ({column.reason}); Evidently's values, alarm from 0.1: {theirs[name]}")
    alarms = 0
    for seed in range(PAIRS):
        before, after = data.twelve(seed)
        (column,) = judge(fit({"c": before}), {"c": after}, params, 0.0).columns
        alarms += column.tests[0].p < 0.05
    fine = alarms / PAIRS <= ALARM_LIMIT
    print(
        f"chi-squared without drift, 12 categories, 1,000 against 5,000 rows: {100 * alarms / PAIRS:.1f} % under 0.05 "
        f"(goal {100 * ALARM_LIMIT:g} %) {'met' if fine else 'NOT MET'}; "
        f"Evidently {100 * theirs['alarms'] / PAIRS:.1f} %"
    )
    return fine and all(caught.values())


if __name__ == "__main__":
    sys.exit(main())
