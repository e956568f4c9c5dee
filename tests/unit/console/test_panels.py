"""Every panel draws every mood of the contract: plain data out, valid figures, no NaN, a sentence where nothing is."""

import math
from collections.abc import Iterator
from typing import Any, get_type_hints

import plotly.graph_objects as go
import pytest

from console.figures.template import template
from console.live import draw
from console.panel import KINDS, SECTIONS, Panel
from core import codec
from core.discovery import discover
from core.monitoring import ResourceError, ResourceResult, resources
from tests.browser.fake_api import World

PANELS: dict[str, Panel] = discover("console.panels", "PANEL")
END = 1_800_000_000.0


def resources_of(world: World, panel: Panel) -> dict[str, ResourceResult[Any]]:
    names = (*panel.parts, *panel.extras)
    return {name: ResourceResult(1, world.resource(name, END - 3600, END)) for name in names}


def figures_in(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict) and "data" in value and "layout" in value:
        yield value
    elif isinstance(value, dict):
        for inner in value.values():
            yield from figures_in(inner)


def painted(value: Any) -> Any:
    """The figure as a browser would paint it: any colour in place of role names."""
    if isinstance(value, str) and value.startswith("@"):
        return "#123456"
    if isinstance(value, list):
        return [painted(item) for item in value]
    return {key: painted(item) for key, item in value.items()} if isinstance(value, dict) else value


def numbers(value: Any) -> Iterator[float]:
    if isinstance(value, float):
        yield value
    elif isinstance(value, dict | list):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from numbers(inner)


@pytest.mark.parametrize("mood", ["busy", "calm", "empty"])
@pytest.mark.parametrize("name", PANELS)
def test_a_panel_draws_what_its_slots_promise(name: str, mood: str) -> None:
    panel = PANELS[name]
    payload = draw(panel, resources_of(World(mood), panel))
    assert "error" not in payload
    assert set(payload["slots"]) <= {slot.name for slot in panel.slots}
    assert all(math.isfinite(number) for number in numbers(payload))
    assert codec.decode(codec.encode(payload)) is not None
    for slot in panel.slots:
        content = payload["slots"].get(slot.name)
        if slot.kind == "rows" and content and "rows" in content:
            assert all(len(row) == len(slot.columns) + 1 for row in content["rows"])
            keys = [row[0] for row in content["rows"]]
            assert len(keys) == len(set(keys))
    for figure in figures_in(payload["slots"]):
        go.Figure(painted({**figure, "layout": {**figure["layout"], "template": template()}}))


@pytest.mark.parametrize("name", PANELS)
def test_a_panel_is_where_the_page_expects_it(name: str) -> None:
    panel = PANELS[name]
    assert panel.name == name
    assert panel.section in SECTIONS or panel.section == "top"
    assert {slot.kind for slot in panel.slots} <= KINDS


def test_a_panel_that_breaks_or_lacks_its_part_becomes_a_card_of_its_own() -> None:
    panel = PANELS["model"]
    assert draw(panel, {})["error"]["title"] == "No data yet"
    broken = ResourceResult(1, {"matrix": None})
    assert "cannot be drawn" in draw(panel, {"model": broken})["error"]["title"]
    told = ResourceError("Away", "PostgreSQL does not answer")
    assert draw(panel, {"model": ResourceResult(1, error=told)}) == {"error": told}


@pytest.mark.parametrize("name", PANELS)
def test_a_panel_takes_the_types_of_the_contract(name: str) -> None:
    panel = PANELS[name]
    hints = get_type_hints(panel.draw)
    hints.pop("return")
    contract = resources()
    needed = {part: contract[part] for part in panel.parts}
    assert hints == needed | {extra: contract[extra] | None for extra in panel.extras}


def test_the_reference_matrix_reads_as_the_specification_says() -> None:
    panel = PANELS["model"]
    slots = draw(panel, resources_of(World(), panel))["slots"]
    assert [fact["value"] for fact in slots["facts"]] == ["0.615", "0.887", "0.726"]
    assert slots["matrix"] == {"tp": "142", "fn": "18", "fp": "89", "tn": "11,751"}
    assert slots["warning"]


def test_a_rise_is_better_or_worse_by_what_it_means() -> None:
    cards = {card["id"]: card for card in draw(PANELS["kpis"], resources_of(World(), PANELS["kpis"]))["slots"]["cards"]}
    assert (cards["K2"]["arrow"], cards["K2"]["mood"], cards["K2"]["word"]) == ("up", "worse", "Alert")
    assert cards["K1"]["mood"] in ("better", "same")
    none = draw(PANELS["kpis"], resources_of(World("empty"), PANELS["kpis"]))["slots"]["cards"]
    assert {card["value"] for card in none} == {"–"}


def test_the_scatter_keeps_blocked_and_review_exact_and_shrinks_them_when_they_are_many() -> None:
    few, many = (
        draw(PANELS["fraud_scatter"], resources_of(World(per_hour=n), PANELS["fraud_scatter"]))["slots"]["chart"]
        for n in (5000, 50000)
    )
    assert [trace["type"] for trace in few["data"]] == ["heatmap", "scattergl", "scattergl", "scatter"]
    assert 1500 < len(many["data"][1]["x"]) < 2500
    assert many["data"][1]["marker"]["size"] < few["data"][1]["marker"]["size"]
