"""The contest's figure: the interval beside zero, coloured by what it means."""

import pytest

from console.figures import contest


@pytest.mark.parametrize(("low", "high", "verdict", "role"), [
    (0.01, 0.05, "better", "good"), (-0.05, -0.01, "worse", "blocked"), (-0.02, 0.03, "no different", "review"),
])  # fmt: skip
def test_the_interval_stands_beside_zero(low: float, high: float, verdict: str, role: str) -> None:
    figure = contest.draw({"difference": (low + high) / 2, "low": low, "high": high, "verdict": verdict})
    (mark,) = figure["data"]
    error = mark["error_x"]
    assert mark["x"][0] - error["arrayminus"][0] == pytest.approx(low)
    assert mark["x"][0] + error["array"][0] == pytest.approx(high)
    assert error["color"] == f"@{role}"
    start, end = figure["layout"]["xaxis"]["range"]
    assert start < min(low, 0) <= max(high, 0) < end
