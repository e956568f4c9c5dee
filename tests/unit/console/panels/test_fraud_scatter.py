"""Zones follow the policy in force, and there is a picture without one."""

from msgspec.structs import replace

from console.panels.fraud_scatter import PANEL
from tests.browser.fake_api import World
from tests.unit.console.drawing import slots


def test_zones_and_counts_follow_the_part() -> None:
    chart = slots(PANEL)["chart"]
    assert {label["text"] for label in chart["layout"]["annotations"]} >= {
        "BLOCKED ≥ 0.70",
        "REVIEW 0.40–0.70",
        "APPROVED < 0.40",
    }
    assert [chip["decision"] for chip in slots(PANEL)["counts"]] == ["BLOCKED", "REVIEW", "APPROVED"]


def test_without_a_policy_the_points_still_show() -> None:
    drawn = PANEL.draw(replace(World().resource("fraud_scatter", 0, 3600), policy=None), alerts=None, changes=None)
    assert drawn["chart"]["layout"]["shapes"] == []
    assert drawn["note"].startswith("no policy")


def test_nothing_scored_is_a_sentence() -> None:
    assert "empty" in slots(PANEL, "empty")["chart"]
