"""Use of the global limit, then blocked IPs before those that are near."""

from console.panels.limits import PANEL
from tests.unit.console.drawing import slots


def test_blocked_ips_come_first_and_say_when_they_end() -> None:
    rows = slots(PANEL)["rows"]["rows"]
    assert [row[2] for row in rows] == ["blocked", "near", "near"]
    assert rows[0][4] > 0
    assert slots(PANEL)["meter"][0]["level"] == "warning"


def test_nobody_near_is_a_sentence() -> None:
    assert "near its limit or blocked" in slots(PANEL, "calm")["rows"]["empty"]
