"""Which words are times."""

import pytest

from ml.data.time_words import are_times


@pytest.mark.parametrize(
    "words",
    [["2026-01-01", "2026-02-01"], ["2026-01-01T00:00:00Z", "2026-01-01 10:00:00"], ["31/12/2024", "1/12/2024"]],
)
def test_times(words: list[str]) -> None:
    assert are_times(words)


@pytest.mark.parametrize("words", [[], ["w1", "w2"], ["2026-01-01", "later"], ["2026-13-45"], ["12", "13"]])
def test_no_times(words: list[str]) -> None:
    assert not are_times(words)
