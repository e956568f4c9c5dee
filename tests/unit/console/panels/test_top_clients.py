"""Each of the busiest IPs is within, near or over its limit."""

from console.panels.top_clients import PANEL
from tests.unit.console.drawing import slots


def test_states_come_from_the_limits() -> None:
    assert [row[3] for row in slots(PANEL)["rows"]["rows"]] == ["within", "within", "near", "within", "limited"]


def test_no_client_is_a_sentence() -> None:
    assert "empty" in slots(PANEL, "empty")["rows"]
