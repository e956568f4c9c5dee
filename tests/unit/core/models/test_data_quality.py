"""The share of features that are present and of the trained type and range."""

import numpy as np
import pytest

from core.models.data_quality import expected

NAMES = ["amount", "new_device", "country", "hour_sin", "tickets"]
DESCRIBED = [
    {"name": "amount", "type": "number"},
    {"name": "new_device", "type": "flag"},
    {"name": "country", "type": "category", "categories": ["de", "fr", "it"], "unseen": 3.0},
    {"name": "hour_sin", "type": "number", "calendar": True},
    {"name": "tickets", "type": "number"},
]
COLUMNS = [
    {"name": "amount", "kind": "number", "grid": [0.1, 900.0]},
    {"name": "country", "kind": "category", "counts": {"de": 5}, "numeric": False},
    {"name": "hour_sin", "kind": "skipped"},
    {"name": "tickets", "kind": "category", "numeric": True, "counts": {"1": 9, "10": 2, "2": 5}},
]
GOOD = [12.5, 1.0, 2.0, -0.4, 3.0]
FOUND = expected(NAMES, DESCRIBED, COLUMNS)


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
    found = expected(["a", "b"], [], [])
    assert found.scores(np.array([[1e20, -3.0], [np.nan, 1.0]])) == [1000, 500]
