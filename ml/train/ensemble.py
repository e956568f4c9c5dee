"""The ensemble (L5): boosted trees and a random forest, averaged in log-odds, as one model in XGBoost's own format.

The average of two margins is the sum of both models' trees with every leaf halved, and halving a binary number is
exact. So the ensemble is a plain booster: it is stored, scored and explained like any other, and its SHAP values are
exact and add up, because SHAP is linear in the margin. (Averaging probabilities would have neither: the logistic
function is not linear, and tree SHAP is not exact behind it.)
"""

import json
from typing import Any

import numpy as np
import xgboost

_HALF = 0.5


def average(first: xgboost.Booster, second: xgboost.Booster) -> xgboost.Booster:
    """The booster whose margin is the mean of the margins of two boosters on the same features.

    Both must be gradient-boosted trees of one output with the same features and base score; raises ValueError.
    """
    one, two = _document(first), _document(second)
    for field in ("feature_names", "learner_model_param"):
        if one["learner"][field] != two["learner"][field]:
            raise ValueError(f"the two models differ in {field}")
    model = one["learner"]["gradient_booster"]["model"]
    trees = [*model["trees"], *two["learner"]["gradient_booster"]["model"]["trees"]]
    for number, tree in enumerate(trees):
        tree["id"] = number
        _halve(tree)
    model["trees"] = trees
    model["tree_info"] = [0] * len(trees)
    model["iteration_indptr"] = list(range(len(trees) + 1))
    model["gbtree_model_param"] |= {"num_trees": str(len(trees)), "num_parallel_tree": "1"}
    booster = xgboost.Booster()
    booster.load_model(bytearray(json.dumps(one).encode()))
    return booster


def _halve(tree: dict[str, Any]) -> None:
    """Halve a tree's leaves; a leaf's value stands where an inner node has its threshold."""
    leaf = np.array(tree["left_children"]) == -1
    for field in ("split_conditions", "base_weights"):
        values = np.array(tree[field], dtype=np.float32)
        halved = values * np.float32(_HALF)
        tree[field] = [float(v) for v in (np.where(leaf, halved, values) if field == "split_conditions" else halved)]


def _document(booster: xgboost.Booster) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(bytes(booster.save_raw(raw_format="json")))
    return found
