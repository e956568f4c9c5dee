"""The trees of a model as arrays, read from XGBoost's own document: what the fast paths of scoring are built from."""

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from ml.serve import float32

if TYPE_CHECKING:
    import xgboost

Ints = npt.NDArray[np.int64]
Singles = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Tree:
    """One binary tree; arrays of shape (nodes,), node 0 is the root, `left` is -1 at a leaf.

    An inner node sends x to the left when x[feature] < threshold (single precision), and a missing value to the left
    when `default_left`. `value` counts at leaves, in the model's own precision; `cover` is the weight of the training
    rows that came through.
    """

    left: Ints
    right: Ints
    feature: Ints
    threshold: Singles
    default_left: npt.NDArray[np.bool_]
    value: npt.NDArray[Any]
    cover: npt.NDArray[np.float64]

    def depth(self) -> int:
        """The number of decisions on the longest path."""
        level, nodes = 0, [0]
        while nodes := [child for n in nodes if self.left[n] >= 0 for child in (self.left[n], self.right[n])]:
            level += 1
        return level


def of(booster: "xgboost.Booster") -> tuple[list[Tree], float]:
    """The trees in the order in which XGBoost adds them, and the margin it starts from.

    Raises ValueError for what is no plain binary model of trees (categorical splits, dropped trees, several outputs).
    """
    learner = json.loads(bytes(booster.save_raw(raw_format="json")))["learner"]
    machine, shape = learner["gradient_booster"], learner["learner_model_param"]
    if machine["name"] != "gbtree" or learner["objective"]["name"] != "binary:logistic":
        raise ValueError("not a binary logistic model of plain trees")
    if shape["num_target"] not in ("0", "1") or shape["num_class"] not in ("0", "1"):
        raise ValueError("more than one output")
    score = np.float32(str(shape["base_score"]).strip("[]"))
    base = -float32.logarithm(float(np.float32(1) / score - np.float32(1)))
    return [_tree(tree) for tree in machine["model"]["trees"]], base


def _tree(tree: dict[str, Any]) -> Tree:
    if any(tree["split_type"]) or tree["categories_nodes"]:
        raise ValueError("categorical splits")
    numbers = np.array(tree["split_conditions"], dtype=np.float32)
    return Tree(
        left=np.array(tree["left_children"], dtype=np.int64),
        right=np.array(tree["right_children"], dtype=np.int64),
        feature=np.array(tree["split_indices"], dtype=np.int64),
        threshold=numbers,
        default_left=np.array(tree["default_left"], dtype=bool),
        value=numbers,
        cover=np.array(tree["sum_hessian"], dtype=np.float64),
    )
