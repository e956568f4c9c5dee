"""Dash's components as data: what a page's address and an action's answer carry, and Dash's renderer takes."""

from typing import Any

from dash.development.base_component import Component

from core.untrusted_text import settled

SEEN = ("children", "title", "aria-label", "label", "placeholder")


def plain(value: Any) -> Any:
    """Components as the plain data that Dash's renderer takes; texts from outside reorder and hide nothing.

    What nobody sees and something reads (values, addresses, `data-…`) stays as it is.
    """
    if isinstance(value, Component):
        made: dict[str, Any] = value.to_plotly_json()  # type: ignore[no-untyped-call]  # Dash has no type for it
        return {**made, "props": {name: plain(_seen(name, one)) for name, one in made["props"].items()}}
    if isinstance(value, list | tuple):
        return [plain(one) for one in value]
    return {name: plain(one) for name, one in value.items()} if isinstance(value, dict) else value


def _seen(name: str, value: Any) -> Any:
    if name not in SEEN:
        return value
    if isinstance(value, list | tuple):
        return [settled(one) if isinstance(one, str) else one for one in value]
    return settled(value) if isinstance(value, str) else value
