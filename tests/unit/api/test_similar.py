"""Similar cases: standardised, bounded, and honest about what is missing."""

import math

import numpy as np
import pytest

from api.similar import Cases


def test_the_nearest_come_first_in_units_of_the_spread() -> None:
    cases = Cases(["a", "b", "c"], [[0.0, 1000.0], [1.0, 2000.0], [2.0, 9000.0]])
    found = cases.nearest([1.0, 2000.0], 2)
    assert found[0] == ("b", 0.0)
    assert found[1][0] == "a"
    spread = np.std([[0.0, 1000.0], [1.0, 2000.0], [2.0, 9000.0]], axis=0)
    assert found[1][1] == pytest.approx(math.sqrt(((1 / spread[0]) ** 2 + (1000 / spread[1]) ** 2) / 2))


def test_a_case_is_not_similar_to_itself() -> None:
    cases = Cases(["a", "b"], [[0.0], [5.0]])
    assert [name for name, _ in cases.nearest([0.0], 2, without="a")] == ["b"]


def test_missing_values_count_as_one_spread_when_only_one_side_lacks_them() -> None:
    cases = Cases(["both", "one"], [[None, 1.0], [3.0, 1.0]])
    assert cases.nearest([None, 1.0], 2) == [("both", 0.0), ("one", pytest.approx(math.sqrt(0.5)))]


def test_no_cases_constant_features_and_another_shape() -> None:
    assert Cases([], []).nearest([1.0], 3) == []
    assert Cases(["a"], [[1.0, 2.0]]).nearest([1.0], 3) == []
    assert Cases(["a", "b"], [[7.0], [7.0]]).nearest([8.0], 1) == [("a", 1.0)]
