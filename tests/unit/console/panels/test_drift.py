"""Seven days against the thresholds, each feature with its status."""

from console.panels.drift import PANEL
from tests.unit.console.drawing import slots


def test_days_and_thresholds() -> None:
    chart = slots(PANEL)["chart"]
    assert len(chart["data"][0]["y"]) == 7
    assert [shape["y0"] for shape in chart["layout"]["shapes"]] == [0.15, 0.10]
    assert chart["data"][0]["marker"]["color"][-1] == "@blocked"
    assert slots(PANEL)["rows"]["rows"][0][3] == "drifted"


def test_too_few_predictions_are_a_sentence() -> None:
    assert "100 predictions" in slots(PANEL, "empty")["chart"]["empty"]
