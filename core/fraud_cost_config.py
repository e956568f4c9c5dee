"""`fraud_cost.toml`: what a fraud, an honest sale and a review are worth, for the page Fraud cost."""

from typing import Annotated

from msgspec import Meta

from core.config_values import Frozen

Part = Annotated[float, Meta(ge=0, le=1)]
Price = Annotated[float, Meta(ge=0, le=1e6)]


class FraudCostConfig(Frozen, frozen=True):
    """Prices in `currency`, the one that amounts come in; shares 0..1.

    `margin` of an honest sale is lost when it is blocked. Of a fraud that went through `recovered` comes back, and a
    chargeback costs `chargeback_fee` besides. A review takes `review_minutes` of somebody at `review_hour` an hour.
    """

    currency: Annotated[str, Meta(pattern=r"^[A-Z]{3}\Z")] = "USD"
    margin: Part = 0.10
    recovered: Part = 0.0
    chargeback_fee: Price = 20.0
    review_minutes: Annotated[float, Meta(ge=0, le=1440)] = 4.0
    review_hour: Price = 30.0
