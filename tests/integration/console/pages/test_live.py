"""The live page's content: every panel has its place, once."""

from collections.abc import Callable

from console.app import PREFIX
from console.pages.live import PAGE, PANELS
from core import codec
from tests.integration.console.conftest import Person

Make = Callable[[str, str], Person]


def test_every_panel_has_its_place_for_a_viewer(person: Make) -> None:
    ann = person("ann", "viewer")
    answer = ann.client.get(f"{PREFIX}?fragment=1")
    content = codec.decode(answer.data)["content"]
    for name in PANELS:
        assert content.count(f'data-panel="{name}"') == 1, name
    assert codec.decode(answer.data)["live"] is True
    assert PAGE.panels == PANELS
