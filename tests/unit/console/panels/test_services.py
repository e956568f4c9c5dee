"""A tile a service, and advice for each that is not UP."""

from console.panels.services import PANEL
from tests.unit.console.drawing import slots


def test_a_slow_service_comes_with_advice() -> None:
    content = slots(PANEL)
    assert len(content["tiles"]) == 6
    assert content["advice"][0]["title"].startswith("Smart Contract RPC is SLOW: 85")
    assert "switch provider" in content["advice"][0]["text"]


def test_all_up_needs_no_advice() -> None:
    assert slots(PANEL, "calm")["advice"] == []
