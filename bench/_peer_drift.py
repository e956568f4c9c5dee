"""Evidently's side of `bench drift`, run by the Python of the peers' environment; prints one JSON document.

Arguments: rows of the default preset to time, and how often.
"""

import json
import sys
import time
import warnings

import pandas as pd

from bench import _drift_data as data

warnings.filterwarnings("ignore")

from evidently import DataDefinition, Dataset, Report  # noqa: E402 - it warns when imported
from evidently.metrics import ValueDrift  # noqa: E402
from evidently.presets import DataDriftPreset  # noqa: E402


def preset(n: int, runs: int) -> dict[str, object]:
    """Seconds of each run of the default preset, and the MB it takes; the data sets are made before."""
    numbers, words = [f"x{i}" for i in range(14)], [f"c{i}" for i in range(6)]
    kinds = DataDefinition(numerical_columns=numbers, categorical_columns=words)
    sets = [Dataset.from_pandas(pd.DataFrame(data.table(n, seed)), data_definition=kinds) for seed in (2, 1)]
    seconds: list[float] = []

    def run() -> None:
        start = time.perf_counter()
        Report([DataDriftPreset()]).run(*sets)
        seconds.append(time.perf_counter() - start)

    if n <= 10_000:
        run()  # the first one imports
        seconds.clear()
    memory = data.grown(run)
    for _ in range(runs - 1):
        run()
    return {"seconds": seconds, "mb": round(memory, 1)}


def value(before: object, after: object, method: str, numeric: bool) -> float:
    """One column's drift value."""
    kinds = DataDefinition(numerical_columns=["x"]) if numeric else DataDefinition(categorical_columns=["x"])
    now, was = (Dataset.from_pandas(pd.DataFrame({"x": v}), data_definition=kinds) for v in (after, before))
    found: float = Report([ValueDrift(column="x", method=method)]).run(now, was).dict()["metrics"][0]["value"]
    return found


def main() -> None:
    """Everything that the benchmark asks of Evidently."""
    if sys.argv[1] == "cases":
        methods = ("kl_div", "psi", "wasserstein")
        alarms = sum(bool(value(*data.twelve(seed), "chisquare", False) < 0.05) for seed in range(int(sys.argv[2])))
        found: dict[str, object] = {
            "amounts": {method: round(value(*data.amounts(), method, True), 4) for method in methods},
            "gaps": {method: round(value(*data.gaps(), method, True), 4) for method in methods},
            "alarms": alarms,
        }
    else:
        found = preset(int(sys.argv[1]), int(sys.argv[2]))
    print(json.dumps(found))


if __name__ == "__main__":
    main()
