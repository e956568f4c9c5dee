"""The waterfall adds up to the score, whatever is shown."""

import pytest

from console.figures import waterfall


def feature(name: str, weight: float | None, value: float | None = 1.0) -> dict[str, object]:
    return {"name": name, "value": value, "contribution": weight}


def test_it_starts_where_the_contributions_end_at_the_score() -> None:
    trace = waterfall.draw([feature("a", 2.0), feature("b", -0.5, None), feature("c", None)], 0.9)["data"][0]
    assert trace["y"] == ["usual", "a = 1", "b = missing", "score"]
    end = waterfall.log_odds(0.9)
    assert trace["x"] == pytest.approx([end - 1.5, 2.0, -0.5, end], abs=1e-4)
    assert trace["base"] == pytest.approx([0.0, end - 1.5, end + 0.5, 0.0], abs=1e-4)
    assert trace["text"][-1] == "0.900"
    assert trace["customdata"][2] == pytest.approx(0.9, abs=1e-3)


def test_many_features_end_in_one_bar_of_the_others() -> None:
    many = [feature(f"f{n}", 1 / (n + 1)) for n in range(30)]
    trace = waterfall.draw(many, 0.5)["data"][0]
    assert len(trace["y"]) == waterfall.SHOWN + 3
    assert trace["y"][-2] == "21 other features"
    assert sum(trace["x"][:-1]) == pytest.approx(trace["x"][-1], abs=2e-3)


def test_certain_scores_stay_on_the_plot() -> None:
    for score in (0.0, 1.0):
        assert all(abs(value) < 20 for value in waterfall.draw([], score)["data"][0]["x"])
