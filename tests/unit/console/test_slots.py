"""Panels as HTML: every kind in every mood, charts as they are, the strip with who may do what."""

from typing import Any

import pytest

from console.live import draw
from console.slots import shown
from console.strip import strip
from tests.browser.fake_api import World
from tests.components import Shown
from tests.unit.console.test_panels import PANELS, resources_of

CALM = {"firing": 0, "pending": 0, "inactive": 3}


def item(name: str, **more: Any) -> dict[str, Any]:
    """A problem of the strip."""
    return {
        "id": name, "severity": "high", "title": f"Title {name}", "detail": "d", "since": None, "target": "kpis",
        "incident": None, "acknowledged_by": None, "silenced_by": None, **more,
    }  # fmt: skip


def of(*items: dict[str, Any], unhandled: int = 0) -> Shown:
    """The strip as it is read."""
    return Shown(strip({"items": items, "counts": CALM, "more": {"all": unhandled, "unhandled": unhandled}}))


@pytest.mark.parametrize("mood", ["busy", "calm", "empty"])
@pytest.mark.parametrize("name", PANELS)
def test_every_slot_is_html_rows_or_a_chart(name: str, mood: str) -> None:
    panel = PANELS[name]
    drawn = draw(panel, resources_of(World(mood), panel))
    made = shown(panel, drawn)["slots"]
    for slot in panel.slots:
        content = made.get(slot.name)
        if content is None:
            continue
        if slot.kind == "figure":
            assert content is drawn["slots"][slot.name] or set(content) == {"html"}
        elif slot.kind == "rows":
            assert [row[0] for row in content["rows"]] == [row[0] for row in drawn["slots"][slot.name].get("rows", [])]
        else:
            assert set(content) == {"html"}


def test_an_error_stays_as_it_is() -> None:
    error = {"error": {"title": "Away", "detail": "x"}}
    assert shown(PANELS["kpis"], error) is error


def test_a_calm_strip_says_so_and_offers_nothing() -> None:
    calm = of()
    assert "Nothing needs attention" in calm
    assert calm.values("data-act") == calm.values("for") == []
    assert "Needs attention" not in calm


def test_one_incident_is_acknowledged_at_once_and_several_after_a_question() -> None:
    one = of(item("a", incident="A-1"))
    assert one.values("data-act") == ["/admin/monitoring/alerts/incidents/A-1/acknowledge"]
    assert one.values("data-ask") == []
    assert len(one.values("data-operates")) == 1
    two = of(item("a", incident="A-1"), item("b", incident="B/1"), unhandled=4)
    assert [path.rsplit("/", 2)[-2] for path in two.values("data-act")[0].split()] == ["A-1", "B%2F1"]
    assert "4 more firing alerts are not listed here" in two.values("data-ask")[0]
    assert "6 need attention" in two
    assert "Needs attention: Title a, Title b and 3 more" in two
    assert two.values("for") == two.values("id")


def test_what_is_in_hand_is_listed_and_no_longer_loud() -> None:
    held = of(item("a", acknowledged_by="olga", incident="A-1"))
    assert "acknowledged by olga" in held
    assert held.values("data-loud") == []
    assert "Nothing new: 1 acknowledged" in held


def test_what_is_no_incident_can_be_hidden_until_it_changes() -> None:
    mixed = of(item("a"), item("b", incident="B-1"))
    assert mixed.values("data-hide") == [""]
    assert mixed.values("data-mark") == ["a|high", "b|high"]
