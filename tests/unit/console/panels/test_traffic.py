"""Requests and errors per minute; the limit shows when it is near."""

from console.panels.traffic import PANEL
from core.monitoring.limits import GlobalLimit, Limits
from core.monitoring.traffic import MinuteTraffic, Traffic
from tests.unit.console.drawing import slots


def test_requests_are_a_line_and_errors_bars() -> None:
    assert [trace["type"] for trace in slots(PANEL)["chart"]["data"]] == ["scatter", "bar", "scatter"]
    layout = slots(PANEL)["chart"]["layout"]
    assert [shape["x0"] == shape["x1"] for shape in layout["shapes"]] == [True, True], "marks of changes, no limit"
    assert [note["text"] for note in layout["annotations"]] == ["4f1c2b7", "strict v4"]


def test_the_limit_is_drawn_when_traffic_comes_near_it() -> None:
    minutes = [MinuteTraffic(t=60_000, n=900, errors=0)]
    traffic = Traffic(per_minute=minutes, top_ips=[], limited_ips=0, total=900)
    limits = Limits(everyone=GlobalLimit(used=1, limit=1000, percent=1), near=[], blocked=[])
    drawn = PANEL.draw(traffic, limits, alerts=None, changes=None)
    assert drawn["chart"]["layout"]["shapes"][0]["y0"] == 1000


def test_no_traffic_is_a_sentence() -> None:
    assert "empty" in slots(PANEL, "empty")["chart"]
