"""Charts of statuses: stacked counts with episodes, approvals with their interval, a series against its line."""

import json
from typing import Any

import plotly.graph_objects as go
import pytest

from console.figures import statuses
from console.figures.bins import Bins
from console.figures.statuses import Span
from core.statuses.overview import Stack, Traced
from tests.unit.console.test_panels import painted

BINS = Bins(1000, 1060, 1)
STACKS = [
    Stack(name="approved", counts=[90.0] * 59 + [None]),
    Stack(name="denied", counts=[10.0] * 59 + [None]),
    Stack(name="<b>odd", counts=[1.0] * 59 + [None]),
]
TRACED = Traced(
    kind="status", name="denied", first=1000, at_least=False, counts=[5.0, None, 30.0], expected=[9.0, 9.0, 9.0],
    evidence=[0.0, 0.0, 12.0],
)  # fmt: skip


def valid(figure: dict[str, Any]) -> dict[str, Any]:
    """The figure, which Plotly accepts."""
    go.Figure(painted(json.loads(json.dumps(figure))))
    return figure


def test_counts_are_stacked_and_an_open_episode_reaches_the_end() -> None:
    spans = [Span(1010 * 60_000, None), Span(0, 1005 * 60_000, pages=False), Span(0, 900 * 60_000)]
    figure = valid(statuses.counts(STACKS, BINS, TRACED, spans, codes=False))
    assert [trace["name"] for trace in figure["data"]] == [
        "approved", "denied", "&lt;b>odd", "total expected at most",
    ]  # fmt: skip
    assert figure["data"][0]["x"][0] == 1000 * 60_000 + 30_000
    open_, informs = figure["layout"]["shapes"]
    assert (open_["x0"], open_["x1"]) == (1010 * 60_000, BINS.end)
    assert (informs["x0"], informs["x1"]) == (BINS.start, 1005 * 60_000)
    assert open_["fillcolor"] != informs["fillcolor"]


def test_codes_have_their_names_in_the_legend() -> None:
    figure = statuses.counts([Stack(name="51", counts=[1.0])], Bins(0, 1, 1), None, [], codes=True)
    assert figure["data"][0]["name"] == "51 Insufficient funds"


def test_colours_differ_and_a_known_status_has_always_the_same() -> None:
    names = [f"word {number}" for number in range(5)]
    found = statuses.roles(["denied", *names])
    assert len(set(found.values())) == 6
    assert found["denied"] == statuses.roles(["denied"])["denied"] == "review"


def test_the_approval_rate_has_its_wilson_interval_and_says_nothing_of_few() -> None:
    points = statuses.approvals(STACKS, BINS, "approved")
    _, share, low, high = points[0]
    assert share == pytest.approx(90 / 101)
    assert low is not None
    assert high is not None
    assert low < 90 / 101 < high
    assert points[-1][1:] == (None, None, None), "a minute without rows"
    few = [Stack(name="approved", counts=[20.0]), Stack(name="denied", counts=[5.0])]
    assert statuses.approvals(few, Bins(0, 1, 1), "approved")[0][1] is None
    valid(statuses.approval(STACKS, BINS, "approved", []))


def test_a_series_stands_against_its_line_in_percent() -> None:
    figure = valid(statuses.against_line(TRACED, 12.0, [], (BINS.start, BINS.end)))
    came, expected, evidence = figure["data"]
    assert came["y"][1] is None
    assert expected["name"] == "expected at most"
    assert evidence["y"] == [0.0, 0.0, 100.0]
    assert "fires at 12.0 nats" in [note["text"] for note in figure["layout"]["annotations"]]


def test_one_huge_hour_does_not_take_the_colour_from_the_others() -> None:
    table: list[list[float | None]] = [[10.0] * 24 for _ in range(7)]
    table[2][5], table[3][0] = 1000.0, None
    figure = valid(statuses.profile(table))
    assert figure["data"][0]["zmax"] == 30.0


def test_what_moved_is_drawn_before_and_now() -> None:
    figure = valid(statuses.moved(["denied", "51 Insufficient funds"], [5.0, 3.0], [30.0, 28.0]))
    assert [trace["name"] for trace in figure["data"]] == ["usual", "since the onset"]
    assert figure["data"][1]["x"] == [28.0, 30.0]
