"""The reference matrix gives the reference figures, with its warning and maturity."""

from console.panels.model import PANEL
from tests.unit.console.drawing import slots


def test_the_reference_figures() -> None:
    content = slots(PANEL)
    assert [fact["value"] for fact in content["facts"]] == ["0.615", "0.887", "0.726"]
    assert content["matrix"] == {"tp": "142", "fn": "18", "fp": "89", "tn": "11,751"}
    assert content["warning"][0]["text"].startswith("Next scheduled retraining")
    assert content["maturity"][0]["value"] == "48.4 %"


def test_without_labels_there_are_dashes_and_a_sentence() -> None:
    content = slots(PANEL, "empty")
    assert {fact["value"] for fact in content["facts"]} == {"–"}
    assert "label" in content["matrix"]["empty"]
