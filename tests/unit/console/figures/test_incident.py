"""An incident's chart: the value with its gaps, the limit, pending and firing zones, what happened meanwhile."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import plotly.graph_objects as go

from console.figures.incident import Story, draw
from tests.unit.console.test_panels import painted

AT = datetime(2030, 1, 1, 12, tzinfo=UTC)
START = AT.timestamp() - 600


def story(**changes: Any) -> Story:
    one = SimpleNamespace(began_at=AT, opened_at=AT + timedelta(minutes=10), resolved_at=None, unit="%", details={})
    points = [(START + 60 * n, None if n == 5 else 2.0 + n / 10) for n in range(30)]
    events = [{"at": AT + timedelta(minutes=11), "kind": "acknowledged", "actor": "ann", "text": "acknowledged by ann"}]
    return Story(**{
        "one": one, "points": points, "limits": [(">", 3.0)], "events": events, "policies": [], "start": START,
        "end": START + 1800, **changes,
    })  # fmt: skip


def test_a_state_is_drawn_in_words() -> None:
    one = story().one
    one.unit, one.details = "", {"words": ["UP", "SLOW", "DOWN"]}
    layout = draw(story(one=one, points=[(START, 0.0), (START + 60, 2.0)], limits=[(">", 1.0)]))["layout"]
    assert layout["yaxis"]["ticktext"] == ["UP", "SLOW", "DOWN"]
    assert layout["annotations"][0]["text"] == "worse than SLOW"


def test_the_value_its_limit_and_both_zones_are_drawn() -> None:
    figure = draw(story())
    line, happened = figure["data"]
    assert line["y"][5] is None
    assert line["connectgaps"] is False
    zones = [shape for shape in figure["layout"]["shapes"] if shape["type"] == "rect"]
    assert [(zone["x1"] - zone["x0"]) / 60_000 for zone in zones] == [10, 10]
    assert figure["layout"]["annotations"][0]["text"] == "limit > 3 %"
    assert happened["customdata"] == [["acknowledged by ann"]]
    low, high = figure["layout"]["yaxis"]["range"]
    assert low < 2.0
    assert high > 4.9
    go.Figure(painted(figure))


def test_it_draws_without_limits_and_with_one_value() -> None:
    figure = draw(story(points=[(START, 0.0)], limits=[], events=[]))
    go.Figure(painted(figure))
    assert figure["data"][1]["x"] == []


def test_a_unit_and_a_comment_from_outside_are_text() -> None:
    one = story().one
    one.unit = "<b>%{x}</b>"
    event = {"at": AT + timedelta(minutes=11), "kind": "acknowledged", "actor": "a", "text": "<a href=x>click</a>"}
    figure = draw(story(one=one, events=[event]))
    line, happened = figure["data"]
    assert line["hovertemplate"] == "%{y:.4~g} &lt;b>%&#123;x}&lt;/b><extra></extra>"
    assert happened["customdata"] == [["&lt;a href=x>click&lt;/a>"]]
    assert all("<" not in label["text"] for label in figure["layout"]["annotations"])
