"""Charts of Business: shares by amount band, fraud in basis points, a rate before and now by segment."""

import json
from typing import Any

import plotly.graph_objects as go

from console.analytics import bands
from console.analytics.business import DECISIONS, Money
from console.analytics.mix import Cell, compare
from console.figures import business
from console.figures.bins import Bins
from tests.unit.console.test_panels import painted

BINS = Bins(28_000_020, 28_000_080, 20)


def valid(figure: dict[str, Any]) -> dict[str, Any]:
    """The figure, which Plotly accepts."""
    go.Figure(painted(json.loads(json.dumps(figure))))
    return figure


def band(**counts: int) -> dict[str, Money]:
    return {name: Money(predictions=counts.get(name, 0)) for name in DECISIONS}


def test_unknown_and_zero_stand_before_the_logarithmic_steps() -> None:
    rows = {
        bands.UNKNOWN: band(APPROVED=5),
        bands.ZERO: band(APPROVED=15),
        4: band(APPROVED=60, BLOCKED=1),
        6: band(APPROVED=20),
    }
    figure = valid(business.amounts(rows))
    approved, review, blocked = figure["data"]
    assert approved["x"] == ["unknown", "$0", "$10", "$20", "$50"]
    assert approved["y"] == [5, 15, 60, 0, 20]
    assert blocked["y"] == [0, 0, 100, 0, 0]
    assert review["y"] == [0, 0, 0, 0, 0]
    assert figure["layout"]["shapes"][0]["x0"] == 1.5


def test_no_amounts_at_all() -> None:
    assert valid(business.amounts({}))["data"][0]["y"] == []
    assert valid(business.amounts({bands.UNKNOWN: band(APPROVED=1)}))["layout"]["shapes"] == []


def test_fraud_is_faint_where_few_frauds_are_known() -> None:
    figure = valid(business.fraud([10.0, None, 2.5], [5.0, None, 0.0], [1.0, None, 0.0], BINS))
    assert [trace["y"] for trace in figure["data"]] == [[10.0, None, 2.5], [5.0, None, 0.0]]
    assert figure["data"][0]["marker"]["opacity"] == [1.0, 0.35, 0.35]
    assert figure["data"][0]["customdata"][0] == "10.0 bp; 100.0 % of the frauds known by now"


def test_each_segment_goes_from_before_to_now_and_the_first_is_on_top() -> None:
    found = compare(
        {"a": Cell(100, 90), "b": Cell(100, 50), "c": Cell(10, 5)}, {"a": Cell(100, 80), "b": Cell(100, 60)}
    )
    figure = valid(business.segments(found.segments))
    line, before, now = figure["data"]
    assert line["x"] == [60, 50, None, 80, 90, None]
    assert before["y"] == ["b", "a"]
    assert now["x"] == [50, 90]
