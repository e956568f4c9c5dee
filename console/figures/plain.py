"""Plotly reads `<a>`, `<b>`, `<br>`, `<span>` and entities in every text: what comes from outside is made plain.

`@drawing` marks each function that returns a figure and makes all its texts plain but ours: those that are `Markup`,
and templates (`hovertemplate` …), into which Plotly puts values that are plain already. The browser reads the texts
back for tables, files and addresses (`gh.plainText`).
"""

import re
import unicodedata
from collections.abc import Callable
from functools import wraps
from typing import Any, ParamSpec

Figure = dict[str, Any]
P = ParamSpec("P")
TEMPLATES = ("hovertemplate", "texttemplate")
TEXTS = ("name", "text", "hovertext", "customdata", "ids", "x", "y", "ticktext", "labels", "legendgroup", "meta")
_HIDDEN = ("Cc", "Cf", "Zl", "Zp", "Cs")
_SPECIAL = re.compile(r"[&<]")  # without `<` a `>` ends nothing
_ENTITIES = {"&": "&amp;", "<": "&lt;"}


class Markup(str):
    """A text of ours with Plotly's mark-up in it; what it is made from is `plain`."""


def drawing(draw: Callable[P, Figure]) -> Callable[P, Figure]:
    """The function with every text of its figure plain."""

    @wraps(draw)
    def drawn(*args: P.args, **known: P.kwargs) -> Figure:
        return {key: _plain(value, key) for key, value in draw(*args, **known).items()}

    # A function's own attribute, which the test that walks the figures asks for.
    drawn.is_drawing = True  # type: ignore[attr-defined]
    return drawn


def plain(text: str) -> str:
    """The text as Plotly shows it letter by letter; hidden characters are escapes such as `\\u202e`."""
    shown = text if text.isprintable() else "".join(_shown(letter) for letter in text)
    return _SPECIAL.sub(lambda found: _ENTITIES[found[0]], shown)


def inline(text: str) -> str:
    """The same for a text that stands in a template: it names no value of the figure."""
    return plain(text).replace("%{", "%&#123;")


def _plain(value: Any, key: str) -> Any:
    if isinstance(value, str):
        if isinstance(value, Markup) or key in TEMPLATES:
            return str(value)
        found = _SPECIAL.sub(lambda sign: _ENTITIES[sign[0]], value) if key == "ids" else plain(value)
        # A text that begins like the name of a colour (`@blocked`) is none.
        return f"&#64;{found[1:]}" if found.startswith("@") and key in TEXTS else found
    if isinstance(value, dict):
        return {name: _plain(one, name) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [one if isinstance(one, float | int) or one is None else _plain(one, key) for one in value]
    return value


def _shown(letter: str) -> str:
    if letter in "\t\n\r":
        return " "
    if unicodedata.category(letter) not in _HIDDEN or letter in "\u200c\u200d":
        return letter
    code = ord(letter)
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
