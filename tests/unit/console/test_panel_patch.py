"""A patch says only what changed, and its runs give the new list back exactly."""

import re
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from console import panel_patch
from console.live import draw
from console.panels.fraud_scatter import PANEL
from core import codec
from core.monitoring import ResourceResult
from core.monitoring.fraud_scatter import FraudScatter, ScorePoints
from tests.browser.fake_api import World

ROWS = st.lists(st.tuples(st.sampled_from("abcdefghij"), st.integers(0, 2)), unique_by=lambda row: row[0])


def joined(old: list[Any], sent: list[Any]) -> list[Any]:
    found: list[Any] = []
    for entry in sent:
        found.extend(old[entry[0] : entry[0] + entry[1]] if isinstance(entry[0], int) else [entry])
    return found


@given(ROWS, ROWS)
def test_runs_give_the_new_list_back(old: list[Any], new: list[Any]) -> None:
    assert joined(old, panel_patch.runs([row[0] for row in old], new, old)) == new


@given(*[st.lists(st.sampled_from(["<b>", "</b>", "<i a='1<2'>", "4 %", " ", "\u00e9"])).map("".join)] * 2)
def test_pieces_of_a_text_give_the_new_text_back(old: str, new: str) -> None:
    patch = panel_patch.between({"version": 1, "slots": {"a": {"html": old}}}, {"slots": {"a": {"html": new}}})
    assert patch
    sent = patch["slots"]["a"]
    if old == new:
        assert sent == panel_patch.SAME
    else:
        pieces = re.findall(r"<[^<]*|[^<]+", old)
        assert "".join(joined(pieces, sent["merge"]["html"]["text"])) == new


def test_a_card_that_changed_costs_what_changed_of_it() -> None:
    cards = [f"<div class='card text-truncate' id='card-{n}'><h3>Card</h3><b>{n}</b></div>" for n in range(8)]
    old, new = "".join(cards), "".join(cards).replace("<b>3</b>", "<b>3.1</b>")
    patch = panel_patch.between({"version": 1, "slots": {"a": {"html": old}}}, {"slots": {"a": {"html": new}}})
    assert patch
    assert patch["slots"]["a"]["merge"]["html"] == {"text": [[0, 21], "<b>3.1", [22, 26]]}


def test_equal_slots_and_changed_slots_are_told_apart() -> None:
    old = {"version": 1, "slots": {"a": {"x": 1}, "b": [1]}}
    patch = panel_patch.between(old, {"version": 2, "slots": {"a": {"x": 1}, "b": [2]}, "note": "n"})
    assert patch == {"base": 1, "slots": {"a": {"same": True}, "b": {"whole": [2]}}, "note": "n"}
    assert panel_patch.between({"version": 1, "error": {}}, old) is None


def test_a_tick_of_the_scatter_costs_the_new_points_not_all_of_them() -> None:
    found: FraudScatter = World(per_hour=50_000).resource("fraud_scatter", 0.0, 3600.0)
    old = {"version": 1, **draw(PANEL, {"fraud_scatter": ResourceResult(1, found)})}
    points = found.points.BLOCKED
    later = ScorePoints(t=[*points.t[3:], 3_601_000], score=[*points.score[3:], 0.9], id=[*points.id[3:], "tx_new"])
    moved = replace(found, points=replace(found.points, BLOCKED=later))
    new = {"version": 2, **draw(PANEL, {"fraud_scatter": ResourceResult(2, moved)})}
    patch = panel_patch.between(old, new)
    assert patch
    trace = patch["slots"]["chart"]["merge"]["data"]["each"][2]["merge"]
    kept = [3, len(points.t) - 3]
    assert [trace[axis]["runs"] for axis in ("ids", "x", "y")] == [[kept, "tx_new"], [kept, 3_601_000], [kept, 0.9]]
    assert len(codec.encode(patch)) < len(codec.encode(new)) / 50
