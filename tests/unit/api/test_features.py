"""How a feature reads beside its value."""

import pytest

from api.config import MonitoringConfig
from api.features import shown
from core import settings

CONFIG = settings.load({}).section("monitoring", MonitoringConfig)


@pytest.mark.parametrize(
    ("name", "value", "text"),
    [
        ("txn_velocity_1h", 12.0, "txn_velocity_1h=12"),
        ("price_deviation", 2.3, "price_deviation=2.3"),
        ("wallet_age", 0.5, "wallet_age=0.5d"),
        ("geo_velocity", 1.0, "geo_velocity=true"),
        ("geo_velocity", 0.0, "geo_velocity=false"),
        ("amount", 123456.78, "amount=123457"),
        ("price_deviation", 0.123456, "price_deviation=0.123"),
        ("amount", None, "amount"),
        (None, 1.0, None),
    ],
)
def test_shown(name: str | None, value: float | None, text: str | None) -> None:
    assert shown(name, value, CONFIG) == text
