"""Events keyed by id, with counts of the whole range."""

from console.panels.security import PANEL
from tests.unit.console.drawing import slots


def test_rows_and_counts() -> None:
    content = slots(PANEL)["rows"]
    total, *by_severity = map(int, content["counts"].values())
    assert total == sum(by_severity) == len(content["rows"]) == 120
    assert list(content["counts"]) == ["all", "critical", "high", "medium", "low"]


def test_a_quiet_quarter_hour_is_a_sentence() -> None:
    assert "No security events" in slots(PANEL, "empty")["rows"]["empty"]
