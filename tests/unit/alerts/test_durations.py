"""Lengths of time, as people write and read them."""

import pytest

from alerts.durations import seconds, text


@pytest.mark.parametrize(
    ("written", "length"),
    [("90s", 90.0), ("10m", 600.0), ("2h", 7200.0), ("7d", 604800.0), ("250ms", 0.25), ("1.5h", 5400.0), (12, 12.0)],
)
def test_a_length_is_read(written: str | float, length: float) -> None:
    assert seconds(written) == length


@pytest.mark.parametrize("written", ["10", "m", "soon", ""])
def test_what_is_no_length_is_refused(written: str) -> None:
    with pytest.raises(ValueError):
        seconds(written)


@pytest.mark.parametrize(
    ("length", "said"),
    [(0, "0 s"), (90, "90 s"), (600, "10 min"), (560, "9.33 min"), (7200, "2 h"), (5400, "90 min"), (86400, "1 d")],
)
def test_a_length_is_said(length: float, said: str) -> None:
    assert text(length) == said
