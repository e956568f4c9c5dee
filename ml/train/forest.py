"""A random forest grown tree by tree, so that whoever watches can stop it; the very model of XGBoost's one round.

`xgboost.train` grows a forest as one boosting round of `num_parallel_tree` trees and hears nobody until all stand. Its
trees all fit the gradients of the first margin, each with its share of the learning rate, and draw rows and columns
from one stream of random numbers. So the same gradients, given a tree at a time, grow the same trees, and the document
then says that they are one round. A test holds both to the same bytes.
"""

import json
from collections.abc import Callable
from typing import Any

import numpy as np
import xgboost

_LEAST_HESSIAN = np.float32(1e-16)  # XGBoost's own floor of the logistic loss's second derivative


def grow(
    parameters: dict[str, Any], data: xgboost.DMatrix, trees: int, tell: Callable[[float, str], None]
) -> xgboost.Booster:
    """A forest of `trees` on labels of 0/1; `tell(share, what)` hears of every tree and may raise to end it.

    `parameters` are those of a binary logistic model, with `learning_rate` that of the whole forest.
    """
    rate = float(np.float32(parameters["learning_rate"]) / np.float32(trees))
    booster = xgboost.Booster({**parameters, "learning_rate": rate}, [data])
    gradient, hessian = _derivatives(booster, data, np.float32(parameters["scale_pos_weight"]))
    for number in range(trees):
        tell(number / trees, f"growing a forest, tree {number + 1} of {trees}")
        booster.boost(data, number, grad=gradient, hess=hessian)
    return _one_round(booster, trees)


def _derivatives(booster: xgboost.Booster, data: xgboost.DMatrix, weight: np.float32) -> tuple[Any, Any]:
    """First and second derivative of the logistic loss at the first margin, in XGBoost's precision and order."""
    labels = data.get_label()
    scores = booster.predict(data)
    weights = np.where(labels == 1, weight, np.float32(1))
    return (scores - labels) * weights, np.maximum(scores * (np.float32(1) - scores), _LEAST_HESSIAN) * weights


def _one_round(booster: xgboost.Booster, trees: int) -> xgboost.Booster:
    """The booster whose rounds of one tree are written down as one round of all."""
    document = json.loads(bytes(booster.save_raw(raw_format="json")))
    model = document["learner"]["gradient_booster"]["model"]
    model["gbtree_model_param"]["num_parallel_tree"] = str(trees)
    model["iteration_indptr"] = [0, trees]
    found = xgboost.Booster()
    found.load_model(bytearray(json.dumps(document).encode()))
    return found
