"""Exact tree SHAP of one row from tables: the path-dependent values of Lundberg et al. 2020, as XGBoost defines them.

What a leaf contributes depends only on which of the features on its path the row satisfies. With o = 1 for a feature
whose comparisons all lead to the leaf (else 0) and z the share of training weight that they let through, a leaf of
value v gives feature f
    v (o_f - z_f) * integral over t in 0..1 of the product over the other features g of (t o_g + (1 - t) z_g),
the Shapley value by its multilinear extension (Owen 1972). The integrand is a polynomial, so Gauss-Legendre with
half as many points as there are features is exact. All of this is tabled when the model is loaded: leaves are taken
together in groups that share the top of their paths, and a group has one row of contributions for each outcome of its
comparisons. A row of values is then one look-up for each group.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from ml.serve.table_predict import LEVELS, TooLarge
from ml.serve.threshold_bins import Intervals, Node
from ml.serve.tree_arrays import Tree

HEIGHT = 2  # decisions below the top of a group: up to three nodes and four leaves
Doubles = npt.NDArray[np.float64]
Path = list[tuple[int, bool]]  # (node, whether the path goes left)


@dataclass
class _Group:
    """Leaves of one tree with the comparisons (`nodes`) that decide about them."""

    tree: int
    nodes: list[int] = field(default_factory=list)
    leaves: list[tuple[int, Path]] = field(default_factory=list)


class Explainer:
    """Contributions of one row, in log-odds. Immutable; may be called from any thread.

    Raises TooLarge when a tree is deeper than the bit vectors of `ml.serve.table_predict` (XGBoost itself explains such
    models).
    """

    def __init__(self, trees: Sequence[Tree], intervals: Intervals, width: int) -> None:
        if any(tree.depth() > LEVELS for tree in trees):
            raise TooLarge("the trees are too deep")
        groups = [group for number, tree in enumerate(trees) for group in _groups(number, tree)]
        bits = max((len(group.nodes) for group in groups), default=1)
        kind = np.uint8 if bits <= 8 else np.uint16
        nodes: list[Node] = [
            (group.tree, node, column, 1 << bit)
            for column, group in enumerate(groups)
            for bit, node in enumerate(group.nodes)
        ]
        self._outcomes = intervals.table(nodes, len(groups), kind, when=True)
        owners, features, tables = _tables(trees, groups, bits)
        order = np.argsort(features, kind="stable")
        self._owner = owners[order]
        self._base = (np.arange(len(order)) << bits).astype(np.int64)
        self._table = np.ascontiguousarray(tables[order]).ravel()
        self._names, self._starts = np.unique(features[order], return_index=True)
        self._width = width

    def contributions(self, rows: Sequence[int]) -> Doubles:
        """SHAP values, shape (width,), of the row whose `intervals.rows` are `rows`."""
        outcome = np.bitwise_or.reduce(self._outcomes.take(rows, axis=0), axis=0)
        shares = self._table.take(self._base + outcome.take(self._owner))
        found = np.zeros(self._width)
        found[self._names] = np.add.reduceat(shares, self._starts)
        return found


def _groups(number: int, tree: Tree) -> list[_Group]:
    found: list[_Group] = []

    def height(node: int) -> int:
        left, right = int(tree.left[node]), int(tree.right[node])
        return 0 if left < 0 else 1 + max(height(left), height(right))

    def gather(node: int, path: Path, group: _Group) -> None:
        if tree.left[node] < 0:
            group.leaves.append((node, path))
            return
        group.nodes.append(node)
        gather(int(tree.left[node]), [*path, (node, True)], group)
        gather(int(tree.right[node]), [*path, (node, False)], group)

    def divide(node: int, path: Path) -> None:
        if height(node) <= HEIGHT:
            group = _Group(number, [above for above, _ in path])
            gather(node, path, group)
            found.append(group)
            return
        divide(int(tree.left[node]), [*path, (node, True)])
        divide(int(tree.right[node]), [*path, (node, False)])

    if tree.left[0] >= 0:
        divide(0, [])
    return found


def _tables(
    trees: Sequence[Tree], groups: list[_Group], bits: int
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64], npt.NDArray[np.float32]]:
    """For each pair of a group and a feature on its paths: the group, the feature, the contribution by outcome."""
    outcomes = np.arange(1 << bits)
    leaf_tables = _leaf_tables(trees, groups)
    owners, features, tables = [], [], []
    number = 0
    for owner, group in enumerate(groups):
        tree = trees[group.tree]
        entry: dict[int, int] = {}
        parts: list[Doubles] = []
        for _, path in group.leaves:
            code, places = _codes(tree, group, path, outcomes)
            for place, feature in enumerate(places):
                share = leaf_tables[number, :, place].take(code)
                if feature in entry:
                    parts[entry[feature]] += share
                else:
                    entry[feature] = len(parts)
                    parts.append(share)
            number += 1
        owners += [owner] * len(parts)
        features += list(entry)
        tables += parts
    return np.array(owners, dtype=np.int64), np.array(features, dtype=np.int64), np.array(tables, dtype=np.float32)


def _codes(
    tree: Tree, group: _Group, path: Path, outcomes: npt.NDArray[np.int64]
) -> tuple[npt.NDArray[np.int64], list[int]]:
    """Which features of a path a group's outcome satisfies, one bit each, and the features in the order of the bits."""
    places: dict[int, int] = {}
    code = np.full(len(outcomes), (1 << LEVELS) - 1)
    for node, left in path:
        place = places.setdefault(int(tree.feature[node]), len(places))
        holds = outcomes >> group.nodes.index(node) & 1
        code &= ~((1 - holds if left else holds) << place)
    return code, list(places)


def _leaf_tables(trees: Sequence[Tree], groups: list[_Group]) -> Doubles:
    """Contributions (leaves, 2**LEVELS, LEVELS) of every leaf by which features hold; leaves in the groups' order."""
    shares, values = [], []
    for group in groups:
        tree = trees[group.tree]
        for leaf, path in group.leaves:
            z: dict[int, float] = {}
            for (node, _), below in zip(path, [node for node, _ in path[1:]] + [leaf], strict=True):
                name = int(tree.feature[node])
                z[name] = z.get(name, 1.0) * tree.cover[below] / tree.cover[node]
            shares.append([*z.values(), *[1.0] * (LEVELS - len(z))])
            values.append(float(tree.value[leaf]))
    ratio = np.array(shares, dtype=np.float64).reshape(-1, 1, LEVELS)
    holds = (np.arange(1 << LEVELS)[:, None] >> np.arange(LEVELS) & 1).astype(np.float64)
    points, weights = np.polynomial.legendre.leggauss((LEVELS + 1) // 2)
    total = np.zeros((len(values), 1 << LEVELS, LEVELS))
    for point, weight in zip((points + 1) / 2, weights / 2, strict=True):
        factors = point * holds + (1 - point) * ratio
        for place in range(LEVELS):
            total[:, :, place] += weight * np.prod(np.delete(factors, place, axis=2), axis=2)
    found: Doubles = np.array(values).reshape(-1, 1, 1) * (holds - ratio) * total
    return found
