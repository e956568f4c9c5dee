"""The shipped simulated platform at rest, scored by the first model as `make run` trains it: is it green?

`python -m bench platform_at_rest`: a week of transactions. The blocked share of each hour must lie within 1.0 and
2.5 %, and A1 (over 3 % of the last 10 minutes, for 10 minutes) must not fire.
"""

import tempfile
import time
from pathlib import Path

import msgspec
import numpy as np
import xgboost

from bench.harness import report
from core import settings
from ml import config as model_config
from ml.data import table
from ml.data.features import Encoder
from ml.data.table import Mapping
from ml.train import training
from simulator import config as simulator_config
from simulator import dataset, traffic

DAYS, HOUR = 7, 3600
LOW, HIGH = 1.0, 2.5
WINDOW, HOLD, LIMIT = 600, 600, 3.0
STEP = 10


def main() -> int:
    """Prints the share of hours within the bounds and A1's firings; exit code 1 when one misses."""
    known = settings.load({})
    config = simulator_config.load(known)
    now = time.time()
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "transactions.csv"
        dataset.write(file, config.training_rows, now - DAYS * 24 * HOUR, msgspec.structs.replace(config, seed=1))
        data = table.load(file, Mapping("is_fraud", time="timestamp"))
    artefact = training.train(data, model_config.load(known), "boosted", "first", search=False)
    booster, encoder = xgboost.Booster(), Encoder(artefact.features)
    booster.load_model(bytearray(artefact.model))
    policy = known.config.policy.profiles["normal"]
    limit = policy.fraud_threshold + policy.block_margin
    first = int(now // HOUR) - DAYS * 24
    when: list[float] = []
    blocked: list[bool] = []
    hours = []
    for number in range(first, first + DAYS * 24):
        items = traffic.hour(number, config)
        scores = booster.inplace_predict(encoder.rows([encoder.values(item.features) for item in items]))
        when += [item.when for item in items]
        blocked += (scores >= limit).tolist()
        hours.append(100.0 * float((scores >= limit).mean()))
    firings, longest = fired(np.array(when), np.array(blocked), first * HOUR, (first + DAYS * 24) * HOUR)
    within = float(np.mean([LOW <= share <= HIGH for share in hours]))
    detail = {"lowest": round(min(hours), 2), "mean": round(float(np.mean(hours)), 2), "highest": round(max(hours), 2)}
    good = report(f"hours with {LOW:g} to {HIGH:g} % blocked", within, 1.0, detail)
    return (
        0 if report("longest time over A1's limit", HOLD / max(longest, STEP), 1.0, {"firings": firings}) & good else 1
    )


def fired(when: np.ndarray, blocked: np.ndarray, start: float, end: float) -> tuple[int, int]:
    """How often A1 fires, and the longest time over its limit in seconds."""
    sums = np.concatenate([[0], np.cumsum(blocked)])
    ends = np.arange(start + WINDOW, end, STEP)
    last, before = np.searchsorted(when, ends), np.searchsorted(when, ends - WINDOW)
    over = 100.0 * (sums[last] - sums[before]) / np.maximum(last - before, 1) > LIMIT
    firings = longest = lasting = 0
    for one in over:
        lasting = lasting + STEP if one else 0
        longest = max(longest, lasting)
        firings += lasting == HOLD
    return firings, longest


if __name__ == "__main__":
    raise SystemExit(main())
