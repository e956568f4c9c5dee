"""Exceptions over time: bars, whole numbers, and marks of versions that began within the range."""

import json

import plotly.graph_objects as go

from console.figures import exceptions
from console.figures.bins import Bins
from core.endpoints.exceptions import Place
from tests.unit.console.test_panels import painted

BINS = Bins(28_000_020, 28_000_080, 20)


def test_bars_and_marks() -> None:
    known = [
        Place(version=name, occurrences=1, first=at * 60.0, last=at * 60.0)
        for name, at in (("before", 28_000_000), ("2.0", 28_000_040), ("", 28_000_050))
    ]
    figure = exceptions.over_time([3, 0, 4], BINS, known)
    go.Figure(painted(json.loads(json.dumps(figure))))
    assert figure["data"][0]["y"] == [3, 0, 4]
    assert [one["text"] for one in figure["layout"]["annotations"]] == ["2.0"]
    assert figure["layout"]["yaxis"]["dtick"] == 1
    assert "dtick" not in exceptions.over_time([30, 0, 4], BINS)["layout"]["yaxis"]
