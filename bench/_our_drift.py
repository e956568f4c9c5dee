"""Our side of `bench drift` for one size, in a process of its own so that its memory can be seen; prints JSON."""

import json
import sys
import time

from bench import _drift_data as data
from core.models.drift.baseline import fit
from core.models.drift.params import DriftParams
from ml.drift.judge import judge


def main() -> None:
    """Arguments: rows and runs. The reference is fitted before, as it is when a model has been trained."""
    n, runs = int(sys.argv[1]), int(sys.argv[2])
    start = time.perf_counter()
    baseline = fit(data.table(n, 1))
    fitted = time.perf_counter() - start
    table, params, seconds = data.table(n, 2), DriftParams(), []

    def run() -> None:
        begin = time.perf_counter()
        judge(baseline, table, params, 0.0)
        seconds.append(time.perf_counter() - begin)

    if n <= 10_000:
        run()  # as on the peer's side
        seconds.clear()
    memory = data.grown(run)
    for _ in range(runs - 1):
        run()
    print(json.dumps({"seconds": seconds, "mb": round(memory, 1), "fit_seconds": round(fitted, 4)}))


if __name__ == "__main__":
    main()
