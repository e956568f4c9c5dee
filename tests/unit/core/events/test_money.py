"""Money in exact decimals, against Python's own."""

from decimal import ROUND_HALF_UP, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.events import money


@given(st.decimals(min_value=0, max_value=10**11, places=4) | st.floats(min_value=0, max_value=1e11))
def test_cents_are_those_of_the_decimal_that_was_sent(amount: Decimal | float) -> None:
    sent = float(amount)
    expected = Decimal(repr(sent)).quantize(Decimal("0.01"), ROUND_HALF_UP)
    assert money.cents(sent) == expected * 100
    assert money.to_the_cent(sent) == f"{expected:f}"


@pytest.mark.parametrize(
    ("amount", "cents"),
    [(1.005, 101), (19.99, 1999), (0.285, 29), (1e11, 10**13), (1e-7, 0), (0, 0), (5, 500), (131072.03, 13107203)],
)
def test_a_half_cent_goes_up(amount: float, cents: int) -> None:
    assert money.cents(amount) == cents


@pytest.mark.parametrize(
    ("amount", "text"),
    [
        (None, None), (Decimal("19.99"), "19.99"), (5.0, "5.00"), (Decimal("5"), "5.00"), (0.004, "0.004"),
        (Decimal("1E-7"), "0.0000001"), (Decimal("7.500"), "7.50"), (1e11, "100000000000.00"),
    ],
)  # fmt: skip
def test_every_digit_is_written_without_an_exponent(amount: Decimal | float | None, text: str | None) -> None:
    assert money.exact(amount) == text
