"""The four cards: units, targets, sparklines of sixty points."""

from console.panels.kpis import PANEL
from tests.unit.console.drawing import slots


def test_cards_come_in_order_with_units_and_targets() -> None:
    cards = slots(PANEL)["cards"]
    assert [(card["id"], card["unit"]) for card in cards] == [("K1", "/h"), ("K2", "%"), ("K3", "ms"), ("K4", "/h")]
    assert cards[3]["value"].startswith("$")
    assert all(len(card["spark"]) == 60 and all(0 <= y <= 40 for y in card["spark"]) for card in cards)


def test_without_a_value_there_is_a_dash_and_no_line() -> None:
    card = slots(PANEL, "empty")["cards"][0]
    assert (card["value"], card["delta"], card["spark"]) == ("–", "–", [])
