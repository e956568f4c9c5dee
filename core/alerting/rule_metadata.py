"""What readers say about a rule from its published definition, which only the alert worker understands whole. Pure.

A definition is the rule's table of rules.toml as JSON. What it lacks is left out, never guessed.
"""

from collections.abc import Mapping
from typing import Any

Definition = Mapping[str, Any]


def metric(definition: Definition) -> str:
    """What it measures: the metric it names, else its kind, such as `drift`."""
    return str(parameters(definition).get("metric") or definition.get("kind") or "")


def parameters(definition: Definition) -> Mapping[str, Any]:
    """The table of its kind."""
    found = definition.get("parameters")
    return found if isinstance(found, Mapping) else {}


def limits(definition: Definition) -> list[tuple[str, float]]:
    """Its limits as (">" or "<", number), the upper first."""
    known = parameters(definition)
    signs = ((">", known.get("above")), ("<", known.get("below")))
    return [(sign, float(value)) for sign, value in signs if isinstance(value, int | float)]


def unit(definition: Definition) -> str:
    """The unit of its values, or ''."""
    return str(definition.get("unit") or parameters(definition).get("unit") or "")


def words(definition: Definition) -> list[str]:
    """What 0, 1, 2 … mean where it measures a state; else empty."""
    return [str(word) for word in definition.get("words") or []]


def worded(definition: Definition, value: float) -> str | None:
    """The word for a value, where it measures a state: `DOWN` for 2; None where it has none.

    An incident keeps its rule's words in its details, and so can be asked as well.
    """
    known = words(definition)
    return known[int(value)] if 0 <= value < len(known) else None


def runbook(definition: Definition, rule: str) -> str:
    """The name of the page of docs/runbooks/ that says what to do: the file's stem."""
    named = str(definition.get("runbook") or "")
    return named.rsplit("/", 1)[-1].removesuffix(".md") or rule


def tells(definition: Definition) -> bool:
    """Whether it opens incidents; the watchdog does not."""
    return bool(definition.get("incident", True))


def hold(definition: Definition) -> str:
    """How long its condition must hold before it fires, as people say it: `10 min`, `at once`."""
    value = definition.get("for") or 0
    if isinstance(value, int | float):
        return f"{value:g} s" if value else "at once"
    units = {"ms": "ms", "s": "s", "m": "min", "h": "h", "d": "d"}
    number = str(value).rstrip("smhd")
    return f"{number} {units.get(str(value)[len(number) :], '')}".strip()
