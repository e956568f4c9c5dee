"""Every slice is counted once, as counting row by row gives it."""

from itertools import combinations

import numpy as np

from core.statuses.slices import enumeration
from core.statuses.slices.rows import Rows, from_rows


def drawn(sizes: tuple[int, ...], n: int = 2000) -> Rows:
    random = np.random.default_rng(3)
    columns = {
        f"a{i}": (random.integers(-1, size, n), [f"v{code}" for code in range(size)]) for i, size in enumerate(sizes)
    }
    return from_rows(columns, random.random(n) < 0.3, random.random(n) < 0.1, random.integers(1, 4, n))


def counted(rows: Rows, chosen: np.ndarray) -> list[float]:
    sides = [chosen & ~rows.during, chosen & rows.during]
    return [float(values[side].sum()) for side in sides for values in (rows.bad, rows.total)]


def test_counts_are_those_of_the_rows() -> None:
    rows = drawn((3, 2, 4, 2))
    slices = enumeration.every(rows)
    seen = set()
    for index in range(len(slices.depth)):
        conditions = tuple(slices.conditions(index))
        seen.add(conditions)
        chosen = np.logical_and.reduce([np.ones(2000, bool), *(rows.codes[i] == code for i, code in conditions)])
        assert slices.counts[:, index].tolist() == counted(rows, chosen)
        assert slices.depth[index] == len(conditions)
    sizes = [4, 3, 5, 3]  # with "missing"
    every = 1 + sum(int(np.prod(some)) for depth in (1, 2, 3) for some in combinations(sizes, depth))
    assert len(seen) == len(slices.depth) == every


def test_counts_within_some_rows() -> None:
    rows = drawn((3, 2, 4))
    slices = enumeration.every(rows)
    some = np.flatnonzero(rows.codes[0] == 1)
    found = enumeration.within(slices, rows, some)
    for index in range(0, len(slices.depth), 7):
        chosen = np.logical_and.reduce([rows.codes[i] == code for i, code in (*slices.conditions(index), (0, 1))])
        assert found[:, index].tolist() == counted(rows, chosen)


def test_rare_values_are_slices_of_one_condition_only() -> None:
    rows = drawn((enumeration.MOST_VALUES + 20, 2), 20_000)
    depths: dict[int, set[int]] = {1: set(), 2: set()}
    slices = enumeration.every(rows)
    for index in range(1, len(slices.depth)):
        conditions = dict(slices.conditions(index))
        if 0 in conditions:
            depths[len(conditions)].add(conditions[0])
    assert len(depths[1]) == enumeration.MOST_VALUES + 21
    assert len(depths[2]) == enumeration.MOST_VALUES
    for index in range(0, len(slices.depth), 11):
        chosen = np.logical_and.reduce(
            [np.ones(20_000, bool), *(rows.codes[i] == code for i, code in slices.conditions(index))]
        )
        assert slices.counts[:, index].tolist() == counted(rows, chosen)


def test_a_slice_of_few_rows_is_not_tried() -> None:
    few = int(enumeration.LEAST) - 1
    codes = [0] * 100 + [1] * few
    slices = enumeration.every(from_rows({"x": (codes, ["a", "b"])}, [False] * len(codes), [False] * len(codes)))
    assert [slices.conditions(i) for i in range(len(slices.depth))] == [[], [(0, 0)]]


def test_parts_and_wider_slices() -> None:
    slices = enumeration.every(drawn((3, 2, 4)))
    by_conditions = {tuple(slices.conditions(i)): i for i in range(len(slices.depth))}
    pair = by_conditions[((0, 1), (2, 0))]
    assert [slices.conditions(i) for i in slices.parts(pair)] == [[(0, 1), (1, code), (2, 0)] for code in range(3)]
    assert [slices.conditions(i) for i in slices.wider(pair)] == [[(0, 1)], [(2, 0)]]
