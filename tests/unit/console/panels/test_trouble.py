"""What needs attention is listed as it came, a bounded number of it, and its target is a panel of the page."""

from console.panels.trouble import LONGEST, PANEL, SHOWN
from tests.browser.fake_api import problem
from tests.unit.console.drawing import slots


def test_items_keep_their_order_and_lose_the_hash() -> None:
    items = slots(PANEL)["strip"]["items"]
    assert [item["severity"] for item in items] == ["high", "medium", "medium"]
    assert [item["target"] for item in items] == ["alert_rules", "model", "health"]


def test_calm_is_an_empty_list() -> None:
    strip = slots(PANEL, "calm")["strip"]
    assert (strip["items"], strip["more"]) == ([], {"all": 0, "unhandled": 0})


def test_a_storm_is_a_short_list_and_a_number() -> None:
    by = ("ann", None)
    rows = [
        problem(str(n), "high", "x" * 1000, "", since=1, target="#health", incident="i", acknowledged_by=by[n % 2 == 0])
        for n in range(1869)
    ]
    strip = PANEL.draw(rows, alerts=None)["strip"]
    assert [item["id"] for item in strip["items"]] == [str(n) for n in range(SHOWN)]
    assert strip["more"] == {"all": 1869 - SHOWN, "unhandled": 925}
    assert len(strip["items"][0]["title"]) == LONGEST
