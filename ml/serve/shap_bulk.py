"""Exact tree SHAP of many rows at once: the values of `ml.serve.shap`, leaf by leaf over all rows, for deep trees too.

A leaf's contributions depend on the row only by which of the features on its path the row satisfies: with d such
features there are 2**d outcomes, tabled once for the leaf (quadrature as in `ml.serve.shap`, all outcomes by one
product of matrices). A row's outcome is a number of d bits that grows along the path, so a leaf costs a look-up for
each row and feature: some 30 times less than XGBoost's own walk, which follows every row through every path.
"""

from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt

from ml.serve.tree_arrays import Tree

MOST_FEATURES = 12  # on one path: tables of 4,096 outcomes
AT_ONCE = 8192  # rows, so that what a leaf needs stays in the processor's cache
Doubles = npt.NDArray[np.float64]
_Bits = npt.NDArray[np.uint16]
_Path = dict[int, tuple[int, float]]  # by feature: its bit, and the share of training weight that its comparisons keep


class TooDeep(ValueError):
    """A path compares more features than tables are made for."""


def contributions(
    trees: Sequence[Tree], rows: npt.NDArray[np.float32], tell: Callable[[float], None] | None = None
) -> Doubles:
    """SHAP values (m, n) in log-odds of rows (m, n); `tell(share)` hears of every tree. Raises TooDeep."""
    found = np.zeros((rows.shape[1], len(rows)))
    parts = [_Part(rows[start : start + AT_ONCE], found, start) for start in range(0, len(rows), AT_ONCE)]
    for number, tree in enumerate(trees):
        leaves = _leaves(tree)
        tables = _tables(tree, leaves)
        for part in parts:
            part.add(tree, tables)
        if tell:
            tell((number + 1) / len(trees))
    return found.T


class _Part:
    """Some rows, column by column, and the place of their contributions."""

    def __init__(self, rows: npt.NDArray[np.float32], found: Doubles, start: int) -> None:
        columns = np.ascontiguousarray(rows.T)
        missing = np.isnan(columns)
        self._left = np.where(missing, np.float32(-np.inf), columns)  # where missing goes left
        self._right = np.where(missing, np.float32(np.inf), columns)
        self._found = found[:, start : start + len(rows)]

    def add(self, tree: Tree, tables: dict[int, tuple[list[int], npt.NDArray[np.float32]]]) -> None:
        """Add one tree's contributions."""
        self._walk(tree, tables, 0, {}, np.zeros(self._left.shape[1], dtype=np.uint16))

    def _walk(
        self,
        tree: Tree,
        tables: dict[int, tuple[list[int], npt.NDArray[np.float32]]],
        node: int,
        bits: dict[int, int],
        outcome: _Bits,
    ) -> None:
        """Below a node, given each row's outcome so far: the bit of a feature is set where all comparisons hold."""
        left = int(tree.left[node])
        if left < 0:
            features, table = tables[node]
            index = outcome.astype(np.intp)
            for feature, shares in zip(features, table, strict=True):
                self._found[feature] += shares.take(index)
            return
        feature = int(tree.feature[node])
        columns = self._left if tree.default_left[node] else self._right
        holds = (columns[feature] < tree.threshold[node]).astype(np.uint16)
        for child, there in ((left, holds), (int(tree.right[node]), holds ^ np.uint16(1))):
            if feature in bits:
                others = np.uint16(0xFFFF ^ (1 << bits[feature]))
                self._walk(tree, tables, child, bits, outcome & (there << np.uint16(bits[feature]) | others))
            else:
                place = np.uint16(len(bits))
                self._walk(tree, tables, child, {**bits, feature: len(bits)}, outcome | there << place)


def _leaves(tree: Tree) -> dict[int, _Path]:
    """The features on the path of every leaf."""
    found: dict[int, _Path] = {}
    waiting: list[tuple[int, _Path]] = [(0, {})]
    while waiting:
        node, path = waiting.pop()
        if tree.left[node] < 0:
            found[node] = path
            continue
        feature = int(tree.feature[node])
        for child in (int(tree.left[node]), int(tree.right[node])):
            bit, share = path.get(feature, (len(path), 1.0))
            waiting.append((child, {**path, feature: (bit, share * float(tree.cover[child] / tree.cover[node]))}))
    if any(len(path) > MOST_FEATURES for path in found.values()):
        raise TooDeep("a path compares too many features")
    return found


def _tables(tree: Tree, leaves: dict[int, _Path]) -> dict[int, tuple[list[int], npt.NDArray[np.float32]]]:
    """Of every leaf the features on its path, and their contributions (d, 2**d) by outcome."""
    by_size: dict[int, list[int]] = {}
    for leaf, path in leaves.items():
        by_size.setdefault(len(path), []).append(leaf)
    found: dict[int, tuple[list[int], npt.NDArray[np.float32]]] = {}
    for size, alike in by_size.items():
        shares = np.array([[share for _, share in leaves[leaf].values()] for leaf in alike]).reshape(-1, size)
        tables = _of_size(shares, tree.value[alike].astype(np.float64))
        found |= {leaf: (list(leaves[leaf]), table) for leaf, table in zip(alike, tables, strict=True)}
    return found


def _of_size(shares: Doubles, values: Doubles) -> npt.NDArray[np.float32]:
    """Contributions (leaves, d, 2**d) of leaves with the shares (leaves, d) and values (leaves,)."""
    count, size = shares.shape
    points, weights = np.polynomial.legendre.leggauss(max(1, (size + 1) // 2))
    t, weights = (points + 1) / 2, weights / 2
    off = (1 - t)[None, None, :] * shares[:, :, None]  # of a feature that is not satisfied: (leaves, d, points)
    on = t + off
    product = np.ones((count, len(t), 1))
    for place in range(size):  # outcome bit `place` doubles the table
        product = np.concatenate([product * off[:, place, :, None], product * on[:, place, :, None]], axis=2)
    held = (np.arange(1 << size)[None, :] >> np.arange(size)[:, None] & 1).astype(bool)
    with np.errstate(divide="ignore", invalid="ignore"):
        without = [np.nan_to_num(weights / one, posinf=0.0) @ product for one in (off, on)]
    share = shares[:, :, None]
    found = np.where(held[None], (1 - share) * without[1], -share * without[0])
    return np.asarray(values[:, None, None] * found, dtype=np.float32)
