"""Attributes of HTML whose names Python's parameters cannot have: `html.Div(**attributes({"aria-label": "Pages"}))`."""

from collections.abc import Mapping
from typing import Any


def attributes(named: Mapping[str, str]) -> dict[str, Any]:
    """The same, for `**`: Dash types what follows by its own parameters, which these are not."""
    return {**named}
