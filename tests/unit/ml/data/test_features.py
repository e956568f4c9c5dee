"""From JSON objects to rows in a model's order."""

import math

import numpy as np
import pytest

from core.errors import BadInput
from ml.data.features import PRODUCT, Encoder, Feature, from_json, named

FEATURES = (Feature("amount"), Feature("new_device", "flag"), Feature("hops"))


def test_missing_and_null_become_nan_and_flags_become_numbers() -> None:
    values = Encoder(FEATURES).values({"new_device": True, "hops": None})
    assert math.isnan(values[0])
    assert values[1] == 1
    assert math.isnan(values[2])


def test_values_come_in_the_models_order_whatever_the_order_of_the_object() -> None:
    assert Encoder(FEATURES).values({"hops": 3, "new_device": False, "amount": 2.5}) == [2.5, 0, 3]


def test_names_the_model_does_not_know_are_reported() -> None:
    assert Encoder(FEATURES).unknown({"b": 1, "amount": 2, "a": 3}) == ["a", "b"]


def test_rows_of_another_length_are_refused_by_number() -> None:
    with pytest.raises(BadInput) as caught:
        Encoder(FEATURES).rows([[1.0, 2.0, 3.0], [1.0, 2.0]])
    assert caught.value.field == "$[1]"


def test_rows_take_null_as_missing() -> None:
    rows = Encoder(FEATURES).rows([[1.0, None, 3.0]])
    assert rows.dtype == np.float32
    assert np.isnan(rows[0, 1])


def test_the_feature_list_survives_the_registry() -> None:
    assert from_json([feature.as_json() for feature in PRODUCT]) == PRODUCT


def test_a_known_name_has_the_products_type() -> None:
    assert named("geo_velocity").kind == "flag"
    assert named("something_else", "flag") == Feature("something_else", "flag")
