"""A forest that can be stopped is the forest that XGBoost grows at once, byte for byte."""

from typing import Any

import numpy as np
import pytest
import xgboost

from ml.train import forest

PARAMETERS: dict[str, Any] = {
    "objective": "binary:logistic", "tree_method": "hist", "base_score": 0.2, "max_depth": 6, "min_child_weight": 2.0,
    "reg_lambda": 0.5, "subsample": 0.7, "colsample_bynode": 0.4, "scale_pos_weight": 45.0, "seed": 7, "nthread": 2,
}  # fmt: skip


def data(n: int = 4000) -> xgboost.DMatrix:
    random = np.random.default_rng(3)
    rows = random.normal(size=(n, 8)).astype(np.float32)
    labels = rows[:, 0] + rows[:, 1] * rows[:, 2] + random.normal(0, 0.5, n) > 2
    rows[random.random(rows.shape) < 0.05] = np.nan
    return xgboost.DMatrix(rows, label=labels.astype(float))


@pytest.mark.parametrize(("trees", "rate"), [(24, 1.0), (7, 0.3), (1, 0.9)])
def test_it_is_the_forest_of_one_round(trees: int, rate: float) -> None:
    own = {**PARAMETERS, "learning_rate": rate}
    heard: list[tuple[float, str]] = []
    grown = forest.grow(own, data(), trees, lambda share, what: heard.append((share, what)))
    whole = xgboost.train({**own, "num_parallel_tree": trees}, data(), num_boost_round=1)
    assert bytes(grown.save_raw("ubj")) == bytes(whole.save_raw("ubj"))
    assert [share for share, _ in heard] == [number / trees for number in range(trees)]
    assert heard[-1][1] == f"growing a forest, tree {trees} of {trees}"


def test_whoever_watches_ends_it() -> None:
    class Enough(Exception):
        pass

    heard = []

    def tell(share: float, what: str) -> None:
        heard.append(what)
        if len(heard) == 3:
            raise Enough

    with pytest.raises(Enough):
        forest.grow({**PARAMETERS, "learning_rate": 1.0}, data(), 100, tell)
    assert len(heard) == 3
