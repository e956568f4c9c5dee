"""What the panels' tests share: the slots a panel draws from a world's resources."""

from typing import Any

from console.panel import Panel
from tests.browser.fake_api import World

END = 1_800_000_000.0


def slots(panel: Panel, mood: str = "busy") -> Any:
    """The slots of `panel` in a world of this mood; raises what `draw` raises."""
    world = World(mood)
    return panel.draw(**{name: world.resource(name, END - 3600, END) for name in (*panel.parts, *panel.extras)})
