"""What frauds, honest sales and reviews are worth, and prices that are no prices."""

import msgspec
import numpy as np
import pytest

from console.analytics.fraud_cost import prices
from core.fraud_cost_config import FraudCostConfig

TERMS = FraudCostConfig(margin=0.2, recovered=0.5, chargeback_fee=15, review_minutes=3, review_hour=40)


def test_values_are_whole_cents() -> None:
    assert prices.fraud_value(TERMS, 1001, 2) == 3500
    assert prices.margin_value(TERMS, 1001) == 200
    assert prices.review_value(TERMS, 7) == 1400


def test_draws_are_worth_the_same() -> None:
    found = prices.worth(TERMS, np.array([1000.0]), np.array([2.0]))
    assert found is not None
    assert found.tolist() == [3500.0]
    assert prices.worth(TERMS, None, None) is None


@pytest.mark.parametrize("wrong", ['{"margin": 1.5}', '{"currency": "$"}', '{"review_hour": -1}', '{"fee": 3}'])
def test_what_is_no_price_is_refused(wrong: str) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.json.decode(wrong, type=FraudCostConfig)
