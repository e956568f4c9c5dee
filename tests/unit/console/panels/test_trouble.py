"""What wants action is listed as it came, and its target is a panel of the page."""

from console.panels.trouble import PANEL
from tests.unit.console.drawing import slots


def test_items_keep_their_order_and_lose_the_hash() -> None:
    items = slots(PANEL)["strip"]["items"]
    assert [item["severity"] for item in items] == ["high", "medium", "medium"]
    assert [item["target"] for item in items] == ["alert_rules", "model", "health"]


def test_calm_is_an_empty_list() -> None:
    assert slots(PANEL, "calm")["strip"]["items"] == []
