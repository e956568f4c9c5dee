"""The tree of a flame graph: sums hold, what is drawn is bounded, changes are told from chance."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.endpoints import flame
from core.endpoints.flame import Frame

PATHS = st.lists(
    st.tuples(st.lists(st.integers(0, 5), min_size=1, max_size=8), st.integers(1, 99), st.integers(0, 1)), max_size=40
)


def grown(stacks: list[tuple[list[int], int, int]]) -> Frame:
    root = Frame()
    for path, samples, side in stacks:
        root.add(path, samples, side)
    return root


@given(PATHS, st.floats(0, 0.3), st.integers(1, 30))
def test_bars_lie_within_their_callers_and_are_no_more_than_asked_for(
    stacks: list[tuple[list[int], int, int]], least: float, most: int
) -> None:
    root = grown(stacks)
    bars = flame.bars(root, least, most)
    assert len(bars) <= most
    way: list[flame.Bar] = []
    for bar in bars:
        del way[bar.depth :]
        if way:
            assert bar.left >= way[-1].left - 1e-9
            assert bar.left + bar.width <= way[-1].left + way[-1].width + 1e-9
            assert bar.frame in way[-1].frame.children.values()
        way.append(bar)
    for side in (0, 1):
        assert root.totals[side] == sum(samples for _, samples, at in stacks if at == side)
        assert sum(one.selves[side] for one in flame.functions(stacks).values()) == root.totals[side]


@given(PATHS)
def test_all_of_it_is_drawn_where_nothing_is_left_out(stacks: list[tuple[list[int], int, int]]) -> None:
    found = flame.bars(grown(stacks), 0.0, 100_000)
    for side in (0, 1):
        drawn = sum(bar.frame.selves[side] for bar in found)
        assert drawn == sum(samples for _, samples, at in stacks if at == side)


def test_a_recursive_function_counts_once_a_stack() -> None:
    found = flame.functions([([1, 2, 1, 2], 5, 0), ([1], 2, 0)])
    assert (found[1].totals, found[1].selves) == ((7, 0), (2, 0))
    assert (found[2].totals, found[2].selves) == ((5, 0), (5, 0))


def test_libraries_fold_to_what_is_called_of_them() -> None:
    own = {1: True, 2: False, 3: False, 4: True}
    assert flame.folded([1, 2, 3, 4, 3, 2], own) == [1, 2, 4, 3]
    assert flame.folded([2, 3], own) == [2]
    assert flame.below([1, 2, 3], 2) == [2, 3]
    assert flame.below([1, 2, 3], 9) is None


def test_a_change_is_told_from_chance() -> None:
    dice = random.Random(3)
    same = 0
    for _ in range(400):
        now, before = (sum(dice.random() < 0.2 for _ in range(1000)) for _ in range(2))
        same += flame.is_sure(now, 1000, before, 1000)
    assert same <= 6, "three standard errors: 0.3 % of the time"
    assert flame.is_sure(300, 1000, 200, 1000)
    assert not flame.is_sure(3, 10, 2, 10)
    assert not flame.is_sure(3, 0, 2, 10)
    assert not flame.is_sure(10, 10, 10, 10)


def test_what_is_in_one_of_two_profiles_alone_is_drawn() -> None:
    bars = flame.bars(grown([([1], 10, 0), ([2], 100, 1)]), 0.01, 10)
    assert [(bar.frame.number, bar.width) for bar in bars[1:]] == [(1, pytest.approx(0.5)), (2, pytest.approx(0.5))]
