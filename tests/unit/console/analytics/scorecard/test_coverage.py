"""The intervals hold the truth as often as they say, over fewer histories than `bench scorecard_coverage` has."""

import numpy as np
import pytest

from bench import scorecard_coverage

HISTORIES = 60


@pytest.fixture(scope="module")
def found() -> dict[str, tuple[float, int]]:
    """Seeds [3, history] and [4, history]."""
    return scorecard_coverage.coverage(HISTORIES)


def test_every_figure_holds_the_truth_about_95_times_of_100(found: dict[str, tuple[float, int]]) -> None:
    room = 3 * np.sqrt(0.05 * 0.95 / HISTORIES)
    assert len(found) == 10
    for name, (share, _) in found.items():
        assert share >= 0.95 - room, name
