"""Thresholds of an address: as they are, or as the sliders stand, where BLOCKED is said by its distance."""

import pytest

from console.pages.thresholds.simulator import chosen_of
from core.transactions.thresholds import Thresholds


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("0.4,0.6,0.7", Thresholds(0.6, 0.4, 0.7)),
        ("sliders,0.4,0.6,0.1", Thresholds(0.6, 0.4, 0.7)),
        ("sliders,0.4,0.8,0.5", Thresholds(0.8, 0.4, 1.0)),
        ("sliders,0.9,0.5,0.05", Thresholds(0.5, 0.55, 0.55)),
        ("0.9,0.6,0.7", None),
        ("sliders,0.4,0.6", None),
        ("sliders,0.4,nan,0.1", None),
        ("", None),
    ],
)
def test_what_an_address_says(text: str, found: Thresholds | None) -> None:
    assert chosen_of(text) == found
