"""Numbers in the sentences of the trouble strip."""

import pytest

from api.resources.trouble import shown


@pytest.mark.parametrize(
    ("value", "text"), [(8.1876, "8.19"), (0.4321, "0.432"), (104.9, "105"), (4321.0, "4,321"), (3.0, "3")]
)
def test_at_most_three_significant_figures(value: float, text: str) -> None:
    assert shown(value) == text
