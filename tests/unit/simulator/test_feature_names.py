"""A replay's features are compared with the model's before anything is sent."""

from typing import Any, cast

import pytest

from simulator import feature_names
from simulator.replayer import Item
from simulator.sender import GaveUp, Sender

MODEL = ["amount", "price_deviation", "wallet_age"]


class Service:
    """What the scoring service says of its model."""

    def __init__(self, features: list[str] | None) -> None:
        self._features = features

    def features(self) -> list[str] | None:
        return self._features


def told(features: list[str] | None, *rows: dict[str, Any]) -> list[str]:
    said: list[str] = []
    items = [Item(n, 1.0, {}, {"features": row}) for n, row in enumerate(rows)]
    feature_names.check(cast(Sender, Service(features)), [*items, Item(9, 1.0, {})], said.append)
    return said


def test_what_the_model_does_not_know_is_told_with_the_nearest() -> None:
    (sentence,) = told(MODEL, {"amount": 1}, {"amount": 1, "PriceDeviation": 2, "colour": "red"})
    assert "'PriceDeviation' (price_deviation?), 'colour'" in sentence


def test_nothing_is_sent_where_nothing_is_known() -> None:
    with pytest.raises(GaveUp, match=r"'Amount' \(amount\?\).*it expects amount, price_deviation, wallet_age"):
        told(MODEL, {"Amount": 1}, {"Amount": 2})


def test_good_names_and_a_silent_service_are_no_matter() -> None:
    assert told(MODEL, {"amount": 1}) == []
    assert told(None, {"Amount": 1}) == []
    assert told(MODEL) == []
