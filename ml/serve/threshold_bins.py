"""From a row's values to the outcome of every comparison in a model at once.

The thresholds of a feature cut its values into intervals, and within one interval all comparisons with that feature
come out the same. So whatever depends on comparisons is tabled once by feature and interval, missing values being one
more, and a row is one binary search for each feature (QuickScorer, Lucchese et al. 2015, by feature and interval).
"""

from bisect import bisect_right
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from ml.serve.tree_arrays import Tree

Masks = npt.NDArray[np.unsignedinteger]
Node = tuple[int, int, int, int]  # tree, node, column of the table, bits


class Intervals:
    """The intervals of every feature that the given nodes compare. Rows of its tables: intervals, then missing."""

    def __init__(self, trees: Sequence[Tree], nodes: Sequence[tuple[int, int]]) -> None:
        found: dict[int, set[float]] = {}
        for tree, node in nodes:
            found.setdefault(int(trees[tree].feature[node]), set()).add(float(trees[tree].threshold[node]))
        self._trees = trees
        self._cuts: list[tuple[int, list[float], int, int]] = []  # feature, thresholds, first row, row of missing
        row = 0
        for feature in sorted(found):
            cuts = sorted(found[feature])
            self._cuts.append((feature, cuts, row, row + len(cuts) + 1))
            row += len(cuts) + 2
        self.height = row
        self.features = len(self._cuts)

    def rows(self, values: Sequence[float]) -> list[int]:
        """One row of the tables for each feature; values of single precision in the model's order, NaN is missing."""
        return [
            first + bisect_right(cuts, value) if (value := values[feature]) == value else missing
            for feature, cuts, first, missing in self._cuts
        ]

    def table(self, nodes: Sequence[Node], width: int, kind: type[np.unsignedinteger], when: bool) -> Masks:
        """Bits by row and column: those of the nodes whose comparison `x < threshold` comes out as `when`.

        Combining the rows of a row's values with OR gives its bits, shape (width,).
        """
        table = np.zeros((self.height, width), dtype=kind)
        cuts_of = {feature: (cuts, first, missing) for feature, cuts, first, missing in self._cuts}
        for tree, node, column, bits in nodes:
            grown = self._trees[tree]
            cuts, first, missing = cuts_of[int(grown.feature[node])]
            place = first + bisect_right(cuts, float(grown.threshold[node]))  # from here on x >= threshold
            table[place - 1 if when else place, column] |= kind(bits)
            if bool(grown.default_left[node]) is when:
                table[missing, column] |= kind(bits)
        for _, cuts, first, _ in self._cuts:
            part = table[first : first + len(cuts) + 1]
            if when:
                part[::-1] = np.bitwise_or.accumulate(part[::-1], axis=0)
            else:
                part[:] = np.bitwise_or.accumulate(part, axis=0)
        return table
