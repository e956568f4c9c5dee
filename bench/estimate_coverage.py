"""How often the rates that labels show later lie in the 95 % intervals of the estimate without labels; known truth.

Three worlds. `same`: nothing changed. `shift`: the features moved, and the score still says all that is known of fraud
(what confidence-based estimation assumes). `hidden`: the traffic moved along a feature that matters and that the model
never learnt, so a score means another probability than it did. `GATEHOUSE_BENCH_PAIRS=50` runs fewer.
"""

import os
import sys
from typing import Any

import numpy as np

from api.performance.estimate import NAMES, estimate
from core.models.performance.calibration import fit
from ml.train.metrics import auc_roc

RUNS, REFERENCE, ROWS, THRESHOLD = 400, 20_000, 5_000, 0.3
WORLDS = {"same": (0.0, 0.0), "shift": (0.4, 0.0), "hidden": (0.0, 0.4)}
LOW, HIGH = 0.93, 0.97


def main() -> int:
    """Print the coverage of every rate in every world; 0 when it is 95 ± 2 % where it is claimed."""
    runs = min(RUNS, int(os.environ.get("GATEHOUSE_BENCH_PAIRS", "1000000")))
    met = True
    for name, (seen, hidden) in WORLDS.items():
        inside = dict.fromkeys(NAMES, 0)
        for run in range(runs):
            fitted = fit(*_world(REFERENCE, 0.0, 0.0, [1, run]))
            labels, scores = _world(ROWS, seen, hidden, [2, run])
            bounds = estimate(fitted, scores, scores >= THRESHOLD).intervals
            for rate, value in _measured(labels, scores).items():
                interval = bounds[rate]
                inside[rate] += interval is not None and interval[0] <= value <= interval[1]
        shares = {rate: count / runs for rate, count in inside.items()}
        claimed = name != "hidden"
        fine = not claimed or all(LOW - 2 * np.sqrt(0.05 * 0.95 / runs) <= share for share in shares.values())
        met = met and fine
        figures = ", ".join(f"{rate} {100 * share:.1f} %" for rate, share in shares.items())
        print(f"{name:<7} {figures}  {'not claimed' if not claimed else 'met' if fine else 'NOT MET'}", flush=True)
    return 0 if met else 1


def _world(n: int, seen: float, hidden: float, seed: list[int]) -> tuple[Any, Any]:
    """Labels (n,), and the scores (n,) of a model that knows three of the four features that matter."""
    random = np.random.default_rng(seed)
    x, unknown = random.normal(seen, 1, (n, 3)), random.normal(hidden, 1, n)
    known = -4.0 + x @ [1.2, 0.8, 0.5]
    labels = (random.random(n) < 1 / (1 + np.exp(-(known + 0.6 * unknown)))).astype(int)
    return labels, 1 / (1 + np.exp(-known))


def _measured(labels: Any, scores: Any) -> dict[str, float]:
    flagged = scores >= THRESHOLD
    tp = int(labels[flagged].sum())
    precision, recall = tp / flagged.sum(), tp / labels.sum()
    return {
        "precision": precision,
        "recall": recall,
        "f1": 2 * precision * recall / (precision + recall),
        "auc_roc": auc_roc(labels.astype(float), scores),
        "fraud_rate": float(labels.mean()),
    }


if __name__ == "__main__":
    sys.exit(main())
