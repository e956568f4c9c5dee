"""A patch says only what changed, and its runs give the new list back exactly."""

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from console import panel_patch, slots
from console.live import draw
from console.panel import Panel
from console.panels.fraud_scatter import PANEL
from core import codec
from core.discovery import discover
from core.monitoring import ResourceResult
from core.monitoring.fraud_scatter import FraudScatter, ScorePoints
from tests.browser.fake_api import World

PANELS: dict[str, Panel] = discover("console.panels", "PANEL")
WORLD = World()
END = 1_800_000_000.0
ROWS = st.lists(st.tuples(st.sampled_from("abcdefghij"), st.integers(0, 2)), unique_by=lambda row: row[0])


def joined(old: list[Any], sent: list[Any]) -> list[Any]:
    found: list[Any] = []
    for entry in sent:
        is_run = isinstance(entry, list) and isinstance(entry[0], int)
        found.extend(old[entry[0] : entry[0] + entry[1]] if is_run else [entry])
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


def applied(old: Any, sent: dict[str, Any]) -> Any:
    """What the browser makes of a patch (`assets/js/live/delta.js`)."""
    [(how, what)] = sent.items()
    if how == "text":
        return "".join(joined(re.findall(r"<[^<]*|[^<]+", old), what))
    if how == "merge":
        return {**old, **{key: applied(old.get(key), one) for key, one in what.items()}}
    if how == "each":
        return [applied(before, one) for before, one in zip(old, what, strict=True)]
    return {"runs": lambda: joined(old, what), "same": lambda: old, "whole": lambda: what}[how]()


@pytest.mark.parametrize("later", [5.0, 65.0, 3600.0])
@pytest.mark.parametrize("name", PANELS)
def test_a_patch_gives_each_panel_as_it_is_drawn_later(name: str, later: float) -> None:
    old, new = (payload(name, END + more) for more in (0.0, later))
    patch = panel_patch.between(old, new)
    assert patch
    assert patch.get("note") == new.get("note")
    found = {slot: applied(old["slots"].get(slot), one) for slot, one in patch["slots"].items()}
    assert codec.encode(found) == codec.encode(new["slots"])


def test_a_tick_of_all_panels_costs_a_fraction_of_them() -> None:
    both = [(payload(name, END), payload(name, END + 5)) for name in PANELS]
    patches = sum(len(codec.encode(panel_patch.between(old, new))) for old, new in both)
    assert patches < sum(len(codec.encode(new)) for _, new in both) / 5


def test_a_density_that_moved_on_costs_its_new_columns() -> None:
    def of(x0: int, dx: int, *rows: list[int]) -> dict[str, Any]:
        figure = {"data": [{"type": "heatmap", "x0": x0, "dx": dx, "z": list(rows)}], "layout": {"height": 300}}
        return {"version": 1, "slots": {"chart": figure}}

    old = of(600, 60, [1, 2, 3, 4], [5, 6, 7, 8])
    for new, rows in (
        (of(660, 60, [2, 3, 4, 9], [6, 0, 8, 8]), [[[1, 3], 9], [[1, 1], 0, [3, 1], 8]]),
        (of(540, 60, [0, 1, 2, 3], [0, 5, 6, 7]), [[0, [0, 3]], [0, [0, 3]]]),
        (of(600, 30, [1, 2, 3, 4], [5, 6, 7, 8]), None),
        (of(660, 30, [1, 2, 3, 4], [5, 6, 7, 9]), [[1, 2, 3, 4], [5, 6, 7, 9]]),
    ):
        patch = panel_patch.between(old, new)
        assert patch
        [trace] = patch["slots"]["chart"]["merge"]["data"]["each"]
        sent = trace["merge"].get("z")
        assert (sent and [one["runs"] for one in sent["each"]]) == rows
        assert applied(old["slots"]["chart"], patch["slots"]["chart"]) == new["slots"]["chart"]
    taller = of(660, 60, [2, 3, 4, 9])
    patch = panel_patch.between(old, taller)
    assert patch
    assert patch["slots"]["chart"]["merge"]["data"]["each"][0]["merge"]["z"] == {"whole": [[2, 3, 4, 9]]}


def test_a_long_text_is_sent_whole() -> None:
    half = panel_patch.MOST_PIECES // 2
    for pieces, how in ((half, "text"), (half + 1, "whole")):
        old, new = {"a": {"html": "<b>" * pieces}}, {"a": {"html": "<i>" * pieces}}
        patch = panel_patch.between({"version": 1, "slots": old}, {"slots": new})
        assert patch
        assert list(patch["slots"]["a"]["merge"]["html"]) == [how]


def payload(name: str, end: float) -> dict[str, Any]:
    """A panel as it is sent, of the hour before `end`."""
    panel = PANELS[name]
    found = {part: ResourceResult(1, WORLD.resource(part, end - 3600, end)) for part in (*panel.parts, *panel.extras)}
    return {"version": int(end * 1000), **slots.shown(panel, draw(panel, found))}


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
