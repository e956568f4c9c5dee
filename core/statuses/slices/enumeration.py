"""Every conjunction of one to three conditions on different attributes, with its four counts. Pure.

Slices are counted set of attributes by set: the values of a row make one number, and the rows are counted by it. So the
cost is rows times sets, and a set's table has at most (MOST_VALUES + 1) ** depth places.
"""

from itertools import combinations
from typing import NamedTuple

import numpy as np

from core.statuses.detector.arrays import Array
from core.statuses.slices.evidence import share_gain, volume_gain
from core.statuses.slices.rows import Rows

DEPTH = 3
LEAST = 10.0  # transactions of a slice in both windows together
MOST_VALUES = 48  # of an attribute in slices of two and three conditions; single conditions know no bound


class Group(NamedTuple):
    """The slices over one set of attributes: `live` are their places in the table of `sizes`."""

    attributes: tuple[int, ...]
    sizes: tuple[int, ...]
    live: Array


class Slices(NamedTuple):
    """All n slices, group by group; the first is the whole.

    `counts` is 4 x n: bad and all before, bad and all during. `codes` (k, n) are their conditions, -1 where a slice has
    none on an attribute, `depth` (n,) how many there are. `trimmed` are the codes of the rows for groups of more than
    one attribute: common values renumbered, rare ones with one code.
    """

    groups: list[Group]
    counts: Array
    codes: Array
    depth: Array
    trimmed: Array

    def conditions(self, index: int) -> list[tuple[int, int]]:
        """(attribute, code) of a slice."""
        own = self.codes[:, index]
        return [(int(i), int(own[i])) for i in np.flatnonzero(own >= 0)]

    def parts(self, index: int) -> Array:
        """The slices that have its conditions and more."""
        own = self.codes[:, index : index + 1]
        found: Array = np.flatnonzero(((own < 0) | (own == self.codes)).all(axis=0) & (self.depth > self.depth[index]))
        return found

    def wider(self, index: int) -> Array:
        """The slices that have some of its conditions only, without the whole."""
        own = self.codes[:, index : index + 1]
        some = ((self.codes < 0) | (own == self.codes)).all(axis=0)
        found: Array = np.flatnonzero(some & (self.depth > 0) & (self.depth < self.depth[index]))
        return found


def every(rows: Rows) -> Slices:
    """All slices that have rows enough."""
    sizes = [len(texts) for texts in rows.values]
    groups = [Group((), (), np.zeros(1, np.int64))]
    counts = [_table(np.zeros(len(rows.during), np.int64), 1, rows)]
    codes = [np.full((len(sizes), 1), -1)]
    common, trimmed = [], np.empty_like(rows.codes)
    for i, size in enumerate(sizes):
        table = _table(rows.codes[i], size, rows)
        live = _live(table)
        groups.append(Group((i,), (size,), live))
        counts.append(table[:, live])
        codes.append(_codes(groups[-1], [np.arange(size)], len(sizes)))
        common.append(live[_foremost(table[:, live])])
        renumbered = np.full(size, len(common[i]))
        renumbered[common[i]] = np.arange(len(common[i]))
        trimmed[i] = renumbered[rows.codes[i]]
    for depth in range(2, DEPTH + 1):
        for chosen in combinations(range(len(sizes)), depth):
            shape = tuple(len(common[i]) + 1 for i in chosen)
            table = _table(_keys(trimmed, chosen, shape), int(np.prod(shape)), rows)
            live = _live(table, shape)
            groups.append(Group(chosen, shape, live))
            counts.append(table[:, live])
            codes.append(_codes(groups[-1], [common[i] for i in chosen], len(sizes)))
    depths = np.repeat([len(group.attributes) for group in groups], [len(group.live) for group in groups])
    return Slices(groups, np.concatenate(counts, axis=1), np.concatenate(codes, axis=1), depths, trimmed)


def within(slices: Slices, rows: Rows, chosen: Array) -> Array:
    """Counts of each slice among some of the rows, as in `Slices.counts`."""
    some = rows._replace(
        codes=rows.codes[:, chosen], during=rows.during[chosen], total=rows.total[chosen], bad=rows.bad[chosen]
    )
    trimmed, counts = slices.trimmed[:, chosen], []
    for group in slices.groups:
        codes = some.codes if len(group.attributes) == 1 else trimmed
        keys = _keys(codes, group.attributes, group.sizes)
        counts.append(_table(keys, int(np.prod(group.sizes)), some)[:, group.live])
    return np.concatenate(counts, axis=1)


def _keys(codes: Array, attributes: tuple[int, ...], sizes: tuple[int, ...]) -> Array:
    """The place of each row in the table of some attributes."""
    keys = np.zeros(codes.shape[1], np.int64)
    for i, size in zip(attributes, sizes, strict=True):
        keys = keys * size + codes[i]
    return keys


def _table(keys: Array, size: int, rows: Rows) -> Array:
    """Counts (4 x size) of the rows by key."""
    both = keys + size * rows.during
    bad = rows.bad > 0
    total = np.bincount(both, rows.total, 2 * size).reshape(2, size)
    wrong = np.bincount(both[bad], rows.bad[bad], 2 * size).reshape(2, size)
    return np.stack([wrong[0], total[0], wrong[1], total[1]]).astype(float, copy=False)


def _codes(group: Group, values: list[Array], attributes: int) -> Array:
    """The conditions of a group's slices; `values` are the codes by place along each side."""
    found = np.full((attributes, len(group.live)), -1)
    for i, places, own in zip(group.attributes, np.unravel_index(group.live, group.sizes), values, strict=True):
        found[i] = own[places]
    return found


def _live(table: Array, shape: tuple[int, ...] | None = None) -> Array:
    """Places with rows enough; with a shape, but those of rare values, which are last along each side."""
    there = table[1] + table[3] >= LEAST
    if shape is not None:
        inner = np.zeros(shape, bool)
        inner[tuple(slice(0, size - 1) for size in shape)] = True
        there &= inner.ravel()
    return np.flatnonzero(there)


def _foremost(table: Array) -> Array:
    """Which values of an attribute go into deeper slices: the most frequent and those that changed most."""
    if table.shape[1] <= MOST_VALUES:
        return np.arange(table.shape[1])
    rows0, rows1 = table[1], table[3]
    due = rows1.sum() / max(rows0.sum(), 1.0)
    changed = share_gain(*table) + (volume_gain(rows0, rows1, due) if due else 0.0)
    ranks = [np.argsort(np.argsort(-one, kind="stable"), kind="stable") for one in (rows0 + rows1, changed)]
    return np.sort(np.argsort(np.minimum(*ranks), kind="stable")[:MOST_VALUES])
