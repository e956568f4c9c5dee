"""Charts of Scoring performance: boxes by bin and model; server errors apart from refused input."""

import json
from typing import Any

import plotly.graph_objects as go

from console.analytics.scoring import Box, Code, Latency
from console.figures import scoring
from console.figures.bins import Bins
from tests.unit.console.test_panels import painted

BINS = Bins(28_000_020, 28_000_080, 20)
SOME = Latency(9, 5.0, 0.0, 2.0, 3.0, 6.0, 20.0, 80.0, 400.0)


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
        Code(200, 90, [30, 30, 30]), Code(0, 1, [1, 0, 0]), Code(503, 2, [0, 2, 0]), Code(422, 9, [0, 0, 9]),
        Code(401, 4, [4, 0, 0]),
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
