"""How long a server may make a client wait."""

import pytest
from gatehouse_client.transport import LONGEST_PAUSE, pause_of

NOW = 1_780_000_000.0  # Thu, 28 May 2026 20:26:40 GMT


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("7", 7.0),
        ("0.5", 0.5),
        ("999999999", LONGEST_PAUSE),
        ("inf", LONGEST_PAUSE),
        ("-5", 0.0),
        ("nan", 0.0),
        ("", 0.0),
        ("soon", 0.0),
        ("Thu, 28 May 2026 20:26:50 GMT", 10.0),
        ("Thu, 28 May 2026 20:26:30 GMT", 0.0),
        ("Thu, 28 May 9999 20:26:30 GMT", LONGEST_PAUSE),
        ("Thu, 99 May 2026 99:99:99 GMT", 0.0),
    ],
)
def test_retry_after_is_a_number_or_a_date_and_bounded(header: str, seconds: float) -> None:
    assert pause_of(header, NOW) == seconds
