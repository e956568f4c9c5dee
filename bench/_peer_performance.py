"""NannyML's side of `bench performance_estimate`, run by the Python of the peers' environment; prints JSON."""

import json
import sys
import time
import warnings

import pandas as pd

from bench import _scored_data as data

warnings.filterwarnings("ignore")

import nannyml  # noqa: E402 - it warns when imported

METRICS = ["precision", "recall", "f1", "roc_auc"]


def main() -> None:
    """Argument: runs. Seconds of fit and estimate together, and the estimate of each chunk."""
    (y, s), (_, later) = data.reference(), data.analysis()
    before = pd.DataFrame({"score": s, "said": (s >= data.THRESHOLD).astype(int), "true": y})
    after = pd.DataFrame({"score": later, "said": (later >= data.THRESHOLD).astype(int)})
    seconds = []
    for _ in range(int(sys.argv[1])):
        start = time.perf_counter()
        estimator = nannyml.CBPE(
            y_pred_proba="score",
            y_pred="said",
            y_true="true",
            metrics=METRICS,
            chunk_size=data.CHUNK,
            problem_type="classification_binary",
        )
        estimator.fit(before)
        found = estimator.estimate(after)
        seconds.append(time.perf_counter() - start)
    table = found.filter(period="analysis").to_df()
    values = {name: [float(v) for v in table[(name, "value")]] for name in METRICS}
    print(json.dumps({"seconds": seconds, "values": values, "calibrated": bool(estimator.needs_calibration)}))


if __name__ == "__main__":
    main()
