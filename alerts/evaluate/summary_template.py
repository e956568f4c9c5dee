"""A rule's summary: a text with facts in braces, such as `{value:.1f} % for {account}`, checked at load. Pure.

What is filled in never fails: a fact that is unknown is a dash, whatever format was asked for.
"""

import math
import re
from collections.abc import Mapping
from string import Formatter
from typing import Any

DASH = "–"
COMMON: Mapping[str, Any] = {"series": "console:anna", "value": 3.5, "limit": 3.0, "unit": "%", "n": 120}
_SPEC = re.compile(r"([^{}]?[<>=^])?[ +-]?#?0?[0-9]{0,2}[,_]?(\.[0-9]{1,2})?[a-zA-Z%]?\Z")


def problem(template: str, facts: Mapping[str, Any]) -> str:
    """Why a template cannot be filled in; '' when it can. `facts` are examples of what its kind of rule knows."""
    known = {**COMMON, **facts}
    try:
        pieces = list(Formatter().parse(template))
    except ValueError as error:
        return f"it cannot be filled in: {error}; write {{{{ and }}}} for braces"
    for _, name, spec, conversion in pieces:
        if name is None:
            continue
        if name not in known:
            return f"there is no fact {name!r}; known: {', '.join(sorted(known))}"
        if conversion not in (None, "s", "r", "a") or not _SPEC.match(spec or ""):
            return f"{{{name}:{spec}}} is not a format: write it as {{{name}}} or {{value:.1f}}"
        shown = str(known[name]) if conversion else known[name]
        try:
            format(shown, spec or "")
        except ValueError as error:
            return f"{{{name}:{spec}}} is not a format of a {'number' if _is_number(shown) else 'text'}: {error}"
    return ""


def fill(template: str, facts: Mapping[str, Any]) -> str:
    """The template with its facts; one that does not fit stays as it is."""
    try:
        return template.format_map(_Facts({name: _Shown(value) for name, value in facts.items()}))
    except (ValueError, IndexError, TypeError, KeyError, AttributeError, OverflowError):
        return template


class _Facts(dict[str, Any]):
    def __missing__(self, name: str) -> "_Shown":
        return _Shown(None)


class _Shown:
    """A fact that can be shown in any format: as asked for, else plainly."""

    def __init__(self, value: Any) -> None:
        self._value = value

    def __format__(self, spec: str) -> str:
        if self._value is None or (isinstance(self._value, float) and not math.isfinite(self._value)):
            return DASH
        try:
            return format(self._value, spec)
        except (ValueError, TypeError):
            return str(self._value)

    def __str__(self) -> str:
        return self.__format__("")

    __repr__ = __str__


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float))
