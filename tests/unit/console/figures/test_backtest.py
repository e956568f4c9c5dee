"""A backtest's chart: the series with its gaps, each variant's limit, and its firings in a lane of its own."""

from typing import Any

import plotly.graph_objects as go

from console.figures.backtest import draw
from tests.unit.console.test_panels import painted


def result(**changes: Any) -> dict[str, Any]:
    firing = {"series": "", "began": 100.0, "start": 160.0, "end": 220.0, "peak": 4.4}
    variant = {
        "name": "as configured", "set": {}, "above": 3.0, "below": None, "firings": [firing], "firing_seconds": 60.0,
        "detect_seconds": 60.0, "flaps": 1, "pages": 1, "pages_per_day": 2.0, "missing": 0,
    }  # fmt: skip
    tried = {**variant, "name": "tried", "set": {"above": 4.0}, "above": 4.0, "firings": [{**firing, "end": None}]}
    return {
        "rule": "A1", "title": "Fraud rate", "source": "history", "from": 0.0, "to": 600.0, "step": 10.0,
        "evaluations": 60, "variants": [variant, tried],
        "chart": {"series": "", "unit": "%", "points": [[0, 1.0], [100, None], [200, 4.4]], "band": []}, **changes,
    }  # fmt: skip


def test_each_variant_has_its_limit_and_its_lane() -> None:
    figure = draw(result())
    line, first, second = figure["data"]
    assert line["y"] == [1.0, None, 4.4]
    assert first["x"] == [160_000, 220_000, None]
    assert second["x"] == [160_000, 600_000, None]
    assert first["y"][0] > second["y"][0]
    assert figure["layout"]["yaxis"]["range"][0] < second["y"][0]
    assert [shape["y0"] for shape in figure["layout"]["shapes"]] == [3.0, 4.0]
    go.Figure(painted(figure))


def test_a_usual_range_is_a_ground_and_nothing_fired_draws_too() -> None:
    chart = {"series": "x", "unit": "", "points": [[0, 0.0]], "band": [[0, 1.0, 2.0], [10, 1.0, 3.0]]}
    quiet = {**result()["variants"][0], "above": None, "firings": []}
    figure = draw(result(chart=chart, variants=[quiet]))
    assert figure["data"][1]["fill"] == "tonexty"
    go.Figure(painted(figure))


def test_names_and_units_from_outside_are_text() -> None:
    chart = {"series": "<b>s</b>", "unit": "<i>%{x}", "points": [[0, 0.0]], "band": []}
    line = draw(result(chart=chart))["data"][0]
    assert line["name"] == "&lt;b>s&lt;/b>"
    assert line["hovertemplate"].startswith("%{y:.4~g} &lt;i>%&#123;x}<br>")
