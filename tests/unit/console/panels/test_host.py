"""CPU, memory, disk with used and total."""

from console.panels.host import PANEL
from tests.unit.console.drawing import slots


def test_three_meters_with_their_totals() -> None:
    meters = slots(PANEL)["meters"]
    assert [meter["label"] for meter in meters] == ["CPU", "Memory", "Disk"]
    assert meters[1]["text"] == "11.2 GiB of 16 GiB"
    assert meters[2]["level"] == "warning"


def test_no_sample_is_a_sentence() -> None:
    assert "empty" in slots(PANEL, "empty")["meters"]
