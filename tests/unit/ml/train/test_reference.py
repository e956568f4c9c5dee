"""Reference bins: every value is in one, equal shares, no edge on a value that occurs."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from ml.data.features import Feature
from ml.train import reference


@settings(max_examples=60, deadline=None)
@given(arrays.arrays(np.float32, (30, 1), elements=st.floats(-50, 50, width=32, allow_nan=False) | st.just(np.nan)))
def test_counts_are_complete_and_no_edge_is_a_value(rows: np.ndarray) -> None:
    (found,) = reference.bins(rows, (Feature("x"),), 10)
    assert sum(found["counts"]) == 30
    assert len(found["counts"]) == len(found["edges"]) + 2
    assert found["counts"][-1] == int(np.isnan(rows).sum())
    assert found["edges"] == sorted(set(found["edges"]))
    assert not set(found["edges"]) & set(rows[:, 0].astype(float).tolist())


def test_a_continuous_feature_has_even_bins() -> None:
    rows = np.random.default_rng(1).normal(size=(5000, 1)).astype(np.float32)
    (found,) = reference.bins(rows, (Feature("x"),), 10)
    assert len(found["edges"]) == 9
    assert max(found["counts"][:-1]) - min(found["counts"][:-1]) <= 2


def test_single_and_double_precision_fall_into_the_same_bin() -> None:
    exact = np.round(np.random.default_rng(2).uniform(0, 1, 2000), 1)
    (found,) = reference.bins(exact.astype(np.float32).reshape(-1, 1), (Feature("x"),), 10)
    counts = np.bincount(np.searchsorted(found["edges"], exact, side="right"), minlength=len(found["edges"]) + 1)
    assert counts.tolist() == found["counts"][:-1]


def test_what_follows_the_calendar_has_one_bin_and_never_drifts() -> None:
    rows = np.random.default_rng(3).normal(size=(100, 1)).astype(np.float32)
    (found,) = reference.bins(rows, (Feature("hour_sin", calendar=True),), 10)
    assert found == {"name": "hour_sin", "edges": [], "counts": [100, 0]}
