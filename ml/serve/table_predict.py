"""Scores one row through all trees at once, in numpy: a fraction of the cost of XGBoost's predictor, and its very bits.

The first levels of every tree are decided by bit vectors (`ml.serve.threshold_bins`): a node whose comparison fails
rules out the leaves to its left, and the leftmost leaf that remains is the one. Deeper trees go on level by level, all
of them in step. Leaves are then added in XGBoost's order and precision.
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from ml.serve.threshold_bins import Intervals, Node
from ml.serve.tree_arrays import Tree

LEVELS = 5  # by bit vectors: 32 exits fit 32 bits
MOST_CELLS = 4_000_000
MOST_FEATURES = 64


class TooLarge(ValueError):
    """The tables of this model would cost more than they spare."""


class Quick:
    """Adds up one row's leaves; rows have `width` values. Immutable; `margin` may be called from any thread.

    Raises TooLarge for models that are deep, wide or both.
    """

    def __init__(self, trees: Sequence[Tree], base: float, width: int) -> None:
        depths = [tree.depth() for tree in trees]
        deepest = max(depths, default=0)
        if len(trees) << deepest > MOST_CELLS:
            raise TooLarge("the trees are too deep")
        plans = [_Plan(number, tree) for number, tree in enumerate(trees)]
        nodes = [node for plan in plans for node in plan.nodes]
        self.whole = deepest <= LEVELS
        self.intervals = Intervals(trees, [(tree, node) for tree, node, _, _ in nodes])
        if self.intervals.features > MOST_FEATURES:
            raise TooLarge("the model compares too many features")
        self._table = self.intervals.table(nodes, len(trees), np.uint32, when=False)
        self._first = np.arange(len(trees), dtype=np.int64) * (1 << LEVELS) - 1
        self._walk = [] if self.whole else _levels(plans, deepest - LEVELS, width)
        self._values = _leaves(plans, 0 if self.whole else deepest - LEVELS)
        self._start = self._values.dtype.type(base)

    def margin(self, rows: Sequence[int], values: Sequence[float]) -> float:
        """The sum of the leaves and the base, added one after another in the precision of the leaves.

        `rows` are `intervals.rows(values)`.
        """
        out = np.bitwise_or.reduce(self._table.take(rows, axis=0), axis=0)
        at = np.bitwise_count(out ^ (out + np.uint32(1))) + self._first  # trailing ones: the leaves ruled out
        if self._walk:
            at = self._down(at, values)
        leaves = self._values.take(at)
        leaves[0] += self._start
        return float(leaves.cumsum()[-1])

    def _down(self, at: npt.NDArray[np.int64], values: Sequence[float]) -> npt.NDArray[np.int64]:
        row = np.array(values, dtype=np.float32)
        missing = row != row
        both = np.concatenate([np.where(missing, -np.inf, row), np.where(missing, np.inf, row)]).astype(np.float32)
        for feature, threshold in self._walk:
            right = both.take(feature.take(at)) >= threshold.take(at)
            at = at + at + right
        return at


class _Plan:
    """One tree cut in two: the nodes of the first levels with the exits they rule out, and where each exit goes on."""

    def __init__(self, number: int, tree: Tree) -> None:
        self.tree = tree
        self.nodes: list[Node] = []
        self.exits: list[int] = []
        self._number = number
        self._visit(0, 0)

    def _visit(self, node: int, level: int) -> None:
        if level == LEVELS or self.tree.left[node] < 0:
            self.exits.append(node)
            return
        first = len(self.exits)
        self._visit(int(self.tree.left[node]), level + 1)
        left = (1 << len(self.exits)) - (1 << first)
        self.nodes.append((self._number, node, self._number, left))
        self._visit(int(self.tree.right[node]), level + 1)


def _below(plan: _Plan, level: int) -> list[int]:
    """The nodes `level` steps below the exits, two for each of the level above; a leaf stands for all below it."""
    tree = plan.tree
    nodes = plan.exits + [plan.exits[-1]] * ((1 << LEVELS) - len(plan.exits))
    for _ in range(level):
        nodes = [int(side[n]) if tree.left[n] >= 0 else n for n in nodes for side in (tree.left, tree.right)]
    return nodes


def _levels(plans: list[_Plan], count: int, width: int) -> list[tuple[npt.NDArray[np.int64], npt.NDArray[np.float32]]]:
    """For each level below the exits, by place: the value of a row of `width` to compare, and its threshold.

    Values come twice, with missing as minus infinity (goes left) and as infinity (goes right).
    """
    found = []
    for level in range(count):
        feature, threshold = [], []
        for plan in plans:
            nodes, tree = _below(plan, level), plan.tree
            feature.append(np.where(tree.default_left, tree.feature, tree.feature + width)[nodes])
            threshold.append(np.where(tree.left < 0, np.inf, tree.threshold)[nodes])
        found.append((np.concatenate(feature), np.concatenate(threshold).astype(np.float32)))
    return found


def _leaves(plans: list[_Plan], level: int) -> npt.NDArray[np.float32]:
    return np.concatenate([plan.tree.value[_below(plan, level)] for plan in plans])
