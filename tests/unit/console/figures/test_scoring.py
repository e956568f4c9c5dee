"""Charts of Scoring performance: boxes by bin and model; server errors apart from refused input."""

import json
from typing import Any

import plotly.graph_objects as go

from console.figures import scoring
from console.figures.bins import Bins
from core.analytics.scoring import Box, Code, Latency
from tests.unit.console.test_panels import painted

BINS = Bins(28_000_020, 28_000_080, 20)
SOME = Latency(predictions=9, mean=5.0, least=0.0, p25=2.0, p50=3.0, p75=6.0, p95=20.0, p99=80.0, most=400.0)


def valid(figure: dict[str, Any]) -> dict[str, Any]:
    """The figure, which Plotly accepts."""
    go.Figure(painted(json.loads(json.dumps(figure))))
    return figure


def test_a_box_for_each_bin_and_model() -> None:
    boxes = [Box(start=28_000_020 * 60, model=7, latency=SOME), Box(start=28_000_040 * 60, model=-1, latency=SOME)]
    figure = valid(scoring.latency(boxes, BINS))
    assert [trace["name"] for trace in figure["data"]] == ["no model named", "model 7"]
    box = figure["data"][1]
    assert box["x"] == [(28_000_020 + 10) * 60_000]
    assert (box["lowerfence"], box["q1"], box["median"], box["q3"], box["upperfence"]) == (
        [0.001], [2.0], [3.0], [6.0], [400.0]
    )  # fmt: skip
    assert figure["layout"]["yaxis"]["type"] == "log"
    assert figure["layout"]["showlegend"]


def test_no_boxes() -> None:
    assert valid(scoring.latency([], BINS))["data"] == []


def test_server_errors_refused_input_and_the_rest_are_apart() -> None:
    codes = [
        Code(status=200, answers=90, bins=[30, 30, 30]), Code(status=0, answers=1, bins=[1, 0, 0]),
        Code(status=503, answers=2, bins=[0, 2, 0]), Code(status=422, answers=9, bins=[0, 0, 9]),
        Code(status=401, answers=4, bins=[4, 0, 0]),
    ]  # fmt: skip
    figure = valid(scoring.errors(codes, BINS))
    assert [(trace["name"], trace["y"]) for trace in figure["data"]] == [
        ("5xx", [1, 2, 0]), ("422 refused input", [0, 0, 9]), ("other 4xx", [4, 0, 0]),
    ]  # fmt: skip
    assert [scoring.group(one) for one in (200, 0, 500, 422, 429)] == [
        "",
        "5xx",
        "5xx",
        "422 refused input",
        "other 4xx",
    ]


def test_no_errors_at_all() -> None:
    assert [trace["y"] for trace in valid(scoring.errors([], BINS))["data"]] == [[0, 0, 0]] * 3
