"""The card's charts: calibration with intervals, and the trade-off with the threshold in force and what is measured."""

from typing import Any

import pytest
from msgspec.structs import replace

from console.figures import model_card
from core.monitoring.model import RateIntervals
from tests.browser.fake_api import World

GROUPS = [
    {"mean_score": 0.1, "observed": 0.05, "low": 0.03, "high": 0.09, "n": 500},
    {"mean_score": 0.9, "observed": 0.80, "low": 0.70, "high": 0.88, "n": 60},
]
ROWS = [{"threshold": n / 20, "precision": n / 20, "recall": 1 - n / 20} for n in range(1, 20)]


def named(figure: dict[str, Any], name: str) -> dict[str, Any]:
    return next(trace for trace in figure["data"] if trace["name"] == name)


def test_calibration_has_its_intervals_and_the_diagonal() -> None:
    figure = model_card.calibration(GROUPS)
    points = figure["data"][0]
    assert points["error_y"]["array"] == [pytest.approx(0.04), pytest.approx(0.08)]
    assert points["error_y"]["arrayminus"] == [pytest.approx(0.02), pytest.approx(0.10)]
    assert figure["layout"]["shapes"][0]["y1"] == 1


def test_the_threshold_in_force_is_marked_with_what_is_measured_there() -> None:
    bounds = RateIntervals(precision=(0.54, 0.68), recall=None, f1=None)
    measured = replace(World().resource("model", 0, 3600), precision=0.61, recall=None, intervals=bounds)
    figure = model_card.tradeoff(ROWS, 0.6, measured)
    assert figure["layout"]["shapes"][0]["x0"] == 0.6
    now = named(figure, "Precision measured now")
    assert (now["x"], now["y"]) == ([0.6], [0.61])
    assert now["error_y"]["array"] == [pytest.approx(0.07)]
    assert named(figure, "Recall measured now")["y"] == []


def test_without_policy_or_measure_the_curves_stand_alone() -> None:
    assert len(model_card.tradeoff(ROWS, None, None)["data"]) == 2
    assert named(model_card.tradeoff(ROWS, 0.6, None), "Precision measured now")["y"] == []


def test_the_names_of_the_lines_stand_where_these_are_far_apart() -> None:
    """Wherever they cross."""
    for cross in (0.1, 0.25, 0.4):
        rows = [
            {"threshold": n / 100, "precision": 0.5 + n / 100 - cross, "recall": 0.5 - n / 100 + cross}
            for n in range(100)
        ]
        first, second = model_card.tradeoff(rows, None, None)["layout"]["annotations"]
        assert first["x"] == second["x"]
        assert abs(first["y"] - second["y"]) >= 0.19
