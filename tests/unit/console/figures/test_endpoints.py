"""Charts of endpoints: requests with errors, quantiles with marks of changes, histogram, week."""

import json
from typing import Any

import plotly.graph_objects as go
import pytest

from console.figures import endpoints
from console.figures.bins import Bins
from core.endpoints.overview import Figures
from core.monitoring.changes import Change
from tests.unit.console.test_panels import painted

BINS = Bins(28_000_020, 28_000_080, 20)
NOTHING = Figures()
SOME = Figures(hits=10, errors=1, seconds=1.0, least=0.01, most=0.5, p50=0.05, p95=0.2, p99=0.5)


def valid(figure: dict[str, Any]) -> dict[str, Any]:
    """The figure, which Plotly accepts."""
    go.Figure(painted(json.loads(json.dumps(figure))))
    return figure


def test_errors_stand_at_the_foot_of_requests() -> None:
    figure = valid(endpoints.requests([10, 0, 4], [1, 0, 4], BINS))
    errors, good = figure["data"]
    assert (errors["name"], errors["y"], good["y"]) == ("errors", [1, 0, 4], [9, 0, 0])
    assert errors["x"][0] == (28_000_020 + 10) * 60_000


def test_classes_are_named_and_in_one_order() -> None:
    figure = valid(endpoints.classes({0: [1, 0, 0], 2: [9, 9, 9], 5: [0, 1, 0]}, BINS))
    assert [trace["name"] for trace in figure["data"]] == ["2xx", "no answer", "5xx"]


def test_durations_have_gaps_and_changes_are_marked() -> None:
    changes = [
        Change(t=28_000_040 * 60_000, kind="deploy", title="shop <b>new", detail="", service="shop", ref="1"),
        Change(t=27_000_000 * 60_000, kind="deploy", title="shop old", detail="", service="shop", ref="2"),
    ]
    figure = valid(endpoints.durations(BINS._replace(changed=changes), [SOME, NOTHING, SOME]))
    assert [trace["y"] for trace in figure["data"]] == [
        [50.0, None, 50.0],
        [200.0, None, 200.0],
        [500.0, None, 500.0],
    ]
    assert figure["data"][1]["customdata"][0] == "200 ms"
    assert [one["x0"] for one in figure["layout"]["shapes"]] == [28_000_040 * 60_000]
    assert figure["layout"]["annotations"][0]["text"] == "&lt;b>new"
    marked = BINS._replace(changed=changes)
    for drawn in (endpoints.requests([1, 2, 3], [0, 0, 0], marked), endpoints.classes({2: [1]}, marked)):
        assert len(valid(drawn)["layout"]["annotations"]) == 1


@pytest.mark.parametrize("bars", [[], [(0.05, 3)], [(0.05, 3), (0.054, 0), (0.0585, 9)]])
def test_a_histogram_of_few_or_many_bars(bars: list[tuple[float, int]]) -> None:
    figure = valid(endpoints.histogram(bars, SOME if bars else NOTHING))
    assert figure["data"][0]["y"] == [count for _, count in bars]
    assert len(figure["layout"]["shapes"]) == (3 if bars else 0)


def test_the_week_has_its_percentile_on_hover() -> None:
    hits: list[list[float | None]] = [[None] * 24 for _ in range(7)]
    p95 = [list(row) for row in hits]
    hits[2][5], p95[2][5] = 12.0, 1.5
    figure = valid(endpoints.week(hits, p95))
    assert figure["data"][0]["zmax"] == 12.0
    assert figure["data"][0]["customdata"][2][5] == "1.50 s"
    valid(endpoints.week([[None] * 24] * 7, [[None] * 24] * 7))


@pytest.mark.parametrize(
    ("step", "words"),
    [(1, "1 minute"), (15, "15 minutes"), (60, "1 hour"), (180, "3 hours"), (1440, "1 day"), (2880, "2 days")],
)
def test_bins_in_words(step: int, words: str) -> None:
    assert Bins(0, step, step).words == words
