"""Which known name a misspelt one means."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.nearest import Known
from ml.data.features import PRODUCT

FEATURES = Known(feature.name for feature in PRODUCT)
FIELDS = Known(
    ["transaction_id", "type", "amount", "platform_fee", "wallet", "counterparty", "event_id", "ip", "id", "timestamp"]
)


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("Amount", "amount"), ("PriceDeviation", "price_deviation"), ("TicketsInBasket", "tickets_in_basket"),
        ("Price_Deviation", "price_deviation"), ("wallet-age", "wallet_age"), ("WALLET AGE", "wallet_age"),
        ("amout", "amount"), ("amonut", "amount"), ("acount_age", "account_age"), ("hour_sine", "hour_sin"),
        ("failed_payment_24h", "failed_payments_24h"), ("txn_velocity", "txn_velocity_1h"), ("nonsense", None),
        ("x", None), ("", None), ("V1", None), ("\u202e", None),
    ],
)  # fmt: skip
def test_a_feature(name: str, meant: str | None) -> None:
    assert FEATURES.nearest(name) == meant


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("platformFee", "platform_fee"), ("time", "timestamp"), ("IP", "ip"), ("ipAddress", "ip"),
        ("fee", "platform_fee"), ("transactionId", "transaction_id"), ("wallet_address", "wallet"),
        ("event", "event_id"),
        ("colour", None),
    ],
)  # fmt: skip
def test_a_field(name: str, meant: str | None) -> None:
    assert FIELDS.nearest(name) == meant


@given(st.lists(st.text(max_size=30), max_size=20), st.text(max_size=30))
def test_it_is_always_one_that_there_is(names: list[str], name: str) -> None:
    found = Known(names).nearest(name)
    assert found is None or found in names


def test_there_may_be_nothing_to_choose_from() -> None:
    assert Known([]).nearest("a") is None
