"""Time ranges: rolling ones hold the running slot, absolute ones are taken as given."""

import pytest

from api.window import RangeQuery, asked, rolling
from core.errors import BadInput

NOW = 1_700_000_123.4


def test_a_rolling_window_ends_with_the_running_slot() -> None:
    window = rolling("15m", NOW)
    assert (window.start, window.end, window.live) == (1_699_999_230, 1_700_000_130, True)


@pytest.mark.parametrize(
    "texts",
    [
        ("2023-11-14T22:00:00Z", "2023-11-14T22:10:00Z"),
        ("2023-11-14T23:00:00+01:00", "2023-11-14T23:10:00+01:00"),
        ("2023-11-14T23:00:00 01:00", "2023-11-14T23:10:00 01:00"),
        ("1699999200", "1699999800"),
        ("2023-11-14 22:00:00", "2023-11-14 22:10:00"),
    ],
)
def test_an_absolute_window(texts: tuple[str, str]) -> None:
    window = asked(RangeQuery(start=texts[0], end=texts[1]), NOW, 92)
    assert (window.start, window.end, window.live) == (1_699_999_200, 1_699_999_800, False)


@pytest.mark.parametrize(
    ("start", "end", "field"),
    [
        ("x", "2023-11-14", "?from"),
        ("2023-11-14", "", "?to"),
        ("", "2023-11-14", "?from"),
        ("2023-11-14", "2023-11-14", "?to"),
        ("2001-01-01", "2023-11-14", "?from"),
        ("nan", "inf", "?from"),
        ("1e300", "2e300", "?from"),
    ],
)
def test_half_backward_and_endless_ranges_are_refused(start: str, end: str, field: str) -> None:
    with pytest.raises(BadInput) as error:
        asked(RangeQuery(start=start, end=end), NOW, 92)
    assert error.value.field == field
