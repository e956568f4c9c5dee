"""What frauds, honest sales and reviews are worth by `fraud_cost.toml`, in cents. Pure."""

from console.analytics.fraud_cost.cells import Floats
from core.fraud_cost_config import FraudCostConfig


def fraud_value(prices: FraudCostConfig, cents: int, chargebacks: int) -> int:
    """What frauds of `cents` cost, of which so many cost the bank's fee, in cents."""
    return round(cents * (1 - prices.recovered) + chargebacks * prices.chargeback_fee * 100)


def margin_value(prices: FraudCostConfig, cents: int) -> int:
    """What is lost with honest sales of `cents`."""
    return round(cents * prices.margin)


def review_value(prices: FraudCostConfig, reviews: int) -> int:
    """What reviews cost, in cents."""
    return round(reviews * prices.review_minutes / 60 * prices.review_hour * 100)


def worth(prices: FraudCostConfig, cents: Floats | None, n: Floats | None) -> Floats | None:
    """The same of draws of frauds, each of which would cost the fee; None where there are none."""
    if cents is None or n is None:
        return None
    return cents * (1 - prices.recovered) + n * prices.chargeback_fee * 100
