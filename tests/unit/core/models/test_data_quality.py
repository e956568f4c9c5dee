"""The share of features that are present and of the trained type and range."""

import numpy as np
import pytest

from core.models.data_quality import Feature, expected

FEATURES = [
    Feature("number", 0.10000000149011612, 900.0, 0),  # amount
    Feature("flag", 0.0, 1.0, 0),  # new_device
    Feature("category", None, None, 3),  # country
    Feature("number", None, None, 0),  # hour_sin
    Feature("number", 1.0, 10.0, 0),  # tickets
]
GOOD = [12.5, 1.0, 2.0, -0.4, 3.0]
FOUND = expected(FEATURES)


@pytest.mark.parametrize(
    ("place", "value"),
    [
        (0, np.nan), (0, 0.05), (0, 900.5), (1, 0.5), (1, 2.0), (1, -1.0), (2, 3.0), (2, 1.5), (2, np.nan),
        (3, np.inf), (4, 0.0), (4, 11.0),
    ],
)  # fmt: skip
def test_one_bad_feature_of_five(place: int, value: float) -> None:
    row = list(GOOD)
    row[place] = value
    wanted = 1000 if (place, value) == (3, np.inf) else 800
    assert FOUND.scores(np.array([row])) == [wanted], "what follows the calendar has no trained range"


def test_all_good_all_missing_and_several_rows() -> None:
    assert FOUND.scores(np.array([GOOD, [np.nan] * 5, [0.1, 0.0, 0.0, 1.0, 10.0]])) == [1000, 0, 1000]


def test_the_least_trained_value_is_in_range_as_it_is_stored() -> None:
    single = float(np.float32(0.1))
    assert FOUND.scores(np.array([[single, *GOOD[1:]], [0.1, *GOOD[1:]]])) == [1000, 1000]


def test_a_model_from_before_references_is_judged_by_presence_and_type() -> None:
    found = expected([Feature("number", None, None, 0)] * 2)
    assert found.scores(np.array([[1e20, -3.0], [np.nan, 1.0]])) == [1000, 500]


def test_a_flag_that_was_never_set_in_training_is_out_of_range_when_it_is() -> None:
    found = expected([Feature("flag", 0.0, 0.0, 0)])
    assert found.scores(np.array([[0.0], [1.0]])) == [1000, 0]
